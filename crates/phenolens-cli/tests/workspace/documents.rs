//! What the documents say is what the program does.

use std::fs;
use std::process::Command;

use crate::sources::root;

fn document(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn says(args: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = Command::new(env!("CARGO_BIN_EXE_phenolens"))
        .current_dir(folder.path())
        .args(args)
        .output()
        .expect("the program starts");
    assert!(output.status.success(), "{args:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn the_documented_settings_are_those_of_init() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("settings.toml");
    says(&["init", "-o", file.to_str().expect("UTF-8")]);
    let written = fs::read_to_string(file).expect("a file");
    let remedy = "write it anew: cargo run -- init -o docs/settings.toml";
    assert!(document("docs/settings.toml") == written, "{remedy}");
}

#[test]
fn the_documented_commands_are_those_of_the_program() {
    let help = says(&["--help"]);
    let (_, listed) = help.split_once("Commands:\n").expect("a list of commands");
    let (listed, _) = listed.split_once("\n\n").expect("the end of the list");
    let readme = document("README.md");
    for line in listed.lines() {
        let command = line.split_whitespace().next().expect("a name");
        if command != "help" {
            let documented = format!("`phenolens {command}");
            assert!(
                readme.contains(&documented),
                "README.md has no {documented}"
            );
        }
    }
}

#[test]
fn the_documented_tables_are_those_of_a_run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let (data, out) = (path("cohort.p"), path("out"));
    let shape = "--samples 40 --subjects 30 --classes 2 --dims 4 --duplicates 0";
    let shape: Vec<&str> = shape.split(' ').collect();
    says(&[&["synth", "-o", &data], &shape[..]].concat());
    let quick = "--set evaluation.bootstrap=0 --set map.steps=250 --set figures.formats=[] --set \
                 report.ids=plain";
    let quick: Vec<&str> = quick.split(' ').collect();
    says(&[&["run", &data, "-o", &out], &quick[..]].concat());

    let documented = document("docs/output.md");
    let mut names = Vec::new();
    for entry in fs::read_dir(path("out/tables")).expect("a folder") {
        let name = entry
            .expect("an entry")
            .file_name()
            .into_string()
            .expect("UTF-8");
        if !name.ends_with(".csv") {
            continue;
        }
        let table = fs::read_to_string(path(&format!("out/tables/{name}"))).expect("UTF-8");
        let header = table.lines().next().expect("a header");
        // Predictions have one more column for each class.
        let of_classes = match name.as_str() {
            "predictions.csv" => header.find(",score_"),
            _ => None,
        };
        let header = &header[..of_classes.unwrap_or(header.len())];
        let line = format!("| `{name}` | `{header}`");
        assert!(documented.contains(&line), "docs/output.md has no {line}");
        names.push(name);
    }
    let n_documented = documented.matches(".csv` | `").count();
    assert_eq!(names.len(), n_documented, "{names:?}");
    for measure in phenolens::evaluation::Measure::ALL {
        assert!(
            documented.contains(&format!("`{}`", measure.name())),
            "{}",
            measure.name()
        );
    }
}

#[test]
fn the_map_of_the_code_is_complete() {
    let map = document("ARCHITECTURE.md");
    for folder in fs::read_dir(root().join("crates")).expect("a folder") {
        let name = folder
            .expect("an entry")
            .file_name()
            .into_string()
            .expect("UTF-8");
        assert!(
            map.contains(&format!("`{name}`")),
            "{name} is not on the map"
        );
    }
    let core = document("crates/phenolens-core/src/lib.rs");
    for line in core.lines() {
        if let Some(module) = line.strip_prefix("pub mod ") {
            let module = module.trim_end_matches(';');
            assert!(
                map.contains(&format!("`{module}`")),
                "{module} is not on the map"
            );
        }
    }
}

#[test]
fn the_version_is_the_same_everywhere() {
    let version = env!("CARGO_PKG_VERSION");
    let citation = document("CITATION.cff");
    assert!(
        citation.contains(&format!("\nversion: {version}\n")),
        "CITATION.cff"
    );
    let changelog = document("CHANGELOG.md");
    assert!(
        changelog.contains(&format!("\n## {version}")),
        "CHANGELOG.md"
    );
}
