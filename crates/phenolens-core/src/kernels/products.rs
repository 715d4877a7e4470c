use std::ops::AddAssign;

use super::multiversion;

/// Lanes of every sum: the width of two AVX-512 registers of 64 bits, or one of 32 bits.
pub(crate) const LANES: usize = 16;

multiversion! {
    /// Inner product of 32-bit vectors in 64 bits.
    ///
    /// ```text
    /// x·y  =  ∑ xᵢ yᵢ
    /// ```
    ///
    /// Every product is exact in 64 bits. Lane `l` sums the elements `l`, `l + 16`, `l + 32`, … in
    /// rising order; the lanes are then added in halves.
    ///
    /// * `x`, `y`: shape `(n_dims,)`; what one has beyond the other is ignored.
    pub(crate) fn dot(x: &[f32], y: &[f32]) -> f64 = dot_body;
}

multiversion! {
    /// Squared euclidean distance of 32-bit vectors in 64 bits, in the order of [`dot`].
    ///
    /// ```text
    /// |x - y|²  =  ∑ (xᵢ - yᵢ)²
    /// ```
    ///
    /// * `x`, `y`: shape `(n_dims,)`; what one has beyond the other is ignored.
    pub(crate) fn squared_distance(x: &[f32], y: &[f32]) -> f64 = squared_distance_body;
}

multiversion! {
    /// Inner product of a 64-bit and a 32-bit vector in 64 bits, in the order of [`dot`].
    pub(crate) fn wide_dot(x: &[f64], y: &[f32]) -> f64 = wide_dot_body;
}

multiversion! {
    /// Squared euclidean distance of a 64-bit and a 32-bit vector in 64 bits, in the order of [`dot`].
    pub(crate) fn wide_squared_distance(x: &[f64], y: &[f32]) -> f64 = wide_squared_distance_body;
}

multiversion! {
    /// Inner product of 64-bit vectors, in the order of [`dot`].
    pub(crate) fn dot_64(x: &[f64], y: &[f64]) -> f64 = dot_64_body;
}

multiversion! {
    /// `y += factor x`.
    pub(crate) fn add_scaled(y: &mut [f64], factor: f64, x: &[f64]) = add_scaled_body;
}

multiversion! {
    /// `factor x - y` in 64 bits.
    ///
    /// * `difference`: written, shape as `x` and `y`.
    pub(crate) fn scaled_difference(x: &[f32], factor: f64, y: &[f64], difference: &mut [f64])
        = scaled_difference_body;
}

multiversion! {
    /// Inner products of four 64-bit vectors with a fifth.
    ///
    /// Lane `l` of 8 sums the elements `l`, `l + 8`, … in rising order; the lanes are then added in
    /// halves.
    ///
    /// * `rows`, `x`: shape `(n_dims,)` each.
    pub(crate) fn dot_four(rows: [&[f64]; 4], x: &[f64]) -> [f64; 4] = dot_four_body;
}

multiversion! {
    /// `y += ((f₀ x₀ + f₁ x₁) + f₂ x₂) + f₃ x₃`, all of the same shape.
    pub(crate) fn add_four_scaled(y: &mut [f64], factors: [f64; 4], x: [&[f64]; 4])
        = add_four_scaled_body;
}

multiversion! {
    /// Inner products of four vectors with every row of a matrix, in 32 bits.
    ///
    /// Sums run in the order of [`dot`]: each is within `γ |x| |y|` of the exact product, with
    /// `γ = m u / (1 - m u)`, `m = n_dims / 16 + 5` and `u = 2⁻²⁴`, underflow apart.
    ///
    /// * `rows`: four vectors, each of `n_dims` values;
    /// * `columns`: row-major, shape `(n_columns, n_dims)`; `n_dims` is a multiple of [`LANES`];
    /// * `products`: written, shape `(4, n_columns)`.
    pub(crate) fn dot_rows(
        rows: [&[f32]; ROWS],
        columns: &[f32],
        n_dims: usize,
        products: [&mut [f32]; ROWS],
    ) = dot_rows_body;
}

