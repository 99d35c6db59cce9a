// SPDX-License-Identifier: MIT OR Apache-2.0
//! A free layout: a PICC level with a master key, and applications that are created below it.

use crate::profile::error::mistake;
use crate::wire::{Generation, Messaging};

use super::super::error::ProfileError;
use super::super::model::Layout;
use super::{Check, Checked, Face};

impl Check<'_> {
    pub(super) fn free(
        &mut self,
        face: &Face<'_>,
        chips: &[Generation],
        messaging: &[Messaging],
    ) -> Result<Checked, ProfileError> {
        let raw_transport = face.transport.ok_or_else(|| self.missing(0, "transport"))?;
        let raw_card = face.card.ok_or_else(|| self.missing(0, "card"))?;
        let transport = self.transport(raw_transport)?;
        let originality = self.originality(Some(raw_card.get_ref()), chips)?;
        let card = self.card(raw_card, &transport)?;
        let raw_card = raw_card.get_ref();
        self.told_on(raw_card, chips)?;
        self.chips_have_sets(face.applications, chips)?;
        let applications = self.applications(face.applications, chips, messaging)?;
        self.directory_is_listed(face.applications, &card)?;
        self.foreign_is_foreign(raw_card, &card.foreign, &applications)?;
        self.former_versions(&applications)?;
        self.former_master_key(&card, &transport)?;
        self.start_key_fits(raw_transport, chips, &transport, &applications)?;
        self.random_uid(raw_transport, raw_card, &transport, &card, &applications)?;
        self.keys_that_stay(raw_card, &card, (face.applications, &applications))?;
        self.d40_messaging(messaging, &transport, raw_transport)?;
        if chips.contains(&Generation::D40) {
            self.d40_card(raw_transport, raw_card, face.applications, &applications)?;
        }
        Ok((transport, originality, Layout::Free { card, applications }))
    }

    /// An entry that has to be there, where the one that misses it begins.
    pub(super) fn missing(&self, at: usize, name: &str) -> ProfileError {
        self.error(mistake::MISSING, at, format!("missing field `{name}`"), "add it here")
    }
}
