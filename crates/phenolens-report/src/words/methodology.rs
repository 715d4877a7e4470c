//! The methodology: each step, why it is done so, and every parameter.

use phenolens_core::evaluation::{Measure, N_SHUFFLES, Protocol, Ties, Weights};

use super::phrases::{self, point};
use super::{measures, subgroups, subject_level};
use crate::document::{Block, Column, Table, Text};
use crate::facts::Facts;
use crate::numbers;

/// The methodology section.
pub(super) fn methodology(facts: &Facts) -> Vec<Block> {
    let mut steps = vec![
        point("Reading", reading(facts)),
        point("Checks", checks(facts)),
        point("Exploration", exploration(facts)),
        point("Neighbors", neighbors(facts)),
        point("Folds", folds(facts)),
        point("Vote", vote(facts)),
        point("Choice of k", choice_of_k(facts)),
        point("Measures", measure_step(facts)),
        point("Intervals and tests", intervals(facts)),
        point("Chance level", chance(facts)),
    ];
    let by_subject = format!("By {}", facts.subject.one());
    steps.extend(subject_level::method(facts).map(|text| point(&by_subject, text)));
    steps.extend(subgroups::method(facts).map(|text| point("Groups of people", text)));
    steps.extend(map(facts).map(|text| point("Map", text)));
    steps.push(point("Repeatability", repeatability(facts)));
    vec![
        Block::Steps(steps),
        Block::Table(parameters(facts)),
        Block::Table(measure_definitions(facts)),
    ]
}

fn reading(facts: &Facts) -> String {
    format!(
        "The file is read as data: nothing in it is executed. Each {} keeps its {}, its {} and its \
         order in the file. Values are used as 32-bit floats and summed in 64 bits.",
        facts.sample.one(),
        facts.subject.one(),
        facts.class.one()
    )
}

fn checks(facts: &Facts) -> String {
    format!(
        "Records without a usable vector are set aside and listed; nothing is repaired silently. {} of \
         different {} nearer than cosine distance {} are listed as near-duplicates, since two ids for \
         one {} would let training see the test.",
        facts.sample.titles(),
        facts.subject.many(),
        numbers::plain(facts.analysis.params.duplicates.distance),
        facts.subject.one(),
    )
}

fn exploration(facts: &Facts) -> String {
    format!(
        "Before any model: sizes of the {}, {} per {}, lengths of the vectors, and distances of all \
         pairs (of a seeded sample where there are too many). This says what to expect, and whether \
         length matters, without a choice of k.",
        facts.class.many(),
        facts.sample.many(),
        facts.subject.one()
    )
}

fn neighbors(facts: &Facts) -> String {
    let distances: Vec<String> = facts
        .analysis
        .params
        .evaluation
        .distances
        .iter()
        .map(|distance| distance.name().to_owned())
        .collect();
    format!(
        "For {} distance the nearest other {} of every {} are found exactly, by comparing all pairs, \
         and every later step reads that table; where a fold leaves too few in it, {} is searched again, \
         exactly. Nearest neighbors were chosen because they judge \
         the embedding itself: nothing is trained on top of it, and every prediction can be traced to \
         the {} that voted. Cosine distance is 1 − x·y / (|x||y|) and sees direction only; euclidean \
         distance is the root of the sum of squared differences and sees length too.",
        phrases::list(&distances),
        facts.sample.many(),
        facts.sample.one(),
        facts.sample.a(),
        facts.sample.many(),
    )
}

fn folds(facts: &Facts) -> Text {
    let params = &facts.analysis.params.evaluation;
    let mut text = Text::default();
    for part in facts.protocols() {
        let folds = part.n_folds;
        text.say(match part.protocol {
            Protocol::SubjectGrouped => format!(
                "Subject-grouped: {folds} folds over {}, all {} of one in the same fold, the shares of \
                 the {} as even as can be. This asks how the classifier does on {} it has never seen.",
                facts.subject.many(),
                facts.sample.many(),
                facts.class.many(),
                facts.subject.a(),
            ),
            Protocol::ImageLevel => format!(
                "Image-level: {folds} stratified folds over single {}. This is the plain reading of \
                 {folds}-fold cross-validation and is shown for comparison: {} of one {} stand on both \
                 sides.",
                facts.sample.many(),
                facts.sample.many(),
                facts.subject.one(),
            ),
            Protocol::FromFile => format!(
                "From file: the {folds} folds that were given, to repeat another program's."
            ),
        });
    }
    if params.n_repeats > 1 {
        text.say(format!(
            "Folds are drawn {} times; means and standard deviations are over all folds of all \
             repeats, pooled values are of the first.",
            numbers::count(params.n_repeats)
        ));
    }
    text
}

