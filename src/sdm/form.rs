// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where in an address of a profile stands what the tag wrote.

use core::ops::Range;

use super::address::percent_decoded;
use crate::host::SdmCipher;
use crate::profile::{Content, FileSpec};
use crate::wire::{Sdm, SdmCounter, SdmFile, SdmMeta};

/// How the addresses of a profile look.
#[derive(Debug, Clone)]
pub(super) struct Form {
    /// What stands before the text that the file has.
    begins: &'static str,
    /// From which byte of the file on the text stands.
    text: u32,
    pub(super) meta: SdmMeta,
    pub(super) file: SdmFile,
    pub(super) suite: SdmCipher,
    /// Where the version of the MAC's key stands.
    pub(super) version: Option<u32>,
    pub(super) seal: Option<Seal>,
    /// How many bytes the profile has in what is enciphered; others fill them up.
    pub(super) carried: usize,
    /// What the profile itself has under the MAC, and from which byte of the file on.
    pub(super) own: Vec<(u32, Vec<u8>)>,
}

/// Where the tamper status stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Seal {
    /// In the text.
    Shown(u32),
    /// So far into what is enciphered.
    Inside(usize),
}

/// What a tag wrote into an address.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) picc: Option<Vec<u8>>,
    pub(super) uid: Option<[u8; 7]>,
    /// Most significant byte first, as it stands there.
    pub(super) counter: Option<[u8; 3]>,
    pub(super) version: Option<u8>,
    /// The letters of the tamper status, where they stand in clear.
    pub(super) seal: Option<[u8; 2]>,
    pub(super) enciphered: Option<Vec<u8>>,
    pub(super) mac: [u8; 8],
    /// What the MAC goes over.
    pub(super) signed: Vec<u8>,
}

impl Form {
    /// Of a file whose content is an address; `None` where it is none.
    pub(super) fn new(spec: &FileSpec, sdm: &Sdm, file: SdmFile) -> Option<Self> {
        let content = spec.content.as_ref()?;
        let (text, begins) = content.address()?;
        let inside = |at: u32| {
            let (begins, length) = file.enciphered?;
            let within = at.checked_sub(begins).filter(|within| *within < length / 2)?;
            usize::try_from(within).ok()
        };
        let seal = |at| inside(at).map_or(Seal::Shown(at), Seal::Inside);
        Some(Self {
            begins,
            text: u32::try_from(text).ok()?,
            meta: sdm.meta,
            file,
            suite: spec.suite,
            version: content.version().and_then(|at| u32::try_from(at).ok()),
            seal: sdm.tamper.map(seal),
            carried: Content::enciphered(content).unwrap_or_default(),
            own: own(content, file),
        })
    }

    /// Whether the MAC goes over the tamper status; else anybody could write another one there.
    pub(super) fn signs_seal(&self) -> bool {
        match self.seal {
            Some(Seal::Shown(at)) => (self.file.from..self.file.mac).contains(&at),
            Some(Seal::Inside(_)) | None => true,
        }
    }

    /// Takes an address apart; `None` where it is none of these. Letters in the place of digits may be small, and
    /// signs may be written with `%`, as programs on the way do.
    pub(super) fn parts(&self, address: &str) -> Option<Parts> {
        let text = |address: &[u8]| Some(address.strip_prefix(self.begins.as_bytes())?.to_vec());
        // The profile's own text may have signs with `%`.
        let as_it_is = text(address.as_bytes()).and_then(|text| self.taken_apart(text));
        as_it_is.or_else(|| self.taken_apart(text(&percent_decoded(address))?))
    }

    pub(super) fn taken_apart(&self, mut text: Vec<u8>) -> Option<Parts> {
        let mut parts = Parts::default();
        match self.meta {
            SdmMeta::Never { .. } => {}
            SdmMeta::Clear { uid, counter } => {
                if let Some(at) = uid {
                    parts.uid = Some(self.take(&mut text, at)?);
                }
                if let Some(SdmCounter::At(at)) = counter {
                    parts.counter = Some(self.take(&mut text, at)?);
                }
            }
            SdmMeta::Enciphered { at, .. } => {
                parts.picc = Some(self.digits(&mut text, at, self.picc())?);
            }
        }
        if let Some(at) = self.version {
            let [version] = self.take(&mut text, at)?;
            parts.version = Some(version);
        }
        if let Some(Seal::Shown(at)) = self.seal {
            let letters = text.get_mut(self.place(at, 1)?)?;
            letters.make_ascii_uppercase();
            parts.seal = letters.first_chunk().copied();
        }
        if let Some((at, bytes)) = self.enciphered() {
            parts.enciphered = Some(self.digits(&mut text, at, bytes)?);
        }
        parts.mac = self.take(&mut text, self.file.mac)?;
        parts.signed = self.signed(&text)?.to_vec();
        Some(parts)
    }

