//! What is odd about the ids of the used samples.

use unicode_normalization::UnicodeNormalization;

use super::{counted, list_first};
use crate::cohort::Labelling;
use crate::dataset::Dataset;
use crate::findings::{Finding, Level, Message, Severity};

/// Ids that a message names beside the first.
const NAMED: usize = 3;

/// Empty, repeated and look-alike ids, and subjects under two classes.
///
/// The ids of a bare matrix are ours, and there is nothing to find in them.
pub(super) fn inspect(dataset: &Dataset) -> Vec<Finding> {
    if dataset.labelling() == Labelling::Bare {
        return Vec::new();
    }
    let mut findings = empty_ids(dataset);
    findings.extend(look_alikes(dataset));
    if dataset.labelling() == Labelling::Complete {
        findings.extend(subjects_in_two_classes(dataset));
    }
    findings.extend(repeated_samples(dataset));
    findings
}

/// Samples of which an id is empty or only space.
fn empty_ids(dataset: &Dataset) -> Vec<Finding> {
    let is_empty = |&row: &usize| dataset.id(row).iter().any(|id| id.trim().is_empty());
    let rows: Vec<usize> = (0..dataset.n_samples()).filter(is_empty).collect();
    list_first(
        &rows,
        |&row| {
            let levels = ["class", "subject", "sample"];
            let empty: Vec<&str> = levels
                .into_iter()
                .zip(dataset.id(row))
                .filter(|(_, id)| id.trim().is_empty())
                .map(|(level, _)| level)
                .collect();
            let message = format!(
                "The {} id of this sample is empty; it was kept as it is.",
                empty.join(" and ")
            );
            about_sample(dataset, row, "empty_id", message)
        },
        |rest| {
            format!(
                "{} more with an empty id; they were kept as they are.",
                counted(rest, "sample")
            )
        },
    )
}

/// Ids of one level that become equal when case, surrounding space and the way in which Unicode
/// writes a character are ignored.
fn look_alikes(dataset: &Dataset) -> Vec<Finding> {
    let mut sample_names: Vec<&str> = dataset.sample_names().iter().map(String::as_str).collect();
    sample_names.sort_unstable();
    sample_names.dedup();
    let mut findings = look_alikes_of(
        None,
        dataset.class_names().iter().map(String::as_str),
        Finding::of_class,
    );
    if dataset.labelling() == Labelling::Complete {
        findings.extend(look_alikes_of(
            Some(Level::Subject),
            dataset.subject_names().iter().map(String::as_str),
            Finding::of_subject,
        ));
    }
    findings.extend(look_alikes_of(
        Some(Level::Sample),
        sample_names.into_iter(),
        Finding::of_sample,
    ));
    findings
}

/// The same for one level; `None` is the class.
fn look_alikes_of<'a>(
    level: Option<Level>,
    distinct: impl Iterator<Item = &'a str>,
    about: impl Fn(Finding, &str) -> Finding,
) -> Vec<Finding> {
    let level_name = level.map_or("class", Level::name);
    let mut ids: Vec<(String, &str)> = distinct.map(|id| (folded(id), id)).collect();
    ids.sort_unstable();
    let groups: Vec<&[(String, &str)]> = ids
        .chunk_by(|one, other| one.0 == other.0)
        .filter(|group| group.len() > 1)
        .collect();
    list_first(
        &groups,
        |group| {
            let ids: Vec<&str> = group.iter().map(|(_, id)| *id).collect();
            let message = name_ids(format!("The {level_name} ids ").into(), level, &ids).words(
                " differ only by case, surrounding space or Unicode form; they were kept apart.",
            );
            about(
                Finding::new(Severity::Warning, "similar_ids", message),
                ids[0],
            )
        },
        |rest| {
            format!(
                "{} more of {level_name} ids that differ only by case, surrounding space or Unicode \
                 form; they were kept apart.",
                counted(rest, "group")
            )
        },
    )
}

