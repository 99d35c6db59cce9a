// SPDX-License-Identifier: MIT OR Apache-2.0
//! The vocabulary of pictures: boxes, texts and lines on bands that lie one below the other, and a scale
//! from numbers to places. What a picture shows is data over it; how that becomes SVG is said here.

use core::fmt::{self, Write as _};

use super::ink::{Ink, Tint, style};
use super::text::{Escaped, columns, cut, wrapped};

/// How wide pictures are, in units of the drawing, which are CSS pixels unless they are scaled.
pub(super) const WIDTH: u32 = 960;

/// How wide a column of text is, at least.
pub(super) const COLUMN: u32 = 8;

/// How high a row of text or boxes is.
pub(super) const ROW: u32 = 22;

/// How far below each other lines of one text are.
const LINE: u32 = 17;

/// What a box leaves of its row above and below.
const GAP: u32 = 3;

/// What lies between a picture and its edge.
const MARGIN: u32 = 8;

/// A drawing that says in words what it shows. Its texts are text: they can be searched, copied and read
/// aloud. Nothing in it is a key, a UID or a field's value.
#[derive(Debug, Clone)]
pub struct Picture {
    title: String,
    /// What there is to know before the rest.
    notes: Vec<Band>,
    /// What heads every part of the rest where it is cut.
    head: Vec<Band>,
    bands: Vec<Band>,
}

/// A row of a picture.
#[derive(Debug, Clone)]
pub(super) struct Band {
    height: u32,
    shapes: Vec<Shape>,
    /// What it says, for those who hear it.
    says: String,
    /// Whether it says nothing without the one below it.
    leads: bool,
}

#[derive(Debug, Clone)]
enum Shape {
    Box { x: u32, y: u32, width: u32, height: u32, tint: Tint, hint: Option<String> },
    Text { x: u32, y: u32, text: String, whole: Option<String>, ink: Ink, ends: bool },
    Rule { x: u32, width: u32, y: u32 },
}

/// From numbers to places: `most` is as far as `width`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    most: u128,
    width: u32,
}

impl Scale {
    pub(super) const fn new(most: u128, width: u32) -> Self {
        Self { most, width }
    }

    /// Where a number stands; what is beyond the end stands at it.
    pub(super) fn at(self, number: u128) -> u32 {
        let place = number.min(self.most).saturating_mul(self.width.into()) / self.most.max(1);
        u32::try_from(place).unwrap_or(self.width)
    }

    /// Where a stretch begins and how wide it is: something, however short it is.
    pub(super) fn stretch(self, from: u128, length: u128) -> (u32, u32) {
        let (start, end) = (self.at(from), self.at(from.saturating_add(length)));
        let start = start.min(self.width.saturating_sub(2));
        (start, end.saturating_sub(start).max(2))
    }
}

impl Band {
    /// An empty one of one row that says this where it is heard.
    pub(super) const fn new(says: String) -> Self {
        Self { height: ROW, shapes: Vec::new(), says, leads: false }
    }

    /// The same, which says something else.
    pub(super) fn saying(self, says: String) -> Self {
        Self { says, ..self }
    }

    /// One of text alone, as wide as the picture, which says the same.
    pub(super) fn line(ink: Ink, text: &str) -> Self {
        Self::new(text.to_owned()).text(0, WIDTH / COLUMN, ink, text)
    }

    /// Lines of text that is broken between words, so that all of it is seen.
    pub(super) fn lines(ink: Ink, text: &str) -> Vec<Self> {
        let lines = wrapped(text, WIDTH / COLUMN, usize::MAX);
        lines.iter().map(|line| Self::line(ink, line)).collect()
    }

    /// With a text that begins here and is broken between words, into so many lines at most, for which
    /// the row grows. Where it is cut, all of it is its title.
    pub(super) fn wrapped(mut self, x: u32, room: u32, most: usize, text: &str) -> Self {
        let lines = wrapped(text, room, most);
        for (at, line) in (0_u32..).zip(&lines) {
            let cut = cut(line, room);
            let whole = cut.is_cut.then(|| text.to_owned());
            let y = (ROW / 2).saturating_add(at.saturating_mul(LINE));
            self.height = self.height.max(y.saturating_add(ROW / 2));
            let shape = Shape::Text { x, y, text: cut.seen, whole, ink: Ink::Plain, ends: false };
            self.shapes.push(shape);
        }
        self
    }

    /// One that stands between others and says nothing.
    pub(super) const fn space() -> Self {
        let mut band = Self::new(String::new());
        band.height = ROW / 2;
        band
    }

