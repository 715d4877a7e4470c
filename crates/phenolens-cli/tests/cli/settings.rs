//! Where settings come from, as a user sees it.

use crate::support::{Home, Outcome, QUICK};

#[test]
fn init_writes_the_defaults_and_leaves_a_file_alone() {
    let home = Home::new();
    home.run(&["init"]).assert_success();
    assert_eq!(home.names(), ["phenolens.toml"]);
    let text = home.read("phenolens.toml");
    assert!(text.contains("\n[evaluation]\n"), "{text}");
    assert!(text.contains("\nfolds = 10\n"), "{text}");

    home.write("phenolens.toml", "seed = 7\n");
    home.run(&["init"])
        .assert_error("phenolens.toml exists already", "-o");
    assert_eq!(home.read("phenolens.toml"), "seed = 7\n");
}

/// The settings file that `init` writes changes nothing: the same bytes with and without it.
#[test]
fn a_run_with_the_file_of_init_is_a_run_with_the_defaults() {
    let home = Home::new();
    home.cohort("cohort.p");
    let run = |out: &str| {
        let args = [
            &["run", "cohort.p", "--set", "evaluation.folds=3", "-o", out],
            &QUICK[..],
        ];
        home.run(&args.concat()).assert_success();
        home.read(&format!("{out}/phenolens.toml"))
    };
    let without = run("without");
    home.run(&["init"]).assert_success();
    assert_eq!(run("with"), without);
}

#[test]
fn an_unknown_setting_names_the_nearest_and_its_place() {
    let home = Home::new();
    home.cohort("cohort.p");
    home.write("phenolens.toml", "seed = 1\n\n[evaluation]\nflods = 3\n");
    home.run(&["run", "cohort.p"]).assert_error(
        "phenolens.toml:4: unknown setting `evaluation.flods`",
        "did you mean `evaluation.folds`?",
    );
    home.run(&["run", "cohort.p", "--no-config", "--set", "map.step=3"])
        .assert_error("--set: unknown setting `map.step`", "`map.steps`");
    let mut command = home.command();
    command.env("PHENOLENS_EVALUATION_FOLD", "3");
    Outcome::of(command.args(["check", "cohort.p", "--no-config"])).assert_error(
        "PHENOLENS_EVALUATION_FOLD is no setting",
        "`PHENOLENS_EVALUATION_FOLDS`",
    );
    assert_eq!(home.names(), ["cohort.p", "phenolens.toml"]);
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let home = Home::new();
    home.cohort("cohort.p");
    home.write(
        "other.toml",
        "seed = 1\nthreads = 1\n[evaluation]\nfolds = 4\nk_max = 3\nbootstrap = 0\nselect_by = \"mrr\"\n\
         [map]\ndistances = []\n",
    );
    let mut command = home.command();
    command
        .env("PHENOLENS_SEED", "2")
        .env("PHENOLENS_EVALUATION_FOLDS", "3")
        .env("PHENOLENS_EVALUATION_K_MAX", "4")
        .env("PHENOLENS_INSTRUCTION_SET", "plain")
        .args(["run", "cohort.p", "--config", "other.toml", "--seed", "5"])
        .args(["--set", "evaluation.k_max=6"]);
    Outcome::of(&mut command).assert_success();
    let record = home.read("phenolens-out/phenolens.toml");
    for line in ["seed = 5", "folds = 3", "k_max = 6", "select_by = \"mrr\""] {
        assert!(
            record.lines().any(|other| other == line),
            "{line} in {record}"
        );
    }
    assert!(!record.contains("threads"), "{record}");
    assert!(
        home.read("phenolens-out/run.json")
            .contains("\"instruction_set\": \"plain\"")
    );
}

#[test]
fn the_record_of_a_run_repeats_it_and_tells_other_data() {
    let home = Home::new();
    home.cohort("cohort.p");
    let args = [
        &[
            "run",
            "cohort.p",
            "-o",
            "first",
            "--set",
            "evaluation.folds=3",
            "--seed",
            "9",
        ],
        &QUICK[..],
    ];
    home.run(&args.concat()).assert_success();
    let again = home.run(&[
        "run",
        "cohort.p",
        "-o",
        "second",
        "--config",
        "first/phenolens.toml",
    ]);
    again.assert_success();
    assert_eq!(again.stderr, "");
    let first = crate::support::files(&home.path("first"));
    let second = crate::support::files(&home.path("second"));
    assert_eq!(first.len(), second.len());
    for ((path, bytes), (other_path, other_bytes)) in first.iter().zip(&second) {
        assert_eq!(path, other_path);
        assert!(path == "run.json" || bytes == other_bytes, "{path} differs");
    }

    home.cohort_of_seed("other.p", 2);
    let other = home.run(&[
        "run",
        "other.p",
        "-o",
        "third",
        "--config",
        "first/phenolens.toml",
    ]);
    other.assert_success();
    assert!(
        other
            .stderr
            .contains("the data are not those of the recorded run"),
        "{}",
        other.stderr
    );
}

