//! `phenolens check`: what is odd about a data file.

use phenolens::dataset::Dataset;
use phenolens::findings::{Finding, Severity};
use phenolens::neighbors::{Distance, nearest_neighbors};
use phenolens::report::Words;
use phenolens::sources;
use phenolens::validation::{ReviewParams, RowCounts, review};
use phenolens::{Machine, Silent};
use serde_json::json;

use crate::Status;
use crate::args::CheckArgs;
use crate::failure::Failure;
use crate::pipeline::thread_pool;
use crate::reading;
use crate::settings::{self, Resolved};
use crate::summary::n_of;
use crate::talk::{self, Talk, count};

/// Neighbors in which near-duplicates are looked for first.
const N_NEIGHBORS: usize = 15;

/// Up to so many samples all pairs are compared; a check is to take a second, not minutes.
const MAX_SAMPLES_SEARCHED: usize = 3000;

/// Prints the findings about a data file.
pub(crate) fn check(args: &CheckArgs, talk: Talk) -> Result<Status, Failure> {
    let resolved =
        settings::from_surroundings(&args.settings, &reading::flags(&args.reading)?, talk)?;
    let pool = thread_pool(&resolved.settings)?;
    let verdict = pool.install(|| judge(args, &resolved))?;
    let has_findings = verdict
        .findings
        .iter()
        .any(|finding| finding.severity >= Severity::Warning);
    if args.json {
        talk::print_json(&verdict.json(has_findings))?;
    } else {
        talk::print(&verdict.text(&resolved.settings.words, talk))?;
    }
    Ok(if has_findings {
        Status::Findings
    } else {
        Status::Success
    })
}

/// What is known of a file once it is checked.
struct Verdict {
    dataset: Dataset,
    rows: RowCounts,
    content_digest: String,
    findings: Vec<Finding>,
}

fn judge(args: &CheckArgs, resolved: &Resolved) -> Result<Verdict, Failure> {
    let params = &resolved.settings.analysis;
    let admission = reading::admitted(&args.data, &resolved.settings, &Silent)?;
    let dataset = admission.dataset;
    let machine = Machine {
        instruction_set: resolved.instruction_set,
        progress: &Silent,
    };
    let search_duplicates = dataset.n_samples() <= MAX_SAMPLES_SEARCHED;
    let tables = match search_duplicates {
        true => {
            let n_neighbors = N_NEIGHBORS.min(dataset.n_samples() - 1);
            nearest_neighbors(&dataset, &[Distance::Cosine], n_neighbors, &machine)
        }
        false => Vec::new(),
    };
    let review_params = ReviewParams {
        duplicate_distance: params.duplicates.distance,
        n_folds: params.evaluation.n_folds,
        search_duplicates,
    };
    let mut findings = admission.findings;
    findings.extend(review(&dataset, &tables, &review_params).findings);
    Ok(Verdict {
        content_digest: sources::content_digest(&dataset),
        rows: admission.rows,
        dataset,
        findings,
    })
}

impl Verdict {
    fn text(&self, words: &Words, talk: Talk) -> String {
        let mut text = String::new();
        for finding in &self.findings {
            let severity = finding.severity.name();
            let (about, message) = (about(finding, words), &finding.message);
            text.push_str(&format!(
                "{severity}: {about}{message} [{}]\n",
                finding.code
            ));
        }
        if talk != Talk::Quiet {
            text.push_str(&format!(
                "{}; {}, {}, {}\n",
                reading::rows(&self.rows),
                count(self.dataset.n_classes(), &words.class),
                count(self.dataset.n_subjects(), &words.subject),
                count(self.dataset.n_dims(), "dimension"),
            ));
            text.push_str(&format!(
                "{}, {}, {}\n",
                count(n_of(&self.findings, Severity::Error), "error"),
                count(n_of(&self.findings, Severity::Warning), "warning"),
                count(n_of(&self.findings, Severity::Note), "note"),
            ));
        }
        text
    }

    fn json(&self, has_findings: bool) -> String {
        let value = json!({
            "status": if has_findings { "findings" } else { "ok" },
            "rows_in": self.rows.read,
            "rows_used": self.rows.used,
            "rows_set_aside": self.rows.set_aside,
            "content_digest": self.content_digest,
            "findings": self.findings,
            "error": null,
        });
        format!("{value:#}\n")
    }
}

/// Which class, subject and sample a finding is about, as the beginning of a sentence.
fn about(finding: &Finding, words: &Words) -> String {
    let parts = [
        (&words.class, &finding.class),
        (&words.subject, &finding.subject),
        (&words.sample, &finding.sample),
    ];
    let named: Vec<String> = parts
        .into_iter()
        // Quoted, since an id may hold anything, and a terminal obeys some of it.
        .filter_map(|(word, id)| Some(format!("{word} {:?}", id.as_ref()?)))
        .collect();
    if named.is_empty() {
        String::new()
    } else {
        format!("{}: ", named.join(", "))
    }
}
