//! An order of the samples in which near ones stand near each other.

use crate::kernels::GROUP;
use crate::random::{Stream, Use};

/// Samples of a part that say in which direction it is cut.
const N_ASKED: usize = 64;

/// Steps towards the direction in which these differ most.
const N_STEPS: usize = 3;

/// Parts of fewer samples are cut by one thread.
const MIN_SHARED: usize = 8192;

/// The samples in blocks of `block_size`, each of near samples.
///
/// The samples are cut in halves of whole blocks, across the direction in which they differ most, again
/// and again (a principal component tree).
///
/// * `coordinates`: row-major, shape `(n_samples, n_coordinates)`;
/// * `block_size`: a multiple of the size of a group.
///
/// Takes O(n log(n / block_size)) time for each coordinate.
///
/// # Source
/// Verma, Kpotufe & Dasgupta (2009), Which spatial partition trees are adaptive to intrinsic dimension?,
/// UAI 2009, 565–574.
pub(super) fn order(coordinates: &[i16], n_coordinates: usize, block_size: usize) -> Vec<u32> {
    order_across(coordinates, n_coordinates, block_size, &principal)
}

/// The samples in blocks as above, each part of them cut across a direction drawn at random.
///
/// * `tree`: which of many such orders.
pub(super) fn random_order(
    coordinates: &[i16],
    n_coordinates: usize,
    block_size: usize,
    tree: u64,
) -> Vec<u32> {
    let drawn = |part: &[Keyed], asked: &[&[i16]]| {
        let index = (part.len() as u64) << 32 | u64::from(part[0].1);
        drawn(asked, &mut Stream::new(tree, Use::Forest, index))
    };
    order_across(coordinates, n_coordinates, block_size, &drawn)
}

/// How far along a direction a sample lies, and the sample.
type Keyed = (f32, u32);

fn order_across(
    coordinates: &[i16],
    n_coordinates: usize,
    block_size: usize,
    direction: &(impl Fn(&[Keyed], &[&[i16]]) -> Vec<f32> + Sync),
) -> Vec<u32> {
    debug_assert!(block_size.is_multiple_of(GROUP));
    let mut keyed: Vec<Keyed> = (0..coordinates.len() / n_coordinates)
        .map(|sample| (0.0, sample as u32))
        .collect();
    let sketch = |sample: u32| &coordinates[sample as usize * n_coordinates..][..n_coordinates];
    cut(&mut keyed, block_size, &sketch, direction);
    keyed.into_iter().map(|(_, sample)| sample).collect()
}

fn cut<'a>(
    part: &mut [Keyed],
    block_size: usize,
    sketch: &(impl Fn(u32) -> &'a [i16] + Sync),
    direction_of: &(impl Fn(&[Keyed], &[&[i16]]) -> Vec<f32> + Sync),
) {
    if part.len() <= block_size {
        return;
    }
    let n_asked = part.len().min(N_ASKED);
    let asked: Vec<&[i16]> = (0..n_asked)
        .map(|index| sketch(part[index * part.len() / n_asked].1))
        .collect();
    let direction = direction_of(part, &asked);
    for (key, sample) in part.iter_mut() {
        *key = dot(sketch(*sample), &direction);
    }
    let n_left = (part.len() / 2).next_multiple_of(block_size);
    part.select_nth_unstable_by(n_left, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let is_shared = part.len() >= MIN_SHARED;
    let (left, right) = part.split_at_mut(n_left);
    if is_shared {
        rayon::join(
            || cut(left, block_size, sketch, direction_of),
            || cut(right, block_size, sketch, direction_of),
        );
    } else {
        cut(left, block_size, sketch, direction_of);
        cut(right, block_size, sketch, direction_of);
    }
}

/// About the direction in which samples differ most, by the power method.
fn principal(_: &[Keyed], asked: &[&[i16]]) -> Vec<f32> {
    let mean = mean(asked);
    // From the sample farthest from the mean: it is not across the direction that is looked for.
    let centered = |vector: &[i16]| -> Vec<f32> {
        let pairs = vector.iter().zip(&mean);
        pairs.map(|(&x, mean)| f32::from(x) - mean).collect()
    };
    let squared = |vector: &[f32]| vector.iter().map(|x| x * x).sum::<f32>();
    let mut direction = asked
        .iter()
        .map(|vector| centered(vector))
        .max_by(|a, b| squared(a).total_cmp(&squared(b)))
        .unwrap_or_default();
    for _ in 0..N_STEPS {
        let length = squared(&direction).sqrt();
        if length == 0.0 {
            break;
        }
        let mut next = vec![0.0; direction.len()];
        let of_mean: f32 = mean.iter().zip(&direction).map(|(m, x)| m * x).sum();
        for vector in asked {
            let along = (dot(vector, &direction) - of_mean) / length;
            add(&mut next, along, vector);
            for (next, mean) in next.iter_mut().zip(&mean) {
                *next -= along * mean;
            }
        }
        direction = next;
    }
    direction
}

/// A direction in which samples differ, more likely one in which they differ much.
fn drawn(asked: &[&[i16]], stream: &mut Stream) -> Vec<f32> {
    let mean = mean(asked);
    let mut direction = vec![0.0; mean.len()];
    let mut sum = 0.0;
    for vector in asked {
        let weight = stream.normal() as f32;
        sum += weight;
        add(&mut direction, weight, vector);
    }
    for (x, mean) in direction.iter_mut().zip(&mean) {
        *x -= sum * mean;
    }
    direction
}

fn mean(asked: &[&[i16]]) -> Vec<f32> {
    let mut mean = vec![0.0; asked[0].len()];
    for vector in asked {
        add(&mut mean, 1.0 / asked.len() as f32, vector);
    }
    mean
}

fn dot(x: &[i16], y: &[f32]) -> f32 {
    let (x_chunks, x_rest) = x.as_chunks::<8>();
    let (y_chunks, y_rest) = y.as_chunks::<8>();
    let mut lanes = [0.0_f32; 8];
    for (x, y) in x_chunks.iter().zip(y_chunks) {
        for lane in 0..8 {
            lanes[lane] += f32::from(x[lane]) * y[lane];
        }
    }
    let rest = x_rest.iter().zip(y_rest);
    lanes.iter().sum::<f32>() + rest.map(|(&x, y)| f32::from(x) * y).sum::<f32>()
}

fn add(sum: &mut [f32], factor: f32, x: &[i16]) {
    for (sum, &x) in sum.iter_mut().zip(x) {
        *sum += factor * f32::from(x);
    }
}
