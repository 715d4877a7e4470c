//! SVG to PNG, with the embedded font alone.

use std::borrow::Cow;
use std::sync::OnceLock;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{FontResolver, Options, Tree};

use super::font;
use crate::ReportError;

/// Pixels per px of the SVG.
const SCALE: f32 = 2.0;
/// Pixels per meter at that scale: 192 to the inch.
const PIXELS_PER_METER: u32 = 7559;

/// The picture of a figure at twice its size, as the bytes of a PNG.
///
/// # Errors
/// If the SVG is not one of ours: not well-formed, or without a size.
pub(crate) fn png(svg: &str) -> Result<Vec<u8>, ReportError> {
    let broken = |reason: String| ReportError::Internal {
        path: "a figure's PNG".to_owned(),
        reason,
    };
    let tree = Tree::from_str(&without_missing(svg), options())
        .map_err(|error| broken(error.to_string()))?;
    let size = tree.size().to_int_size().scale_by(SCALE);
    let mut pixmap = size
        .and_then(|size| Pixmap::new(size.width(), size.height()))
        .ok_or_else(|| broken("it has no size".to_owned()))?;
    resvg::render(
        &tree,
        Transform::from_scale(SCALE, SCALE),
        &mut pixmap.as_mut(),
    );
    encode(&pixmap).map_err(|error| broken(error.to_string()))
}

/// Every figure has a white ground, so the picture is opaque and needs no alpha.
fn encode(pixmap: &Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let pixels = pixmap.data().chunks_exact(4);
    let mut rgb = vec![0; pixels.len() * 3];
    for (to, from) in rgb.chunks_exact_mut(3).zip(pixels) {
        to.copy_from_slice(&from[..3]);
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, pixmap.width(), pixmap.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    // On large even areas as fast as the encoder's own fast choice, and half its size.
    encoder.set_deflate_compression(png::DeflateCompression::Level(1));
    encoder.set_filter(png::Filter::Up);
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: PIXELS_PER_METER,
        yppu: PIXELS_PER_METER,
        unit: png::Unit::Meter,
    }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&rgb)?;
    writer.finish()?;
    Ok(bytes)
}

/// The SVG with `□` for every character that the font lacks; it would be left out otherwise, and two
/// names in its script would look the same. Markup is ASCII, which the font has.
fn without_missing(svg: &str) -> Cow<'_, str> {
    let is_shown = |character: char| character.is_ascii() || font::has(character);
    if svg.chars().all(is_shown) {
        return Cow::Borrowed(svg);
    }
    let shown = |character| {
        if is_shown(character) {
            character
        } else {
            font::PLACEHOLDER
        }
    };
    Cow::Owned(svg.chars().map(shown).collect())
}

/// Text is set in Inter whatever family it asks for.
fn options() -> &'static Options<'static> {
    static OPTIONS: OnceLock<Options<'static>> = OnceLock::new();
    OPTIONS.get_or_init(|| {
        let (database, regular, semibold) = font::database();
        let mut options = Options {
            font_resolver: FontResolver {
                select_font: Box::new(move |font, _| {
                    Some(if font.weight() >= 550 {
                        semibold
                    } else {
                        regular
                    })
                }),
                select_fallback: Box::new(|_, _, _| None),
            },
            ..Options::default()
        };
        *options.fontdb_mut() = database;
        options
    })
}
