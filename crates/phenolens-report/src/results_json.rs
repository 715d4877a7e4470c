//! `results.json`: every number of the report, for programs.
//!
//! It holds aggregates only: ids of classes stand in it, ids of subjects and samples never do.
//! Keys stand in a fixed order; a change of the layout changes [`SCHEMA_VERSION`].

mod calibration;
mod clusters;
mod diagnosis;
mod few_shot;
mod leakage;
mod open_set;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use phenolens_core::analysis::Analysis;
use phenolens_core::evaluation::{
    AgainstOthers, Comparison, Confusion, Interval, KBand, KPoint, McNemar, Measure,
    MeasureSummary, Measures, Nested, Optimism, PerClass, Protocol, ProtocolEvaluation, Rise,
    RocSubject, Run, Weights,
};
use phenolens_core::exploration::Exploration;
use phenolens_core::findings::Severity;
use phenolens_core::gallery::Identification;
use phenolens_core::improvement::Improvement;
use phenolens_core::neighbors::{Distance, Neighbors, Recall};
use phenolens_core::projection::{ClassOnMap, MapQuality, MapSettings, Projection};
use phenolens_core::subgroups::Subgroups;
use phenolens_core::subject_level::SubjectLevel;
use phenolens_core::validation::RowCounts;
use serde::Serialize;

use crate::claims::{self, Claims};
use crate::facts::Facts;
use crate::words::{self, Recommendation};
use crate::{Context, ReportError};

/// The version of the file's layout.
const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Results<'a> {
    schema_version: u32,
    version: &'a str,
    source: &'a str,
    content_digest: &'a str,
    seed: u64,
    confidence: f64,
    n_resamples: usize,
    select_by: Measure,
    rows: RowCounts,
    exploration: &'a Exploration,
    neighbors: Vec<NeighborResults>,
    findings: Vec<FindingCount>,
    duplicates: Duplicates,
    evaluation: EvaluationResults<'a>,
    subject_level: Option<&'a SubjectLevel>,
    subgroups: Option<&'a Subgroups>,
    identification: Option<&'a Identification>,
    few_shot: Option<few_shot::FewShotResults<'a>>,
    improvement: Option<&'a Improvement>,
    leakage: Option<leakage::LeakageResults<'a>>,
    open_set: Option<open_set::OpenSetResults<'a>>,
    calibration: Option<calibration::CalibrationResults<'a>>,
    maps: Vec<MapResults<'a>>,
    diagnosis: Option<diagnosis::DiagnosisResults<'a>>,
    claims: Vec<Claims>,
    recommendations: Vec<Recommendation>,
}

/// A neighbor table.
#[derive(Serialize)]
struct NeighborResults {
    distance: Distance,
    n_neighbors: usize,
    /// What an approximate table holds of the exact one; null of an exact table.
    recall: Option<Recall>,
}

/// Findings of one severity and code.
#[derive(Serialize)]
struct FindingCount {
    severity: Severity,
    code: &'static str,
    count: usize,
}

#[derive(Serialize)]
struct Duplicates {
    /// Pairs nearer than this cosine distance are counted.
    limit: f64,
    n_pairs: usize,
    n_pairs_within_class: usize,
    nearest_cosine: Option<f64>,
    subjects_are_merged: bool,
}

#[derive(Serialize)]
struct EvaluationResults<'a> {
    n_samples: usize,
    n_groups: usize,
    classes: &'a [String],
    protocols: Vec<ProtocolResults<'a>>,
}

#[derive(Serialize)]
struct ProtocolResults<'a> {
    protocol: Protocol,
    n_folds: usize,
    runs: Vec<RunResults<'a>>,
    comparisons: &'a [Comparison],
    mcnemar: &'a [McNemar],
}

#[derive(Serialize)]
struct RunResults<'a> {
    distance: Distance,
    weights: Weights,
    k: usize,
    summary: &'a [MeasureSummary],
    per_class: Vec<ClassResults<'a>>,
    confusion: &'a Confusion,
    roc: Vec<RocArea<'a>>,
    k_sweep: Vec<KResults>,
    k_bands: &'a [KBand],
    nested: Vec<NestedResults<'a>>,
    rise: Option<Rise>,
}

