//! How much of everything a file may claim.

/// How much of everything a file may claim.
///
/// The defaults let every file through that a program writes for its data. They keep the reader
/// within a few hundred bytes of memory for each byte of a large file, and within 256 MiB for a
/// file of less than 1 MiB, whatever it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a file; more are not read.
    pub file_bytes: u64,
    /// Bytes that any compressed file may expand to.
    pub expanded_floor: u64,
    /// Bytes that a compressed file may expand to for each of its own, above the floor.
    pub expanded_per_byte: u64,
    /// Instructions that any pickle may have; each makes at most one object, one entry of the memo
    /// and one of the stack, so that this bounds them too.
    pub steps_floor: u64,
    /// Instructions that a pickle may have for each byte of the file as it is stored, above the
    /// floor.
    pub steps_per_byte: u64,
    /// Containers inside one another.
    pub depth: usize,
    /// Bytes of an id.
    pub id_bytes: usize,
    /// Bytes that any cohort may take once shared values are written out for each record.
    pub cohort_floor: u64,
    /// The same for each byte of the file as it is stored, above the floor.
    pub cohort_per_byte: u64,
    /// Bytes of memory that reading may take; `None` for no limit.
    pub memory_bytes: Option<u64>,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            file_bytes: 64 << 30,
            expanded_floor: 16 << 20,
            expanded_per_byte: 100,
            steps_floor: 2 << 20,
            steps_per_byte: 2,
            depth: 32,
            id_bytes: 4096,
            cohort_floor: 64 << 20,
            cohort_per_byte: 32,
            memory_bytes: None,
        }
    }
}

impl Limits {
    /// Bytes that a file of `n_bytes` may expand to.
    pub(crate) fn expanded(&self, n_bytes: u64) -> u64 {
        self.expanded_floor
            .max(self.expanded_per_byte.saturating_mul(n_bytes))
    }

    /// Instructions that a pickle in a file of `n_bytes` may have.
    pub(crate) fn steps(&self, n_bytes: u64) -> u64 {
        self.steps_floor
            .max(self.steps_per_byte.saturating_mul(n_bytes))
    }

    /// Refuses what needs more memory than there is to be, before it is read.
    ///
    /// * `n_bytes`: about what is needed.
    pub(crate) fn check_memory(&self, n_bytes: u64) -> Result<(), MemoryError> {
        match self.memory_bytes {
            Some(limit) if n_bytes > limit => Err(MemoryError {
                needed: n_bytes,
                limit,
            }),
            _ => Ok(()),
        }
    }

    /// Bytes that the cohort of a file of `n_bytes` may take.
    pub(crate) fn cohort(&self, n_bytes: u64) -> u64 {
        self.cohort_floor
            .max(self.cohort_per_byte.saturating_mul(n_bytes))
    }
}

/// Data that need more memory than there is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "reading it takes about {} of memory, more than the limit of {}",
    shown(*needed),
    shown(*limit)
)]
pub struct MemoryError {
    /// Bytes that are needed, about.
    pub needed: u64,
    /// Bytes that may be taken.
    pub limit: u64,
}

/// Bytes as people read them, rounded up.
fn shown(n_bytes: u64) -> String {
    match n_bytes {
        0..0xa0_0000 => format!("{} KiB", n_bytes.div_ceil(1 << 10)),
        _ => format!("{} MiB", n_bytes.div_ceil(1 << 20)),
    }
}
