//! Cosine against euclidean, and why.

use phenolens_core::evaluation::{Comparison, McNemar, Measure, ProtocolEvaluation, Run};
use phenolens_core::neighbors::Distance;

use super::diagnosis::is_informative;
use super::{measures, phrases};
use crate::document::{Block, Text};
use crate::facts::{self, Facts, Verdict};
use crate::numbers;
use crate::support::Support;

/// Lengths vary little where their standard deviation is below this share of their mean.
const NEARLY_EQUAL_NORMS: f64 = 0.05;

/// The comparison by which the distances are judged.
#[derive(Clone, Copy)]
pub(crate) struct Judged<'a> {
    /// The headline protocol.
    pub(super) part: &'a ProtocolEvaluation,
    /// The better run.
    pub(super) best: &'a Run,
    /// The run with the other distance and the same votes.
    pub(super) other: &'a Run,
    /// The two on the selecting measure.
    pub(crate) comparison: &'a Comparison,
}

impl Judged<'_> {
    /// The row of the comparison.
    pub(crate) fn support(&self) -> Support {
        Support::new("comparison")
            .with("protocol", self.part.protocol.name())
            .with("weights", self.comparison.weights.name())
            .with("measure", self.comparison.measure.name())
    }
}

/// Judges by the votes of the headline; where these exist for one distance only, by the first votes
/// that exist for both.
pub(crate) fn judged<'a>(facts: &Facts<'a>) -> Option<Judged<'a>> {
    let (part, headline) = facts.headline()?;
    let measure = facts.select_by();
    let mut votes = vec![headline.weights];
    votes.extend(&facts.analysis.params.evaluation.weights);
    votes.into_iter().find_map(|weights| {
        let comparison = facts.comparison(part, weights, measure)?;
        let run_of = |distance| {
            let mut runs = part.runs.iter();
            runs.find(|run| run.weights == weights && run.distance == distance)
        };
        let (cosine, euclidean) = (run_of(Distance::Cosine)?, run_of(Distance::Euclidean)?);
        // Of equals the one that is the headline, so that report and comparison name the same.
        let (best, other) = match facts::favored(comparison).unwrap_or(headline.distance) {
            Distance::Cosine => (cosine, euclidean),
            Distance::Euclidean => (euclidean, cosine),
        };
        Some(Judged {
            part,
            best,
            other,
            comparison,
        })
    })
}

/// Which distance, in one or two sentences.
pub(super) fn in_short(facts: &Facts) -> String {
    let (Some(judged), Some((_, headline))) = (judged(facts), facts.headline()) else {
        return only_one(facts);
    };
    let claim = claim(facts, judged.best, judged.other, judged.comparison);
    if judged.best.weights == headline.weights {
        return claim;
    }
    format!(
        "{} votes exist for {} only; with {} votes: {claim}",
        facts::capitalized(phrases::weights(headline.weights)),
        headline.distance.name(),
        phrases::weights(judged.best.weights),
    )
}

/// One comparison as a claim that goes no further than its interval and its test.
fn claim(facts: &Facts, best: &Run, other: &Run, comparison: &Comparison) -> String {
    let measure = comparison.measure;
    let name = measures::name(measure);
    let (first, second) = match best.distance {
        Distance::Cosine => (comparison.cosine, comparison.euclidean),
        Distance::Euclidean => (comparison.euclidean, comparison.cosine),
    };
    let values = format!(
        "{} against {}",
        numbers::measure(first),
        numbers::measure(second)
    );
    let (winner, loser) = (best.distance.name(), other.distance.name());
    if comparison.difference == 0.0 {
        let winner = facts::capitalized(winner);
        return format!("{winner} and {loser} give the same {name}, {values}.");
    }
    let capital = facts::capitalized(winner);
    let better = phrases::better_word(measure);
    let size = numbers::difference(measure, comparison.difference);
    let interval = comparison.interval.map_or_else(String::new, |interval| {
        // The interval is of cosine minus euclidean; the sentence says winner minus loser.
        let interval = match best.distance {
            Distance::Cosine => interval,
            Distance::Euclidean => facts::flipped(interval),
        };
        format!(
            "{} of the difference {}{}",
            phrases::interval_name(facts),
            numbers::difference_interval(measure, interval),
            phrases::comma_p(comparison.p_value)
        )
    });
    match facts.verdict(comparison) {
        Verdict::Decided => format!(
            "{capital}. Its {name} is {size} {better} than with {loser} distance ({values}; \
             {interval}), each at its own k."
        ),
        Verdict::Undecided => format!(
            "Undecided. {capital} has the {better} {name} ({values}, {size}), but the interval of the \
             difference spans zero ({interval}): this run does not tell the two distances apart."
        ),
        Verdict::Borderline => format!(
            "Undecided. {capital} has the {better} {name} ({values}, {size}), but interval and test \
             do not agree that the difference is real ({interval})."
        ),
        Verdict::Unknown => format!(
            "Undecided. {capital} has the {better} {name} ({values}, {size}); without resampling \
             nothing says whether the difference is more than chance."
        ),
    }
}

