//! What reports and figures show in place of the ids of subjects and samples.

use std::collections::BTreeMap;
use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use phenolens_core::analysis::Analysis;
use phenolens_core::findings::Level;
use sha2::Sha256;

/// Bytes of a [`PseudonymKey`].
pub const KEY_BYTES: usize = 32;

/// Digits of a pseudonym; more where two would be equal.
const DIGITS: usize = 8;

/// Five bits each; none of them is easily taken for another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// How reports and figures show ids of subjects and samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ids {
    /// As they are.
    Plain,
    /// As pseudonyms under this key.
    Pseudonyms(PseudonymKey),
}

/// The secret that makes pseudonyms: who has it can try ids out, nobody else can.
#[derive(Clone, PartialEq, Eq)]
pub struct PseudonymKey([u8; KEY_BYTES]);

/// The pseudonym of every id of an analysis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pseudonyms {
    key: PseudonymKey,
    of: BTreeMap<(Level, String), String>,
}

impl PseudonymKey {
    /// A key of random bytes.
    pub fn new(bytes: [u8; KEY_BYTES]) -> PseudonymKey {
        PseudonymKey(bytes)
    }

    /// All digits of the pseudonym of an id.
    ///
    /// ```text
    /// base32(HMAC-SHA256(key, level ‖ 0 ‖ id))
    /// ```
    fn digits(&self, level: Level, id: &str) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        // The level, so that a subject and a sample of one name do not show that they share it.
        mac.update(level.name().as_bytes());
        mac.update(&[0]);
        mac.update(id.as_bytes());
        base32(&mac.finalize().into_bytes())
    }
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PseudonymKey(secret)")
    }
}

impl Pseudonyms {
    /// The pseudonyms of all ids of subjects and samples in the dataset and its findings.
    pub(crate) fn of_analysis(analysis: &Analysis, key: &PseudonymKey) -> Pseudonyms {
        let dataset = &analysis.dataset;
        let subjects = dataset.subject_names().iter();
        let samples = dataset.sample_names().iter();
        let mut ids: Vec<(Level, &str)> = Vec::new();
        ids.extend(subjects.map(|id| (Level::Subject, id.as_str())));
        ids.extend(samples.map(|id| (Level::Sample, id.as_str())));
        for finding in &analysis.findings {
            let subject = finding.subject.iter().map(|id| (Level::Subject, &**id));
            let sample = finding.sample.iter().map(|id| (Level::Sample, &**id));
            ids.extend(subject.chain(sample).chain(finding.message.ids()));
        }
        ids.sort_unstable();
        ids.dedup();
        Pseudonyms::of_ids(&ids, key)
    }

    /// The pseudonyms of distinct ids: as many digits as tell each from all others of its level, and
    /// at least [`DIGITS`].
    fn of_ids(ids: &[(Level, &str)], key: &PseudonymKey) -> Pseudonyms {
        let mut by_digits: Vec<(Level, String, &str)> = ids
            .iter()
            .map(|&(level, id)| (level, key.digits(level, id), id))
            .collect();
        by_digits.sort_unstable();
        let shared = |one: usize, other: usize| {
            let [(level, digits, _), (other_level, other_digits, _)] =
                [&by_digits[one], &by_digits[other]];
            let pairs = digits.bytes().zip(other_digits.bytes());
            match level == other_level {
                true => pairs.take_while(|(a, b)| a == b).count(),
                false => 0,
            }
        };
        let last = by_digits.len().saturating_sub(1);
        let of = (0..by_digits.len()).map(|place| {
            let before = if place > 0 {
                shared(place, place - 1)
            } else {
                0
            };
            let after = if place < last {
                shared(place, place + 1)
            } else {
                0
            };
            let (level, digits, id) = &by_digits[place];
            let n_digits = DIGITS.max(before.max(after) + 1).min(digits.len());
            (
                (*level, (*id).to_owned()),
                shown(*level, &digits[..n_digits]),
            )
        });
        Pseudonyms {
            of: of.collect(),
            key: key.clone(),
        }
    }