    /// The same, which stays with the one below it.
    pub(super) const fn leading(mut self) -> Self {
        self.leads = true;
        self
    }

    /// With a text that begins here and takes so many columns at most; where it is cut, all of it is its
    /// title.
    pub(super) fn text(self, x: u32, room: u32, ink: Ink, text: &str) -> Self {
        self.placed(x, room, ink, text, false)
    }

    /// With a number that ends here.
    pub(super) fn number(self, x: u32, ink: Ink, text: &str) -> Self {
        self.placed(x, x / COLUMN, ink, text, true)
    }

    fn placed(mut self, x: u32, room: u32, ink: Ink, text: &str, ends: bool) -> Self {
        let cut = cut(text, room);
        let whole = cut.is_cut.then(|| text.to_owned());
        let y = ROW / 2;
        self.shapes.push(Shape::Text { x, y, text: cut.seen, whole, ink, ends });
        self
    }

    /// With a box of so much width. `hint` is its title.
    pub(super) fn boxed(mut self, x: u32, width: u32, tint: Tint, hint: Option<&str>) -> Self {
        let height = ROW.saturating_sub(2 * GAP);
        let hint = hint.map(str::to_owned);
        self.shapes.push(Shape::Box { x, y: GAP, width, height, tint, hint });
        self
    }

    /// With a box and a text in it, as much as there is room for. What does not fit is its title.
    pub(super) fn cell(self, x: u32, width: u32, tint: Tint, text: &str) -> Self {
        // The corner of a box with lines in it is theirs.
        let lines = if tint.is_hatched() { 2 } else { 0 };
        let room = (width.saturating_sub(COLUMN) / COLUMN).saturating_sub(lines);
        let fits = columns(text) <= room;
        let band = self.boxed(x, width, tint, (!fits).then_some(text));
        if room == 0 || !fits && room < 2 {
            return band;
        }
        band.text(x.saturating_add(COLUMN / 2), room, Ink::Plain, text)
    }

    /// With a line along its foot.
    pub(super) fn ruled(mut self, x: u32, width: u32) -> Self {
        let y = self.height.saturating_sub(1);
        self.shapes.push(Shape::Rule { x, width, y });
        self
    }
}

impl Picture {
    pub(super) const fn new(title: String) -> Self {
        Self { title, notes: Vec::new(), head: Vec::new(), bands: Vec::new() }
    }

    /// Adds what there is to know before the rest.
    pub(super) fn note(&mut self, ink: Ink, text: &str) {
        self.notes.extend(Band::lines(ink, text));
    }

    /// Adds a row that heads every part of the picture.
    pub(super) fn head(&mut self, band: Band) {
        self.head.push(band);
    }

    /// Adds a row.
    pub(super) fn push(&mut self, band: Band) {
        self.bands.push(band);
    }

    /// Adds rows.
    pub(super) fn extend(&mut self, bands: impl IntoIterator<Item = Band>) {
        self.bands.extend(bands);
    }

    /// What it shows, in a line.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Everything that it shows, in words, a line for each row: its `<desc>`.
    #[must_use]
    pub fn description(&self) -> String {
        let said = self.rows().map(|band| band.says.as_str()).filter(|says| !says.is_empty());
        said.collect::<Vec<_>>().join("\n")
    }

    /// The picture as an SVG file that needs nothing else: with its title above it and its style sheet
    /// in it.
    #[must_use]
    pub fn svg(&self) -> String {
        let mut alone = self.clone();
        alone.notes.insert(0, Band::new(String::new()).text(0, TITLE, Ink::Title, &self.title));
        alone.drawn(Some(&style()))
    }

    /// The picture as an element of a page that has the [style sheet](style) and says its title itself.
    #[must_use]
    pub fn inline(&self) -> String {
        self.drawn(None)
    }

