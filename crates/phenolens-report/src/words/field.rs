//! The protocols of the field: gallery and probes, and few training subjects.

mod gallery;
mod learning;
#[cfg(test)]
mod tests;

pub(super) use gallery::{method as gallery_method, table as gallery_table};
pub(super) use learning::{method as learning_method, recommendation, table as learning_table};

use super::Figures;
use crate::document::Block;
use crate::facts::Facts;

/// The section; nothing where neither was examined.
pub(super) fn blocks(facts: &Facts, figures: &mut Figures) -> Vec<Block> {
    let mut blocks = Vec::new();
    if let Some(identification) = &facts.analysis.identification {
        blocks.push(Block::Heading("A gallery and probes".to_owned()));
        blocks.extend(gallery::blocks(facts, identification));
    }
    if let Some(few_shot) = &facts.analysis.few_shot {
        let heading = format!("How many {} it takes", facts.subject.many());
        blocks.push(Block::Heading(heading));
        blocks.extend(learning::blocks(facts, few_shot, figures));
    }
    blocks
}

/// What these protocols do not say.
pub(super) fn limits(facts: &Facts) -> Vec<String> {
    let (class, subject) = (&facts.class, &facts.subject);
    let mut limits = Vec::new();
    if facts
        .analysis
        .identification
        .as_ref()
        .is_some_and(|of| !of.rows.is_empty())
    {
        let file = format!(
            "A gallery that is part of this file is not one of another size: a {} among more {} is found \
             less often.",
            class.one(),
            class.many()
        );
        let intervals = match facts.analysis.params.evaluation.n_resamples {
            0 => String::new(),
            _ => format!(
                " Intervals of {} with few {} among the probes are too narrow, those of a single one have \
                 no width.",
                class.many(),
                subject.many()
            ),
        };
        limits.push(format!("{file}{intervals}"));
    }
    if facts
        .analysis
        .few_shot
        .as_ref()
        .is_some_and(|of| !of.curves.is_empty())
    {
        limits.push(format!(
            "A learning curve ends where this file does; what more {} than it has would give is not \
             measured.",
            subject.many()
        ));
    }
    limits
}
