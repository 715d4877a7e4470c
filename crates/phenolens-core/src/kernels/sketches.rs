//! Distances between sketches: short vectors of 16-bit whole numbers, 16 of them side by side.
//!
//! The sums are of whole numbers, so every instruction set gives the same ones. A pair of coordinates
//! takes one instruction for eight (AVX2) or sixteen (AVX-512) samples that neither saturates nor
//! rounds: `vpmaddwd`, or `vpdpwssd` where the processor has it.

#[cfg(test)]
mod tests;

#[cfg(target_arch = "x86_64")]
use super::whole_products::has_vnni;
use super::{InstructionSet, Level};

/// Samples whose sketches lie side by side.
pub(crate) const GROUP: usize = 16;

/// A reach within which nothing is: half squared distances are at least -1.
pub(crate) const NO_REACH: i32 = -2;

/// Two coordinates of a group's sketches: the earlier one in the low half of each number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(align(64))]
pub(crate) struct Line(pub(crate) [i32; GROUP]);

impl Line {
    /// The two coordinates of one sample of the group, packed.
    pub(crate) fn pack(earlier: i16, later: i16) -> i32 {
        i32::from(later) << 16 | i32::from(earlier as u16)
    }
}

/// Groups of sketches, all of the same length, with half their squared lengths.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sketched<'a> {
    /// Shape `(n_groups, n_lines)`.
    pub(crate) lines: &'a [Line],
    /// `⌊|q|² / 2⌋`, shape `(n_groups,)`; at most 2²⁸.
    pub(crate) halves: &'a [[i32; GROUP]],
}

/// Half the squared distances of a group's sketches to many, rounded down or one less.
///
/// ```text
/// h  =  ⌊|q|² / 2⌋ + ⌊|r|² / 2⌋ - q·r,      2h ≤ |q - r|² ≤ 2h + 2
/// ```
///
/// * `rows`: one group; `columns`: any number of groups;
/// * `distances`: written, shape `(n_column_groups, 16 rows)`, each for the 16 columns of the group.
pub(crate) fn half_distances(
    instruction_set: InstructionSet,
    rows: Sketched,
    columns: Sketched,
    distances: &mut [[[i32; GROUP]; GROUP]],
) {
    let n_lines = rows.lines.len();
    let groups = columns.lines.chunks_exact(n_lines).zip(columns.halves);
    for ((lines, halves), distances) in groups.zip(distances) {
        products(instruction_set, rows.lines, lines, distances);
        for (distances, &of_row) in distances.iter_mut().zip(&rows.halves[0]) {
            for (distance, &of_column) in distances.iter_mut().zip(halves) {
                *distance = of_row + of_column - *distance;
            }
        }
    }
}

/// The pairs of a group and many whose sketches are near enough for the one or for the other.
///
/// ```text
/// ⌊|q|² / 2⌋ + ⌊|r|² / 2⌋ - q·r  ≤  max(reach of q, reach of r)
/// ```
///
/// * `rows`: one group, with its `row_reaches`; `columns`: any number of groups, with theirs; a reach
///   is from [`NO_REACH`] to 1.2 · 10⁹, so that no sum leaves 32 bits;
/// * `near`: gets `(row, column)` appended, counted from the first row and the first column.
pub(crate) fn near_pairs(
    instruction_set: InstructionSet,
    rows: Sketched,
    row_reaches: &[i32; GROUP],
    columns: Sketched,
    column_reaches: &[[i32; GROUP]],
    near: &mut Vec<(u32, u32)>,
) {
    let n_lines = rows.lines.len();
    let groups = columns.lines.chunks_exact(n_lines).zip(columns.halves);
    for (group, ((lines, halves), reaches)) in groups.zip(column_reaches).enumerate() {
        let masks = near_masks(
            instruction_set,
            rows.lines,
            lines,
            [&rows.halves[0], row_reaches],
            [halves, reaches],
            None,
        );
        push_pairs(group, masks, near);
    }
}

/// A group's part in a comparison of cosines; see [`near_pairs_of_both`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Angles {
    /// `o`
    pub(crate) offsets: [f32; GROUP],
    /// `l`
    pub(crate) lengths: [f32; GROUP],
    /// `w`, no NaN: processors differ in what the less of it and another is.
    pub(crate) cosines: [f32; GROUP],
}

