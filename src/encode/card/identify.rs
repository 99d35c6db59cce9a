// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which card this is, before anything is planned for it.
//!
//! The version of its PICC master key, which anybody may ask for, says which of the job's keys opens
//! it; what the card is, it says in that key's session. Where the key is nobody's secret, so is what
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
use crate::profile::{Originality, Stock};
use crate::wire::{Chip, Generation, KeyNo, Messaging, Product, Version};

impl Attempt<'_, '_> {
    /// Finds out what the card is, and leaves it in the session of its PICC master key. Changes
    /// nothing. A card of a stock is taken for what its stock is, once its key has opened.
    pub(crate) fn identify(
        &mut self,
        stock: Option<Identity>,
        doubted: bool,
    ) -> Result<Identity, Stop> {
        let job = self.job;
        let master = Slot::master(Level::Picc);
        let holder = self.master_key()?;
        // Every chip has a signature of its own.
        let asks = job.profile().card().originality != Originality::Ignored;
        let stock =
            stock.filter(|stock| stock.holder == holder && !asks && !self.is_unknown(stock));
        self.stocked = stock.is_some();
        let told = self.look_before(stock.as_ref(), holder)?;
        if self.uid.is_none() && job.needs_uid(master, holder) {
            self.fetch_uid()?;
        }
        #[cfg(feature = "originality")]
        let early = self.early_signature();
        self.open_card(holder)?;
        if let Some(stock) = stock {
            self.know_uid()?;
            let _made = self.keys()?;
            return Ok(stock);
        }
        let told = told.filter(|_| !doubted && !asks && self.key_is_of_this_card(holder));
        // Where the card knows no session of the first messaging, the next one's tells as little.
        let spoken = self.findings.spoken;
        let sure = told.is_none_or(|told| self.session_tells(spoken.instead_of(told.messaging)));
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
        let applications = self.walk.ask(&GetApplicationIds)?.value;
        refuse_unnamed(job, &applications)?;
        self.walk.messaging = messaging;
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
        if job.task().needs_room(holder == Holder::Own) {
            self.refuse_full(chip, &identity.applications)?;
            self.check_room(&mut identity)?;
        }
        Ok(identity)
    }

    /// Opens the card with its PICC master key.
    fn open_card(&mut self, holder: Holder) -> Result<(), Stop> {
        self.authenticate(Slot::master(Level::Picc), holder).map_err(|stop| {
            // Its key has the version of the job's own, unless it is the supplier's.
            self.findings.keyed |= !matches!(holder, Holder::Transport(_))
                && matches!(stop, Stop::Refuse(Refusal::MessagingRefused { .. }));
            self.named_before(stop)
        })
    }

    /// Whether nobody has told the UID, and a card of this stock tells it by its version alone.
    fn is_unknown(&self, stock: &Identity) -> bool {
        self.uid.is_none() && stock.chip.generation() == Generation::D40
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
        holder: Holder,
    ) -> Result<Option<Told>, Stop> {
        if let Some(stock) = stock {
            self.walk.messaging = stock.messaging;
            return Ok(None);
        }
        let common = self.job.common_messaging();
        let secret = !self.job.is_factory(holder) && !self.hides_uid();
        let told = if secret || common.is_none() { Some(self.by_version()?) } else { None };
        let messaging = told.map(|told| told.messaging).or(common);
        self.walk.messaging = messaging.unwrap_or(Messaging::Ev1);
        Ok(told)
    }

    /// Whether the PICC master key opens no card but this one, so that its session proves the UID.
    fn key_is_of_this_card(&self, holder: Holder) -> bool {
        let alike = !self.job.needs_uid(Slot::master(Level::Picc), holder);
        self.walk.messaging == Messaging::D40 || !alike
    }

    /// Whether the session of the PICC master key tells as much as GetVersion in it would: whatever
    /// could have opened it the job takes and speaks to in the same way. A D40 session protects no
    /// reply.
    fn session_tells(&self, messaging: Messaging) -> bool {
        let may_be: &[Generation] = match messaging {
            Messaging::D40 => return true,
            Messaging::Ev1 => &[Generation::Ev1, Generation::Ev2, Generation::Ev3],
            Messaging::Ev2 => &[Generation::Ev2, Generation::Ev3],
        };
        may_be.iter().all(|one| self.job.messaging_for(*one) == Ok(messaging))
    }

    /// Which of the job's keys the card has at its PICC level, by the version that it says.
    fn master_key(&mut self) -> Result<Holder, Stop> {
        let job = self.job;
        let master = Slot::master(Level::Picc);
        let version = match self.walk.run(&GetKeyVersion::new(KeyNo::MASTER)) {
            Ok(answer) => answer.value,
            Err(error) => return Err(self.named_before(error.into())),
        };
        let Some(holder) = job.holder(master, version) else {
            let known = job.known_versions(master);
            return Err(self.named_before(Refusal::UnknownMasterKey { version, known }.into()));
        };
        let finished = !matches!(holder, Holder::Transport(_));
        if finished || !job.task().takes_only_finished() {
            Ok(holder)
        } else {
            Err(self.named_before(Refusal::NotFinished.into()))
        }
    }

    /// Why a card is not taken, by its name where that says more than what it answered.
    fn named_before(&mut self, stop: Stop) -> Stop {
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
    fn by_version(&mut self) -> Result<Told, Stop> {
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
    fn know_uid(&mut self) -> Result<(), Stop> {
        if self.uid.is_none() {
            let uid = self.walk.ask(&GetCardUid)?.value;
            self.name(uid)?;
        }
        Ok(())
    }
}

/// What a card said of itself, and what the job makes of it.
#[derive(Clone, Copy)]
struct Told {
    chip: Chip,
    messaging: Messaging,
}
