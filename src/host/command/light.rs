// SPDX-License-Identifier: MIT OR Apache-2.0
//! SetConfiguration `5C` of a DESFire Light, in its application (MF2DL(H)x0, SetConfiguration).

use super::tag::{ConfigureTag, FailureLimit, TagConfiguration};
use crate::host::answer::Answer;
use crate::host::error::Error;
use crate::host::session::{App, Secure, Session};
use crate::iso14443::Ats;
use crate::wire::{DfName, FileNo, IsoFileId, ValueLimits};

/// What SetConfiguration sets on a DESFire Light again and again. What it sets once has a method of its own,
/// which says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LightConfiguration<'a> {
    /// Option `02`: the answer to select from the next activation on. A wrong one can make the card unreadable
    /// for good; the chip takes T0 of `75` or `77`, TB of `71` or `81`, TC of `02`.
    Ats(&'a Ats),
    /// Option `03`: what the chip answers to be selected, in both cascade levels.
    Sak([u8; 2]),
    /// Option `04`: whether data that are MACed or enciphered and come in chained commands are refused.
    NoChainedWrites(bool),
    /// Option `0A`: when a key is blocked after failed authentications.
    FailureLimit(FailureLimit),
    /// Option `0B`: whether the chip answers with strong back modulation.
    StrongBackModulation(bool),
}

/// A file that gets another number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the option")]
pub struct FileRename {
    /// The number that it has.
    pub from: FileNo,
    /// The number that it gets.
    pub to: FileNo,
}

impl ConfigureTag {
    fn light(set: LightConfiguration<'_>) -> Self {
        match set {
            LightConfiguration::Ats(ats) => Self::option(0x02, ats.as_bytes()),
            LightConfiguration::Sak(sak) => Self::option(0x03, &sak),
            LightConfiguration::NoChainedWrites(on) => {
                Self::new(TagConfiguration::NoChainedWrites(on))
            }
            LightConfiguration::FailureLimit(limit) => {
                Self::new(TagConfiguration::FailureLimit(limit))
            }
            LightConfiguration::StrongBackModulation(on) => {
                Self::new(TagConfiguration::StrongBackModulation(on))
            }
        }
    }

    /// Random UID (bit 1), with a first byte of `80` (bit 5).
    fn random_uid(legacy: bool) -> Self {
        Self::option(0x00, &[if legacy { 0x22 } else { 0x02 }])
    }

    /// How long the name is, and whether an identifier follows; the name, padded; the identifier.
    pub(crate) fn application(name: &DfName, iso: Option<IsoFileId>) -> Self {
        let name = name.as_bytes();
        let length = u8::try_from(name.len()).unwrap_or_default();
        let mut data = [0; 19];
        let [option, padded @ .., i0, i1] = &mut data;
        *option = length | if iso.is_some() { 0x80 } else { 0 };
        padded.iter_mut().zip(name).for_each(|(slot, byte)| *slot = *byte);
        [*i0, *i1] = iso.map_or([0; 2], IsoFileId::to_wire);
        let (without, _) = data.split_at(17);
        Self::option(0x06, if iso.is_some() { &data } else { without })
    }

    /// Whether there are two (bit 1) and identifiers follow (bit 0); each file's numbers and identifier.
    pub(crate) fn files(renames: &[(FileRename, Option<IsoFileId>)]) -> Self {
        let two = if renames.len() > 1 { 0x02 } else { 0x00 };
        let named = u8::from(renames.iter().any(|(_, iso)| iso.is_some()));
        let file = |(FileRename { from, to }, iso): &(FileRename, Option<IsoFileId>)| {
            let iso = iso.map(IsoFileId::to_wire);
            [(*from).into(), (*to).into()].into_iter().chain(iso.into_iter().flatten())
        };
        let data: Vec<u8> =
            core::iter::once(two | named).chain(renames.iter().flat_map(file)).collect();
        Self::option(0x08, &data)
    }

    /// File number, limits, value, and the flags of CreateValueFile.
    pub(crate) fn value_file(no: FileNo, limits: &ValueLimits, value: i32) -> Self {
        let mut data = vec![no.into()];
        for number in [limits.lower(), limits.upper(), value] {
            data.extend(number.to_le_bytes());
        }
        data.push(u8::from(limits.free_get_value) << 1 | u8::from(limits.limited_credit));
        Self::option(0x09, &data)
    }
}

