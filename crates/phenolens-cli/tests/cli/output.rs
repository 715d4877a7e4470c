//! The output folder: complete, the same every time, whole or untouched.

use std::time::Duration;

use crate::support::{Home, QUICK, files, names};

/// The paths that a run writes besides its figures.
const PATHS: &[&str] = &[
    "manifest.json",
    "phenolens.toml",
    "report.html",
    "report.md",
    "results.json",
    "run.json",
    "tables/calibration.csv",
    "tables/calibration_effects.csv",
    "tables/classes.csv",
    "tables/clusters.csv",
    "tables/comparison.csv",
    "tables/confusable_pairs.csv",
    "tables/confusion.csv",
    "tables/duplicate_effects.csv",
    "tables/duplicates.csv",
    "tables/exposure.csv",
    "tables/findings.csv",
    "tables/folds.csv",
    "tables/gallery.csv",
    "tables/geometry.csv",
    "tables/groups.csv",
    "tables/hubness.csv",
    "tables/improvements.csv",
    "tables/k_bands.csv",
    "tables/k_rise.csv",
    "tables/k_sweep.csv",
    "tables/k_sweep_folds.csv",
    "tables/leak_control.csv",
    "tables/leakage.csv",
    "tables/learning_curve.csv",
    "tables/map.csv",
    "tables/neighbors.csv",
    "tables/nested.csv",
    "tables/open_set.csv",
    "tables/outliers.csv",
    "tables/per_class.csv",
    "tables/per_class_intervals.csv",
    "tables/predictions.csv",
    "tables/pseudonyms.csv",
    "tables/repeats.csv",
    "tables/roc.csv",
    "tables/roc_bands.csv",
    "tables/silhouette.csv",
    "tables/subject_level.csv",
    "tables/summary.csv",
    "tables/suspects.csv",
    "tables/tables.md",
    "tables/tables.tex",
];

/// Settings with every phase in them, small.
const SMALL: [&str; 8] = [
    "--set",
    "evaluation.bootstrap=40",
    "--set",
    "map.steps=260",
    "--set",
    "evaluation.folds=4",
    "--set",
    "evaluation.weights=[uniform,distance]",
];

#[test]
fn every_file_is_there_and_the_same_on_any_number_of_threads_and_any_processor() {
    let home = Home::new();
    home.cohort("cohort.p");
    let run = |out: &str, threads: &str, instructions: &str| {
        let mut command = home.command();
        command
            .env("PHENOLENS_INSTRUCTION_SET", instructions)
            .args(["run", "cohort.p", "--threads", threads, "-o", out])
            .args(SMALL);
        crate::support::Outcome::of(&mut command).assert_success();
        files(&home.path(out))
    };
    let one = run("one", "1", "plain");
    let paths: Vec<&str> = one.iter().map(|(path, _)| path.as_str()).collect();
    let (figures, rest): (Vec<&str>, Vec<&str>) =
        paths.iter().partition(|path| path.starts_with("figures/"));
    assert_eq!(rest, PATHS);
    let n_with = |ending| figures.iter().filter(|path| path.ends_with(ending)).count();
    assert!(n_with(".svg") >= 7, "{figures:?}");
    assert_eq!(n_with(".svg"), n_with(".png"), "{figures:?}");

    for instructions in phenolens::kernels::InstructionSet::available() {
        let two = run("two", "2", instructions.name());
        let mut different = Vec::new();
        for ((path, bytes), (other_path, other_bytes)) in one.iter().zip(&two) {
            assert_eq!(path, other_path);
            if bytes != other_bytes {
                different.push(path.as_str());
            }
        }
        assert_eq!(different, ["run.json"], "{}", instructions.name());
    }
}

