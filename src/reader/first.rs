// SPDX-License-Identifier: MIT OR Apache-2.0
//! First contact: which card lies on a reader, whatever the reader keeps to itself.

use core::time::Duration;
use std::time::Instant;

use crate::host::Error;
use crate::host::command::picc::first_version;
use crate::iso14443::{Uid, UidError};
use crate::transport::{LinkError, ReplyBuf, Transport};

/// The pseudo-APDU by which a reader tells the UID (PC/SC part 3, 3.2.2.1.3).
const GET_UID: [u8; 5] = [0xFF, 0xCA, 0x00, 0x00, 0x00];

/// How often a card is powered anew until it shows the same UID twice in a row.
const TRIES: usize = 4;

/// How long a card may lie there without an answer before that is told: some take a moment to come to
/// rest in the field.
const SILENCE: Duration = Duration::from_secs(2);

/// What came of asking for the UID.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum GotUid {
    /// The reader told it.
    OfReader(Uid),
    /// The reader does not tell, and the card named it in its version.
    OfCard(Uid),
    /// The reader told something else.
    Other(UidError),
    /// The reader answered with this status, and the card did not tell either.
    Status(u16),
}

/// Asks the reader, and nobody else.
pub(crate) fn ask_reader(card: &mut dyn Transport) -> Result<GotUid, LinkError> {
    let mut reply = ReplyBuf::new();
    card.exchange(&GET_UID, &mut reply)?;
    let (uid, status) = reply.split_last_chunk::<2>().ok_or(LinkError::NoStatusWord)?;
    match u16::from_be_bytes(*status) {
        // A UID of no bytes tells nothing, whatever the status says.
        0x9000 if !uid.is_empty() => {
            Ok(Uid::from_bytes(uid).map_or_else(GotUid::Other, GotUid::OfReader))
        }
        status => Ok(GotUid::Status(status)),
    }
}

/// Asks the reader, and the card where the reader's pseudo-APDUs are switched off, or are passed on to
/// the card, which does not know their class.
pub(crate) fn ask(card: &mut dyn Transport) -> Result<GotUid, LinkError> {
    let told = ask_reader(card)?;
    if !matches!(told, GotUid::Status(_)) {
        return Ok(told);
    }
    match first_version(card) {
        Ok(version) => Ok(version.uid.map_or(told, |uid| GotUid::OfCard(Uid::Real(uid)))),
        Err(Error::Link(error)) => Err(error),
        // No DESFire, or one that keeps it to itself.
        Err(_) => Ok(told),
    }
}

/// What a field holds by the UIDs that it shows, powered anew between them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// The same card twice in a row. Random UIDs are new ones, and so always the same card.
    One(Uid),
    /// One card, then another, then another.
    Two,
    /// No answer.
    Silent,
}

/// Powers the card anew until it shows the same UID twice in a row. A card that was swapped shows
/// another one once; of two in the field now one answers, now the other (ISO/IEC 14443-3, 6.5: the
/// anticollision ends with one, and which is the field's choice).
pub(crate) fn settle<E>(
    mut last: Option<Uid>,
    mut powered: impl FnMut() -> Result<Option<Uid>, E>,
) -> Result<Field, E> {
    for _ in 0..TRIES {
        let Some(uid) = powered()? else { return Ok(Field::Silent) };
        match last.replace(uid.clone()) {
            Some(Uid::Random(_)) if matches!(uid, Uid::Random(_)) => return Ok(Field::One(uid)),
            Some(before) if before == uid => return Ok(Field::One(uid)),
            _ => {}
        }
    }
    Ok(Field::Two)
}

/// Since when something lies there and says nothing.
#[derive(Debug, Default)]
pub(crate) struct Silence(Option<(u32, Instant)>);

impl Silence {
    /// Nothing lies there, or it spoke.
    pub(crate) const fn broken(&mut self) {
        self.0 = None;
    }

