//! The key of the pseudonyms: made once, kept outside every output folder, for its owner only.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use phenolens::report::{Ids, KEY_BYTES, PseudonymKey};

use crate::failure::Failure;
use crate::private;
use crate::settings::{IdForm, Settings};
use crate::talk::Talk;

/// Where the key lies in the folder of a user's settings.
const DEFAULT_PLACE: &str = "phenolens/pseudonym.key";

/// What to do where there is no key to be had.
const OTHERWISE: &str = "name a file with --pseudonym-key, or show ids as they are with --set \
                         report.ids=plain";

/// How the report shows ids: with the key from `file`, or from the user's settings folder, which is
/// made where it is missing.
///
/// # Errors
/// If the key lies in the output folder `out`, others may read it, it is no key, or it cannot be made.
pub(crate) fn ids(
    settings: &Settings,
    file: Option<&Path>,
    out: &Path,
    talk: Talk,
) -> Result<Ids, Failure> {
    if settings.ids == IdForm::Plain {
        return match file {
            None => Ok(Ids::Plain),
            Some(_) => Err(Failure::new("usage", "no report uses the pseudonym key")
                .hint("leave --pseudonym-key out, or set report.ids to \"pseudonyms\"")),
        };
    }
    let place = match file {
        Some(file) => file.to_owned(),
        None => default_place(|name| std::env::var_os(name))?,
    };
    refuse_inside(&place, out)?;
    let key = match read(&place)? {
        Some(key) => key,
        None => {
            make(&place)?;
            talk.note(&format!(
                "note: made the key of pseudonyms {}; keep it: without it a later report has others",
                place.display()
            ));
            // Whoever was first: another program may have made one at the same time.
            read(&place)?.ok_or_else(|| {
                Failure::new("pseudonym_key", format!("{} vanished", place.display()))
            })?
        }
    };
    Ok(Ids::Pseudonyms(key))
}

/// Where the key of this user lies.
fn default_place(
    variable: impl Fn(&str) -> Option<std::ffi::OsString>,
) -> Result<PathBuf, Failure> {
    let folder = |name| {
        let path = PathBuf::from(variable(name)?);
        path.is_absolute().then_some(path)
    };
    let settings = folder("XDG_CONFIG_HOME")
        .or_else(|| Some(folder("HOME")?.join(".config")))
        .or_else(|| folder("APPDATA"));
    match settings {
        Some(settings) => Ok(settings.join(DEFAULT_PLACE)),
        None => {
            let message = "there is no home folder to keep the key of pseudonyms in";
            Err(Failure::new("pseudonym_key", message).hint(OTHERWISE))
        }
    }
}

/// Refuses a key that would be given away with the results, or replaced with them.
fn refuse_inside(place: &Path, out: &Path) -> Result<(), Failure> {
    let resolved = |path: &Path| {
        private::resolved(path).map_err(|error| {
            let message = format!("cannot tell where {} lies", path.display());
            Failure::caused("pseudonym_key", message, &error)
        })
    };
    if !resolved(place)?.starts_with(resolved(out)?) {
        return Ok(());
    }
    let (key, out) = (place.display(), out.display());
    let message = format!("the pseudonym key {key} lies inside the output folder {out}");
    Err(Failure::new("pseudonym_key", message)
        .hint("who gets the results must not get the key: keep it elsewhere"))
}

/// Reads the key; `None` where there is no file.
fn read(place: &Path) -> Result<Option<PseudonymKey>, Failure> {
    let shown = place.display();
    let unreadable = |error: &io::Error| {
        let message = format!("cannot read the pseudonym key {shown}");
        Failure::caused("pseudonym_key", message, error).hint(OTHERWISE)
    };
    let no_key = || {
        let message = format!(
            "{shown} is no pseudonym key: that is a file of one line of {} hexadecimal digits",
            2 * KEY_BYTES
        );
        Failure::new("pseudonym_key", message)
            .hint("name another file with --pseudonym-key; one that does not exist is made")
    };
    match fs::metadata(place) {
        Ok(metadata) if metadata.is_file() => {}
        // To open what is none may wait for ever.
        Ok(_) => return Err(no_key()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&error)),
    }
    let file = File::open(place).map_err(|error| unreadable(&error))?;
    refuse_open(&file, place)?;
    let mut text = Vec::new();
    // A key is short; whatever else stands there need not be read to its end.
    let longest = 4 * KEY_BYTES as u64;
    file.take(longest)
        .read_to_end(&mut text)
        .map_err(|error| unreadable(&error))?;
    parse(&text).map(Some).ok_or_else(no_key)
}

/// Refuses a key that others may read or change.
#[cfg(unix)]
fn refuse_open(file: &File, place: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;

    let metadata = file.metadata().map_err(|error| {
        let message = format!("cannot judge the pseudonym key {}", place.display());
        Failure::caused("pseudonym_key", message, &error)
    })?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let place = place.display();
    let message = format!("others may use the pseudonym key {place}: its mode is {mode:04o}");
    Err(Failure::new("pseudonym_key", message).hint(format!(
        "`chmod 600 {place}`; who has read it can tell whose the pseudonyms are"
    )))
}

/// Other systems keep a user's files to themselves by their folder.
#[cfg(not(unix))]
fn refuse_open(_file: &File, _place: &Path) -> Result<(), Failure> {
    Ok(())
}

