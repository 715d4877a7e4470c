//! Places that cannot be written, or not all of it: the old output stays, nothing else does.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Command, Stdio};

use crate::support::{Home, Outcome, QUICK, copy, files, names, skipped};

/// Runs a command with a disk of its own at `disk`, which has the older output at `disk/out`, and
/// copies what is left there to `after`.
const ON_A_DISK: &str = r#"
    mount -t tmpfs -o "$1" none disk || exit 125
    cp -r old/. disk || exit 125
    mount -o "remount,$2" disk || exit 125
    shift 2
    "$@"
    code=$?
    cp -r disk/. after
    exit $code
"#;

/// A run on a small cohort, quick.
const RUN: [&str; 5] = [
    "run",
    "cohort.p",
    "--no-config",
    "--set",
    "evaluation.folds=3",
];

/// A folder with a cohort, an older output in `old/out`, and room for a disk; `None` where the system
/// lets nobody mount one.
fn home_with_disk() -> Option<Home> {
    let home = home_with_output("old/out");
    fs::create_dir(home.path("disk")).expect("a writable folder");
    fs::create_dir(home.path("after")).expect("a writable folder");
    let mut probe = home.command_of("unshare");
    let probe = probe.args(["-rm", "mount", "-t", "tmpfs", "none", "disk"]);
    if probe.output().is_ok_and(|output| output.status.success()) {
        return Some(home);
    }
    skipped("`unshare -rm mount` is not allowed here, no disk is tested");
    None
}

/// A folder with a cohort and an older output.
fn home_with_output(out: &str) -> Home {
    let home = Home::new();
    home.cohort("cohort.p");
    home.run(&[&RUN[..], &QUICK, &["-o", out]].concat())
        .assert_success();
    home
}

/// Runs the program with a disk made by these options, changed by `remount` before the program
/// starts.
fn on_disk(home: &Home, options: &str, remount: &str, args: &[&str]) -> Outcome {
    let program = env!("CARGO_BIN_EXE_phenolens");
    let mut command = home.command_of("unshare");
    command
        .args([
            "-rm", "sh", "-c", ON_A_DISK, "sh", options, remount, program,
        ])
        .args(args);
    Outcome::of(&mut command)
}

/// Bytes that the older output takes on a disk in pages.
fn bytes_on_disk(home: &Home) -> usize {
    let files = files(&home.path("old"));
    let in_pages = files
        .iter()
        .map(|(_, bytes)| bytes.len().next_multiple_of(4096));
    in_pages.sum()
}

/// Asserts that only the older output is on the disk, as it was.
fn assert_untouched(home: &Home) {
    assert_eq!(names(&home.path("after")), ["out"]);
    assert!(files(&home.path("after")) == files(&home.path("old")));
}

/// A command to which permissions apply, even where the tests are run by root; `None` where that
/// cannot be arranged.
fn without_privileges(home: &Home) -> Option<Command> {
    let folder = home.path("probe");
    fs::create_dir(&folder).expect("a writable folder");
    fs::set_permissions(&folder, PermissionsExt::from_mode(0o555)).expect("a folder of ours");
    let is_privileged = File::create(folder.join("file")).is_ok();
    fs::remove_dir_all(&folder).expect("removable");
    if !is_privileged {
        return Some(home.command());
    }
    let args = ["--bounding-set", "-all"];
    let probe = home.command_of("setpriv").args(args).arg("true").output();
    if probe.is_ok_and(|output| output.status.success()) {
        let mut command = home.command_of("setpriv");
        command.args(args).arg(env!("CARGO_BIN_EXE_phenolens"));
        return Some(command);
    }
    skipped("root without `setpriv`, no permission is tested");
    None
}

