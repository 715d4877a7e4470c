//! Settings that take one of a few names.

use phenolens::analysis::Part;
use phenolens::evaluation::{Measure, Protocol, Ties, Weights};
use phenolens::neighbors::{Distance, SearchMethod};
use phenolens::projection::Affinities;
use phenolens::sources::{Format, Variants};
use phenolens::validation::OnInvalid;

/// A choice among names.
pub(super) trait Choice: Copy + PartialEq + 'static {
    /// Every choice that this version supports.
    const ALL: &'static [Self];

    /// The name as users write it.
    fn name(self) -> &'static str;
}

impl Choice for Part {
    const ALL: &'static [Part] = &Part::ALL;

    fn name(self) -> &'static str {
        Part::name(self)
    }
}

impl Choice for Distance {
    const ALL: &'static [Distance] = &[Distance::Cosine, Distance::Euclidean];

    fn name(self) -> &'static str {
        Distance::name(self)
    }
}

impl Choice for SearchMethod {
    const ALL: &'static [SearchMethod] = &[SearchMethod::Exact, SearchMethod::Approximate];

    fn name(self) -> &'static str {
        SearchMethod::name(self)
    }
}

impl Choice for Affinities {
    const ALL: &'static [Affinities] = &Affinities::ALL;

    fn name(self) -> &'static str {
        Affinities::name(self)
    }
}

impl Choice for Format {
    const ALL: &'static [Format] = &Format::ALL;

    fn name(self) -> &'static str {
        Format::name(self)
    }
}

impl Choice for Variants {
    const ALL: &'static [Variants] = &[Variants::MeanVector, Variants::MeanDistance];

    fn name(self) -> &'static str {
        match self {
            Variants::MeanVector => "mean-vector",
            Variants::MeanDistance => "mean-distance",
        }
    }
}

impl Choice for Protocol {
    const ALL: &'static [Protocol] = &[
        Protocol::SubjectGrouped,
        Protocol::ImageLevel,
        Protocol::LeaveOneSubjectOut,
        Protocol::FromFile,
    ];

    fn name(self) -> &'static str {
        Protocol::name(self)
    }
}

impl Choice for Weights {
    const ALL: &'static [Weights] = &[Weights::Uniform, Weights::Distance, Weights::Softmax];

    fn name(self) -> &'static str {
        Weights::name(self)
    }
}

impl Choice for Ties {
    const ALL: &'static [Ties] = &[Ties::Nearest, Ties::LowestClass];

    fn name(self) -> &'static str {
        Ties::name(self)
    }
}

impl Choice for Measure {
    const ALL: &'static [Measure] = &Measure::ALL;

    fn name(self) -> &'static str {
        Measure::name(self)
    }
}

impl Choice for OnInvalid {
    const ALL: &'static [OnInvalid] = &[OnInvalid::Drop, OnInvalid::Error];

    fn name(self) -> &'static str {
        match self {
            OnInvalid::Drop => "drop",
            OnInvalid::Error => "error",
        }
    }
}

/// A form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReportFormat {
    Html,
    Md,
}

impl Choice for ReportFormat {
    const ALL: &'static [ReportFormat] = &[ReportFormat::Html, ReportFormat::Md];

    fn name(self) -> &'static str {
        match self {
            ReportFormat::Html => "html",
            ReportFormat::Md => "md",
        }
    }
}

/// How a report shows ids of subjects and samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdForm {
    /// By pseudonyms under a key.
    Pseudonyms,
    /// As they are.
    Plain,
}

impl Choice for IdForm {
    const ALL: &'static [IdForm] = &[IdForm::Pseudonyms, IdForm::Plain];

    fn name(self) -> &'static str {
        match self {
            IdForm::Pseudonyms => "pseudonyms",
            IdForm::Plain => "plain",
        }
    }
}

/// A form of the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FigureFormat {
    Svg,
    Png,
}

impl Choice for FigureFormat {
    const ALL: &'static [FigureFormat] = &[FigureFormat::Svg, FigureFormat::Png];

    fn name(self) -> &'static str {
        match self {
            FigureFormat::Svg => "svg",
            FigureFormat::Png => "png",
        }
    }
}
