//! A table in Markdown.

/// Rows of cells under a header.
pub(super) struct Table {
    lines: Vec<String>,
}

impl Table {
    /// A table without rows; all columns but the first hold numbers.
    pub(super) fn new(header: &[&str]) -> Table {
        let rules = header.iter().enumerate().map(|(place, _)| match place {
            0 => "---",
            _ => "---:",
        });
        let rules: Vec<&str> = rules.collect();
        Table {
            lines: vec![line(header), line(&rules)],
        }
    }

    pub(super) fn row(&mut self, cells: &[String]) {
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        self.lines.push(line(&cells));
    }

    pub(super) fn text(&self) -> String {
        format!("{}\n", self.lines.join("\n"))
    }
}

fn line(cells: &[&str]) -> String {
    format!("| {} |", cells.join(" | "))
}

/// Seconds with three digits that mean something.
pub(super) fn seconds(seconds: f64) -> String {
    significant(seconds)
}

/// How many times as long: `1` for us.
pub(super) fn ratio(theirs: f64, ours: f64) -> String {
    significant(theirs / ours)
}

/// Memory in MiB.
pub(super) fn memory(bytes: Option<f64>) -> String {
    bytes.map_or(String::new(), |bytes| {
        format!("{:.0} MiB", bytes / 1048576.0)
    })
}

/// A figure with some decimals, where there is one.
pub(super) fn figure(figure: Option<f64>, n_decimals: usize) -> String {
    figure.map_or(String::new(), |figure| format!("{figure:.n_decimals$}"))
}

/// Three significant digits, all digits in front of the decimal mark.
pub(super) fn significant(number: f64) -> String {
    match number.abs() {
        size if size < 0.1 => format!("{number:.4}"),
        size if size < 1.0 => format!("{number:.3}"),
        size if size < 10.0 => format!("{number:.2}"),
        size if size < 100.0 => format!("{number:.1}"),
        _ => format!("{number:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_markdown() {
        let mut table = Table::new(&["what", "seconds"]);
        table.row(&["a".to_owned(), seconds(0.25)]);
        assert_eq!(
            table.text(),
            "| what | seconds |\n| --- | ---: |\n| a | 0.250 |\n"
        );
    }

    #[test]
    fn digits_are_those_that_mean_something() {
        let numbers = [0.01234, 0.1234, 1.234, 12.34, 1234.5];
        let texts = numbers.map(significant);
        assert_eq!(texts, ["0.0123", "0.123", "1.23", "12.3", "1234"]);
        assert_eq!(memory(Some(3.0 * 1048576.0)), "3 MiB");
        assert_eq!(memory(None), "");
    }
}
