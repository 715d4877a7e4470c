//! What the crate makes of whole files: good ones, bad ones and hostile ones.

mod real;
