//! How to get the same report again.

use crate::document::{Block, Text};
use crate::facts::Facts;
use crate::numbers;

/// The section on reproduction.
pub(super) fn reproduce(facts: &Facts) -> Vec<Block> {
    let context = facts.context;
    let mut inputs = vec![input(
        &context.source_name,
        context.source_bytes,
        &context.source_sha256,
    )];
    for other in &context.other_inputs {
        inputs.push(input(&other.name, other.bytes, &other.sha256));
    }
    inputs.push(
        Text::from("Content digest, the same for the same data in any format: ")
            .code(&context.content_digest)
            .plain("."),
    );
    let intro = Text::from(format!("With phenolens {} and the ", context.version))
        .code("phenolens.toml")
        .plain(" beside this report, this command gives the same files, all but ")
        .code("run.json")
        .plain(":");
    vec![
        intro.into(),
        Block::Code(context.command.clone()),
        Block::List(inputs),
        Block::Paragraph("The settings, as they were used:".into()),
        Block::Code(context.settings.clone()),
    ]
}

fn input(name: &str, bytes: u64, sha256: &str) -> Text {
    Text::default()
        .code(name)
        .plain(format!(", {}, SHA-256 ", numbers::bytes(bytes)))
        .code(sha256)
        .plain(".")
}