/// The comparison at more length.
pub(super) fn blocks(facts: &Facts) -> Vec<Block> {
    let mut text = Text::from(in_short(facts));
    let Some(Judged {
        part,
        best,
        comparison,
        ..
    }) = judged(facts)
    else {
        return vec![text.into()];
    };
    for sentence in other_tests(facts, part, comparison) {
        text.say(sentence);
    }
    if let Some(sentence) = other_measures(facts, part, best) {
        text.say(sentence);
    }
    if let Some(sentence) = other_protocol(facts, best) {
        text.say(sentence);
    }
    text.say(Text::from("See ").table("comparison").plain("."));
    let mut blocks = vec![text.into()];
    blocks.extend(reason(facts).map(Block::from));
    blocks
}

/// How many other measures decide, and which way.
fn other_measures(facts: &Facts, part: &ProtocolEvaluation, best: &Run) -> Option<String> {
    let decided: Vec<&Comparison> = part
        .comparisons
        .iter()
        .filter(|comparison| comparison.weights == best.weights)
        .filter(|comparison| comparison.interval.is_some())
        .collect();
    if decided.is_empty() {
        return None;
    }
    let n_all = decided.len();
    let favor = |distance| {
        let is_for = |comparison: &&&Comparison| {
            holds_among_all(facts, comparison) && facts::favored(comparison) == Some(distance)
        };
        decided.iter().filter(is_for).count()
    };
    let (cosine, euclidean) = (favor(Distance::Cosine), favor(Distance::Euclidean));
    Some(format!(
        "Of {}, with p-values adjusted for looking at all of them (Holm), {} {} for cosine, {} for \
         euclidean and {} for neither; they overlap, so that this is one piece of evidence and not \
         many.",
        phrases::counted(n_all, "measure", "measures"),
        numbers::count(cosine),
        if cosine == 1 { "decides" } else { "decide" },
        numbers::count(euclidean),
        numbers::count(n_all - cosine - euclidean),
    ))
}

/// Whether a comparison is decided among all measures of its classifiers.
fn holds_among_all(facts: &Facts, comparison: &Comparison) -> bool {
    facts.verdict(comparison) == Verdict::Decided
        && comparison.p_holm.is_some_and(|p| p <= facts.level())
}

/// What the tests say that resample nothing.
fn other_tests(facts: &Facts, part: &ProtocolEvaluation, comparison: &Comparison) -> Vec<String> {
    let decides = |p: f64| match p <= facts.level() {
        true => "which decides",
        false => "which does not decide",
    };
    let mut sentences = Vec::new();
    if let Some(test) = comparison.over_folds {
        sentences.push(format!(
            "Over {} the mean difference of {} is {} (cosine minus euclidean); the corrected resampled \
             t-test gives {}, {}.",
            phrases::counted(test.n_folds, "fold", "folds"),
            measures::name(comparison.measure),
            numbers::signed_difference(comparison.measure, test.difference),
            numbers::p_value(test.p_value),
            decides(test.p_value),
        ));
    }
    let of_weights = |test: &&McNemar| test.weights == comparison.weights;
    if let Some(test) = part.mcnemar.iter().find(of_weights) {
        sentences.push(format!(
            "Of one {} of each of {}, cosine alone gets {} right and euclidean alone {}; McNemar's exact \
             test gives {}, {}.",
            facts.sample.one(),
            facts.subject.count(test.n_subjects),
            numbers::count(test.n_cosine_only),
            numbers::count(test.n_euclidean_only),
            numbers::p_value(test.p_value),
            decides(test.p_value),
        ));
    }
    sentences
}

/// Does the second protocol say the same?
fn other_protocol(facts: &Facts, best: &Run) -> Option<String> {
    let part = facts.protocols().get(1)?;
    let comparison = facts.comparison(part, best.weights, facts.select_by())?;
    let favored = facts::favored(comparison)?;
    let protocol = phrases::protocol(part.protocol);
    let verdict = match facts.verdict(comparison) {
        Verdict::Decided => "and the difference is decided there",
        Verdict::Undecided | Verdict::Borderline => "and the difference is undecided there too",
        Verdict::Unknown => "without an interval",
    };
    let verdict = match facts.verdict(comparison) {
        Verdict::Undecided | Verdict::Borderline if headline_is_decided(facts, best) => {
            "but the difference is undecided there"
        }
        _ => verdict,
    };
    let same = if favored == best.distance {
        "the same distance is ahead"
    } else {
        "the other distance is ahead"
    };
    Some(format!(
        "Under {protocol} folds {same} (cosine {}, euclidean {}), {verdict}.",
        numbers::measure(comparison.cosine),
        numbers::measure(comparison.euclidean),
    ))
}

