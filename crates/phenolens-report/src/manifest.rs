//! `manifest.json`: what went in and what was asked, so that a run can be told from another.
//!
//! It holds no time, no host and no folder: two runs of the same input, settings and version give
//! the same bytes.

use phenolens_core::analysis::Analysis;
use phenolens_core::findings::Severity;
use serde::Serialize;

use crate::{Context, ReportError};

/// The version of the file's layout.
const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Manifest<'a> {
    schema_version: u32,
    program: Program<'a>,
    seed: u64,
    inputs: Vec<Input<'a>>,
    content_digest: &'a str,
    counts: Counts,
    settings: serde_json::Value,
}

#[derive(Serialize)]
struct Program<'a> {
    name: &'static str,
    version: &'a str,
}

#[derive(Serialize)]
struct Input<'a> {
    name: &'a str,
    bytes: u64,
    sha256: &'a str,
}

#[derive(Serialize)]
struct Counts {
    records_read: usize,
    records_used: usize,
    records_set_aside: usize,
    classes: usize,
    subjects: usize,
    samples: usize,
    dimensions: usize,
    evaluated_samples: usize,
    duplicate_pairs: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
}

/// Makes `manifest.json`.
///
/// # Errors
/// If the settings of the context are no TOML.
pub(crate) fn manifest(analysis: &Analysis, context: &Context) -> Result<Vec<u8>, ReportError> {
    let settings = toml::from_str(&context.settings).map_err(|error| failed(&error))?;
    let dataset = &analysis.dataset;
    let n_findings = |severity| {
        let findings = analysis.findings.iter();
        findings
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let manifest = Manifest {
        schema_version: SCHEMA_VERSION,
        program: Program {
            name: "phenolens",
            version: &context.version,
        },
        seed: analysis.params.evaluation.seed,
        inputs: inputs(context),
        content_digest: &context.content_digest,
        counts: Counts {
            records_read: analysis.rows.read,
            records_used: analysis.rows.used,
            records_set_aside: analysis.rows.set_aside,
            classes: dataset.n_classes(),
            subjects: dataset.n_subjects(),
            samples: dataset.n_samples(),
            dimensions: dataset.n_dims(),
            evaluated_samples: analysis.evaluation.samples.len(),
            duplicate_pairs: analysis.duplicates.len(),
            errors: n_findings(Severity::Error),
            warnings: n_findings(Severity::Warning),
            notes: n_findings(Severity::Note),
        },
        settings,
    };
    let mut bytes = serde_json::to_vec_pretty(&manifest).map_err(|error| failed(&error))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The data first, then the other files.
fn inputs(context: &Context) -> Vec<Input<'_>> {
    let data = Input {
        name: &context.source_name,
        bytes: context.source_bytes,
        sha256: &context.source_sha256,
    };
    let others = context.other_inputs.iter().map(|input| Input {
        name: &input.name,
        bytes: input.bytes,
        sha256: &input.sha256,
    });
    std::iter::once(data).chain(others).collect()
}

fn failed(error: &dyn std::error::Error) -> ReportError {
    ReportError::Internal {
        path: "manifest.json".to_owned(),
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{InputFile, test_support};

    #[test]
    fn manifest_of_the_made_up_analysis() {
        let context = Context {
            settings: "seed = 42\n[evaluation]\ndistances = [\"cosine\"]\n".to_owned(),
            other_inputs: vec![InputFile {
                name: "folds.csv".to_owned(),
                bytes: 345,
                sha256: "2".repeat(64),
            }],
            ..test_support::context()
        };
        let bytes = manifest(&test_support::analysis(), &context).expect("settings in TOML");
        insta::assert_snapshot!(String::from_utf8(bytes).expect("UTF-8"));
    }

    #[test]
    fn settings_that_are_no_toml_are_an_error() {
        let context = Context {
            settings: "seed 42".to_owned(),
            ..test_support::context()
        };
        let error = manifest(&test_support::analysis(), &context).expect_err("no equals sign");
        assert!(error.to_string().starts_with("cannot make manifest.json: "));
    }
}
