use std::ffi::OsString;
use std::fs;
use std::path::Path;

use phenolens::evaluation::{Protocol, Ties, Weights};
use phenolens::neighbors::Distance;

use super::keys::keys;
use super::layers::{Resolved, resolve};
use super::{Recorded, RecordedFile, Settings, commented_defaults, recorded};
use crate::args::SettingsArgs;
use crate::failure::Failure;

fn from_file(text: &str) -> Result<Resolved, Failure> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("phenolens.toml"), text).expect("a writable folder");
    resolve(&SettingsArgs::default(), &[], folder.path(), [])
}

fn from_words(words: &[&str]) -> Result<Settings, Failure> {
    let args = SettingsArgs {
        no_config: true,
        set: words.iter().map(|&word| word.to_owned()).collect(),
        ..SettingsArgs::default()
    };
    resolve(&args, &[], Path::new("."), []).map(|resolved| resolved.settings)
}

#[test]
fn the_file_of_init_holds_every_setting_and_its_default() {
    let text = commented_defaults();
    let resolved = from_file(&text).expect("our own file parses");
    assert_eq!(resolved.settings, Settings::default());

    let table: toml::Table = text.parse().expect("our own file is TOML");
    for key in keys() {
        let (section, name) = key.name.rsplit_once('.').unwrap_or(("", key.name));
        let holder = if section.is_empty() {
            &table
        } else {
            table[section].as_table().expect("a section")
        };
        assert!(holder.contains_key(name), "{} is missing", key.name);
    }
}

/// Every setting away from its default, so that a setter that sets something else is seen.
const CHANGED: [&str; 48] = [
    "seed=7",
    "threads=3",
    "memory_limit=8 GiB",
    "data.format=pickle",
    "data.labels=[\"labels.csv\"]",
    "data.vector=embedding",
    "data.variants=mean-distance",
    "data.class=diagnosis",
    "data.subject=patient",
    "data.sample=photograph",
    "data.names=names.csv",
    "data.metadata=people.csv",
    "data.on_invalid=error",
    "data.duplicate_distance=0.5",
    "data.merge_duplicates=true",
    "data.min_subjects=4",
    "data.exclude=[\"007\", \"b\"]",
    "analysis.parts=[\"leakage\", \"diagnosis\"]",
    "neighbors.k=7",
    "neighbors.distances=[\"euclidean\", \"cosine\"]",
    "neighbors.method=approximate",
    "evaluation.distances=[\"euclidean\"]",
    "evaluation.protocols=[\"from-file\", \"image-level\"]",
    "evaluation.folds=5",
    "evaluation.folds_file=folds.csv",
    "evaluation.repeats=2",
    "evaluation.k_max=9",
    "evaluation.weights=[\"distance\", \"softmax\"]",
    "evaluation.ties=lowest-class",
    "evaluation.select_by=auc_macro",
    "evaluation.bootstrap=0",
    "evaluation.confidence=0.9",
    "gallery.rare_below=4",
    "gallery.splits=3",
    "gallery.probe_share=0.25",
    "gallery.file=sides.csv",
    "map.distances=[\"cosine\"]",
    "map.perplexity=12.5",
    "map.steps=250",
    "map.learning_rate=100",
    "map.exaggeration=4",
    "map.late_exaggeration=2",
    "map.affinities=uniform",
    "map.least_progress=0.001",
    "report.formats=[]",
    "report.ids=plain",
    "figures.style=screen",
    "figures.formats=[\"png\"]",
];

#[test]
fn every_setting_changes_itself_alone() {
    let default = Settings::default();
    for assignment in CHANGED {
        let (changed_key, _) = assignment.split_once('=').expect("an assignment");
        let changed = from_words(&[assignment]).expect("a good value");
        for key in keys() {
            let is_same = (key.get)(&changed) == (key.get)(&default);
            let can_change = key.name != "figures.style";
            let should_be_same = key.name != changed_key || !can_change;
            assert_eq!(is_same, should_be_same, "{assignment} and {}", key.name);
        }
    }
    let given: Vec<&str> = CHANGED
        .iter()
        .filter_map(|assignment| Some(assignment.split_once('=')?.0))
        .collect();
    let known: Vec<&str> = keys().map(|key| key.name).collect();
    assert_eq!(given, known);
}

