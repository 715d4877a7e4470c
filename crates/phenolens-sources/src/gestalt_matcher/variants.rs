//! Several vectors of one image made into one.

use std::collections::BTreeMap;

use crate::format_error::{Fault, FormatError};
use crate::options::Variants;
use crate::quote::quote;
use crate::records::Records;
use crate::{Format, ReadOptions};

use super::Images;

/// Images that a message names.
const NAMED: usize = 5;

/// A vector of an image.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Variant {
    /// The encoder, whether mirrored, whether gray; or whatever tells variants apart.
    pub(crate) kind: [String; 3],
    /// The values, or what stands in their place.
    pub(crate) values: Result<Vec<f32>, String>,
}

/// The vectors of all images.
#[derive(Debug, Default)]
pub(crate) struct Encodings {
    /// In the order in which they first came.
    names: Vec<String>,
    place_of: BTreeMap<String, usize>,
    variants: Vec<Vec<Variant>>,
}

impl Encodings {
    /// Adds a vector of an image.
    ///
    /// # Errors
    /// If one of its kind is there already.
    pub(crate) fn push(&mut self, image: &str, variant: Variant) -> Result<(), String> {
        let place = match self.place_of.get(image) {
            Some(&place) => place,
            None => {
                self.place_of.insert(image.to_owned(), self.names.len());
                self.names.push(image.to_owned());
                self.variants.push(Vec::new());
                self.names.len() - 1
            }
        };
        let variants = &mut self.variants[place];
        if variants.iter().any(|other| other.kind == variant.kind) {
            let [model, flip, gray] = &variant.kind;
            let (image, model, flip, gray) = (quote(image), quote(model), quote(flip), quote(gray));
            return Err(format!(
                "image {image} has a second vector of model {model}, flip {flip}, gray {gray}"
            ));
        }
        variants.push(variant);
        Ok(())
    }

    /// One record for each image, with the labels of the tables.
    ///
    /// # Errors
    /// If images have different variants, or do not match their labels one to one.
    pub(crate) fn combine(
        mut self,
        images: &Images,
        n_stored: u64,
        options: &ReadOptions,
    ) -> Result<Records, FormatError> {
        for variants in &mut self.variants {
            variants.sort_by(|one, other| one.kind.cmp(&other.kind));
        }
        self.refuse_unequal()?;
        let ids = images.join(&self.names)?;
        let mut records = Records::new(images.labelling, n_stored, &options.limits);
        for (ids, variants) in ids.into_iter().zip(&self.variants) {
            let pushed = match combine(variants, options.variants) {
                Ok(values) => records.push(ids, &values, phenolens_core::cohort::Stored::Exact),
                Err(what) => records.push_unusable(ids, what),
            };
            pushed.map_err(|excess| excess.of(Format::GestaltMatcher))?;
        }
        Ok(records)
    }

    /// Refuses images that have not the variants that most have.
    fn refuse_unequal(&self) -> Result<(), FormatError> {
        let mut counts: BTreeMap<Vec<&[String; 3]>, usize> = BTreeMap::new();
        let kinds = |variants: &'_ [Variant]| -> Vec<[String; 3]> {
            variants
                .iter()
                .map(|variant| variant.kind.clone())
                .collect()
        };
        for variants in &self.variants {
            let kinds = variants.iter().map(|variant| &variant.kind).collect();
            *counts.entry(kinds).or_default() += 1;
        }
        let Some((usual, _)) = counts.iter().max_by_key(|&(_, count)| count) else {
            return Ok(());
        };
        if counts.len() < 2 {
            return Ok(());
        }
        let usual: Vec<[String; 3]> = usual.iter().map(|&kind| kind.clone()).collect();
        let odd: Vec<String> = self
            .names
            .iter()
            .zip(&self.variants)
            .filter(|(_, variants)| kinds(variants) != usual)
            .map(|(name, variants)| format!("{} ({})", quote(name), variants.len()))
            .collect();
        let more = if odd.len() > NAMED { ", …" } else { "" };
        let what = format!(
            "most images have {} variants; {} have others: {}{more}",
            usual.len(),
            odd.len(),
            odd[..odd.len().min(NAMED)].join(", ")
        );
        Err(FormatError::new(Format::GestaltMatcher, Fault::Shape, what)
            .hint("encode every image with the same models, mirrored and gray copies"))
    }
}

