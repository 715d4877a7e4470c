//! A run that is killed, or refused, at a certain call of the operating system, by `strace`.

use std::process::Command;

use crate::scene::{Scene, run, strays};
use crate::support::{Home, Outcome, skipped};

/// The run under `strace`, which interferes as `injections` say; `None` where that is not allowed.
///
/// Calls are counted thread by thread: of the 70 files, one of two threads writes at least 35.
fn disturbed(home: &Home, injections: &[&str]) -> Option<Command> {
    let probe = home.command_of("strace").args(["-qq", "true"]).output();
    if !probe.is_ok_and(|output| output.status.success()) {
        skipped("there is no `strace`, no call is disturbed");
        return None;
    }
    let program = run(home);
    let mut command = home.command_of("strace");
    command.args(["-f", "-qq", "-o", "/dev/null"]);
    for injection in injections {
        command.args(["-e", &format!("inject={injection}")]);
    }
    command.arg(program.get_program()).args(program.get_args());
    command.args(["-o", "out"]);
    Some(command)
}

#[test]
fn killed_at_every_step_of_the_exchange_the_next_run_tidies_up() {
    let scene = Scene::new();
    // Whether the new output is in its place, where one is.
    let steps: [(&[&str], Option<bool>); 8] = [
        (&["fsync:signal=KILL:when=1"], Some(false)),
        (&["fsync:signal=KILL:when=20"], Some(false)),
        (
            &["renameat2:error=EIO:signal=KILL", "rename:error=EIO"],
            Some(false),
        ),
        (&["unlinkat:signal=KILL:when=1"], Some(true)),
        (&["unlinkat:signal=KILL:when=40"], Some(true)),
        // As on a file system that cannot exchange: before the first of two steps, ...
        (
            &[
                "renameat2:error=EINVAL",
                "rename:error=EIO:signal=KILL:when=1",
            ],
            Some(false),
        ),
        // ... between them, ...
        (
            &[
                "renameat2:error=EINVAL",
                "rename:error=EIO:signal=KILL:when=2",
            ],
            None,
        ),
        // ... and after both.
        (
            &[
                "renameat2:error=EINVAL",
                "rename:error=EIO:signal=KILL:when=3",
            ],
            Some(true),
        ),
    ];
    for (injections, is_new) in steps {
        let home = scene.stage();
        let Some(mut command) = disturbed(&home, injections) else {
            return;
        };
        let status = command.output().expect("strace starts").status;
        assert_ne!(status.code(), Some(0), "{injections:?}");
        let out = home.path("out");
        assert_eq!(
            out.exists().then(|| scene.is_new(&out)),
            is_new,
            "{injections:?}"
        );
        assert!(!strays(&home).is_empty(), "{injections:?}");
        // What had to be moved aside comes back before anything else can go wrong.
        Outcome::of(run(&home).args(["-o", "out", "--set", "evaluation.k_max=1000"]))
            .assert_error("new.p: ", "");
        assert_eq!(scene.is_new(&out), is_new == Some(true), "{injections:?}");
        assert!(
            strays(&home).is_empty(),
            "{injections:?}: {:?}",
            strays(&home)
        );
    }
}

#[test]
fn what_the_system_refuses_is_named_with_its_remedy() {
    let scene = Scene::new();
    let refusals = [
        (
            "fsync:error=ENOSPC:when=5",
            "No space left",
            "free some space",
        ),
        (
            "fsync:error=EDQUOT:when=5",
            "Disk quota exceeded",
            "below your quota",
        ),
        (
            "fsync:error=EROFS:when=5",
            "Read-only file system",
            "that disk is read-only",
        ),
        ("fsync:error=EFBIG:when=5", "File too large", "`ulimit -f`"),
        ("fsync:error=EIO:when=5", "Input/output error", "--out"),
        (
            "mkdir:error=EACCES",
            "Permission denied",
            "the right to write there",
        ),
        (
            "mkdir:error=ENOSPC:when=3",
            "No space left",
            "free some space",
        ),
        (
            "renameat2,rename:error=ENOENT",
            "No such file",
            "was removed meanwhile",
        ),
    ];
    for (injection, message, hint) in refusals {
        let home = scene.stage();
        let Some(mut command) = disturbed(&home, &[injection]) else {
            return;
        };
        let outcome = Outcome::of(&mut command);
        outcome.assert_error(message, hint);
        let named = outcome.stderr.starts_with("error: cannot write out");
        assert!(named, "{}", outcome.stderr);
        assert!(!scene.is_new(&home.path("out")), "{injection}");
        assert!(strays(&home).is_empty(), "{injection}: {:?}", strays(&home));
    }
}

#[test]
fn what_a_file_system_cannot_do_is_done_without() {
    let scene = Scene::new();
    for injections in [
        // Neither locks nor exchanges are everywhere.
        &["flock:error=ENOLCK"][..],
        &["renameat2:error=EINVAL"],
    ] {
        let home = scene.stage();
        let Some(mut command) = disturbed(&home, injections) else {
            return;
        };
        Outcome::of(&mut command).assert_success();
        assert!(scene.is_new(&home.path("out")), "{injections:?}");
        assert!(
            strays(&home).is_empty(),
            "{injections:?}: {:?}",
            strays(&home)
        );
    }
}
