// SPDX-License-Identifier: MIT OR Apache-2.0
//! Back to blank: what has to go, and what stands in the way.
//!
//! FormatPICC comes first, since it alone gives memory back; the settings follow, and the key that
//! opens the card goes last. Whatever was torn off in between, the profile's own key or the
//! transport key still opens the card.
//!
//! Where the profile lets applications of others stay on the card and some are there, they stay: its own
//! are deleted one by one, whose memory does not come back, and the card keeps the rest. It gets the
//! factory's settings and its transport key all the same, as it had them when it came.
//!
//! Older messaging that was switched off stays so. Such a card is made blank where the key that it came
//! with is an AES key.
//!
//! A random UID stays, and shows from the next time in the field only: a card that was never out of
//! the field since it was switched on cannot be told.

use crate::encode::card::attempt::{Attempt, Prepared};
use crate::encode::card::identity::{Identity, refuse_unnamed};
use crate::encode::card::stop::Stop;
use crate::encode::one_way::OneWay;
use crate::encode::plan::place::{Holder, Level, Slot};
use crate::encode::plan::state::ApplicationState;
use crate::encode::plan::step::Step;
use crate::encode::verdict::failure::Failure;
use crate::encode::verdict::refusal::Refusal;
use crate::host::command::application::GetApplicationIds;
use crate::host::command::key::GetKeySettings;
use crate::profile::{AppRef, AppTransport, CardSetting, ForApplications, PiccTransport, Profile};
use crate::wire::{Aid, Ins, KeySettings, KeyType, Messaging};

impl Attempt<'_, '_> {
    /// Looks at what is on the card, and plans to take it off.
    pub(crate) fn plan_recycling(&mut self, identity: &Identity) -> Result<Prepared, Stop> {
        let profile = self.job.profile();
        if self.shows_random(identity.chip) {
            return Err(Refusal::NoWayBack(OneWay::RandomUid).into());
        }
        let blank_key = matches!(identity.holder, Holder::Transport(_));
        if profile.card().is_some_and(|card| card.no_format) && !blank_key {
            return Err(Refusal::NoWayBack(OneWay::NoFormat).into());
        }
        let master = Slot::master(Level::Picc);
        self.keeps_legacy(identity)?;
        self.authenticate(master, identity.holder)?;
        if !blank_key && identity.chip.silicon().has(Ins::GetCardUid) {
            // A key that is the same on every card opens the wrong one as well.
            self.check_uid()?;
        }
        if let (Some(card), false) = (profile.card(), blank_key) {
            self.findings.stays.extend(card.told.each().map(CardSetting::words));
        }
        let answer = self.walk.ask(&GetKeySettings)?;
        let (settings, _) = answer.value;
        let listed = self.walk.ask(&GetApplicationIds)?;
        refuse_unnamed(self.job, &listed.value)?;
        // A list without a MAC counts where it comes twice.
        if identity.identified && listed.value != identity.applications {
            return Err(Stop::Again(Failure::Restless));
        }
        let resettle = settings != KeySettings::FACTORY;
        if !blank_key && !settings.key_changeable {
            return Err(Refusal::NoWayBack(OneWay::FrozenKey).into());
        }
        if resettle && !settings.settings_changeable {
            return Err(Refusal::NoWayBack(OneWay::FrozenSettings).into());
        }
        let mut steps = Vec::new();
        let goes: Vec<AppRef> = self.job.recycled(&listed.value).collect();
        if goes.is_empty() {
            self.findings.evidence.emptied(listed.grade);
        } else {
            take_off(goes, &listed.value, identity.holder, &mut steps);
        }
        if profile.transport().app != AppTransport::Zero && !blank_key {
            steps.push(Step::StartKey { own: false });
        }
        if resettle {
            steps.push(Step::ChangeSettings { level: Level::Picc, settings: KeySettings::FACTORY });
        } else {
            self.findings.evidence.blank_settings(answer.grade);
        }
        if !blank_key {
            let new = Holder::Transport(0);
            steps.push(Step::ChangeOwnKey { slot: master, new });
            steps.push(Step::Authenticate { slot: master, holder: new });
        }
        // Where no reply carries a MAC, or everybody could have made it, the settings are looked at
        // after all changes.
        let said = identity.messaging == Messaging::D40 && !blank_key;
        if said || (blank_key && resettle) {
            steps.push(Step::Look(Level::Picc));
        } else {
            self.findings.evidence.looked(Level::Picc, true);
        }
        let applications = found(profile, &listed.value);
        Ok(Prepared { steps, applications })
    }

    /// A card that refuses older messaging opens to no DES key, so that it cannot get back the factory's: one
    /// is asked before it gets a DES key, whoever switched that off. One that came with an AES key gets that
    /// back, and goes on refusing.
    fn keeps_legacy(&mut self, identity: &Identity) -> Result<(), Stop> {
        let profile = self.job.profile();
        let aes = |key: &PiccTransport| matches!(key, PiccTransport::Key(key) if key.key_type == KeyType::Aes);
        let opens = profile.transport().picc.first().is_some_and(aes);
        let switched = profile.card().is_some_and(|card| card.legacy_off);
        let blank_key = matches!(identity.holder, Holder::Transport(_));
        if blank_key || identity.messaging != Messaging::Ev2 || (opens && !switched) {
            return Ok(());
        }
        match self.refuses_legacy(identity.holder)? {
            false => Ok(()),
            true if opens => {
                self.findings.stays.push("D40 and EV1 messaging switched off");
                Ok(())
            }
            true => Err(Refusal::NoWayBack(OneWay::LegacyOff).into()),
        }
    }
}

/// Takes applications off: all together, or one by one where those of others stay.
fn take_off(goes: Vec<AppRef>, listed: &[Aid], holder: Holder, steps: &mut Vec<Step>) {
    if goes.len() == listed.len() {
        steps.push(Step::Format);
    } else {
        let delete = |application| Step::DeleteApplication { application };
        steps.extend(goes.into_iter().map(delete));
    }
    // Whether a session outlives FormatPICC rests on belief, so nothing relies on it.
    steps.push(Step::Select(Level::Picc));
    steps.push(Step::Authenticate { slot: Slot::master(Level::Picc), holder });
    steps.push(Step::ListNothing);
}

/// The profile's applications as far as the card lists them. What is in them goes.
fn found(profile: &Profile, listed: &[Aid]) -> ForApplications<ApplicationState> {
    profile.for_applications(|_, spec| match listed.contains(&spec.aid) {
        true => ApplicationState::Closed { settings: spec.settings },
        false => ApplicationState::Absent,
    })
}
