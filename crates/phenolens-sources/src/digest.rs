//! One figure that stands for the data, whatever file it came in.

use std::io::{self, Read};

use phenolens_core::cohort::Labelling;
use phenolens_core::dataset::Dataset;
use sha2::{Digest, Sha256};

/// The SHA-256 of the data itself, in lower-case hexadecimal: the same for the same ids and values
/// in any format and any order.
///
/// ```text
/// for each sample, sorted by the UTF-8 bytes of (class, subject, sample):
///   for each of its three ids:  length in bytes (32 bits), the bytes
///   number of dimensions (32 bits), the values (32-bit floats)          all little-endian
/// ```
///
/// Of a bare matrix only the values count, in the order of its rows. Samples that share all three ids are sorted by the bits of their values, so that their order in
/// the file does not matter either. Takes O(n log n) comparisons.
pub fn content_digest(dataset: &Dataset) -> String {
    if dataset.labelling() == Labelling::Bare {
        let mut hasher = Sha256::new();
        for row in dataset.vectors().chunks(dataset.n_dims()) {
            let bytes: Vec<u8> = row.iter().flat_map(|value| value.to_le_bytes()).collect();
            hasher.update(&bytes);
        }
        return hexadecimal(&hasher.finalize());
    }
    let mut order: Vec<usize> = (0..dataset.n_samples()).collect();
    let bits = |sample: usize| dataset.vector(sample).iter().map(|value| value.to_bits());
    order.sort_by(|&a, &b| {
        let by_ids = dataset.id(a).cmp(&dataset.id(b));
        by_ids.then_with(|| bits(a).cmp(bits(b)))
    });

    let mut hasher = Sha256::new();
    let n_dims = dataset.n_dims() as u32;
    let mut row = Vec::new();
    for sample in order {
        row.clear();
        for id in dataset.id(sample) {
            row.extend_from_slice(&(id.len() as u32).to_le_bytes());
            row.extend_from_slice(id.as_bytes());
        }
        row.extend_from_slice(&n_dims.to_le_bytes());
        for value in dataset.vector(sample) {
            row.extend_from_slice(&value.to_le_bytes());
        }
        hasher.update(&row);
    }
    hexadecimal(&hasher.finalize())
}

/// The SHA-256 of `bytes`, in lower-case hexadecimal: 64 characters.
///
/// Takes time in proportion to the bytes.
///
/// # Source
/// NIST FIPS 180-4.
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// The same of what is left of a stream.
pub(crate) fn sha256_of(reader: &mut impl Read) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(hexadecimal(&hasher.finalize())),
            Ok(n_read) => hasher.update(&buffer[..n_read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use phenolens_core::dataset::SampleId;

    use super::*;

    fn dataset(rows: &[([&str; 3], [f32; 2])]) -> Dataset {
        let vectors = rows.iter().flat_map(|(_, vector)| *vector).collect();
        let ids = rows
            .iter()
            .map(|(ids, _)| {
                let [class, subject, sample] = ids.map(str::to_owned);
                SampleId {
                    class,
                    subject,
                    sample,
                }
            })
            .collect();
        Dataset::new(vectors, 2, ids).expect("two usable rows")
    }

    /// The expected figure is Python's:
    /// `sha256(b"".join(pack("<I", len(i)) + i for i in (b"A", b"s1", b"\xc3\xa9")) + pack("<I2f", 2, 1, -2)
    /// + b"".join(pack("<I", len(i)) + i for i in (b"B", b"", b"x")) + pack("<I2f", 2, 0.5, 0))`.
    #[test]
    fn digest_follows_its_definition_and_not_the_order_of_the_file() {
        let expected = "7c7e13de034bf943981ede40acacd5ae1714ee4632bedb9a1b14d1593bb7be14";
        let (a, b) = (
            (["A", "s1", "é"], [1.0, -2.0]),
            (["B", "", "x"], [0.5, 0.0]),
        );
        assert_eq!(content_digest(&dataset(&[a, b])), expected);
        assert_eq!(content_digest(&dataset(&[b, a])), expected);
    }

    #[test]
    fn rows_with_the_same_ids_may_stand_in_any_order() {
        let (a, b) = (
            (["A", "s", "x"], [1.0, 2.0]),
            (["A", "s", "x"], [1.0, -2.0]),
        );
        assert_eq!(
            content_digest(&dataset(&[a, b])),
            content_digest(&dataset(&[b, a]))
        );
    }

    #[test]
    fn sha256_of_the_standard_example() {
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(b"abc"), expected);
    }
}
