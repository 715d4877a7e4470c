//! How well do labelled embeddings separate their classes?
pub use phenolens_core::{
    Machine, Phase, Progress, Silent, analysis, cohort, dataset, evaluation, exploration, findings,
    kernels, machine, neighbors, projection, random, synth, validation,
};
pub use phenolens_report as report;
pub use phenolens_sources as sources;
