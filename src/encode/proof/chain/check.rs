// SPDX-License-Identifier: MIT OR Apache-2.0
//! A receipts file, held against its chain: what is changed, missing, doubled, moved or cut.

use std::collections::HashMap;

use serde::Serialize;

use super::Link;
use super::beginning::{is_cut, without_zeros};
use super::key::ChainKey;
use super::line::{Kept, Line};
use crate::key::KeyError;
use crate::keys::ReceiptKey;

/// What is wrong with a receipts file, and at which of its lines (from 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "fault", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Fault {
    /// The line is no receipt.
    #[error("line {line} is no receipt")]
    NoReceipt {
        /// The line.
        line: usize,
    },
    /// The line is a receipt without number and MAC: an older edition wrote it, or somebody took
    /// them off.
    #[error("line {line} is a receipt without number and MAC")]
    Unchained {
        /// The line.
        line: usize,
    },
    /// The line is not as it was written, or was written under another receipt key.
    #[error("line {line} is changed, or written under another receipt key")]
    Changed {
        /// The line.
        line: usize,
    },
    /// Receipts are missing before the line.
    #[error("before line {line}, {} missing", receipts(*.first, *.last))]
    Missing {
        /// The line that comes too early; one past the last line where the end is missing.
        line: usize,
        /// The first number that is missing.
        first: u64,
        /// The last number that is missing.
        last: u64,
    },
    /// The line repeats another.
    #[error("line {line} is line {of} again")]
    Doubled {
        /// The line.
        line: usize,
        /// The line that it repeats.
        of: usize,
    },
    /// The line belongs further up.
    #[error("line {line} is number {sequence} and belongs further up")]
    Moved {
        /// The line.
        line: usize,
        /// Its number.
        sequence: u64,
    },
    /// The line is genuine, but follows another line than those here: it is of another file, or
    /// two runs went on from copies of one.
    #[error("line {line} is of another receipts file, or of a copy that went on by itself")]
    Foreign {
        /// The line.
        line: usize,
    },
    /// The last line was cut short, as a power cut leaves it. It was never reported as kept.
    #[error("line {line} is cut short")]
    Cut {
        /// The line.
        line: usize,
    },
}

fn receipts(first: u64, last: u64) -> String {
    if first == last {
        format!("receipt {first} is")
    } else {
        format!("receipts {first} to {last} are")
    }
}

/// What a receipts file is found to be.
#[derive(Debug)]
pub struct Checked {
    pub(in crate::encode) kept: Vec<Kept>,
    faults: Vec<Fault>,
    last: Link,
    whole: usize,
    unended: bool,
}

impl Checked {
    /// What is wrong, in the order of the lines.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// How many lines are receipts that bear their own MAC.
    #[must_use]
    pub const fn receipts(&self) -> usize {
        self.kept.len()
    }

    /// The last line in the chain's order.
    #[must_use]
    pub const fn last(&self) -> Link {
        self.last
    }

    /// How many bytes are whole lines; what comes after them was cut short.
    #[must_use]
    pub const fn whole_bytes(&self) -> usize {
        self.whole
    }

    /// Whether the last whole line lacks its end.
    #[must_use]
    pub const fn is_unended(&self) -> bool {
        self.unended
    }

    /// Receipts up to this number were seen before, and missing at the end is what is not here.
    #[must_use]
    pub fn reaching(mut self, number: u64) -> Self {
        let first = self.last.sequence.saturating_add(1);
        if first <= number {
            let line = self.kept.len().saturating_add(1);
            self.faults.push(Fault::Missing { line, first, last: number });
        }
        self
    }
}

/// Holds the bytes of a receipts file against the chain of the tenant's receipt key.
///
/// # Errors
/// [`KeyError`] of a receipt key that is elsewhere.
pub fn check(bytes: &[u8], key: &ReceiptKey) -> Result<Checked, KeyError> {
    Ok(check_under(bytes, &ChainKey::of(key)?))
}

