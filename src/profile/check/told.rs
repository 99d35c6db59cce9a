// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[card]`: what a card is told with SetConfiguration and shows nowhere, `ats`, `sak`, `atqa`, `nuid`, `name` and
//! `chained_writes`; and what of it would shut out every reader.

use crate::iso14443::Ats;
use crate::profile::error::mistake;
use crate::profile::shape::Spanned;
use crate::wire::{DfName, Generation};

use super::super::error::ProfileError;
use super::super::model::CardSettings;
use super::super::shape::{self, Legacy};
use super::Check;

/// Where a card is told to refuse them.
pub(super) fn chained_writes(raw: &shape::Card) -> Option<&Spanned<Legacy>> {
    raw.chained_writes.as_ref().filter(|word| *word.get_ref() == Legacy::Off)
}

impl Check<'_> {
    /// What the entries say, whatever the chip.
    pub(super) fn told(&self, raw: &shape::Card) -> Result<CardSettings, ProfileError> {
        Ok(CardSettings {
            ats: raw.ats.as_ref().map(|text| self.ats(text)).transpose()?,
            sak: raw.sak.as_ref().map(|text| self.sak(text)).transpose()?,
            atqa: raw.atqa.as_ref().map(|text| self.atqa(text)).transpose()?,
            nuid: raw.nuid.as_ref().is_some_and(|on| *on.get_ref()),
            name: raw.name.as_ref().map(|text| self.card_name(text)).transpose()?,
            chained_writes_off: chained_writes(raw).is_some(),
        })
    }

    /// Which chips can be told: EV1 has the ATS alone, and ATQA, number and how a random UID begins are EV3's (NXP
    /// AN12752).
    pub(super) fn told_on(
        &self,
        raw: &shape::Card,
        chips: &[Generation],
    ) -> Result<(), ProfileError> {
        use Generation::{D40, Ev1, Ev2};
        fn at<T>(entry: Option<&Spanned<T>>) -> Option<usize> {
            entry.map(|entry| entry.span().start)
        }
        let cannot: [(_, &str, &[Generation]); 7] = [
            (at(raw.ats.as_ref()), "an ATS to set", &[D40]),
            (at(raw.sak.as_ref()), "a SAK to set", &[D40, Ev1]),
            (at(raw.atqa.as_ref()), "an ATQA to set", &[D40, Ev1, Ev2]),
            (at(raw.nuid.as_ref()), "a number to show for its UID", &[D40, Ev1, Ev2]),
            (
                at(raw.random_uid_start.as_ref()),
                "a choice of how a random UID begins",
                &[D40, Ev1, Ev2],
            ),
            (at(raw.name.as_ref()), "a name for the card as a whole", &[D40, Ev1]),
            (at(chained_writes(raw)), "chained writes that could be switched off", &[D40, Ev1]),
        ];
        for (at, what, without) in cannot {
            let chip = chips.iter().find(|chip| without.contains(chip));
            if let Some((at, chip)) = at.zip(chip) {
                let problem = format!("{what}, which a {chip} chip does not have");
                let instead = format!(
                    "take it out, or take \"{chip}\" out of chips and write another profile for those"
                );
                return Err(self.error(mistake::NOT_ON_CHIP, at, problem, instead));
            }
        }
        Ok(())
    }

    /// Frames of 64 bytes are what every host sends, and TC with a CID is what some readers need.
    fn ats(&self, text: &Spanned<String>) -> Result<Ats, ProfileError> {
        let at = text.span().start;
        let instead =
            "write all of it in hexadecimal digits, such as ats = \"067577810280\", the factory's";
        let bytes = hex::decode(text.get_ref()).unwrap_or_default();
        let ats = Ats::new(&bytes)
            .map_err(|error| self.error(mistake::FORM, at, error.to_string(), instead))?;
        if ats.frame_size() < 64 {
            let problem = format!(
                "an ATS for frames of {} bytes, which no reader could write such a card with",
                ats.frame_size()
            );
            let instead = "let the low half of the second byte be 5 or more, as the factory's is";
            return Err(self.error(mistake::FORM, at, problem, instead));
        }
        Ok(ats)
    }

    /// Bit 2 of the first says that the UID goes on, bit 5 of the second that the card speaks ISO/IEC 14443-4
    /// (ISO/IEC 14443-3, 6.5.3).
    fn sak(&self, text: &Spanned<String>) -> Result<[u8; 2], ProfileError> {
        let instead = "write both bytes, such as sak = \"0420\", the factory's";
        match self.two(text, instead)? {
            sak @ [first, second] if first & 0x04 != 0 && second & 0x24 == 0x20 => Ok(sak),
            _ => {
                let problem = "a SAK by which no reader would go on: the first byte has bit 2 set, as a UID of seven \
                               bytes follows in two parts, the second bit 5 and not bit 2";
                Err(self.error(mistake::FORM, text.span().start, problem, instead))
            }
        }
    }

    /// Bits 7 and 6 say how long the UID is, one of bits 4 to 0 is set (ISO/IEC 14443-3, 6.5.2.1).
    fn atqa(&self, text: &Spanned<String>) -> Result<u16, ProfileError> {
        let instead =
            "write both bytes, most significant first, such as atqa = \"0344\", the factory's";
        let atqa = u16::from_be_bytes(self.two(text, instead)?);
        if atqa & 0x00C0 == 0x0040 && (atqa & 0x001F).count_ones() == 1 {
            return Ok(atqa);
        }
        let problem = "an ATQA by which no reader would find the card: bits 7 and 6 are 01 for a UID of seven bytes, \
                       and one of bits 4 to 0 is set";
        Err(self.error(mistake::FORM, text.span().start, problem, instead))
    }

    fn card_name(&self, text: &Spanned<String>) -> Result<DfName, ProfileError> {
        text.get_ref().parse().map_err(|error: crate::wire::IsoNameError| {
            let instead = "write 1 to 16 bytes, such as name = \"D2760000850100\", the factory's";
            self.error(mistake::FORM, text.span().start, error.to_string(), instead)
        })
    }

    fn two(&self, text: &Spanned<String>, instead: &str) -> Result<[u8; 2], ProfileError> {
        let mut bytes = [0; 2];
        match hex::decode_to_slice(text.get_ref(), &mut bytes) {
            Ok(()) => Ok(bytes),
            Err(_) => {
                let problem = "these are no two bytes in hexadecimal digits";
                Err(self.error(mistake::FORM, text.span().start, problem, instead))
            }
        }
    }
}