/// Nested selection in one repeat.
#[derive(Serialize)]
struct NestedResults<'a> {
    /// The k that the training part of each fold chose.
    ks: Vec<usize>,
    mean: BTreeMap<&'static str, Option<f64>>,
    sd: BTreeMap<&'static str, Option<f64>>,
    pooled: BTreeMap<&'static str, Option<f64>>,
    optimism: &'a Option<Optimism>,
}

/// [`PerClass`] with the id of the class in place of its index.
#[derive(Serialize)]
struct ClassResults<'a> {
    class: &'a str,
    n_subjects: usize,
    support: usize,
    precision: f64,
    precision_interval: Option<Interval>,
    recall: f64,
    recall_interval: Interval,
    f1: f64,
    f1_interval: Option<Interval>,
    auc: Option<f64>,
    auc_interval: Option<Interval>,
    against_others: Option<AgainstOthers>,
}

#[derive(Serialize)]
struct RocArea<'a> {
    curve: &'static str,
    class: Option<&'a str>,
    area_mean: f64,
    area_sd: f64,
}

/// All measures at one k; a measure that is undefined is `null`.
#[derive(Serialize)]
struct KResults {
    repeat: usize,
    k: usize,
    mean: BTreeMap<&'static str, Option<f64>>,
    sd: BTreeMap<&'static str, Option<f64>>,
    pooled: BTreeMap<&'static str, Option<f64>>,
}

#[derive(Serialize)]
struct MapResults<'a> {
    distance: Distance,
    settings: &'a MapSettings,
    quality: &'a MapQuality,
    classes: Vec<ClassMapResults<'a>>,
}

/// [`ClassOnMap`] with ids of classes in place of indices.
#[derive(Serialize)]
struct ClassMapResults<'a> {
    class: &'a str,
    center: [f64; 2],
    share_on_map: f64,
    share_in_data: f64,
    share_by_chance: f64,
    most_mixed_with: Option<&'a str>,
    most_mixed_share: Option<f64>,
}

fn neighbor_results(analysis: &Analysis) -> Vec<NeighborResults> {
    let result = |table: &Neighbors| NeighborResults {
        distance: table.distance(),
        n_neighbors: table.n_neighbors(),
        recall: table.recall(),
    };
    analysis.neighbors.iter().map(result).collect()
}

/// Makes `results.json`.
pub(crate) fn results_json(analysis: &Analysis, context: &Context) -> Result<Vec<u8>, ReportError> {
    let params = &analysis.params.evaluation;
    let class_names = analysis.dataset.class_names();
    let facts = Facts::new(analysis, context);
    let results = Results {
        schema_version: SCHEMA_VERSION,
        version: &context.version,
        source: &context.source_name,
        content_digest: &context.content_digest,
        seed: params.seed,
        confidence: params.confidence,
        n_resamples: params.n_resamples,
        select_by: params.select_by,
        rows: analysis.rows,
        exploration: &analysis.exploration,
        neighbors: neighbor_results(analysis),
        findings: finding_counts(analysis),
        duplicates: duplicates(analysis),
        evaluation: EvaluationResults {
            n_samples: analysis.evaluation.samples.len(),
            n_groups: analysis.evaluation.n_groups,
            classes: &analysis.evaluation.class_names,
            protocols: analysis
                .evaluation
                .protocols
                .iter()
                .map(|part| protocol_results(part, &analysis.evaluation.class_names))
                .collect(),
        },
        subject_level: analysis.subject_level.as_ref(),
        subgroups: analysis.subgroups.as_ref(),
        identification: analysis.identification.as_ref(),
        few_shot: few_shot::few_shot_results(analysis),
        improvement: analysis.improvement.as_ref(),
        leakage: leakage::leakage_results(analysis),
        open_set: open_set::open_set(analysis),
        calibration: calibration::calibration(analysis),
        maps: analysis
            .projections
            .iter()
            .map(|projection| map_results(projection, class_names))
            .collect(),
        diagnosis: diagnosis::diagnosis(analysis),
        claims: claims::claims(&facts),
        recommendations: words::recommendations(&facts),
    };
    let failed = |error: serde_json::Error| ReportError::Internal {
        path: "results.json".to_owned(),
        reason: error.to_string(),
    };
    let mut bytes = serde_json::to_vec_pretty(&results).map_err(failed)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// How many findings there are of each severity and code, the gravest first.
fn finding_counts(analysis: &Analysis) -> Vec<FindingCount> {
    crate::facts::findings_by_code(&analysis.findings)
        .into_iter()
        .map(|group| FindingCount {
            severity: group.severity,
            code: group.code,
            count: group.findings.len(),
        })
        .collect()
}

fn duplicates(analysis: &Analysis) -> Duplicates {
    let classes = analysis.dataset.classes();
    let pairs = &analysis.duplicates;
    Duplicates {
        limit: analysis.params.duplicates.distance,
        n_pairs: pairs.len(),
        n_pairs_within_class: pairs
            .iter()
            .filter(|pair| classes[pair.first] == classes[pair.second])
            .count(),
        nearest_cosine: pairs.first().map(|pair| pair.cosine),
        subjects_are_merged: analysis.params.duplicates.merge_subjects,
    }
}

fn protocol_results<'a>(
    part: &'a ProtocolEvaluation,
    class_names: &'a [String],
) -> ProtocolResults<'a> {
    ProtocolResults {
        protocol: part.protocol,
        n_folds: part.n_folds,
        runs: part
            .runs
            .iter()
            .map(|run| run_results(run, class_names))
            .collect(),
        comparisons: &part.comparisons,
        mcnemar: &part.mcnemar,
    }
}

