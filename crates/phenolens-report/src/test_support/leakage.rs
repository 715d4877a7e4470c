//! A made-up audit of leaks that hangs together with the made-up evaluation.

use phenolens_core::evaluation::{
    Control, DuplicateEffect, DuplicateTreatment, Evaluation, ExposedTo, Exposure, Interval,
    Leakage, Measure, Protocol, ProtocolEvaluation, Removal, RemovalPoint, Run,
};

/// The measures that are audited here.
const MEASURES: [Measure; 3] = [Measure::Accuracy, Measure::F1Macro, Measure::AucMacro];

/// Every removal costs 0.0225, with 0.0125 to either side; near-duplicates give 0.005, with 0.01.
pub(super) fn leakage(evaluation: &Evaluation) -> Leakage {
    let parts = || evaluation.protocols.iter();
    let headline = parts().next();
    Leakage {
        removals: parts()
            .filter(|part| part.protocol != Protocol::SubjectGrouped)
            .flat_map(|part| part.runs.iter().map(|run| removal(part, run)))
            .collect(),
        duplicates: headline
            .into_iter()
            .flat_map(|part| part.runs.iter().flat_map(|run| effects(part, run)))
            .collect(),
        exposures: parts().flat_map(exposures).collect(),
        findings: Vec::new(),
    }
}

fn around(value: f64, half_width: f64) -> Option<Interval> {
    Some(Interval {
        low: value - half_width,
        high: value + half_width,
    })
}

fn removal(part: &ProtocolEvaluation, run: &Run) -> Removal {
    let last = run.k_points.iter().map(|point| point.k).max().unwrap_or(1);
    let point = |k: usize, measure: Measure| {
        let leaky = run.k_points[k - 1].pooled.get(measure)?;
        let has_interval = measure == Measure::Accuracy || k == run.k;
        Some(RemovalPoint {
            k,
            measure,
            leaky,
            clean: leaky - 0.0225,
            difference: 0.0225,
            interval: around(0.0225, 0.0125).filter(|_| has_interval),
            control: (k == run.k).then(|| Control {
                value: leaky - 0.0025,
                leak: 0.02,
                interval: around(0.02, 0.0125),
                p_value: Some(0.015625),
            }),
        })
    };
    Removal {
        protocol: part.protocol,
        distance: run.distance,
        weights: run.weights,
        n_seeds: 10,
        points: (1..=last)
            .flat_map(|k| MEASURES.map(|measure| point(k, measure)))
            .flatten()
            .collect(),
    }
}

fn effects(part: &ProtocolEvaluation, run: &Run) -> Vec<DuplicateEffect> {
    let effect = |treatment, measure: Measure| {
        let apart = run.summary[measure as usize].pooled?;
        Some(DuplicateEffect {
            protocol: part.protocol,
            distance: run.distance,
            weights: run.weights,
            k: run.k,
            treatment,
            measure,
            apart,
            merged: apart - 0.005,
            difference: 0.005,
            interval: around(0.005, 0.01),
        })
    };
    [
        DuplicateTreatment::RowsRemoved,
        DuplicateTreatment::FoldsRedrawn,
    ]
    .into_iter()
    .flat_map(|treatment| MEASURES.map(|measure| effect(treatment, measure)))
    .flatten()
    .collect()
}

fn exposures(part: &ProtocolEvaluation) -> Vec<Exposure> {
    let exposure = |run: &Run, to: ExposedTo| {
        let n_exposed = match to {
            ExposedTo::NearDuplicate => 2,
            ExposedTo::SameSubject if part.protocol == Protocol::SubjectGrouped => 0,
            ExposedTo::SameSubject => 20,
        };
        let n_others = run.predictions.len() - n_exposed;
        Exposure {
            protocol: part.protocol,
            distance: run.distance,
            weights: run.weights,
            k: run.k,
            to,
            n_exposed,
            n_exposed_right: n_exposed - n_exposed / 10,
            n_others,
            n_others_right: n_others / 2,
        }
    };
    [ExposedTo::SameSubject, ExposedTo::NearDuplicate]
        .into_iter()
        .flat_map(|to| part.runs.iter().map(move |run| exposure(run, to)))
        .collect()
}
