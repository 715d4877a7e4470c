//! Inputs that go, shrink or end early while the program is at work.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Child, Stdio};
use std::time::Duration;

use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat};

use crate::support::{Home, Outcome, QUICK, files};

/// A folder with an older output in `out`, and its files.
fn home_with_output() -> (Home, Vec<(String, Vec<u8>)>) {
    let home = Home::new();
    home.cohort("cohort.p");
    let args = [
        "run",
        "cohort.p",
        "--set",
        "evaluation.folds=3",
        "-o",
        "out",
    ];
    home.run(&[&args[..], &QUICK].concat()).assert_success();
    let before = files(&home.path("out"));
    (home, before)
}

/// Makes a pipe with a name: who reads it waits for what the test writes.
fn pipe(home: &Home, name: &str) {
    let mode = Mode::from_raw_mode(0o600);
    mknodat(CWD, home.path(name), FileType::Fifo, mode, 0).expect("a writable folder");
}

/// Starts the program.
fn start(home: &Home, args: &[&str]) -> Child {
    let mut command = home.command();
    command.args(args).args(QUICK);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the program starts")
}

/// The other end of a pipe, once the program reads it.
fn writer(home: &Home, name: &str, child: &mut Child) -> File {
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).expect("a small flag");
    loop {
        let mut options = OpenOptions::new();
        if let Ok(file) = options
            .write(true)
            .custom_flags(flags)
            .open(home.path(name))
        {
            return file;
        }
        let ended = child.try_wait().expect("a child");
        assert!(ended.is_none(), "the program ended without reading {name}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn outcome(child: Child) -> Outcome {
    Outcome::from(child.wait_with_output().expect("it ends"))
}

#[test]
fn data_that_vanish_or_shrink_before_they_are_read_are_named() {
    let (home, before) = home_with_output();
    let whole = fs::read(home.path("cohort.p")).expect("a file");
    pipe(&home, "settings.toml");
    type Change = fn(&Home, &[u8]);
    let changes: [(Change, &str); 2] = [
        (
            |home, _| fs::remove_file(home.path("data.p")).expect("removable"),
            "cannot read data.p",
        ),
        (
            |home, whole| home.write("data.p", &whole[..whole.len() / 2]),
            "data.p: ",
        ),
    ];
    for (change, message) in changes {
        home.write("data.p", &whole);
        let args = ["run", "data.p", "-o", "out", "--config", "settings.toml"];
        let mut child = start(&home, &args);
        // It is at its settings now.
        let mut settings = writer(&home, "settings.toml", &mut child);
        change(&home, &whole);
        settings.write_all(b"seed = 1\n").expect("it is read");
        drop(settings);
        outcome(child).assert_error(message, "");
        assert!(files(&home.path("out")) == before);
    }
    assert_eq!(home.names(), ["cohort.p", "data.p", "out", "settings.toml"]);
}

#[test]
fn data_that_end_early_while_they_are_read_are_named() {
    let (home, before) = home_with_output();
    let whole = fs::read(home.path("cohort.p")).expect("a file");
    pipe(&home, "data.p");
    for n_bytes in [0, 1, whole.len() / 2, whole.len() - 1] {
        let mut child = start(&home, &["run", "data.p", "-o", "out"]);
        let mut data = writer(&home, "data.p", &mut child);
        data.write_all(&whole[..n_bytes]).expect("it is read");
        drop(data);
        outcome(child).assert_error("data.p: ", "");
        assert!(files(&home.path("out")) == before, "{n_bytes} bytes");
        assert_eq!(home.names(), ["cohort.p", "data.p", "out"]);
    }
}

#[test]
fn a_side_file_that_vanishes_while_the_data_are_read_is_named() {
    let (home, before) = home_with_output();
    let whole = fs::read(home.path("cohort.p")).expect("a file");
    pipe(&home, "data.p");
    for (setting, name) in [
        ("data.metadata=side.csv", "side.csv"),
        ("data.names=side.csv", "side.csv"),
    ] {
        home.write("side.csv", "subject,sex\n");
        let args = ["run", "data.p", "-o", "out", "--set", setting];
        let mut child = start(&home, &args);
        let mut data = writer(&home, "data.p", &mut child);
        fs::remove_file(home.path("side.csv")).expect("removable");
        data.write_all(&whole).expect("it is read");
        drop(data);
        outcome(child).assert_error(&format!("cannot read {name}"), "");
        assert!(files(&home.path("out")) == before);
        assert_eq!(home.names(), ["cohort.p", "data.p", "out"]);
    }
}