    /// The pseudonym of an id.
    pub(crate) fn of(&self, level: Level, id: &str) -> String {
        match self.of.get(&(level, id.to_owned())) {
            Some(pseudonym) => pseudonym.clone(),
            None => shown(level, &self.key.digits(level, id)[..DIGITS]),
        }
    }

    /// Level, id and pseudonym, in the order of ids.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (Level, &str, &str)> {
        let entries = self.of.iter();
        entries.map(|((level, id), pseudonym)| (*level, id.as_str(), pseudonym.as_str()))
    }
}

/// `S-` and digits for a subject, `I-` and digits for a sample, which is mostly an image.
fn shown(level: Level, digits: &str) -> String {
    let letter = match level {
        Level::Subject => 'S',
        Level::Sample => 'I',
    };
    format!("{letter}-{digits}")
}

/// Five bits to a digit, the highest first; bits that do not fill a digit are left out.
fn base32(bytes: &[u8]) -> String {
    let bit = |index: usize| bytes[index / 8] >> (7 - index % 8) & 1;
    let digit = |place: usize| {
        let bits = (0..5).map(|offset| bit(5 * place + offset));
        let value = bits.fold(0, |value, bit| value << 1 | bit);
        char::from(ALPHABET[usize::from(value)])
    };
    (0..bytes.len() * 8 / 5).map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes 0 to 31.
    fn key() -> PseudonymKey {
        PseudonymKey::new(std::array::from_fn(|index| index as u8))
    }

    /// By `hmac.new(bytes(range(32)), b"subject\0s1", "sha256")` of Python, five bits to a digit.
    #[test]
    fn digits_as_another_program_gives_them() {
        assert_eq!(&key().digits(Level::Subject, "s1")[..12], "PXM1XNNNC9WH");
        assert_eq!(&key().digits(Level::Sample, "s1")[..12], "ZYP19XA33KHB");
        assert_eq!(&key().digits(Level::Sample, "")[..12], "E8JCCXE66W6M");
    }

    /// Python found that p120080 and p1128673 share eight digits under this key: they get as many as tell
    /// them apart, and everybody else has eight.
    #[test]
    fn pseudonyms_are_unique_and_short() {
        let mut names: Vec<String> = (0..2000).map(|index| format!("p{index}")).collect();
        names.extend(["p120080".to_owned(), "p1128673".to_owned()]);
        let ids: Vec<(Level, &str)> = names.iter().map(|id| (Level::Subject, &**id)).collect();
        let pseudonyms = Pseudonyms::of_ids(&ids, &key());
        assert_eq!(pseudonyms.of(Level::Subject, "p120080"), "S-80MC5ZB5K");
        assert_eq!(pseudonyms.of(Level::Subject, "p1128673"), "S-80MC5ZB5X");
        let mut shown: Vec<&str> = pseudonyms.entries().map(|(_, _, shown)| shown).collect();
        let is_long = |shown: &&&str| shown.len() > "S-".len() + DIGITS;
        assert_eq!(shown.iter().filter(is_long).count(), 2);
        shown.sort_unstable();
        shown.dedup();
        assert_eq!(shown.len(), names.len());
        assert!(pseudonyms.of(Level::Sample, "p1").starts_with("I-"));
    }

    #[test]
    fn the_key_decides_and_is_not_shown() {
        let other = PseudonymKey::new([7; KEY_BYTES]);
        let of = |key: &PseudonymKey| {
            Pseudonyms::of_ids(&[(Level::Subject, "a")], key).of(Level::Subject, "a")
        };
        assert_eq!(of(&key()), of(&key()));
        assert_ne!(of(&key()), of(&other));
        assert_eq!(format!("{other:?}"), "PseudonymKey(secret)");
    }
}
