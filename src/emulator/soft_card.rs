// SPDX-License-Identifier: MIT OR Apache-2.0
//! A software card, as it is held and put into a field.

use core::fmt;
use core::mem;
use core::time::Duration;

use zeroize::Zeroizing;

use super::behaviour::Behaviour;
use super::card::Card;
use super::clock::Clock;
use super::dispatch::Chain;
use super::model::{Model, Tally};
use super::power::Power;
use super::seal::SealWire;
use super::signature::Signature;
use super::state::StateError;
use crate::iso14443::{Ats, RealUid, Uid};
use crate::secret::Secret;
use crate::timing::Timing;
use crate::transport::{Contactless, InField, LinkError, ReplyBuf, Transport};

/// One card, alone in the field of a reader that never fails.
///
/// A clone is another card in the same state: what happens to one does not show on the other.
#[derive(Clone)]
pub struct SoftCard {
    pub(super) card: Card,
    chain: Chain,
    timing: Timing,
    clock: Clock,
    /// When an application was selected.
    entered: Duration,
    tally: Tally,
}

impl SoftCard {
    /// A card from the factory, as the table of chips has it ([`Silicon`](crate::wire::Silicon)): a
    /// DESFire with a DES PICC master key of zeros, settings `0F` and no applications, one of a fixed
    /// layout with its applications and files. The clock starts with the time of its activation.
    #[must_use]
    pub fn new(model: Model, uid: RealUid, seed: u64) -> Self {
        let mut clock = Clock::default();
        clock.activate();
        Self {
            card: Card::new(model, uid, seed),
            chain: Chain::default(),
            timing: Timing::default(),
            clock,
            entered: Duration::ZERO,
            tally: Tally::default(),
        }
    }

    /// The card as a reader hands it out: with what it shows of itself, and to be talked to.
    pub fn in_field(&mut self) -> InField<&mut Self> {
        let (uid, ats) = (self.uid(), self.ats());
        InField::new(uid, self).with_ats(ats)
    }

    /// The card as if SetConfiguration had switched random UIDs on: the anticollision shows a new
    /// one at each [`reset`](Self::reset), of the form of the card's generation, and GetVersion shows
    /// zeros.
    #[must_use]
    pub fn with_random_uid(mut self) -> Self {
        self.card.randomize_uid();
        self
    }

    /// The card with this signature over its UID: r and s, 28 bytes each, most significant byte
    /// first, as Read_Sig tells them. Nobody checks that it is one.
    ///
    /// Without, and with the feature `originality`, the card is signed with the test key
    /// (`originality::test_key`), which a check takes only where it is told to; without the feature
    /// it has no signature.
    #[must_use]
    pub fn with_signature(mut self, signature: [u8; 56]) -> Self {
        self.card.signature = Signature::Given(Secret::new(signature));
        self
    }

    /// The card without a signature: it refuses Read_Sig with `1C`, as one that has no such command
    /// (belief).
    #[must_use]
    pub fn without_signature(mut self) -> Self {
        self.card.signature = Signature::Missing;
        self
    }

    /// The card as text, keys in clear and marked for tests: model, UID, keys, applications, files and
    /// configuration. What the field holds (selection, session, pending writes) is not in it.
    #[must_use]
    pub fn save(&self) -> Zeroizing<Vec<u8>> {
        self.card.save()
    }

    /// The card that was saved, out of the field and back. Its random numbers start from `seed`.
    ///
    /// # Errors
    /// [`StateError`] where the text is no state of this version, or its parts do not fit each
    /// other.
    pub fn restore(saved: &[u8], seed: u64) -> Result<Self, StateError> {
        let mut clock = Clock::default();
        clock.activate();
        let card = Card::restore(saved, seed)?;
        let (timing, tally) = (Timing::default(), Tally::default());
        let (chain, entered) = (Chain::default(), Duration::ZERO);
        Ok(Self { card, chain, timing, clock, entered, tally })
    }

    /// Closes or breaks the wire in the seal of a TagTamper. The chip looks at it when it comes into the field.
    pub const fn set_wire(&mut self, wire: SealWire) {
        self.card.wire = wire;
    }

