// SPDX-License-Identifier: MIT OR Apache-2.0
//! A layout on the terminal: which bit is what, and which check covers which bits.

use std::fmt;

use cardwright::credential::{Bits, Coding, Field, Format, Rule};

/// Bits on a line. Ten and five divide it: tens are marked, FASC-N has characters of five.
pub(crate) const LINE: usize = 60;

/// A format drawn under a ruler, with the bits where there are any.
pub(crate) struct Drawing<'a> {
    pub(crate) format: &'a Format,
    pub(crate) bits: Option<&'a Bits>,
}

/// One line under the ruler: what stands before it, and a mark for each bit.
struct Row {
    title: String,
    marks: Vec<char>,
}

impl fmt::Display for Drawing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.rows();
        let titles = rows.iter().map(|row| row.title.chars().count()).max().unwrap_or(0);
        for start in (0..self.format.bit_length()).step_by(LINE) {
            let end = self.format.bit_length().min(start + LINE);
            for row in rows.iter().filter(|row| row.shows(start, end)) {
                let marks: String = row.marks.iter().skip(start).take(end - start).collect();
                writeln!(f, "{:titles$}  {}", row.title, marks.trim_end())?;
            }
            writeln!(f)?;
        }
        for (letter, field) in letters(self.format).into_iter().zip(self.format.fields()) {
            let (name, width, max) = (field.name(), width(field), field.max());
            writeln!(f, "{letter} {name}: {width}, 0 to {max}, in {}", field.places())?;
        }
        if !self.format.unassigned().is_empty() {
            writeln!(f, "- nothing is known of these bits, they are 0")?;
        }
        Ok(())
    }
}

impl Drawing<'_> {
    fn rows(&self) -> Vec<Row> {
        let length = self.format.bit_length();
        let ruler = |unit: usize| {
            let digit = move |at: usize| match at {
                at if unit > 1 && at % 10 != 0 => ' ',
                at => digit(at / unit % 10),
            };
            (0..length).map(digit).collect()
        };
        let mut rows = vec![Row { title: "layout".to_owned(), marks: self.layout() }];
        if let Some(bits) = self.bits {
            let marks = bits.to_binary().expose_secret().chars().collect();
            rows.push(Row { title: "bits".to_owned(), marks });
        }
        for check in self.format.checks() {
            let mut marks = vec!['.'; length];
            set(&mut marks, check.covered().bits(), |_| 'x');
            set(&mut marks, check.places().bits(), |_| letter(check.rule()));
            rows.push(Row { title: format!("{} {}", check.rule().name(), check.places()), marks });
        }
        rows.insert(0, Row { title: "bit".to_owned(), marks: ruler(10) });
        rows.insert(1, Row { title: String::new(), marks: ruler(1) });
        if length > 100 {
            rows.insert(0, Row { title: String::new(), marks: ruler(100) });
        }
        rows
    }

    /// Fields as their letter, constants as their bits, checks as theirs.
    fn layout(&self) -> Vec<char> {
        let mut marks = vec!['-'; self.format.bit_length()];
        for (letter, field) in letters(self.format).into_iter().zip(self.format.fields()) {
            set(&mut marks, field.places().bits(), |_| letter);
        }
        for constant in self.format.constants() {
            let width = constant.places().len();
            let bits = format!("{:0width$b}", constant.value());
            set(&mut marks, constant.places().bits(), |at| bits.chars().nth(at).unwrap_or('0'));
        }
        for check in self.format.checks() {
            set(&mut marks, check.places().bits(), |_| letter(check.rule()).to_ascii_lowercase());
        }
        marks
    }
}

impl Row {
    /// Whether a check has to do with this line; the others are on every line.
    fn shows(&self, start: usize, end: usize) -> bool {
        self.marks.iter().skip(start).take(end - start).any(|mark| *mark != '.')
    }
}

/// How wide a field is.
pub(crate) fn width(field: &Field) -> String {
    let (count, unit) = match field.coding() == Coding::Bcd {
        true => (field.width() / 4, "digit"),
        false => (field.width(), "bit"),
    };
    self::count(count, unit)
}

pub(crate) fn count(number: usize, unit: &str) -> String {
    let several = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{several}")
}

/// A letter for each field: the first one of its name that no other has.
fn letters(format: &Format) -> Vec<char> {
    let mut taken = Vec::new();
    for field in format.fields() {
        let name = field.name().chars().filter(char::is_ascii_alphabetic);
        let mut free = name.map(|c| c.to_ascii_uppercase()).chain('A'..='Z');
        taken.push(free.find(|letter| !taken.contains(letter)).unwrap_or('?'));
    }
    taken
}

fn letter(rule: Rule) -> char {
    rule.name().chars().next().unwrap_or('?').to_ascii_uppercase()
}

fn set(marks: &mut [char], places: &[u8], mark: impl Fn(usize) -> char) {
    for (at, place) in places.iter().enumerate() {
        if let Some(slot) = marks.get_mut(usize::from(*place)) {
            *slot = mark(at);
        }
    }
}

fn digit(number: usize) -> char {
    u32::try_from(number).ok().and_then(|number| char::from_digit(number, 10)).unwrap_or('?')
}
