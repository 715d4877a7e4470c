//! `phenolens demo`: the main job on a synthetic cohort.

use phenolens::sources::{self, ReadOptions};

use crate::Status;
use crate::args::AnalysisArgs;
use crate::failure::Failure;
use crate::pipeline::{Input, report};
use crate::synth;
use crate::talk::Talk;

/// Analyzes and reports the cohort that `phenolens synth` writes.
pub(crate) fn demo(args: &AnalysisArgs, talk: Talk) -> Result<Status, Failure> {
    let input = Input {
        name: "synthetic-cohort.p".to_owned(),
        command: "demo".to_owned(),
        path: None,
        flags: Vec::new(),
        read: &|settings, _| {
            // Through the same bytes as a file, so that a run on that file gives the same report.
            let bytes = synth::pickle(&synth::params(settings))?;
            sources::read_bytes(&bytes, &ReadOptions::default())
                .map_err(|error| Failure::caused("internal", "the synthetic cohort", &error))
        },
    };
    report(args, &input, talk)
}