    /// It was asked and said nothing, after so many insertions and removals: whether that lasts too
    /// long.
    pub(crate) fn lasts(&mut self, events: u32, now: Instant) -> bool {
        match self.0 {
            Some((then, since)) if then == events => now.duration_since(since) >= SILENCE,
            _ => {
                self.0 = Some((events, now));
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::{Replay, Script};

    const VERSION: [(&str, &str); 3] = [
        ("9060000000", "04010101001605 91AF"),
        ("90AF000000", "04010101041605 91AF"),
        ("90AF000000", "04A1B2C3D4E580BA54D39D703314 9100"),
    ];

    fn uid(bytes: &[u8]) -> Uid {
        Uid::from_bytes(bytes).unwrap()
    }

    fn asked(steps: &[(&str, &str)]) -> Result<GotUid, LinkError> {
        let lines = steps.iter().map(|(command, reply)| format!("> {command}\n< {reply}\n"));
        let script = Script::parse(&lines.collect::<String>());
        let mut card = Replay::new(script.unwrap_or_else(|error| panic!("{error}")));
        let got = ask(&mut card);
        assert!(card.is_used_up(), "{card:?}");
        got
    }

    const REAL: [u8; 7] = [0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0x80];

    #[test]
    fn a_card_is_asked_where_the_reader_does_not_tell() {
        let told = asked(&[("FFCA000000", "04A1B2C3D4E580 9000")]);
        assert_eq!(told, Ok(GotUid::OfReader(uid(&REAL))));
        for refusal in ["6E00", "6D00", "6A81", "6300", "6985", "9000"] {
            let [first, second, third] = VERSION;
            let told = asked(&[("FFCA000000", refusal), first, second, third]);
            assert_eq!(told, Ok(GotUid::OfCard(uid(&REAL))), "{refusal}");
        }
        // One that hides it, and one that is no DESFire.
        let [first, second, _] = VERSION;
        let hidden = ("90AF000000", "00000000000000BA54D39D703314 9100");
        let told = asked(&[("FFCA000000", "6E00"), first, second, hidden]);
        assert_eq!(told, Ok(GotUid::Status(0x6E00)));
        let told = asked(&[("FFCA000000", "6A81"), ("9060000000", "6D00")]);
        assert_eq!(told, Ok(GotUid::Status(0x6A81)));
        let told = asked(&[("FFCA000000", "0411 9000")]);
        assert!(matches!(told, Ok(GotUid::Other(_))), "{told:?}");
    }

    #[test]
    fn a_card_that_somebody_else_spoke_to_is_asked_once_more() {
        for (status, again) in [("91CA", true), ("911C", true), ("91CA", false)] {
            let [first, second, third] = VERSION;
            let mut steps = vec![("FFCA000000", "6E00"), first, ("90AF000000", status), first];
            if again {
                steps.extend([second, third]);
                assert_eq!(asked(&steps), Ok(GotUid::OfCard(uid(&REAL))));
            } else {
                steps.push(("90AF000000", status));
                assert_eq!(asked(&steps), Ok(GotUid::Status(0x6E00)));
            }
        }
    }

    #[test]
    fn a_field_holds_one_card_where_it_shows_the_same_twice_in_a_row() {
        let (a, b) = (uid(&REAL), uid(&[0x04, 1, 2, 3, 4, 5, 6]));
        let (random, other) = (uid(&[0x08, 1, 2, 3]), uid(&[0x08, 4, 5, 6]));
        let field = |first: Option<&Uid>, shown: &[Option<&Uid>]| {
            let mut shown = shown.iter();
            let powered = || Ok::<_, ()>(shown.next().copied().flatten().cloned());
            (settle(first.cloned(), powered).unwrap(), shown.count())
        };
        let (some_a, some_b) = (Some(&a), Some(&b));
        assert_eq!(field(some_a, &[some_a]), (Field::One(a.clone()), 0));
        assert_eq!(field(Some(&random), &[Some(&other)]), (Field::One(other.clone()), 0));
        // Swapped for another one meanwhile.
        assert_eq!(field(some_a, &[some_b, some_b]), (Field::One(b.clone()), 0));
        assert_eq!(field(None, &[some_a, some_a]), (Field::One(a.clone()), 0));
        assert_eq!(field(some_a, &[None]), (Field::Silent, 0));
        assert_eq!(field(some_a, &[some_b, some_a, some_b, some_a]), (Field::Two, 0));
        let (random, a) = (Some(&random), some_a);
        assert_eq!(field(random, &[a, random, a, random]), (Field::Two, 0));
    }

    #[test]
    fn silence_is_told_once_it_lasts() {
        let (mut silence, began) = (Silence::default(), Instant::now());
        assert!(!silence.lasts(1, began));
        assert!(!silence.lasts(1, began + SILENCE / 2));
        assert!(silence.lasts(1, began + SILENCE));
        // Another card.
        assert!(!silence.lasts(2, began + SILENCE));
        silence.broken();
        assert!(!silence.lasts(2, began + 3 * SILENCE));
    }
}