fn vote(facts: &Facts) -> Text {
    let params = &facts.analysis.params.evaluation;
    let mut text = Text::from(format!(
        "The score of {} is its share of the votes of the k nearest {} in the training folds.",
        facts.class.a(),
        facts.sample.many()
    ));
    let kinds: Vec<String> = params
        .weights
        .iter()
        .map(|weights| {
            match weights {
                Weights::Uniform => "equal (1 each)",
                Weights::Distance => "weighted by 1 / distance",
                Weights::Softmax => "weighted by exp((1 − distance) / 0.07), for cosine only",
            }
            .to_owned()
        })
        .collect();
    text.say(format!("Votes are {}.", phrases::list(&kinds)));
    text.say(match params.ties {
        Ties::Nearest => format!(
            "Of equal scores, the {} with the nearest voter comes first, since that is the one piece \
             of evidence left; {} without a vote share the last ranks.",
            facts.class.one(),
            facts.class.many()
        ),
        Ties::LowestClass => format!(
            "Of equal scores, the first {} in sorted order comes first, as in scikit-learn.",
            facts.class.one()
        ),
    });
    text
}

fn choice_of_k(facts: &Facts) -> String {
    let params = &facts.analysis.params.evaluation;
    let measure = measures::name(params.select_by);
    let why = match params.select_by {
        Measure::F1Macro => format!(
            " That measure counts every {} the same and punishes both misses and false alarms.",
            facts.class.one()
        ),
        _ => String::new(),
    };
    format!(
        "k = 1 to {} are all evaluated. The k with the best mean {measure} over folds is chosen; of \
         equals the smaller.{why}",
        params.k_max
    )
}

fn measure_step(facts: &Facts) -> Text {
    Text::from(format!(
        "Measures are computed in every fold (mean and population standard deviation over folds) and \
         once on all out-of-fold predictions together (pooled). Figures by {} and confusions are \
         pooled. Differences are taken before rounding. ",
        facts.class.one()
    ))
    .table("definitions")
    .plain(" says what each one means.")
}

fn intervals(facts: &Facts) -> String {
    let params = &facts.analysis.params.evaluation;
    if params.n_resamples == 0 {
        return "No resampling was asked for, so that measures have no intervals and differences no \
                tests."
            .to_owned();
    }
    format!(
        "{} intervals of pooled measures are percentile bootstrap intervals over {}, resampled within \
         their {} ({} resamples): {} of one {} are not independent. The difference between the \
         distances uses the same resamples, so that it is paired; its p-value swaps the two \
         classifiers' predictions of a whole {} with probability 1/2, two-sided, {} times. A difference \
         counts as decided where its interval excludes zero and the test agrees. Recalls by {} have \
         Wilson intervals with the effective number of {}.",
        numbers::confidence(params.confidence),
        facts.subject.many(),
        facts.class.one(),
        numbers::count(params.n_resamples),
        facts.sample.many(),
        facts.subject.one(),
        facts.subject.one(),
        numbers::count(params.n_resamples),
        facts.class.one(),
        facts.subject.many(),
    )
}

fn chance(facts: &Facts) -> String {
    format!(
        "Beside every headline stand two levels that need no embedding: the same classifier with the \
         labels shuffled between {} (mean over {} shuffles), and always naming the largest {} with the \
         shares of the {} as scores. Where folds split a {}, its own {} still teach its shuffled label: \
         the leak raises that chance level too.",
        facts.subject.many(),
        N_SHUFFLES,
        facts.class.one(),
        facts.class.many(),
        facts.subject.one(),
        facts.sample.many(),
    )
}