/// The pairs of a group and many that are near as above, or by their cosine.
///
/// ```text
/// q·r  ≥  (o of q + o of r) + (l of q · l of r) · min(w of q, w of r)
/// ```
///
/// The right side is computed in 32 bits, step by step as written.
///
/// * `row_angles`, `column_angles`: shapes as the reaches; the others as above.
pub(crate) fn near_pairs_of_both(
    instruction_set: InstructionSet,
    rows: Sketched,
    [row_reaches, column_reaches]: [&[[i32; GROUP]]; 2],
    columns: Sketched,
    [row_angles, column_angles]: [&[Angles]; 2],
    near: &mut Vec<(u32, u32)>,
) {
    let n_lines = rows.lines.len();
    let groups = columns.lines.chunks_exact(n_lines).zip(columns.halves);
    let limits = column_reaches.iter().zip(column_angles);
    for (group, ((lines, halves), (reaches, angles))) in groups.zip(limits).enumerate() {
        let masks = near_masks(
            instruction_set,
            rows.lines,
            lines,
            [&rows.halves[0], &row_reaches[0]],
            [halves, reaches],
            Some([&row_angles[0], angles]),
        );
        push_pairs(group, masks, near);
    }
}

fn push_pairs(group: usize, masks: [u16; GROUP], near: &mut Vec<(u32, u32)>) {
    // Four rows at a time: a loop that ends is a branch that was not foreseen.
    for (four, masks) in masks.as_chunks::<4>().0.iter().enumerate() {
        let together = |all, &mask: &u16| all << GROUP | u64::from(mask);
        let mut all = masks.iter().rev().fold(0_u64, together);
        while all != 0 {
            let bit = all.trailing_zeros() as usize;
            let (row, column) = (4 * four + bit / GROUP, group * GROUP + bit % GROUP);
            near.push((row as u32, column as u32));
            all &= all - 1;
        }
    }
}

/// Inner products of two groups.
fn products(
    instruction_set: InstructionSet,
    rows: &[Line],
    columns: &[Line],
    products: &mut [[i32; GROUP]; GROUP],
) {
    match instruction_set.level() {
        Level::Plain => *products = plain::products(rows, columns),
        // SAFETY: an `InstructionSet` of this level exists only where the processor has AVX2.
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => unsafe { avx2::products(rows, columns, products) },
        // SAFETY: as above with AVX-512BW; VNNI is asked for.
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => unsafe {
            if has_vnni(instruction_set) {
                vnni::products(rows, columns, products);
            } else {
                avx512::products(rows, columns, products);
            }
        },
    }
}

/// For every row of a group the columns that are near, as bits; each side with halves and reaches, and
/// with angles where these decide too.
fn near_masks(
    instruction_set: InstructionSet,
    rows: &[Line],
    columns: &[Line],
    of_rows: [&[i32; GROUP]; 2],
    of_columns: [&[i32; GROUP]; 2],
    angles: Option<[&Angles; 2]>,
) -> [u16; GROUP] {
    match instruction_set.level() {
        Level::Plain => plain::near_masks(rows, columns, of_rows, of_columns, angles),
        // SAFETY: an `InstructionSet` of this level exists only where the processor has AVX2.
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => unsafe { avx2::near_masks(rows, columns, of_rows, of_columns, angles) },
        // SAFETY: as above with AVX-512BW; VNNI is asked for.
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => unsafe {
            if has_vnni(instruction_set) {
                vnni::near_masks(rows, columns, of_rows, of_columns, angles)
            } else {
                avx512::near_masks(rows, columns, of_rows, of_columns, angles)
            }
        },
    }
}

/// What the others are compared with.
mod plain {
    use super::{Angles, GROUP, Line};

    pub(super) fn products(rows: &[Line], columns: &[Line]) -> [[i32; GROUP]; GROUP] {
        let mut products = [[0; GROUP]; GROUP];
        for (row, column) in rows.iter().zip(columns) {
            for (products, &row) in products.iter_mut().zip(&row.0) {
                for (product, &column) in products.iter_mut().zip(&column.0) {
                    let earlier = i32::from(row as i16) * i32::from(column as i16);
                    *product += earlier + (row >> 16) * (column >> 16);
                }
            }
        }
        products
    }

