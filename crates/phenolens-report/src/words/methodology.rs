//! The methodology: each step, why it is done so, and every parameter.

use phenolens_core::analysis::Part;
use phenolens_core::evaluation::{Measure, Protocol, Ties, Weights, n_shuffles};
use phenolens_core::neighbors::SearchMethod;
use phenolens_core::projection::MapSettings;

use super::phrases::{self, point};
use super::{field, measures, subgroups, subject_level};
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
    steps.extend(
        open_set(facts).map(|text| point(&format!("Unknown {}", facts.class.many()), text)),
    );
    steps.extend(calibration(facts).map(|text| point("Calibration", text)));
    let by_subject = format!("By {}", facts.subject.one());
    steps.extend(subject_level::method(facts).map(|text| point(&by_subject, text)));
    steps.extend(subgroups::method(facts).map(|text| point("Groups of people", text)));
    steps.extend(field::gallery_method(facts).map(|text| point("Gallery", text)));
    steps.extend(field::learning_method(facts).map(|text| point("Learning curve", text)));
    steps.extend(map(facts).map(|text| point("Map", text)));
    steps.extend(diagnosis(facts).map(|text| point("Diagnosis", text)));
    steps.extend(left_out(facts).map(|text| point("Left out", text)));
    steps.push(point("Recommendations", recommendations(facts)));
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
    let by_all_pairs = "are found exactly, by comparing all pairs".to_owned();
    let search = match facts.analysis.params.search {
        SearchMethod::Exact => by_all_pairs,
        SearchMethod::Approximate => approximate_search(facts).unwrap_or(by_all_pairs),
    };
    format!(
        "For {} distance the nearest other {} of every {} {search}, \
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

/// What an approximate search found; `None` where it was exact after all.
fn approximate_search(facts: &Facts) -> Option<String> {
    let tables = facts.analysis.neighbors.iter();
    let found: Vec<String> = tables
        .filter_map(|table| {
            let recall = table.recall()?;
            Some(format!(
                "{} of the {} nearest by {} distance (± {}, one standard error, from {} {})",
                numbers::percent(recall.value),
                numbers::count(table.n_neighbors()),
                table.distance().name(),
                numbers::percent(recall.standard_error),
                numbers::count(recall.n_sampled),
                facts.sample.many(),
            ))
        })
        .collect();
    (!found.is_empty()).then(|| {
        format!(
            "are searched approximately, as was asked, from neighbor to neighbor: the table holds {}",
            phrases::list(&found)
        )
    })
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
            Protocol::LeaveOneSubjectOut => format!(
                "Leave one {} out: each of {} {} is tested by the {} of all others. Such a part is too \
                 small to be measured by itself, so that there is no mean over folds; figures are pooled \
                 and k is chosen by them.",
                facts.subject.one(),
                numbers::count(folds),
                facts.subject.many(),
                facts.sample.many(),
            ),
            Protocol::FromFile => format!(
                "From file: the {folds} folds that were given, to repeat another program's."
            ),
        });
    }
    if params.n_repeats > 1 {
        text.say(format!(
            "Folds are drawn {} times; means and standard deviations are over all folds of all \
             repeats, pooled values are of the first. The standard deviation over the folds of one drawing \
             and that of the drawings' means are told apart.",
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
         counts as decided where its interval excludes zero and the test agrees. Beside them stand the \
         corrected resampled t-test over folds (Nadeau and Bengio 2003: training parts overlap), McNemar's \
         exact test on the first {} of every {}, and p-values adjusted for all measures (Holm). Recalls \
         by {} have Wilson intervals with the effective number of {}. Bands of curves are intervals point \
         by point, not for the whole curve at once.",
        numbers::confidence(params.confidence),
        facts.subject.many(),
        facts.class.one(),
        numbers::count(params.n_resamples),
        facts.sample.many(),
        facts.subject.one(),
        facts.subject.one(),
        numbers::count(params.n_resamples),
        facts.sample.one(),
        facts.subject.one(),
        facts.class.one(),
        facts.subject.many(),
    )
}

fn chance(facts: &Facts) -> String {
    let shuffles = match n_shuffles(facts.analysis.evaluation.samples.len()) {
        1 => "one shuffle".to_owned(),
        n => format!("mean over {n} shuffles"),
    };
    format!(
        "Beside every headline stand two levels that need no embedding: the same classifier with the \
         labels shuffled between {} ({}), and always naming the largest {} with the \
         shares of the {} as scores. Where folds split a {}, its own {} still teach its shuffled label: \
         the leak raises that chance level too.",
        facts.subject.many(),
        shuffles,
        facts.class.one(),
        facts.class.many(),
        facts.subject.one(),
        facts.sample.many(),
    )
}

fn open_set(facts: &Facts) -> Option<String> {
    let open_set = facts.analysis.open_set.as_ref()?;
    let n_samples = facts.analysis.evaluation.samples.len();
    let drawn = match open_set.n_probes < n_samples {
        true => format!(
            " {} were looked up, those of randomly drawn {}; the gallery is whole.",
            facts.sample.count(open_set.n_probes),
            facts.subject.many()
        ),
        false => String::new(),
    };
    Some(format!(
        "Each {} in turn is taken out of the gallery. Its {} are then unknown, those of the others \
         known; each is taken for the {} of its nearest {} in another fold and of another {}, and \
         accepted where that is nearer than a threshold. What is as far as the threshold is rejected. \
         The false-positive identification rate is the share of unknown ones that are accepted, the \
         false-negative one that of known ones that are rejected or taken for another {} (ISO/IEC \
         19795); OSCR is the area under the share of known ones that are accepted and named right, \
         against the share of unknown ones that are accepted (Dhamija et al. 2018). Means over {} have \
         Student's interval.{drawn}",
        facts.class.one(),
        facts.sample.many(),
        facts.class.one(),
        facts.sample.one(),
        facts.subject.one(),
        facts.class.one(),
        facts.class.many(),
    ))
}

fn calibration(facts: &Facts) -> Option<String> {
    facts.calibration()?;
    Some(format!(
        "The score of the predicted {} is compared with how often it is right, in {} bins of equal \
         width. The expected calibration error is the mean distance of the two; since chance alone \
         makes it positive, it stands beside that of perfect probabilities, from {} drawings in which \
         all {} of {} are drawn together. Isotonic calibration maps the score of each {} to a share \
         that never falls, and scales the shares to sum to 1 (Zadrozny & Elkan 2002). The maps for a \
         fold are fitted on the training {} alone, each scored without its own fold. 0 of m training \
         {} count as 1 / (m + 2), m of m as (m + 1) / (m + 2), so that no score is certain.",
        facts.class.one(),
        phenolens_core::calibration::N_BINS,
        numbers::count(phenolens_core::calibration::N_SIMULATIONS),
        facts.sample.many(),
        facts.subject.a(),
        facts.class.one(),
        facts.sample.many(),
        facts.sample.many(),
    ))
}

fn map(facts: &Facts) -> Option<String> {
    let settings = facts.analysis.projections.first()?.settings;
    Some(format!(
        "t-SNE, because it shows which {} are near each other without using their {}: perplexity {}, \
         affinities from the {} nearest neighbors, start from the first two principal components, {} \
         steps, the first {} with exaggeration {} at learning rate {}, the others at {}. One map per distance, from the \
         same neighbors that vote. A map is never shown without its quality.",
        facts.sample.many(),
        facts.class.one(),
        numbers::plain(settings.perplexity),
        numbers::count(settings.n_neighbors),
        numbers::count(settings.n_steps),
        numbers::count(settings.n_exaggerated_steps),
        numbers::plain(settings.exaggeration),
        numbers::plain(settings.learning_rate),
        numbers::plain(settings.late_learning_rate),
    ))
}

/// One number, or the two that were chosen: given as a setting, a single one holds for all steps.
fn learning_rates(settings: &MapSettings) -> String {
    let (early, late) = (settings.learning_rate, settings.late_learning_rate);
    if early == late {
        numbers::plain(early)
    } else {
        let (early, late) = (numbers::plain(early), numbers::plain(late));
        format!("auto ({early}, then {late})")
    }
}

fn diagnosis(facts: &Facts) -> Option<Text> {
    let diagnosis = facts.analysis.diagnosis.as_ref()?;
    let mut text = Text::from(format!(
        "The shape of the data is measured on the first {} of each {}, so that several of one do not \
         bend it: the intrinsic dimension by TwoNN (ratios of the two nearest distances, without the \
         largest tenth) and by maximum likelihood (10 to 20 neighbors), with the chord √(2 · cosine \
         distance) for cosine, which is a metric as cosine distance is not. Silhouettes, shared \
         neighbors and shares of voters have intervals over {}; differences of error rates have \
         Newcombe's, with the effective number of {}. Whether length tells the {} is tested by \
         shuffling {} between {}.",
        facts.sample.one(),
        facts.subject.one(),
        facts.subject.many(),
        facts.subject.many(),
        facts.class.one(),
        facts.subject.many(),
        facts.class.many(),
    ));
    if let Some(of_map) = diagnosis.clusters.first() {
        text.say(format!(
            "Clusters on the map are those of HDBSCAN by excess of mass, with at least {} each and as \
             many for the density.",
            facts.sample.count(of_map.min_size)
        ));
    }
    Some(text)
}

/// The parts that nobody asked for; nothing where all were.
fn left_out(facts: &Facts) -> Option<Text> {
    let absent = Part::ALL.into_iter().filter(|&part| !facts.examines(part));
    let names: Vec<String> = absent.map(|part| part.name().to_owned()).collect();
    (!names.is_empty()).then(|| {
        Text::from("The setting ")
            .code("analysis.parts")
            .plain(format!(
                " leaves out {}; nothing else depends on that.",
                phrases::list(&names)
            ))
    })
}

fn recommendations(facts: &Facts) -> String {
    format!(
        "Each rests on rows of the tables, which it names. A {} counts as weak where more of its {} are \
         predicted wrong than those of the others, by Fisher's exact test and by a normal test that \
         allows for other training {}, by half samples (McCarthy 1969): the greater p-value, one-sided, \
         corrected for all {} by Holm's method. A larger k is advised where the chosen k is the largest and {} gains from \
         half of it to it, by the corrected resampled t statistic over folds (Nadeau and Bengio 2003).",
        facts.class.one(),
        facts.subject.many(),
        facts.subject.many(),
        facts.class.many(),
        measures::name(facts.select_by()),
    )
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
    let (params, gallery) = (&analysis.params.evaluation, &analysis.params.gallery);
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
        ("gallery.rare_below", gallery.rare_below.to_string()),
        ("gallery.splits", gallery.n_splits.to_string()),
        ("gallery.probe_share", numbers::plain(gallery.probe_share)),
    ];
    if !facts.examines(Part::Gallery) {
        rows.retain(|(key, _)| !key.starts_with("gallery."));
    }
    if !analysis.params.metadata.is_empty() && facts.examines(Part::Groups) {
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
            ("map.learning_rate", learning_rates(&settings)),
            ("map.exaggeration", numbers::plain(settings.exaggeration)),
            (
                "map.late_exaggeration",
                numbers::plain(settings.late_exaggeration),
            ),
            ("map.affinities", settings.affinities.name().to_owned()),
            (
                "neighbors.method",
                facts.analysis.params.search.name().to_owned(),
            ),
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
