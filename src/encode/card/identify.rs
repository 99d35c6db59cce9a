// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which card this is, before anything is planned for it.
//!
//! The version of its PICC master key, which anybody may ask for, says which of the job's keys opens
//! it, and on a card with a fixed layout that of key 0 of its first application; what the card is, it
//! says in that key's session. Where the key is nobody's secret, so is what
//! the card says; it is asked again once it has the job's own key.

use crate::encode::card::attempt::Attempt;
use crate::encode::card::identity::{Identity, foreign_word, refuse_unnamed, says_no};
use crate::encode::card::stop::Stop;
use crate::encode::plan::place::{Holder, Level, Slot};
use crate::encode::verdict::refusal::Refusal;
use crate::host::Answer;
use crate::host::command::application::GetApplicationIds;
use crate::host::command::key::GetKeyVersion;
use crate::host::command::picc::{GetCardUid, GetVersion};
use crate::iso14443::RealUid;
use crate::profile::{Layout, Originality, Stock};
use crate::wire::{Aid, Chip, Generation, Ins, KeyNo, Messaging, Product, Version};

impl Attempt<'_, '_> {
    /// Finds out what the card is, and leaves it in the session of its PICC master key. Changes
    /// nothing. A card of a stock is taken for what its stock is, once its key has opened.
    pub(crate) fn identify(
        &mut self,
        stock: Option<Identity>,
        doubted: bool,
    ) -> Result<Identity, Stop> {
        match self.job.profile().layout() {
            Layout::Delegated { .. } => self.identify_delegated(doubted),
            Layout::Free { .. } | Layout::Fixed { .. } => self.identify_by_key(stock, doubted),
        }
    }

    fn identify_by_key(
        &mut self,
        stock: Option<Identity>,
        doubted: bool,
    ) -> Result<Identity, Stop> {
        let job = self.job;
        let master = Slot::master(job.first_level());
        let holder = self.master_key(master)?;
        // Every chip has a signature of its own.
        let asks = job.profile().originality() != Originality::Ignored;
        let stock = stock.filter(|stock| !asks && self.goes_unasked(stock, (master, holder)));
        self.stocked = stock.is_some();
        let told = self.look_before(stock.as_ref(), master, holder)?;
        if self.uid.is_none() && job.needs_uid(master, holder) {
            self.fetch_uid()?;
        }
        #[cfg(feature = "originality")]
        let early = self.early_signature();
        self.open_card(master, holder)?;
        if let Some(stock) = stock {
            self.know_uid()?;
            let _made = self.keys()?;
            return Ok(stock);
        }
        let told = told.filter(|_| !doubted && !asks && self.key_is_of_this_card(master, holder));
        // Where the card knows no session of the first messaging, the next one's tells as little.
        let spoken = self.findings.spoken;
        let tells =
            |told: Told| self.session_tells(told, master.level, spoken.instead_of(told.messaging));
        let sure = told.is_none_or(tells);
        let only_looks = job.task().expects_done() && holder == Holder::Own;
        let Told { chip, messaging } = match told {
            Some(told) if sure || only_looks => {
                self.know_uid()?;
                told
            }
            Some(_) | None => {
                let asked = self.walk.ask(&GetVersion);
                let answer = asked.map_err(|error| self.named_before(error.into()))?;
                let told = self.told_in_session(&answer)?;
                #[cfg(feature = "originality")]
                self.judge_signature(early, &answer.value)?;
                told
            }
        };
        let _made = self.keys()?;
        let applications = self.listed()?;
        self.walk.is_of(chip, messaging);
        let used = job.profile().transport().stock == Stock::Used;
        let sure = sure || !only_looks;
        let mut identity = Identity {
            chip,
            messaging,
            holder,
            applications,
            free: None,
            identified: true,
            sure,
            doubted: doubted || used,
        };
        let makes = matches!(job.profile().layout(), Layout::Free { .. });
        if makes && job.task().needs_room(holder == Holder::Own) {
            self.refuse_full(chip, &identity.applications)?;
            self.check_room(&mut identity)?;
        }
        Ok(identity)
    }

    /// What a card is that others may have made, by what it says of itself, and its UID; a key is tried
    /// for that alone, where the card hides it. Leaves the card at its first level.
    pub(super) fn look_from_outside(&mut self) -> Result<Identity, Stop> {
        let master = Slot::master(self.job.first_level());
        if let Err(error) = self.enter(master.level) {
            return Err(self.named_before(error.into()));
        }
        let told = match self.by_version() {
            Err(stop) if says_no(&stop) => return Err(Refusal::UnknownChip.into()),
            told => told?,
        };
        self.walk.is_of(told.chip, told.messaging);
        if self.uid.is_none() {
            self.fetch_hidden_uid(master)?;
        }
        let _made = self.keys()?;
        Ok(Identity {
            chip: told.chip,
            messaging: told.messaging,
            holder: Holder::Own,
            applications: Vec::new(),
            free: None,
            identified: true,
            sure: true,
            doubted: false,
        })
    }