    pub(super) fn near_masks(
        rows: &[Line],
        columns: &[Line],
        [row_halves, row_reaches]: [&[i32; GROUP]; 2],
        [column_halves, column_reaches]: [&[i32; GROUP]; 2],
        angles: Option<[&Angles; 2]>,
    ) -> [u16; GROUP] {
        let products = products(rows, columns);
        std::array::from_fn(|row| {
            let is_near = |column: usize| {
                let product = products[row][column];
                let half = row_halves[row] + column_halves[column] - product;
                half <= row_reaches[row].max(column_reaches[column])
                    || angles.is_some_and(|[of_rows, of_columns]| {
                        let offset = of_rows.offsets[row] + of_columns.offsets[column];
                        let lengths = of_rows.lengths[row] * of_columns.lengths[column];
                        let cosine = of_rows.cosines[row].min(of_columns.cosines[column]);
                        product as f32 >= offset + lengths * cosine
                    })
            };
            (0..GROUP).fold(0, |mask, column| {
                mask | u16::from(is_near(column)) << column
            })
        })
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::*;

    use super::{Angles, GROUP, Line};

    /// Rows of a tile: eight sums of eight columns each stay in registers.
    const ROWS: usize = 4;

    #[target_feature(enable = "avx2")]
    fn load(numbers: &[i32; GROUP]) -> [__m256i; 2] {
        let (low, high) = numbers.split_at(GROUP / 2);
        // SAFETY: both halves hold 256 bits, and the loads need no alignment.
        unsafe {
            [
                _mm256_loadu_si256(low.as_ptr().cast()),
                _mm256_loadu_si256(high.as_ptr().cast()),
            ]
        }
    }

    #[target_feature(enable = "avx2")]
    fn load_real(numbers: &[f32; GROUP]) -> [__m256; 2] {
        let (low, high) = numbers.split_at(GROUP / 2);
        // SAFETY: both halves hold 256 bits, and the loads need no alignment.
        unsafe {
            [
                _mm256_loadu_ps(low.as_ptr()),
                _mm256_loadu_ps(high.as_ptr()),
            ]
        }
    }

    /// Products of the rows from `FIRST` on.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn tile<const FIRST: usize>(rows: &[Line], columns: &[Line]) -> [[__m256i; 2]; ROWS] {
        let mut sums = [[_mm256_setzero_si256(); 2]; ROWS];
        for (row, column) in rows.iter().zip(columns) {
            let column = load(&column.0);
            for (offset, sums) in sums.iter_mut().enumerate() {
                let row = _mm256_set1_epi32(row.0[FIRST + offset]);
                for (sum, column) in sums.iter_mut().zip(column) {
                    *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(row, column));
                }
            }
        }
        sums
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn products(rows: &[Line], columns: &[Line], products: &mut [[i32; GROUP]; GROUP]) {
        let tiles = [
            tile::<0>(rows, columns),
            tile::<4>(rows, columns),
            tile::<8>(rows, columns),
            tile::<12>(rows, columns),
        ];
        for (products, [low, high]) in products.iter_mut().zip(tiles.as_flattened()) {
            let (low_products, high_products) = products.split_at_mut(GROUP / 2);
            // SAFETY: both halves hold 256 bits, and the stores need no alignment.
            unsafe {
                _mm256_storeu_si256(low_products.as_mut_ptr().cast(), *low);
                _mm256_storeu_si256(high_products.as_mut_ptr().cast(), *high);
            }
        }
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn near_masks(
        rows: &[Line],
        columns: &[Line],
        of_rows: [&[i32; GROUP]; 2],
        of_columns: [&[i32; GROUP]; 2],
        angles: Option<[&Angles; 2]>,
    ) -> [u16; GROUP] {
        let mut near = [0; GROUP];
        match angles {
            None => {
                tile_masks::<0>(rows, columns, of_rows, of_columns, &mut near);
                tile_masks::<4>(rows, columns, of_rows, of_columns, &mut near);
                tile_masks::<8>(rows, columns, of_rows, of_columns, &mut near);
                tile_masks::<12>(rows, columns, of_rows, of_columns, &mut near);
            }
            Some(angles) => {
                tile_masks_of_both::<0>(rows, columns, of_rows, of_columns, angles, &mut near);
                tile_masks_of_both::<4>(rows, columns, of_rows, of_columns, angles, &mut near);
                tile_masks_of_both::<8>(rows, columns, of_rows, of_columns, angles, &mut near);
                tile_masks_of_both::<12>(rows, columns, of_rows, of_columns, angles, &mut near);
            }
        }
        near
    }

    // Not inlined: side by side, tiles would not all keep their sums in registers.
    #[target_feature(enable = "avx2")]
    #[inline(never)]
    fn tile_masks<const FIRST: usize>(
        rows: &[Line],
        columns: &[Line],
        of_rows: [&[i32; GROUP]; 2],
        of_columns: [&[i32; GROUP]; 2],
        near: &mut [u16; GROUP],
    ) {
        let sums = tile::<FIRST>(rows, columns);
        by_reach::<FIRST>(&sums, of_rows, of_columns, near);
    }

    #[target_feature(enable = "avx2")]
    #[inline(never)]
    fn tile_masks_of_both<const FIRST: usize>(
        rows: &[Line],
        columns: &[Line],
        of_rows: [&[i32; GROUP]; 2],
        of_columns: [&[i32; GROUP]; 2],
        angles: [&Angles; 2],
        near: &mut [u16; GROUP],
    ) {
        let sums = tile::<FIRST>(rows, columns);
        by_reach::<FIRST>(&sums, of_rows, of_columns, near);
        by_angle::<FIRST>(&sums, angles, near);
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn by_reach<const FIRST: usize>(
        sums: &[[__m256i; 2]; ROWS],
        [row_halves, row_reaches]: [&[i32; GROUP]; 2],
        [column_halves, column_reaches]: [&[i32; GROUP]; 2],
        near: &mut [u16; GROUP],
    ) {
        let halves = load(column_halves);
        let reaches = load(column_reaches);
        for (offset, sums) in sums.iter().enumerate() {
            let row = FIRST + offset;
            let below = _mm256_set1_epi32(row_halves[row] - 1);
            let reach = _mm256_set1_epi32(row_reaches[row]);
            let mask = |part: usize| {
                let reach = _mm256_max_epi32(reach, reaches[part]);
                let sum = _mm256_add_epi32(_mm256_sub_epi32(sums[part], halves[part]), reach);
                let is_near = _mm256_cmpgt_epi32(sum, below);
                _mm256_movemask_ps(_mm256_castsi256_ps(is_near)) as u16
            };
            near[row] = mask(0) | mask(1) << (GROUP / 2);
        }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn by_angle<const FIRST: usize>(
        sums: &[[__m256i; 2]; ROWS],
        [of_rows, of_columns]: [&Angles; 2],
        near: &mut [u16; GROUP],
    ) {
        let offsets = load_real(&of_columns.offsets);
        let lengths = load_real(&of_columns.lengths);
        let cosines = load_real(&of_columns.cosines);
        for (offset, sums) in sums.iter().enumerate() {
            let row = FIRST + offset;
            let of_row = _mm256_set1_ps(of_rows.offsets[row]);
            let length = _mm256_set1_ps(of_rows.lengths[row]);
            let cosine = _mm256_set1_ps(of_rows.cosines[row]);
            let mask = |part: usize| {
                let lengths = _mm256_mul_ps(length, lengths[part]);
                let of_angle = _mm256_mul_ps(lengths, _mm256_min_ps(cosine, cosines[part]));
                let least = _mm256_add_ps(_mm256_add_ps(of_row, offsets[part]), of_angle);
                let is_near = _mm256_cmp_ps::<_CMP_GE_OQ>(_mm256_cvtepi32_ps(sums[part]), least);
                _mm256_movemask_ps(is_near) as u16
            };
            near[row] |= mask(0) | mask(1) << (GROUP / 2);
        }
    }
}

/// The body for AVX-512, with one instruction or two for a product and its sum.
#[cfg(target_arch = "x86_64")]
macro_rules! with_wide_registers {
    ($module:ident, $features:literal, $add_products:expr) => {
        mod $module {
            use std::arch::x86_64::*;

            use super::{Angles, GROUP, Line};

            /// Rows of a tile: so many sums hide the time that one takes.
            const ROWS: usize = 8;

            #[target_feature(enable = $features)]
            fn load(numbers: &[i32; GROUP]) -> __m512i {
                // SAFETY: the numbers are 512 bits, and the load needs no alignment.
                unsafe { _mm512_loadu_si512(numbers.as_ptr().cast()) }
            }

            #[target_feature(enable = $features)]
            fn load_real(numbers: &[f32; GROUP]) -> __m512 {
                // SAFETY: the numbers are 512 bits, and the load needs no alignment.
                unsafe { _mm512_loadu_ps(numbers.as_ptr()) }
            }

            /// Products of the rows from `FIRST` on.
            #[target_feature(enable = $features)]
            #[inline]
            fn tile<const FIRST: usize>(rows: &[Line], columns: &[Line]) -> [__m512i; ROWS] {
                let mut sums = [_mm512_setzero_si512(); ROWS];
                for (row, column) in rows.iter().zip(columns) {
                    let column = load(&column.0);
                    for (offset, sum) in sums.iter_mut().enumerate() {
                        let row = _mm512_set1_epi32(row.0[FIRST + offset]);
                        *sum = $add_products(*sum, row, column);
                    }
                }
                sums
            }

            #[target_feature(enable = $features)]
            pub(super) fn products(
                rows: &[Line],
                columns: &[Line],
                products: &mut [[i32; GROUP]; GROUP],
            ) {
                let tiles = [tile::<0>(rows, columns), tile::<8>(rows, columns)];
                for (products, sums) in products.iter_mut().zip(tiles.as_flattened()) {
                    // SAFETY: the products take 512 bits, and the store needs no alignment.
                    unsafe { _mm512_storeu_si512(products.as_mut_ptr().cast(), *sums) };
                }
            }

            #[target_feature(enable = $features)]
            pub(super) fn near_masks(
                rows: &[Line],
                columns: &[Line],
                [row_halves, row_reaches]: [&[i32; GROUP]; 2],
                [column_halves, column_reaches]: [&[i32; GROUP]; 2],
                angles: Option<[&Angles; 2]>,
            ) -> [u16; GROUP] {
                let halves = load(column_halves);
                let reaches = load(column_reaches);
                let tiles = [tile::<0>(rows, columns), tile::<8>(rows, columns)];
                let mut near = [0; GROUP];
                for (row, sums) in tiles.as_flattened().iter().enumerate() {
                    let reach = _mm512_max_epi32(_mm512_set1_epi32(row_reaches[row]), reaches);
                    let sum = _mm512_add_epi32(_mm512_sub_epi32(*sums, halves), reach);
                    near[row] = _mm512_cmpge_epi32_mask(sum, _mm512_set1_epi32(row_halves[row]));
                }
                if let Some(angles) = angles {
                    by_angle(&tiles, angles, &mut near);
                }
                near
            }

            #[target_feature(enable = $features)]
            fn by_angle(
                tiles: &[[__m512i; ROWS]; 2],
                [of_rows, of_columns]: [&Angles; 2],
                near: &mut [u16; GROUP],
            ) {
                let offsets = load_real(&of_columns.offsets);
                let lengths = load_real(&of_columns.lengths);
                let cosines = load_real(&of_columns.cosines);
                for (row, sums) in tiles.as_flattened().iter().enumerate() {
                    let lengths = _mm512_mul_ps(_mm512_set1_ps(of_rows.lengths[row]), lengths);
                    let cosine = _mm512_min_ps(_mm512_set1_ps(of_rows.cosines[row]), cosines);
                    let offset = _mm512_add_ps(_mm512_set1_ps(of_rows.offsets[row]), offsets);
                    let least = _mm512_add_ps(offset, _mm512_mul_ps(lengths, cosine));
                    let product = _mm512_cvtepi32_ps(*sums);
                    near[row] |= _mm512_cmp_ps_mask::<_CMP_GE_OQ>(product, least);
                }
            }
        }
    };
}
#[cfg(target_arch = "x86_64")]
with_wide_registers!(avx512, "avx512f,avx512bw", |sum, row, column| {
    _mm512_add_epi32(sum, _mm512_madd_epi16(row, column))
});
#[cfg(target_arch = "x86_64")]
with_wide_registers!(vnni, "avx512f,avx512bw,avx512vnni", |sum, row, column| {
    _mm512_dpwssd_epi32(sum, row, column)
});
