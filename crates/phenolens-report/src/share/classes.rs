//! How large the classes are, as far as that may be known.

use std::collections::BTreeMap;

use super::sheet::Sheet;
use super::{MASKED, MIN_SHOWN, ShareError, mask};

/// Every class of the data.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Classes {
    /// In the order of the table.
    classes: Vec<Class>,
    places: BTreeMap<String, usize>,
}

/// A class.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Class {
    name: String,
    n_subjects: usize,
    n_samples: usize,
    /// Whether nothing is told of it but that it exists.
    is_masked: bool,
}

impl Classes {
    /// Reads `classes.csv` and decides which classes are masked.
    ///
    /// # Errors
    /// If all classes together are too few.
    pub(super) fn read(sheet: &Sheet) -> Result<Classes, ShareError> {
        let mut classes = Vec::new();
        let mut places = BTreeMap::new();
        for row in sheet.rows() {
            let name = row.text("class")?.to_owned();
            places.insert(name.clone(), classes.len());
            classes.push(Class {
                name,
                n_subjects: row.count("n_subjects")?,
                n_samples: row.count("n_samples")?,
                is_masked: false,
            });
        }
        let counts: Vec<usize> = classes.iter().map(|class| class.n_subjects).collect();
        if counts.iter().sum::<usize>() < MIN_SHOWN {
            return Err(ShareError::TooFew);
        }
        // Where no part can be shown safely, none is; the total is not told either.
        let masked = mask::masked(&counts).unwrap_or_else(|| vec![true; counts.len()]);
        for (class, is_masked) in classes.iter_mut().zip(masked) {
            class.is_masked = is_masked;
        }
        Ok(Classes { classes, places })
    }

    /// How many subjects there are.
    pub(super) fn n_subjects(&self) -> usize {
        self.classes.iter().map(|class| class.n_subjects).sum()
    }

    /// How many samples a class has; `None` where that is masked, or there is no such class.
    pub(super) fn n_samples(&self, class: &str) -> Option<usize> {
        let class = &self.classes[*self.places.get(class)?];
        (!class.is_masked).then_some(class.n_samples)
    }

    /// The table to share.
    pub(super) fn table(&self) -> Sheet {
        let mut sheet = Sheet::new("classes", &["class", "n_subjects", "n_samples"]);
        for class in &self.classes {
            let counts = [class.n_subjects, class.n_samples];
            let [subjects, samples] = counts.map(|count| match class.is_masked {
                true => MASKED.to_owned(),
                false => count.to_string(),
            });
            sheet.rows.push(vec![class.name.clone(), subjects, samples]);
        }
        sheet
    }
}
