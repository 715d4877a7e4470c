//! Challenges that the data poses, each with what was done about it.

use phenolens_core::cohort::Labelling;
use phenolens_core::evaluation::Protocol;
use phenolens_core::findings::Severity;

use super::measures;
use super::phrases::{self, point};
use crate::document::{Block, Text};
use crate::facts::{self, Facts};
use crate::numbers;

/// Samples of the largest class over those of the smallest above which sizes are a challenge.
const UNEQUAL: f64 = 1.5;

/// Kinds of finding that a challenge of its own describes.
const DESCRIBED: [&str; 7] = [
    "near_duplicates",
    "duplicate_vectors",
    "imbalanced_classes",
    "fewer_subjects_than_folds",
    "fold_without_class",
    "norms_differ",
    "without_subjects",
];

/// The section on challenges.
pub(super) fn challenges(facts: &Facts) -> Vec<Block> {
    let mut points = Vec::new();
    points.extend(set_aside(facts));
    points.extend(unknown_subjects(facts));
    points.extend(many_samples(facts));
    points.extend(duplicates(facts));
    points.extend(imbalance(facts));
    points.extend(small_classes(facts));
    points.extend(norms(facts));
    points.extend(other_findings(facts));
    points.push(choice_of_k(facts));
    vec![Block::List(points)]
}

fn unknown_subjects(facts: &Facts) -> Option<Text> {
    if facts.analysis.dataset.labelling() != Labelling::WithoutSubjects {
        return None;
    }
    let (subject, sample) = (&facts.subject, &facts.sample);
    Some(point(
        &format!("{} that are not known", facts::capitalized(subject.many())),
        format!(
            "The data do not say which {samples} are of one {one}. Every {sample} counts as a {one} of its \
             own here: wherever figures are said to be by {one}, they are by {sample}. If some {many} have \
             several {samples}, these stand on both sides of the folds, every figure is too good, every \
             interval too narrow, and nothing in the data shows by how much.",
            samples = sample.many(),
            sample = sample.one(),
            one = subject.one(),
            many = subject.many(),
        ),
    ))
}

fn set_aside(facts: &Facts) -> Option<Text> {
    let rows = facts.analysis.rows;
    if rows.set_aside == 0 {
        return None;
    }
    let kinds: Vec<String> = facts::findings_by_code(&facts.analysis.findings)
        .iter()
        .filter(|group| group.severity == Severity::Error)
        .map(|group| format!("{} ({})", plain_code(group.code), group.findings.len()))
        .collect();
    Some(point(
        "Records that cannot be used",
        format!(
            "{} of {} could not be used: {}. {} left out and listed; the figures are of the other {}.",
            numbers::count(rows.set_aside),
            phrases::counted(rows.read, "record", "records"),
            if kinds.is_empty() {
                "see the findings".to_owned()
            } else {
                phrases::list(&kinds)
            },
            if rows.set_aside == 1 {
                "It was"
            } else {
                "They were"
            },
            numbers::count(rows.used),
        ),
    ))
}

fn many_samples(facts: &Facts) -> Option<Text> {
    let n_multi = facts.n_multi_sample_subjects();
    if n_multi == 0 {
        return None;
    }
    let (subject, sample) = (&facts.subject, &facts.sample);
    let splits = match facts.protocols().first().map(|part| part.protocol) {
        Some(Protocol::SubjectGrouped | Protocol::LeaveOneSubjectOut) => {
            format!("The headline folds keep {} whole.", subject.many())
        }
        Some(Protocol::ImageLevel) => "The headline folds of this run do split them.".to_owned(),
        _ => "Whether the given folds split them is for who made them to say.".to_owned(),
    };
    let mut text = Text::from(format!(
        "{} of {} {} more than one {}. {} of one {} resemble each other beyond their {}, so that a \
         fold that splits them tests on what it has seen. {splits}",
        numbers::count(n_multi),
        subject.count(facts.analysis.exploration.n_subjects),
        if n_multi == 1 { "has" } else { "have" },
        sample.one(),
        sample.titles(),
        subject.one(),
        facts.class.one(),
    ));
    if facts.analysis.params.evaluation.n_resamples > 0 {
        text.say(format!("Intervals resample whole {}.", subject.many()));
    }
    Some(point(
        &format!("Several {} of one {}", sample.many(), subject.one()),
        text,
    ))
}

fn duplicates(facts: &Facts) -> Option<Text> {
    let pairs = &facts.analysis.duplicates;
    let nearest = pairs.first()?;
    let params = facts.analysis.params.duplicates;
    let done = if params.merge_subjects {
        "Those that belong together counted as one in folds and resamples."
    } else {
        "They were kept and listed: whether two ids are one is for someone to say who has the source."
    };
    Some(point(
        &format!("Near-duplicates across {}", facts.subject.many()),
        format!(
            "{} of {} of different {} {} nearer than cosine distance {} (the nearest at {}). If they \
             are one {}, keeping {} whole does not keep them apart. {done}",
            super::duplicates::n_pairs(facts),
            facts.sample.many(),
            facts.subject.many(),
            if pairs.len() == 1 { "is" } else { "are" },
            numbers::plain(params.distance),
            numbers::measure(nearest.cosine),
            facts.subject.one(),
            facts.subject.many(),
        ),
    ))
}

