//! The scores of samples over all classes, most of them 0.

use core::ops::Index;

/// Scores of samples over classes, of which only those above 0 are kept: the k neighbors of a sample
/// vote for k classes at most.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    n_classes: usize,
    /// Where the scores of each sample end, shape `(n_samples,)`.
    ends: Vec<usize>,
    /// Of each score its class, rising within a sample.
    classes: Vec<u32>,
    /// Same shape, none of them 0.
    values: Vec<f64>,
}

/// The scores of one sample; those of classes are read as of a slice of shape `(n_classes,)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SampleScores<'a> {
    n_classes: usize,
    classes: &'a [u32],
    values: &'a [f64],
}

impl Scores {
    /// Of no sample yet.
    pub fn new(n_classes: usize) -> Scores {
        Scores {
            n_classes,
            ends: Vec::new(),
            classes: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Those of a table.
    ///
    /// * `rows`: row-major, shape `(n_samples, n_classes)`.
    pub fn from_rows(n_classes: usize, rows: &[f64]) -> Scores {
        let mut scores = Scores::new(n_classes);
        for row in rows.chunks(n_classes) {
            scores.push(row.iter().copied().enumerate());
        }
        scores
    }

    /// Adds a sample.
    ///
    /// * `of_sample`: classes, rising, each with its score; those that are left out have 0.
    pub fn push(&mut self, of_sample: impl IntoIterator<Item = (usize, f64)>) {
        for (class, score) in of_sample {
            if score != 0.0 {
                let class = u32::try_from(class).expect("fewer classes than samples");
                self.classes.push(class);
                self.values.push(score);
            }
        }
        self.ends.push(self.values.len());
    }

    /// Adds the samples of others over the same classes.
    pub fn extend<'a>(&mut self, samples: impl IntoIterator<Item = SampleScores<'a>>) {
        for sample in samples {
            self.push(sample.above_zero());
        }
    }

    /// Number of samples.
    pub fn n_samples(&self) -> usize {
        self.ends.len()
    }

    /// The scores of one sample.
    pub fn of(&self, sample: usize) -> SampleScores<'_> {
        let start = match sample {
            0 => 0,
            _ => self.ends[sample - 1],
        };
        let range = start..self.ends[sample];
        SampleScores {
            n_classes: self.n_classes,
            classes: &self.classes[range.clone()],
            values: &self.values[range],
        }
    }

    /// The scores of every sample.
    pub fn iter(&self) -> impl Iterator<Item = SampleScores<'_>> {
        (0..self.n_samples()).map(|sample| self.of(sample))
    }
}

impl<'a> SampleScores<'a> {
    /// The classes with a score above 0, rising, each with its score.
    pub fn above_zero(self) -> impl Iterator<Item = (usize, f64)> + 'a {
        let classes = self.classes.iter().map(|&class| class as usize);
        classes.zip(self.values.iter().copied())
    }

    /// The scores of all classes in their order.
    pub fn iter(self) -> impl Iterator<Item = f64> + 'a {
        let mut place = 0;
        (0..self.n_classes).map(move |class| match self.classes.get(place) {
            Some(&next) if next as usize == class => {
                place += 1;
                self.values[place - 1]
            }
            _ => 0.0,
        })
    }
}

impl Index<usize> for SampleScores<'_> {
    type Output = f64;

    fn index(&self, class: usize) -> &f64 {
        assert!(class < self.n_classes, "a class of the votes");
        let place = self.classes.iter().position(|&of| of as usize == class);
        place.map_or(&0.0, |place| &self.values[place])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_those_of_the_table() {
        let rows = [[0.0, 0.25, 0.75], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]];
        let scores = Scores::from_rows(3, &rows.concat());
        assert_eq!(scores.n_samples(), 3);
        for (row, found) in rows.iter().zip(scores.iter()) {
            assert_eq!(found.iter().collect::<Vec<_>>(), row);
            let by_class: Vec<f64> = (0..3).map(|class| found[class]).collect();
            assert_eq!(by_class, row);
        }
        let above: Vec<_> = scores.of(0).above_zero().collect();
        assert_eq!(above, [(1, 0.25), (2, 0.75)]);

        let mut other = Scores::new(3);
        other.extend([scores.of(0), scores.of(1)]);
        other.push([]);
        assert_eq!(other, scores);
    }

    #[test]
    #[should_panic(expected = "a class of the votes")]
    fn a_class_beyond_the_last_has_no_score() {
        let scores = Scores::from_rows(2, &[0.5, 0.5]);
        let _ = scores.of(0)[2];
    }
}
