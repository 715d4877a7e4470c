//! What the crate makes of whole files: good ones, bad ones and hostile ones.

mod arrays;
mod assembler;
mod checks;
mod claims;
mod explored;
mod fixtures;
mod formats;
mod hostile;
mod leak;
mod malformed;
mod properties;
mod real;
mod slices;
