// SPDX-License-Identifier: MIT OR Apache-2.0
//! `ndef`: an NDEF message of URIs and texts, with its length in front as type 4 tags have it.
//!
//! NFC Forum, Type 4 Tag Technical Specification, NLEN; NFC Data Exchange Format 1.0, 3.2; URI and Text
//! Record Type Definitions 1.0. Headers and literals are constants before the parts of each record.

use core::ops::Range;

use crate::profile::content::extent;
use crate::profile::error::mistake;
use crate::profile::shape::Entry;

use super::length::Length;
use super::{
    Around, Constant, Entries, Given, Kind, Layout, Looks, Piece, Place, ProfileError, Told, Unmade,
};

/// NLEN, before the records of the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Ndef(Length);

const RECORDS: &str = "write ndef = [ … ] with { uri = [ … ] } and { text = [ … ], lang = \"en\" }";
const PIECES: &str = "write texts that stand there as they are, and parts such as \
                      { digits = \"number\", count = 8, form = \"ascii\" }";

impl Kind for Ndef {
    const NAME: &'static str = "ndef";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ ndef = [ … ] }` | an NDEF message with its length in two bytes in front, as the file \
         of a type 4 tag has it: a list of `{ uri = [ … ] }`, whose beginning is abbreviated by its \
         code, and `{ text = [ … ], lang = \"en\" }` in UTF-8. What they list is text that stands \
         there as it is, and parts |",
    ];

    fn read<'r>(
        entries: &mut Entries<'_, '_, 'r>,
        layout: &mut Layout<'r>,
    ) -> Result<Self, ProfileError> {
        let records = entries.tables("ndef", 1, RECORDS)?;
        let (own, last) = (entries.place, records.len().saturating_sub(1));
        for (index, (at, table)) in records.into_iter().enumerate() {
            let mut flags = 0x01;
            if index == 0 {
                flags |= 0x80;
            }
            if index == last {
                flags |= 0x40;
            }
            let mut inner = entries.inner(at, table);
            record(&mut inner, flags, layout)?;
            inner.finish()?;
        }
        let message = own.saturating_add(1)..layout.parts.len();
        let most = extent(layout.parts.get(message.clone()).unwrap_or_default()).1;
        if most > 0xFFFF {
            let problem = format!("{most} bytes in an NDEF message, whose length says 65535 at most");
            return Err(entries.error(mistake::NO_ROOM, &problem, "write shorter parts"));
        }
        layout.look_at(own, message);
        Ok(Self(Length::big(2)))
    }
}

/// One record: flags and the length of the type, the length of what it carries, the type, and that.
fn record<'r>(
    entries: &mut Entries<'_, '_, 'r>,
    flags: u8,
    layout: &mut Layout<'r>,
) -> Result<(), ProfileError> {
    let header = layout.push(Constant(Vec::new()).into(), entries.at);
    let length = layout.push(Length::big(4).into(), entries.at);
    let letter = layout.push(Constant(Vec::new()).into(), entries.at);
    let kind = if entries.part.contains_key("uri") {
        let listed = entries.pieces("uri", PIECES)?;
        let (code, rest) = abbreviated(first_text(&listed));
        carry(entries, &listed, [&[code], rest.as_bytes()].concat(), layout)?;
        b'U'
    } else {
        let listed = entries.pieces("text", PIECES)?;
        let front = [&*language(entries)?, first_text(&listed).as_bytes()].concat();
        carry(entries, &listed, front, layout)?;
        b'T'
    };
    let carried = letter.saturating_add(1)..layout.parts.len();
    let most = extent(layout.parts.get(carried.clone()).unwrap_or_default()).1;
    // A short record has its length in one byte.
    let (flags, bytes) = if most <= 0xFF { (flags | SHORT, 1) } else { (flags, 4) };
    layout.put(header, Constant(vec![flags, 1]).into());
    layout.put(length, Length::big(bytes).into());
    layout.put(letter, Constant(vec![kind]).into());
    layout.look_at(length, carried);
    Ok(())
}

