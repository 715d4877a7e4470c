/// What is known of samples besides their class: a text each, or nothing.
///
/// Invariant: every value is an index into `names`, which is sorted and unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    name: String,
    names: Vec<String>,
    values: Vec<Option<usize>>,
}

impl Variable {
    /// A variable from the text of every sample; `None` where it is unknown.
    pub fn new(name: String, texts: &[Option<&str>]) -> Variable {
        let mut names: Vec<&str> = texts.iter().copied().flatten().collect();
        names.sort_unstable();
        names.dedup();
        let index = |text: &str| names.partition_point(|&other| other < text);
        Variable {
            name,
            values: texts.iter().map(|text| text.map(index)).collect(),
            names: names.into_iter().map(str::to_owned).collect(),
        }
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its distinct texts, sorted.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The value of every sample, shape `(n_samples,)`, as an index into [`Variable::names`]; `None`
    /// where it is unknown.
    pub fn values(&self) -> &[Option<usize>] {
        &self.values
    }
}