#[test]
fn the_demo_is_a_run_on_what_synth_writes() {
    let home = Home::new();
    let args = ["demo", "-o", "demo", "--set", "evaluation.folds=3"];
    let demo = home.run(&[&args, &QUICK[..]].concat());
    demo.assert_success();
    let shape = "10 syndromes, 941 subjects, 1,116 images of 320 values; 0 records set aside\n";
    assert!(demo.stdout.starts_with(shape), "{}", demo.stdout);
    home.run(&["synth", "-o", "synthetic-cohort.p"])
        .assert_success();
    let args = ["run", "synthetic-cohort.p", "-o", "run", "--config"];
    let run = home.run(&[&args[..], &["demo/phenolens.toml"]].concat());
    run.assert_success();
    assert_eq!(run.stderr, "", "the same data");
    let read = |path: String| std::fs::read(home.path(&path)).expect("a file");
    for file in ["manifest.json", "results.json", "tables/predictions.csv"] {
        let is_same = read(format!("demo/{file}")) == read(format!("run/{file}"));
        assert!(is_same, "{file} differs");
    }
}

#[test]
fn what_phenolens_did_not_write_is_left_alone() {
    let home = Home::new();
    home.cohort("cohort.p");
    std::fs::create_dir(home.path("thesis")).expect("a writable folder");
    home.write("thesis/chapter-1.txt", "years of work");
    home.run(&["run", "cohort.p", "-o", "thesis"])
        .assert_error("thesis exists and was not written by phenolens", "--out");
    assert_eq!(names(&home.path("thesis")), ["chapter-1.txt"]);
    assert_eq!(home.read("thesis/chapter-1.txt"), "years of work");

    home.write("plain", "text");
    home.run(&["run", "cohort.p", "-o", "plain"])
        .assert_error("plain is a file, not a folder", "--out");
    assert_eq!(home.names(), ["cohort.p", "plain", "thesis"]);
}

#[test]
fn an_older_output_is_replaced_whole_but_not_by_an_error() {
    let home = Home::new();
    home.cohort("cohort.p");
    let run = |set: &str| {
        let args = [
            &[
                "run",
                "cohort.p",
                "--set",
                "evaluation.folds=3",
                "--set",
                set,
            ],
            &QUICK[..],
        ];
        home.run(&args.concat())
    };
    run("report.formats=[html,md]").assert_success();
    run("report.formats=[md]").assert_success();
    assert!(
        !home.path("phenolens-out/report.html").exists(),
        "replaced whole"
    );
    let before = files(&home.path("phenolens-out"));
    run("evaluation.k_max=1000").assert_error("cohort.p: ", "");
    assert!(files(&home.path("phenolens-out")) == before, "untouched");
    assert_eq!(home.names(), ["cohort.p", "phenolens-out"]);

    home.run(&["run", "phenolens-out/phenolens.toml"])
        .assert_error("the data lie inside the output folder", "--out");
}

/// Signals at moments all over a run leave no trace, or the whole result.
#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_no_trace() {
    use std::process::Stdio;

    let home = Home::new();
    home.cohort("cohort.p");
    let mut n_interrupted = 0;
    for (moment, signal) in (0..12).map(|step| (step * 40, ["INT", "TERM"][step % 2])) {
        let child = home
            .command()
            .args([
                "run",
                "cohort.p",
                "-o",
                "deep/out",
                "--set",
                "evaluation.folds=4",
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        std::thread::sleep(Duration::from_millis(60 + moment as u64));
        let kill = std::process::Command::new("kill")
            .args([format!("-{signal}"), child.id().to_string()])
            .output();
        assert!(kill.is_ok(), "there is a kill program");
        let output = child.wait_with_output().expect("it ends");
        match output.status.code() {
            Some(2) => {
                let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
                assert!(stderr.contains("interrupted"), "{stderr}");
                assert_eq!(home.names(), ["cohort.p"], "after {moment} ms");
                n_interrupted += 1;
            }
            // Before the program listens a signal ends it at once; afterwards it is too late for one.
            None => assert_eq!(home.names(), ["cohort.p"], "after {moment} ms"),
            Some(0) => {
                assert_eq!(names(&home.path("deep")), ["out"], "after {moment} ms");
                std::fs::remove_dir_all(home.path("deep")).expect("removable");
            }
            other => panic!("{other:?} after {moment} ms"),
        }
    }
    assert!(n_interrupted > 0, "no signal met a run at work");
}