/// The text that a list begins with, if it does.
fn first_text<'r>(listed: &[(usize, &'r Entry)]) -> &'r str {
    match listed.first() {
        Some((_, Entry::Text(text))) => text,
        _ => "",
    }
}

/// The status byte of a text in UTF-8, and its language.
fn language(entries: &mut Entries<'_, '_, '_>) -> Result<Vec<u8>, ProfileError> {
    let instead = "write lang = \"en\", or another language tag of 1 to 63 characters";
    let (at, lang) = entries.string("lang", instead)?;
    let plain = lang.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '-');
    match u8::try_from(lang.len()) {
        Ok(length @ 1..=63) if plain => Ok([&[length], lang.as_bytes()].concat()),
        _ => {
            let problem = format!("{lang:?} is no language");
            Err(entries.check.error(mistake::FORM, at, problem, instead))
        }
    }
}

/// Puts what a record carries: the front with the text that the list begins with, and the rest of it.
fn carry<'r>(
    entries: &mut Entries<'_, '_, 'r>,
    listed: &[(usize, &'r Entry)],
    front: Vec<u8>,
    layout: &mut Layout<'r>,
) -> Result<(), ProfileError> {
    layout.push(Constant(front).into(), entries.at);
    let begun = usize::from(matches!(listed.first(), Some((_, Entry::Text(_)))));
    for (at, piece) in listed.iter().skip(begun) {
        match piece {
            Entry::Text(text) if text.is_empty() => {}
            Entry::Text(text) => {
                layout.push(Constant(text.as_bytes().to_vec()).into(), *at);
            }
            Entry::Table(part) => {
                entries.lay_inside(vec![(*at, part)], layout)?;
            }
            Entry::Number(_) | Entry::List(_) => {
                let problem = "a number or a list in an NDEF record";
                return Err(entries.check.error(mistake::TYPE, *at, problem, PIECES));
            }
        }
    }
    Ok(())
}

/// The flag SR.
const SHORT: u8 = 0x10;

/// The beginnings of URIs that have a code (URI Record Type Definition 1.0, table 3), by their codes from
/// 1 on.
const BEGINNINGS: [&str; 35] = [
    "http://www.", "https://www.", "http://", "https://", "tel:", "mailto:",
    "ftp://anonymous:anonymous@", "ftp://ftp.", "ftps://", "sftp://", "smb://", "nfs://", "ftp://",
    "dav://", "news:", "telnet://", "imap:", "rtsp://", "urn:", "pop:", "sip:", "sips:", "tftp:",
    "btspp://", "btl2cap://", "btgoep://", "tcpobex://", "irdaobex://", "file://", "urn:epc:id:",
    "urn:epc:tag:", "urn:epc:pat:", "urn:epc:raw:", "urn:epc:", "urn:nfc:",
];

/// The code of the longest beginning that a URI has, 0 where it has none, and what is behind it.
fn abbreviated(uri: &str) -> (u8, &str) {
    let codes = (1..).zip(BEGINNINGS);
    let found = codes.filter_map(|(code, begins)| Some((begins.len(), code, uri.strip_prefix(begins)?)));
    found.max_by_key(|(length, ..)| *length).map_or((0, uri), |(_, code, rest)| (code, rest))
}

/// What a code of a URI stands for; `None` for one that stands for nothing.
pub(crate) fn beginning(code: u8) -> Option<&'static str> {
    match code.checked_sub(1) {
        None => Some(""),
        Some(at) => BEGINNINGS.get(usize::from(at)).copied(),
    }
}

impl Piece for Ndef {
    fn length(&self) -> usize {
        self.0.length()
    }

    fn looks(&self) -> Looks {
        self.0.looks()
    }

    fn places(&self, here: Range<usize>, over: &[usize], places: &mut Vec<Place>) {
        self.0.places(here, over, places);
    }

    fn counted(&self, here: &[u8]) -> Option<usize> {
        self.0.counted(here)
    }

    fn render(
        &self,
        given: &Given<'_>,
        around: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        self.0.render(given, around, out)
    }

    fn tell(&self, here: &[u8], around: &Around<'_>, told: &mut Vec<Told>) {
        self.0.tell(here, around, told);
    }
}
