//! Unit tests of the output folder, all in one process.

use super::*;

fn file(path: &str, text: &str) -> OutputFile {
    OutputFile {
        path: path.to_owned(),
        bytes: text.as_bytes().to_vec(),
    }
}

fn manifest(name: &str) -> OutputFile {
    let text = format!("{{\"program\": {{\"name\": {name:?}}}}}");
    file("manifest.json", &text)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("text")
        })
        .collect();
    names.sort();
    names
}

/// One test, since the unfinished folder is one for the whole program.
#[test]
fn a_folder_is_whole_or_untouched() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let out = home.path().join("deep/out");

    drop(OutputFolder::begin(&out, None).expect("nothing stands there"));
    assert!(names(home.path()).is_empty(), "no parents without results");

    let first = OutputFolder::begin(&out, None).expect("nothing stands there");
    first
        .write(&[manifest("phenolens"), file("tables/a.csv", "a")])
        .expect("a writable folder");
    assert!(!out.exists(), "not before the end");
    first.finish().expect("nothing stands there");
    assert_eq!(names(&out), ["manifest.json", "tables"]);

    let dropped = OutputFolder::begin(&out, None).expect("ours");
    dropped.write(&[file("b.csv", "b")]).expect("writable");
    drop(dropped);
    assert_eq!(names(&out), ["manifest.json", "tables"]);
    assert_eq!(names(&home.path().join("deep")), ["out"]);

    let second = OutputFolder::begin(&out, None).expect("ours");
    second
        .write(&[manifest("phenolens"), file("report.md", "b")])
        .expect("writable");
    second.finish().expect("ours");
    assert_eq!(
        names(&out),
        ["manifest.json", "report.md"],
        "replaced whole"
    );
    assert_eq!(names(&home.path().join("deep")), ["out"]);

    let inside = OutputFolder::begin(&out, Some(&out.join("report.md")));
    let failure = inside.expect_err("data inside the output");
    assert!(
        failure.message.contains("inside the output folder"),
        "{failure}"
    );

    for mine in ["notes.txt", "tables/folds.xlsx", "figures/deep/map.svg"] {
        let path = out.join(mine);
        fs::create_dir_all(path.parent().expect("inside")).expect("a writable folder");
        fs::write(&path, "mine").expect("writable");
        let failure = OutputFolder::begin(&out, None).expect_err("a file of the user's");
        assert!(failure.message.contains("did not write"), "{failure}");
        assert!(path.exists());
        fs::remove_file(&path).expect("removable");
    }

    for foreign in [manifest("other"), file("manifest.json", "{"), file("x", "")] {
        let place = home.path().join("foreign");
        fs::create_dir(&place).expect("a writable folder");
        assert!(
            OutputFolder::begin(&place, None).is_ok(),
            "an empty folder holds nothing to lose"
        );
        fs::write(place.join(&foreign.path), &foreign.bytes).expect("writable");
        let failure = OutputFolder::begin(&place, None).expect_err("not ours");
        assert_eq!(failure.code, "output_exists");
        assert_eq!(names(&place), [foreign.path.as_str()]);
        fs::remove_dir_all(&place).expect("removable");
    }

    let plain = home.path().join("plain");
    fs::write(&plain, "text").expect("writable");
    let failure = OutputFolder::begin(&plain, None).expect_err("a file");
    assert!(
        failure.message.ends_with("is a file, not a folder"),
        "{failure}"
    );
    assert_eq!(names(home.path()), ["deep", "plain"]);
}

/// Folders as a file system without an exchange has them: the older results at `out.v2`, the new
/// ones unfinished beside it.
fn two_folders(home: &Path) -> (Place, PathBuf) {
    let target = home.join("out.v2");
    let unfinished = home.join(".out.v2.unfinished-aB3dE6gH9jKl");
    for (folder, text) in [(&target, "old"), (&unfinished, "new")] {
        fs::create_dir(folder).expect("a writable folder");
        let manifest = manifest("phenolens");
        fs::write(folder.join(manifest.path), manifest.bytes).expect("writable");
        fs::write(folder.join("report.md"), text).expect("writable");
    }
    (Place::judge(&target, None).expect("ours"), unfinished)
}

#[test]
fn two_steps_exchange_as_one_does() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let (place, unfinished) = two_folders(home.path());
    exchange::exchange_in_two_steps(&unfinished, &place.target, &place.name).expect("writable");
    let report = |folder: &Path| fs::read_to_string(folder.join("report.md")).expect("a file");
    assert_eq!(report(&place.target), "new");
    assert_eq!(report(&unfinished), "old");
    assert_eq!(
        names(home.path()),
        [".out.v2.unfinished-aB3dE6gH9jKl", "out.v2"]
    );
}

#[test]
fn older_results_that_a_killed_run_had_moved_aside_come_back() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let (place, unfinished) = two_folders(home.path());
    let aside = staging::aside(&unfinished, &place.name);
    assert_eq!(
        aside,
        home.path().join(".out.v2.replaced-aB3dE6gH9jKl"),
        "the same letters"
    );
    // The first of the two steps.
    fs::rename(&place.target, &aside).expect("writable");
    staging::sweep(&place);
    assert_eq!(names(home.path()), ["out.v2"]);
    let report = fs::read_to_string(place.target.join("report.md")).expect("a file");
    assert_eq!(report, "old");

    // And with both steps done, but not the end.
    fs::rename(&place.target, &aside).expect("writable");
    let (place, _) = two_folders(home.path());
    staging::sweep(&place);
    assert_eq!(names(home.path()), ["out.v2"]);
}
