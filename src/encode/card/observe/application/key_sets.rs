// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whether the present keys of an application come in another key set, and whether that is filled.

use crate::encode::card::attempt::Attempt;
use crate::encode::card::stop::Stop;
use crate::encode::plan::place::{Holder, Level, Slot, slot_number};
use crate::encode::plan::state::NextSet;
use crate::host::Grade;
use crate::host::command::key::{GetKeySetVersions, GetKeyVersion};
use crate::host::command::key_set::KeySetNo;
use crate::profile::{AppRef, Roll};
use crate::wire::{ChangeKeyRight, KeyDetails, KeyNo, Messaging};

impl Attempt<'_, '_> {
    /// In the session of a former key 0. The next set is asked for its keys only where it is closed under the present
    /// version: of an empty one a card refuses to tell, and ends the session.
    pub(super) fn observe_next_set(
        &mut self,
        at: AppRef,
        details: &KeyDetails,
        holders: &[Holder],
    ) -> Result<NextSet, Stop> {
        if self.job.profile()[at].key_sets.is_none() {
            return Ok(NextSet::None);
        }
        self.findings.evidence.applications[at].in_sets = Some(details.sets.is_some());
        if !self.takes_next_set(at, details, holders) {
            return Ok(NextSet::None);
        }
        // A card that does not roll to it has not closed it, whatever it says.
        match self.findings.unrolled || self.see_next_set(at)?.is_none() {
            true => Ok(NextSet::Unready),
            false => Ok(NextSet::Ready),
        }
    }

    /// Whether all present keys come at once: none has come by itself, and key 0 may change them all.
    fn takes_next_set(&self, at: AppRef, details: &KeyDetails, holders: &[Holder]) -> bool {
        let level = Level::Application(at);
        let messaging = self.job.messaging_at(level, self.walk.messaging);
        let changed = |(no, holder): (usize, &Holder)| {
            let slot = slot_number(no).map(|no| Slot { level, no });
            let spec = slot.and_then(|slot| self.job.own_spec(slot));
            *holder == Holder::Own && spec.is_some_and(|key| key.former.is_some())
        };
        details.sets.is_some()
            && holders.first() == Some(&Holder::Former)
            && !holders.iter().enumerate().any(changed)
            && details.settings.key_changeable
            && details.settings.change == ChangeKeyRight::Key(KeyNo::MASTER)
            && self.findings.spoken.instead_of(messaging) == Messaging::Ev2
    }

    /// What the session that there is attests of the next set, where it is closed with all present keys in it.
    pub(crate) fn see_next_set(&mut self, at: AppRef) -> Result<Option<Grade>, Stop> {
        let set = KeySetNo::FIRST;
        let (profile, level) = (self.job.profile(), Level::Application(at));
        let versions = self.walk.ask(&GetKeySetVersions)?;
        let closed = profile.key_0(at).map(|key| &key.version);
        if closed.is_none() || versions.value.get(usize::from(u8::from(set))) != closed {
            return Ok(None);
        }
        let mut grade = versions.grade;
        for no in profile[at].own_slots() {
            let told = self.walk.ask(&GetKeyVersion::of_set(set, no))?;
            if self.job.holder(Slot { level, no }, told.value) != Some(Holder::Own) {
                return Ok(None);
            }
            grade = grade.min(told.grade);
        }
        if profile[at].key_sets.is_some_and(|sets| sets.roll == Roll::Later) {
            self.findings.evidence.applications[at].prepared = grade;
        }
        Ok(Some(grade))
    }
}