#[test]
fn a_full_disk_leaves_the_older_output() {
    let Some(home) = home_with_disk() else { return };
    let used = bytes_on_disk(&home);
    let run = [&RUN[..], &QUICK, &["-o", "disk/out"]].concat();
    for free in [4096, 65_536, used / 2] {
        let outcome = on_disk(&home, "size=64m", &format!("size={}", used + free), &run);
        outcome.assert_error("cannot write disk/out", "free some space there");
        assert!(
            outcome.stderr.contains("No space left"),
            "{}",
            outcome.stderr
        );
        assert_untouched(&home);
    }
    // No room for the folder itself, inside one that could still be made.
    let n_inodes = files(&home.path("old")).len() + 5;
    let deep = [&RUN[..], &QUICK, &["-o", "disk/deep/out"]].concat();
    let outcome = on_disk(&home, "size=64m", &format!("nr_inodes={n_inodes}"), &deep);
    outcome.assert_error("cannot write disk/deep/out", "free some space there");
    assert_untouched(&home);

    let synth = ["synth", "-o", "disk/a.p", "--metadata", "disk/m.csv"];
    let outcome = on_disk(
        &home,
        "size=64m",
        &format!("size={}", used + 65_536),
        &synth,
    );
    outcome.assert_error("cannot write disk/a.p", "free some space there");
    assert_untouched(&home);
    let init = ["init", "-o", "disk/a.toml"];
    let outcome = on_disk(&home, "size=64m", &format!("size={used}"), &init);
    outcome.assert_error("cannot write disk/a.toml", "free some space there");
    assert_untouched(&home);
}

#[test]
fn a_read_only_disk_is_refused_before_the_work() {
    let Some(home) = home_with_disk() else { return };
    let absent = ["run", "absent.p", "--no-config", "-o"];
    for out in ["disk/out", "disk/other", "disk/deep/other"] {
        let outcome = on_disk(&home, "size=64m", "ro", &[&absent[..], &[out]].concat());
        outcome.assert_error(&format!("cannot write {out}"), "that disk is read-only");
        assert_untouched(&home);
    }
    let outcome = on_disk(&home, "size=64m", "ro", &["init", "-o", "disk/a.toml"]);
    outcome.assert_error("cannot write disk/a.toml", "that disk is read-only");
    assert_untouched(&home);
}

#[test]
fn the_root_of_a_disk_is_refused_before_the_work() {
    let Some(home) = home_with_disk() else { return };
    // The older output at the root of the disk itself.
    fs::rename(home.path("old/out"), home.path("inner")).expect("a writable folder");
    fs::remove_dir(home.path("old")).expect("removable");
    fs::rename(home.path("inner"), home.path("old")).expect("a writable folder");
    let args = ["run", "absent.p", "--no-config", "-o", "disk"];
    on_disk(&home, "size=64m", "rw", &args)
        .assert_error("disk is where a disk is mounted", "name a folder inside it");
    assert!(files(&home.path("after")) == files(&home.path("old")));
}

#[test]
fn a_limit_on_the_size_of_files_is_an_error_like_a_full_disk() {
    let home = home_with_output("out");
    let before = files(&home.path("out"));
    let limited = |args: &[&str]| {
        let mut command = home.command_of("sh");
        let script = "ulimit -f 16; exec \"$@\"";
        command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_phenolens")]);
        Outcome::of(command.args(args))
    };
    let outcome = limited(&[&RUN[..], &QUICK, &["-o", "out"]].concat());
    outcome.assert_error("cannot write out/", "`ulimit -f`");
    limited(&["synth", "-o", "a.p"]).assert_error("cannot write a.p", "`ulimit -f`");
    assert!(files(&home.path("out")) == before);
    assert_eq!(home.names(), ["cohort.p", "out"]);
}

#[test]
fn a_folder_without_permission_is_refused_before_the_work() {
    let home = home_with_output("shelf/out");
    let before = files(&home.path("shelf/out"));
    let refused = |protected: &str, out: &str, named: &str| {
        let Some(mut command) = without_privileges(&home) else {
            return;
        };
        let folder = home.path(protected);
        let mode = fs::metadata(&folder).expect("a folder").permissions();
        fs::set_permissions(&folder, PermissionsExt::from_mode(0o555)).expect("a folder of ours");
        let args = ["run", "absent.p", "--no-config", "-o", out];
        let outcome = Outcome::of(command.args(args));
        fs::set_permissions(&folder, mode).expect("a folder of ours");
        outcome.assert_error(
            &format!("cannot write {named}: Permission denied"),
            "the right to write",
        );
        assert!(files(&home.path("shelf/out")) == before);
        assert_eq!(names(&home.path("shelf")), ["out"]);
    };
    refused("shelf", "shelf/out", "shelf/out");
    refused("shelf", "shelf/deep/other", "shelf/deep/other");
    // Results that somebody protects are not to be replaced, and could not be removed.
    refused("shelf/out", "shelf/out", "shelf/out");
    refused("shelf/out/tables", "shelf/out", "shelf/out/tables");
}

