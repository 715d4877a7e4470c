//! A folder of its own for every test, and what is asked of the program there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use phenolens::cohort::{RawCohort, Stored};
use phenolens::random::{Stream, Use};
use phenolens::sources::write_pickle;
use tempfile::TempDir;

/// Settings that make a run quick where a test does not look at intervals or maps.
pub(crate) const QUICK: [&str; 4] = [
    "--set",
    "evaluation.bootstrap=0",
    "--set",
    "map.distances=[]",
];

/// An empty folder in which the program runs, and another for its user's settings.
pub(crate) struct Home {
    folder: TempDir,
    settings: TempDir,
}

/// How the program ended.
pub(crate) struct Outcome {
    /// The exit code.
    pub(crate) code: i32,
    /// What it wrote on stdout.
    pub(crate) stdout: String,
    /// What it wrote on stderr.
    pub(crate) stderr: String,
}

impl Home {
    /// Makes the folder.
    pub(crate) fn new() -> Home {
        let folder = || tempfile::tempdir().expect("a temporary folder");
        let home = Home {
            folder: folder(),
            settings: folder(),
        };
        // Every test has the same pseudonyms; how a key is made has tests of its own.
        fs::create_dir(home.settings.path().join("phenolens")).expect("a writable folder");
        private_file(&home.key(), &format!("{}\n", "07".repeat(32)));
        home
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program, to be run in the folder, without settings from outside.
    pub(crate) fn command(&self) -> Command {
        self.command_of(env!("CARGO_BIN_EXE_phenolens"))
    }

    /// Another program, such as one that runs ours in a certain way.
    pub(crate) fn command_of(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path());
        command.env("XDG_CONFIG_HOME", self.settings.path());
        let ours = std::env::vars_os().map(|(name, _)| name);
        for name in ours.filter(|name| name.to_string_lossy().starts_with("PHENOLENS_")) {
            command.env_remove(name);
        }
        command
    }

    /// The key of pseudonyms in the user's settings folder.
    pub(crate) fn key(&self) -> PathBuf {
        self.settings.path().join("phenolens/pseudonym.key")
    }

    /// Runs the program with these arguments.
    pub(crate) fn run(&self, args: &[&str]) -> Outcome {
        Outcome::of(self.command().args(args))
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).expect("a writable folder");
    }

    /// Reads a text file.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Writes a small cohort, quick to analyze: 60 images of 30 subjects in 3 classes, with one pair
    /// of near-duplicates across subjects.
    pub(crate) fn cohort(&self, name: &str) {
        self.cohort_of_seed(name, 1);
    }

    /// The same with other values.
    pub(crate) fn cohort_of_seed(&self, name: &str, seed: u64) {
        const N_DIMS: usize = 16;
        let mut stream = Stream::new(seed, Use::Synth, 0);
        let mut normals =
            |scale: f64| -> Vec<f64> { (0..N_DIMS).map(|_| scale * stream.normal()).collect() };
        let centers: Vec<Vec<f64>> = (0..3).map(|_| normals(1.0)).collect();
        let mut cohort = RawCohort::default();
        let mut last = Vec::new();
        for image in 0..60 {
            let subject = image / 2;
            let class = subject % 3;
            let noise = if image == 6 {
                normals(0.01)
            } else {
                normals(0.8)
            };
            let start: &[f64] = if image == 6 { &last } else { &centers[class] };
            let vector: Vec<f64> = start.iter().zip(&noise).map(|(a, b)| a + b).collect();
            // Image 0 is of another subject of the same class.
            if image == 0 {
                last = vector.clone();
            }
            let ids = [
                format!("class {class}"),
                format!("s{subject:02}"),
                format!("i{image:02}"),
            ];
            let values = vector.iter().map(|&value| value as f32);
            cohort.push_values(ids, values, Stored::Exact);
        }
        self.write(name, write_pickle(&cohort));
    }

    /// The names in the folder, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        names(self.folder.path())
    }
}

impl Outcome {
    /// Runs a command to its end.
    pub(crate) fn of(command: &mut Command) -> Outcome {
        Outcome::from(command.output().expect("the program starts"))
    }

    /// Asserts an error that the user can mend: its text, and a hint that says how.
    pub(crate) fn assert_error(&self, message: &str, hint: &str) {
        assert_eq!(self.code, 2, "{}{}", self.stdout, self.stderr);
        let (error, rest) = self
            .stderr
            .split_once("hint: ")
            .unwrap_or((&self.stderr, ""));
        assert!(error.starts_with("error: "), "{}", self.stderr);
        assert!(error.contains(message), "{message:?} in {}", self.stderr);
        assert!(rest.contains(hint), "{hint:?} in {}", self.stderr);
    }

    /// Asserts success, quietly said where it was asked so.
    pub(crate) fn assert_success(&self) {
        assert_eq!(self.code, 0, "{}{}", self.stdout, self.stderr);
    }
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Outcome {
        Outcome {
            code: output.status.code().expect("no signal"),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

/// Writes a file that only its owner may read.
pub(crate) fn private_file(path: &Path, text: &str) {
    fs::write(path, text).expect("a writable folder");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("our own file");
    }
}

/// The names in a folder, sorted.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| {
            let name = entry.expect("an entry").file_name();
            name.into_string().expect("UTF-8")
        })
        .collect();
    names.sort();
    names
}

/// Every file below a folder and its bytes, sorted by path.
pub(crate) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for name in names(folder) {
        let path = folder.join(&name);
        if path.is_dir() {
            let inner = files(&path).into_iter();
            all.extend(inner.map(|(inside, bytes)| (format!("{name}/{inside}"), bytes)));
        } else {
            all.push((name, fs::read(path).expect("a readable file")));
        }
    }
    all
}

/// Copies a folder and all in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    for (path, bytes) in files(from) {
        let path = to.join(path);
        fs::create_dir_all(path.parent().expect("inside")).expect("a writable folder");
        fs::write(path, bytes).expect("a writable folder");
    }
}

/// A file that is no part of the project: the first users' data, or figures made from them.
///
/// Says loudly where it is missing, since the test that asked for it then shows nothing.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared")
        .join(path);
    if file.exists() {
        return file.canonicalize().ok();
    }
    skipped(&format!(
        "{} is missing, nothing is tested here",
        file.display()
    ));
    None
}

/// Says loudly that a test shows nothing, and why.
#[expect(clippy::print_stderr, reason = "a skipped test must be heard of")]
pub(crate) fn skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
}

/// The first users' data file.
pub(crate) fn real_data() -> Option<PathBuf> {
    match std::env::var_os("PHENOLENS_REAL_DATA") {
        Some(path) if Path::new(&path).exists() => Path::new(&path).canonicalize().ok(),
        _ => shared("data/mini_gm_public_v0.1.p"),
    }
}
