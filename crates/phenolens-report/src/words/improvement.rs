//! What would mend the classifier, as far as the rows of the table carry it.

#[cfg(test)]
mod tests;

use phenolens_core::analysis::Part;
use phenolens_core::evaluation::Measure;
use phenolens_core::improvement::{
    Change, Improvement, MAX_DIMS, MAX_FOLDS, MAX_SAMPLES, Variant, VariantResult,
};

use super::recommendations::{Advice, Recommendation};
use super::{measures, phrases};
use crate::claims::{self, Outcome, change};
use crate::document::{Block, Column, Table, Text};
use crate::facts::{self, Facts};
use crate::numbers;
use crate::support::Support;

/// The section; nothing where that was not examined.
pub(super) fn blocks(facts: &Facts) -> Vec<Block> {
    if !facts.examines(Part::Improvement) {
        return Vec::new();
    }
    let Some(improvement) = &facts.analysis.improvement else {
        return vec![Block::Paragraph(
            format!(
                "Not measured: that is done up to {} {}, {} dimensions and {MAX_FOLDS} folds.",
                numbers::count(MAX_SAMPLES),
                facts.sample.many(),
                numbers::count(MAX_DIMS)
            )
            .into(),
        )];
    };
    let mut blocks = vec![what_is_compared(facts, improvement).into()];
    blocks.push(verdicts(facts, improvement).into());
    blocks.extend(table(facts).map(Block::Table));
    blocks
}

/// The gains that a recommendation may name, the greatest first; nothing where no row supports one.
pub(super) fn recommendation(facts: &Facts) -> Option<Recommendation> {
    let improvement = facts.analysis.improvement.as_ref()?;
    let measure = facts.select_by();
    let gains = decided(facts, improvement, measure, Outcome::Better);
    let (best, others) = gains.split_first()?;
    let mut text = Text::from(format!(
        "Use {}: {}, under the same folds (",
        name(best.0.variant),
        gain(facts, measure, best.1)
    ))
    .table("improvements")
    .plain(").");
    if !others.is_empty() {
        let names: Vec<String> = others
            .iter()
            .map(|(result, _)| name(result.variant).to_owned())
            .collect();
        text.say(format!(
            "Also better than the plain classifier: {}.",
            phrases::list(&names)
        ));
    }
    if improvement.variants.len() > 1 {
        text.say(format!(
            "The best of {} variants looks a little better than it is; confirm it on {} that were not \
             used here.",
            improvement.variants.len(),
            facts.subject.many()
        ));
    }
    let support =
        |(result, change): &(&VariantResult, &Change)| Support::improvement(result, change);
    Some(Recommendation {
        advice: Advice::ChangeClassifier,
        lead: "Change the classifier".to_owned(),
        text,
        supports: gains.iter().map(support).collect(),
    })
}

fn what_is_compared(facts: &Facts, improvement: &Improvement) -> Text {
    let mut text = Text::from("Each row of ")
        .table("improvements")
    .plain(format!(
        " changes one thing about the plain classifier ({} distance with k = {}), fits it inside the \
         training part of each {} fold alone, and classifies the same {}. Variants that vote keep \
         k = {}, and none of their settings was chosen on test {}.",
        improvement.distance.name(),
        improvement.k,
        phrases::protocol(improvement.protocol),
        facts.sample.many(),
        improvement.k,
        facts.sample.many(),
    ));
    let has_whitening = |result: &VariantResult| result.variant == Variant::PcaWhitening;
    let components = &improvement.n_components;
    if let (true, Some(least), Some(most)) = (
        improvement.variants.iter().any(has_whitening),
        components.iter().min(),
        components.iter().max(),
    ) {
        let range = match least == most {
            true => format!("{least}"),
            false => format!("{least} to {most}"),
        };
        text.say(format!(
            "Whitening keeps the principal components that hold 90% of the training variance: {range} \
             of {} dimensions.",
            numbers::count(facts.analysis.dataset.n_dims())
        ));
    }
    text
}

fn verdicts(facts: &Facts, improvement: &Improvement) -> Text {
    let measure = facts.select_by();
    if facts.analysis.params.evaluation.n_resamples == 0 {
        return "Without resampling there is no interval, so that no row is called better or worse."
            .into();
    }
    let of = |outcome| decided(facts, improvement, measure, outcome);
    let (better, worse) = (of(Outcome::Better), of(Outcome::Worse));
    let n_undecided = of(Outcome::Undecided).len();
    let sentence = |lead: &str, rows: &[(&VariantResult, &Change)]| {
        let row = |(result, change): &(&VariantResult, &Change)| {
            format!(
                "{} ({})",
                name(result.variant),
                gain(facts, measure, change)
            )
        };
        let rows: Vec<String> = rows.iter().map(row).collect();
        format!(
            "{lead} in {}: {}.",
            measures::name(measure),
            phrases::list(&rows)
        )
    };
    let mut text = Text::default();
    if better.is_empty() {
        text.say(format!(
            "No variant is better than the plain classifier in {} beyond doubt.",
            measures::name(measure)
        ));
    } else {
        text.say(sentence("Better than the plain classifier", &better));
    }
    if !worse.is_empty() {
        text.say(sentence("Worse", &worse));
    }
    if n_undecided > 0 {
        text.say(format!(
            "Undecided: {} of {} variants, whose interval spans zero or whose p-value does not survive \
             the correction.",
            n_undecided,
            improvement.variants.len()
        ));
    }
    text
}

