use super::*;
use crate::random::{Stream, Use};

#[test]
fn every_two_blocks_are_met_once() {
    let mut stream = Stream::new(22, Use::Synth, 0);
    let (n_coordinates, block_size) = (2, GROUP);
    for n_samples in [1, 16, 17, 160, 330] {
        let coordinates: Vec<i16> = (0..n_samples * n_coordinates)
            .map(|_| stream.below(20_000) as i16)
            .collect();
        let blocks = Blocks::new(&coordinates, n_coordinates, block_size);
        assert_eq!(blocks.len(), n_samples.div_ceil(block_size));
        let mut met: Vec<[usize; 2]> = blocks
            .pairs()
            .iter()
            .map(|p| [p.row(), p.column()])
            .collect();
        met.sort_unstable();
        let all = (0..blocks.len()).flat_map(|row| (row..blocks.len()).map(move |c| [row, c]));
        assert_eq!(met, all.collect::<Vec<_>>());
    }
}

/// Bit by bit: those of the row at odd places, those of the column at even ones.
#[test]
fn places_along_the_curve_are_those_of_the_definition() {
    let numbers = [0, 1, 2, 3, 5, 100, 255, 256, 4095, 21_845, 43_690, 65_535];
    for row in numbers {
        for column in numbers {
            let expected: u64 = (0..16)
                .map(|bit| {
                    let of_row = (row as u64 >> bit & 1) << (2 * bit + 1);
                    of_row + ((column as u64 >> bit & 1) << (2 * bit))
                })
                .sum();
            assert_eq!(
                u64::from(interleaved(row, column)),
                expected,
                "{row} {column}"
            );
        }
    }
}