    /// The picture in parts of so much height at most, in CSS pixels, cut between rows; each has the
    /// heading and is told by its number. A row that is higher than that is a part of its own.
    #[must_use]
    pub fn sheets(&self, most: u32) -> Vec<Self> {
        let heads = height(&self.head);
        let most = most.saturating_sub(heads).saturating_sub(2 * MARGIN).max(ROW);
        // About as much in each, so that no row is left for a part of its own.
        let all = height(&self.notes).saturating_add(height(&self.bands));
        let room = all.div_ceil(all.div_ceil(most).max(1)).saturating_add(3 * ROW).min(most);
        let mut parts: Vec<Vec<Band>> = vec![Vec::new()];
        let mut filled = height(&self.notes);
        for band in &self.bands {
            let part_is_empty = parts.last().is_none_or(Vec::is_empty);
            if filled.saturating_add(band.height) > room && !part_is_empty {
                let leading = parts.last_mut().map(take_leading).unwrap_or_default();
                filled = height(&leading);
                parts.push(leading);
            }
            filled = filled.saturating_add(band.height);
            if let Some(part) = parts.last_mut() {
                part.push(band.clone());
            }
        }
        parts.retain(|part| !part.is_empty());
        let count = parts.len();
        let titled = |(at, bands)| {
            let title = if count < 2 {
                self.title.clone()
            } else {
                format!("{}, part {at} of {count}", self.title)
            };
            let notes = if at == 1 { self.notes.clone() } else { Vec::new() };
            Self { title, notes, head: self.head.clone(), bands }
        };
        (1_usize..).zip(parts).map(titled).collect()
    }

    fn rows(&self) -> impl Iterator<Item = &Band> {
        self.notes.iter().chain(&self.head).chain(&self.bands)
    }

    fn drawn(&self, style: Option<&str>) -> String {
        let parts = [&self.notes, &self.head, &self.bands].map(|bands| height(bands));
        let inner = parts.into_iter().fold(0, u32::saturating_add);
        let (width, height) = (WIDTH + 2 * MARGIN, inner.saturating_add(2 * MARGIN));
        let (title, says) = (Escaped(&self.title), self.description());
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"cw-picture\" role=\"img\" \
             lang=\"en\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
             <title>{title}</title>\n<desc>"
        );
        for line in says.lines() {
            // Writing to a string cannot fail.
            let _ = writeln!(svg, "{}", Escaped(line));
        }
        svg.push_str("</desc>\n");
        if let Some(style) = style {
            let _ = writeln!(svg, "<style>{style}</style>");
        }
        let mut top = MARGIN;
        for band in self.rows() {
            if !band.shapes.is_empty() {
                let _ = writeln!(svg, "<g transform=\"translate({MARGIN} {top})\">");
                for shape in &band.shapes {
                    let _ = writeln!(svg, "{shape}");
                }
                svg.push_str("</g>\n");
            }
            top = top.saturating_add(band.height);
        }
        svg.push_str("</svg>\n");
        svg
    }
}

fn height(bands: &[Band]) -> u32 {
    bands.iter().map(|band| band.height).fold(0, u32::saturating_add)
}

/// How many columns a title has, which is written larger.
const TITLE: u32 = WIDTH / 10;

/// The rows at the end of a part that say nothing without the next.
fn take_leading(part: &mut Vec<Band>) -> Vec<Band> {
    let kept = part.iter().rposition(|band| !band.leads).map_or(0, |at| at + 1);
    // A part of them alone stays as it is.
    if kept == 0 { Vec::new() } else { part.split_off(kept) }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Box { x, y, width, height, tint, hint } => {
                let class = tint.class();
                f.write_str("<g>")?;
                if let Some(hint) = hint {
                    write!(f, "<title>{}</title>", Escaped(hint))?;
                }
                write!(
                    f,
                    "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"
                )?;
                hatched(f, *tint, [*x, *y, *width, *height])?;
                f.write_str("</g>")
            }
            Self::Text { x, y, text, whole, ink, ends } => {
                let class = ink.class();
                let anchor = if *ends { " text-anchor=\"end\"" } else { "" };
                write!(
                    f,
                    "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" dominant-baseline=\"central\"{anchor}>"
                )?;
                if let Some(whole) = whole {
                    write!(f, "<title>{}</title>", Escaped(whole))?;
                }
                write!(f, "{}</text>", Escaped(text))
            }
            Self::Rule { x, width, y } => write!(f, "<path d=\"M{x} {y}h{width}\"/>"),
        }
    }
}

/// The lines in a box, which tell its kind where colours do not: a corner of them on the right, so that
/// no text is crossed out.
fn hatched(f: &mut fmt::Formatter<'_>, tint: Tint, [x, y, width, height]: [u32; 4]) -> fmt::Result {
    let up = match tint {
        Tint::Plain | Tint::New | Tint::Free => return Ok(()),
        Tint::Gone => true,
        Tint::Look => false,
    };
    let depth = height.min(width);
    let right = x.saturating_add(width);
    f.write_str("<path d=\"")?;
    for step in (4..=depth).step_by(4) {
        let bottom = y.saturating_add(height);
        match up {
            true => write!(f, "M{} {bottom}L{right} {}", right - step, bottom - step)?,
            false => write!(f, "M{} {y}L{right} {}", right - step, y + step)?,
        }
    }
    f.write_str("\"/>")
}