fn parse(text: &[u8]) -> Option<PseudonymKey> {
    let digits = std::str::from_utf8(text).ok()?.trim_end();
    let is_hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    if digits.len() != 2 * KEY_BYTES || !is_hexadecimal {
        return None;
    }
    let mut bytes = [0; KEY_BYTES];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * place..][..2], 16).ok()?;
    }
    Some(PseudonymKey::new(bytes))
}

/// Makes a key, whole before anybody can see it; one that is there by then stays.
fn make(place: &Path) -> Result<(), Failure> {
    let failed = |error: &dyn std::error::Error| {
        let message = format!("cannot make the pseudonym key {}", place.display());
        Failure::caused("pseudonym_key", message, error).hint(OTHERWISE)
    };
    let mut bytes = [0_u8; KEY_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| failed(&error))?;
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let folder = match place.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    private::make_folders(folder).map_err(|error| failed(&error))?;
    // For its owner only from the first moment on.
    let mut file = tempfile::Builder::new()
        .prefix(".pseudonym-")
        .tempfile_in(folder)
        .map_err(|error| failed(&error))?;
    file.write_all(format!("{digits}\n").as_bytes())
        .and_then(|()| file.as_file().sync_all())
        .map_err(|error| failed(&error))?;
    match file.persist_noclobber(place) {
        Ok(_) => Ok(()),
        Err(error) if fs::symlink_metadata(place).is_ok() => {
            // The other one counts.
            drop(error);
            Ok(())
        }
        Err(error) => Err(failed(&error.error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings::default()
    }

    fn key_at(place: &Path, out: &Path) -> Result<Ids, Failure> {
        ids(&settings(), Some(place), out, Talk::Quiet)
    }

    #[test]
    fn a_key_is_made_once_by_whoever_is_first() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let (place, out) = (home.path().join("deep/er/key"), home.path().join("out"));
        let made: Vec<Ids> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..16)
                .map(|_| scope.spawn(|| key_at(&place, &out).expect("a key")))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().expect("no panic"))
                .collect()
        });
        assert!(made.iter().all(|ids| *ids == made[0]), "one key for all");
        let text = fs::read_to_string(&place).expect("a file");
        assert_eq!(text.len(), 65, "{text}");
        let names = fs::read_dir(home.path().join("deep/er")).expect("a folder");
        assert_eq!(names.count(), 1, "nothing else is left");
        let other = key_at(&home.path().join("other"), &out).expect("a key");
        assert_ne!(other, made[0]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| {
                fs::metadata(path)
                    .expect("it is there")
                    .permissions()
                    .mode()
            };
            assert_eq!(mode(&place) & 0o7777, 0o600);
            assert_eq!(mode(&home.path().join("deep/er")) & 0o7777, 0o700);
        }
    }

    #[test]
    fn what_is_no_safe_key_is_refused() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let out = home.path().join("out");
        let refused = |place: &Path, message: &str, hint: &str| {
            let failure = key_at(place, &out).expect_err(message);
            assert!(failure.message.contains(message), "{failure}");
            assert!(failure.hint.unwrap_or_default().contains(hint), "{message}");
        };
        refused(
            &out.join("key"),
            "lies inside the output folder",
            "elsewhere",
        );
        refused(
            &home.path().join("a/../out/key"),
            "lies inside",
            "elsewhere",
        );
        refused(home.path(), "is no pseudonym key", "--pseudonym-key");
        let place = home.path().join("key");
        for text in [
            "",
            "0123",
            &"g".repeat(64),
            &"0".repeat(63),
            &"0".repeat(65),
        ] {
            write_private(&place, text);
            refused(&place, "is no pseudonym key", "--pseudonym-key");
        }
        write_private(&place, &"0F".repeat(32));
        let key = PseudonymKey::new([15; KEY_BYTES]);
        assert_eq!(key_at(&place, &out), Ok(Ids::Pseudonyms(key)));
        #[cfg(unix)]
        for mode in [0o640, 0o604, 0o620] {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&place, fs::Permissions::from_mode(mode)).expect("our own");
            refused(&place, &format!("its mode is {mode:04o}"), "chmod 600");
        }
    }

    #[test]
    fn without_a_home_folder_there_is_a_way() {
        let of = |set: &[(&str, &str)]| {
            default_place(|name| {
                let found = set.iter().find(|(variable, _)| *variable == name);
                found.map(|(_, value)| value.into())
            })
        };
        let failure = of(&[("HOME", "")]).expect_err("no home");
        assert!(failure.hint.expect("a way").contains("--pseudonym-key"));
        let place = of(&[("HOME", "/home/x")]).expect("a home");
        assert_eq!(place, Path::new("/home/x/.config/phenolens/pseudonym.key"));
        let place = of(&[("HOME", "/home/x"), ("XDG_CONFIG_HOME", "/c")]).expect("a home");
        assert_eq!(place, Path::new("/c/phenolens/pseudonym.key"));
    }

    #[test]
    fn plain_ids_need_no_key() {
        let plain = Settings {
            ids: IdForm::Plain,
            ..settings()
        };
        let out = Path::new("out");
        assert_eq!(ids(&plain, None, out, Talk::Quiet), Ok(Ids::Plain));
        let failure = ids(&plain, Some(Path::new("key")), out, Talk::Quiet);
        assert!(
            failure
                .expect_err("useless")
                .message
                .contains("no report uses")
        );
    }

    fn write_private(place: &Path, text: &str) {
        fs::write(place, text).expect("a writable folder");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(place, fs::Permissions::from_mode(0o600)).expect("our own");
        }
    }
}