    /// The card with other readings of the rules that rest on belief.
    #[must_use]
    pub const fn with_behaviour(mut self, behaviour: Behaviour) -> Self {
        self.card.set_behaviour(behaviour);
        self
    }

    /// The card with other times.
    #[must_use]
    pub fn with_timing(mut self, timing: Timing) -> Self {
        self.timing = timing;
        self
    }

    /// What kind of card it is.
    #[must_use]
    pub const fn model(&self) -> Model {
        self.card.model()
    }

    /// What the anticollision shows now.
    #[must_use]
    pub fn uid(&self) -> Uid {
        self.card.uid()
    }

    /// The answer to select that the card gives at its next activation.
    #[must_use]
    pub fn ats(&self) -> Ats {
        self.card.ats()
    }

    /// Takes the card out of the field and puts it back: session, chain, pending transaction and
    /// selection are gone, the contents stay.
    pub fn reset(&mut self) {
        self.card.reset();
        self.chain.reset();
        self.clock.reset_field();
    }

    /// Lets the card lose its power in the next write to a standard file, once so many pages of 32
    /// bytes of the file are written; a shorter write is completed first. The card answers neither
    /// that command nor a later one until it is [`reset`](Self::reset).
    ///
    /// The pages are those in which memory is accounted; that a card writes in them, from the start
    /// of the file on, is a row of [`BELIEFS`](super::BELIEFS).
    pub const fn lose_power_in_write(&mut self, pages: usize) {
        self.card.power = Power::Failing(pages);
    }

    /// How long everything took since the card was created: card, air and reader.
    #[must_use]
    pub fn clock(&self) -> Duration {
        self.clock.elapsed()
    }

    /// What went over the air so far.
    #[must_use]
    pub const fn tally(&self) -> Tally {
        self.tally
    }

    /// The card that shows these bytes in the anticollision: four or ten, or none where a reader does
    /// not tell them. Commands know it by its own UID of seven, but for GetCardUID of a card of ten.
    #[doc(hidden)]
    #[must_use]
    pub fn showing(mut self, uid: Uid) -> Self {
        self.card.show(uid);
        self
    }

    /// Sets batch and week and year of production, as GetVersion tells them, for known answers.
    #[doc(hidden)]
    #[must_use]
    pub const fn with_production(mut self, production: [u8; 7]) -> Self {
        self.card.production = production;
        self
    }

    /// Sets the next random bytes that the card will draw (RndB, then TI), for known answers.
    #[doc(hidden)]
    pub fn queue_random(&mut self, bytes: &[u8]) {
        self.card.queue_random(bytes);
    }
}

impl SoftCard {
    /// Once the transaction timer of an EV3 has run out it is as without power (belief: it looks when a
    /// command comes).
    fn expire(&mut self) {
        let spent = self.clock.elapsed().saturating_sub(self.entered);
        if self.card.transaction_timer().is_some_and(|timer| spent >= timer) {
            self.card.power = Power::Lost;
        }
    }
}

impl Transport for SoftCard {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        self.expire();
        if self.card.power != Power::Lost {
            let effort = self.chain.answer(&mut self.card, command, reply);
            if self.card.power != Power::Lost {
                self.tally.count(command.len(), reply.len());
                self.clock.exchange(&self.timing, command.len(), reply.len(), &effort);
                if mem::take(&mut self.card.entered) {
                    self.entered = self.clock.elapsed();
                }
                return Ok(());
            }
        }
        reply.clear();
        Err(LinkError::CardRemoved)
    }

    fn uid_in_field(&mut self) -> Result<Option<Uid>, LinkError> {
        if self.card.power == Power::Lost {
            return Err(LinkError::CardRemoved);
        }
        Ok(Some(Self::uid(self)))
    }

    fn is_software(&self) -> bool {
        true
    }
}

impl Contactless for SoftCard {
    fn uid(&self) -> Uid {
        Self::uid(self)
    }

    fn ats(&self) -> Ats {
        Self::ats(self)
    }

    fn activate(&mut self) {
        self.reset();
    }
}

impl fmt::Debug for SoftCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SoftCard({})", self.card.model())
    }
}
