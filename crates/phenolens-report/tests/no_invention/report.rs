//! A cohort, analyzed and reported without a file, and what the report says of it.

use std::collections::BTreeMap;

use phenolens_core::analysis::{AnalysisParams, analyze};
use phenolens_core::machine::Machine;
use phenolens_core::subgroups::Variable;
use phenolens_core::synth::{SynthParams, synthesize, synthetic_subjects};
use phenolens_core::validation::{Admission, OnInvalid, admit};
use phenolens_report::{Context, Formats, Ids, OutputFile, Words, render};
use serde_json::Value;

/// A row of a table, by column.
pub(crate) type Row = BTreeMap<String, String>;

/// What the program writes of one cohort.
pub(crate) struct Report {
    results: Value,
    tables: BTreeMap<String, Vec<Row>>,
}

impl Report {
    /// The default analysis, but for five folds, k up to 10 and 300 resamples, which cost less, and no
    /// maps, on which no claim rests.
    pub(crate) fn of(params: &SynthParams) -> Report {
        let cohort = synthesize(params).expect("possible parameters");
        let admission = admit(cohort, OnInvalid::Error).expect("vectors that can be used");
        let mut asked = AnalysisParams::default();
        asked.evaluation.n_folds = 5;
        asked.evaluation.k_max = 10;
        asked.evaluation.n_resamples = 300;
        asked.map.distances.clear();
        asked.metadata = vec![groups(params, &admission)];
        let analysis = analyze(admission, &asked, &Machine::default()).expect("a whole analysis");
        let files = render(&analysis, &context()).expect("a whole report");
        let json = files.iter().find(|file| file.path == "results.json");
        let json = &json.expect("every run writes its results").bytes;
        Report {
            results: serde_json::from_slice(json).expect("JSON"),
            tables: files.iter().filter_map(table).collect(),
        }
    }

    /// How many claims of a kind could have been made, and how many are.
    pub(crate) fn counts(&self, kind: &str) -> [u64; 2] {
        let claims = self.claims(kind);
        ["n_tested", "n_claimed"].map(|key| claims[key].as_u64().expect("a count"))
    }

    /// Every kind of claim.
    pub(crate) fn kinds(&self) -> Vec<String> {
        let claims = self.results["claims"].as_array().expect("a list");
        claims
            .iter()
            .map(|claims| claims["kind"].as_str().expect("a name").to_owned())
            .collect()
    }

    /// A table, by its name without ending.
    pub(crate) fn table(&self, name: &str) -> &[Row] {
        &self.tables[name]
    }

    /// The rows that the claims of a kind rest on.
    pub(crate) fn claimed(&self, kind: &str) -> Vec<Row> {
        let supports = self.claims(kind)["supports"].as_array().expect("a list");
        let rows = supports.iter().map(|support| self.rows(support));
        rows.flatten().cloned().collect()
    }

    /// The recommendations by kind, each with how many rows of the tables support it, for each support
    /// that it names.
    pub(crate) fn recommendations(&self) -> Vec<(String, Vec<usize>)> {
        let all = self.results["recommendations"].as_array().expect("a list");
        all.iter()
            .map(|recommendation| {
                let kind = recommendation["kind"].as_str().expect("a name").to_owned();
                let supports = recommendation["supports"].as_array().expect("a list");
                let n_rows = supports.iter().map(|support| self.rows(support).len());
                (kind, n_rows.collect())
            })
            .collect()
    }

    fn claims(&self, kind: &str) -> &Value {
        let mut claims = self.results["claims"].as_array().expect("a list").iter();
        claims
            .find(|claims| claims["kind"] == kind)
            .unwrap_or_else(|| panic!("no claims of the kind {kind}"))
    }

    /// The rows of a table that have what a support says.
    fn rows(&self, support: &Value) -> Vec<&Row> {
        let name = support["table"].as_str().expect("a name");
        let wanted = support["row"].as_object().expect("columns");
        let has_all = |row: &&Row| {
            let mut wanted = wanted.iter();
            wanted.all(|(column, value)| row.get(column).map(String::as_str) == value.as_str())
        };
        self.tables[name].iter().filter(has_all).collect()
    }
}

/// A CSV file by its name, without its ending.
fn table(file: &OutputFile) -> Option<(String, Vec<Row>)> {
    let name = file.path.strip_prefix("tables/")?.strip_suffix(".csv")?;
    let rows = csv::Reader::from_reader(file.bytes.as_slice())
        .into_deserialize()
        .collect::<Result<Vec<Row>, _>>();
    Some((name.to_owned(), rows.expect("a table")))
}

fn context() -> Context {
    Context {
        source_name: "cohort.p".to_owned(),
        source_bytes: 0,
        source_sha256: "0".repeat(64),
        other_inputs: Vec::new(),
        content_digest: "0".repeat(64),
        words: Words {
            class: "syndrome".to_owned(),
            subject: "subject".to_owned(),
            sample: "image".to_owned(),
        },
        class_labels: Vec::new(),
        settings: String::new(),
        command: "phenolens run cohort.p".to_owned(),
        version: "0".to_owned(),
        ids: Ids::Plain,
        formats: Formats {
            html: false,
            md: false,
            svg: false,
            png: false,
        },
    }
}

/// The group of every sample, as the metadata of a cohort has it.
fn groups(params: &SynthParams, admission: &Admission) -> Variable {
    let subjects = synthetic_subjects(params).expect("possible parameters");
    let groups: BTreeMap<&str, &str> = subjects
        .iter()
        .map(|subject| (subject.subject.as_str(), subject.group))
        .collect();
    let dataset = &admission.dataset;
    let of_sample = |sample: usize| {
        let [_, subject, _] = dataset.id(sample);
        Some(groups[subject])
    };
    let values: Vec<Option<&str>> = (0..dataset.n_samples()).map(of_sample).collect();
    Variable::new("group".to_owned(), &values)
}
