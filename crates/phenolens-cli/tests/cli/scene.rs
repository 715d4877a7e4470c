//! An old output and the input of a new one: what a run that is disturbed may leave of them.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{Home, Outcome, QUICK, copy, files};

/// What a run is asked for; short, so that many can be killed.
const RUN: [&str; 8] = [
    "run",
    "new.p",
    "--no-config",
    "--threads",
    "2",
    "--set",
    "evaluation.folds=3",
    "--json",
];

/// Files of an output folder, by path.
type Files = Vec<(String, Vec<u8>)>;

/// An old output, and the input of a new one.
pub(crate) struct Scene {
    home: Home,
    old: Files,
    /// The new output of an undisturbed run.
    new: Files,
}

impl Scene {
    pub(crate) fn new() -> Scene {
        let home = Home::new();
        home.cohort_of_seed("old.p", 1);
        home.cohort_of_seed("new.p", 2);
        let old = ["run", "old.p", "-o", "old", "--no-config"];
        home.run(&[&old[..], &RUN[5..7], &QUICK].concat())
            .assert_success();
        Outcome::of(run(&home).args(["-o", "new"])).assert_success();
        Scene {
            old: files(&home.path("old")),
            new: files(&home.path("new")),
            home,
        }
    }

    /// A folder of its own with an old output in `out`, and the input of a new one.
    pub(crate) fn stage(&self) -> Home {
        let home = Home::new();
        copy(&self.home.path("old"), &home.path("out"));
        fs::copy(self.home.path("new.p"), home.path("new.p")).expect("a writable folder");
        home
    }

    /// Whether `out` is the old output (`false`) or the new one (`true`); nothing else it may be.
    pub(crate) fn is_new(&self, out: &Path) -> bool {
        let found = files(out);
        if found == self.old {
            return false;
        }
        let (run, rest): (Files, Files) =
            found.into_iter().partition(|(path, _)| path == "run.json");
        let expected = self.new.iter().filter(|(path, _)| path != "run.json");
        assert!(
            rest.iter().eq(expected),
            "neither the old output nor the new one"
        );
        serde_json::from_slice::<serde_json::Value>(&run[0].1).expect("a whole run.json");
        true
    }
}

/// A run on the new input, without its output folder.
pub(crate) fn run(home: &Home) -> Command {
    let mut command = home.command();
    command.args(RUN).args(QUICK);
    command
}

/// What lies in a folder besides the input and the output.
pub(crate) fn strays(home: &Home) -> Vec<String> {
    let names = home.names().into_iter();
    names
        .filter(|name| name != "new.p" && name != "out")
        .collect()
}
