//! A document as Markdown with pipe tables, for reading, diffing and printing.

use crate::document::{Align, Block, Document, Numbering, Span, Table, Text};
use crate::escape::{markdown, markdown_code};

/// Renders `report.md`; figures are the files beside it, with `extension`.
pub(crate) fn render(document: &Document, extension: &str) -> String {
    let numbering = document.numbering();
    let mut out = format!(
        "# {}\n\n{}\n",
        markdown(&document.title),
        markdown(&document.subtitle)
    );
    for section in &document.sections {
        out.push_str(&format!("\n## {}\n", markdown(&section.heading)));
        for block in &section.blocks {
            out.push('\n');
            push_block(&mut out, block, &numbering, extension);
        }
    }
    out
}

/// Renders `tables.md`: tables by themselves.
pub(crate) fn tables(tables: &[Table]) -> String {
    let numbering = Numbering::of_tables(tables);
    let rendered: Vec<String> = tables
        .iter()
        .map(|shown| table(shown, &numbering))
        .collect();
    rendered.join("\n")
}

/// Renders one table with its caption above it.
fn table(table: &Table, numbering: &Numbering) -> String {
    let mut out = format!(
        "**{}.** {}\n\n",
        numbering.table(table.key),
        line(&table.caption, numbering)
    );
    let mut row = |cells: &mut dyn Iterator<Item = String>| {
        out.push('|');
        for cell in cells {
            out.push(' ');
            out.push_str(&cell);
            out.push_str(" |");
        }
        out.push('\n');
    };
    row(&mut table.columns.iter().map(|column| markdown(&column.heading)));
    row(&mut table.columns.iter().map(|column| {
        match column.align {
            Align::Left => "---",
            Align::Right => "---:",
        }
        .to_owned()
    }));
    for cells in &table.rows {
        row(&mut cells.iter().map(|cell| markdown(cell)));
    }
    out
}

fn push_block(out: &mut String, block: &Block, numbering: &Numbering, extension: &str) {
    match block {
        Block::Heading(heading) => out.push_str(&format!("### {}\n", markdown(heading))),
        Block::Paragraph(text) => {
            out.push_str(&line(text, numbering));
            out.push('\n');
        }
        Block::List(items) => {
            for item in items {
                out.push_str(&format!("- {}\n", line(item, numbering)));
            }
        }
        Block::Steps(items) => {
            for (index, item) in items.iter().enumerate() {
                out.push_str(&format!("{}. {}\n", index + 1, line(item, numbering)));
            }
        }
        Block::Table(shown) => out.push_str(&table(shown, numbering)),
        Block::Figure(figure) => {
            let number = numbering.figure(&figure.name);
            let caption = markdown(&figure.caption);
            let name = &figure.name;
            out.push_str(&format!(
                "![{number}](figures/{name}.{extension})\n\n**{number}.** {caption}\n"
            ));
        }
        Block::Code(code) => {
            // A fence longer than any run of backticks inside cannot be closed by the text.
            let fence = "`".repeat(longest_run_of_backticks(code).max(2) + 1);
            out.push_str(&format!("{fence}text\n{}\n{fence}\n", code.trim_end()));
        }
    }
}

fn line(text: &Text, numbering: &Numbering) -> String {
    text.0
        .iter()
        .map(|span| match span {
            Span::Strong(text) => format!("**{}**", markdown(text)),
            Span::Code(text) => markdown_code(text),
            other => markdown(&numbering.resolve(other)),
        })
        .collect()
}

fn longest_run_of_backticks(text: &str) -> usize {
    text.split(|letter| letter != '`')
        .map(str::len)
        .max()
        .unwrap_or(0)
}
