//! What the words pick out of an analysis: which run is the headline, which runs belong together,
//! what things are called. Nothing here computes a statistic.

mod nouns;

pub(crate) use nouns::{Noun, capitalized};

use std::sync::OnceLock;

use phenolens_core::analysis::{Analysis, Part};
use phenolens_core::calibration::RunCalibration;
use phenolens_core::diagnosis::{DistanceDiagnosis, RunDiagnosis};
use phenolens_core::evaluation::{
    Comparison, Interval, KPoint, Measure, MeasureSummary, PerClass, Protocol, ProtocolEvaluation,
    Run, Weights,
};
use phenolens_core::findings::{Finding, Level, Message, Severity};
use phenolens_core::neighbors::Distance;
use phenolens_core::projection::Projection;

use crate::pseudonyms::Pseudonyms;
use crate::{Context, Ids};

/// An analysis, and what its parts are called.
#[derive(Clone)]
pub(crate) struct Facts<'a> {
    pub(crate) analysis: &'a Analysis,
    pub(crate) context: &'a Context,
    /// What a class is called, for example `syndrome`.
    pub(crate) class: Noun,
    /// What a subject is called.
    pub(crate) subject: Noun,
    /// What a sample is called, for example `image`.
    pub(crate) sample: Noun,
    /// Made when first asked for: figures do without.
    pseudonyms: OnceLock<Pseudonyms>,
}

/// A claim about a difference, as far as its interval and its test carry it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The interval excludes zero and the test agrees.
    Decided,
    /// The interval and the test do not agree.
    Borderline,
    /// The interval spans zero.
    Undecided,
    /// There is no interval.
    Unknown,
}

/// Two runs of one classifier that differ in the protocol only.
#[derive(Clone, Copy)]
pub(crate) struct ProtocolPair<'a> {
    pub(crate) grouped: &'a Run,
    pub(crate) image_level: &'a Run,
}

/// Findings of one severity and code, in their order.
pub(crate) struct FindingGroup<'a> {
    pub(crate) severity: Severity,
    pub(crate) code: &'static str,
    pub(crate) findings: Vec<&'a Finding>,
}