/// The vector that stands for all variants of an image, or why there is none; a variant that is zero or
/// not finite where there is one.
///
/// ```text
/// u_v = x_v / |x_v|
/// mean vector:    (1/V) sum over v of u_v
/// mean distance:  (u_1, ..., u_V) / sqrt(V)      one after another
/// ```
///
/// The second makes cosine distances the means of those between variants of one kind: all these
/// vectors are of unit length, and `x·y = (1/V) sum over v of u_v·w_v`.
fn combine(variants: &[Variant], how: Variants) -> Result<Vec<f32>, String> {
    let mut units = Vec::with_capacity(variants.len());
    for variant in variants {
        let [model, flip, gray] = &variant.kind;
        let about = || {
            format!(
                "model {}, flip {}, gray {}",
                quote(model),
                quote(flip),
                quote(gray)
            )
        };
        let values = match &variant.values {
            Ok(values) => values,
            Err(what) => return Err(format!("{what} for {}", about())),
        };
        let length = values
            .iter()
            .map(|&value| f64::from(value) * f64::from(value))
            .sum::<f64>()
            .sqrt();
        if length == 0.0 || !length.is_finite() {
            // What is wrong with it is found, and said, when records are judged.
            return Ok(values.clone());
        }
        let unit: Vec<f64> = values
            .iter()
            .map(|&value| f64::from(value) / length)
            .collect();
        units.push(unit);
    }
    let n_variants = units.len() as f64;
    match how {
        Variants::MeanDistance => {
            let scale = n_variants.sqrt();
            Ok(units
                .concat()
                .into_iter()
                .map(|value| (value / scale) as f32)
                .collect())
        }
        Variants::MeanVector => {
            let n_dims = units[0].len();
            if units.iter().any(|unit| unit.len() != n_dims) {
                return Err("vectors of several lengths, of which there is no mean".to_owned());
            }
            let mean = |column: usize| {
                let sum: f64 = units.iter().map(|unit| unit[column]).sum();
                (sum / n_variants) as f32
            };
            Ok((0..n_dims).map(mean).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variant(name: &str, values: &[f32]) -> Variant {
        Variant {
            kind: [name.to_owned(), "0".to_owned(), "0".to_owned()],
            values: Ok(values.to_vec()),
        }
    }

    fn cosine(x: &[f32], y: &[f32]) -> f64 {
        let dot = |a: &[f32], b: &[f32]| -> f64 {
            a.iter()
                .zip(b)
                .map(|(&a, &b)| f64::from(a) * f64::from(b))
                .sum()
        };
        1.0 - dot(x, y) / (dot(x, x) * dot(y, y)).sqrt()
    }

    #[test]
    fn the_mean_is_of_directions() {
        let variants = [variant("a", &[3.0, 0.0]), variant("b", &[0.0, 0.5])];
        assert_eq!(combine(&variants, Variants::MeanVector), Ok(vec![0.5, 0.5]));
    }

    #[test]
    fn cosine_distances_are_means_over_the_variants() {
        let x = [variant("a", &[1.0, 2.0]), variant("b", &[-3.0, 1.0, 0.5])];
        let y = [variant("a", &[0.5, -1.0]), variant("b", &[2.0, 2.0, 1.0])];
        let values = |variant: &Variant| variant.values.clone().expect("numbers");
        let by_hand: f64 = x
            .iter()
            .zip(&y)
            .map(|(x, y)| cosine(&values(x), &values(y)))
            .sum::<f64>()
            / 2.0;
        let one = combine(&x, Variants::MeanDistance).expect("directions");
        let other = combine(&y, Variants::MeanDistance).expect("directions");
        assert_eq!(one.len(), 5);
        // Values are rounded to 32 bits.
        assert!((cosine(&one, &other) - by_hand).abs() < 1e-6);
        assert!(combine(&x, Variants::MeanVector).is_err());
    }

    #[test]
    fn a_variant_without_direction_stands_for_its_image() {
        let variants = [variant("a", &[1.0, 2.0]), variant("b", &[0.0, 0.0])];
        assert_eq!(combine(&variants, Variants::MeanVector), Ok(vec![0.0, 0.0]));
        let variants = [
            variant("a", &[1.0, f32::INFINITY]),
            variant("b", &[0.0, 0.0]),
        ];
        assert_eq!(
            combine(&variants, Variants::MeanVector),
            Ok(vec![1.0, f32::INFINITY])
        );
    }
}
