//! The nearest neighbors of a block's samples as far as they are known.

/// For each sample of a block its nearest others so far: keys with samples, rising.
pub(super) struct NearestLists {
    n_neighbors: usize,
    /// Shape `(block_size, n_neighbors)`; infinite where none is known.
    keys: Vec<f64>,
    /// Same shape.
    samples: Vec<u32>,
}

impl NearestLists {
    /// Lists without any neighbor.
    pub(super) fn new(n_lists: usize, n_neighbors: usize) -> NearestLists {
        NearestLists {
            n_neighbors,
            keys: vec![f64::INFINITY; n_lists * n_neighbors],
            samples: vec![u32::MAX; n_lists * n_neighbors],
        }
    }

    /// Takes a neighbor in if it is among the nearest and not yet known; gives the new last key if it
    /// was taken in.
    pub(super) fn insert(&mut self, list: usize, key: f64, sample: u32) -> Option<f64> {
        let first = list * self.n_neighbors;
        let keys = &mut self.keys[first..][..self.n_neighbors];
        let samples = &mut self.samples[first..][..self.n_neighbors];
        let last = self.n_neighbors - 1;
        let is_before = |at: usize| keys[at] < key || (keys[at] == key && samples[at] < sample);
        if is_before(last) {
            return None;
        }
        // Most newcomers are near the end.
        let mut place = last;
        while place > 0 && !is_before(place - 1) {
            place -= 1;
        }
        if samples[place] == sample {
            return None;
        }
        keys.copy_within(place..last, place + 1);
        samples.copy_within(place..last, place + 1);
        (keys[place], samples[place]) = (key, sample);
        Some(keys[last])
    }

    /// One list: keys and samples, shape `(n_neighbors,)` each.
    pub(super) fn list(&self, list: usize) -> (&[f64], &[u32]) {
        let cells = list * self.n_neighbors..(list + 1) * self.n_neighbors;
        (&self.keys[cells.clone()], &self.samples[cells])
    }
}
