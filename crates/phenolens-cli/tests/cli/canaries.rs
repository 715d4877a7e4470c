//! Fifty ids that would be known anywhere, and where they must not turn up.

use std::fs;

use phenolens::cohort::{RawCohort, Stored};
use phenolens::random::{Stream, Use};
use phenolens::sources::write_pickle;

use crate::support::{Home, QUICK, files};

/// What programs that read ids have stumbled over; `{}` is the canary.
const DISGUISES: [&str; 25] = [
    "{}",
    "<script>alert('{}')</script>",
    "<img src=x onerror={}>",
    "\"><svg/onload={}>",
    "\\input{{}}",
    "$\\immediate\\write18{{}}$",
    "![{}](https://example.org/{}.png)",
    "**{}** | `{}` |",
    "{}\n# heading\n\n- item",
    "{}\r\n",
    "\u{1b}[31m{}\u{1b}]0;title\u{7}",
    "\u{202e}{}\u{2066}",
    "{}\u{0}",
    "=cmd|'/C {}'!A1",
    "=HYPERLINK(\"{}\")",
    "+{}",
    "-{}",
    "@{}",
    "'={}",
    "'{}'",
    "../../{}",
    "/etc/{}",
    "C:\\{}",
    "\t{}\u{9b}2J",
    "&lt;{}&gt;&amp;",
];

/// The part of an id by which it is known, whatever is done to the rest.
fn canary(number: usize) -> String {
    format!("zqx{number:02}canary")
}

fn disguised(number: usize) -> String {
    DISGUISES[number % DISGUISES.len()].replace("{}", &canary(number))
}

impl Home {
    /// Writes a cohort of three classes of 24 subjects with two images each. Twenty-five subjects and
    /// twenty-five images have canaries for ids, among them all that findings speak of: ids that
    /// differ by case, equal and nearly equal vectors, a subject in two classes, and one record that
    /// cannot be used. One id has 4,096 bytes.
    fn canaries(&self, name: &str) {
        let mut stream = Stream::new(7, Use::Synth, 0);
        let mut cohort = RawCohort::default();
        let mut earlier: Vec<f32> = Vec::new();
        for image in 0..144 {
            let (class, subject) = (image / 2 % 3, image / 2);
            let subject_id = match subject {
                0..25 => disguised(subject),
                // A second spelling, and a second class.
                25 => disguised(0).to_uppercase(),
                26 => disguised(1),
                _ => format!("subject {subject}"),
            };
            let image_id = match image {
                2 => {
                    // As long as an id may be.
                    let id = disguised(26);
                    let rest = "y".repeat(4096 - id.len());
                    id + &rest
                }
                0..50 if image % 2 == 0 => disguised(25 + image / 2),
                53 => disguised(25),
                _ => format!("image {image}"),
            };
            let mut vector: Vec<f32> = (0..16)
                .map(|axis| {
                    let center = if axis == class { 1.5 } else { 0.0 };
                    (center + stream.normal()) as f32
                })
                .collect();
            match image {
                // As the image of another subject, nearly or exactly.
                4 | 6 => vector[..15].copy_from_slice(&earlier[..15]),
                8 => vector.clone_from(&earlier),
                10 => vector.fill(0.0),
                _ => {}
            }
            if image < 8 {
                earlier.clone_from(&vector);
            }
            let ids = [format!("class {class}"), subject_id, image_id];
            cohort.push_values(ids, vector, Stored::Exact);
        }
        self.write(name, write_pickle(&cohort));
    }
}

/// What a canary looks like in bytes: as it is, in hexadecimal, and in base64 at each of the three
/// places where it may begin.
fn traces(number: usize) -> Vec<Vec<u8>> {
    let canary = canary(number);
    let mut traces = vec![canary.clone().into_bytes()];
    let hexadecimal: String = canary.bytes().map(|byte| format!("{byte:02x}")).collect();
    traces.push(hexadecimal.into_bytes());
    traces.extend((0..3).map(|offset| base64_core(canary.as_bytes(), offset)));
    traces
}

/// The digits of base64 that depend on `bytes` alone where these begin `offset` bytes into a group.
fn base64_core(bytes: &[u8], offset: usize) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let padded = [&vec![0; offset], bytes].concat();
    let bit = |place: usize| padded[place / 8] >> (7 - place % 8) & 1;
    let first = (8 * offset).div_ceil(6);
    let digit = |digit: usize| {
        let bits = (6 * digit..6 * digit + 6).map(bit);
        DIGITS[usize::from(bits.fold(0, |value, bit| value << 1 | bit))]
    };
    (first..8 * padded.len() / 6).map(digit).collect()
}

/// Asserts that no file, and no name of one, holds a canary.
fn assert_clean(files: &[(String, Vec<u8>)], place: &str) {
    assert!(!files.is_empty(), "{place} is empty");
    for number in 0..50 {
        for trace in traces(number) {
            for (path, bytes) in files {
                let name = path.to_lowercase().into_bytes();
                let content = bytes.to_ascii_lowercase();
                let is_lower = trace.iter().all(|byte| !byte.is_ascii_uppercase());
                let content = if is_lower { &content } else { bytes };
                for text in [&name, content] {
                    assert!(
                        memory_find(text, &trace).is_none(),
                        "canary {number} is in {place}/{path}: {}",
                        String::from_utf8_lossy(&trace)
                    );
                }
            }
        }
    }
}

fn memory_find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

