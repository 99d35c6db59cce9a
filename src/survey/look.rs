// SPDX-License-Identifier: MIT OR Apache-2.0
//! Looks at a card: what it is, then what is free, then what the keys open.

use rand::{CryptoRng, RngExt};

use super::leash::Leash;
use super::seen::{Seen, Worst};
use super::{Delegation, Keyring, Opens, Sight, Slot, Survey};
use crate::diversify::Subject;
use crate::host::command::picc::first_version;
use crate::host::{App, Error, Misbehaviour, Picc, Public, Secure, Session};
use crate::iso14443::{RealUid, Uid};
use crate::key::CardKey;
use crate::originality::Finding;
use crate::secret::Secret;
use crate::transport::{LinkError, Transport};
use crate::wire::{
    Aid, DfEntry, DfName, Generation, Ins, KeyNo, Messaging, Opening, PiccKey, Product, Status,
    Version,
};

/// How many exchanges a usual question may take: a selection that is asked again, an authentication,
/// and a reply of a few frames.
pub(super) const USUAL: u32 = 12;

/// How many a list of applications may take: 19 of them come in a frame.
const LIST: u32 = 64;

/// The name that a DESFire in the clothes of a phone or a Java Card is selected by.
const APPLET: [u8; 7] = [0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x00];

/// A card on a reader, and what is known of it.
pub(super) struct Look<'a, R> {
    leash: &'a Leash<'a>,
    sight: Sight,
    keys: Option<&'a dyn Keyring>,
    pub(super) uid: Option<RealUid>,
    /// The generation of a DESFire; nothing else is authenticated to.
    generation: Option<Generation>,
    messaging: Messaging,
    rng: &'a mut R,
    worst: Worst,
}

impl<'a, R: CryptoRng> Look<'a, R> {
    pub(super) fn new(
        leash: &'a Leash<'a>,
        sight: Sight,
        keys: Option<&'a dyn Keyring>,
        rng: &'a mut R,
    ) -> Self {
        let uid = sight.uid.as_ref().and_then(Uid::real).cloned();
        let (generation, messaging, worst) = (None, Messaging::Ev1, Worst::Read);
        Self { leash, sight, keys, uid, generation, messaging, rng, worst }
    }

    /// Reads everything.
    pub(super) fn card(mut self) -> Survey {
        let (version, product) = self.identify();
        let (master, opens) = self.master_key();
        self.fetch_uid(master.as_ref());
        let originality = self.originality(&version, master.as_ref());
        if version.value().is_none() && product.is_some() {
            return self.finish(version, product, originality);
        }
        let master = master.as_ref();
        let free_memory = self.picc(|session| Ok(session.free_memory()?.value));
        let key_version = self.picc(|session| Ok(session.key_version(KeyNo::MASTER)?.value));
        let settings = self.picc(|session| Ok(session.key_details()?.value));
        let settings = self.or_secure(settings, master, |session| Ok(session.key_details()?.value));
        let delegation = self.delegation();
        let aids = self.aids(master);
        let names = self.names(aids.value().map_or(0, Vec::len), master);
        let applications = aids.map(|aids| {
            let names = names.value().map_or(&[][..], Vec::as_slice);
            let named = |aid| names.iter().find(|entry| entry.aid == aid).map(|entry| &entry.iso);
            aids.into_iter().map(|aid| self.application(aid, named(aid).cloned())).collect()
        });
        Survey {
            free_memory,
            master: Slot { no: KeyNo::MASTER, version: key_version, opens },
            settings,
            delegation,
            names,
            applications,
            ..self.finish(version, product, originality)
        }
    }

    /// What the card is, and so how it is spoken to.
    pub(super) fn identify(&mut self) -> (Seen<Version>, Option<Product>) {
        let (version, product) = self.version();
        // A tag is no DESFire: of what is asked here it knows nothing but its version.
        let generation = product.and_then(Product::generation);
        self.generation = generation.filter(|one| one.silicon().has(Ins::GetKeySettings));
        if let Some(generation) = self.generation {
            self.messaging = generation.silicon().usual_messaging();
        }
        if let (None, Some(Version { uid: Some(uid), .. })) = (&self.uid, version.value()) {
            self.uid = Some(uid.clone());
        }
        (version, product)
    }

