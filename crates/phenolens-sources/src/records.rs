//! Records as they come in, within what a file of its size may come to.

use phenolens_core::cohort::{Labelling, RawCohort, Stored};
use phenolens_core::findings::{Finding, Severity};

use crate::Limits;
use crate::format_error::Excess;
use crate::quote::quote;

/// Bytes that a record takes beside its ids and values, with what the allocator adds.
pub(crate) const RECORD_BYTES: u64 = 256;

/// The cohort of a file that is being read.
///
/// What a file can make grow is bounded by its size as it is stored, so that a small file cannot
/// exhaust the memory whatever it says.
pub(crate) struct Records {
    cohort: RawCohort,
    n_bytes: u64,
    max_bytes: u64,
    max_id_bytes: usize,
}

impl Records {
    /// An empty cohort of a file that has `n_stored` bytes on the disk.
    pub(crate) fn new(labelling: Labelling, n_stored: u64, limits: &Limits) -> Records {
        let mut cohort = RawCohort::default();
        cohort.labelling = labelling;
        Records {
            cohort,
            n_bytes: 0,
            max_bytes: limits.cohort(n_stored),
            max_id_bytes: limits.id_bytes,
        }
    }

    /// Makes room for as many values at once, as far as the file may come to them.
    pub(crate) fn reserve_values(&mut self, n_values: u64) {
        let n_values = n_values.min(self.max_bytes / 4);
        self.cohort
            .reserve_values(usize::try_from(n_values).unwrap_or(0));
    }

    /// Adds a sample with numbers; says what is too much, if anything is.
    pub(crate) fn push(
        &mut self,
        ids: [String; 3],
        values: &[f32],
        stored: Stored,
    ) -> Result<(), Excess> {
        self.spend(&ids, values.len())?;
        self.cohort.push_values(ids, values.iter().copied(), stored);
        Ok(())
    }

    /// Adds a sample without a vector.
    pub(crate) fn push_missing(&mut self, ids: [String; 3]) -> Result<(), Excess> {
        self.spend(&ids, 0)?;
        self.cohort.push_missing(ids);
        Ok(())
    }

    /// Adds a sample with something else in the place of its vector; `what` names it.
    pub(crate) fn push_unusable(&mut self, ids: [String; 3], what: String) -> Result<(), Excess> {
        self.spend(&ids, 0)?;
        self.cohort.push_unusable(ids, what);
        Ok(())
    }

    /// Notes that the last line does not end as the others do, where that is so.
    pub(crate) fn note_newline(&mut self, has_final_newline: bool) {
        if has_final_newline {
            return;
        }
        let message = "The file does not end with a newline: it may have been cut short in its last \
                       number; it was used as it is.";
        let finding = Finding::new(Severity::Warning, "no_final_newline", message.to_owned());
        self.cohort.findings.push(finding);
    }

    /// Everything that came in.
    pub(crate) fn finish(self) -> RawCohort {
        self.cohort
    }

    fn spend(&mut self, ids: &[String; 3], n_values: usize) -> Result<(), Excess> {
        if let Some(id) = ids.iter().find(|id| id.len() > self.max_id_bytes) {
            return Err(Excess::Id {
                n_bytes: id.len(),
                start: quote(id),
                limit: self.max_id_bytes,
            });
        }
        let n_id_bytes: usize = ids.iter().map(String::len).sum();
        self.n_bytes += RECORD_BYTES + n_id_bytes as u64 + 4 * n_values as u64;
        if self.n_bytes > self.max_bytes {
            let limit = self.max_bytes;
            return Err(Excess::Cohort { limit });
        }
        Ok(())
    }
}
