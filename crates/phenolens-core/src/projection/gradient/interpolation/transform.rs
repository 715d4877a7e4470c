//! The discrete Fourier transform of eight sequences at a time, in 32 bits.

use std::f64::consts::TAU;

use crate::kernels::multiversion;

/// Sequences that are transformed side by side: one AVX2 register of 32-bit numbers.
pub(super) const LANES: usize = 8;

/// One element of each of the sequences.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Complex {
    pub(super) re: [f32; LANES],
    pub(super) im: [f32; LANES],
}

/// How a transform of one length is done: by factors 4, 2, 3 and 5, each in one pass over the data.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    length: usize,
    passes: Vec<Pass>,
}

#[derive(Debug, Clone)]
struct Pass {
    radix: usize,
    /// Distance of the elements of one sub-transform's output: the product of the radices before.
    stride: usize,
    /// `radix - 1` factors `[cos, sin]` for each of the butterflies that have their own.
    twiddles: Vec<[f32; 2]>,
}

/// The least length from `least` on, and from 32 on, that is an even product of few factors: a power of
/// 2, times 9/8, 5/4, 3/2, 27/16 or 15/8. At most a fifth longer than needed.
pub(super) fn fast_length(least: usize) -> usize {
    let mut power = 32;
    loop {
        for sixteenths in [16, 18, 20, 24, 27, 30] {
            let length = power / 16 * sixteenths;
            if length >= least {
                return length;
            }
        }
        power *= 2;
    }
}

impl Plan {
    /// * `length`: a product of powers of 2, 3 and 5.
    pub(super) fn new(length: usize) -> Plan {
        let mut passes = Vec::new();
        let (mut rest, mut stride) = (length, 1);
        while rest > 1 {
            let radix = [4, 2, 3, 5].into_iter().find(|radix| rest % radix == 0);
            let radix = radix.expect("grid sizes have no other factors");
            let n_butterflies = rest / radix;
            let mut twiddles = Vec::with_capacity(n_butterflies * (radix - 1));
            for butterfly in 0..n_butterflies {
                for output in 1..radix {
                    let turn = (butterfly * output) as f64 / rest as f64;
                    twiddles.push([libm::cos(TAU * turn) as f32, -libm::sin(TAU * turn) as f32]);
                }
            }
            passes.push(Pass {
                radix,
                stride,
                twiddles,
            });
            stride *= radix;
            rest = n_butterflies;
        }
        Plan { length, passes }
    }

    pub(super) fn length(&self) -> usize {
        self.length
    }
}

impl Complex {
    pub(super) const ZERO: Complex = Complex {
        re: [0.0; LANES],
        im: [0.0; LANES],
    };
}

multiversion! {
    /// Transforms eight sequences.
    ///
    /// ```text
    /// Xₖ  =  ∑ xⱼ exp(-2πi jk / n)
    ///        j
    /// ```
    ///
    /// The inverse, times n, is the same with real and imaginary parts exchanged before and after.
    ///
    /// * `data`: shape `(n,)`, replaced by its transform; `scratch`: as long, overwritten.
    ///
    /// Takes O(n log n) time; the root mean square error is within some 2⁻²⁴ log₂ n of that of the data.
    ///
    /// # Source
    /// Stockham (1966), High-speed convolution and correlation, AFIPS Spring Joint Computer Conference,
    /// 229–233: the order is natural on both sides, without a permutation.
    pub(super) fn transform(plan: &Plan, data: &mut [Complex], scratch: &mut [Complex])
        = transform_body;
}

#[inline(always)]
fn transform_body(plan: &Plan, data: &mut [Complex], scratch: &mut [Complex]) {
    let (mut from, mut to) = (&mut *data, &mut *scratch);
    for pass in &plan.passes {
        match pass.radix {
            4 => pass_by_4(pass, from, to),
            2 => pass_by_2(pass, from, to),
            3 => pass_by_3(pass, from, to),
            _ => pass_by_5(pass, from, to),
        }
        (from, to) = (to, from);
    }
    if plan.passes.len() % 2 == 1 {
        to.copy_from_slice(from);
    }
}

#[inline(always)]
fn pass_by_2(pass: &Pass, from: &[Complex], to: &mut [Complex]) {
    let stride = pass.stride;
    let (from_0, from_1) = from.split_at(from.len() / 2);
    let inputs = from_0.chunks_exact(stride).zip(from_1.chunks_exact(stride));
    let outputs = to.chunks_exact_mut(2 * stride);
    for ((twiddle, output), (x_0, x_1)) in pass.twiddles.iter().zip(outputs).zip(inputs) {
        let (y_0, y_1) = output.split_at_mut(stride);
        for (((y_0, y_1), &x_0), &x_1) in y_0.iter_mut().zip(y_1).zip(x_0).zip(x_1) {
            *y_0 = add(x_0, x_1);
            *y_1 = turn(subtract(x_0, x_1), *twiddle);
        }
    }
}

#[inline(always)]
fn pass_by_3(pass: &Pass, from: &[Complex], to: &mut [Complex]) {
    let stride = pass.stride;
    let third = from.len() / 3;
    let (twiddles, _) = pass.twiddles.as_chunks::<2>();
    let outputs = to.chunks_exact_mut(3 * stride);
    for (butterfly, (twiddles, output)) in twiddles.iter().zip(outputs).enumerate() {
        let input = |part: usize| &from[part * third + butterfly * stride..][..stride];
        let (x_0, x_1, x_2) = (input(0), input(1), input(2));
        let (y_0, rest) = output.split_at_mut(stride);
        let (y_1, y_2) = rest.split_at_mut(stride);
        for q in 0..stride {
            let sum = add(x_1[q], x_2[q]);
            let difference = scale(subtract(x_1[q], x_2[q]), SIN_60);
            let middle = add(x_0[q], scale(sum, -0.5));
            y_0[q] = add(x_0[q], sum);
            y_1[q] = turn(subtract_turned(middle, difference), twiddles[0]);
            y_2[q] = turn(add_turned(middle, difference), twiddles[1]);
        }
    }
}

