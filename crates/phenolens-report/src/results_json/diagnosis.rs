//! Why neighbors err, with ids of classes in place of indices and without samples.

use phenolens_core::analysis::Analysis;
use phenolens_core::diagnosis::{
    ConfusablePair, HubVoters, Hubness, RunDiagnosis, Suspect, SuspicionReason,
};
use phenolens_core::evaluation::{Interval, Protocol, Weights};
use phenolens_core::neighbors::Distance;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct DiagnosisResults<'a> {
    distances: Vec<DistanceResults<'a>>,
    runs: Vec<RunResults<'a>>,
}

#[derive(Serialize)]
struct DistanceResults<'a> {
    distance: Distance,
    hubness: &'a Hubness,
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

pub(super) fn diagnosis(analysis: &Analysis) -> DiagnosisResults<'_> {
    let class_names = &analysis.evaluation.class_names;
    let of_run = |run| run_results(run, class_names);
    let diagnosis = &analysis.diagnosis;
    DiagnosisResults {
        distances: diagnosis
            .distances
            .iter()
            .map(|part| DistanceResults {
                distance: part.distance,
                hubness: &part.hubness,
            })
            .collect(),
        runs: diagnosis.runs.iter().map(of_run).collect(),
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
    }
}