#[test]
fn a_record_gives_the_same_settings_but_for_places() {
    let settings = from_words(&CHANGED).expect("good values");
    let about = Recorded {
        version: Some("0.1.0".to_owned()),
        content_digest: Some("ab".to_owned()),
        folds_file: Some(RecordedFile {
            name: "my \"folds\" 1.csv".to_owned(),
            sha256: "cd".to_owned(),
        }),
        gallery_file: None,
        names: None,
        metadata: Some(RecordedFile {
            name: "people.csv".to_owned(),
            sha256: "ef".to_owned(),
        }),
    };
    let text = recorded(&settings, &about);
    let read = from_file(&text).expect("our own file parses");
    assert_eq!(read.recorded, about);
    let without_places = Settings {
        threads: 0,
        memory_limit: None,
        labels: Vec::new(),
        names: None,
        metadata: None,
        folds_file: None,
        gallery_file: None,
        // A run does not use them.
        neighbors: Settings::default().neighbors,
        ..settings
    };
    assert_eq!(read.settings, without_places);
    assert_eq!(recorded(&read.settings, &read.recorded), text);
}

#[test]
fn later_layers_win() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text =
        "seed = 1\nthreads = 1\n[evaluation]\nfolds = 3\nk_max = 3\n[data]\nnames = \"n.csv\"\n";
    fs::write(folder.path().join("phenolens.toml"), text).expect("a writable folder");
    let deep = folder.path().join("a/b");
    fs::create_dir_all(&deep).expect("a writable folder");
    let args = SettingsArgs {
        set: vec!["evaluation.k_max=5".to_owned()],
        seed: Some("3".to_owned()),
        ..SettingsArgs::default()
    };
    let variable = |name: &str, value: &str| (OsString::from(name), OsString::from(value));
    let variables = [
        variable("PHENOLENS_SEED", "2"),
        variable("PHENOLENS_EVALUATION_K_MAX", "4"),
        variable("PHENOLENS_THREADS", "2"),
        variable("PHENOLENS_REAL_DATA", "ignored"),
        variable("PHENOLENSX", "not ours"),
    ];
    let resolved = resolve(&args, &[], &deep, variables).expect("good settings");
    assert_eq!(
        resolved.file.as_deref(),
        Some(&*folder.path().join("phenolens.toml"))
    );
    let Settings {
        threads,
        analysis,
        names,
        ..
    } = resolved.settings;
    assert_eq!(analysis.evaluation.seed, 3, "a flag");
    assert_eq!(analysis.evaluation.k_max, 5, "--set");
    assert_eq!(threads, 2, "the environment");
    assert_eq!(analysis.evaluation.n_folds, 3, "the file");
    assert_eq!(analysis.evaluation.n_repeats, 1, "the default");
    assert_eq!(names, Some(folder.path().join("n.csv")));
}

#[test]
fn shells_eat_quotes() {
    let settings = from_words(&[
        "evaluation.ties=lowest-class",
        "evaluation.weights=[uniform,distance]",
        "evaluation.distances=euclidean,cosine",
        "evaluation.protocols=\"image-level\"",
        "data.exclude=[300000082,007]",
        "data.class=42",
    ])
    .expect("good values");
    let evaluation = settings.analysis.evaluation;
    assert_eq!(evaluation.ties, Ties::LowestClass);
    assert_eq!(evaluation.weights, [Weights::Uniform, Weights::Distance]);
    assert_eq!(
        evaluation.distances,
        [Distance::Euclidean, Distance::Cosine]
    );
    assert_eq!(evaluation.protocols, [Protocol::ImageLevel]);
    assert_eq!(evaluation.exclude, ["300000082", "007"]);
    assert_eq!(settings.words.class, "42");
}

