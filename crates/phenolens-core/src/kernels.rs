//! Vector arithmetic whose bits do not depend on the processor.
//!
//! Each kernel is one body of plain Rust over a fixed number of lanes, compiled several times: for
//! AVX-512, for AVX2 and for any processor. The choice is made at run time. Since the compiler may
//! neither reorder floating-point sums nor fuse a product with a sum, every copy gives the same
//! bits; tests force each.

mod instruction_set;
mod prefetch;
mod products;
mod quantize;
mod sketches;
#[cfg(test)]
mod tests;
mod whole_products;

pub use instruction_set::InstructionSet;
pub(crate) use instruction_set::{Level, multiversion};
pub(crate) use prefetch::prefetch;
pub(crate) use products::{
    LANES, ROWS, add_four_scaled, add_scaled, dot, dot_64, dot_four, dot_rows, scaled_difference,
    squared_distance, sum_in_halves, wide_dot, wide_squared_distance,
};
pub(crate) use quantize::{peak, quantize, round_to_sketch};
pub(crate) use sketches::{
    Angles, GROUP, Line, NO_REACH, Sketched, half_distances, near_pairs, near_pairs_of_both,
};
pub(crate) use whole_products::whole_product;
