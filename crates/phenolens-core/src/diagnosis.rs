//! Why neighbors err: the shape of the cloud of samples, hubs, classes taken for one another, samples
//! whose label is in doubt or that lie far off.
//!
//! Everything is read from the neighbor tables, from the maps and from the predictions of an
//! evaluation; nothing is classified anew. What is listed as odd is listed sparingly: data in which
//! nothing is odd have few such rows.

mod agreement;
mod clusters;
mod confusable;
mod contrast;
mod density;
mod dimension;
mod directions;
mod geometry;
mod hubness;
mod measured;
mod norms;
mod outliers;
mod rank_correlation;
mod shares;
mod silhouette;
mod suspects;
#[cfg(test)]
mod tests;
mod voters;

pub use clusters::{Agreement, ClassPart, MapCluster, MapClusters, SplitClass};
pub use confusable::ConfusablePair;
pub use contrast::Contrast;
pub use directions::Directions;
pub use geometry::Geometry;
pub use hubness::Hubness;
pub use norms::NormInformation;
pub use outliers::{FarErrors, Outlier, Remoteness};
pub use silhouette::{ClassSilhouette, Silhouette, Silhouettes};
pub use suspects::{Suspect, SuspicionReason};
pub use voters::HubVoters;

use rayon::prelude::*;
use serde::Serialize;

use self::measured::{Points, View};
use crate::dataset::Dataset;
use crate::evaluation::{
    Evaluated, Evaluation, Interval, Protocol, ProtocolEvaluation, Run, Weights,
};
use crate::machine::Machine;
use crate::neighbors::{Distance, Keys, Neighbors};
use crate::projection::Projection;

/// Neighbors that are looked at, whatever k an evaluation chose: enough to tell a hub from chance,
/// few enough for a small class.
const K: usize = 10;

/// Why neighbors err.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnosis {
    /// How much all vectors point the same way.
    pub directions: Directions,
    /// Whether the length of a vector says something about its class; `None` where lengths do not
    /// differ, or classes have one subject each.
    pub norms: Option<NormInformation>,
    /// One per evaluated distance, in the order of the tables.
    pub distances: Vec<DistanceDiagnosis>,
    /// How far the two distances name the same neighbors; `None` unless both are evaluated.
    pub contrast: Option<Contrast>,
    /// One per map, in their order; none above 20,000 samples.
    pub clusters: Vec<MapClusters>,
    /// One per protocol and run, in the order of the evaluation.
    pub runs: Vec<RunDiagnosis>,
}

/// A figure with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// Its interval; `None` where there is none, as without resampling.
    pub interval: Option<Interval>,
}

/// What a distance makes of the data, whatever is predicted.
#[derive(Debug, Clone, PartialEq)]
pub struct DistanceDiagnosis {
    /// The distance.
    pub distance: Distance,
    /// The shape of the cloud of samples.
    pub geometry: Geometry,
    /// How unevenly samples serve as neighbors.
    pub hubness: Hubness,
    /// Rank correlation of the length of a sample's vector with its k-occurrence, from -1 (the
    /// shorter, the more often a neighbor) to 1; `None` where either has no differences.
    pub norm_occurrence: Option<Estimate>,
    /// How far the classes stand apart.
    pub silhouettes: Silhouettes,
    /// How far samples lie from all other subjects.
    pub remoteness: Remoteness,
}

/// Where one classifier errs under one protocol.
#[derive(Debug, Clone, PartialEq)]
pub struct RunDiagnosis {
    /// The protocol.
    pub protocol: Protocol,
    /// The distance.
    pub distance: Distance,
    /// The weight of a vote.
    pub weights: Weights,
    /// The chosen k, whose predictions are looked at.
    pub k: usize,
    /// How often hubs had a part in a prediction.
    pub hub_voters: HubVoters,
    /// Classes taken for another more often than chance explains, the highest rate first.
    pub confusable_pairs: Vec<ConfusablePair>,
    /// Samples whose label is in doubt, the lowest score of the label first.
    pub suspects: Vec<Suspect>,
    /// Whether samples that lie far off are more often wrong.
    pub far_errors: FarErrors,
}

/// What is asked of a diagnosis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DiagnosisParams {
    /// Confidence of the intervals; a test rejects at what is left of 1. Between 0 and 1.
    pub confidence: f64,
    /// Most resamples of an interval and permutations of a test; with 0 those that need them have
    /// none.
    pub n_resamples: usize,
    /// Seed of the resamples, and of what is measured where there is too much to measure it all.
    pub seed: u64,
}

