//! `phenolens map`.

use std::fs;

use phenolens::sources::{ReadOptions, read_bytes};
use serde_json::Value;

use crate::arrays::{Array, npy};
use crate::support::Home;

/// A mixture, small enough to be laid out at once.
fn mixture(home: &Home) {
    let args = [
        "synth",
        "--kind",
        "mixture",
        "--samples",
        "120",
        "--dims",
        "8",
    ];
    home.run(&[&args[..], &["--classes", "4", "-o", "m.npy"]].concat())
        .assert_success();
}

fn run(home: &Home, args: &str) -> crate::support::Outcome {
    let args: Vec<&str> = args.split(' ').collect();
    home.run(&[&["map"], &args[..]].concat())
}

fn json(home: &Home, args: &str) -> Value {
    let run = run(home, &format!("{args} --json"));
    run.assert_success();
    serde_json::from_str(&run.stdout).expect("one JSON value")
}

#[test]
fn a_bare_matrix_is_laid_out_in_every_format() {
    let home = Home::new();
    mixture(&home);
    let made = run(&home, "m.npy --steps 60 -o m.npz");
    made.assert_success();
    assert_eq!(made.stderr, "");
    let lines: Vec<&str> = made.stdout.lines().collect();
    assert_eq!(lines[0], "120 rows in, 120 used, 0 set aside; 8 dimensions");
    let settings =
        "map by cosine distance: perplexity 30, 60 steps, learning rate 50, exaggeration 12";
    assert_eq!(lines[1], settings);
    for word in [
        "KL divergence",
        "trustworthiness",
        "continuity",
        "neighbors kept",
    ] {
        assert!(lines[2].contains(word), "{word} in {}", lines[2]);
    }
    assert!(lines[3].starts_with("neighbors in "), "{}", lines[3]);
    assert_eq!(lines[4], "map: m.npz", "nothing of classes");

    let bytes = fs::read(home.path("m.npz")).expect("a file");
    let positions = Array::find(&bytes, "positions").expect("positions");
    assert_eq!(positions.shape, [120, 2]);
    let numbers = positions.numbers();
    assert!(numbers.iter().all(|number| number.is_finite()));
    assert!(Array::find(&bytes, "row").is_none());

    run(&home, "m.npy --steps 60 -o m.csv").assert_success();
    let csv = home.read("m.csv");
    let mut rows = csv.lines();
    assert_eq!(rows.next(), Some("sample,x,y"));
    for (sample, point) in numbers.chunks_exact(2).enumerate() {
        let row = format!("{sample},{},{}", point[0], point[1]);
        assert_eq!(rows.next(), Some(row.as_str()));
    }

    run(&home, "m.npy --steps 60 -o m.parquet").assert_success();
    // A table of numbers alone is read as a bare matrix: rows, and both coordinates.
    let bytes = fs::read(home.path("m.parquet")).expect("a file");
    let cohort = read_bytes(&bytes, &ReadOptions::default())
        .expect("a table")
        .cohort;
    for (sample, point) in numbers.chunks_exact(2).enumerate() {
        let row = [sample as f32, point[0] as f32, point[1] as f32];
        assert_eq!(cohort.values(&cohort.records[sample]), Some(&row[..]));
    }
}

#[test]
fn labelled_data_give_the_table_of_a_run() {
    let home = Home::new();
    home.cohort("cohort.p");
    let steps = ["--set", "map.steps=60", "--set", "evaluation.bootstrap=0"];
    let args = ["run", "cohort.p", "--set", "evaluation.folds=3"];
    home.run(&[&args[..], &steps].concat()).assert_success();
    let all = json(&home, "cohort.p --distance both --steps 60 -o both.csv");
    assert!(home.read("both.csv") == home.read("phenolens-out/tables/map.csv"));

    // The same figures as in the report.
    let results: Value =
        serde_json::from_str(&home.read("phenolens-out/results.json")).expect("JSON");
    let text = results.to_string();
    for place in [0, 1] {
        let quality = &all["maps"][place]["quality"];
        for key in ["kl", "trustworthiness", "class_center_correlation"] {
            let figure = format!("\"{key}\":{}", quality[key]);
            assert!(quality[key].is_f64() && text.contains(&figure), "{figure}");
        }
    }
    // One is the default, and the names tell two apart.
    run(&home, "cohort.p --steps 60 -o one.npz").assert_success();
    run(
        &home,
        "cohort.p --distance euclidean,cosine --steps 60 -o two.npz",
    )
    .assert_success();
    let archive = |name: &str| fs::read(home.path(name)).expect("a file");
    let (one, two) = (archive("one.npz"), archive("two.npz"));
    let numbers = |bytes: &[u8], name| Array::find(bytes, name).expect(name).numbers();
    let cosine = numbers(&one, "positions");
    assert_eq!(cosine, numbers(&two, "cosine_positions"));
    assert_ne!(cosine, numbers(&two, "euclidean_positions"));
    assert_eq!(Array::find(&two, "sample").expect("ids").texts().len(), 60);
}

