//! `phenolens synth --kind mixture`, and npy as a format that is written.

use std::fs;

use crate::support::Home;

fn synth(home: &Home, args: &str) -> crate::support::Outcome {
    let args: Vec<&str> = args.split(' ').collect();
    home.run(&[&["synth", "--kind", "mixture"], &args[..]].concat())
}

#[test]
fn a_mixture_is_an_array_with_its_labels_beside_it() {
    let home = Home::new();
    let made = synth(&home, "--samples 40 --dims 6 --classes 3 -o m.npy");
    made.assert_success();
    assert_eq!(made.stderr, "wrote 40 samples to m.npy\n");
    assert_eq!(home.names(), ["m.metadata.tsv", "m.npy"]);
    let labels = home.read("m.metadata.tsv");
    let lines: Vec<&str> = labels.lines().collect();
    assert_eq!((lines.len(), lines[0]), (41, "class\tsubject\tsample"));
    assert!(
        lines[40].ends_with("\tsubject-0000040\timage-0000040"),
        "{}",
        lines[40]
    );
    let bare = home.run(&["check", "m.npy"]).stdout;
    assert!(bare.contains("40 rows in, 40 used, 0 set aside"), "{bare}");
    let labelled = home
        .run(&["check", "m.npy", "--labels", "m.metadata.tsv"])
        .stdout;
    assert!(
        labelled.contains("3 syndromes, 40 subjects, 6 dimensions"),
        "{labelled}"
    );

    // The same in every other format, whatever holds it.
    let digest = |args: &[&str]| {
        let json = home.run(&[&["check", "--json"], args].concat()).stdout;
        let json: serde_json::Value = serde_json::from_str(&json).expect("one JSON value");
        json["content_digest"]
            .as_str()
            .expect("a digest")
            .to_owned()
    };
    let expected = digest(&["m.npy", "--labels", "m.metadata.tsv"]);
    for out in ["m.p", "m.parquet", "m.arrow", "m.npz", "m.csv"] {
        synth(
            &home,
            &format!("--samples 40 --dims 6 --classes 3 -o {out}"),
        )
        .assert_success();
        assert_eq!(digest(&[out]), expected, "{out}");
    }
    home.run(&["convert", "m.parquet", "again.npy"])
        .assert_success();
    let bytes = |name: &str| fs::read(home.path(name)).expect("a file");
    assert!(bytes("again.npy") == bytes("m.npy"));
    assert_eq!(home.read("again.metadata.tsv"), labels);
}

#[test]
fn a_smaller_mixture_begins_a_larger_one() {
    let home = Home::new();
    synth(&home, "--samples 20 --dims 4 -o small.csv").assert_success();
    synth(&home, "--samples 50 --dims 4 -o large.csv").assert_success();
    assert!(home.read("large.csv").starts_with(&home.read("small.csv")));
    synth(&home, "--samples 20 --dims 4 --seed 7 -o other.csv").assert_success();
    assert_ne!(home.read("other.csv"), home.read("small.csv"));
}

#[test]
fn what_means_nothing_for_a_mixture_is_refused() {
    let home = Home::new();
    for option in [
        "--subjects 3",
        "--nothing-to-find",
        "--swapped 1",
        "--metadata g.csv",
    ] {
        let (name, _) = option.split_once(' ').unwrap_or((option, ""));
        synth(&home, &format!("{option} -o m.npy")).assert_error(
            &format!("{name} means nothing for a mixture"),
            "--samples, --dims, --classes and --seed",
        );
    }
    synth(&home, "--samples 0 -o m.npy").assert_error("0 samples are too few", "");
    assert!(home.names().is_empty());
}
