//! How a new folder takes the place of an older one.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;

use super::staging::aside;

/// Moves `staging` to `target`, which is called `name`; what stood there stands at `staging`
/// afterwards.
pub(super) fn exchange(staging: &Path, target: &Path, name: &OsStr) -> io::Result<()> {
    if !target.exists() {
        return fs::rename(staging, target);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        // One step, so that even a power cut finds either the old folder or the new one.
        if renameat_with(CWD, staging, CWD, target, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    exchange_in_two_steps(staging, target, name)
}

/// The same where the system or the file system cannot exchange, such as NFS.
///
/// A program that is killed between the steps leaves both folders whole, and no `target`; the next
/// run puts the older one back.
pub(super) fn exchange_in_two_steps(staging: &Path, target: &Path, name: &OsStr) -> io::Result<()> {
    let aside = aside(staging, name);
    fs::rename(target, &aside)?;
    if let Err(error) = fs::rename(staging, target) {
        fs::rename(&aside, target)?;
        return Err(error);
    }
    fs::rename(&aside, staging)
}