#[test]
fn canaries_stay_in_the_private_tables() {
    let home = Home::new();
    home.canaries("cohort.p");
    let run = |out: &str, more: &[&str]| {
        let set = ["--set", "evaluation.folds=3", "--set", "map.steps=260"];
        let quick = ["--set", "evaluation.bootstrap=40"];
        let args = [&["run", "cohort.p", "-o", out], &set[..], &quick[..], more];
        home.run(&args.concat()).assert_success();
        files(&home.path(out))
    };
    let all = run("out", &[]);
    let is_private = |path: &str| {
        let is_summary = path.ends_with("tables.md") || path.ends_with("tables.tex");
        path.starts_with("tables/") && !is_summary
    };
    let (private, open): (Vec<_>, Vec<_>) = all.into_iter().partition(|(path, _)| is_private(path));
    assert_clean(&open, "out");
    let names: Vec<(String, Vec<u8>)> = private
        .iter()
        .map(|(path, _)| (path.clone(), Vec::new()))
        .collect();
    assert_clean(&names, "out");
    // Every canary was there to be found, and the report speaks of some.
    let tables: Vec<u8> = private
        .iter()
        .flat_map(|(_, bytes)| bytes.clone())
        .collect();
    for number in 0..50 {
        let canary = canary(number);
        assert!(
            memory_find(&tables, canary.as_bytes()).is_some(),
            "{canary}"
        );
    }
    let report = home.read("out/report.md");
    let pseudonyms = home.read("out/tables/pseudonyms.csv");
    let shown = pseudonyms
        .lines()
        .skip(1)
        .filter_map(|line| line.rsplit_once(','));
    let n_shown = shown
        .filter(|(_, pseudonym)| report.contains(pseudonym))
        .count();
    assert!(n_shown > 10, "{n_shown} pseudonyms in the report");

    let shared = home.run(&["share", "out", "-o", "shared"]);
    shared.assert_success();
    assert_clean(&files(&home.path("shared")), "shared");

    // The canaries are seen where ids are shown plain.
    let plain = run("plain", &["--set", "report.ids=plain"]);
    let report = plain.iter().find(|(path, _)| path == "report.md");
    let (_, report) = report.expect("a report");
    let n_seen = (0..50)
        .filter(|&number| memory_find(report, canary(number).as_bytes()).is_some())
        .count();
    assert!(n_seen > 10, "{n_seen} canaries in a plain report");
    let html = home.read("plain/report.html");
    for markup in ["<script", "<img", "<svg/onload", "\u{202e}", "\u{1b}"] {
        let found = html.find(markup).map(|place| &html[place..][..80]);
        assert!(
            found.is_none_or(|text| text.starts_with("<script type")),
            "{found:?}"
        );
    }
}

#[test]
fn terminals_are_left_alone() {
    let home = Home::new();
    home.canaries("cohort.p");
    home.write(
        "folds.csv",
        "sample,fold\nx\u{1b}[31m,0\n\"a\nb\u{202e}\",1\n",
    );
    let args = ["run", "cohort.p", "--protocol", "from-file", "--folds-file"];
    let by_folds = home.run(&[&args[..], &["folds.csv"], &QUICK].concat());
    assert_eq!(by_folds.code, 2);
    for outcome in [
        by_folds,
        home.run(&["check", "cohort.p"]),
        home.run(&["check", "cohort.p", "--json"]),
    ] {
        for text in [outcome.stdout, outcome.stderr] {
            let is_harmful = |letter: &char| {
                (letter.is_control() && *letter != '\n')
                    || ('\u{202a}'..='\u{2069}').contains(letter)
            };
            assert_eq!(text.chars().find(is_harmful), None, "{text}");
            assert!(!text.contains("\n# heading"), "{text}");
        }
    }
}

/// The folds that a run writes are read again, whatever the ids.
#[test]
fn tables_are_read_as_they_were_written() {
    let home = Home::new();
    home.canaries("cohort.p");
    let set = [
        "--set",
        "evaluation.folds=3",
        "--protocol",
        "subject-grouped",
    ];
    let args = [&["run", "cohort.p", "-o", "first"], &set[..], &QUICK];
    home.run(&args.concat()).assert_success();
    let table = fs::read(home.path("first/tables/folds.csv")).expect("a table");
    let mut reader = csv::Reader::from_reader(table.as_slice());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = ["class", "subject", "sample", "fold"];
    writer.write_record(header).expect("memory");
    let mut n_prefixed = 0;
    for record in reader.records() {
        let record = record.expect("a row");
        assert_eq!(&record[0], "subject-grouped");
        n_prefixed += record.iter().filter(|cell| cell.starts_with('\'')).count();
        let cells: Vec<&str> = record.iter().skip(1).collect();
        writer.write_record(cells).expect("memory");
    }
    // Seven of the disguises begin so, besides two quoted ones and the tab.
    assert!(n_prefixed >= 20, "{n_prefixed}");
    home.write("folds.csv", writer.into_inner().expect("memory"));
    let args = [
        &["run", "cohort.p", "-o", "second", "--protocol", "from-file"],
        &["--folds-file", "folds.csv"][..],
        &QUICK,
    ];
    let again = home.run(&args.concat());
    again.assert_success();
    assert_eq!(again.stderr, "", "no row is unknown");
    let folds = home.read("second/tables/folds.csv");
    assert_eq!(
        folds.replace("from-file,", "subject-grouped,"),
        home.read("first/tables/folds.csv")
    );
}