    /// The UID of a card that hides it, by the PICC master key where that needs no UID, or else by an
    /// application's.
    fn fetch_hidden_uid(&mut self, master: Slot) -> Result<(), Stop> {
        let version = self.walk.run(&GetKeyVersion::new(KeyNo::MASTER)).map(|answer| answer.value);
        let holder = version.ok().and_then(|version| self.job.holder(master, version));
        let known = holder.filter(|holder| !self.job.needs_uid(master, *holder));
        let Some(holder) = known.filter(|_| master.level == Level::Picc) else {
            return self.fetch_uid();
        };
        self.authenticate(master, holder)?;
        self.know_uid()
    }

    /// The applications on the card, which are the profile's, or such as it allows. A fixed layout has
    /// those that it has.
    fn listed(&mut self) -> Result<Vec<Aid>, Stop> {
        match self.job.profile().layout() {
            Layout::Free { .. } => {
                let applications = self.walk.ask(&GetApplicationIds)?.value;
                refuse_unnamed(self.job, &applications)?;
                Ok(applications)
            }
            Layout::Fixed { applications } | Layout::Delegated { applications } => {
                Ok(applications.iter().map(|own| own.aid).collect())
            }
        }
    }

    /// Opens the card with the key that it is known by.
    fn open_card(&mut self, master: Slot, holder: Holder) -> Result<(), Stop> {
        self.authenticate(master, holder).map_err(|stop| {
            // Its key has the version of the job's own, unless it is the supplier's.
            self.findings.keyed |= !matches!(holder, Holder::Transport(_))
                && matches!(stop, Stop::Refuse(Refusal::MessagingRefused { .. }));
            self.named_before(stop)
        })
    }

    /// Whether a card of this stock, known by the key of this slot, need not tell its version: that is not the one
    /// way to its UID, and its session tells of key sets.
    fn goes_unasked(&self, stock: &Identity, (master, holder): (Slot, Holder)) -> bool {
        let named = self.uid.is_some() || stock.chip.silicon().has(Ins::GetCardUid);
        let known = stock.holder == holder && named;
        known && self.tells_sets(stock.chip, master.level, stock.messaging)
    }

    /// What a card is by its version, as a session brings it, and its UID.
    fn told_in_session(&mut self, answer: &Answer<Version>) -> Result<Told, Stop> {
        let told = self.fitting(&answer.value)?;
        if self.shows_random(told.chip) && answer.value.uid.is_none() {
            self.findings.evidence.random_uid(answer.grade);
        }
        self.know_uid()?;
        Ok(told)
    }

    /// Asks a card what it is before a key that is somebody's secret is tried on it: another product
    /// counts what it refuses. The factory's key may be tried on anything. A card that hides its UID is
    /// asked in its session, where alone it shows that it does; one of a known stock is not asked. Sets the
    /// messaging to begin with.
    fn look_before(
        &mut self,
        stock: Option<&Identity>,
        master: Slot,
        holder: Holder,
    ) -> Result<Option<Told>, Stop> {
        if let Some(stock) = stock {
            self.walk.is_of(stock.chip, stock.messaging);
            return Ok(None);
        }
        let common = self.job.common_messaging();
        let secret = !self.job.is_public(master, holder) && !self.hides_uid();
        let told = if secret || common.is_none() { Some(self.by_version()?) } else { None };
        let messaging = told.map(|told| told.messaging).or(common);
        self.walk.messaging = messaging.unwrap_or(Messaging::Ev1);
        Ok(told)
    }

    /// Whether the key that a card is known by opens no other one, so that its session proves the UID.
    fn key_is_of_this_card(&self, master: Slot, holder: Holder) -> bool {
        let alike = !self.job.key_names_card(master, holder);
        self.walk.messaging == Messaging::D40 || !alike
    }

    /// Whether the session of the key that a card is known by tells as much as GetVersion in it would:
    /// whatever could have opened it the job takes, speaks to in the same way, and gives as many key sets. A D40
    /// session protects no reply.
    fn session_tells(&self, told: Told, level: Level, messaging: Messaging) -> bool {
        let alike = |one| self.job.messaging_for(one) == Ok(messaging);
        messaging == Messaging::D40
            || may_be(level, messaging).all(alike) && self.tells_sets(told.chip, level, messaging)
    }