/// The table of the report.
pub(super) fn table(facts: &Facts) -> Option<Table> {
    let improvement = facts.analysis.improvement.as_ref()?;
    let shown = [facts.select_by(), Measure::Accuracy];
    let shown = if shown[0] == shown[1] {
        &shown[..1]
    } else {
        &shown[..]
    };
    let mut columns = vec![Column::left("Variant")];
    for &measure in shown {
        let name = facts::capitalized(measures::name(measure));
        columns.push(Column::right(name));
        columns.push(Column::right("Difference"));
        columns.push(Column::right(phrases::interval_name(facts)));
        columns.push(Column::right("p (Holm)"));
    }
    let row = |result: &VariantResult| {
        let mut cells = vec![facts::capitalized(name(result.variant))];
        for &measure in shown {
            cells.extend(change_cells(change(result, measure)));
        }
        cells
    };
    Some(Table {
        key: "improvements",
        caption: Text::from(format!(
            "What would mend the plain classifier ({} distance, k = {}) under {} folds, pooled. The \
             difference is variant minus plain, its interval is over {}; p is from swapping the two \
             classifiers' predictions of whole {}, corrected for {} variants by Holm's method. \
             Differences of shares are in percentage points.",
            improvement.distance.name(),
            improvement.k,
            phrases::protocol(improvement.protocol),
            facts.subject.many(),
            facts.subject.many(),
            improvement.variants.len(),
        )),
        columns,
        rows: improvement.variants.iter().map(row).collect(),
    })
}

fn change_cells(change: Option<&Change>) -> [String; 4] {
    let dash = || "–".to_owned();
    let Some(change) = change else {
        return std::array::from_fn(|_| dash());
    };
    let interval = |range| numbers::difference_interval(change.measure, range);
    [
        numbers::measure(change.value),
        numbers::signed_difference(change.measure, change.difference),
        change.interval.map_or_else(dash, interval),
        change.p_holm.map_or_else(dash, numbers::bare_p_value),
    ]
}

/// `macro F1 4.2 points higher, 95% interval [+2.4, +6.1], p = 0.005 after Holm's correction`.
fn gain(facts: &Facts, measure: Measure, change: &Change) -> String {
    let way = if change.difference < 0.0 {
        "lower"
    } else {
        "higher"
    };
    let mut text = format!(
        "{} {} {way}",
        measures::name(measure),
        numbers::difference(measure, change.difference)
    );
    if let Some(range) = change.interval {
        text.push_str(&format!(
            ", {} {}",
            phrases::interval_name(facts),
            numbers::difference_interval(measure, range)
        ));
    }
    if let Some(p) = change.p_holm {
        text.push_str(&format!(
            ", {} after Holm's correction",
            numbers::p_value(p)
        ));
    }
    text
}

/// The variants of one outcome, the greatest change first.
fn decided<'a>(
    facts: &Facts,
    improvement: &'a Improvement,
    measure: Measure,
    outcome: Outcome,
) -> Vec<(&'a VariantResult, &'a Change)> {
    let mut rows: Vec<(&VariantResult, &Change)> = improvement
        .variants
        .iter()
        .filter_map(|result| Some((result, change(result, measure)?)))
        .filter(|(_, change)| claims::outcome(facts, change) == outcome)
        .collect();
    let size = |change: &Change| change.difference.abs();
    rows.sort_by(|a, b| size(b.1).total_cmp(&size(a.1)));
    rows
}

/// What a variant is called inside a sentence.
fn name(variant: Variant) -> &'static str {
    match variant {
        Variant::CenterUnit => "centering and unit length",
        Variant::PcaWhitening => "whitened principal components",
        Variant::LdaNeighbors => "neighbors among linear discriminants",
        Variant::Lda => "linear discriminant analysis",
        Variant::LocalScaling => "locally scaled distances",
        Variant::MutualProximity => "mutual proximity",
        Variant::DistanceWeights => "distance-weighted votes",
        Variant::SoftmaxWeights => "softmax-weighted votes",
        Variant::ClassCentroid => "nearest class centroid",
        Variant::SubjectCentroid => "nearest centroid, every subject counting once",
        Variant::LogisticRegression => "logistic regression",
    }
}