/// Vectors that [`dot_rows`] takes together: one pass over the columns serves four.
pub(crate) const ROWS: usize = 4;

#[inline(always)]
fn dot_body(x: &[f32], y: &[f32]) -> f64 {
    sum_of_terms(x, y, |x, y| f64::from(x) * f64::from(y))
}

#[inline(always)]
fn squared_distance_body(x: &[f32], y: &[f32]) -> f64 {
    sum_of_terms(x, y, |x, y| {
        let difference = f64::from(x) - f64::from(y);
        difference * difference
    })
}

#[inline(always)]
fn wide_dot_body(x: &[f64], y: &[f32]) -> f64 {
    sum_of_terms(x, y, |x, y| x * f64::from(y))
}

#[inline(always)]
fn wide_squared_distance_body(x: &[f64], y: &[f32]) -> f64 {
    sum_of_terms(x, y, |x, y| {
        let difference = x - f64::from(y);
        difference * difference
    })
}

#[inline(always)]
fn dot_64_body(x: &[f64], y: &[f64]) -> f64 {
    sum_of_terms(x, y, |x, y| x * y)
}

#[inline(always)]
fn add_scaled_body(y: &mut [f64], factor: f64, x: &[f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += factor * x;
    }
}

#[inline(always)]
fn scaled_difference_body(x: &[f32], factor: f64, y: &[f64], difference: &mut [f64]) {
    for ((difference, &x), y) in difference.iter_mut().zip(x).zip(y) {
        *difference = factor * f64::from(x) - y;
    }
}

#[inline(always)]
fn dot_four_body(rows: [&[f64]; 4], x: &[f64]) -> [f64; 4] {
    const WIDTH: usize = 8;
    let n_whole = x.len() / WIDTH * WIDTH;
    let [row_0, row_1, row_2, row_3] = rows.map(|row| row.as_chunks::<WIDTH>().0);
    let mut sums = [[0.0_f64; WIDTH]; 4];
    let [mut sums_0, mut sums_1, mut sums_2, mut sums_3] = sums;
    let chunks = row_0
        .iter()
        .zip(row_1)
        .zip(row_2)
        .zip(row_3)
        .zip(x.as_chunks::<WIDTH>().0);
    for ((((row_0, row_1), row_2), row_3), x) in chunks {
        for lane in 0..WIDTH {
            sums_0[lane] += row_0[lane] * x[lane];
            sums_1[lane] += row_1[lane] * x[lane];
            sums_2[lane] += row_2[lane] * x[lane];
            sums_3[lane] += row_3[lane] * x[lane];
        }
    }
    for (sums, of_row) in sums.iter_mut().zip([sums_0, sums_1, sums_2, sums_3]) {
        *sums = of_row;
    }
    for (sums, row) in sums.iter_mut().zip(rows) {
        for ((sum, row), x) in sums.iter_mut().zip(&row[n_whole..]).zip(&x[n_whole..]) {
            *sum += row * x;
        }
    }
    sums.map(sum_in_halves)
}

#[inline(always)]
fn add_four_scaled_body(y: &mut [f64], factors: [f64; 4], [x_0, x_1, x_2, x_3]: [&[f64]; 4]) {
    let [f_0, f_1, f_2, f_3] = factors;
    let terms = x_0.iter().zip(x_1).zip(x_2).zip(x_3);
    for (y, (((x_0, x_1), x_2), x_3)) in y.iter_mut().zip(terms) {
        *y += f_0 * x_0 + f_1 * x_1 + f_2 * x_2 + f_3 * x_3;
    }
}

