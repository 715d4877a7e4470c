//! What else is known of subjects: read beside the data, reported, recorded.

use crate::support::{Home, QUICK};

/// Subject s00 to s29; even ones are of site north, odd ones of site south, and s29 is not known.
fn people(sites: [&str; 2]) -> String {
    let mut csv = "subject,site,age\n".to_owned();
    for subject in 0..29 {
        csv.push_str(&format!("s{subject:02},{},{subject}\n", sites[subject % 2]));
    }
    csv.push_str("s99,north,7\n");
    csv
}

#[test]
fn groups_are_reported_and_the_file_is_recorded() {
    let home = Home::new();
    home.cohort("cohort.p");
    home.write("people.csv", people(["north", "=south"]));
    let given = ["--set", "data.metadata=people.csv"];
    let quick = [
        "--set",
        "evaluation.bootstrap=50",
        "--set",
        "map.distances=[]",
    ];
    let first = home.run(&[&["run", "cohort.p", "-o", "first"], &given[..], &quick[..]].concat());
    first.assert_success();
    assert_eq!(
        first.stderr,
        "note: people.csv: 1 row of no sample that is used: s99\n\
         note: people.csv: 2 of 60 samples have no row: all is unknown of them\n"
    );
    let groups = home.read("first/tables/groups.csv");
    let starts = |start: &str| {
        groups
            .lines()
            .filter(|line| line.starts_with(start))
            .count()
    };
    assert_eq!(starts("subject-grouped,cosine,uniform,site,north,15,"), 20);
    assert_eq!(
        starts("subject-grouped,cosine,uniform,site,'=south,14,"),
        20
    );
    assert_eq!(starts("subject-grouped,cosine,uniform,site,,1,"), 20);
    assert_eq!(groups.lines().count(), 61);
    let findings = home.read("first/tables/findings.csv");
    assert!(
        findings.contains("\"\"age\"\" of the metadata has 29 distinct values"),
        "{findings}"
    );
    let report = home.read("first/report.md");
    assert!(report.contains("## Groups of people"), "{report}");
    assert!(home.read("first/manifest.json").contains("people.csv"));
    assert!(
        report.contains("--set data.metadata=people.csv"),
        "{report}"
    );

    let args = [
        "run",
        "cohort.p",
        "-o",
        "again",
        "--config",
        "first/phenolens.toml",
    ];
    home.run(&[&args, &given[..]].concat()).assert_success();
    let results = |out: &str| home.read(&format!("{out}/results.json"));
    assert!(results("again") == results("first"));
    let other = home.run(&args);
    other.assert_success();
    assert_eq!(
        other.stderr,
        "note: the recorded run had the metadata file people.csv, which is not this one\n"
    );
    assert!(!home.read("again/report.md").contains("## Groups of people"));
}

#[test]
fn a_metadata_file_that_contradicts_itself_is_refused() {
    let home = Home::new();
    home.cohort("cohort.p");
    home.write("people.csv", "subject,sex\ns00,f\ns01,f\ns00,m\n");
    let args = ["run", "cohort.p", "--set", "data.metadata=people.csv"];
    home.run(&[&args, &QUICK[..]].concat()).assert_error(
        "people.csv:4: s00 has a row before, in line 2, which says something else",
        "one row for each subject",
    );
    assert_eq!(home.names(), ["cohort.p", "people.csv"]);
}
