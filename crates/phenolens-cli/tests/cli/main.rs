//! The program through its command line, in temporary folders.

mod agreement;
mod arrays;
mod canaries;
mod check;
mod commands;
#[cfg(target_os = "linux")]
mod disk;
mod hostile;
mod improvements;
#[cfg(target_os = "linux")]
mod injected;
#[cfg(unix)]
mod killed;
mod map;
mod metadata;
mod mixture;
mod neighbors;
mod output;
mod parts;
mod privacy;
mod real_file;
mod results_file;
#[cfg(unix)]
mod scene;
mod settings;
mod support;
#[cfg(target_os = "linux")]
mod vanished;