fn run_results<'a>(run: &'a Run, class_names: &'a [String]) -> RunResults<'a> {
    let class_results = |class: &PerClass| ClassResults {
        class: &class_names[class.class],
        n_subjects: class.n_subjects,
        support: class.support,
        precision: class.precision,
        precision_interval: class.precision_interval,
        recall: class.recall,
        recall_interval: class.recall_interval,
        f1: class.f1,
        f1_interval: class.f1_interval,
        auc: class.auc,
        auc_interval: class.auc_interval,
        against_others: class.against_others,
    };
    RunResults {
        distance: run.distance,
        weights: run.weights,
        k: run.k,
        summary: &run.summary,
        per_class: run.per_class.iter().map(class_results).collect(),
        confusion: &run.confusion,
        roc: run
            .roc
            .iter()
            .map(|curve| {
                let (name, class) = match curve.subject {
                    RocSubject::Macro => ("macro", None),
                    RocSubject::Micro => ("micro", None),
                    RocSubject::Class(class) => ("class", Some(class_names[class].as_str())),
                };
                RocArea {
                    curve: name,
                    class,
                    area_mean: curve.area_mean,
                    area_sd: curve.area_sd,
                }
            })
            .collect(),
        k_sweep: run.k_points.iter().map(k_results).collect(),
        k_bands: &run.k_bands,
        nested: run.nested.iter().map(nested_results).collect(),
        rise: run.rise,
    }
}

fn by_name(measures: &Measures) -> BTreeMap<&'static str, Option<f64>> {
    Measure::ALL
        .into_iter()
        .map(|measure| (measure.name(), measures.get(measure)))
        .collect()
}

fn k_results(point: &KPoint) -> KResults {
    KResults {
        repeat: point.repeat,
        k: point.k,
        mean: by_name(&point.mean),
        sd: by_name(&point.sd),
        pooled: by_name(&point.pooled),
    }
}

fn nested_results(nested: &Nested) -> NestedResults<'_> {
    NestedResults {
        ks: nested.folds.iter().map(|fold| fold.k).collect(),
        mean: by_name(&nested.mean),
        sd: by_name(&nested.sd),
        pooled: by_name(&nested.pooled),
        optimism: &nested.optimism,
    }
}

fn map_results<'a>(projection: &'a Projection, class_names: &'a [String]) -> MapResults<'a> {
    let class_results = |class: &ClassOnMap| ClassMapResults {
        class: &class_names[class.class],
        center: class.center,
        share_on_map: class.share_on_map,
        share_in_data: class.share_in_data,
        share_by_chance: class.share_by_chance,
        most_mixed_with: class
            .most_mixed_with
            .map(|(other, _)| class_names[other].as_str()),
        most_mixed_share: class.most_mixed_with.map(|(_, share)| share),
    };
    MapResults {
        distance: projection.distance,
        settings: &projection.settings,
        quality: &projection.quality,
        classes: projection.classes.iter().map(class_results).collect(),
    }
}
