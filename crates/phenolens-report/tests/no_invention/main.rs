//! What a report claims of cohorts in which there is nothing to find, and of cohorts in which
//! something was planted.
//!
//! Everything is counted from what the program writes: `results.json` and the tables. The counts are
//! printed (`cargo test -- --nocapture` shows them).

#![expect(
    clippy::print_stdout,
    reason = "the counts are what a reader of the log wants"
)]

mod clean;
mod planted;
mod report;

use phenolens_core::synth::SynthParams;

use crate::report::Report;

/// Cohorts of each kind.
const N_COHORTS: u64 = 20;

/// The reports of cohorts that differ in their seed only, one after another.
///
/// What was chosen in the program, and the sizes of the effects here, were chosen on other seeds.
fn reports(params: &SynthParams) -> impl Iterator<Item = (SynthParams, Report)> {
    (1..=N_COHORTS).map(move |seed| {
        let params = SynthParams {
            seed,
            ..params.clone()
        };
        let report = Report::of(&params);
        (params, report)
    })
}
