// SPDX-License-Identifier: MIT OR Apache-2.0
//! Settings of secure dynamic messaging, held to what the chip checks before anything is sent
//! (NXP NT4H2421Gx, ChangeFileSettings: what it refuses with `9E`; AN12196, 6.9).

mod error;

use core::ops::Range;

pub use error::{SdmError, SdmPart};

use crate::wire::{
    Access, AccessRights, FileKind, FileSettings, FileSize, KeyNo, Sdm, SdmCounter, SdmFile,
    SdmMeta,
};

/// Settings of a file with secure dynamic messaging that its chip takes.
///
/// ```
/// use cardwright::host::{SdmCipher, SdmSettings};
/// use cardwright::wire::{Access, AccessRights, CommMode, FileKind, FileSettings, FileSize};
/// use cardwright::wire::{KeyNo, Sdm, SdmFile, SdmMeta};
///
/// // https://example.com/?p=<PICC data>&m=<MAC>, behind the length (2) and the head of the record (5).
/// let (key, size) = (KeyNo::new(2).unwrap(), FileSize::new(256).unwrap());
/// let meta = SdmMeta::Enciphered { key, uid: true, counter: true, at: 22 };
/// let mac = SdmFile { key, from: 57, mac: 57, enciphered: None };
/// let sdm = Sdm { meta, file: Some(mac), tamper: None, limit: None, counter: Access::Never };
/// let (kind, rights) = (FileKind::Standard { size }, AccessRights::from_wire([0x00, 0xE0]));
/// let settings =
///     FileSettings { sdm: Some(sdm), ..FileSettings::new(kind, CommMode::Plain, rights) };
/// assert!(SdmSettings::check(settings, 5, SdmCipher::Aes).is_ok());
/// // In LRP the PICC data are 48 characters, and would run into the MAC.
/// let refused = SdmSettings::check(settings, 5, SdmCipher::Lrp).unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     "PICC data (22 to 69) and MAC (57 to 72) stand on each other: move one of them"
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SdmSettings {
    settings: FileSettings,
    cipher: SdmCipher,
}

/// By what a chip enciphers and makes MACs, messages of sessions and mirrored data alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the chip knows these two")]
pub enum SdmCipher {
    /// AES.
    Aes,
    /// LRP, where the chip was switched to it.
    Lrp,
}

impl SdmSettings {
    /// Holds `settings` to what the chip checks; the application has `keys` keys: five on an NTAG 424 DNA.
    /// Where a limit was reached already, only the chip can tell.
    ///
    /// # Errors
    /// [`SdmError`]: which rule, and where.
    pub fn check(settings: FileSettings, keys: u8, cipher: SdmCipher) -> Result<Self, SdmError> {
        let FileKind::Standard { size } = settings.kind else { return Err(SdmError::NotStandard) };
        let sdm = settings.sdm.ok_or(SdmError::Missing)?;
        known_keys(&settings, &sdm, keys)?;
        mirrored(&sdm)?;
        if let Some(file) = sdm.file {
            covered(&file, &sdm)?;
        }
        apart(&sdm, size, cipher)?;
        Ok(Self { settings, cipher })
    }

    /// The settings.
    #[must_use]
    pub const fn settings(&self) -> &FileSettings {
        &self.settings
    }

    /// Under what the chip has to be.
    #[must_use]
    pub const fn cipher(&self) -> SdmCipher {
        self.cipher
    }
}

/// Every key that a right names is there.
fn known_keys(settings: &FileSettings, sdm: &Sdm, keys: u8) -> Result<(), SdmError> {
    let meta = match sdm.meta {
        SdmMeta::Enciphered { key, .. } => Some(key),
        SdmMeta::Never { .. } | SdmMeta::Clear { .. } => None,
    };
    let of_set = |rights: AccessRights| {
        let AccessRights { read, write, read_write, change } = rights;
        [read, write, read_write, change]
    };
    let named = settings.sets().flat_map(of_set).chain([sdm.counter]).filter_map(key_of);
    let mut named = named.chain(meta).chain(sdm.file.map(|file| file.key));
    match named.find(|&key| u8::from(key) >= keys) {
        Some(key) => Err(SdmError::NoSuchKey { key, keys }),
        None => Ok(()),
    }
}

