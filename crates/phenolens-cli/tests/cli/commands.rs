//! Help, version, completions, manual, streams and exit codes.

use crate::support::{Home, QUICK};

#[test]
fn help_names_every_command_and_the_exit_codes() {
    let home = Home::new();
    let help = home.run(&["--help"]);
    help.assert_success();
    let commands = [
        "run",
        "demo",
        "check",
        "neighbors",
        "map",
        "init",
        "synth",
        "completions",
        "man",
    ];
    for command in commands {
        let line = format!("\n  {command} ");
        assert!(help.stdout.contains(&line), "{command} in {}", help.stdout);
        let own = home.run(&[command, "--help"]);
        own.assert_success();
        assert!(
            own.stdout.contains(&format!("Usage: phenolens {command}")),
            "{}",
            own.stdout
        );
    }
    assert!(
        help.stdout.contains("Exit codes: 0 success, 1 findings"),
        "{}",
        help.stdout
    );
    assert_eq!(help.stderr, "");
    let version = home.run(&["--version"]);
    assert_eq!(
        version.stdout,
        format!("phenolens {}\n", env!("CARGO_PKG_VERSION"))
    );
    assert!(home.names().is_empty());
}

#[test]
fn shells_get_their_files() {
    let home = Home::new();
    let bash = home.run(&["completions", "bash"]);
    bash.assert_success();
    assert!(
        bash.stdout.contains("complete -F _phenolens"),
        "{}",
        bash.stdout
    );
    let page = home.run(&["man"]);
    page.assert_success();
    assert!(page.stdout.contains(".TH phenolens 1"), "{}", page.stdout);
    let page = home.run(&["man", "run"]);
    assert!(
        page.stdout.contains("\\-\\-folds\\-file"),
        "{}",
        page.stdout
    );
    home.run(&["man", "rum"])
        .assert_error("there is no command \"rum\"", "run, demo");
}

#[test]
fn wrong_usage_is_exit_2() {
    let home = Home::new();
    home.run(&["run"])
        .assert_error("no data file is named", "phenolens demo");
    home.run(&["run", "absent.p"])
        .assert_error("cannot read absent.p", "");
    home.run(&["run", "absent.p", "--set", "seed"])
        .assert_error(
            "--set seed: a setting is written KEY=VALUE",
            "evaluation.folds=5",
        );
    assert_eq!(home.run(&["walk"]).code, 2);
    assert_eq!(
        home.run(&["run", "absent.p", "--config", "a", "--no-config"])
            .code,
        2
    );
    assert!(home.names().is_empty(), "nothing was written");
}

#[test]
fn results_on_stdout_and_talk_on_stderr() {
    let home = Home::new();
    home.cohort("cohort.p");
    let run = |args: &[&str]| {
        let args = [
            &["run", "cohort.p", "--set", "evaluation.folds=3"],
            args,
            &QUICK[..],
        ];
        home.run(&args.concat())
    };
    let normal = run(&[]);
    normal.assert_success();
    assert_eq!(normal.stderr, "", "no progress bars without a terminal");
    let first = normal.stdout.lines().next();
    assert_eq!(
        first,
        Some("3 syndromes, 30 subjects, 60 images of 16 values; 0 records set aside")
    );
    let last = normal.stdout.lines().last();
    assert_eq!(last, Some("report: phenolens-out/report.html"));

    let quiet = run(&["-q"]);
    quiet.assert_success();
    assert_eq!((quiet.stdout, quiet.stderr), (String::new(), String::new()));

    let verbose = run(&["-v"]);
    assert_eq!(verbose.stdout, normal.stdout);
    assert!(verbose.stderr.contains("evaluation"), "{}", verbose.stderr);

    let json: serde_json::Value =
        serde_json::from_str(&run(&["--json"]).stdout).expect("one JSON value");
    assert_eq!(json["status"], "ok");
    assert_eq!(json["n_samples"], 60);
    assert_eq!(json["evaluation"][0]["protocol"], "subject-grouped");
    let args = ["run", "absent.p", "--json"];
    let json: serde_json::Value =
        serde_json::from_str(&home.run(&args).stdout).expect("one JSON value");
    assert_eq!(json["status"], "error");
    assert_eq!(json["error"]["code"], "file_unreadable");
}

#[test]
fn synth_plants_what_is_asked_for() {
    let home = Home::new();
    let synth = |args: &str| {
        let args: Vec<&str> = args.split(' ').collect();
        home.run(&[&["synth", "--nothing-to-find"], &args[..]].concat())
    };
    let small = "--samples 20 --subjects 12 --classes 3 --dims 8";
    synth(&format!(
        "{small} --group-share 0.25 --metadata groups.csv -o a.p"
    ))
    .assert_success();
    let groups = std::fs::read_to_string(home.path("groups.csv")).expect("a file");
    let lines: Vec<&str> = groups.lines().collect();
    assert_eq!(lines.len(), 13);
    assert_eq!(lines[0], "subject,group");
    assert_eq!(lines[3..5], ["subject-0003,usual", "subject-0004,noisy"]);
    synth(&format!("{small} --metadata other.csv -o a.p"))
        .assert_error("a.p exists already", "--out");
    synth(&format!("{small} --metadata groups.csv -o b.p"))
        .assert_error("groups.csv exists already", "--metadata");
    synth("--samples 20 --subjects 12 --classes 3 --dims 3 -o b.p")
        .assert_error("4 directions at right angles", "more dimensions");
    assert_eq!(home.names(), ["a.p", "groups.csv"]);

    let plain = std::fs::read(home.path("a.p")).expect("a file");
    let plants = [
        "--subject-share 0.2",
        "--pair-closeness 0.5",
        "--swapped 2",
        "--nuisance-share 0.2",
        "--group-share 0.5 --group-noise 2",
        "--duplicates 1",
    ];
    for (index, plant) in plants.into_iter().enumerate() {
        let name = format!("plant-{index}.p");
        synth(&format!("{small} {plant} -o {name}")).assert_success();
        let bytes = std::fs::read(home.path(&name)).expect("a file");
        assert_ne!(bytes, plain, "{plant}");
    }
}

#[test]
fn synth_gives_the_same_bytes_and_leaves_a_file_alone() {
    let home = Home::new();
    let synth = |name: &str| {
        let args = "--samples 30 --subjects 20 --classes 2 --dims 4 --duplicates 1 -o";
        let args: Vec<&str> = args.split(' ').collect();
        home.run(&[&["synth"], &args[..], &[name]].concat())
    };
    let bytes = |name: &str| std::fs::read(home.path(name)).expect("a file");
    synth("a.p").assert_success();
    synth("b.p").assert_success();
    assert_eq!(bytes("a.p"), bytes("b.p"));
    let before = bytes("a.p");
    synth("a.p").assert_error("a.p exists already", "--out");
    assert_eq!(bytes("a.p"), before);
    synth("c.xyz").assert_error(
        "c.xyz: the ending names no format that is written",
        ".parquet",
    );
    home.run(&["synth", "-o", "d.p", "--samples", "3"])
        .assert_error("3 samples are too few", "every subject a sample");
    assert_eq!(home.names(), ["a.p", "b.p"]);

    let checked = home.run(&["check", "a.p"]).stdout;
    let rows = "30 rows in, 30 used, 0 set aside; 2 syndromes, 20 subjects, 4 dimensions";
    assert!(checked.contains(rows), "{checked}");
}