#[test]
fn bad_values_say_what_is_allowed() {
    let cases = [
        (
            "seed=-1",
            "--set: `seed` must be a whole number from 0 to 9223372036854775807, not -1",
        ),
        (
            "evaluation.folds=1",
            "--set: `evaluation.folds` must be a whole number from 2 to 1000000, not 1",
        ),
        (
            "evaluation.folds=2.5",
            "--set: `evaluation.folds` must be a whole number from 2 to 1000000, not 2.5",
        ),
        (
            "evaluation.confidence=1",
            "--set: `evaluation.confidence` must be a number between 0 and 1, both excluded, not 1",
        ),
        (
            "evaluation.confidence=nan",
            "--set: `evaluation.confidence` must be a number between 0 and 1, both excluded, not nan",
        ),
        (
            "map.perplexity=inf",
            "--set: `map.perplexity` must be \"auto\" or a number of at least 1, not inf",
        ),
        (
            "data.merge_duplicates=yes",
            "--set: `data.merge_duplicates` must be true or false, not yes",
        ),
        (
            "evaluation.weights=[]",
            "--set: `evaluation.weights` must be a list of some of \"uniform\", \"distance\", \"softmax\", each once, not []",
        ),
        (
            "evaluation.ties=first",
            "--set: `evaluation.ties` must be one of \"nearest\", \"lowest-class\", not first",
        ),
        (
            "neighbors.method=fast",
            "--set: `neighbors.method` must be one of \"exact\", \"approximate\", not fast",
        ),
        (
            "memory_limit=1 parsec",
            "--set: `memory_limit` must be a number of bytes such as \"8 GiB\" or \"500 MB\", or \"none\", not \
             1 parsec",
        ),
        (
            "figures.style=print",
            "--set: `figures.style` must be \"screen\" in this version, not print",
        ),
        (
            "report.formats=pdf",
            "--set: `report.formats` must be a list of some or none of \"html\", \"md\", each once, not pdf",
        ),
        (
            "data.class=",
            "--set: `data.class` must be a word of 1 to 40 characters, not ",
        ),
        (
            "seed=1\nseed2=2",
            "--set: `seed` must be a whole number from 0 to 9223372036854775807, not 1\\nseed2=2",
        ),
    ];
    for (word, message) in cases {
        let failure = from_words(&[word]).expect_err(word);
        assert_eq!(failure.message, message);
    }
}

#[test]
fn mistakes_in_a_file_name_their_line() {
    let cases = [
        (
            "seed = 1\n[evaluation]\nflods = 5\n",
            ":3: unknown setting `evaluation.flods`",
            "`evaluation.folds`",
        ),
        (
            "folds = 5\n",
            ":1: unknown setting `folds`",
            "`evaluation.folds`",
        ),
        (
            "\n[evalution]\nfolds = 5\n",
            ":2: unknown setting `evalution`",
            "`",
        ),
        (
            "data = 5\n",
            ":1: `data` is a section, not a setting",
            "[data]",
        ),
        (
            "evaluation.folds = \"5\"\n",
            ":1: `evaluation.folds` must be a whole number from 2 to 1000000, not \"5\"",
            "",
        ),
        (
            "[data]\nexclude = [1]\n",
            ":2: `data.exclude` must be a list of texts in quotes, not [1]",
            "",
        ),
        ("seed = \n", ":1:8: ", ""),
        (
            "[source]\nhost = \"a\"\n",
            ":1: [source] has no `host`",
            "copy it whole",
        ),
    ];
    for (text, message, hint) in cases {
        let failure = from_file(text).expect_err(text);
        let expected = format!("phenolens.toml{message}");
        assert!(failure.message.contains(&expected), "{failure}");
        assert!(failure.hint.unwrap_or_default().contains(hint), "{hint}");
    }
}

#[test]
fn an_unknown_variable_names_the_nearest() {
    let args = SettingsArgs {
        no_config: true,
        ..SettingsArgs::default()
    };
    let variables = [(OsString::from("PHENOLENS_SEAD"), OsString::from("1"))];
    let failure = resolve(&args, &[], Path::new("."), variables).expect_err("no such setting");
    assert_eq!(failure.message, "PHENOLENS_SEAD is no setting of phenolens");
    let hint = failure.hint.expect("a hint");
    assert!(hint.contains("`PHENOLENS_SEED`"), "{hint}");
}

#[test]
fn memory_is_given_in_any_unit() {
    for (word, bytes) in [
        ("memory_limit=none", None),
        ("memory_limit=1048576", Some(1 << 20)),
        ("memory_limit=512 MiB", Some(512 << 20)),
        ("memory_limit=8GB", Some(8_000_000_000)),
        ("memory_limit=\"3 kib\"", Some(3 << 10)),
    ] {
        let settings = from_words(&[word]).expect(word);
        assert_eq!(settings.memory_limit, bytes, "{word}");
    }
    for word in [
        "memory_limit=0",
        "memory_limit=-1",
        "memory_limit=1.5GiB",
        "memory_limit=99999999999 GiB",
    ] {
        assert!(from_words(&[word]).is_err(), "{word}");
    }
}

#[test]
fn data_without_subjects_are_divided_by_image() {
    let settings = from_words(&["data.subject=none"]).expect("a good value");
    let protocols = settings.analysis_params().evaluation.protocols;
    assert_eq!(protocols, [Protocol::ImageLevel]);
    assert_eq!(settings.words.subject, "subject");
    // What is asked for stays, to be refused where it does not suit the data.
    let words = ["data.subject=none", "evaluation.protocols=subject-grouped"];
    let settings = from_words(&words).expect("good values");
    let protocols = settings.analysis_params().evaluation.protocols;
    assert_eq!(protocols, [Protocol::SubjectGrouped]);
}