fn headline_is_decided(facts: &Facts, best: &Run) -> bool {
    facts
        .protocols()
        .first()
        .and_then(|part| facts.comparison(part, best.weights, facts.select_by()))
        .is_some_and(|comparison| facts.verdict(comparison) == Verdict::Decided)
}

/// What the data itself says about the two distances, before any classifier.
fn reason(facts: &Facts) -> Option<Text> {
    let exploration = &facts.analysis.exploration;
    let norms = exploration.norms;
    let mut text = Text::from(format!(
        "What the data says: cosine looks at the direction of a vector only, euclidean at its length \
         too. The lengths here have mean {} and standard deviation {} (from {} to {})",
        numbers::fixed(norms.mean, 2),
        numbers::fixed(norms.sd, 2),
        numbers::fixed(norms.min, 2),
        numbers::fixed(norms.max, 2),
    ));
    let is_flat = norms.sd < NEARLY_EQUAL_NORMS * norms.mean;
    text = text.plain(if is_flat {
        ", nearly the same for all, so that the two distances order neighbors in nearly the same way."
    } else {
        ", so that the two distances can disagree about who is near."
    });
    let means = exploration.classes.iter().map(|class| class.norm_mean);
    let (low, high) = means.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), mean| {
        (low.min(mean), high.max(mean))
    });
    if !is_flat && exploration.classes.len() > 1 {
        text.say(format!(
            "Mean lengths of the {} run from {} to {}{}.",
            facts.class.many(),
            numbers::fixed(low, 2),
            numbers::fixed(high, 2),
            told_by_length(facts),
        ));
    }
    let separation = |distance| {
        let mut summaries = exploration.distances.iter();
        summaries
            .find(|summary| summary.distance == distance)?
            .separation
    };
    let (cosine, euclidean) = (
        separation(Distance::Cosine)?,
        separation(Distance::Euclidean)?,
    );
    text.say(format!(
        "A pair of one {} is nearer than a pair of two in {} of cases by cosine and in {} by \
         euclidean (50% would be no separation)",
        facts.class.one(),
        numbers::percent(cosine),
        numbers::percent(euclidean),
    ));
    let judged = judged(facts);
    let decided = judged.filter(|judged| facts.verdict(judged.comparison) == Verdict::Decided);
    let ahead = if cosine > euclidean {
        Distance::Cosine
    } else {
        Distance::Euclidean
    };
    let is_shown_equal = numbers::percent(cosine) == numbers::percent(euclidean);
    Some(
        text.plain(match decided {
            _ if is_shown_equal => ", which does not set the two apart.".to_owned(),
            None => format!(
                ", which favors {}; the classifier decides for neither.",
                ahead.name()
            ),
            Some(judged) if ahead == judged.best.distance => {
                ", which points the same way as the classifier.".to_owned()
            }
            Some(_) => {
                ", which points the other way than the classifier: all pairs and nearest neighbors \
                    need not agree."
                    .to_owned()
            }
        }),
    )
}

/// What a test says of these lengths, after a figure; nothing without a test.
fn told_by_length(facts: &Facts) -> String {
    let diagnosis = facts.analysis.diagnosis.as_ref();
    let norms = diagnosis.and_then(|diagnosis| diagnosis.norms.as_ref());
    let Some((norms, p_value)) = norms.and_then(|norms| Some((norms, norms.p_value?))) else {
        return String::new();
    };
    let p_value = numbers::p_value(p_value);
    match is_informative(facts, norms) {
        Some(true) => format!(
            ": length tells something of the {} ({p_value}), which only euclidean sees",
            facts.class.one()
        ),
        _ => format!(
            ", no farther apart than shuffled {} would be, as far as a test tells ({p_value})",
            facts.class.many()
        ),
    }
}

fn only_one(facts: &Facts) -> String {
    match facts.headline() {
        Some((_, run)) => format!(
            "Only {} distance was evaluated; nothing is said about another.",
            run.distance.name()
        ),
        None => "Nothing was evaluated.".to_owned(),
    }
}

/// The measures that [`super::results`] shows of the comparison.
pub(crate) const SHOWN: [Measure; 8] = [
    Measure::Accuracy,
    Measure::BalancedAccuracy,
    Measure::F1Macro,
    Measure::AucMacro,
    Measure::Top3,
    Measure::Mcc,
    Measure::LogLoss,
    Measure::Brier,
];
