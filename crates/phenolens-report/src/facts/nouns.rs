//! Words of the user's with their plurals and articles.

use crate::numbers;

/// A noun that users choose, such as `syndrome` or `patient`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Noun {
    one: String,
    many: String,
}

/// Plurals that no rule gives.
const IRREGULAR: [(&str, &str); 10] = [
    ("child", "children"),
    ("person", "people"),
    ("man", "men"),
    ("woman", "women"),
    ("mouse", "mice"),
    ("foot", "feet"),
    ("species", "species"),
    ("series", "series"),
    ("phenomenon", "phenomena"),
    ("taxon", "taxa"),
];

impl Noun {
    /// The noun of that singular.
    pub(crate) fn new(one: &str) -> Noun {
        Noun {
            one: one.to_owned(),
            many: plural(one),
        }
    }

    /// The singular: `image`.
    pub(crate) fn one(&self) -> &str {
        &self.one
    }

    /// The plural: `images`.
    pub(crate) fn many(&self) -> &str {
        &self.many
    }

    /// The singular with its article: `an image`.
    pub(crate) fn a(&self) -> String {
        let lower = self.one.to_lowercase();
        let sounds_open = match lower.as_str() {
            // A silent h; a u that sounds as "you"; an o that sounds as "won".
            word if word.starts_with("hour") || word.starts_with("heir") => true,
            word if ["uni", "use", "eu", "one"]
                .iter()
                .any(|s| word.starts_with(s)) =>
            {
                false
            }
            word => word.starts_with(['a', 'e', 'i', 'o', 'u']),
        };
        let article = if sounds_open { "an" } else { "a" };
        format!("{article} {}", self.one)
    }

    /// Singular or plural as `count` asks: `image`, `images`.
    pub(crate) fn of(&self, count: usize) -> &str {
        if count == 1 { &self.one } else { &self.many }
    }

    /// The count with the noun: `1 image`, `1,116 images`.
    pub(crate) fn count(&self, count: usize) -> String {
        format!("{} {}", numbers::count(count), self.of(count))
    }

    /// The singular with a capital: `Image`.
    pub(crate) fn title(&self) -> String {
        capitalized(&self.one)
    }

    /// The plural with a capital: `Images`.
    pub(crate) fn titles(&self) -> String {
        capitalized(&self.many)
    }
}

/// A text with its first letter as a capital.
pub(crate) fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// The plural of an English noun; of several words the last one changes.
fn plural(one: &str) -> String {
    let (before, last) = match one.rfind(' ') {
        Some(space) => one.split_at(space + 1),
        None => ("", one),
    };
    if let Some((_, many)) = IRREGULAR.iter().find(|(word, _)| *word == last) {
        return format!("{before}{many}");
    }
    let ends_with = |endings: &[&str]| endings.iter().any(|ending| last.ends_with(ending));
    let many = if ends_with(&["sis"]) {
        format!("{}es", &last[..last.len() - 2])
    } else if ends_with(&["s", "x", "z", "ch", "sh"]) {
        format!("{last}es")
    } else if ends_with(&["y"]) && !ends_with(&["ay", "ey", "oy", "uy"]) {
        format!("{}ies", &last[..last.len() - 1])
    } else {
        format!("{last}s")
    };
    format!("{before}{many}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_and_articles() {
        for (one, a, many) in [
            ("image", "an image", "images"),
            ("syndrome", "a syndrome", "syndromes"),
            ("class", "a class", "classes"),
            ("person", "a person", "people"),
            ("study", "a study", "studies"),
            ("assay", "an assay", "assays"),
            ("diagnosis", "a diagnosis", "diagnoses"),
            ("unit", "a unit", "units"),
            ("mouse", "a mouse", "mice"),
            ("cell line", "a cell line", "cell lines"),
            ("biopsy", "a biopsy", "biopsies"),
            ("species", "a species", "species"),
        ] {
            let noun = Noun::new(one);
            assert_eq!((noun.a().as_str(), noun.many()), (a, many));
        }
    }

    #[test]
    fn counts_agree_in_number() {
        let noun = Noun::new("image");
        assert_eq!(noun.count(0), "0 images");
        assert_eq!(noun.count(1), "1 image");
        assert_eq!(noun.count(1116), "1,116 images");
        assert_eq!(noun.titles(), "Images");
    }
}
