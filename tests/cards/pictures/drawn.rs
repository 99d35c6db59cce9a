// SPDX-License-Identifier: MIT OR Apache-2.0
//! A picture as it is read back from its SVG.

use cardwright::picture::Picture;
use unicode_width::UnicodeWidthStr as _;

/// What a picture has: rows of shapes, from top to bottom.
#[derive(Debug)]
pub(super) struct Drawn {
    rows: Vec<Row>,
    described: String,
}

#[derive(Debug)]
struct Row {
    texts: Vec<String>,
    boxes: Vec<Shape>,
}

#[derive(Debug)]
struct Shape {
    class: String,
    x: f64,
    width: f64,
}

/// What belongs in a picture, and nothing else.
const ELEMENTS: [&str; 8] = ["svg", "title", "desc", "style", "g", "rect", "text", "path"];

/// Nothing that leads elsewhere or does anything.
const ATTRIBUTES: [&str; 13] = [
    "class",
    "role",
    "lang",
    "width",
    "height",
    "viewBox",
    "transform",
    "x",
    "y",
    "d",
    "text-anchor",
    "dominant-baseline",
    "xmlns",
];

impl Drawn {
    /// Reads a picture, which has to be well-formed, to have its title and description, and to keep
    /// everything within itself.
    pub(super) fn read(picture: &Picture) -> Self {
        let svg = picture.inline();
        let document = roxmltree::Document::parse(&svg).unwrap_or_else(|error| panic!("{error}"));
        let root = document.root_element();
        assert_eq!((root.tag_name().name(), root.attribute("role")), ("svg", Some("img")));
        let child = |name: &str| {
            let mut found = root
                .children()
                .filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", name)));
            let text = found.next().and_then(|node| node.text()).unwrap_or_default().to_owned();
            assert!(found.next().is_none(), "one {name}");
            text
        };
        assert_eq!(child("title"), cardwright::shown::Shown(picture.title()).to_string());
        let described = child("desc");
        for node in root.descendants().filter(roxmltree::Node::is_element) {
            assert!(ELEMENTS.contains(&node.tag_name().name()), "{:?}", node.tag_name());
            for attribute in node.attributes() {
                assert!(ATTRIBUTES.contains(&attribute.name()), "{}", attribute.name());
            }
        }
        let size = |name: &str| root.attribute(name).unwrap().parse::<f64>().unwrap();
        let groups = root.children().filter(|node| node.tag_name().name() == "g");
        let rows = groups.map(|group| row(group, size("width"), size("height"))).collect();
        let alone = picture.svg();
        assert!(roxmltree::Document::parse(&alone).is_ok() && alone.contains("<style>"));
        Self { rows, described }
    }

    pub(super) fn description(&self) -> String {
        self.described.clone()
    }

    /// Whether the description has these words.
    pub(super) fn says(&self, words: &str) -> bool {
        self.described.contains(&cardwright::shown::Shown(words).to_string())
            || self.texts().any(|text| text.contains(words))
    }

    /// Whether a text of the picture is this one.
    pub(super) fn has(&self, text: &str) -> bool {
        self.texts().any(|found| found == text)
    }

    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().flat_map(|row| &row.texts).map(String::as_str)
    }

    pub(super) fn rows(&self) -> Vec<Vec<String>> {
        self.rows.iter().map(|row| row.texts.clone()).collect()
    }

    /// The boxes whose text begins so: the words behind that, and the number at the end.
    pub(super) fn pairs(&self, sign: &str) -> Vec<(String, u32)> {
        let texts = self.texts().filter_map(|text| text.strip_prefix(sign));
        let pairs = texts.filter_map(|text| text.rsplit_once(' '));
        pairs.filter_map(|(name, bytes)| Some((name.to_owned(), bytes.parse().ok()?))).collect()
    }

    /// The rows that end in four numbers: the numbers.
    pub(super) fn numbers(&self) -> Vec<Vec<f64>> {
        let numbers = self.rows.iter().filter_map(|row| {
            let numbers = row.texts.iter().rev().map_while(|text| text.parse().ok());
            let mut numbers: Vec<f64> = numbers.take(4).collect();
            numbers.reverse();
            Some(numbers).filter(|numbers| numbers.len() == 4)
        });
        numbers.collect()
    }

    /// How many boxes are of a kind.
    pub(super) fn classes(&self, class: &str) -> usize {
        self.rows.iter().flat_map(|row| &row.boxes).filter(|found| found.class == class).count()
    }

    /// Whether in the first so many rows that have one, no box begins before the one above it.
    pub(super) fn one_behind_the_other(&self, rows: usize) -> bool {
        let places = self.rows.iter().filter_map(|row| row.boxes.first()).take(rows);
        places.map(|found| found.x).is_sorted()
    }

    /// How wide the boxes are together in rows that begin with this text.
    pub(super) fn width_of_boxes(&self, text: &str) -> f64 {
        let rows =
            self.rows.iter().filter(|row| row.texts.first().is_some_and(|first| first == text));
        rows.flat_map(|row| &row.boxes).map(|found| found.width).sum()
    }
}

/// A row, everything of which stands within the picture; no two boxes of it on each other.
fn row(group: roxmltree::Node<'_, '_>, width: f64, height: f64) -> Row {
    let place = group.attribute("transform").unwrap();
    let place = place.trim_start_matches("translate(").trim_end_matches(')');
    let (left, top) = place.split_once(' ').unwrap();
    let (left, top): (f64, f64) = (left.parse().unwrap(), top.parse().unwrap());
    let number = |node: roxmltree::Node<'_, '_>, name: &str| {
        node.attribute(name).unwrap().parse::<f64>().unwrap()
    };
    let (mut texts, mut boxes) = (Vec::new(), Vec::<Shape>::new());
    for node in group.descendants().filter(roxmltree::Node::is_element) {
        match node.tag_name().name() {
            "rect" => {
                let shape = Shape {
                    class: node.attribute("class").unwrap().to_owned(),
                    x: number(node, "x"),
                    width: number(node, "width"),
                };
                assert!(left + shape.x + shape.width <= width, "{shape:?}");
                assert!(top + number(node, "y") + number(node, "height") <= height);
                if let Some(before) = boxes.last() {
                    assert!(before.x + before.width <= shape.x + 2.0, "{before:?} {shape:?}");
                }
                boxes.push(shape);
            }
            "text" => {
                let text: String = node
                    .children()
                    .filter(roxmltree::Node::is_text)
                    .filter_map(|node| node.text())
                    .collect();
                // Of a font of one width, at 13 pixels, a column takes less than 8.
                let takes = text.width() as f64 * 8.0;
                let (start, end) = match node.attribute("text-anchor") {
                    Some("end") => (number(node, "x") - takes, number(node, "x")),
                    _ => (number(node, "x"), number(node, "x") + takes),
                };
                assert!(start >= -8.0 && left + end <= width + 8.0, "{text}: {start} to {end}");
                assert!(top + number(node, "y") + 11.0 <= height, "{text}");
                texts.push(text);
            }
            _ => {}
        }
    }
    Row { texts, boxes }
}