impl<'a> Facts<'a> {
    pub(crate) fn new(analysis: &'a Analysis, context: &'a Context) -> Facts<'a> {
        Facts {
            analysis,
            context,
            class: Noun::new(&context.words.class),
            subject: Noun::new(&context.words.subject),
            sample: Noun::new(&context.words.sample),
            pseudonyms: OnceLock::new(),
        }
    }

    /// The protocols, the headline first.
    pub(crate) fn protocols(&self) -> &'a [ProtocolEvaluation] {
        &self.analysis.evaluation.protocols
    }

    /// The headline protocol and its best run, where anything was evaluated.
    pub(crate) fn headline(&self) -> Option<(&'a ProtocolEvaluation, &'a Run)> {
        let part = self.protocols().first()?;
        Some((part, self.best_run(part)?))
    }

    /// The calibration of the headline's scores.
    pub(crate) fn calibration(&self) -> Option<&'a RunCalibration> {
        let (_, headline) = self.headline()?;
        let mut runs = self.analysis.calibration.as_ref()?.runs.iter();
        runs.find(|run| run.distance == headline.distance && run.weights == headline.weights)
    }

    /// The measure by which k and the headline are chosen.
    pub(crate) fn select_by(&self) -> Measure {
        self.analysis.params.evaluation.select_by
    }

    /// The run with the best pooled value of the selecting measure; of equals the first.
    ///
    /// Pooled, because intervals and comparisons are of the pooled value too.
    pub(crate) fn best_run(&self, part: &'a ProtocolEvaluation) -> Option<&'a Run> {
        let measure = self.select_by();
        let mut best = part.runs.first()?;
        for run in &part.runs {
            if is_better(
                measure,
                summary(run, measure).and_then(|s| s.pooled),
                summary(best, measure).and_then(|s| s.pooled),
            ) {
                best = run;
            }
        }
        Some(best)
    }

    /// The comparison of the distances on a measure.
    pub(crate) fn comparison(
        &self,
        part: &'a ProtocolEvaluation,
        weights: Weights,
        measure: Measure,
    ) -> Option<&'a Comparison> {
        part.comparisons
            .iter()
            .find(|comparison| comparison.weights == weights && comparison.measure == measure)
    }

    /// The level of tests: what the confidence leaves of 1.
    pub(crate) fn level(&self) -> f64 {
        1.0 - self.analysis.params.evaluation.confidence
    }

    /// How far a comparison carries.
    pub(crate) fn verdict(&self, comparison: &Comparison) -> Verdict {
        let Some(interval) = comparison.interval else {
            return Verdict::Unknown;
        };
        let limit = self.level();
        match (interval.excludes_zero(), comparison.p_value) {
            (true, Some(p)) if p > limit => Verdict::Borderline,
            (true, _) => Verdict::Decided,
            (false, Some(p)) if p <= limit => Verdict::Borderline,
            (false, _) => Verdict::Undecided,
        }
    }

    /// Is that part of the analysis asked for?
    pub(crate) fn examines(&self, part: Part) -> bool {
        self.analysis.params.examines(part)
    }

    /// Why a run errs; `None` where that was not examined.
    pub(crate) fn diagnosis(
        &self,
        part: &ProtocolEvaluation,
        run: &Run,
    ) -> Option<&'a RunDiagnosis> {
        let mut runs = self.analysis.diagnosis.iter().flat_map(|of| &of.runs);
        runs.find(|other| {
            other.protocol == part.protocol
                && other.distance == run.distance
                && other.weights == run.weights
        })
    }

    /// The headline's classifier under both protocols, where both were run.
    pub(crate) fn protocol_pair(&self) -> Option<ProtocolPair<'a>> {
        let (_, headline) = self.headline()?;
        let find = |protocol| {
            let part = self.protocols().iter().find(|p| p.protocol == protocol)?;
            part.runs
                .iter()
                .find(|run| run.distance == headline.distance && run.weights == headline.weights)
        };
        Some(ProtocolPair {
            grouped: find(Protocol::SubjectGrouped)?,
            image_level: find(Protocol::ImageLevel)?,
        })
    }

    /// The map of a distance, or else the first.
    pub(crate) fn map(&self, distance: Distance) -> Option<&'a Projection> {
        let maps = &self.analysis.projections;
        maps.iter()
            .find(|map| map.distance == distance)
            .or_else(|| maps.first())
    }

    /// How many subjects have more than one sample.
    pub(crate) fn n_multi_sample_subjects(&self) -> usize {
        let counts = self.analysis.exploration.samples_per_subject.iter();
        counts
            .filter(|count| count.n_samples > 1)
            .map(|count| count.n_subjects)
            .sum()
    }

    /// What a class is called: the user's word for it, or its id.
    pub(crate) fn name(&self, id: &str) -> String {
        match self.label(id).unwrap_or(id) {
            "" => "(empty)".to_owned(),
            name => name.to_owned(),
        }
    }

    /// The same with the id where the user gave a word, for the first column of tables.
    pub(crate) fn name_with_id(&self, id: &str) -> String {
        match self.label(id) {
            Some(label) if label != id => format!("{label} ({id})"),
            _ => self.name(id),
        }
    }

    /// The id of a class by its index in the evaluation, which may lack classes of the dataset.
    pub(crate) fn evaluated_id(&self, class: usize) -> &'a str {
        &self.analysis.evaluation.class_names[class]
    }

    /// What a class is called, by its index in the evaluation.
    pub(crate) fn evaluated_name(&self, class: usize) -> String {
        self.name(self.evaluated_id(class))
    }

    /// The id of a class by its index in the dataset.
    pub(crate) fn dataset_id(&self, class: usize) -> &'a str {
        &self.analysis.dataset.class_names()[class]
    }

    /// What a class is called, by its index in the dataset.
    pub(crate) fn dataset_name(&self, class: usize) -> String {
        self.name(self.dataset_id(class))
    }

    /// An id of a subject or a sample as the report shows it.
    ///
    /// Every such id in `report.*` passes through here, so that one place decides how it looks.
    pub(crate) fn private_id(&self, level: Level, id: &str) -> String {
        match self.pseudonyms() {
            Some(pseudonyms) => pseudonyms.of(level, id),
            None => id.to_owned(),
        }
    }

    /// The message of a finding as the report shows it.
    pub(crate) fn message(&self, message: &Message) -> String {
        match self.pseudonyms() {
            Some(pseudonyms) => message.with_ids(|level, id| pseudonyms.of(level, id)),
            None => message.to_string(),
        }
    }

    /// What stands for ids, where they are not shown plain.
    pub(crate) fn pseudonyms(&self) -> Option<&Pseudonyms> {
        match &self.context.ids {
            Ids::Plain => None,
            Ids::Pseudonyms(key) => Some(
                self.pseudonyms
                    .get_or_init(|| Pseudonyms::of_analysis(self.analysis, key)),
            ),
        }
    }

    /// Classes that were evaluated, with how they fare in a run.
    pub(crate) fn evaluated_classes(&self, run: &'a Run) -> Vec<&'a PerClass> {
        run.per_class
            .iter()
            .filter(|class| class.support > 0)
            .collect()
    }

    fn label(&self, id: &str) -> Option<&'a str> {
        let mut labels = self.context.class_labels.iter();
        let (_, label) = labels.find(|(class, _)| class == id)?;
        Some(label)
    }
}

