//! What is examined can be chosen, and what is left does not depend on the rest.

use serde_json::Value;

use crate::support::{Home, Outcome, files};

/// What a part leaves in the output folder.
struct Part {
    name: &'static str,
    /// Its key in `results.json`.
    key: &'static str,
    /// Its heading in the report, or else words that only it says.
    says: &'static str,
    tables: &'static [&'static str],
    figure: Option<&'static str>,
}

const PARTS: [Part; 9] = [
    Part {
        name: "subject-level",
        key: "subject_level",
        says: "### By subject\n",
        tables: &["subject_level"],
        figure: None,
    },
    Part {
        name: "groups",
        key: "subgroups",
        says: "## Groups of people\n",
        tables: &["groups"],
        figure: None,
    },
    Part {
        name: "gallery",
        key: "identification",
        says: "### A gallery and probes\n",
        tables: &["gallery"],
        figure: None,
    },
    Part {
        name: "learning-curve",
        key: "few_shot",
        says: "### How many subjects it takes\n",
        tables: &["learning_curve"],
        figure: Some("learning_curve"),
    },
    Part {
        name: "improvement",
        key: "improvement",
        says: "## What would mend it, measured\n",
        tables: &["improvements"],
        figure: None,
    },
    Part {
        name: "leakage",
        key: "leakage",
        says: "Within the same folds, taking the tested subject's other images",
        tables: &["duplicate_effects", "exposure", "leak_control", "leakage"],
        figure: None,
    },
    Part {
        name: "open-set",
        key: "open_set",
        says: "## Unknown syndromes\n",
        tables: &["open_set"],
        figure: Some("open_set"),
    },
    Part {
        name: "calibration",
        key: "calibration",
        says: "## Calibration of scores\n",
        tables: &["calibration", "calibration_effects"],
        figure: Some("calibration"),
    },
    Part {
        name: "diagnosis",
        key: "diagnosis",
        says: "## Why it errs\n",
        tables: &[
            "clusters",
            "confusable_pairs",
            "geometry",
            "hubness",
            "outliers",
            "silhouette",
            "suspects",
        ],
        figure: Some("silhouette"),
    },
];

/// Files that tell of everything, and so of what was left out.
const OF_ALL: [&str; 8] = [
    "manifest.json",
    "phenolens.toml",
    "report.html",
    "report.md",
    "results.json",
    "run.json",
    "tables/tables.md",
    "tables/tables.tex",
];

/// Keys of `results.json` that sum up what was examined.
const SUMMING_UP: [&str; 2] = ["claims", "recommendations"];

impl Part {
    fn has(&self, path: &str) -> bool {
        let is_table = |name: &&str| path == format!("tables/{name}.csv");
        let is_figure = |name: &str| path.starts_with(&format!("figures/{name}."));
        self.tables.iter().any(is_table) || self.figure.is_some_and(is_figure)
    }
}

#[test]
fn a_part_that_is_left_out_is_gone_and_nothing_else_changes() {
    let home = Home::new();
    home.cohort("cohort.p");
    let mut people = "subject,site\n".to_owned();
    for subject in 0..30 {
        let site = ["north", "south"][subject / 3 % 2];
        people.push_str(&format!("s{subject:02},{site}\n"));
    }
    home.write("people.csv", people);
    let run = |out: &str, parts: &str| {
        let mut command = home.command();
        command
            .args(["run", "cohort.p", "-o", out])
            .args(["--set", &format!("analysis.parts={parts}")])
            .args(["--set", "data.metadata=people.csv"])
            .args(["--set", "evaluation.bootstrap=20"])
            .args(["--set", "evaluation.folds=4"])
            .args(["--set", "map.steps=260"]);
        Outcome::of(&mut command).assert_success();
        files(&home.path(out))
    };
    let names: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
    let whole = run("whole", &format!("{names:?}"));
    let plain = {
        let mut command = home.command();
        command.args([
            "run",
            "cohort.p",
            "-o",
            "again",
            "--config",
            "whole/phenolens.toml",
        ]);
        command.args(["--set", "data.metadata=people.csv"]);
        Outcome::of(&mut command).assert_success();
        files(&home.path("again"))
    };
    assert_eq!(
        differing(&whole, &plain),
        ["run.json"],
        "the record repeats it"
    );

    for chosen in std::iter::once(None).chain(PARTS.iter().map(Some)) {
        let parts = chosen.map_or("[]".to_owned(), |part| format!("[{:?}]", part.name));
        let is_chosen = |part: &Part| chosen.is_some_and(|chosen| chosen.name == part.name);
        let (_, left_out): (Vec<&Part>, Vec<&Part>) = PARTS.iter().partition(|p| is_chosen(p));
        let some = run("some", &parts);

        let mut expected = whole.clone();
        expected.retain(|(path, _)| !left_out.iter().any(|part| part.has(path)));
        let different = differing(&expected, &some);
        let unexpected: Vec<&String> = (different.iter())
            .filter(|path| !OF_ALL.contains(&path.as_str()))
            .collect();
        assert!(unexpected.is_empty(), "{parts}: {unexpected:?}");

        let results = |out: &str| -> serde_json::Map<String, Value> {
            let text = home.read(&format!("{out}/results.json"));
            serde_json::from_str(&text).expect("our own file")
        };
        let (of_some, of_whole) = (results("some"), results("whole"));
        assert!(of_some.keys().eq(of_whole.keys()), "{parts}");
        for (key, value) in &of_some {
            let is_absent = left_out.iter().any(|part| part.key == key);
            if is_absent {
                assert!(value.is_null(), "{parts}: {key}");
                assert!(!of_whole[key].is_null(), "{key}");
            } else if !SUMMING_UP.contains(&key.as_str()) {
                assert_eq!(value, &of_whole[key], "{parts}: {key}");
            }
        }

        let report = home.read("some/report.md");
        let html = home.read("some/report.html");
        for part in &PARTS {
            assert_eq!(
                report.contains(part.says),
                is_chosen(part),
                "{parts}: {}",
                part.name
            );
            assert!(
                home.read("whole/report.md").contains(part.says),
                "{}",
                part.name
            );
        }
        let last = left_out.last().expect("more than one part").name;
        let list = format!("and {last}; nothing else depends on that.");
        assert!(
            report.contains(&list) && html.contains(&list),
            "{parts}: {list}"
        );
        // Text refers to tables by their numbers; of one that is not there it would say this.
        assert!(!report.contains("the tables is"), "{report}");
    }
}

#[test]
fn unknown_parts_are_refused_with_the_known_ones() {
    let home = Home::new();
    home.cohort("cohort.p");
    let outcome = home.run(&["run", "cohort.p", "--set", "analysis.parts=[\"subgroups\"]"]);
    let known = "\"subject-level\", \"groups\", \"gallery\", \"learning-curve\", \"improvement\", \
                 \"leakage\", \"open-set\", \"calibration\", \"diagnosis\", each once";
    outcome.assert_error(known, "");
}

/// The paths that are not in both, or not the same in both.
fn differing(one: &[(String, Vec<u8>)], other: &[(String, Vec<u8>)]) -> Vec<String> {
    let lacks = |all: &[(String, Vec<u8>)], file: &(String, Vec<u8>)| !all.contains(file);
    let mut paths: Vec<String> = (one.iter().filter(|file| lacks(other, file)))
        .chain(other.iter().filter(|file| lacks(one, file)))
        .map(|(path, _)| path.clone())
        .collect();
    paths.sort();
    paths.dedup();
    paths
}