#[test]
fn json_has_the_settings_and_the_quality() {
    let home = Home::new();
    mixture(&home);
    let args = "m.npy --perplexity 5 --steps 40 --learning-rate 20 --exaggeration 4 -o m.npz";
    let value = json(&home, args);
    let map = &value["maps"][0];
    assert_eq!(map["distance"], "cosine");
    for (key, number) in [
        ("perplexity", 5.0),
        ("n_steps", 40.0),
        ("learning_rate", 20.0),
        ("exaggeration", 4.0),
    ] {
        assert_eq!(map["settings"][key].as_f64(), Some(number), "{key}");
    }
    assert_eq!(value["n_samples"], 120);
    for key in ["kl", "trustworthiness", "continuity", "neighbors_kept"] {
        assert!(map["quality"][key].as_f64() > Some(0.0), "{key}");
    }
    let quality = map["quality"].as_object().expect("an object");
    assert!(
        !quality.contains_key("class_center_correlation"),
        "there are no classes"
    );
    assert!(map.get("classes").is_none());
    for phase in ["neighbors", "projection"] {
        assert!(value["seconds"][phase].as_f64() > Some(0.0), "{phase}");
    }
}

#[test]
fn rows_that_are_set_aside_leave_the_others_identifiable() {
    let home = Home::new();
    let mut rows: Vec<[f32; 2]> = (0..8)
        .map(|row| [row as f32, 1.0 + (row % 3) as f32])
        .collect();
    rows[3] = [f32::INFINITY, 0.0];
    home.write("points.npy", npy(&rows));
    let made = run(&home, "points.npy --steps 20 -o m.npz");
    made.assert_success();
    assert!(made.stderr.contains("\"3\""), "{}", made.stderr);
    let bytes = fs::read(home.path("m.npz")).expect("a file");
    let row = Array::find(&bytes, "row").expect("rows");
    assert_eq!(row.rows(), [0, 1, 2, 4, 5, 6, 7]);
    assert_eq!(
        Array::find(&bytes, "positions").expect("positions").shape,
        [7, 2]
    );
}

#[test]
fn what_does_not_suit_the_data_is_refused() {
    let home = Home::new();
    mixture(&home);
    home.write("few.npy", npy(&[[1.0_f32, 2.0], [2.0, 1.0], [0.5, 0.25]]));
    run(&home, "m.npy --perplexity 50 -o m.npz").assert_error(
        "m.npy: perplexity 50 does not suit 120 samples",
        "map.perplexity",
    );
    run(&home, "m.npy --steps 0 -o m.npz").assert_error("--steps: `map.steps` must be", "");
    run(&home, "m.npy --distance none -o m.npz")
        .assert_error("--distance: `map.distances` must be", "");
    run(&home, "m.npy --set map.distances=[] -o m.npz")
        .assert_error("`map.distances` is empty", "--distance cosine");
    run(&home, "few.npy -o m.npz")
        .assert_error("few.npy: 3 samples are too few for a map", "more samples");
    assert_eq!(home.names(), ["few.npy", "m.metadata.tsv", "m.npy"]);
}

/// A map of approximate neighbors says how many of the exact ones it rests on.
#[test]
fn a_map_of_approximate_neighbors_says_so() {
    let home = Home::new();
    let run = |args: &str| {
        let outcome = home.run(&args.split(' ').collect::<Vec<_>>());
        outcome.assert_success();
        outcome.stdout
    };
    run("synth -o m.npy --kind mixture --samples 4500 --dims 40 --classes 5");
    let text = run("map m.npy -o a.npz --method approximate --steps 8 --perplexity 5");
    assert!(text.contains("% of the exact ones found"), "{text}");
    let text = run("map m.npy -o b.npz --steps 8 --perplexity 5");
    assert!(!text.contains("of the exact ones found"), "{text}");
}