/// What each distance makes of the data; none where that was not examined.
pub(crate) fn distance_diagnoses(analysis: &Analysis) -> &[DistanceDiagnosis] {
    let diagnosis = analysis.diagnosis.as_ref();
    diagnosis.map_or(&[], |diagnosis| &diagnosis.distances)
}

/// One measure at the chosen k of a run.
pub(crate) fn summary(run: &Run, measure: Measure) -> Option<&MeasureSummary> {
    run.summary
        .iter()
        .find(|summary| summary.measure == measure)
}

/// The pooled value of one measure at the chosen k of a run.
pub(crate) fn pooled(run: &Run, measure: Measure) -> Option<f64> {
    summary(run, measure)?.pooled
}

/// The first repeat's point of a run at `k`.
pub(crate) fn point(run: &Run, k: usize) -> Option<&KPoint> {
    run.k_points
        .iter()
        .find(|point| point.repeat == 0 && point.k == k)
}

/// The interval of a measure at the chosen k of a run.
pub(crate) fn interval(run: &Run, measure: Measure) -> Option<Interval> {
    summary(run, measure)?.interval
}

/// Is `value` better than `other`? What is undefined is never better.
pub(crate) fn is_better(measure: Measure, value: Option<f64>, other: Option<f64>) -> bool {
    match (value, other) {
        (Some(value), Some(other)) if measure.higher_is_better() => value > other,
        (Some(value), Some(other)) => value < other,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// Findings grouped by severity and code: the gravest first, then the most frequent, then by code.
pub(crate) fn findings_by_code(findings: &[Finding]) -> Vec<FindingGroup<'_>> {
    let mut groups: Vec<FindingGroup> = Vec::new();
    for finding in findings {
        let group = groups
            .iter_mut()
            .find(|group| group.severity == finding.severity && group.code == finding.code);
        match group {
            Some(group) => group.findings.push(finding),
            None => groups.push(FindingGroup {
                severity: finding.severity,
                code: finding.code,
                findings: vec![finding],
            }),
        }
    }
    groups.sort_by(|a, b| {
        (b.severity.cmp(&a.severity))
            .then(b.findings.len().cmp(&a.findings.len()))
            .then(a.code.cmp(b.code))
    });
    groups
}

/// The distance that a comparison favors; `None` where both are equal.
pub(crate) fn favored(comparison: &Comparison) -> Option<Distance> {
    let toward_cosine = match comparison.measure.higher_is_better() {
        true => comparison.difference,
        false => -comparison.difference,
    };
    if toward_cosine > 0.0 {
        Some(Distance::Cosine)
    } else if toward_cosine < 0.0 {
        Some(Distance::Euclidean)
    } else {
        None
    }
}

/// The interval of a difference the other way around.
pub(crate) fn flipped(interval: Interval) -> Interval {
    Interval {
        low: -interval.high,
        high: -interval.low,
    }
}
