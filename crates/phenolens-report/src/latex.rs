//! Tables as LaTeX, with the rules of the package booktabs.

use crate::document::{Align, Numbering, Span, Table, Text};
use crate::escape::latex;

/// What stands at the top of `tables.tex`.
const PREAMBLE: &str = "% Tables of a phenolens report. Needs \\usepackage{booktabs}, \
                        \\usepackage[T1]{fontenc} and UTF-8.\n";

/// Renders `tables.tex`: each table as a float with its caption and label.
pub(crate) fn tables(tables: &[Table]) -> String {
    let numbering = Numbering::of_tables(tables);
    let mut out = PREAMBLE.to_owned();
    for table in tables {
        out.push('\n');
        push_table(&mut out, table, &numbering);
    }
    out
}

fn push_table(out: &mut String, table: &Table, numbering: &Numbering) {
    let alignment: String = table
        .columns
        .iter()
        .map(|column| match column.align {
            Align::Left => 'l',
            Align::Right => 'r',
        })
        .collect();
    out.push_str("\\begin{table}\n\\centering\n\\small\n");
    out.push_str(&format!(
        "\\caption{{{}}}\n",
        line(&table.caption, numbering)
    ));
    out.push_str(&format!("\\label{{tab:{}}}\n", table.key));
    out.push_str(&format!("\\begin{{tabular}}{{{alignment}}}\n\\toprule\n"));
    let headings: Vec<String> = table
        .columns
        .iter()
        .map(|column| latex(&column.heading))
        .collect();
    out.push_str(&format!("{} \\\\\n\\midrule\n", headings.join(" & ")));
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(|cell| latex(cell)).collect();
        out.push_str(&format!("{} \\\\\n", cells.join(" & ")));
    }
    out.push_str("\\bottomrule\n\\end{tabular}\n\\end{table}\n");
}

fn line(text: &Text, numbering: &Numbering) -> String {
    text.0
        .iter()
        .map(|span| match span {
            Span::Strong(text) => format!("\\textbf{{{}}}", latex(text)),
            Span::Code(text) => format!("\\texttt{{{}}}", latex(text)),
            other => latex(&numbering.resolve(other)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Column;

    #[test]
    fn table_by_hand() {
        let table = Table {
            key: "pairs",
            caption: Text::from("100% of a_b")
                .strong("x")
                .code("y_z")
                .table("pairs"),
            columns: vec![Column::left("Class"), Column::right("F1 [95%]")],
            rows: vec![vec!["a & b".to_owned(), "−0.5".to_owned()]],
        };
        let expected = "
\\begin{table}
\\centering
\\small
\\caption{100\\% of a\\_b\\textbf{x}\\texttt{y\\_z}Table 1}
\\label{tab:pairs}
\\begin{tabular}{lr}
\\toprule
Class & F1 {[}95\\%{]} \\\\
\\midrule
a \\& b & $-$0.5 \\\\
\\bottomrule
\\end{tabular}
\\end{table}
";
        assert_eq!(tables(&[table]), format!("{PREAMBLE}{expected}"));
    }
}
