//! The hostile corpus: every file of `corpus/` has the outcome that `corpus/manifest.csv` derives from
//! `corpus/policy.md`, within its limits of time and memory.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;

/// Files that a corpus worth its name holds.
const MIN_FILES: usize = 250;

/// A process that takes longer is taken to hang. Times on busy machines tell little, so that the
/// second that the policy allows is printed and not asserted.
const HANG: Duration = Duration::from_secs(20);

/// The most memory that a process may take, in KiB.
const MAX_MEMORY: u64 = 256 << 10;

/// The longest message, in characters: what it quotes is cut.
const MAX_MESSAGE: usize = 1000;

/// The folder that holds the scripts, not files to read.
const SCRIPTS: &str = "makers";

/// A line of the manifest: a file, and what must come of it.
#[derive(Debug, Deserialize)]
struct Row {
    /// Relative to the folder of the corpus.
    file: String,
    /// More arguments, separated by spaces.
    args: String,
    /// `ok`, `findings`, `error`, or two of them with `|` between where the policy leaves it open.
    status: String,
    /// Empty where there are none, or where the policy leaves it open.
    rows_in: Option<u64>,
    rows_used: Option<u64>,
    /// Codes that must be among the findings; `|` stands between those of which one suffices.
    codes: String,
    /// Words of which one stands in the message or the hint, with `|` between; in lower case.
    error: String,
    /// The line of the policy that says so.
    policy: String,
}

impl Row {
    /// What tells this row from others.
    fn name(&self) -> String {
        format!("{} {}", self.file, self.args).trim_end().to_owned()
    }

    /// The files that the row is about: the one that is read, and those beside it.
    fn files(&self) -> impl Iterator<Item = &str> {
        let side = self.args.split_whitespace().filter(|arg| arg.contains('/'));
        std::iter::once(&self.file[..]).chain(side)
    }

    /// The message and hint in lower case, without the names of files, whose words prove nothing.
    fn searched(&self, error: &Value) -> String {
        let mut text = format!("{} {}", text(&error["message"]), text(&error["hint"]));
        for file in self.files() {
            let name = file.rsplit('/').next().unwrap_or(file);
            if !self.error.contains(name) {
                text = text.replace(file, "").replace(name, "");
            }
        }
        text.to_lowercase()
    }
}

/// How a process ended.
struct Outcome {
    /// None where it had to be ended.
    status: Option<ExitStatus>,
    stdout: String,
    stderr: String,
    took: Duration,
}

#[test]
fn the_manifest_lists_every_file() {
    let rows = manifest();
    let listed: BTreeSet<&str> = rows.iter().flat_map(Row::files).collect();
    let folder = folder();
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(&folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let format = entry.file_name().into_string().expect("UTF-8");
        if entry.path().is_dir() && format != SCRIPTS {
            for file in fs::read_dir(entry.path()).expect("a folder") {
                let name = file.expect("an entry").file_name();
                found.insert(format!("{format}/{}", name.into_string().expect("UTF-8")));
            }
        }
    }
    let unlisted: Vec<&String> = found
        .iter()
        .filter(|file| !listed.contains(&file[..]))
        .collect();
    // Some rows ask for a file that is not there, and say so.
    let missing: Vec<&&str> = listed
        .iter()
        .filter(|file| !found.contains(**file) && !file.contains("not-there"))
        .collect();
    assert!(unlisted.is_empty(), "in no row: {unlisted:?}");
    assert!(missing.is_empty(), "not in the folders: {missing:?}");
    assert!(found.len() >= MIN_FILES, "only {} files", found.len());
    for row in &rows {
        assert!(!row.policy.is_empty(), "{} cites no policy", row.name());
    }
    let names: BTreeSet<String> = rows.iter().map(Row::name).collect();
    assert_eq!(names.len(), rows.len(), "no row stands twice");
}

