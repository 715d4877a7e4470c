//! Why neighbors err, with ids of classes in place of indices and without samples.

use phenolens_core::analysis::Analysis;
use phenolens_core::diagnosis::{
    ConfusablePair, Contrast, Directions, DistanceDiagnosis, Estimate, FarErrors, Geometry,
    HubVoters, Hubness, NormInformation, RunDiagnosis, Silhouette, Suspect, SuspicionReason,
};
use phenolens_core::evaluation::{Interval, Protocol, Weights};
use phenolens_core::neighbors::Distance;
use serde::Serialize;

use super::clusters::{self, ClusterResults};

#[derive(Serialize)]
pub(super) struct DiagnosisResults<'a> {
    directions: Directions,
    norms: Option<NormInformation>,
    distances: Vec<DistanceResults<'a>>,
    contrast: Option<Contrast>,
    clusters: Vec<ClusterResults<'a>>,
    runs: Vec<RunResults<'a>>,
}

#[derive(Serialize)]
struct DistanceResults<'a> {
    distance: Distance,
    geometry: Geometry,
    hubness: &'a Hubness,
    norm_occurrence: Option<Estimate>,
    silhouettes: SilhouetteResults<'a>,
    remoteness: RemotenessResults,
}

#[derive(Serialize)]
struct SilhouetteResults<'a> {
    n_evaluated: usize,
    overall: Silhouette,
    classes: Vec<ClassSilhouetteResults<'a>>,
}

#[derive(Serialize)]
struct ClassSilhouetteResults<'a> {
    class: &'a str,
    silhouette: Silhouette,
    nearest: Option<&'a str>,
}

#[derive(Serialize)]
struct RemotenessResults {
    k: usize,
    median: f64,
    limit: f64,
    n_outliers: usize,
}

#[derive(Serialize)]
struct RunResults<'a> {
    protocol: Protocol,
    distance: Distance,
    weights: Weights,
    k: usize,
    hub_voters: HubVoters,
    confusable_pairs: Vec<PairResults<'a>>,
    suspects: Vec<SuspectCount>,
    far_errors: FarErrors,
}

/// [`ConfusablePair`] with ids.
#[derive(Serialize)]
struct PairResults<'a> {
    class: &'a str,
    other: &'a str,
    n_samples: usize,
    rate: f64,
    rate_interval: Interval,
    reverse_rate: f64,
    expected_rate: f64,
    p_value: f64,
    p_holm: f64,
    is_mutual: bool,
}

/// Samples in doubt for one reason.
#[derive(Clone, Serialize)]
struct SuspectCount {
    reason: SuspicionReason,
    count: usize,
}

pub(super) fn diagnosis(analysis: &Analysis) -> Option<DiagnosisResults<'_>> {
    let diagnosis = analysis.diagnosis.as_ref()?;
    let class_names = &analysis.evaluation.class_names;
    let of_run = |run| run_results(run, class_names);
    let of_distance = |part| distance_results(part, class_names);
    Some(DiagnosisResults {
        directions: diagnosis.directions,
        norms: diagnosis.norms,
        distances: diagnosis.distances.iter().map(of_distance).collect(),
        contrast: diagnosis.contrast,
        clusters: clusters::clusters(&diagnosis.clusters, analysis.dataset.class_names()),
        runs: diagnosis.runs.iter().map(of_run).collect(),
    })
}

fn distance_results<'a>(
    part: &'a DistanceDiagnosis,
    class_names: &'a [String],
) -> DistanceResults<'a> {
    let (silhouettes, remoteness) = (&part.silhouettes, &part.remoteness);
    DistanceResults {
        distance: part.distance,
        geometry: part.geometry,
        hubness: &part.hubness,
        norm_occurrence: part.norm_occurrence,
        silhouettes: SilhouetteResults {
            n_evaluated: silhouettes.n_evaluated,
            overall: silhouettes.overall,
            classes: silhouettes
                .classes
                .iter()
                .map(|class| ClassSilhouetteResults {
                    class: &class_names[class.class],
                    silhouette: class.silhouette,
                    nearest: class.nearest.map(|nearest| class_names[nearest].as_str()),
                })
                .collect(),
        },
        remoteness: RemotenessResults {
            k: remoteness.k,
            median: remoteness.median,
            limit: remoteness.limit,
            n_outliers: remoteness.outliers.len(),
        },
    }
}

fn run_results<'a>(run: &'a RunDiagnosis, class_names: &'a [String]) -> RunResults<'a> {
    let pair_results = |pair: &ConfusablePair| PairResults {
        class: &class_names[pair.class],
        other: &class_names[pair.other],
        n_samples: pair.n_samples,
        rate: pair.rate,
        rate_interval: pair.rate_interval,
        reverse_rate: pair.reverse_rate,
        expected_rate: pair.expected_rate,
        p_value: pair.p_value,
        p_holm: pair.p_holm,
        is_mutual: pair.is_mutual,
    };
    let suspects = [
        SuspicionReason::Both,
        SuspicionReason::Confident,
        SuspicionReason::NoNeighbor,
    ];
    RunResults {
        protocol: run.protocol,
        distance: run.distance,
        weights: run.weights,
        k: run.k,
        hub_voters: run.hub_voters,
        confusable_pairs: run.confusable_pairs.iter().map(pair_results).collect(),
        suspects: suspects
            .map(|reason| {
                let is_of = |suspect: &&Suspect| suspect.reason == reason;
                let count = run.suspects.iter().filter(is_of).count();
                SuspectCount { reason, count }
            })
            .to_vec(),
        far_errors: run.far_errors,
    }
}
