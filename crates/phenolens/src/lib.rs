//! How well do labelled embeddings separate their classes?
//!
//! An embedding is a vector that stands for an image or anything else. This crate takes labelled
//! ones, arranged as class, subject and sample, and evaluates nearest neighbors as a classifier: with
//! folds that keep a subject together, with intervals over subjects, with the chance level beside
//! every figure, and with t-SNE maps that say how far to trust them. The program `phenolens` does all
//! of that from a file to a report; this crate is for doing it in Rust, as a whole or in parts.
//!
//! # From a file to a report
//!
//! Four calls, each from value to value: [`read_file`] reads, [`admit`] decides which records are
//! used, [`analyze`] computes, and [`render`] draws and words. Only the first one touches a file.
//!
//! ```
//! use std::path::Path;
//!
//! use phenolens::report::{Context, Formats, Ids, Words};
//! use phenolens::sources::{ReadOptions, content_digest, write_pickle};
//! use phenolens::synth::{SynthParams, synthesize};
//! use phenolens::{AnalysisParams, Machine, Silent, admit, analyze, read_file, render};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("cohort.p");
//! // A synthetic cohort in the place of yours.
//! let shape = SynthParams {
//!     n_classes: 3,
//!     n_subjects: 30,
//!     n_samples: 45,
//!     n_dims: 8,
//!     n_duplicates: 1,
//!     ..SynthParams::default()
//! };
//! std::fs::write(&path, write_pickle(&synthesize(&shape)?))?;
//!
//! let source = read_file(&path, &ReadOptions::default(), &Silent)?;
//! let mut params = AnalysisParams::default();
//! let admission = admit(source.cohort, params.on_invalid)?;
//! assert_eq!(admission.rows.used, 45);
//! let digest = content_digest(&admission.dataset);
//!
//! params.evaluation.n_folds = 5;
//! params.evaluation.n_resamples = 100;
//! params.map.n_steps = 250;
//! let analysis = analyze(admission, &params, &Machine::default())?;
//!
//! let files = render(&analysis, &Context {
//!     source_name: "cohort.p".to_owned(),
//!     source_bytes: source.n_bytes,
//!     source_sha256: source.sha256,
//!     other_inputs: Vec::new(),
//!     content_digest: digest,
//!     words: Words {
//!         class: "syndrome".to_owned(),
//!         subject: "subject".to_owned(),
//!         sample: "image".to_owned(),
//!     },
//!     class_labels: Vec::new(),
//!     settings: String::new(),
//!     command: "my-program cohort.p".to_owned(),
//!     version: "1.0".to_owned(),
//!     ids: Ids::Plain,
//!     formats: Formats { html: true, md: true, svg: false, png: false },
//! })?;
//! assert!(files.iter().any(|file| file.path == "report.html"));
//! # Ok(())
//! # }
//! ```
//!
//! # What an analysis says
//!
//! [`Analysis`] holds every number of the report. The first protocol is the headline; a run is one
//! distance and one way of weighting votes, at every k and in detail at the chosen one:
//!
//! ```
//! use phenolens::cohort::{RawCohort, Stored};
//! use phenolens::evaluation::Measure;
//! use phenolens::validation::OnInvalid;
//! use phenolens::{AnalysisParams, Machine, admit, analyze};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Two classes of six subjects, one sample each, in two directions.
//! let mut cohort = RawCohort::default();
//! for subject in 0..12 {
//!     let (class, angle) = if subject % 2 == 0 { ("A", 0.1) } else { ("B", 1.4) };
//!     let angle = angle + 0.02 * f64::from(subject);
//!     let ids = [class.to_owned(), format!("subject {subject}"), "front".to_owned()];
//!     let vector = [angle.cos() as f32, angle.sin() as f32];
//!     cohort.push_values(ids, vector, Stored::Exact);
//! }
//!
//! let mut params = AnalysisParams::default();
//! params.evaluation.n_folds = 3;
//! params.evaluation.k_max = 3;
//! params.evaluation.n_resamples = 0;
//! params.map.distances.clear();
//! let analysis = analyze(admit(cohort, OnInvalid::Drop)?, &params, &Machine::default())?;
//!
//! let headline = &analysis.evaluation.protocols[0];
//! for run in &headline.runs {
//!     let at_chosen_k = &run.k_points[run.k - 1];
//!     assert_eq!(at_chosen_k.pooled.get(Measure::Accuracy), Some(1.0));
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Rules
//!
//! * Results depend on the data, the parameters and the seed alone: not on threads, not on the
//!   processor. Threads are those of the [rayon](https://docs.rs/rayon) pool in which a call is made;
//!   [`Machine`] says which instructions are used and hears of progress.
//! * What a data file says is never executed, and no length in it is believed; see [`sources`].
//! * What is odd about the data is a [`findings::Finding`] beside the result, never a reason to stop.
//!   What cannot be done is an error, with `hint()` for the remedy.

pub use phenolens_core::{
    Machine, Phase, Progress, Silent, analysis, cohort, dataset, evaluation, exploration, few_shot,
    findings, gallery, improvement, kernels, machine, neighbors, projection, random, subgroups,
    subject_level, synth, validation,
};
pub use phenolens_report as report;
pub use phenolens_sources as sources;

pub use analysis::{Analysis, AnalysisParams, analyze};
pub use report::render;
pub use sources::read_file;
pub use validation::admit;
