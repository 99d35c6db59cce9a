// SPDX-License-Identifier: MIT OR Apache-2.0
//! `sdm` of `[[application.file]]`: what the chip writes into a file while somebody reads it.

use crate::host::SdmCipher;
use crate::profile::error::{mistake, warning};
use crate::profile::shape::Spanned;
use crate::wire::{
    Access, FileKind, FixedFile, Generation, Ins, KeyType, Sdm, SdmCounter, SdmFile, SdmMeta,
    Silicon,
};

use super::super::content::{Content, Mirrored, Mirrors};
use super::super::error::ProfileError;
use super::super::shape;
use super::Check;
use super::file::Origin;
use super::slots::Slots;

/// What stands in the content by what of it the chip writes, and from which byte on.
struct Places(Vec<(Mirrored, u32)>);

impl Places {
    fn of(&self, what: Mirrored) -> Option<u32> {
        self.0.iter().find(|(one, _)| *one == what).map(|(_, at)| *at)
    }

    /// Where that begins which is shown enciphered, and how many characters it has.
    fn enciphered(&self) -> Option<(u32, u32)> {
        let at = self.of(Mirrored::Enciphered)?;
        let filled = self.0.iter().find_map(|(what, place)| {
            let Mirrored::Filled(bytes) = what else { return None };
            place.checked_add(u32::try_from(*bytes).ok()?)
        });
        Some((at, filled?.checked_sub(at)?))
    }
}