fn imbalance(facts: &Facts) -> Option<Text> {
    let exploration = &facts.analysis.exploration;
    if exploration.imbalance_samples <= UNEQUAL {
        return None;
    }
    let class = facts.class.one();
    let alike = if measures::counts_classes_alike(facts.select_by()) {
        format!("The headline counts every {class} the same.")
    } else {
        format!("The headline does not count every {class} the same; read the macro measures too.")
    };
    Some(point(
        &format!("Unequal {}", facts.class.many()),
        format!(
            "The largest {class} has {} times the {} of the smallest. A classifier can look good by \
             doing well on the large ones only. {alike} The level of always naming the largest \
             {class} stands beside it. Votes were not reweighted.",
            numbers::fixed(exploration.imbalance_samples, 1),
            facts.sample.many(),
        ),
    ))
}

fn small_classes(facts: &Facts) -> Option<Text> {
    let (part, run) = facts.headline()?;
    if part.protocol == Protocol::LeaveOneSubjectOut {
        return None;
    }
    let n_folds = part.n_folds;
    let small: Vec<String> = facts
        .evaluated_classes(run)
        .into_iter()
        .filter(|class| class.n_subjects < n_folds)
        .map(|class| {
            format!(
                "{} ({})",
                facts.evaluated_name(class.class),
                facts.subject.count(class.n_subjects)
            )
        })
        .collect();
    if small.is_empty() {
        return None;
    }
    Some(point(
        &format!("Small {}", facts.class.many()),
        format!(
            "{} {} fewer {} than there are folds ({n_folds}), so that some folds test none of them. \
             Such a fold leaves the {} out of its mean of AUC and average precision; pooled figures \
             are not affected.",
            phrases::list(&small),
            if small.len() == 1 { "has" } else { "have" },
            facts.subject.many(),
            facts.class.one(),
        ),
    ))
}

fn norms(facts: &Facts) -> Option<Text> {
    let is_finding = |finding: &&phenolens_core::findings::Finding| finding.code == "norms_differ";
    facts.analysis.findings.iter().find(is_finding)?;
    let norms = facts.analysis.exploration.norms;
    Some(point(
        "Vectors of different lengths",
        format!(
            "Lengths run from {} to {} (mean {}, standard deviation {}). Euclidean distance takes \
             length for difference, cosine does not; both were evaluated as they are, without scaling \
             the vectors.",
            numbers::fixed(norms.min, 2),
            numbers::fixed(norms.max, 2),
            numbers::fixed(norms.mean, 2),
            numbers::fixed(norms.sd, 2),
        ),
    ))
}

/// Warnings and notes that none of the above describes, in the words of their first message.
fn other_findings(facts: &Facts) -> Vec<Text> {
    facts::findings_by_code(&facts.analysis.findings)
        .into_iter()
        .filter(|group| group.severity != Severity::Error && !DESCRIBED.contains(&group.code))
        .map(|group| {
            let code = plain_code(group.code);
            let lead = facts::capitalized(&code);
            if let [only] = group.findings.as_slice()
                && only.subject.is_none()
                && only.sample.is_none()
            {
                let class = match &only.class {
                    Some(class) => format!("{}: ", facts.name(class)),
                    None => String::new(),
                };
                return point(
                    &lead,
                    format!("{class}{}", whole_sentence(&facts.message(&only.message))),
                );
            }
            let count = phrases::counted(group.findings.len(), "finding", "findings");
            let mut text = point(&lead, format!("{count}."));
            text.say(
                Text::from("What was found and done stands in ")
                    .table("findings")
                    .plain(" and in ")
                    .code("tables/findings.csv")
                    .plain("."),
            );
            text
        })
        .collect()
}

fn choice_of_k(facts: &Facts) -> Text {
    point(
        "One k for all",
        format!(
            "The k that is best on the folds is also scored on them, which can flatter it. The number \
             of candidates is small ({}), the whole sweep is shown, the range of k that does as well is \
             stated, and the same folds are measured with k chosen inside every training part.",
            facts.analysis.params.evaluation.k_max
        ),
    )
}

/// A message with a full stop at its end.
fn whole_sentence(message: &str) -> String {
    match message.ends_with(['.', '?', '!']) {
        true => message.to_owned(),
        false => format!("{message}."),
    }
}

/// A code in snake_case as words.
fn plain_code(code: &str) -> String {
    code.replace('_', " ")
}
