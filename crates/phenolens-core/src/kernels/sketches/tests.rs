use super::*;
use crate::kernels::whole_product;
use crate::random::{Stream, Use};

/// Three groups of sketches, among them the longest that are allowed, and the same one by one.
fn sketches(n_coordinates: usize) -> (Vec<Line>, Vec<[i32; GROUP]>, Vec<Vec<i16>>) {
    let mut stream = Stream::new(9, Use::Synth, n_coordinates as u64);
    let length = 22_000.0 / (n_coordinates as f64).sqrt();
    let mut singles: Vec<Vec<i16>> = (0..3 * GROUP)
        .map(|_| {
            (0..n_coordinates)
                .map(|_| (length * (2.0 * stream.unit() - 1.0)) as i16)
                .collect()
        })
        .collect();
    for (place, value) in [(0, 22_000), (1, -22_000), (17, 22_000), (47, -22_000)] {
        singles[place].fill(0);
        singles[place][n_coordinates - 1] = value;
    }
    let mut lines = Vec::new();
    let mut halves = Vec::new();
    for group in singles.chunks(GROUP) {
        for pair in 0..n_coordinates / 2 {
            lines.push(Line(std::array::from_fn(|place| {
                Line::pack(group[place][2 * pair], group[place][2 * pair + 1])
            })));
        }
        halves.push(std::array::from_fn(|place| {
            let squares = group[place].iter().map(|&x| i64::from(x) * i64::from(x));
            (squares.sum::<i64>() / 2) as i32
        }));
    }
    (lines, halves, singles)
}

fn half_distance_by_definition(x: &[i16], y: &[i16]) -> i64 {
    let sum = |x: &[i16], y: &[i16]| -> i64 {
        x.iter()
            .zip(y)
            .map(|(&x, &y)| i64::from(x) * i64::from(y))
            .sum()
    };
    sum(x, x) / 2 + sum(y, y) / 2 - sum(x, y)
}

#[test]
fn half_distances_are_those_of_the_definition() {
    for n_coordinates in [2, 4, 34, 128] {
        let (lines, halves, singles) = sketches(n_coordinates);
        let (rows, row_halves) = (&lines[n_coordinates / 2..n_coordinates], &halves[1..2]);
        let rows = Sketched {
            lines: rows,
            halves: row_halves,
        };
        let columns = Sketched {
            lines: &lines,
            halves: &halves,
        };
        for set in InstructionSet::available() {
            let mut distances = [[[0; GROUP]; GROUP]; 3];
            half_distances(set, rows, columns, &mut distances);
            for (place, single) in singles.iter().enumerate() {
                for row in 0..GROUP {
                    let found = distances[place / GROUP][row][place % GROUP];
                    let expected = half_distance_by_definition(&singles[GROUP + row], single);
                    assert_eq!(i64::from(found), expected, "{set:?}");
                    let product = whole_product(set, &singles[GROUP + row], single);
                    let halves = halves[1][row] + halves[place / GROUP][place % GROUP];
                    assert_eq!(i64::from(halves - product), expected, "{set:?}");
                }
            }
        }
    }
}

/// With reaches at, one below and one above the distances of pairs, where a comparison is decided.
#[test]
fn near_pairs_are_those_of_the_definition() {
    for n_coordinates in [2, 6, 34] {
        let (lines, halves, singles) = sketches(n_coordinates);
        let rows = Sketched {
            lines: &lines[..n_coordinates / 2],
            halves: &halves[..1],
        };
        let columns = Sketched {
            lines: &lines,
            halves: &halves,
        };
        let distance = |row: usize, column: usize| {
            half_distance_by_definition(&singles[row], &singles[column]) as i32
        };
        for shift in [-1, 0, 1] {
            let row_reaches = std::array::from_fn(|row| distance(row, 20) + shift);
            let column_reaches: [[i32; GROUP]; 3] = std::array::from_fn(|group| {
                std::array::from_fn(|place| distance(3, group * GROUP + place) + shift)
            });
            let mut expected = Vec::new();
            for (group, column_reaches) in column_reaches.iter().enumerate() {
                for (row, row_reach) in row_reaches.iter().enumerate() {
                    for (place, column_reach) in column_reaches.iter().enumerate() {
                        let column = group * GROUP + place;
                        if distance(row, column) <= *row_reach.max(column_reach) {
                            expected.push((row as u32, column as u32));
                        }
                    }
                }
            }
            assert!(
                expected.len() > 20 && expected.len() < 700,
                "{}",
                expected.len()
            );
            for set in InstructionSet::available() {
                let mut near = Vec::new();
                near_pairs(set, rows, &row_reaches, columns, &column_reaches, &mut near);
                assert_eq!(near, expected, "{set:?}");
            }
        }
        // The greatest reach holds every pair.
        for set in InstructionSet::available() {
            let mut near = Vec::new();
            let (all, none) = ([1_100_000_000; GROUP], [[-1; GROUP]; 3]);
            near_pairs(set, rows, &all, columns, &none, &mut near);
            assert_eq!(near.len(), 3 * GROUP * GROUP, "{set:?}");
        }
    }
}