#[test]
fn every_file_has_its_outcome() {
    let rows = manifest();
    let mut mismatches = Vec::new();
    let mut slowest = (Duration::ZERO, String::new());
    let mut largest = (0, String::new());
    let mut n_slow = 0;
    for row in &rows {
        let outcome = check(row);
        let mut wrong = compare(row, &outcome);
        // The largest of all processes so far: where it grew, it is this one's.
        let memory = peak_memory_of_children();
        if memory > largest.0 {
            if memory > MAX_MEMORY {
                wrong.push(format!("took {} MiB", memory >> 10));
            }
            largest = (memory, row.name());
        }
        n_slow += usize::from(outcome.took > Duration::from_secs(1));
        if outcome.took > slowest.0 {
            slowest = (outcome.took, row.name());
        }
        if !wrong.is_empty() {
            let (name, policy) = (row.name(), &row.policy);
            mismatches.push(format!(
                "{name}\n    {}\n    [{policy}]",
                wrong.join("\n    ")
            ));
        }
    }
    eprintln!(
        "{} rows; slowest: {:.2} s, {}; over a second: {n_slow}; most memory: {} MiB, {}",
        rows.len(),
        slowest.0.as_secs_f64(),
        slowest.1,
        largest.0 >> 10,
        largest.1,
    );
    assert!(
        mismatches.is_empty(),
        "{} of {} rows differ:\n{}",
        mismatches.len(),
        rows.len(),
        mismatches.join("\n")
    );
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

fn manifest() -> Vec<Row> {
    let mut reader = csv::Reader::from_path(folder().join("manifest.csv")).expect("a manifest");
    let rows: Result<Vec<Row>, csv::Error> = reader.deserialize().collect();
    rows.expect("rows of eight columns")
}

/// Runs the program on the file of a row.
fn check(row: &Row) -> Outcome {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phenolens"));
    command
        .current_dir(folder())
        .args(["check", "--json", "--no-config", &row.file])
        .args(row.args.split_whitespace())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let names = std::env::vars_os().map(|(name, _)| name);
    for name in names.filter(|name| name.to_string_lossy().starts_with("PHENOLENS_")) {
        command.env_remove(name);
    }
    let started = Instant::now();
    let mut child = command.spawn().expect("the program starts");
    let stdout = collect(child.stdout.take().expect("a pipe"));
    let stderr = collect(child.stderr.take().expect("a pipe"));
    let mut is_hanging = false;
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child") {
            break status;
        }
        if started.elapsed() > HANG && !is_hanging {
            is_hanging = true;
            child.kill().expect("a child");
        }
        thread::sleep(Duration::from_millis(1));
    };
    Outcome {
        status: (!is_hanging).then_some(status),
        took: started.elapsed(),
        stdout: stdout.join().expect("a reader"),
        stderr: stderr.join().expect("a reader"),
    }
}

/// Reads a pipe to its end, so that the program need not wait for us.
fn collect(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("a pipe");
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// What is wrong with an outcome; empty where nothing is.
fn compare(row: &Row, outcome: &Outcome) -> Vec<String> {
    let Some(status) = outcome.status else {
        return vec![format!("still runs after {} s", HANG.as_secs())];
    };
    let last = outcome.stderr.lines().next().unwrap_or_default();
    let Some(code) = status.code() else {
        return vec![format!("{status}: {last}")];
    };
    if ![0, 1, 2].contains(&code) {
        return vec![format!("exit code {code}: {last}")];
    }
    let Ok(json) = serde_json::from_str::<Value>(&outcome.stdout) else {
        return vec![format!(
            "exit code {code}, stdout is not one JSON value: {last}"
        )];
    };
    let status = text(&json["status"]);
    let mut wrong = form(&json, code);
    let summary = if status == "error" {
        text(&json["error"]["message"])
    } else {
        format!("{:?}", codes(&json))
    };
    if !row.status.split('|').any(|expected| expected == status) {
        wrong.push(format!("status is {status}, not {}: {summary}", row.status));
        return wrong;
    }
    if status == "error" {
        wrong.extend(compare_error(row, &json["error"]));
    } else {
        wrong.extend(compare_rows(row, &json));
    }
    wrong
}

fn compare_error(row: &Row, error: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let message = text(&error["message"]);
    if !row.files().any(|file| message.contains(file)) {
        wrong.push(format!("the message names no file: {message}"));
    }
    let searched = row.searched(error);
    if !row.error.split('|').any(|words| searched.contains(words)) {
        let hint = text(&error["hint"]);
        wrong.push(format!(
            "neither message nor hint holds {}: {message}; {hint}",
            row.error
        ));
    }
    wrong
}

fn compare_rows(row: &Row, json: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, expected) in [("rows_in", row.rows_in), ("rows_used", row.rows_used)] {
        let found = json[name].as_u64();
        if expected.is_some() && found != expected {
            wrong.push(format!("{name} is {found:?}, not {expected:?}"));
        }
    }
    let codes = codes(json);
    for expected in row.codes.split_whitespace() {
        if !expected.split('|').any(|code| codes.contains(code)) {
            wrong.push(format!("no finding {expected} among {codes:?}"));
        }
    }
    wrong
}

