//! A document as one HTML file that needs nothing else: styles and figures stand inside.

mod base64;
#[cfg(test)]
mod tests;

use crate::document::{Align, Block, Document, Figure, Numbering, Section, Span, Table, Text};
use crate::escape::html;
use crate::figures::{REGULAR, SEMIBOLD};

/// The styles: readable in light and dark, on paper without navigation.
const STYLE: &str = include_str!("html/style.css");

/// Renders `report.html`.
pub(crate) fn render(document: &Document) -> String {
    let numbering = document.numbering();
    let mut out = String::new();
    let title = html(&document.title);
    out.push_str("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.push_str("<meta name=\"color-scheme\" content=\"light dark\">\n");
    // The file asks nothing of any network, and a browser holds it to that.
    out.push_str(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; font-src data:; img-src data:\">\n",
    );
    out.push_str(&format!("<title>{title}</title>\n<style>\n"));
    push_fonts(&mut out);
    out.push_str(&format!("{STYLE}</style>\n"));
    out.push_str("</head>\n<body>\n");
    push_contents(&mut out, document);
    out.push_str(&format!(
        "<main>\n<header>\n<h1>{title}</h1>\n<p class=\"subtitle\">{}</p>\n</header>\n",
        html(&document.subtitle)
    ));
    for section in &document.sections {
        push_section(&mut out, section, &numbering);
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

/// The font of the figures, so that their text has the same width everywhere.
fn push_fonts(out: &mut String) {
    for (weight, font) in [(400, REGULAR), (600, SEMIBOLD)] {
        out.push_str(&format!(
            "@font-face {{ font-family: Inter; font-weight: {weight}; \
             src: url(data:font/ttf;base64,"
        ));
        base64::push(out, font);
        out.push_str(") format(\"truetype\"); }\n");
    }
}

fn push_contents(out: &mut String, document: &Document) {
    out.push_str("<nav aria-label=\"Contents\">\n<ol>\n");
    for section in &document.sections {
        out.push_str(&format!(
            "<li><a href=\"#{}\">{}</a></li>\n",
            html(section.id),
            html(&section.heading)
        ));
    }
    out.push_str("</ol>\n</nav>\n");
}

fn push_section(out: &mut String, section: &Section, numbering: &Numbering) {
    let (id, heading) = (html(section.id), html(&section.heading));
    out.push_str(&format!("<section id=\"{id}\">\n<h2>{heading}</h2>\n"));
    for block in &section.blocks {
        push_block(out, block, numbering);
    }
    out.push_str("</section>\n");
}

fn push_block(out: &mut String, block: &Block, numbering: &Numbering) {
    match block {
        Block::Heading(heading) => out.push_str(&format!("<h3>{}</h3>\n", html(heading))),
        Block::Paragraph(text) => out.push_str(&format!("<p>{}</p>\n", line(text, numbering))),
        Block::List(items) => push_items(out, "ul", items, numbering),
        Block::Steps(items) => push_items(out, "ol", items, numbering),
        Block::Table(table) => push_table(out, table, numbering),
        Block::Figure(figure) => push_figure(out, figure, numbering),
        Block::Code(code) => {
            out.push_str(&format!(
                "<pre><code>{}</code></pre>\n",
                html(code.trim_end())
            ));
        }
    }
}

fn push_items(out: &mut String, element: &str, items: &[Text], numbering: &Numbering) {
    out.push_str(&format!("<{element}>\n"));
    for item in items {
        out.push_str(&format!("<li>{}</li>\n", line(item, numbering)));
    }
    out.push_str(&format!("</{element}>\n"));
}

fn push_table(out: &mut String, table: &Table, numbering: &Numbering) {
    let key = html(table.key);
    // The caption stands outside, so that it stays in sight where a wide table is scrolled.
    out.push_str(&format!(
        "<div class=\"table\" id=\"table-{key}\">\n<p class=\"caption\" id=\"caption-{key}\">\
         <b>{}.</b> {}</p>\n<div class=\"scroll\">\n",
        numbering.table(table.key),
        line(&table.caption, numbering)
    ));
    out.push_str(&format!(
        "<table aria-labelledby=\"caption-{key}\">\n<thead><tr>"
    ));
    let class = |align| match align {
        Align::Left => "",
        Align::Right => " class=\"n\"",
    };
    for column in &table.columns {
        let class = class(column.align);
        out.push_str(&format!(
            "<th scope=\"col\"{class}>{}</th>",
            html(&column.heading)
        ));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        out.push_str("<tr>");
        for (column, cell) in table.columns.iter().zip(row) {
            out.push_str(&format!("<td{}>{}</td>", class(column.align), html(cell)));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n</div>\n");
}

fn push_figure(out: &mut String, figure: &Figure, numbering: &Numbering) {
    let name = html(&figure.name);
    let number = numbering.figure(&figure.name);
    out.push_str(&format!(
        "<figure id=\"figure-{name}\">\n{}\n<figcaption><b>{number}.</b> {}</figcaption>\n</figure>\n",
        figure.svg.trim_end(),
        html(&figure.caption)
    ));
}

fn line(text: &Text, numbering: &Numbering) -> String {
    text.0
        .iter()
        .map(|span| {
            let words = html(&numbering.resolve(span));
            match span {
                Span::Plain(_) => kept_together(&words),
                Span::Strong(_) => format!("<strong>{}</strong>", kept_together(&words)),
                Span::Code(_) => format!("<code>{words}</code>"),
                Span::TableNumber(key) => format!("<a href=\"#table-{}\">{words}</a>", html(key)),
            }
        })
        .collect()
}

/// The same with "k = 14" and the like on one line.
fn kept_together(words: &str) -> String {
    words.replace(" = ", "\u{a0}=\u{a0}")
}