    /// A card of which nothing but its version can be asked.
    fn finish(
        self,
        version: Seen<Version>,
        product: Option<Product>,
        originality: Seen<Finding>,
    ) -> Survey {
        const OTHER: &str = "not asked: a card of another product";
        let version_of = Seen::NotAsked(OTHER);
        Survey {
            uid: self.sight.uid,
            real_uid: self.uid,
            product,
            version,
            originality,
            free_memory: Seen::NotAsked(OTHER),
            master: Slot { no: KeyNo::MASTER, version: version_of, opens: Opens::NotTried },
            settings: Seen::NotAsked(OTHER),
            delegation: None,
            names: Seen::NotAsked(OTHER),
            applications: Seen::NotAsked(OTHER),
            exchanges: self.leash.spent(),
            worst: self.worst,
        }
    }

    /// What the card says that it is. One that knows no GetVersion may be a phone or a Java Card whose
    /// applet has to be selected first.
    fn version(&mut self) -> (Seen<Version>, Option<Product>) {
        let version = self.try_ask(USUAL, first_version);
        let by_answer = match &version {
            Ok(found) => Product::of(found),
            Err(Error::Misbehaved { how: Misbehaviour::StatusWord(status), .. }) => {
                Product::of_answer(*status)
            }
            Err(_) => None,
        };
        if version.is_ok() {
            return (self.keep(version, false), by_answer);
        }
        let named = Product::of_historical(&self.sight.historical).or(by_answer);
        if by_answer.is_some() {
            let again = self.try_ask(USUAL, |card| {
                let name = DfName::new(&APPLET).map_err(|_| Error::SessionLost)?;
                Ok(Session::open(card).select_name(&name)?.version()?.value)
            });
            if let Ok(found) = again {
                let product = Product::of(&found).or(named);
                return (Seen::Is(found), product);
            }
        }
        match (version, named) {
            // What a known product answers is nothing odd.
            (Err(error), Some(_)) if !matches!(error, Error::Link(_)) => {
                self.worst = Worst::Refused;
                (Seen::Closed(error), named)
            }
            (version, _) => (self.keep(version, false), named),
        }
    }

