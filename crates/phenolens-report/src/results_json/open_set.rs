//! Unknown classes, with ids of classes in place of indices.

use phenolens_core::analysis::Analysis;
use phenolens_core::evaluation::{Interval, Protocol};
use phenolens_core::neighbors::Distance;
use phenolens_core::open_set::{MeanOverClasses, OpenSetDistance};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct OpenSetResults<'a> {
    protocol: Protocol,
    n_probes: usize,
    distances: Vec<DistanceResults<'a>>,
}

#[derive(Serialize)]
struct DistanceResults<'a> {
    distance: Distance,
    auroc: MeanOverClasses,
    oscr: MeanOverClasses,
    fnir_at_fpir_10: MeanOverClasses,
    misidentified: f64,
    fnir_by_chance: f64,
    fnir_curve: &'a [f64],
    common: CommonResults<'a>,
    classes: Vec<ClassResults<'a>>,
}

#[derive(Serialize)]
struct CommonResults<'a> {
    threshold: f64,
    fpir: f64,
    worst_class: &'a str,
    fpir_of_worst: f64,
    fpir_left_out: f64,
    fnir: f64,
}

#[derive(Serialize)]
struct ClassResults<'a> {
    class: &'a str,
    n_unknown: usize,
    n_unknown_subjects: usize,
    n_known: usize,
    auroc: f64,
    auroc_interval: Option<Interval>,
    oscr: f64,
    fnir_at_fpir_10: f64,
    threshold: f64,
    fpir_at_common: f64,
    fpir_left_out: f64,
}

pub(super) fn open_set(analysis: &Analysis) -> Option<OpenSetResults<'_>> {
    let class_names = &analysis.evaluation.class_names;
    let open_set = analysis.open_set.as_ref()?;
    let distances = open_set.distances.iter();
    Some(OpenSetResults {
        protocol: open_set.protocol,
        n_probes: open_set.n_probes,
        distances: distances
            .map(|of_distance| distance_results(of_distance, class_names))
            .collect(),
    })
}

fn distance_results<'a>(
    of_distance: &'a OpenSetDistance,
    class_names: &'a [String],
) -> DistanceResults<'a> {
    let common = of_distance.common;
    DistanceResults {
        distance: of_distance.distance,
        auroc: of_distance.auroc,
        oscr: of_distance.oscr,
        fnir_at_fpir_10: of_distance.fnir_at_fpir_10,
        misidentified: of_distance.misidentified,
        fnir_by_chance: of_distance.fnir_by_chance,
        fnir_curve: &of_distance.fnir_curve,
        common: CommonResults {
            threshold: common.threshold,
            fpir: common.fpir,
            worst_class: &class_names[common.worst_class],
            fpir_of_worst: common.fpir_of_worst,
            fpir_left_out: common.fpir_left_out,
            fnir: common.fnir,
        },
        classes: of_distance
            .classes
            .iter()
            .map(|class| ClassResults {
                class: &class_names[class.class],
                n_unknown: class.n_unknown,
                n_unknown_subjects: class.n_unknown_subjects,
                n_known: class.n_known,
                auroc: class.auroc,
                auroc_interval: class.auroc_interval,
                oscr: class.oscr,
                fnir_at_fpir_10: class.fnir_at_fpir_10,
                threshold: class.threshold,
                fpir_at_common: class.fpir_at_common,
                fpir_left_out: class.fpir_left_out,
            })
            .collect(),
    }
}
