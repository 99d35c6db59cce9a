// SPDX-License-Identifier: MIT OR Apache-2.0
//! What somebody at a reader is told: one instruction, and what belongs to it.

use maud::{Markup, html};

use super::super::floor::{Doing, Tray};

/// How a reader looks. Each tone has its own sign: no colour says anything alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// Somebody has to do something.
    Act,
    /// Nobody has to do anything.
    Rest,
    /// A card is done.
    Good,
    /// A card is of no use.
    Bad,
    /// A card needs somebody's care.
    Care,
    /// The reader does not work.
    Trouble,
}

impl Tone {
    /// Its class in the style.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Act => "act",
            Self::Rest => "rest",
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Care => "care",
            Self::Trouble => "trouble",
        }
    }

    /// Its sign, which is not read aloud: the words beside it say the same.
    pub(super) fn sign(self) -> Markup {
        let path = match self {
            Self::Act => "M12 3v13M6 11l6 6 6-6M4 21h16",
            Self::Rest => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 7v5l3 3",
            Self::Good => "M4 13l5 5L20 6",
            Self::Bad => "M5 5l14 14M19 5L5 19",
            Self::Care => "M8 4v9M12 3v10M16 5v8M8 13l-3-3M16 13v3a5 5 0 0 1-9 3l-3-5",
            Self::Trouble => "M12 3L2 21h20zM12 10v5M12 18v.1",
        };
        html! {
            svg.sign viewBox="0 0 24 24" width="56" height="56" aria-hidden="true" focusable="false" {
                path d=(path) {}
            }
        }
    }
}

/// What is told of a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sight {
    pub(super) tone: Tone,
    /// The instruction. Read aloud when it changes, at once where the reader is in trouble.
    pub(super) told: String,
    /// What stands behind it and changes too often to be read aloud.
    pub(super) goes: String,
    /// The code of the reason.
    pub(super) code: Option<String>,
    /// The reason, or what to do.
    pub(super) words: String,
    /// The order that it is about.
    pub(super) order: Option<i64>,
    /// Which step of how many.
    pub(super) step: Option<(usize, usize)>,
}

impl Sight {
    fn new(tone: Tone, told: impl Into<String>, words: &str) -> Self {
        Self {
            tone,
            told: told.into(),
            goes: String::new(),
            code: None,
            words: words.to_owned(),
            order: None,
            step: None,
        }
    }

    /// What is told of a reader that does this.
    pub(super) fn of(doing: &Doing) -> Self {
        match doing {
            Doing::Idle => {
                Self::new(Tone::Rest, "Nothing to do", "No order waits for this reader.")
            }
            Doing::WaitsForBlank { order } => {
                Self { order: Some(*order), ..Self::new(Tone::Act, "Put a blank card on", "") }
            }
            Doing::WaitsForSame { order, card } => Self {
                order: Some(*order),
                ..Self::new(
                    Tone::Act,
                    format!("Put the same card back: {card}"),
                    "This order was begun with that card, and takes no other.",
                )
            },
            Doing::Encoding { order, step, of, words } => Self {
                order: Some(*order),
                goes: if *step > 0 { format!(": step {step} of {of}") } else { String::new() },
                step: (*of > 0).then_some((*step, *of)),
                ..Self::new(Tone::Rest, "Wait", &leave(words))
            },
            Doing::TakeOff { into, order, code, words } => {
                Self { order: *order, code: code.clone(), ..Self::off(*into, words) }
            }
            Doing::Trouble { code, words } => Self {
                code: Some(code.clone()),
                ..Self::new(Tone::Trouble, "This reader is in trouble", words)
            },
            Doing::Hung => Self::new(
                Tone::Trouble,
                "This reader does not answer",
                "Keep its card aside, unplug the reader and plug it in again.",
            ),
            Doing::Gone => Self::new(
                Tone::Trouble,
                "This reader is not there",
                "It was taken away, or its plug is out.",
            ),
            Doing::Paused => {
                Self::new(Tone::Rest, "Paused: put no card on", "It goes on when somebody says so.")
            }
        }
    }

    fn off(into: Tray, words: &str) -> Self {
        match into {
            Tray::Good => Self::new(Tone::Good, "Into the good tray", words),
            Tray::Reject => Self::new(Tone::Bad, "Into the reject tray", words),
            Tray::Aside => Self::new(Tone::Care, "Keep this card aside", words),
            Tray::BackOn => Self::new(Tone::Act, "Put this card on again", words),
        }
    }
}

/// What a card in hand needs, and what is done with it.
fn leave(step: &str) -> String {
    match step {
        "" => "Leave the card on.".to_owned(),
        step => format!("Leave the card on: {step}"),
    }
}