/// Looks for the reasons of an evaluation's errors.
///
/// * `neighbors`: one table for each evaluated distance, of the same dataset;
/// * `groups`: the unit of independence of every sample, shape `(n_samples,)`, as evaluated;
/// * `projections`: maps of the same dataset.
///
/// Takes O(n (k + n_classes)) time for each run where the tables are deep enough, and O(n) more for a
/// sample where they are not; O(n²) for the pairs of at most 2,000 samples, and for each map.
pub fn diagnose(
    dataset: &Dataset,
    neighbors: &[Neighbors],
    groups: &[usize],
    evaluation: &Evaluation,
    projections: &[Projection],
    params: &DiagnosisParams,
    machine: &Machine,
) -> Diagnosis {
    let evaluated = Evaluated::new(dataset, groups, evaluation);
    let is_evaluated = |table: &&Neighbors| {
        let mut runs = evaluation.protocols.iter().flat_map(|part| &part.runs);
        runs.any(|run| run.distance == table.distance())
    };
    let instruction_set = machine.instruction_set;
    let tables = neighbors.iter().filter(is_evaluated);
    let keys: Vec<(&Neighbors, Keys)> = tables
        .map(|table| (table, Keys::new(dataset, table.distance(), instruction_set)))
        .collect();
    let views: Vec<View> = keys
        .iter()
        .map(|(table, keys)| View {
            table,
            keys,
            evaluated: &evaluated,
        })
        .collect();
    let points = Points::new(&evaluated, params.seed);
    let chosen = measured::chosen_samples(&evaluated, params.seed);
    let (distances, clusters) = rayon::join(
        || -> Vec<DistanceDiagnosis> {
            let of_view =
                |view| diagnose_distance(dataset, view, &points, &chosen, params, machine);
            views.par_iter().map(of_view).collect()
        },
        || {
            let of_map = |map| clusters::map_clusters(dataset, map);
            projections.par_iter().filter_map(of_map).collect()
        },
    );

    let find = |distance| {
        let mut both = views.iter().zip(&distances);
        both.find(|(_, found)| found.distance == distance)
            .expect("every evaluated distance has a neighbor table")
    };
    let runs = evaluation
        .protocols
        .iter()
        .flat_map(|part| part.runs.iter().map(move |run| (part, run)));
    let runs = runs.map(|(part, run)| {
        let (view, of_distance) = find(run.distance);
        diagnose_run(view, of_distance, part, run, params)
    });
    let with_hubs: Vec<(&View, &Hubness)> = (views.iter())
        .zip(distances.iter().map(|found| &found.hubness))
        .collect();
    let squared_norms = match views.first() {
        Some(view) => view.keys.squared_norms(),
        None => &[],
    };
    Diagnosis {
        directions: directions::directions(dataset, &evaluated, squared_norms, params.confidence),
        norms: norms::norm_information(&evaluated, squared_norms, params),
        contrast: contrast::contrast(&with_hubs, params.confidence),
        runs: runs.collect(),
        distances,
        clusters,
    }
}

fn diagnose_distance(
    dataset: &Dataset,
    view: &View,
    points: &Points,
    chosen: &[usize],
    params: &DiagnosisParams,
    machine: &Machine,
) -> DistanceDiagnosis {
    let evaluated = view.evaluated;
    let hubness = hubness::hubness(view.table, dataset.classes());
    let of_evaluated = |figure: &dyn Fn(usize) -> f64| -> Vec<f64> {
        let samples = evaluated.samples.iter();
        samples.map(|&sample| figure(sample)).collect()
    };
    let norms = of_evaluated(&|sample| view.keys.squared_norms()[sample]);
    let occurrences = of_evaluated(&|sample| hubness.occurrences[sample] as f64);
    DistanceDiagnosis {
        distance: view.distance(),
        geometry: geometry::geometry(dataset, view, points, params, machine.instruction_set),
        norm_occurrence: rank_correlation::rank_correlation(
            evaluated,
            [&norms, &occurrences],
            params,
        ),
        silhouettes: silhouette::silhouettes(view, chosen, params.confidence),
        remoteness: outliers::remoteness(view),
        hubness,
    }
}

fn diagnose_run(
    view: &View,
    of_distance: &DistanceDiagnosis,
    part: &ProtocolEvaluation,
    run: &Run,
    params: &DiagnosisParams,
) -> RunDiagnosis {
    let evaluated = view.evaluated;
    let confidence = params.confidence;
    let search = OutOfFold {
        table: view.table,
        keys: view.keys,
        folds: &part.folds,
        evaluated,
    };
    let lists = voters::nearest(&search, run.k.max(K));
    RunDiagnosis {
        protocol: part.protocol,
        distance: run.distance,
        weights: run.weights,
        k: run.k,
        hub_voters: voters::hub_voters(evaluated, run, &lists, &of_distance.hubness, confidence),
        confusable_pairs: confusable::confusable_pairs(evaluated, &run.predictions, confidence),
        suspects: suspects::suspects(evaluated, &run.predictions, &run.scores, run.k, &lists),
        far_errors: outliers::far_errors(evaluated, run, &of_distance.remoteness, confidence),
    }
}

/// Where the training neighbors of evaluated samples are found.
struct OutOfFold<'a> {
    table: &'a Neighbors,
    keys: &'a Keys<'a>,
    /// The fold of every evaluated sample.
    folds: &'a [usize],
    evaluated: &'a Evaluated<'a>,
}