impl Session<'_, App, Secure> {
    /// SetConfiguration of a DESFire Light, whose application master key must have authenticated.
    ///
    /// Request: option (1), then enciphered its data. Reply: nothing (MF2DL(H)x0, SetConfiguration; published
    /// bytes are of other options).
    ///
    /// # Errors
    /// [`Error`]; `9E` for what the chip does not take, `AE` where another key has authenticated.
    pub fn configure_light(&mut self, set: LightConfiguration<'_>) -> Result<Answer<()>, Error> {
        self.talk.run(&ConfigureTag::light(set))
    }

    /// SetConfiguration option `00` of a DESFire Light: from the next activation on it shows a random UID of
    /// four bytes, **for good**; one that begins with `80` where `legacy` says so, else with `08`.
    ///
    /// Request: option `00`, then enciphered the switches (1). Reply: nothing (MF2DL(H)x0, SetConfiguration).
    ///
    /// # Errors
    /// [`Error`]; `AE` where another key has authenticated.
    pub fn hide_uid_for_good(&mut self, legacy: bool) -> Result<Answer<()>, Error> {
        self.talk.run(&ConfigureTag::random_uid(legacy))
    }

    /// SetConfiguration option `06` of a DESFire Light: the application gets this DF name, and this identifier
    /// where there is one, **once and for good**.
    ///
    /// Request: option `06`, then enciphered the length of the name with bit 7 for an identifier (1), the name
    /// with zeros up to 16 bytes, the identifier (2, least significant byte first). Reply: nothing (MF2DL(H)x0,
    /// SetConfiguration).
    ///
    /// # Errors
    /// [`Error`]; `9D` where it was renamed before, `DE` where the name is taken.
    pub fn rename_application_for_good(
        &mut self,
        name: &DfName,
        iso: Option<IsoFileId>,
    ) -> Result<Answer<()>, Error> {
        self.talk.run(&ConfigureTag::application(name, iso))
    }

    /// SetConfiguration option `08` of a DESFire Light: a file gets another number, and this identifier where
    /// there is one, **once and for good**. Drops what is pending.
    ///
    /// Request: option `08`, then enciphered which parts follow (1), the old and the new number, the identifier
    /// (2, least significant byte first). Reply: nothing (MF2DL(H)x0, SetConfiguration).
    ///
    /// # Errors
    /// [`Error`]; `F0` where there is no such file, `DE` where the number or identifier is taken, `9D` where it
    /// was renamed before, or has no identifier and should get one.
    pub fn rename_file_for_good(
        &mut self,
        file: FileRename,
        iso: Option<IsoFileId>,
    ) -> Result<Answer<()>, Error> {
        self.talk.run(&ConfigureTag::files(&[(file, iso)]))
    }

    /// The same of two files at once, which may change places.
    ///
    /// # Errors
    /// As [`Session::rename_file_for_good`].
    pub fn rename_two_files_for_good(
        &mut self,
        [first, second]: [FileRename; 2],
        iso: Option<[IsoFileId; 2]>,
    ) -> Result<Answer<()>, Error> {
        let isos = iso.map_or([None; 2], |isos| isos.map(Some));
        let [one, other] = isos;
        self.talk.run(&ConfigureTag::files(&[(first, one), (second, other)]))
    }

    /// SetConfiguration option `09` of a DESFire Light: the value file gets these limits and this value, **once
    /// and for good**. Drops what is pending.
    ///
    /// Request: option `09`, then enciphered file number (1), lower limit, upper limit and value (4 each), flags
    /// (1). Reply: nothing (NXP AN12343, table 5).
    ///
    /// # Errors
    /// [`Error`]; `9D` where it was set before or is no value file, `F0` where there is none.
    pub fn set_value_file_for_good(
        &mut self,
        no: FileNo,
        limits: &ValueLimits,
        value: i32,
    ) -> Result<Answer<()>, Error> {
        self.talk.run(&ConfigureTag::value_file(no, limits, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::command::{Command, Extent};
    use crate::host::testing::hex;

    /// MF2DL(H)x0, SetConfiguration; option 09 of AN12343, table 5, is in `host::tests::light`.
    #[test]
    fn each_option_has_its_bytes() {
        let ats = Ats::new(&[0x06, 0x77, 0x77, 0x71, 0x02, 0x80]).unwrap();
        let no = |number| FileNo::new(number).unwrap();
        let iso = |id| IsoFileId::new(id).unwrap();
        let name = "A00000039656434103F015400000000B".parse().unwrap();
        let short: DfName = "D1D2D3".parse().unwrap();
        let [first, second] =
            [(1, 2), (0x1F, 0x0A)].map(|(from, to)| FileRename { from: no(from), to: no(to) });
        let mut limits = ValueLimits::new(-2, 0x0102_0304).unwrap();
        limits.free_get_value = true;
        let limit = FailureLimit { counted: true, limit: 0x0102, forgiven: 0x0304 };
        for (command, option, data) in [
            (ConfigureTag::light(LightConfiguration::Ats(&ats)), 0x02, "067777710280"),
            (ConfigureTag::light(LightConfiguration::Sak([0x04, 0x20])), 0x03, "0420"),
            (ConfigureTag::light(LightConfiguration::NoChainedWrites(true)), 0x04, "0400"),
            (ConfigureTag::light(LightConfiguration::FailureLimit(limit)), 0x0A, "0102010403"),
            (ConfigureTag::light(LightConfiguration::StrongBackModulation(true)), 0x0B, "01"),
            (ConfigureTag::random_uid(false), 0x00, "02"),
            (ConfigureTag::random_uid(true), 0x00, "22"),
            (ConfigureTag::application(&short, None), 0x06, "03D1D2D300000000000000000000000000"),
            (
                ConfigureTag::application(&name, Some(iso(0xDF02))),
                0x06,
                "90A00000039656434103F015400000000B02DF",
            ),
            (ConfigureTag::files(&[(first, None)]), 0x08, "000102"),
            (ConfigureTag::files(&[(first, Some(iso(0xEF02)))]), 0x08, "01010202EF"),
            (ConfigureTag::files(&[(first, None), (second, None)]), 0x08, "0201021F0A"),
            (
                ConfigureTag::files(&[(first, Some(iso(0xEF02))), (second, Some(iso(0xEF0A)))]),
                0x08,
                "03010202EF1F0A0AEF",
            ),
            (ConfigureTag::value_file(no(3), &limits, -3), 0x09, "03FEFFFFFF04030201FDFFFFFF02"),
        ] {
            assert_eq!(command.header(), [option], "{data}");
            assert_eq!(hex(command.data().bytes()), data);
            assert_eq!(command.extent(), Extent::Told(0));
        }
    }
}