#[inline(always)]
fn pass_by_4(pass: &Pass, from: &[Complex], to: &mut [Complex]) {
    let stride = pass.stride;
    let quarter = from.len() / 4;
    let (twiddles, _) = pass.twiddles.as_chunks::<3>();
    let outputs = to.chunks_exact_mut(4 * stride);
    for (butterfly, (twiddles, output)) in twiddles.iter().zip(outputs).enumerate() {
        let input = |part: usize| &from[part * quarter + butterfly * stride..][..stride];
        let (x_0, x_1, x_2, x_3) = (input(0), input(1), input(2), input(3));
        let (low, high) = output.split_at_mut(2 * stride);
        let (y_0, y_1) = low.split_at_mut(stride);
        let (y_2, y_3) = high.split_at_mut(stride);
        for q in 0..stride {
            let (sum_02, difference_02) = (add(x_0[q], x_2[q]), subtract(x_0[q], x_2[q]));
            let (sum_13, difference_13) = (add(x_1[q], x_3[q]), subtract(x_1[q], x_3[q]));
            y_0[q] = add(sum_02, sum_13);
            y_1[q] = turn(subtract_turned(difference_02, difference_13), twiddles[0]);
            y_2[q] = turn(subtract(sum_02, sum_13), twiddles[1]);
            y_3[q] = turn(add_turned(difference_02, difference_13), twiddles[2]);
        }
    }
}

#[inline(always)]
fn pass_by_5(pass: &Pass, from: &[Complex], to: &mut [Complex]) {
    let stride = pass.stride;
    let fifth = from.len() / 5;
    let (twiddles, _) = pass.twiddles.as_chunks::<4>();
    let outputs = to.chunks_exact_mut(5 * stride);
    for (butterfly, (twiddles, output)) in twiddles.iter().zip(outputs).enumerate() {
        for q in 0..stride {
            let input = |part: usize| from[part * fifth + butterfly * stride + q];
            let (x_0, x_1, x_2, x_3, x_4) = (input(0), input(1), input(2), input(3), input(4));
            let (sum_14, difference_14) = (add(x_1, x_4), subtract(x_1, x_4));
            let (sum_23, difference_23) = (add(x_2, x_3), subtract(x_2, x_3));
            let even_1 = add(x_0, add(scale(sum_14, COS_72), scale(sum_23, COS_144)));
            let even_2 = add(x_0, add(scale(sum_14, COS_144), scale(sum_23, COS_72)));
            let odd_1 = add(scale(difference_14, SIN_72), scale(difference_23, SIN_144));
            let odd_2 = subtract(scale(difference_14, SIN_144), scale(difference_23, SIN_72));
            output[q] = add(x_0, add(sum_14, sum_23));
            output[stride + q] = turn(subtract_turned(even_1, odd_1), twiddles[0]);
            output[2 * stride + q] = turn(subtract_turned(even_2, odd_2), twiddles[1]);
            output[3 * stride + q] = turn(add_turned(even_2, odd_2), twiddles[2]);
            output[4 * stride + q] = turn(add_turned(even_1, odd_1), twiddles[3]);
        }
    }
}

const SIN_60: f32 = 0.866_025_4;
const COS_72: f32 = 0.309_017;
const SIN_72: f32 = 0.951_056_54;
const COS_144: f32 = -0.809_017;
const SIN_144: f32 = 0.587_785_24;

#[inline(always)]
fn map_2(x: [f32; LANES], y: [f32; LANES], f: impl Fn(f32, f32) -> f32) -> [f32; LANES] {
    std::array::from_fn(|lane| f(x[lane], y[lane]))
}

#[inline(always)]
fn add(x: Complex, y: Complex) -> Complex {
    Complex {
        re: map_2(x.re, y.re, |x, y| x + y),
        im: map_2(x.im, y.im, |x, y| x + y),
    }
}

#[inline(always)]
fn subtract(x: Complex, y: Complex) -> Complex {
    Complex {
        re: map_2(x.re, y.re, |x, y| x - y),
        im: map_2(x.im, y.im, |x, y| x - y),
    }
}

/// `x + i y`.
#[inline(always)]
fn add_turned(x: Complex, y: Complex) -> Complex {
    Complex {
        re: map_2(x.re, y.im, |x, y| x - y),
        im: map_2(x.im, y.re, |x, y| x + y),
    }
}

/// `x - i y`.
#[inline(always)]
fn subtract_turned(x: Complex, y: Complex) -> Complex {
    Complex {
        re: map_2(x.re, y.im, |x, y| x + y),
        im: map_2(x.im, y.re, |x, y| x - y),
    }
}

#[inline(always)]
fn scale(x: Complex, factor: f32) -> Complex {
    Complex {
        re: x.re.map(|x| x * factor),
        im: x.im.map(|x| x * factor),
    }
}

/// `x (cos + i sin)`.
#[inline(always)]
fn turn(x: Complex, [cosine, sine]: [f32; 2]) -> Complex {
    Complex {
        re: map_2(x.re, x.im, |re, im| re * cosine - im * sine),
        im: map_2(x.re, x.im, |re, im| re * sine + im * cosine),
    }
}