const fn key_of(access: Access) -> Option<KeyNo> {
    match access {
        Access::Key(key) => Some(key),
        Access::Free | Access::Never => None,
    }
}

/// UID and counter are there where something needs them.
fn mirrored(sdm: &Sdm) -> Result<(), SdmError> {
    let (uid, counter) = uid_and_counter(sdm);
    let shown = !matches!(sdm.meta, SdmMeta::Never { .. });
    if shown && !uid && !counter {
        return Err(SdmError::NothingMirrored);
    }
    if sdm.counter != Access::Never && !counter {
        return Err(SdmError::NotCounted { what: "somebody may ask for the read counter" });
    }
    match sdm.limit {
        Some(_) if !counter => Err(SdmError::NotCounted { what: "the read counter has a limit" }),
        // The counter begins at 0.
        Some(limit) if limit == 0 || limit > 0x00FF_FFFF => Err(SdmError::Limit(limit)),
        _ => Ok(()),
    }
}

/// Whether the UID is mirrored, and whether reads are counted.
const fn uid_and_counter(sdm: &Sdm) -> (bool, bool) {
    match sdm.meta {
        SdmMeta::Never { counted } => (false, counted),
        SdmMeta::Clear { uid, counter } => (uid.is_some(), counter.is_some()),
        SdmMeta::Enciphered { uid, counter, .. } => (uid, counter),
    }
}

/// The MAC stands behind all that it covers, and what is enciphered is covered.
fn covered(file: &SdmFile, sdm: &Sdm) -> Result<(), SdmError> {
    let SdmFile { from, mac, enciphered, .. } = *file;
    if from > mac {
        return Err(SdmError::InputBehindMac { from, mac });
    }
    let Some((at, length)) = enciphered else { return Ok(()) };
    if uid_and_counter(sdm) != (true, true) {
        return Err(SdmError::Unnamed);
    }
    if length == 0 || !length.is_multiple_of(32) {
        return Err(SdmError::Length(length));
    }
    if at < from || at.saturating_add(length) > mac {
        return Err(SdmError::NotCovered { from, mac });
    }
    Ok(())
}

/// All parts are inside the file, and none stands on another: but the tamper status may be part of what
/// is enciphered, which is the first half of its place.
fn apart(sdm: &Sdm, size: FileSize, cipher: SdmCipher) -> Result<(), SdmError> {
    let parts = parts(sdm, cipher);
    for (part, range) in &parts {
        if range.end > size.bytes() {
            return Err(SdmError::Beyond { part: *part, end: range.end, size: size.bytes() });
        }
    }
    for (at, (first, a)) in parts.iter().enumerate() {
        for (second, b) in parts.iter().skip(at + 1) {
            let enciphered_too = *first == SdmPart::TamperStatus
                && *second == SdmPart::Enciphered
                && a.start >= b.start
                && a.end <= b.start + (b.end - b.start) / 2;
            if a.start < b.end && b.start < a.end && !enciphered_too {
                let [first, second] = [(*first, a.start, a.end), (*second, b.start, b.end)];
                return Err(SdmError::Overlap { first, second });
            }
        }
    }
    Ok(())
}

/// What is mirrored, and where it stands.
fn parts(sdm: &Sdm, cipher: SdmCipher) -> Vec<(SdmPart, Range<u32>)> {
    let picc_data = match cipher {
        SdmCipher::Aes => 32,
        SdmCipher::Lrp => 48,
    };
    let mut parts = Vec::new();
    let mut put = |part, at: u32, length| parts.push((part, at..at.saturating_add(length)));
    match sdm.meta {
        SdmMeta::Never { .. } => {}
        SdmMeta::Clear { uid, counter } => {
            if let Some(at) = uid {
                put(SdmPart::Uid, at, 14);
            }
            if let Some(SdmCounter::At(at)) = counter {
                put(SdmPart::Counter, at, 6);
            }
        }
        SdmMeta::Enciphered { at, .. } => put(SdmPart::PiccData, at, picc_data),
    }
    if let Some(at) = sdm.tamper {
        put(SdmPart::TamperStatus, at, 2);
    }
    if let Some(file) = sdm.file {
        if let Some((at, length)) = file.enciphered {
            put(SdmPart::Enciphered, at, length);
        }
        put(SdmPart::Mac, file.mac, 16);
    }
    parts
}

#[cfg(test)]
mod tests;
