// SPDX-License-Identifier: MIT OR Apache-2.0
//! What pictures are drawn with: colours for light and dark screens and for paper, and the style sheet
//! that has them.

use core::fmt::Write as _;

/// A colour: its name in the style sheet, on light screens and paper, and on dark screens, as RGB.
struct Colour {
    name: &'static str,
    light: u32,
    dark: u32,
}

/// How a box is filled. None is told by its colour alone: each has lines of its own, and words stand in
/// or beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tint {
    /// As it was.
    Plain,
    /// New, or good.
    New,
    /// Gone, or bad: lines upwards.
    Gone,
    /// Worth a second look: lines downwards.
    Look,
    /// Nothing is there: a broken edge.
    Free,
}

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// The title of a picture.
    Title,
    /// What heads a group of rows.
    Head,
    /// Everything else.
    Plain,
    /// What explains.
    Faint,
}

impl Tint {
    pub(super) const ALL: [Self; 5] = [Self::Plain, Self::New, Self::Gone, Self::Look, Self::Free];

    /// Its class in the style sheet.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::New => "new",
            Self::Gone => "gone",
            Self::Look => "look",
            Self::Free => "free",
        }
    }

    /// Whether lines tell it.
    pub(super) const fn is_hatched(self) -> bool {
        match self {
            Self::Gone | Self::Look => true,
            Self::Plain | Self::New | Self::Free => false,
        }
    }

    const fn colour(self) -> Colour {
        let (light, dark) = match self {
            Self::Plain => (0x00DC_E7F7, 0x0022_3A5C),
            Self::New => (0x00D8_F0DD, 0x001C_4529),
            Self::Gone => (0x00F7_DDD9, 0x0056_2620),
            Self::Look => (0x00FB_EBC3, 0x004A_3A0C),
            Self::Free => (0x00FF_FFFF, 0x0014_161A),
        };
        Colour { name: self.class(), light, dark }
    }
}

impl Ink {
    /// Its class in the style sheet.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Head => "head",
            Self::Plain => "text",
            Self::Faint => "faint",
        }
    }
}

/// What everything is drawn on.
const PAPER: Colour = Colour { name: "paper", light: 0x00FF_FFFF, dark: 0x0014_161A };
/// Text.
const TEXT: Colour = Colour { name: "ink", light: 0x0015_181D, dark: 0x00ED_EFF2 };
/// Text that explains.
const FAINT: Colour = Colour { name: "faint", light: 0x0048_505C, dark: 0x00B9_C1CC };
/// Edges and lines.
const EDGE: Colour = Colour { name: "edge", light: 0x0063_6D7A, dark: 0x0094_9EAC };

/// How text lies and edges run, whatever the colours are.
const RULES: &str = "\
.cw-picture{max-width:100%;height:auto}\
.cw-picture text{font:13px ui-monospace,monospace;unicode-bidi:isolate;white-space:pre}\
.cw-picture .title{font-size:16px;font-weight:bold}\
.cw-picture .head{font-weight:bold}\
.cw-picture rect,.cw-picture path{stroke-width:1}\
.cw-picture path{fill:none}\
.cw-picture rect.free{stroke-dasharray:3 2}\
@media print{.cw-picture,.cw-picture *{print-color-adjust:exact}}";

/// The style sheet of pictures, for pages that take them [without one](super::Picture::inline). It
/// names nothing but `.cw-picture` and what is below it, loads nothing, follows the screen's scheme, and
/// is light on paper.
#[must_use]
pub fn style() -> String {
    let (light, dark) = (coloured(|colour| colour.light), coloured(|colour| colour.dark));
    format!("{RULES}{light}@media screen and (prefers-color-scheme:dark){{{dark}}}")
}

/// The rules of one scheme.
fn coloured(of: fn(&Colour) -> u32) -> String {
    let [paper, text, faint, edge] = [PAPER, TEXT, FAINT, EDGE].map(|colour| of(&colour));
    let mut rules = format!(
        ".cw-picture{{background:#{paper:06x}}}.cw-picture text{{fill:#{text:06x}}}\
         .cw-picture .faint{{fill:#{faint:06x}}}\
         .cw-picture rect,.cw-picture path{{stroke:#{edge:06x}}}"
    );
    for colour in Tint::ALL.map(Tint::colour) {
        // Writing to a string cannot fail.
        let _ = write!(rules, ".cw-picture .{}{{fill:#{:06x}}}", colour.name, of(&colour));
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance as WCAG 2.2 defines it.
    fn luminance(colour: u32) -> f64 {
        let [_, red, green, blue] = colour.to_be_bytes().map(|byte| {
            let part = f64::from(byte) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn contrast(one: u32, other: u32) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn contrast_is_reckoned_as_the_standard_does() {
        assert!((contrast(0x00FF_FFFF, 0) - 21.0).abs() < 1e-9);
        // The grey that many pages name as the lightest for text on white.
        assert!((contrast(0x0076_7676, 0x00FF_FFFF) - 4.54).abs() < 0.01);
    }

    /// WCAG 2.2, 1.4.3 (AA) for text, 1.4.11 for edges.
    #[test]
    fn text_and_edges_stand_out_in_both_schemes() {
        let scheme = |colour: &Colour, dark| if dark { colour.dark } else { colour.light };
        for dark in [false, true] {
            let grounds = [PAPER].into_iter().chain(Tint::ALL.map(Tint::colour));
            for ground in grounds {
                let ground_colour = scheme(&ground, dark);
                for (text, least) in [(TEXT, 7.0), (FAINT, 4.5), (EDGE, 3.0)] {
                    let found = contrast(scheme(&text, dark), ground_colour);
                    assert!(
                        found >= least,
                        "{} on {}, dark {dark}: {found:.2}",
                        text.name,
                        ground.name
                    );
                }
            }
        }
    }

    #[test]
    fn the_style_sheet_loads_nothing_and_has_every_colour() {
        let style = style();
        for word in ["url(", "@import", "http", "<", "&"] {
            assert!(!style.contains(word), "{word}");
        }
        assert_eq!(style.matches('{').count(), style.matches('}').count());
        for colour in [PAPER, TEXT, FAINT, EDGE].into_iter().chain(Tint::ALL.map(Tint::colour)) {
            for value in [colour.light, colour.dark] {
                assert!(style.contains(&format!("#{value:06x}")), "{}", colour.name);
            }
        }
    }
}
