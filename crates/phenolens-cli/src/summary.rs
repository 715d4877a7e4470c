//! What `run` says at its end: the headline, and where the rest is.

use std::path::Path;

use phenolens::analysis::Analysis;
use phenolens::evaluation::{Chance, Measure, MeasureSummary, ProtocolEvaluation, Run};
use phenolens::findings::{Finding, Severity};
use serde_json::json;

use crate::settings::Settings;
use crate::talk::count;

/// A few lines for a reader.
pub(crate) fn text(analysis: &Analysis, settings: &Settings, out: &Path) -> String {
    let (dataset, words) = (&analysis.dataset, &settings.words);
    let mut text = format!(
        "{}, {}, {} of {}; {} set aside\n",
        count(dataset.n_classes(), &words.class),
        count(dataset.n_subjects(), &words.subject),
        count(dataset.n_samples(), &words.sample),
        count(dataset.n_dims(), "value"),
        count(analysis.rows.set_aside, "record"),
    );
    let params = &analysis.params.evaluation;
    for protocol in &analysis.evaluation.protocols {
        text.push_str(&format!(
            "{}, {}, k chosen by {}:\n",
            protocol.protocol.name(),
            count(protocol.n_folds, "fold"),
            params.select_by.name()
        ));
        for run in &protocol.runs {
            text.push_str(&format!(
                "  {:<9}  {:<8}  k = {:<2}  {}\n",
                run.distance.name(),
                run.weights.name(),
                run.k,
                headline(run, params.select_by, params.confidence)
            ));
        }
    }
    let findings = &analysis.findings;
    if !findings.is_empty() {
        text.push_str(&format!(
            "{}: {}, {}, {} (tables/findings.csv)\n",
            count(findings.len(), "finding"),
            count(n_of(findings, Severity::Error), "error"),
            count(n_of(findings, Severity::Warning), "warning"),
            count(n_of(findings, Severity::Note), "note"),
        ));
    }
    let report = if settings.formats.html {
        out.join("report.html")
    } else if settings.formats.md {
        out.join("report.md")
    } else {
        out.to_owned()
    };
    text.push_str(&format!("report: {}\n", report.display()));
    text
}

/// The same for a program.
pub(crate) fn json(analysis: &Analysis, settings: &Settings, out: &Path) -> String {
    let (dataset, findings) = (&analysis.dataset, &analysis.findings);
    let select_by = analysis.params.evaluation.select_by;
    let entry = |protocol: &ProtocolEvaluation, run: &Run| {
        let summary = summary_of(run, select_by);
        let interval = summary.and_then(|summary| summary.interval);
        let chance = summary.map(|summary| summary.chance);
        json!({
            "protocol": protocol.protocol.name(),
            "distance": run.distance.name(),
            "weights": run.weights.name(),
            "k": run.k,
            "measure": select_by.name(),
            "mean": summary.and_then(|summary| summary.mean),
            "sd": summary.and_then(|summary| summary.sd),
            "pooled": summary.and_then(|summary| summary.pooled),
            "ci_low": interval.map(|interval| interval.low),
            "ci_high": interval.map(|interval| interval.high),
            "chance_largest_class": chance.and_then(|chance| chance.largest_class),
            "chance_shuffled_labels": chance.and_then(|chance| chance.shuffled_labels),
        })
    };
    let evaluation: Vec<serde_json::Value> = analysis
        .evaluation
        .protocols
        .iter()
        .flat_map(|protocol| protocol.runs.iter().map(move |run| entry(protocol, run)))
        .collect();
    let report = settings.formats.html.then(|| out.join("report.html"));
    let value = json!({
        "status": "ok",
        "output_folder": out.display().to_string(),
        "report": report.map(|path| path.display().to_string()),
        "rows_in": analysis.rows.read,
        "rows_used": analysis.rows.used,
        "rows_set_aside": analysis.rows.set_aside,
        "n_classes": dataset.n_classes(),
        "n_subjects": dataset.n_subjects(),
        "n_samples": dataset.n_samples(),
        "n_dims": dataset.n_dims(),
        "findings": {
            "error": n_of(findings, Severity::Error),
            "warning": n_of(findings, Severity::Warning),
            "note": n_of(findings, Severity::Note),
        },
        "evaluation": evaluation,
    });
    format!("{value:#}\n")
}

/// How many findings are of a severity.
pub(crate) fn n_of(findings: &[Finding], severity: Severity) -> usize {
    let alike = findings
        .iter()
        .filter(|finding| finding.severity == severity);
    alike.count()
}

/// A measure with its interval and what guessing gives.
fn headline(run: &Run, measure: Measure, confidence: f64) -> String {
    let Some(summary) = summary_of(run, measure) else {
        return format!("{} undefined", measure.name());
    };
    let number = |value: Option<f64>| value.map_or("undefined".to_owned(), |v| format!("{v:.3}"));
    let interval = summary.interval.map_or(String::new(), |interval| {
        // Without the digits that come from 0.29 being no binary fraction.
        let percent = (confidence * 1e8).round() / 1e6;
        format!(
            "{percent}% interval {:.3} to {:.3}, ",
            interval.low, interval.high
        )
    });
    format!(
        "{} {} ({interval}guessing {})",
        measure.name(),
        number(summary.pooled),
        number(best_guess(&summary.chance, measure)),
    )
}

fn summary_of(run: &Run, measure: Measure) -> Option<&MeasureSummary> {
    run.summary
        .iter()
        .find(|summary| summary.measure == measure)
}

/// The better of the two ways of guessing.
fn best_guess(chance: &Chance, measure: Measure) -> Option<f64> {
    let guesses = [chance.largest_class, chance.shuffled_labels];
    let guesses = guesses.into_iter().flatten();
    if measure.higher_is_better() {
        guesses.reduce(f64::max)
    } else {
        guesses.reduce(f64::min)
    }
}
