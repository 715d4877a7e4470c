//! The mathematics of phenolens, phase by phase, each a function from value to value.
//!
//! The modules stand in the order in which data passes through them, and a module imports only
//! earlier ones:
//!
//! 1. [`statistics`]: intervals and tests that know numbers only;
//! 2. [`findings`]: what deserves a second look;
//! 3. [`cohort`]: what a source read, before anything is judged;
//! 4. [`dataset`]: labelled vectors that satisfy every invariant;
//! 5. [`neighbors`]: the nearest neighbors of every sample, once per distance;
//! 6. [`validation`]: which records are used, and what is odd about them;
//! 7. [`exploration`]: the dataset described, before any model;
//! 8. [`evaluation`]: how well neighbors predict the class, out of sample;
//! 9. [`subject_level`]: the same with the samples of a subject classified together;
//! 10. [`subgroups`]: the same for each group of people, and whether they differ;
//! 11. [`gallery`]: closed-set identification of probes among known samples;
//! 12. [`few_shot`]: the same vote, taught by a few subjects of each class;
//! 13. [`improvement`]: what would mend that classifier, measured;
//! 14. [`open_set`]: whether samples of classes outside the gallery look different;
//! 15. [`calibration`]: whether scores are probabilities, and what calibration makes of them;
//! 16. [`projection`]: the samples in two dimensions, and how far to trust that picture;
//! 17. [`diagnosis`]: why neighbors err;
//! 18. [`synth`]: cohorts made up, to try all of it on;
//! 19. [`analysis`]: all of it, one call per phase.
//!
//! Nothing here reads or writes a file, looks at the clock or the environment, prints, or uses a
//! global random generator. What the outside is told while a phase runs goes through [`Progress`].

pub mod analysis;
pub mod calibration;
pub mod cohort;
pub mod dataset;
pub mod diagnosis;
pub mod evaluation;
pub mod exploration;
pub mod few_shot;
pub mod findings;
pub mod gallery;
pub mod improvement;
pub mod kernels;
pub mod machine;
pub mod neighbors;
pub mod open_set;
pub mod projection;
pub mod random;
pub mod statistics;
pub mod subgroups;
pub mod subject_level;
pub mod synth;
pub mod validation;

pub use machine::{Machine, Phase, Progress, Silent};