/// Lanes in two halves, and what is over apart: so the compiler keeps all sums in registers.
#[inline(always)]
fn sum_of_terms<X: Copy, Y: Copy>(x: &[X], y: &[Y], term: impl Fn(X, Y) -> f64) -> f64 {
    const HALF: usize = LANES / 2;
    let (x_chunks, x_rest) = x.as_chunks::<LANES>();
    let (y_chunks, y_rest) = y.as_chunks::<LANES>();
    let (mut low, mut high) = ([0.0_f64; HALF], [0.0_f64; HALF]);
    for (x, y) in x_chunks.iter().zip(y_chunks) {
        for lane in 0..HALF {
            low[lane] += term(x[lane], y[lane]);
        }
        for lane in 0..HALF {
            high[lane] += term(x[HALF + lane], y[HALF + lane]);
        }
    }
    if !x_rest.is_empty() && !y_rest.is_empty() {
        [low, high] = with_rest([low, high], x_rest, y_rest, term);
    }
    let eight: [f64; 8] = std::array::from_fn(|lane| low[lane] + high[lane]);
    let four: [f64; 4] = std::array::from_fn(|lane| eight[lane] + eight[lane + 4]);
    (four[0] + four[2]) + (four[1] + four[3])
}

#[cold]
#[inline(never)]
fn with_rest<X: Copy, Y: Copy, const HALF: usize>(
    mut lanes: [[f64; HALF]; 2],
    x: &[X],
    y: &[Y],
    term: impl Fn(X, Y) -> f64,
) -> [[f64; HALF]; 2] {
    let terms = x.iter().zip(y).map(|(&x, &y)| term(x, y));
    for (lane, term) in lanes.as_flattened_mut().iter_mut().zip(terms) {
        *lane += term;
    }
    lanes
}

#[inline(always)]
fn dot_rows_body(rows: [&[f32]; 4], columns: &[f32], n_dims: usize, mut products: [&mut [f32]; 4]) {
    let n_chunks = n_dims / LANES;
    let rows = rows.map(|row| &row.as_chunks::<LANES>().0[..n_chunks]);
    // Sums of a tile of columns are written out before they are added up: mixed into one loop, the
    // additions across lanes would keep the compiler from whole registers.
    let mut tile = [[[0.0_f32; LANES]; 4]; TILE];
    for (first, columns) in columns.chunks(TILE * n_dims).enumerate() {
        for (sums, column) in tile.iter_mut().zip(columns.chunks_exact(n_dims)) {
            *sums = lane_sums(rows, column.as_chunks::<LANES>().0);
        }
        let n_columns = columns.len() / n_dims;
        for (offset, sums) in tile[..n_columns].iter().enumerate() {
            for (products, lanes) in products.iter_mut().zip(sums) {
                products[first * TILE + offset] = sum_in_halves(*lanes);
            }
        }
    }
}

/// Columns whose sums are held at a time: 8 KiB.
const TILE: usize = 32;

#[inline(always)]
fn lane_sums(rows: [&[[f32; LANES]]; 4], column: &[[f32; LANES]]) -> [[f32; LANES]; 4] {
    let mut sums_0 = [0.0_f32; LANES];
    let (mut sums_1, mut sums_2, mut sums_3) = (sums_0, sums_0, sums_0);
    let [row_0, row_1, row_2, row_3] = rows;
    let chunks = row_0.iter().zip(row_1).zip(row_2).zip(row_3).zip(column);
    for ((((x_0, x_1), x_2), x_3), y) in chunks {
        add_products(&mut sums_0, x_0, y);
        add_products(&mut sums_1, x_1, y);
        add_products(&mut sums_2, x_2, y);
        add_products(&mut sums_3, x_3, y);
    }
    [sums_0, sums_1, sums_2, sums_3]
}

#[inline(always)]
fn add_products(sums: &mut [f32; LANES], x: &[f32; LANES], y: &[f32; LANES]) {
    for lane in 0..LANES {
        sums[lane] += x[lane] * y[lane];
    }
}

/// Adds lanes in halves: the first half of them and the second, and so on. Their number is a power of 2.
#[inline(always)]
pub(crate) fn sum_in_halves<T: Copy + AddAssign, const N: usize>(mut lanes: [T; N]) -> T {
    let mut width = N / 2;
    while width > 0 {
        for lane in 0..width {
            let other = lanes[lane + width];
            lanes[lane] += other;
        }
        width /= 2;
    }
    lanes[0]
}
