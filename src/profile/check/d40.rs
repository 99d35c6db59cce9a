// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a D40 card and its messaging cannot do, where a profile names them.

use crate::profile::error::mistake;
use crate::profile::shape::Spanned;

use crate::wire::{FileKind, FileSettings, KeyType, Messaging};

use super::super::error::ProfileError;
use super::super::model::{Application, FileSpec, PiccTransport, TransportKeys};
use super::super::shape;
use super::Check;

impl Check<'_> {
    /// D40 messaging knows DES and 2K3DES keys only.
    pub(super) fn d40_messaging(
        &self,
        messaging: &[Messaging],
        transport: &TransportKeys,
        raw: &Spanned<shape::Transport>,
    ) -> Result<(), ProfileError> {
        if !messaging.contains(&Messaging::D40) {
            return Ok(());
        }
        let own = self.keys.iter().filter(|key| key.used).map(|key| (key.at, &key.item));
        let places =
            raw.get_ref().picc.iter().flat_map(Spanned::get_ref).map(|place| place.span().start);
        let transport = places.zip(&transport.picc).filter_map(|(at, key)| match key {
            PiccTransport::Factory => None,
            PiccTransport::Key(key) => Some((at, key)),
        });
        match own.chain(transport).find(|(_, key)| key.key_type != KeyType::Des) {
            None => Ok(()),
            Some((at, key)) => {
                let problem = format!("D40 messaging takes no {} keys", key.key_type);
                let instead = "write type = \"2k3des\", or take \"d40\" out of messaging and chips";
                Err(self.error(mistake::NOT_ON_CHIP, at, problem, instead))
            }
        }
    }

    /// A D40 card has no ISO names, no random UID and 16 files an application, of which the first 8
    /// may wait for a commit (`MF3ICD40` as libfreefare and the sheets of its time describe it).
    pub(super) fn d40_card(
        &self,
        raw_transport: &Spanned<shape::Transport>,
        raw_card: &shape::Card,
        raw: &[Spanned<shape::Application>],
        applications: &[Application],
    ) -> Result<(), ProfileError> {
        let instead = "take it out, or \"d40\" out of chips";
        let random_uid = raw_card.random_uid.as_ref().filter(|on| *on.get_ref());
        let random_uid = random_uid.map(|on| on.span().start);
        let no_format = raw_card.no_format.as_ref().filter(|on| *on.get_ref());
        if let Some(on) = no_format {
            let problem = "no D40 card can switch FormatPICC off";
            return Err(self.error(mistake::NOT_ON_CHIP, on.span().start, problem, instead));
        }
        let shown = raw_transport.get_ref().random_uid.then(|| raw_transport.span().start);
        if let Some(at) = random_uid.or(shown) {
            return Err(self.error(
                mistake::NOT_ON_CHIP,
                at,
                "no D40 card has a random UID",
                instead,
            ));
        }
        for (raw, application) in raw.iter().zip(applications) {
            let raw = raw.get_ref();
            if let Some(name) = &raw.iso_id {
                return Err(self.error(
                    mistake::NOT_ON_CHIP,
                    name.span().start,
                    "no D40 card has ISO names",
                    instead,
                ));
            }
            for (raw, file) in raw.file.iter().zip(&application.files) {
                let raw = raw.get_ref();
                if let Some(id) = &raw.iso_id {
                    return Err(self.error(
                        mistake::NOT_ON_CHIP,
                        id.span().start,
                        "no D40 card has ISO names",
                        instead,
                    ));
                }
                let most = most(file);
                if u8::from(file.no) > most {
                    let problem =
                        format!("on a D40 card such a file has a number from 0 to {most}");
                    let instead = "write another number, or take \"d40\" out of chips";
                    return Err(self.error(
                        mistake::NOT_ON_CHIP,
                        raw.no.span().start,
                        problem,
                        instead,
                    ));
                }
            }
        }
        Ok(())
    }
}

/// The highest number that a file of this kind has on a D40 card.
const fn most(file: &FileSpec) -> u8 {
    match file.settings {
        FileSettings { kind: FileKind::Standard { .. }, .. } => 15,
        FileSettings { .. } => 7,
    }
}