#[test]
fn a_folds_file_must_be_asked_for_and_be_there() {
    let home = Home::new();
    home.cohort("cohort.p");
    home.write("folds.csv", "sample,fold\n");
    home.run(&["run", "cohort.p", "--protocol", "from-file"])
        .assert_error("\"from-file\" needs a folds file", "--folds-file");
    home.run(&["run", "cohort.p", "--folds-file", "folds.csv"])
        .assert_error(
            "no protocol uses the folds file folds.csv",
            "--protocol from-file",
        );
    let args = [
        "run",
        "cohort.p",
        "--protocol",
        "from-file",
        "--folds-file",
        "folds.csv",
    ];
    home.run(&args).assert_error(
        "folds.csv: 60 samples of 60 without a fold: ",
        "must have a row",
    );
    assert_eq!(home.names(), ["cohort.p", "folds.csv"]);
}

#[test]
fn a_recorded_run_on_given_folds_asks_for_them() {
    let home = Home::new();
    home.cohort("cohort.p");
    let mut folds = "fold,sample\n".to_owned();
    for image in 0..60 {
        // Both images of a subject.
        folds.push_str(&format!("{},i{image:02}\n", image / 2 / 3 % 4));
    }
    home.write("folds.csv", &folds);
    home.write("names.csv", "class,name\nclass 0,Noonan\nclass 9,none\n");
    let given = ["--folds-file", "folds.csv", "--set", "data.names=names.csv"];
    let args = ["run", "cohort.p", "-o", "first", "--protocol", "from-file"];
    let first = home.run(&[&args, &given[..], &QUICK[..]].concat());
    first.assert_success();
    assert_eq!(
        first.stderr,
        "note: names.csv: 1 row of no class that is used: class 9\n"
    );
    let table = home.read("first/tables/folds.csv");
    assert_eq!(table.lines().nth(3), Some("from-file,class 0,s03,i06,1"));
    assert!(home.read("first/report.md").contains("Noonan"));
    assert!(home.read("first/manifest.json").contains("folds.csv"));

    let args = [
        "run",
        "cohort.p",
        "-o",
        "again",
        "--config",
        "first/phenolens.toml",
    ];
    home.run(&args).assert_error(
        "\"from-file\" needs a folds file",
        "the recorded run used folds.csv (SHA-256 ",
    );
    let again = home.run(&[&args, &given[..]].concat());
    again.assert_success();
    let record = |out: &str| home.read(&format!("{out}/phenolens.toml"));
    assert_eq!(record("again"), record("first"));
    let results = |out: &str| home.read(&format!("{out}/results.json"));
    assert!(results("again") == results("first"));

    home.write("folds.csv", folds.replace("3,i", "0,i"));
    let other = home.run(&[&args, &given[..2]].concat());
    other.assert_success();
    let notes = "note: the recorded run had the folds file folds.csv, which is not this one\n\
                 note: the recorded run had the names file names.csv, which is not this one\n";
    assert_eq!(other.stderr, notes);
}

/// Both images of every third subject are probes; image 6 has no row, and image 9 stands apart from
/// image 8 of its subject.
#[test]
fn a_gallery_file_is_read_recorded_and_asked_for() {
    let home = Home::new();
    home.cohort("cohort.p");
    let mut sides = "sample,set\n".to_owned();
    for image in (0..60).filter(|&image| image != 6) {
        let is_probe = image / 2 / 3 % 3 == 0 && image != 9 || image == 8;
        let side = if is_probe { "probe" } else { "gallery" };
        sides.push_str(&format!("i{image:02},{side}\n"));
    }
    home.write("sides.csv", &sides);
    let args = ["run", "cohort.p", "--set", "evaluation.folds=3", "-o"];
    let given = ["first", "--set", "gallery.file=sides.csv"];
    let first = home.run(&[&args, &given[..], &QUICK[..]].concat());
    first.assert_success();
    assert_eq!(
        first.stderr,
        "note: sides.csv: 1 sample of 60 without a row, left out of gallery and probes\n"
    );
    let table = home.read("first/tables/gallery.csv");
    let row = table.lines().nth(1).expect("a row");
    // Probes are the 24 images of 12 subjects, and image 8 of a thirteenth.
    assert!(
        row.starts_with("cosine,frequent,frequent,3,34,25,13,1,1,images,"),
        "{row}"
    );
    let findings = home.read("first/tables/findings.csv");
    assert!(
        findings.contains("warning,subject_on_both_sides,,s04,,"),
        "{findings}"
    );
    assert!(
        home.read("first/manifest.json")
            .contains("\"name\": \"sides.csv\"")
    );
    let report = home.read("first/report.md");
    assert!(
        report.contains("without 1 image that has no row"),
        "{report}"
    );
    assert!(report.contains("--set gallery.file=sides.csv"), "{report}");

    let config = ["second", "--config", "first/phenolens.toml"];
    let second = home.run(&[&["run", "cohort.p", "-o"], &config[..]].concat());
    second.assert_success();
    assert_eq!(
        second.stderr,
        "note: the recorded run had the gallery file sides.csv, which is not this one\n"
    );

    home.write("sides.csv", "sample,set\ni00,train\n");
    home.run(&[&args, &given[..]].concat()).assert_error(
        "sides.csv:2: set \"train\" is not \"gallery\" or \"probe\"",
        "",
    );
}
