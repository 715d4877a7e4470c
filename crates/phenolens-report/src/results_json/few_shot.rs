//! The learning curves in `results.json`.

use phenolens_core::analysis::Analysis;
use phenolens_core::evaluation::Protocol;
use phenolens_core::few_shot::LearningCurve;
use serde::Serialize;

/// `FewShot` with ids of classes in place of indices.
#[derive(Serialize)]
pub(super) struct FewShotResults<'a> {
    protocol: Option<Protocol>,
    n_draws: usize,
    is_sampled: bool,
    fixed_classes: Vec<&'a str>,
    curves: &'a [LearningCurve],
}

/// The curves as they are written.
pub(super) fn few_shot_results(analysis: &Analysis) -> Option<FewShotResults<'_>> {
    let few_shot = analysis.few_shot.as_ref()?;
    let name = |&class: &usize| analysis.evaluation.class_names[class].as_str();
    Some(FewShotResults {
        protocol: few_shot.protocol,
        n_draws: few_shot.n_draws,
        is_sampled: few_shot.is_sampled,
        fixed_classes: few_shot.fixed_classes.iter().map(name).collect(),
        curves: &few_shot.curves,
    })
}