impl Check<'_> {
    /// What parts of a file take from its `sdm`.
    pub(super) fn mirrored_by(&self, sdm: Option<&Spanned<shape::Sdm>>) -> Mirrors {
        let sdm = sdm.map(Spanned::get_ref);
        let suite = match sdm.and_then(|sdm| sdm.suite.or(self.suite)) {
            Some(shape::Suite::Lrp) => SdmCipher::Lrp,
            Some(shape::Suite::Aes) | None => SdmCipher::Aes,
        };
        let key = sdm.and_then(|sdm| sdm.mac.as_ref()).map(Spanned::get_ref);
        let key = key.and_then(|name| self.keys.iter().find(|key| key.item.name == *name));
        Mirrors { suite, version: key.map(|key| key.item.version) }
    }

    /// The settings of secure dynamic messaging of a file of this chip.
    pub(super) fn sdm(
        &mut self,
        raw: &Spanned<shape::File>,
        (kind, content): (FileKind, Option<&Content>),
        (origin, slots): (Origin<'_>, &Slots<'_>),
    ) -> Result<Option<Sdm>, ProfileError> {
        let file = raw.get_ref();
        let at = file.content.as_ref().map_or(raw.span().start, |content| content.span().start);
        let places = self.mirrors(at, content)?;
        let Some(named) = &file.sdm else {
            return match places.0.first() {
                None => Ok(None),
                Some((what, _)) => {
                    let problem = format!("mirror = {:?} in a file without sdm", what.name());
                    let instead = "write sdm = { picc = \"…\", mac = \"…\" } with the keys for it";
                    Err(self.error(mistake::MISSING, at, problem, instead))
                }
            };
        };
        let (entry, sdm) = (named.span().start, named.get_ref());
        self.can_have_sdm(sdm, entry, (kind, origin))?;
        self.warn_of_lrp(sdm.suite, entry);
        let meta = self.meta(sdm, (entry, &places), slots)?;
        let signed = self.signed(sdm, (entry, &places), slots)?;
        if places.enciphered().is_some() {
            self.may_encipher(entry, &meta)?;
        }
        let counts = match meta {
            SdmMeta::Never { counted } => counted,
            SdmMeta::Clear { counter, .. } => counter.is_some(),
            SdmMeta::Enciphered { counter, .. } => counter,
        };
        let counter = match &sdm.counter {
            None => Access::Never,
            Some(name) => match name.get_ref().as_str() {
                "free" => Access::Free,
                "never" => Access::Never,
                _ => Access::Key(self.sdm_key(name, slots)?),
            },
        };
        let limit = sdm.limit.as_ref().map(|limit| {
            let number = u32::try_from(*limit.get_ref()).ok();
            number.filter(|number| (1..LAST).contains(number)).ok_or_else(|| {
                let instead = format!("write a number from 1 to {}", LAST - 1);
                self.error(mistake::RANGE, limit.span().start, "limit is out of range", instead)
            })
        });
        let limit = limit.transpose()?;
        if (limit.is_some() || counter != Access::Never) && !counts {
            let problem = "a read counter that nothing shows";
            let instead = "add { mirror = \"picc\" } or { mirror = \"counter\" } to the content";
            return Err(self.error(mistake::MISSING, entry, problem, instead));
        }
        let tamper = self.seal_place(at, &places, origin)?;
        if places.of(Mirrored::Uid).is_some() {
            let message = "the UID stands in clear in what anyone reads: whoever scans the tag knows it \
                           again; mirror = \"picc\" shows it to your server alone";
            self.warn(warning::UID_IN_CLEAR, at, message.to_owned());
        }
        Ok(Some(Sdm { meta, file: signed, tamper, limit, counter }))
    }

    /// Whether a file of this kind can have it, wherever it comes from.
    fn can_have_sdm(
        &self,
        sdm: &shape::Sdm,
        at: usize,
        (kind, origin): (FileKind, Origin<'_>),
    ) -> Result<(), ProfileError> {
        match origin {
            Origin::Factory(made, silicon) => self.factory_has_sdm(at, made, silicon),
            Origin::Created { chips, key_type } => {
                self.created_has_sdm(at, (kind, key_type), chips)?;
                self.no_lrp(sdm, at)
            }
        }
    }

    /// Where the tamper status stands, on a chip that has one.
    fn seal_place(
        &self,
        at: usize,
        places: &Places,
        origin: Origin<'_>,
    ) -> Result<Option<u32>, ProfileError> {
        let tamper = places.of(Mirrored::Seal);
        let has_seal =
            matches!(origin, Origin::Factory(_, silicon) if silicon.has(Ins::GetTtStatus));
        if tamper.is_some() && !has_seal {
            let problem = "mirror = \"seal\" on a chip that has none";
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, "take it out"));
        }
        Ok(tamper)
    }

    /// LRP is for good, and few know it.
    pub(super) fn warn_of_lrp(&mut self, suite: Option<shape::Suite>, at: usize) {
        if matches!(suite, Some(shape::Suite::Lrp)) {
            let message = "suite = \"lrp\" switches each card to LRP for good, for whoever speaks to it: most servers \
                           and most programs that speak to cards know AES alone";
            self.warn(warning::ONE_WAY, at, message.to_owned());
        }
    }

    /// What of a content the chip writes. It has to stand in the same place on every card.
    fn mirrors(&self, at: usize, content: Option<&Content>) -> Result<Places, ProfileError> {
        let mut places: Vec<(Mirrored, u32)> = Vec::new();
        for (what, place) in content.into_iter().flat_map(Content::mirrors) {
            let name = what.name();
            let Some(place) = place.and_then(|place| u32::try_from(place).ok()) else {
                let problem = format!("mirror = {name:?} stands behind a part of no fixed length");
                let instead = "write it before that part";
                return Err(self.error(mistake::ORDER, at, problem, instead));
            };
            if places.iter().any(|(one, _)| *one == what) {
                let problem = format!("mirror = {name:?} stands there twice");
                return Err(self.error(mistake::REPEATED, at, problem, "take one of them out"));
            }
            places.push((what, place));
        }
        Ok(Places(places))
    }

    /// Of files from the factory, secure dynamic messaging is a matter of the NDEF file of a chip that counts
    /// its reads.
    fn factory_has_sdm(
        &self,
        at: usize,
        made: &FixedFile,
        silicon: &Silicon,
    ) -> Result<(), ProfileError> {
        if !silicon.has(Ins::GetFileCounters) {
            let problem = format!("sdm on a {} chip, which has none", silicon.name);
            let instead = "write chips = [\"ntag424\"], or take it out";
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, instead));
        }
        if u8::from(made.number) != NDEF {
            let problem = "sdm in another file than the chip's NDEF file";
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, "write it into file 2"));
        }
        Ok(())
    }

    /// A file that a job creates has it on chips that count reads, where it is a standard data file under AES
    /// keys (NXP AN12752).
    fn created_has_sdm(
        &self,
        at: usize,
        (kind, key_type): (FileKind, KeyType),
        chips: &[Generation],
    ) -> Result<(), ProfileError> {
        let silicon = chips.iter().map(|chip| chip.silicon());
        if let Some(chip) = silicon.into_iter().find(|chip| !chip.has(Ins::GetFileCounters)) {
            let problem = format!("sdm on an {} chip, which has none", chip.name);
            let instead = "write chips = [\"ev3\"], or take it out";
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, instead));
        }
        if !matches!(kind, FileKind::Standard { .. }) {
            let problem = "sdm in a file of another type than \"standard\"";
            let instead = "write type = \"standard\", or take it out";
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, instead));
        }
        if key_type != KeyType::Aes {
            let problem = format!("sdm under keys of type {key_type}, where the chip takes AES");
            let instead = "name AES keys in the application, or take it out";
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, instead));
        }
        Ok(())
    }

    /// Chips on which files are created have no LRP to be switched to.
    fn no_lrp(&self, sdm: &shape::Sdm, at: usize) -> Result<(), ProfileError> {
        if matches!(sdm.suite, Some(shape::Suite::Lrp)) {
            let problem = "suite = \"lrp\" on chips that have AES alone";
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, "take suite out"));
        }
        Ok(())
    }

    /// How UID and counter are shown: enciphered, or each in clear.
    fn meta(
        &self,
        sdm: &shape::Sdm,
        (at, places): (usize, &Places),
        slots: &Slots<'_>,
    ) -> Result<SdmMeta, ProfileError> {
        let (uid, counter) = (places.of(Mirrored::Uid), places.of(Mirrored::Counter));
        match (&sdm.picc, places.of(Mirrored::Picc)) {
            (Some(name), Some(place)) => {
                let key = self.sdm_key(name, slots)?;
                if uid.is_some() || counter.is_some() {
                    let problem = "UID or counter in clear beside PICC data, which have both";
                    let instead = "take mirror = \"uid\" and \"counter\" out";
                    return Err(self.error(mistake::CONFLICT, at, problem, instead));
                }
                Ok(SdmMeta::Enciphered { key, uid: true, counter: true, at: place })
            }
            (Some(name), None) => {
                let instead = "add { mirror = \"picc\" } to the content, or take picc out";
                let problem = "a key for PICC data that stand nowhere";
                Err(self.error(mistake::UNUSED, name.span().start, problem, instead))
            }
            (None, Some(_)) => {
                let instead = "write picc = \"…\" with the key that enciphers them";
                Err(self.error(mistake::MISSING, at, "PICC data without a key", instead))
            }
            (None, None) if uid.is_some() || counter.is_some() => {
                Ok(SdmMeta::Clear { uid, counter: counter.map(SdmCounter::At) })
            }
            (None, None) => Ok(SdmMeta::Never { counted: false }),
        }
    }

    /// The MAC, and over what it goes.
    fn signed(
        &self,
        sdm: &shape::Sdm,
        (at, places): (usize, &Places),
        slots: &Slots<'_>,
    ) -> Result<Option<SdmFile>, ProfileError> {
        match (&sdm.mac, places.of(Mirrored::Mac)) {
            (Some(name), Some(mac)) => {
                let key = self.sdm_key(name, slots)?;
                let from = places.of(Mirrored::From).unwrap_or(mac);
                if from > mac {
                    let problem = "mirror = \"from\" behind the MAC";
                    return Err(self.error(mistake::ORDER, at, problem, "write it before the MAC"));
                }
                let enciphered = places.enciphered();
                let covered = |(begins, length): (u32, u32)| {
                    from <= begins && begins.checked_add(length).is_some_and(|end| end <= mac)
                };
                if enciphered.is_some_and(|place| !covered(place)) {
                    let problem = "parts that are enciphered, and that the MAC does not go over";
                    let instead =
                        "write { mirror = \"from\" } before them, and the MAC behind them";
                    return Err(self.error(mistake::ORDER, at, problem, instead));
                }
                Ok(Some(SdmFile { key, from, mac, enciphered }))
            }
            (Some(name), None) => {
                let instead = "add { mirror = \"mac\" } to the content, or take mac out";
                let problem = "a key for a MAC that stands nowhere";
                Err(self.error(mistake::UNUSED, name.span().start, problem, instead))
            }
            (None, Some(_)) => {
                let instead = "write mac = \"…\" with the key that makes it";
                Err(self.error(mistake::MISSING, at, "a MAC without a key", instead))
            }
            (None, None) if places.enciphered().is_some() => {
                let problem = "parts that are enciphered, and no key for them";
                let instead =
                    "write mac = \"…\" with the key, and { mirror = \"mac\" } behind them";
                Err(self.error(mistake::MISSING, at, problem, instead))
            }
            (None, None) => Ok(None),
        }
    }

    /// The key that a part is enciphered with is made of UID and read counter (NT4H2421Gx, ChangeFileSettings).
    fn may_encipher(&self, at: usize, meta: &SdmMeta) -> Result<(), ProfileError> {
        match meta {
            SdmMeta::Enciphered { .. } | SdmMeta::Clear { uid: Some(_), counter: Some(_) } => {
                Ok(())
            }
            SdmMeta::Clear { .. } | SdmMeta::Never { .. } => {
                let problem =
                    "parts that are enciphered, where UID and read counter are not both shown";
                let instead = "add { mirror = \"picc\" } to the content, and picc = \"…\" to sdm";
                Err(self.error(mistake::MISSING, at, problem, instead))
            }
        }
    }

    fn sdm_key(
        &self,
        name: &Spanned<String>,
        slots: &Slots<'_>,
    ) -> Result<crate::wire::KeyNo, ProfileError> {
        slots.find(name.get_ref()).ok_or_else(|| {
            let problem = format!("the application has no key {:?}", name.get_ref());
            let instead = slots.instead(name.get_ref(), &[]);
            self.error(mistake::UNKNOWN_NAME, name.span().start, problem, instead)
        })
    }
}

/// The file of NDEF messages.
const NDEF: u8 = 2;
/// The last value of a read counter.
const LAST: u32 = 0x00FF_FFFF;
