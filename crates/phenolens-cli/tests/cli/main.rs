//! The program through its command line, in temporary folders.

mod agreement;
mod canaries;
mod check;
mod commands;
mod hostile;
mod improvements;
mod metadata;
mod output;
mod privacy;
mod real_file;
mod settings;
mod support;