    /// The keys at hand, for a DESFire.
    fn keyring(&self) -> Option<&'a dyn Keyring> {
        self.keys.filter(|_| self.generation.is_some())
    }

    /// The first of the keys at hand that is the PICC master key, and what came of trying them.
    fn master_key(&mut self) -> (Option<CardKey>, Opens) {
        let candidates = self.keyring().map_or_else(Vec::new, |keys| keys.picc(self.uid.as_ref()));
        if candidates.is_empty() {
            return (None, Opens::NotTried);
        }
        let found = candidates.into_iter().find(|key| {
            let opened = |look: &mut Self| look.in_picc(key, |_| Ok(()));
            self.opened(key, opened)
        });
        let opens = if found.is_some() { Opens::Yes } else { Opens::No };
        (found, opens)
    }

    /// Whether an authentication succeeds. A card that refuses EV1's messaging as such is asked for
    /// EV2's. One that holds a key of another type can also answer with a challenge of another length.
    pub(super) fn opened(
        &mut self,
        key: &CardKey,
        mut open: impl FnMut(&mut Self) -> Result<(), Error>,
    ) -> bool {
        let error = match open(self) {
            Ok(()) => return true,
            Err(error) => error,
        };
        let refused_as_such = matches!(error, Error::Refused { command, status }
            if command == self.opening(key).ins() && status != Status::AuthenticationError);
        if !refused_as_such || !self.is_newer() || self.messaging == Messaging::Ev2 {
            return false;
        }
        self.messaging = Messaging::Ev2;
        let opened = open(self).is_ok();
        if !opened {
            self.messaging = Messaging::Ev1;
        }
        opened
    }

    /// Whether it is a DESFire, which keys are tried on.
    pub(super) const fn is_desfire(&self) -> bool {
        self.generation.is_some()
    }

    /// What is left in the end: the UID, how many exchanges it took, and the worst that was seen.
    pub(super) fn end(self) -> (Option<RealUid>, u32, Worst) {
        (self.uid, self.leash.spent(), self.worst)
    }

    /// Whether the card has EV2 messaging.
    fn is_newer(&self) -> bool {
        self.generation.is_some_and(|one| one.silicon().speaks_everywhere(Messaging::Ev2))
    }

    /// The UID that the card was made with, from a card that hides it.
    fn fetch_uid(&mut self, master: Option<&CardKey>) {
        if let (None, Some(key)) = (&self.uid, master) {
            self.uid = self.in_picc(key, |session| Ok(session.card_uid()?.value)).ok();
        }
    }

    /// Asks for the signature, of a card that hides its UID in a session of its master key. The test
    /// key is taken of a card that is a program and says so.
    #[cfg(feature = "originality")]
    fn originality(&mut self, version: &Seen<Version>, master: Option<&CardKey>) -> Seen<Finding> {
        use crate::originality::Trust;

        let Some(version) = version.value() else {
            return Seen::NotAsked("not checked: the card tells no version");
        };
        let Some(uid) = self.uid.clone() else {
            return Seen::NotAsked("not checked: no key fetched the real UID");
        };
        let trust = if self.leash.is_software() { Trust::TestKeyToo } else { Trust::Maker };
        let answer = match master.filter(|_| version.uid.is_none()) {
            Some(key) => self.in_picc(key, |session| session.originality(&uid, version, trust)),
            None => {
                let desfire = self.generation.is_some();
                self.try_ask(USUAL, |card| picc(card, desfire)?.originality(&uid, version, trust))
            }
        };
        self.keep(answer, false)
    }

    /// Says how to build what would look.
    #[cfg(not(feature = "originality"))]
    #[expect(clippy::unused_self, clippy::needless_pass_by_ref_mut, reason = "what looks needs it")]
    fn originality(&mut self, _: &Seen<Version>, _: Option<&CardKey>) -> Seen<Finding> {
        Seen::NotAsked("not checked: build with --features originality")
    }

    /// The keys with which applications are delegated, and the slots that the keys at hand name: free to anybody.
    fn delegation(&mut self) -> Option<Delegation> {
        let knows = |one: Generation| one.silicon().has(Ins::GetDelegatedInfo);
        let slots = self.keyring().filter(|_| self.generation.is_some_and(knows))?.slots();
        if slots.is_empty() {
            return None;
        }
        let keys = [PiccKey::DamAuth, PiccKey::DamMac, PiccKey::DamEnc];
        let version = |key| (key, self.picc(|session| Ok(session.picc_key_version(key)?.value)));
        let keys = keys.map(version).into();
        let info = |slot| (slot, self.picc(|session| Ok(session.delegated_info(slot)?.value)));
        Some(Delegation { keys, slots: slots.into_iter().map(info).collect() })
    }

    fn aids(&mut self, master: Option<&CardKey>) -> Seen<Vec<Aid>> {
        let desfire = self.generation.is_some();
        let free = self.try_ask(LIST, |card| Ok(picc(card, desfire)?.application_ids()?.value));
        let free = self.keep(free, false);
        self.or_secure(free, master, |session| Ok(session.application_ids()?.value))
    }

    fn names(&mut self, applications: usize, master: Option<&CardKey>) -> Seen<Vec<DfEntry>> {
        let most = u32::try_from(applications).unwrap_or(LIST).saturating_add(USUAL);
        let desfire = self.generation.is_some();
        let free = self.try_ask(most, |card| Ok(picc(card, desfire)?.df_names()?.value));
        let free = self.keep(free, false);
        let master = master.filter(|_| self.is_newer());
        self.or_secure(free, master, |session| Ok(session.df_names()?.value))
    }

    /// Something that is free at PICC level.
    fn picc<T>(
        &mut self,
        read: impl FnOnce(&mut Session<'_, Picc, Public>) -> Result<T, Error>,
    ) -> Seen<T> {
        let desfire = self.generation.is_some();
        let answer = self.try_ask(USUAL, |card| read(&mut picc(card, desfire)?));
        self.keep(answer, false)
    }

    /// What was refused without a key, asked with the PICC master key.
    fn or_secure<T>(
        &mut self,
        free: Seen<T>,
        key: Option<&CardKey>,
        read: impl FnOnce(&mut Session<'_, Picc, Secure>) -> Result<T, Error>,
    ) -> Seen<T> {
        match (free, key) {
            (Seen::Closed(_), Some(key)) => {
                let answer = self.in_picc(key, read);
                self.keep(answer, false)
            }
            (free, _) => free,
        }
    }

    /// In a session of the PICC master key.
    fn in_picc<T>(
        &mut self,
        key: &CardKey,
        read: impl FnOnce(&mut Session<'_, Picc, Secure>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let (opening, rnd_a) = (self.opening(key), self.rng.random());
        self.try_ask(LIST, |card| {
            let session = picc(card, true)?;
            read(&mut session.authenticate(opening, KeyNo::MASTER, key, &rnd_a)?)
        })
    }

    /// In a session of a key of an application, with so many exchanges at the most.
    pub(super) fn in_application<T>(
        &mut self,
        most: u32,
        (aid, no, key): (Aid, KeyNo, &CardKey),
        read: impl FnOnce(&mut Session<'_, App, Secure>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let (opening, rnd_a) = (self.opening(key), self.rng.random());
        self.try_ask(most, |card| {
            let session = Session::open(card).select_application(aid)?;
            read(&mut session.authenticate(opening, no, key, &rnd_a)?)
        })
    }

    /// Without a key in an application, with so many exchanges at the most.
    pub(super) fn free<T>(
        &mut self,
        most: u32,
        aid: Aid,
        read: impl FnOnce(&mut Session<'_, App, Public>) -> Result<T, Error>,
    ) -> Seen<T> {
        let answer =
            self.try_ask(most, |card| read(&mut Session::open(card).select_application(aid)?));
        self.keep(answer, true)
    }

    /// The key of a slot of an application of a DESFire, where one is at hand.
    pub(super) fn key(&self, aid: Aid, no: KeyNo) -> Option<CardKey> {
        self.keyring()?.application(&Subject { uid: self.uid.as_ref(), aid, no, fields: None })
    }

    /// How a key of this type opens a session on this card.
    fn opening(&self, key: &CardKey) -> Opening {
        Opening::of(key.key_type(), self.messaging)
    }

    /// Asks. A card that breaks a chain or does not end one is doubted from then on, and one that has
    /// more to say is first brought to forget it.
    fn try_ask<T>(
        &self,
        most: u32,
        ask: impl FnOnce(&mut dyn Transport) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if let Some(over) = self.leash.over() {
            return Err(over.into());
        }
        self.leash.step(most);
        let mut card = self.leash;
        if self.leash.is_pending() {
            let _ = Session::open(&mut card).select_picc();
        }
        let answer = ask(&mut card);
        if self.leash.is_pending() {
            self.leash.doubt();
        }
        answer
    }

    /// A file of which the card tells more than it can have.
    pub(super) fn too_large<T>(&mut self) -> Seen<T> {
        self.worst = self.worst.max(Worst::Odd);
        Seen::NotAsked("not asked: no card has room for as much as its settings tell")
    }

    /// Keeps what came as an answer; `listed` says that the card had told of what was asked for.
    pub(super) fn keep<T>(&mut self, answer: Result<T, Error>, listed: bool) -> Seen<T> {
        let reply = self.leash.reply();
        let seen = match answer {
            // The exchanges of this question are used up, not those of the card.
            Err(error @ Error::Link(LinkError::OverBudget)) if self.leash.over().is_none() => {
                Seen::Odd { error, bytes: Secret::new(reply.to_vec()) }
            }
            answer => Seen::of(answer, &reply, listed),
        };
        self.worst = self.worst.max(seen.worst());
        seen
    }
}

/// A new conversation at PICC level, whatever was selected on a DESFire before. Another product has no
/// such level to go back to, and has not left it.
fn picc(card: &mut dyn Transport, desfire: bool) -> Result<Session<'_, Picc, Public>, Error> {
    let session = Session::open(card);
    Ok(if desfire { session.select_picc()? } else { session })
}
