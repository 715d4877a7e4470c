use super::Protocol;

/// Why an evaluation cannot be made; nothing has been computed then.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum EvaluationError {
    /// A list of choices is empty.
    #[error("`{key}` is empty; it needs at least one")]
    Nothing { key: &'static str },
    /// A number is out of its range.
    #[error("`{key}` is {value}; it must be {range}")]
    Range {
        key: &'static str,
        value: f64,
        range: &'static str,
    },
    /// An excluded class that the data do not have.
    #[error("`data.exclude` names class {class:?}, which the data do not have")]
    UnknownClass { class: String },
    /// Too little is left to classify.
    #[error(
        "{n_classes} of the classes have two subjects or more; an evaluation needs at least two such classes"
    )]
    FewClasses { n_classes: usize },
    /// More folds than there are things to put in them.
    #[error("{n_folds} folds do not suit {n_units} {unit}: at most that many folds are filled")]
    Folds {
        n_folds: usize,
        n_units: usize,
        unit: &'static str,
    },
    /// A training part is too small for the greatest k.
    #[error(
        "`evaluation.k_max` is {k_max}, but protocol {} has a training part of {n_training} samples",
        protocol.name()
    )]
    Training {
        k_max: usize,
        n_training: usize,
        protocol: Protocol,
    },
    /// Folds from a file are asked for and not given.
    #[error("protocol from-file needs a file of folds")]
    NoFoldsFile,
    /// The given folds are not one per sample.
    #[error("{n_folds} folds are given for {n_samples} samples")]
    FoldsShape { n_folds: usize, n_samples: usize },
    /// The given folds leave one empty.
    #[error("fold {fold} of the given folds has no evaluated sample")]
    EmptyFold { fold: usize },
    /// The softmax vote is asked for without a distance that it suits.
    #[error("softmax weights suit the cosine distance only, and it is not evaluated")]
    Softmax,
}

impl EvaluationError {
    /// What the user can do about it; the command line prints it as `hint: …`.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::UnknownClass { .. } => Some("class ids are compared letter by letter"),
            Self::FewClasses { .. } => Some(
                "look at `data.min_subjects` and `data.exclude`, and at the findings of `check`",
            ),
            Self::Folds { .. } => Some("lower `evaluation.folds`"),
            Self::Training { .. } => Some("lower `evaluation.k_max` or raise `evaluation.folds`"),
            Self::NoFoldsFile => Some("give it with `--folds-file FILE`"),
            Self::EmptyFold { .. } => Some("number the folds from 0 without gaps"),
            Self::Softmax => Some("add \"cosine\" to `evaluation.distances`"),
            Self::Nothing { .. } | Self::Range { .. } | Self::FoldsShape { .. } => None,
        }
    }
}