/// An id without what the eye hardly sees.
///
/// Compatible forms fold together as well, such as a ligature and its letters, or a full-width digit
/// and a plain one; a second decomposition follows the lower case, which can compose anew.
fn folded(id: &str) -> String {
    let lower: String = id.nfkd().flat_map(char::to_lowercase).collect();
    lower.trim().nfkd().collect()
}

fn subjects_in_two_classes(dataset: &Dataset) -> Vec<Finding> {
    let mut pairs: Vec<(usize, usize)> = dataset
        .subjects()
        .iter()
        .copied()
        .zip(dataset.classes().iter().copied())
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    let split: Vec<&[(usize, usize)]> = pairs
        .chunk_by(|one, other| one.0 == other.0)
        .filter(|group| group.len() > 1)
        .collect();
    list_first(
        &split,
        |group| {
            let classes: Vec<&str> = group
                .iter()
                .map(|&(_, class)| dataset.class_names()[class].as_str())
                .collect();
            let message = name_ids(
                "This subject id stands under the classes ".into(),
                None,
                &classes,
            )
            .words("; it is taken for one person and kept in one fold.");
            Finding::new(Severity::Warning, "subject_in_two_classes", message)
                .of_subject(&dataset.subject_names()[group[0].0])
        },
        |rest| {
            format!(
                "{} more under two or more classes; each is taken for one person and kept in one \
                 fold.",
                counted(rest, "subject id")
            )
        },
    )
}

/// Sample ids that stand in more than one place.
fn repeated_samples(dataset: &Dataset) -> Vec<Finding> {
    let names = dataset.sample_names();
    let mut rows: Vec<usize> = (0..dataset.n_samples()).collect();
    rows.sort_by(|&one, &other| names[one].cmp(&names[other]).then(one.cmp(&other)));
    let mut repeated: Vec<&[usize]> = rows
        .chunk_by(|&one, &other| names[one] == names[other])
        .filter(|group| group.len() > 1)
        .collect();
    repeated.sort_unstable();
    list_first(
        &repeated,
        |group| {
            let [_, subject, _] = dataset.id(group[0]);
            let is_same_subject = group.iter().all(|&row| dataset.id(row)[1] == subject);
            let stands = Message::from(format!(
                "This sample id stands for {} samples, ",
                group.len()
            ));
            let placed = if is_same_subject {
                stands.words("all under this subject")
            } else {
                let mut subjects: Vec<&str> = group.iter().map(|&row| dataset.id(row)[1]).collect();
                subjects.sort_unstable();
                subjects.dedup();
                let under = stands.words("under the subjects ");
                name_ids(under, Some(Level::Subject), &subjects)
            };
            let message = placed.words("; all were kept, told apart by class, subject and order.");
            about_sample(dataset, group[0], "repeated_sample_id", message)
        },
        |rest| {
            format!(
                "{} more stand for several samples each; all were kept.",
                counted(rest, "sample id")
            )
        },
    )
}

fn about_sample(
    dataset: &Dataset,
    row: usize,
    code: &'static str,
    message: impl Into<Message>,
) -> Finding {
    let [class, subject, sample] = dataset.id(row);
    Finding::new(Severity::Warning, code, message)
        .of_class(class)
        .of_subject(subject)
        .of_sample(sample)
}

/// Adds `"a", "b" and 2 more` to a message, quoted so that space shows; ids of `None` are of classes.
fn name_ids(message: Message, level: Option<Level>, ids: &[&str]) -> Message {
    let n_named = ids.len().min(NAMED);
    let mut message = message;
    for (place, &id) in ids[..n_named].iter().enumerate() {
        let is_last = place + 1 == ids.len();
        let before = match place {
            0 => "",
            _ if is_last => " and ",
            _ => ", ",
        };
        message = message.words(before);
        message = match level {
            Some(level) => message.id(level, id),
            None => message.words(format!("{id:?}")),
        };
    }
    match ids.len() - n_named {
        0 => message,
        more => message.words(format!(" and {more} more")),
    }
}