fn map(facts: &Facts) -> Option<String> {
    let settings = facts.analysis.projections.first()?.settings;
    Some(format!(
        "t-SNE, because it shows which {} are near each other without using their {}: perplexity {}, \
         affinities from the {} nearest neighbors, start from the first two principal components, {} \
         steps at learning rate {}, the first {} with exaggeration {}. One map per distance, from the \
         same neighbors that vote. A map is never shown without its quality.",
        facts.sample.many(),
        facts.class.one(),
        numbers::plain(settings.perplexity),
        numbers::count(settings.n_neighbors),
        numbers::count(settings.n_steps),
        numbers::plain(settings.learning_rate),
        numbers::count(settings.n_exaggerated_steps),
        numbers::plain(settings.exaggeration),
    ))
}

fn repeatability(facts: &Facts) -> String {
    format!(
        "Every random choice comes from seed {}, with a stream of its own for each use. The same data, \
         settings and version give the same bytes on any number of threads.",
        facts.analysis.params.evaluation.seed
    )
}

/// Every parameter that bears on a number.
fn parameters(facts: &Facts) -> Table {
    let analysis = facts.analysis;
    let params = &analysis.params.evaluation;
    let names = |names: Vec<&str>| names.join(", ");
    let mut rows = vec![
        ("seed", params.seed.to_string()),
        (
            "data.duplicate_distance",
            numbers::plain(analysis.params.duplicates.distance),
        ),
        (
            "data.merge_duplicates",
            analysis.params.duplicates.merge_subjects.to_string(),
        ),
        ("data.min_subjects", params.min_subjects.to_string()),
        ("data.exclude", none_if_empty(params.exclude.join(", "))),
        (
            "evaluation.distances",
            names(params.distances.iter().map(|d| d.name()).collect()),
        ),
        (
            "evaluation.protocols",
            names(params.protocols.iter().map(|p| p.name()).collect()),
        ),
        ("evaluation.folds", params.n_folds.to_string()),
        ("evaluation.repeats", params.n_repeats.to_string()),
        ("evaluation.k_max", params.k_max.to_string()),
        (
            "evaluation.weights",
            names(params.weights.iter().map(|w| w.name()).collect()),
        ),
        ("evaluation.ties", params.ties.name().to_owned()),
        ("evaluation.select_by", params.select_by.name().to_owned()),
        ("evaluation.bootstrap", params.n_resamples.to_string()),
        ("evaluation.confidence", numbers::plain(params.confidence)),
    ];
    if !analysis.params.metadata.is_empty() {
        let variables = analysis.params.metadata.iter();
        rows.push((
            "data.metadata",
            names(variables.map(|v| v.name()).collect()),
        ));
    }
    if let Some(projection) = analysis.projections.first() {
        let settings = projection.settings;
        rows.extend([
            (
                "map.distances",
                names(
                    analysis
                        .projections
                        .iter()
                        .map(|map| map.distance.name())
                        .collect(),
                ),
            ),
            ("map.perplexity", numbers::plain(settings.perplexity)),
            ("map.steps", settings.n_steps.to_string()),
            ("map.learning_rate", numbers::plain(settings.learning_rate)),
            ("map.exaggeration", numbers::plain(settings.exaggeration)),
        ]);
    }
    Table {
        key: "parameters",
        caption: "Parameters as they were used.".into(),
        columns: vec![Column::left("Setting"), Column::left("Value")],
        rows: rows
            .into_iter()
            .map(|(key, value)| vec![key.to_owned(), value])
            .collect(),
    }
}

fn none_if_empty(text: String) -> String {
    if text.is_empty() {
        "none".to_owned()
    } else {
        text
    }
}

fn measure_definitions(facts: &Facts) -> Table {
    Table {
        key: "definitions",
        caption: "What the measures mean.".into(),
        columns: vec![
            Column::left("Measure"),
            Column::left("Meaning"),
            Column::left("Worst to best"),
        ],
        rows: Measure::ALL
            .into_iter()
            .map(|measure| {
                vec![
                    crate::facts::capitalized(measures::name(measure)),
                    measures::meaning(measure, facts.class.many()),
                    measures::worst_to_best(measure).to_owned(),
                ]
            })
            .collect(),
    }
}
