//! Synthetic cohorts with the structure of real ones.