#[test]
fn output_is_private_however_open_what_it_replaces_was() {
    let home = home_with_output("out");
    fs::set_permissions(home.path("out"), PermissionsExt::from_mode(0o755)).expect("ours");
    let mut command = home.command_of("sh");
    let script = "umask 0; exec \"$@\"";
    command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_phenolens")]);
    Outcome::of(command.args(RUN).args(QUICK).args(["-o", "out"])).assert_success();
    let mode = |name: &str| {
        let status = fs::metadata(home.path(name)).expect("it is there");
        status.permissions().mode() & 0o777
    };
    assert_eq!(
        [mode("out"), mode("out/tables"), mode("out/report.md")],
        [0o700, 0o700, 0o600]
    );
}

#[test]
fn links_are_followed_and_dead_ends_refused_before_the_work() {
    let home = home_with_output("real/out");
    symlink("real/out", home.path("link")).expect("a writable folder");
    home.cohort_of_seed("cohort.p", 2);
    home.run(&[&RUN[..], &QUICK, &["-o", "fresh"]].concat())
        .assert_success();
    home.run(&[&RUN[..], &QUICK, &["-o", "link"]].concat())
        .assert_success();
    let target = fs::read_link(home.path("link")).expect("still a link");
    assert_eq!(target.to_str(), Some("real/out"));
    let results = |folder: &str| home.read(&format!("{folder}/results.json"));
    assert_eq!(results("real/out"), results("fresh"));
    assert_eq!(names(&home.path("real")), ["out"]);

    symlink("nowhere", home.path("dangling")).expect("a writable folder");
    home.write("plain", "text");
    let before = home.names();
    let refused = |out: &str, message: &str, hint: &str| {
        let args = ["run", "absent.p", "--no-config", "-o", out];
        home.run(&args).assert_error(message, hint);
        assert_eq!(home.names(), before);
    };
    refused(
        "dangling",
        "dangling is a symbolic link to a place that does not exist",
        "--out",
    );
    refused(
        "plain/out",
        "cannot write plain/out: Not a directory",
        "is a file, not a folder",
    );
    refused(
        "plain/deep/out",
        "cannot write plain/deep/out: Not a directory",
        "is a file",
    );
    refused("/", "/ cannot be an output folder", "--out");

    let mut inside = home.command();
    inside.current_dir(home.path("fresh"));
    let args = ["run", "../absent.p", "--no-config", "-o", "."];
    Outcome::of(inside.args(args)).assert_error(". is the working folder", "a folder inside it");
}

#[test]
fn results_that_stdout_does_not_take_are_an_error_unless_nobody_reads() {
    let home = home_with_output("out");
    let run = [&RUN[..], &QUICK, &["--json", "-o", "out"]].concat();
    let check = ["check", "cohort.p", "--no-config", "--json"];
    for (args, hint) in [
        (&run[..], "the results are complete in out"),
        (&check, "space"),
    ] {
        let full = File::create("/dev/full").expect("a device of Linux");
        let mut command = home.command();
        Outcome::of(command.args(args).stdout(full))
            .assert_error("cannot write to standard output: No space left", hint);

        let mut command = home.command();
        command
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        // The findings of `check` are 1 whoever reads them.
        assert_eq!(output.status.code(), Some(i32::from(args[0] == "check")));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
    let copied = Home::new();
    copy(&home.path("out"), &copied.path("out"));
    assert!(
        copied.path("out/report.html").exists(),
        "the folder is complete"
    );
}

#[test]
fn results_of_one_engine_are_whole_or_not_there() {
    let Some(home) = home_with_disk() else { return };
    let used = bytes_on_disk(&home);
    let neighbors = ["neighbors", "cohort.p", "-o", "disk/n.npz"];
    // Indices and distances alone take 10,800 bytes.
    let full = format!("size={}", used + 4096);
    let outcome = on_disk(&home, "size=64m", &full, &neighbors);
    outcome.assert_error("cannot write disk/n.npz", "free some space there");
    assert_untouched(&home);
    let outcome = on_disk(&home, "size=64m", "ro", &neighbors);
    outcome.assert_error("cannot write disk/n.npz", "read-only");
    assert_untouched(&home);
}
