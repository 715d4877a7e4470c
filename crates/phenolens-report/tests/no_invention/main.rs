//! What a report claims of cohorts in which there is nothing to find, and of cohorts in which
//! something was planted.
//!
//! Everything is counted from what the program writes: `results.json` and the tables. The counts are
//! printed (`cargo test -- --nocapture` shows them).

mod clean;
mod planted;
mod report;

use phenolens_core::synth::SynthParams;

use crate::report::Report;

/// Cohorts of each kind.
const N_COHORTS: u64 = 20;

/// The seeds of the cohorts; what was chosen in the program was chosen on others.
fn seeds() -> std::ops::RangeInclusive<u64> {
    let first: u64 = std::env::var("FROM")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1);
    let n: u64 = std::env::var("N")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(N_COHORTS);
    first..=first + n - 1
}

/// The reports of cohorts that differ in their seed only, one after another.
fn reports(params: &SynthParams) -> impl Iterator<Item = (SynthParams, Report)> {
    seeds().map(move |seed| {
        let params = SynthParams {
            seed,
            ..params.clone()
        };
        let report = Report::of(&params);
        (params, report)
    })
}
