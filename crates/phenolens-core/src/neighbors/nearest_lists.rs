//! The nearest neighbors of a block's samples as far as they are known.

/// For each sample of a block its nearest others so far, each with what it is ordered by, rising.
pub(super) struct NearestLists<K> {
    n_neighbors: usize,
    /// Shape `(block_size, n_neighbors)`; the farthest where none is known.
    keys: Vec<K>,
    /// Same shape.
    ids: Vec<u32>,
}

impl<K: Copy + PartialOrd> NearestLists<K> {
    /// Lists without any neighbor.
    ///
    /// * `farthest`: no key is beyond it.
    pub(super) fn new(n_lists: usize, n_neighbors: usize, farthest: K) -> NearestLists<K> {
        NearestLists {
            n_neighbors,
            keys: vec![farthest; n_lists * n_neighbors],
            ids: vec![u32::MAX; n_lists * n_neighbors],
        }
    }

    /// Fills a list in which nothing is yet.
    ///
    /// * `nearest`: rising, at most as many as a list holds.
    pub(super) fn fill(&mut self, list: usize, nearest: impl Iterator<Item = (K, u32)>) {
        let first = list * self.n_neighbors;
        let keys = &mut self.keys[first..][..self.n_neighbors];
        let ids = &mut self.ids[first..][..self.n_neighbors];
        for (cell, found) in keys.iter_mut().zip(ids).zip(nearest) {
            (*cell.0, *cell.1) = found;
        }
    }

    /// Takes a neighbor in if it is among the nearest and not yet known; gives the new last key if it
    /// was taken in.
    pub(super) fn insert(&mut self, list: usize, key: K, id: u32) -> Option<K> {
        let first = list * self.n_neighbors;
        let keys = &mut self.keys[first..][..self.n_neighbors];
        let ids = &mut self.ids[first..][..self.n_neighbors];
        let last = self.n_neighbors - 1;
        let is_before = |at: usize| keys[at] < key || (keys[at] == key && ids[at] < id);
        if is_before(last) {
            return None;
        }
        // Most newcomers are near the end.
        let mut place = last;
        while place > 0 && !is_before(place - 1) {
            place -= 1;
        }
        if ids[place] == id {
            return None;
        }
        keys.copy_within(place..last, place + 1);
        ids.copy_within(place..last, place + 1);
        (keys[place], ids[place]) = (key, id);
        Some(keys[last])
    }

    /// The last key of a list.
    pub(super) fn last(&self, list: usize) -> K {
        self.keys[(list + 1) * self.n_neighbors - 1]
    }

    /// One list: keys and neighbors, shape `(n_neighbors,)` each.
    pub(super) fn list(&self, list: usize) -> (&[K], &[u32]) {
        let cells = list * self.n_neighbors..(list + 1) * self.n_neighbors;
        (&self.keys[cells.clone()], &self.ids[cells])
    }
}