    /// Whether a session in this messaging tells that a card has key sets where this chip has them, or that the
    /// profile names none.
    fn tells_sets(&self, chip: Chip, level: Level, messaging: Messaging) -> bool {
        let has_sets = |one: Generation| one.silicon().has(Ins::InitializeKeySet);
        let mut applications = self.job.profile().applications().iter();
        !applications.any(|application| application.key_sets.is_some())
            || may_be(level, messaging).all(|one| has_sets(one) == has_sets(chip.generation()))
    }

    /// Which of the job's keys the card has at the level at which it shows what it is, by the version
    /// that it says.
    fn master_key(&mut self, master: Slot) -> Result<Holder, Stop> {
        let job = self.job;
        if let Err(error) = self.enter(master.level) {
            return Err(self.named_before(error.into()));
        }
        let version = match self.walk.run(&GetKeyVersion::new(KeyNo::MASTER)) {
            Ok(answer) => answer.value,
            Err(error) => return Err(self.named_before(error.into())),
        };
        let Some(holder) = job.holder(master, version) else {
            let known = job.known_versions(master);
            let refusal = match master.level {
                Level::Picc => Refusal::UnknownMasterKey { version, known },
                Level::Application(_) => {
                    let aid = job.aid(master.level);
                    Refusal::UnknownKey { aid, slot: master, version, known }
                }
            };
            return Err(self.named_before(refusal.into()));
        };
        let finished = !matches!(holder, Holder::Transport(_));
        if finished || !job.task().takes_only_finished() {
            Ok(holder)
        } else {
            Err(self.named_before(Refusal::NotFinished.into()))
        }
    }

    /// Why a card is not taken, by its name where that says more than what it answered.
    pub(super) fn named_before(&mut self, stop: Stop) -> Stop {
        if !matches!(stop, Stop::Refuse(_)) && !says_no(&stop) {
            return stop;
        }
        // What is selected or not makes no difference to GetVersion; what is no DESFire may refuse to
        // select.
        self.walk.go_on_unsure();
        if self.start_over().is_err() {
            self.walk.go_on_unsure();
        }
        match self.by_version() {
            Err(named @ Stop::Refuse(_)) => named,
            Err(answer) if says_no(&answer) && says_no(&stop) => Refusal::UnknownChip.into(),
            Ok(_) | Err(_) => stop,
        }
    }

    /// Chip and messaging by what the card says outside of any session.
    pub(super) fn by_version(&mut self) -> Result<Told, Stop> {
        match self.walk.run(&GetVersion) {
            Ok(answer) => self.fitting(&answer.value),
            Err(error) => match foreign_word(&error).and_then(Product::of_answer) {
                Some(product) => Err(Refusal::OtherProduct { product }.into()),
                None => Err(error.into()),
            },
        }
    }

    /// The chip, if the job takes it, and the messaging to use with it.
    fn fitting(&mut self, version: &Version) -> Result<Told, Stop> {
        let chip = version.chip().ok_or_else(|| match Product::of(version) {
            Some(product) => Refusal::OtherProduct { product },
            None => Refusal::UnknownChip,
        })?;
        if !self.job.profile().chips().contains(&chip.generation()) {
            return Err(Refusal::WrongChip { chip }.into());
        }
        let messaging = self.job.messaging_for(chip.generation());
        let messaging = messaging.map_err(|_| Refusal::WrongMessaging { chip })?;
        // One that hides its UID reports none; one that shows another number, or whose reader tells
        // nothing, reports it.
        let other = |known: &RealUid| version.uid.as_ref().is_some_and(|told| told != known);
        if self.presented.real().is_some_and(|shown| version.uid.as_ref() != Some(shown))
            || self.uid.as_ref().is_some_and(other)
        {
            return Err(Refusal::UidMismatch.into());
        }
        if let (None, Some(uid)) = (&self.uid, &version.uid) {
            self.name(uid.clone())?;
        }
        Ok(Told { chip, messaging })
    }

    /// Asks for the real UID of a card that hides it, in the session that there is.
    pub(super) fn know_uid(&mut self) -> Result<(), Stop> {
        if self.uid.is_none() {
            let uid = self.walk.ask(&GetCardUid)?.value;
            self.name(uid)?;
        }
        Ok(())
    }
}

/// What may have opened a session in this messaging.
fn may_be(level: Level, messaging: Messaging) -> impl Iterator<Item = Generation> {
    let speaks = move |one: &Generation| match level {
        Level::Picc => one.silicon().speaks_at_picc(messaging),
        Level::Application(_) => one.silicon().speaks(messaging),
    };
    Generation::ALL.into_iter().filter(speaks)
}

/// What a card said of itself, and what the job makes of it.
#[derive(Clone, Copy)]
pub(super) struct Told {
    pub(super) chip: Chip,
    pub(super) messaging: Messaging,
}