/// The same under the key of the chain.
pub(in crate::encode) fn check_under(bytes: &[u8], key: &ChainKey) -> Checked {
    let mut walk = Walk::default();
    let mut whole = 0;
    let mut unended = false;
    for (index, text) in bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let line = index.saturating_add(1);
        match text.strip_suffix(b"\n") {
            Some(text) => walk.take(line, Line::read(text, key)),
            None if is_cut(text) => {
                walk.faults.push(Fault::Cut { line });
                break;
            }
            None => {
                unended = true;
                let text = without_zeros(text);
                whole += text.len();
                walk.take(line, Line::read(text, key));
                break;
            }
        }
        whole += text.len();
    }
    let Walk { kept, mut faults, last, missing, .. } = walk;
    faults.extend(missing.iter().map(|gap| Fault::Missing {
        line: gap.line,
        first: gap.first,
        last: gap.last,
    }));
    faults.sort_by_key(Fault::line);
    Checked { kept, faults, last, whole, unended }
}

impl Fault {
    /// The line that it is about.
    #[must_use]
    pub const fn line(&self) -> usize {
        match *self {
            Self::NoReceipt { line }
            | Self::Unchained { line }
            | Self::Changed { line }
            | Self::Missing { line, .. }
            | Self::Doubled { line, .. }
            | Self::Moved { line, .. }
            | Self::Foreign { line }
            | Self::Cut { line } => line,
        }
    }
}

/// Numbers that are missing before a line.
struct Gap {
    line: usize,
    first: u64,
    last: u64,
}

/// A walk down the lines.
struct Walk {
    kept: Vec<Kept>,
    faults: Vec<Fault>,
    missing: Vec<Gap>,
    /// At which line a MAC was met.
    met: HashMap<[u8; 32], usize>,
    /// The furthest line of the chain.
    last: Link,
    /// How many lines after it cannot be read, any of which may have been the next one.
    unread: u64,
}

impl Default for Walk {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            faults: Vec::new(),
            missing: Vec::new(),
            met: HashMap::new(),
            last: Link::BEFORE_THE_FIRST,
            unread: 0,
        }
    }
}

impl Walk {
    fn take(&mut self, line: usize, read: Line) {
        match read {
            Line::Kept(kept) => self.keep(line, kept),
            Line::Changed => {
                self.faults.push(Fault::Changed { line });
                self.unread = self.unread.saturating_add(1);
            }
            Line::Unchained => {
                self.faults.push(Fault::Unchained { line });
                self.unread = self.unread.saturating_add(1);
            }
            Line::NoReceipt => {
                self.faults.push(Fault::NoReceipt { line });
                self.unread = self.unread.saturating_add(1);
            }
        }
    }

    fn keep(&mut self, line: usize, kept: Kept) {
        let Link { sequence, mac } = kept.link;
        if let Some(&of) = self.met.get(&mac) {
            self.faults.push(Fault::Doubled { line, of });
            return;
        }
        self.met.insert(mac, line);
        if sequence > self.last.sequence {
            self.go_on(line, &kept);
        } else if self.fill(sequence) {
            self.faults.push(Fault::Moved { line, sequence });
        } else {
            self.faults.push(Fault::Foreign { line });
        }
        self.kept.push(kept);
    }

    /// The line is further on: right behind the last one, or behind some that are missing.
    fn go_on(&mut self, line: usize, kept: &Kept) {
        let Link { sequence, .. } = kept.link;
        let first = self.last.sequence.saturating_add(1);
        // A line that cannot be read was one of those between, if there is any between.
        let between = sequence.saturating_sub(first);
        let stands = self.unread.min(between);
        let missing = between.saturating_sub(stands);
        if missing > 0 {
            let first = first.saturating_add(stands);
            self.missing.push(Gap { line, first, last: sequence.saturating_sub(1) });
        } else if between == 0 && kept.previous != self.last.mac {
            self.faults.push(Fault::Foreign { line });
        }
        self.last = kept.link;
        self.unread = 0;
    }

    /// Whether this number was missing, which it is no longer.
    fn fill(&mut self, sequence: u64) -> bool {
        let Some(at) =
            self.missing.iter().position(|gap| (gap.first..=gap.last).contains(&sequence))
        else {
            return false;
        };
        let Gap { line, first, last } = self.missing.remove(at);
        let halves = [
            Gap { line, first, last: sequence.saturating_sub(1) },
            Gap { line, first: sequence.saturating_add(1), last },
        ];
        self.missing.extend(halves.into_iter().filter(|gap| gap.first <= gap.last));
        true
    }
}