/// In 64 bits; 200 is more than 32 bits round away of sums below 2³⁰.
#[test]
fn pairs_near_by_their_angles_are_those_of_the_definition() {
    for n_coordinates in [2, 6, 34] {
        let (lines, halves, singles) = sketches(n_coordinates);
        let columns = Sketched {
            lines: &lines,
            halves: &halves,
        };
        let rows = Sketched {
            lines: &lines[..n_coordinates / 2],
            halves: &halves[..1],
        };
        let mut stream = Stream::new(12, Use::Synth, n_coordinates as u64);
        let mut angles: Vec<Angles> = (0..3)
            .map(|group| Angles {
                offsets: std::array::from_fn(|_| (2e7 * (stream.unit() - 0.5)) as f32),
                lengths: std::array::from_fn(|row| (2.0 * halves[group][row] as f32).sqrt()),
                cosines: std::array::from_fn(|_| (2.0 * stream.unit() - 1.0) as f32),
            })
            .collect();
        // One that takes everything, and one that is filled up and takes nothing.
        angles[0].cosines[5] = f32::NEG_INFINITY;
        (angles[2].cosines[15], angles[2].lengths[15]) = (f32::NEG_INFINITY, 0.0);
        let no_reaches = [[NO_REACH; GROUP]; 3];
        let found = |set, reaches: [&[[i32; GROUP]]; 2]| {
            let mut near = Vec::new();
            let angles = [&angles[..1], &angles[..]];
            near_pairs_of_both(set, rows, reaches, columns, angles, &mut near);
            near
        };
        let near = found(InstructionSet::PLAIN, [&no_reaches[..1], &no_reaches]);
        for row in 0..GROUP {
            for column in 0..3 * GROUP {
                let (of_row, of_column) = (&angles[0], &angles[column / GROUP]);
                let place = column % GROUP;
                let sum = |values: [f32; 2]| f64::from(values[0]) + f64::from(values[1]);
                let cosine = of_row.cosines[row].min(of_column.cosines[place]);
                let lengths = f64::from(of_row.lengths[row]) * f64::from(of_column.lengths[place]);
                let least = sum([of_row.offsets[row], of_column.offsets[place]])
                    + lengths * f64::from(cosine);
                let pairs = singles[row].iter().zip(&singles[column]);
                let product: f64 = pairs.map(|(&x, &y)| f64::from(x) * f64::from(y)).sum();
                let is_found = near.contains(&(row as u32, column as u32));
                if product >= least + 200.0 {
                    assert!(is_found, "{row} {column}");
                }
                if product < least - 200.0 || least.is_nan() {
                    assert!(!is_found, "{row} {column}");
                }
            }
        }
        assert!(near.len() > 100 && near.len() < 700, "{}", near.len());
        for set in InstructionSet::available() {
            assert_eq!(found(set, [&no_reaches[..1], &no_reaches]), near, "{set:?}");
            // Either of the two is enough.
            let reaches = [[150_000_000; GROUP]; 3];
            let either = found(set, [&reaches[..1], &reaches]);
            let mut by_reach = Vec::new();
            near_pairs(set, rows, &reaches[0], columns, &reaches, &mut by_reach);
            let is_one = |pair: &(u32, u32)| near.contains(pair) || by_reach.contains(pair);
            let all = (0..3).flat_map(|group| {
                (0..16).flat_map(move |row| (0..16).map(move |place| (row, 16 * group + place)))
            });
            assert_eq!(either, all.filter(is_one).collect::<Vec<_>>(), "{set:?}");
        }
    }
}
