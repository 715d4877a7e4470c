//! What an analysis may leave out.

/// A part that nothing else needs. Reading, validation, neighbors, exploration, evaluation and maps
/// are no parts: they are always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The samples of a subject classified together.
    SubjectLevel,
    /// How each group of people fares.
    Groups,
    /// How probes fare against a gallery.
    Gallery,
    /// Measures against the number of subjects that teach.
    LearningCurve,
    /// What would mend the headline's classifier.
    Improvement,
    /// How much of a figure is leakage.
    Leakage,
    /// Whether samples of unknown classes look different.
    OpenSet,
    /// Whether scores are probabilities.
    Calibration,
    /// Why neighbors err.
    Diagnosis,
}

impl Part {
    /// Every part, in the order in which they are computed.
    pub const ALL: [Part; 9] = [
        Part::SubjectLevel,
        Part::Groups,
        Part::Gallery,
        Part::LearningCurve,
        Part::Improvement,
        Part::Leakage,
        Part::OpenSet,
        Part::Calibration,
        Part::Diagnosis,
    ];

    /// The name in settings.
    pub fn name(self) -> &'static str {
        match self {
            Part::SubjectLevel => "subject-level",
            Part::Groups => "groups",
            Part::Gallery => "gallery",
            Part::LearningCurve => "learning-curve",
            Part::Improvement => "improvement",
            Part::Leakage => "leakage",
            Part::OpenSet => "open-set",
            Part::Calibration => "calibration",
            Part::Diagnosis => "diagnosis",
        }
    }
}