    /// How many bytes the PICC data have.
    pub(super) const fn picc(&self) -> usize {
        match self.suite {
            SdmCipher::Aes => 16,
            SdmCipher::Lrp => 24,
        }
    }

    /// Where what is enciphered stands, and how many bytes it has.
    pub(super) fn enciphered(&self) -> Option<(u32, usize)> {
        let (at, length) = self.file.enciphered?;
        Some((at, usize::try_from(length / 2).ok()?))
    }

    /// Where a byte of the file stands in the text.
    pub(super) fn at(&self, place: u32) -> Option<usize> {
        usize::try_from(place.checked_sub(self.text)?).ok()
    }

    /// Where so many bytes stand in the text, two characters each.
    pub(super) fn place(&self, place: u32, bytes: usize) -> Option<Range<usize>> {
        let at = self.at(place)?;
        Some(at..at.checked_add(bytes.checked_mul(2)?)?)
    }

    fn take<const N: usize>(&self, text: &mut [u8], place: u32) -> Option<[u8; N]> {
        self.digits(text, place, N)?.try_into().ok()
    }

    /// Reads digits, and leaves them as the tag writes them: in capitals.
    fn digits(&self, text: &mut [u8], place: u32, bytes: usize) -> Option<Vec<u8>> {
        let digits = text.get_mut(self.place(place, bytes)?)?;
        digits.make_ascii_uppercase();
        hex::decode(&*digits).ok()
    }

    /// What the MAC of a text goes over.
    pub(super) fn signed<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        text.get(self.at(self.file.from)?..self.at(self.file.mac)?)
    }

    /// The text of a file, from the address on, and what stands before it.
    pub(super) fn text<'a>(&self, file: &'a [u8]) -> (&'static str, &'a [u8]) {
        let at = usize::try_from(self.text).unwrap_or(usize::MAX);
        (self.begins, file.get(at..).unwrap_or_default())
    }

    /// Puts bytes into the text of a file as digits.
    pub(super) fn put(&self, text: &mut [u8], place: u32, bytes: &[u8]) {
        self.write(text, place, hex::encode_upper(bytes).as_bytes());
    }

    fn write(&self, text: &mut [u8], place: u32, bytes: &[u8]) {
        let slots = self.at(place).and_then(|at| text.get_mut(at..)).unwrap_or_default();
        slots.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = *byte);
    }

    /// Writes a seal that was never broken into the text of a file, and takes out what the tag enciphers of it, the
    /// first half of its place, with the seal where that stands there.
    pub(super) fn sealed(&self, text: &mut [u8]) -> Option<(u32, Vec<u8>)> {
        if let Some(Seal::Shown(at)) = self.seal {
            self.write(text, at, WHOLE);
        }
        let (at, bytes) = self.enciphered()?;
        let begins = self.at(at)?;
        let mut plain = text.get(begins..begins.checked_add(bytes)?)?.to_vec();
        if let Some(Seal::Inside(within)) = self.seal {
            let slots = plain.get_mut(within..).unwrap_or_default();
            slots.iter_mut().zip(WHOLE).for_each(|(slot, letter)| *slot = *letter);
        }
        Some((at, plain))
    }
}

/// The text of the profile that the MAC goes over.
fn own(content: &Content, file: SdmFile) -> Vec<(u32, Vec<u8>)> {
    let covered = file.from..file.mac;
    let stands = |(at, bytes): (usize, &[u8])| {
        let at = u32::try_from(at).ok()?;
        let end = at.checked_add(u32::try_from(bytes.len()).ok()?)?;
        (covered.contains(&at) && end <= covered.end).then(|| (at, bytes.to_vec()))
    };
    content.constants().filter_map(stands).collect()
}

/// A wire that never was broken.
const WHOLE: &[u8] = b"CC";
