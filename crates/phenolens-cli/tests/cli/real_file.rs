//! The first users' file, end to end.

use crate::support::{Home, real_data};

#[test]
fn the_first_users_file_gives_what_is_known_of_it() {
    let Some(data) = real_data() else { return };
    let home = Home::new();
    let data = data.to_str().expect("UTF-8");
    let args = [
        "run",
        data,
        "--json",
        "--set",
        "evaluation.bootstrap=50",
        "--set",
        "map.steps=300",
    ];
    let run = home.run(&args);
    run.assert_success();
    let json: serde_json::Value = serde_json::from_str(&run.stdout).expect("one JSON value");
    assert_eq!(json["n_classes"], 10);
    assert_eq!(json["n_subjects"], 941);
    assert_eq!(json["n_samples"], 1116);
    assert_eq!(json["n_dims"], 320);
    assert_eq!(json["rows_set_aside"], 0);

    // At k = 15, subject-grouped, cosine, the mean over folds.
    let table = home.read("phenolens-out/tables/k_sweep.csv");
    let row = table
        .lines()
        .find_map(|line| line.strip_prefix("subject-grouped,cosine,uniform,0,15,auc_macro,"))
        .expect("a row");
    let mean: f64 = row
        .split(',')
        .next()
        .expect("a cell")
        .parse()
        .expect("a number");
    assert!((0.945..=0.960).contains(&mean), "{mean}");
}

#[test]
fn the_near_duplicates_of_the_first_users_file_are_found() {
    let Some(data) = real_data() else { return };
    let Some(reference) = crate::support::shared("reference/near_duplicates.csv") else {
        return;
    };
    let home = Home::new();
    let data = data.to_str().expect("UTF-8");
    let check = home.run(&["check", data, "--json"]);
    assert_eq!(check.code, 1, "near-duplicates are a warning");
    let json: serde_json::Value = serde_json::from_str(&check.stdout).expect("one JSON value");
    let found: Vec<[&str; 3]> = json["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|finding| finding["code"] == "near_duplicates")
        .map(|finding| {
            ["subject", "sample", "message"].map(|key| finding[key].as_str().expect("text"))
        })
        .collect();
    let reference = std::fs::read_to_string(reference).expect("a readable file");
    let pairs: Vec<Vec<&str>> = reference
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect())
        .collect();
    assert_eq!(found.len(), pairs.len(), "{found:?}");
    for pair in pairs {
        let [_, _, _, subject, sample, _, other_subject, other_sample] = pair[..] else {
            panic!("eight columns: {pair:?}");
        };
        let is_named = |[a, b, message]: &&[&str; 3]| {
            (*a, *b) == (subject, sample)
                && message.contains(&format!("{other_sample:?} of subject {other_subject:?}"))
        };
        assert_eq!(found.iter().filter(is_named).count(), 1, "{pair:?}");
    }
}
