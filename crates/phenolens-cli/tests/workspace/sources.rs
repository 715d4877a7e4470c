//! The source files of the workspace, and what must not stand in them.

use std::fs;
use std::path::{Path, PathBuf};

/// A source file.
pub(crate) struct Source {
    /// Its path from the root of the workspace, with `/` between the parts.
    pub(crate) path: String,
    /// What stands in it.
    pub(crate) text: String,
    /// Whether it is compiled for tests only.
    pub(crate) is_test: bool,
}

impl Source {
    /// What stands before the tests of the file, without comments.
    pub(crate) fn code(&self) -> String {
        let before_tests = self.text.split("#[cfg(test)]\nmod tests {").next();
        before_tests
            .unwrap_or_default()
            .lines()
            .map(|line| line.split("//").next().unwrap_or_default())
            // Powers of two are exact everywhere.
            .map(|line| line.replace("2.0_f64.powi(", "power_of_two("))
            .collect::<Vec<String>>()
            .join("\n")
    }
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every Rust file of the workspace, sorted by path.
pub(crate) fn rust_files() -> Vec<Source> {
    let mut files = Vec::new();
    collect(&root(), "crates", &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(files.len() > 50, "the files of the workspace are found");
    let for_tests: Vec<String> = files.iter().flat_map(test_modules).collect();
    for file in &mut files {
        file.is_test = file.path.contains("/tests/") || for_tests.contains(&file.path);
    }
    files
}

/// The paths of the modules that a file declares for tests only.
fn test_modules(file: &Source) -> Vec<String> {
    let stem = file.path.trim_end_matches(".rs");
    let folder = stem.trim_end_matches("/lib").trim_end_matches("/main");
    let mut lines = file.text.lines().map(str::trim);
    let mut paths = Vec::new();
    while lines.any(|line| line == "#[cfg(test)]") {
        let declared = lines.next().and_then(|line| line.strip_suffix(';'));
        if let Some((_, name)) = declared.and_then(|line| line.split_once("mod ")) {
            paths.push(format!("{folder}/{name}.rs"));
        }
    }
    paths
}

fn collect(root: &Path, folder: &str, files: &mut Vec<Source>) {
    for entry in fs::read_dir(root.join(folder)).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().into_string().expect("UTF-8");
        let path = format!("{folder}/{name}");
        if entry.path().is_dir() {
            if name != "target" {
                collect(root, &path, files);
            }
        } else if name.ends_with(".rs") {
            let text = fs::read_to_string(entry.path()).expect("UTF-8");
            files.push(Source {
                path,
                text,
                is_test: false,
            });
        }
    }
}

/// Panics with every file and line of `files` that holds one of `words` outside comments and tests.
fn refuse(files: impl Iterator<Item = Source>, words: &[&str], why: &str) {
    let mut found = Vec::new();
    for file in files.filter(|file| !file.is_test) {
        for (index, line) in file.code().lines().enumerate() {
            if let Some(word) = words.iter().find(|word| line.contains(*word)) {
                found.push(format!("{}:{}: {word}", file.path, index + 1));
            }
        }
    }
    assert!(found.is_empty(), "{why}:\n{}", found.join("\n"));
}

fn of_crate(name: &str) -> impl Iterator<Item = Source> {
    let folder = format!("crates/{name}/src/");
    rust_files()
        .into_iter()
        .filter(move |file| file.path.starts_with(&folder))
}

#[test]
fn no_file_is_too_long_and_none_is_called_mod() {
    for file in rust_files() {
        let n_lines = file.text.lines().count();
        assert!(n_lines <= 600, "{} has {n_lines} lines", file.path);
        assert!(!file.path.ends_with("/mod.rs"), "{}", file.path);
    }
}

#[test]
fn mathematics_and_reports_know_nothing_of_the_world() {
    let words = [
        "std::fs",
        "std::env",
        "std::net",
        "std::process",
        "std::time",
        "std::io::std",
        "Instant::",
        "SystemTime",
        "println!",
        "print!",
        "thread_rng",
    ];
    refuse(
        of_crate("phenolens-core"),
        &words,
        "core is a function of its arguments",
    );
    refuse(of_crate("phenolens-report"), &words, "reports are values");
}

#[test]
fn results_do_not_depend_on_the_mathematics_of_a_platform() {
    let words = [
        ".exp()",
        ".exp2()",
        ".exp_m1()",
        ".ln()",
        ".ln_1p()",
        ".log(",
        ".log2()",
        ".log10()",
        ".powf(",
        ".powi(",
        ".sin()",
        ".cos()",
        ".tan()",
        ".tanh()",
        ".atan2(",
        ".cbrt()",
        ".hypot(",
        ".mul_add(",
    ];
    refuse(of_crate("phenolens-core"), &words, "take it from libm");
}

#[test]
fn unsafe_code_stands_in_the_kernels_only() {
    let outside = rust_files()
        .into_iter()
        .filter(|file| !file.path.starts_with("crates/phenolens-core/src/kernels"));
    refuse(
        outside,
        &["unsafe {", "unsafe fn", "unsafe impl"],
        "only kernels may",
    );
}

#[test]
fn nothing_unfinished_is_kept() {
    for file in rust_files() {
        for word in ["todo!(", "unimplemented!(", "#[ignore", "dbg!("] {
            let is_this_list = file.path.ends_with("tests/workspace/sources.rs");
            assert!(
                is_this_list || !file.text.contains(word),
                "{} has {word}",
                file.path
            );
        }
    }
}
