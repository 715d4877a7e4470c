/// Why a cohort cannot be used at all.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum AdmissionError {
    /// The source is empty.
    #[error("no data: the source holds no sample")]
    NoRecords,
    /// Every record is bad.
    #[error("nothing usable: all of {n_records} samples were set aside, the first because {what}")]
    NothingUsable { n_records: usize, what: String },
    /// Two lengths of vectors are equally frequent, so that neither is the rule.
    #[error(
        "no majority length: {count} vectors have {shorter} values and as many have {longer}; \
         one length must be more frequent than any other"
    )]
    NoMajority {
        count: usize,
        shorter: usize,
        longer: usize,
    },
    /// The first record that cannot be used, where that is asked to be an error.
    #[error(
        "class {class:?}, subject {subject:?}, sample {sample:?} cannot be used because {what}"
    )]
    Record {
        code: &'static str,
        class: String,
        subject: String,
        sample: String,
        what: String,
    },
    /// A class without a subject, where that is asked to be an error.
    #[error("class {class:?} holds no subject; every class must hold at least one")]
    EmptyClass { class: String },
    /// A subject without a sample, where that is asked to be an error.
    #[error(
        "class {class:?}, subject {subject:?} holds no sample; every subject must hold at least one"
    )]
    EmptySubject { class: String, subject: String },
}

impl AdmissionError {
    /// What kind of error it is, in snake_case: stable, for machines. For a record or a group the
    /// code of the finding that it would have been.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoRecords => "no_records",
            Self::NothingUsable { .. } => "nothing_usable",
            Self::NoMajority { .. } => "no_majority_length",
            Self::Record { code, .. } => code,
            Self::EmptyClass { .. } => "empty_class",
            Self::EmptySubject { .. } => "empty_subject",
        }
    }

    /// What the user can do about it; the command line prints it as `hint: …`.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoRecords => Some("is this the right file?"),
            Self::NothingUsable { .. } => Some("are the vectors where the settings say they are?"),
            Self::NoMajority { .. } => {
                Some("does the file hold the vectors of two encoders? give each a file of its own")
            }
            Self::Record { .. } | Self::EmptyClass { .. } | Self::EmptySubject { .. } => {
                Some("`data.on_invalid = \"drop\"` leaves such records out and lists them")
            }
        }
    }
}
