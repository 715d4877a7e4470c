//! A report as a value: sections of blocks of text, written once and rendered to several formats.

use std::collections::BTreeMap;

/// A report.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Document {
    /// What stands at the top.
    pub(crate) title: String,
    /// One line below it.
    pub(crate) subtitle: String,
    /// Its parts, in order.
    pub(crate) sections: Vec<Section>,
}

/// A part of a report under a heading.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Section {
    /// Its anchor: lower case, unique in the report.
    pub(crate) id: &'static str,
    /// Its heading.
    pub(crate) heading: String,
    /// What it holds, in order.
    pub(crate) blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Block {
    /// A heading inside the section.
    Heading(String),
    /// Sentences.
    Paragraph(Text),
    /// Points, in no order.
    List(Vec<Text>),
    /// Points, in their order.
    Steps(Vec<Text>),
    /// Rows and columns.
    Table(Table),
    /// A picture.
    Figure(Figure),
    /// Lines to type or to keep as they are.
    Code(String),
}

/// Text with a little markup; what it says is plain and is escaped by whoever renders it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Text(pub(crate) Vec<Span>);

/// A piece of text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Span {
    /// As it is.
    Plain(String),
    /// Emphasized.
    Strong(String),
    /// A setting, a file or a command.
    Code(String),
    /// "Table 3": the number of the table with that key.
    TableNumber(&'static str),
}

/// Rows and columns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Table {
    /// What text refers to it by; unique in the report.
    pub(crate) key: &'static str,
    /// What it shows, and how to read it.
    pub(crate) caption: Text,
    /// The headings, with how their cells are set.
    pub(crate) columns: Vec<Column>,
    /// The cells, each row as long as `columns`.
    pub(crate) rows: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// Its heading.
    pub(crate) heading: String,
    /// How its cells are set.
    pub(crate) align: Align,
}

/// How the cells of a column are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Figure {
    /// Its file in `figures/`, without the ending; text refers to it by that.
    pub(crate) name: String,
    /// What it shows, and how to read it.
    pub(crate) caption: String,
    /// The picture itself.
    pub(crate) svg: String,
}

/// The numbers of tables and figures, in the order in which they appear, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Numbering {
    tables: BTreeMap<&'static str, usize>,
    figures: BTreeMap<String, usize>,
}

impl Document {
    /// Every block, in order.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.sections.iter().flat_map(|section| &section.blocks)
    }

    /// Numbers the tables and the figures.
    pub(crate) fn numbering(&self) -> Numbering {
        let mut numbering = Numbering::default();
        for block in self.blocks() {
            match block {
                Block::Table(table) => {
                    let number = numbering.tables.len() + 1;
                    numbering.tables.insert(table.key, number);
                }
                Block::Figure(figure) => {
                    let number = numbering.figures.len() + 1;
                    numbering.figures.insert(figure.name.clone(), number);
                }
                _ => {}
            }
        }
        numbering
    }
}

impl Numbering {
    /// Numbers tables that stand by themselves.
    pub(crate) fn of_tables(tables: &[Table]) -> Numbering {
        let keys = tables.iter().map(|table| table.key);
        Numbering {
            tables: keys.zip(1..).collect(),
            figures: BTreeMap::new(),
        }
    }

    /// What a table is called in the text: `Table 3`.
    pub(crate) fn table(&self, key: &str) -> String {
        match self.tables.get(key) {
            Some(number) => format!("Table {number}"),
            None => "the tables".to_owned(),
        }
    }

    /// What a figure is called in the text: `Figure 2`.
    pub(crate) fn figure(&self, name: &str) -> String {
        match self.figures.get(name) {
            Some(number) => format!("Figure {number}"),
            None => "the figures".to_owned(),
        }
    }

    /// The words of a span that refers to a table or figure, or its text as it is.
    pub(crate) fn resolve(&self, span: &Span) -> String {
        match span {
            Span::Plain(text) | Span::Strong(text) | Span::Code(text) => text.clone(),
            Span::TableNumber(key) => self.table(key),
        }
    }
}

impl Text {
    /// Adds plain text.
    pub(crate) fn plain(mut self, text: impl Into<String>) -> Text {
        self.0.push(Span::Plain(text.into()));
        self
    }

    /// Adds emphasized text.
    pub(crate) fn strong(mut self, text: impl Into<String>) -> Text {
        self.0.push(Span::Strong(text.into()));
        self
    }

    /// Adds a setting, a file or a command.
    pub(crate) fn code(mut self, text: impl Into<String>) -> Text {
        self.0.push(Span::Code(text.into()));
        self
    }

    /// Adds the number of a table.
    pub(crate) fn table(mut self, key: &'static str) -> Text {
        self.0.push(Span::TableNumber(key));
        self
    }

    /// Adds a sentence, with a space before it where there is text already.
    pub(crate) fn say(&mut self, sentence: impl Into<Text>) {
        if !self.0.is_empty() {
            self.0.push(Span::Plain(" ".to_owned()));
        }
        self.0.extend(sentence.into().0);
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text(vec![Span::Plain(text)])
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text::from(text.to_owned())
    }
}

impl From<Text> for Block {
    fn from(text: Text) -> Block {
        Block::Paragraph(text)
    }
}

impl Column {
    /// A column of words.
    pub(crate) fn left(heading: impl Into<String>) -> Column {
        Column {
            heading: heading.into(),
            align: Align::Left,
        }
    }

    /// A column of numbers.
    pub(crate) fn right(heading: impl Into<String>) -> Column {
        Column {
            heading: heading.into(),
            align: Align::Right,
        }
    }
}
