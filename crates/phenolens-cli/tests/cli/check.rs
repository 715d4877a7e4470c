//! `phenolens check`.

use crate::support::Home;

#[test]
fn a_warning_is_exit_1() {
    let home = Home::new();
    // One pair of near-duplicates under different subjects is a warning.
    home.cohort("cohort.p");
    let checked = home.run(&["check", "cohort.p"]);
    assert_eq!(checked.code, 1, "{}", checked.stderr);
    assert!(checked.stdout.contains("warning: "), "{}", checked.stdout);
    assert!(
        checked.stdout.contains("60 rows in, 60 used, 0 set aside"),
        "{}",
        checked.stdout
    );
    assert_eq!(checked.stderr, "");

    let json = home.run(&["check", "cohort.p", "--json"]);
    assert_eq!(json.code, 1);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).expect("one JSON value");
    assert_eq!(json["status"], "findings");
    assert_eq!(json["rows_in"], 60);
    assert_eq!(json["rows_used"], 60);
    assert_eq!(json["rows_set_aside"], 0);
    assert_eq!(json["content_digest"].as_str().map(str::len), Some(64));
    let keys = ["severity", "code", "message", "class", "subject", "sample"];
    for key in keys {
        assert!(json["findings"][0].get(key).is_some(), "{key} in {json}");
    }
}

#[test]
fn nothing_but_notes_is_exit_0() {
    let home = Home::new();
    home.cohort("cohort.p");
    // No pair is that near.
    let args = [
        "check",
        "cohort.p",
        "--set",
        "data.duplicate_distance=0",
        "--json",
    ];
    let checked = home.run(&args);
    checked.assert_success();
    let json: serde_json::Value = serde_json::from_str(&checked.stdout).expect("one JSON value");
    assert_eq!(json["status"], "ok");
    assert_eq!(home.names(), ["cohort.p"], "check writes nothing");
}

#[test]
fn an_unreadable_file_is_exit_2() {
    let home = Home::new();
    home.write("text.p", "hello");
    let args = ["check", "text.p", "--json"];
    let checked = home.run(&args);
    assert_eq!(checked.code, 2);
    let json: serde_json::Value = serde_json::from_str(&checked.stdout).expect("one JSON value");
    assert_eq!(json["status"], "error");
    assert!(
        json["error"]["message"]
            .as_str()
            .is_some_and(|text| text.contains("text.p")),
        "{json}"
    );
}
