//! Why neighbors err: hubs, classes taken for one another, samples whose label is in doubt.
//!
//! Everything is read from the neighbor tables and from the predictions of an evaluation; nothing is
//! classified anew. What is listed as odd is listed sparingly: data in which nothing is odd have
//! few such rows.

mod confusable;
mod hubness;
mod suspects;
#[cfg(test)]
mod tests;
mod voters;

pub use confusable::ConfusablePair;
pub use hubness::Hubness;
pub use suspects::{Suspect, SuspicionReason};
pub use voters::HubVoters;

use crate::dataset::Dataset;
use crate::evaluation::{Evaluated, Evaluation, Protocol, ProtocolEvaluation, Run, Weights};
use crate::machine::Machine;
use crate::neighbors::{Distance, Keys, Neighbors};

/// Neighbors that are looked at, whatever k an evaluation chose: enough to tell a hub from chance,
/// few enough for a small class.
const K: usize = 10;

/// Why neighbors err.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnosis {
    /// One per evaluated distance, in the order of the tables.
    pub distances: Vec<DistanceDiagnosis>,
    /// One per protocol and run, in the order of the evaluation.
    pub runs: Vec<RunDiagnosis>,
}

/// What a distance makes of the data, whatever is predicted.
#[derive(Debug, Clone, PartialEq)]
pub struct DistanceDiagnosis {
    /// The distance.
    pub distance: Distance,
    /// How unevenly samples serve as neighbors.
    pub hubness: Hubness,
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
}

/// What is asked of a diagnosis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DiagnosisParams {
    /// Confidence of the intervals; a test rejects at what is left of 1. Between 0 and 1.
    pub confidence: f64,
}

/// Looks for the reasons of an evaluation's errors.
///
/// * `neighbors`: one table for each evaluated distance, of the same dataset;
/// * `groups`: the unit of independence of every sample, shape `(n_samples,)`, as evaluated.
///
/// Takes O(n (k + n_classes)) time for each run where the tables are deep enough, and O(n) more for a
/// sample where they are not.
pub fn diagnose(
    dataset: &Dataset,
    neighbors: &[Neighbors],
    groups: &[usize],
    evaluation: &Evaluation,
    params: &DiagnosisParams,
    machine: &Machine,
) -> Diagnosis {
    let evaluated = Evaluated::new(dataset, groups, evaluation);
    let is_evaluated = |table: &&Neighbors| {
        let mut runs = evaluation.protocols.iter().flat_map(|part| &part.runs);
        runs.any(|run| run.distance == table.distance())
    };
    let searched: Vec<(DistanceDiagnosis, Keys, &Neighbors)> = neighbors
        .iter()
        .filter(is_evaluated)
        .map(|table| {
            let distance = table.distance();
            let hubness = hubness::hubness(table, dataset.classes());
            let keys = Keys::new(dataset, distance, machine.instruction_set);
            (DistanceDiagnosis { distance, hubness }, keys, table)
        })
        .collect();

    let mut runs = Vec::new();
    for part in &evaluation.protocols {
        for run in &part.runs {
            let (of_distance, keys, table) = searched
                .iter()
                .find(|(of_distance, ..)| of_distance.distance == run.distance)
                .expect("every evaluated distance has a neighbor table");
            let search = OutOfFold {
                table,
                keys,
                folds: &part.folds,
                evaluated: &evaluated,
            };
            runs.push(diagnose_run(
                &search,
                &of_distance.hubness,
                part,
                run,
                params,
            ));
        }
    }
    let distances = searched
        .into_iter()
        .map(|(of_distance, ..)| of_distance)
        .collect();
    Diagnosis { distances, runs }
}

fn diagnose_run(
    search: &OutOfFold,
    hubness: &Hubness,
    part: &ProtocolEvaluation,
    run: &Run,
    params: &DiagnosisParams,
) -> RunDiagnosis {
    let evaluated = search.evaluated;
    let lists = voters::nearest(search, run.k.max(K));
    RunDiagnosis {
        protocol: part.protocol,
        distance: run.distance,
        weights: run.weights,
        k: run.k,
        hub_voters: voters::hub_voters(evaluated, run, &lists, hubness),
        confusable_pairs: confusable::confusable_pairs(
            evaluated,
            &run.predictions,
            params.confidence,
        ),
        suspects: suspects::suspects(evaluated, &run.predictions, run.k, &lists),
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
