//! The embedded font: how wide a text is, and how it is cut or broken to fit.

use std::sync::OnceLock;

use resvg::usvg::fontdb;
use ttf_parser::Face;

/// Inter Regular; see `assets/fonts/README.md`.
pub(crate) const REGULAR: &[u8] = include_bytes!("../../assets/fonts/Inter-Regular.ttf");
/// Inter SemiBold.
pub(crate) const SEMIBOLD: &[u8] = include_bytes!("../../assets/fonts/Inter-SemiBold.ttf");
/// What an SVG asks for; programs without Inter take a font of nearly the same widths.
pub(super) const FAMILY: &str = "Inter, 'Helvetica Neue', Arial, sans-serif";

/// Stands for a character that cannot be shown.
pub(super) const PLACEHOLDER: char = '□';

/// From the baseline to the top of a capital, in units of the font size.
pub(super) const CAP_HEIGHT: f64 = 0.728;
/// From the baseline to the lowest descender, in units of the font size.
pub(super) const DESCENT: f64 = 0.22;

/// How heavy a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// 400.
    Regular,
    /// 600.
    SemiBold,
}

impl Weight {
    /// The number that CSS has for it.
    pub(super) fn number(self) -> u16 {
        match self {
            Weight::Regular => 400,
            Weight::SemiBold => 600,
        }
    }

    fn face(self) -> &'static Face<'static> {
        static FACES: OnceLock<[Face<'static>; 2]> = OnceLock::new();
        let [regular, semibold] = FACES.get_or_init(|| {
            [REGULAR, SEMIBOLD].map(|bytes| Face::parse(bytes, 0).expect("our own font is whole"))
        });
        match self {
            Weight::Regular => regular,
            Weight::SemiBold => semibold,
        }
    }
}

/// The width of a text in px. A character that the font lacks counts as wide as it is high.
pub(crate) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let face = weight.face();
    let em = f64::from(face.units_per_em());
    let advance = |character| {
        let glyph = face.glyph_index(character);
        glyph
            .and_then(|glyph| face.glyph_hor_advance(glyph))
            .map_or(em, f64::from)
    };
    text.chars().map(advance).sum::<f64>() / em * size
}

/// Whether the font can show a character.
pub(super) fn has(character: char) -> bool {
    Weight::Regular.face().glyph_index(character).is_some()
}

/// The text, or as much of its beginning as fits with an ellipsis.
pub(crate) fn ellipsize(text: &str, size: f64, weight: Weight, max_width: f64) -> String {
    if width(text, size, weight) <= max_width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for character in text.chars() {
        kept.push(character);
        if width(&kept, size, weight) + width("…", size, weight) > max_width {
            kept.pop();
            break;
        }
    }
    format!("{}…", kept.trim_end())
}

/// The text in lines that fit, broken at spaces; a longer word has a line of its own.
pub(crate) fn wrap(text: &str, size: f64, weight: Weight, max_width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), size, weight) <= max_width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The same number of lines as [`wrap`] needs, about equally long, so that no word is left alone.
pub(crate) fn wrap_evenly(text: &str, size: f64, weight: Weight, max_width: f64) -> Vec<String> {
    let mut lines = wrap(text, size, weight, max_width);
    let narrower = (1..20).map(|step| max_width * (1.0 - 0.03 * f64::from(step)));
    for max_width in narrower {
        let narrow = wrap(text, size, weight, max_width);
        let fits = |line: &String| width(line, size, weight) <= max_width;
        if narrow.len() > lines.len() || !narrow.iter().all(fits) {
            break;
        }
        lines = narrow;
    }
    lines
}

/// The two faces alone, with the id of each: no font of the machine is ever looked at.
pub(super) fn database() -> (fontdb::Database, fontdb::ID, fontdb::ID) {
    let mut database = fontdb::Database::new();
    let mut load = |bytes: &'static [u8]| {
        let source = fontdb::Source::Binary(std::sync::Arc::new(bytes));
        database.load_font_source(source)[0]
    };
    let (regular, semibold) = (load(REGULAR), load(SEMIBOLD));
    (database, regular, semibold)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Advance widths of Inter Regular in its units of 1/2048 em, as fonttools prints them:
    /// `TTFont(...)["hmtx"].metrics`.
    #[test]
    fn width_is_the_sum_of_advances() {
        let units = |text| width(text, 2048.0, Weight::Regular);
        assert_eq!(units("1"), 833.0);
        assert_eq!(units("k"), 1124.0);
        assert_eq!(units("k1k"), 1124.0 + 833.0 + 1124.0);
        assert_eq!(units("漢"), 2048.0);
        assert!(width("k", 10.0, Weight::SemiBold) > width("k", 10.0, Weight::Regular));
    }

    #[test]
    fn long_text_is_cut_and_short_text_is_not() {
        let fits = |text: &str, room| ellipsize(text, 11.0, Weight::Regular, room);
        assert_eq!(fits("300000018", 200.0), "300000018");
        let cut = fits("a syndrome with a very long name", 80.0);
        assert!(cut.ends_with('…') && cut.len() > 8, "{cut}");
        assert!(width(&cut, 11.0, Weight::Regular) <= 80.0);
        assert_eq!(fits("anything", 0.0), "…");
    }

    #[test]
    fn lines_break_at_spaces_and_lose_nothing() {
        let text = "mean over folds; bands are one standard deviation over folds";
        let lines = wrap(text, 11.0, Weight::Regular, 120.0);
        assert!(lines.len() > 1);
        assert!(
            lines
                .iter()
                .all(|line| width(line, 11.0, Weight::Regular) <= 120.0)
        );
        assert_eq!(lines.join(" "), text);

        let long = lines.len();
        let lines = wrap_evenly(text, 11.0, Weight::Regular, 120.0);
        assert_eq!(lines.len(), long);
        assert_eq!(lines.join(" "), text);
        let lines = wrap_evenly("one two three four", 11.0, Weight::Regular, 85.0);
        assert_eq!(lines, ["one two", "three four"]);
    }
}
