//! How the machine is used while a phase runs; nothing here changes a result.

use crate::kernels::InstructionSet;

/// Up to this many samples a phase leaves threads idle and holds little memory.
const FEW_SAMPLES: usize = 10_000;

/// What every long phase is given besides its data and its parameters.
///
/// Threads are those of the rayon pool in which the call is made.
#[derive(Clone, Copy)]
pub struct Machine<'a> {
    /// The vector instructions that kernels use; every choice gives the same bits.
    pub instruction_set: InstructionSet,
    /// Where a long phase says how far it is.
    pub progress: &'a dyn Progress,
}

impl Default for Machine<'_> {
    fn default() -> Self {
        Machine {
            instruction_set: InstructionSet::detect(),
            progress: &Silent,
        }
    }
}

/// Whether phases of so many samples should run side by side: those of more keep all threads busy by
/// themselves, and what they hold at a time would add up.
pub(crate) fn side_by_side(n_samples: usize) -> bool {
    n_samples <= FEW_SAMPLES
}

/// The only door through which the outside is told anything while a phase runs.
pub trait Progress: Sync {
    /// `done` of `total` units of `phase` are finished.
    fn report(&self, phase: Phase, done: usize, total: usize);

    /// After `done` of `total` steps of a descent its cost, in nats: the divergence that it lowers.
    fn cost(&self, _phase: Phase, _done: usize, _total: usize, _nats: f64) {}
}

/// Tells no one.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn report(&self, _phase: Phase, _done: usize, _total: usize) {}
}

/// The phases of an analysis, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The bytes of the data file.
    Reading,
    /// Which records are used.
    Validation,
    /// The nearest neighbors of every sample.
    Neighbors,
    /// The dataset described.
    Exploration,
    /// Cross-validation, measures and intervals.
    Evaluation,
    /// What is examined beyond that, part by part.
    Parts,
    /// The maps.
    Projection,
    /// How faithful they are.
    MapQuality,
    /// Why neighbors err.
    Diagnosis,
}

impl Phase {
    /// The phase as a word, lower case.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Reading => "reading",
            Phase::Validation => "validation",
            Phase::Neighbors => "neighbors",
            Phase::Exploration => "exploration",
            Phase::Evaluation => "evaluation",
            Phase::Parts => "parts",
            Phase::Projection => "projection",
            Phase::MapQuality => "map quality",
            Phase::Diagnosis => "diagnosis",
        }
    }
}