/// What every answer holds, whatever the file.
fn form(json: &Value, code: i32) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut hold = |holds: bool, what: &str| {
        if !holds {
            wrong.push(what.to_owned());
        }
    };
    let keys = "content_digest error findings rows_in rows_set_aside rows_used status";
    hold(has_keys(json, keys), "has other keys than promised");
    let status = text(&json["status"]);
    let of_code = ["ok", "findings", "error"][code as usize];
    hold(status == of_code, "the exit code is of another status");

    let findings = json["findings"].as_array().cloned().unwrap_or_default();
    for finding in &findings {
        let keys = "class code message sample severity subject";
        hold(has_keys(finding, keys), "a finding has other keys");
        let message = text(&finding["message"]);
        hold(is_fit_to_print(&message), "a finding is not fit to print");
    }
    if status == "error" {
        let error = &json["error"];
        hold(
            has_keys(error, "code hint message offset"),
            "the error has other keys",
        );
        let (message, hint) = (text(&error["message"]), text(&error["hint"]));
        hold(!text(&error["code"]).is_empty(), "the error has no code");
        hold(!message.is_empty(), "the error has no message");
        hold(!hint.is_empty(), "the error has no hint");
        hold(is_fit_to_print(&message), "the message is not fit to print");
        hold(is_fit_to_print(&hint), "the hint is not fit to print");
        hold(findings.is_empty(), "an error has findings");
        return wrong;
    }
    hold(json["error"].is_null(), "there is an error");
    let rows = |name: &str| json[name].as_u64().unwrap_or(u64::MAX / 4);
    let (used, aside) = (rows("rows_used"), rows("rows_set_aside"));
    hold(rows("rows_in") == used + aside, "rows are lost");
    let is_of_row =
        |finding: &&Value| finding["severity"] == "error" && finding["sample"].is_string();
    let n_listed = findings.iter().filter(is_of_row).count();
    hold(aside == n_listed as u64, "rows set aside are not listed");
    hold(
        codes(json).is_empty() == (status == "ok"),
        "the status is not that of the findings",
    );
    let digest = text(&json["content_digest"]);
    let is_digest = digest.len() == 64 && digest.bytes().all(|b| b"0123456789abcdef".contains(&b));
    hold(is_digest, "the digest is none");
    wrong
}

/// Whether the value is an object with just these keys.
fn has_keys(value: &Value, expected: &str) -> bool {
    let found = value.as_object().map(|object| {
        let mut keys: Vec<&str> = object.keys().map(String::as_str).collect();
        keys.sort_unstable();
        keys.join(" ")
    });
    found.as_deref() == Some(expected)
}

/// Whether a message holds nothing that acts on a terminal or turns the text, and what it quotes is
/// cut.
fn is_fit_to_print(message: &str) -> bool {
    let turns = |character: char| matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    // A remedy may stand on lines of its own.
    let acts = |character: char| character.is_control() && character != '\n';
    message.chars().count() <= MAX_MESSAGE && !message.chars().any(|c| acts(c) || turns(c))
}

/// The codes of the findings that are more than advice.
fn codes(json: &Value) -> BTreeSet<String> {
    let findings = json["findings"].as_array().into_iter().flatten();
    findings
        .filter(|finding| finding["severity"] != "note")
        .map(|finding| text(&finding["code"]))
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Peak memory of the largest process so far that has ended, in KiB.
#[cfg(unix)]
fn peak_memory_of_children() -> u64 {
    use nix::sys::resource::{UsageWho, getrusage};
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("usage of resources");
    let peak = u64::try_from(usage.max_rss()).expect("no less than nothing");
    if cfg!(target_vendor = "apple") {
        peak >> 10
    } else {
        peak
    }
}

/// Not known elsewhere.
#[cfg(not(unix))]
fn peak_memory_of_children() -> u64 {
    0
}
