// SPDX-License-Identifier: MIT OR Apache-2.0
//! Proximity checks of both pens together: what host and card prove to each other, how long it takes by the card's
//! clock, and that a relay shows in nothing but time.

use core::cell::Cell;
use core::time::Duration;

use cardwright::emulator::{Model, SoftCard};
use cardwright::host::{Checked, Error, Grade, Misbehaviour, Picc, Rounds, Secure, Session};
use cardwright::iso14443::RealUid;
use cardwright::key::CardKey;
use cardwright::transport::{LinkError, ReplyBuf, Transport};
use cardwright::wire::{Ins, KeyNo, KeyVersion, Opening, PiccKey, Status};

const CHALLENGE: [u8; 8] = [0x5A, 0x01, 0xC3, 0x77, 0x10, 0xFE, 0x88, 0x29];
const ALL: [Rounds; 4] = [Rounds::One, Rounds::Two, Rounds::Four, Rounds::Eight];

fn card(model: Model) -> SoftCard {
    SoftCard::new(model, RealUid::new([0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]), 7)
}

/// VCProximityKey of a card from the factory.
fn key() -> CardKey {
    CardKey::aes(&[0; 16], KeyVersion(0))
}

/// What becomes of the answer to an instruction.
type Bend = fn(u8, &mut ReplyBuf);

/// A way to a card that may be long, and may change an answer; it tells the time.
struct Way<'a> {
    card: &'a mut SoftCard,
    time: &'a Cell<Duration>,
    added: Duration,
    bend: Bend,
}

impl Transport for Way<'_> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        let before = self.card.clock();
        self.card.exchange(command, reply)?;
        (self.bend)(command[1], reply);
        self.time.set(self.time.get() + (self.card.clock() - before) + self.added);
        Ok(())
    }
}

type Found<'t> = Result<Checked<'t, Picc>, Error>;

fn check<T>(
    card: &mut SoftCard,
    (key, rounds): (&CardKey, Rounds),
    (added, bend): (Duration, Bend),
    then: impl FnOnce(Found<'_>) -> T,
) -> T {
    let time = Cell::new(Duration::ZERO);
    let mut way = Way { card, time: &time, added, bend };
    let session = Session::open(&mut way);
    let checked = session.proximity_check(key, &CHALLENGE, rounds, &mut || time.get());
    then(checked.map_err(Error::from))
}

fn as_it_is(_: u8, _: &mut ReplyBuf) {}

/// At both levels, after a session and without one; and the card does other things afterwards.
#[test]
fn both_pens_prove_the_same_rounds() {
    for model in [Model::Ev2_8k, Model::Ev3_8k] {
        for rounds in ALL {
            let mut card = card(model);
            let taken = (Duration::ZERO, as_it_is as Bend);
            let proximity = check(&mut card, (&key(), rounds), taken, |checked| {
                let Checked { mut session, proximity } = checked.unwrap();
                assert!(session.free_memory().is_ok());
                proximity
            });
            let so_many = [1, 2, 4, 8][ALL.iter().position(|all| *all == rounds).unwrap()];
            assert_eq!(proximity.times.len(), so_many);
            assert_eq!(proximity.response_time, Duration::from_micros(800));

            let session = Session::open(&mut card);
            let factory = CardKey::factory();
            let opened = session.authenticate(Opening::Iso, KeyNo::MASTER, &factory, &[7; 16]);
            let checked =
                opened.unwrap().proximity_check(&key(), &CHALLENGE, rounds, &mut || Duration::ZERO);
            let mut session = checked.unwrap().session;
            assert!(session.version().is_ok());
        }
    }
}

/// A round by the clock of a card at a reader is late, as with real ones; what a relay adds is told, and proves
/// nothing else.
#[test]
fn what_a_relay_adds_is_in_the_times_alone() {
    let through = |added| {
        let way = (added, as_it_is as Bend);
        let mut card = card(Model::Ev3_4k);
        check(&mut card, (&key(), Rounds::Four), way, |checked| checked.unwrap().proximity)
    };
    let near = through(Duration::ZERO);
    let added = Duration::from_millis(30);
    let far = through(added);
    assert!(near.times.iter().all(|time| *time > near.response_time));
    assert!(!near.in_time() && !far.in_time());
    let later: Vec<_> = near.times.iter().map(|time| *time + added).collect();
    assert_eq!(far.times[..], later[..]);
    assert_eq!((far.response_time, far.bit_rate), (near.response_time, near.bit_rate));
}

#[test]
fn a_card_that_bends_what_was_said_is_found_out() {
    /// Each kind of answer with another first byte, or one byte less or more.
    const BENT: [(Bend, Ins); 7] = [
        (|ins, reply| bend(ins == 0xF0, reply), Ins::VerifyPc),
        (|ins, reply| bend(ins == 0xF2, reply), Ins::VerifyPc),
        (|ins, reply| bend(ins == 0xFD, reply), Ins::VerifyPc),
        (|ins, reply| shorten(ins == 0xF0, reply), Ins::PreparePc),
        (|ins, reply| shorten(ins == 0xF2, reply), Ins::ProximityCheck),
        (|ins, reply| lengthen(ins == 0xF2, reply), Ins::ProximityCheck),
        (|ins, reply| lengthen(ins == 0xFD, reply), Ins::VerifyPc),
    ];
    fn bend(this: bool, reply: &mut ReplyBuf) {
        // The second byte of what PreparePC says is of the response time.
        reply[1] ^= u8::from(this);
    }
    fn shorten(this: bool, reply: &mut ReplyBuf) {
        if this {
            reply.remove(0);
        }
    }
    fn lengthen(this: bool, reply: &mut ReplyBuf) {
        if this {
            reply.insert(0, 0x42);
        }
    }
    for (bent, command) in BENT {
        let mut card = card(Model::Ev2_4k);
        let way = (Duration::ZERO, bent);
        let told = check(&mut card, (&key(), Rounds::Two), way, |checked| checked.unwrap_err());
        match told {
            Error::Misbehaved { command: at, .. } | Error::Refused { command: at, .. } => {
                assert_eq!(at, command);
            }
            other => panic!("{other}"),
        }
    }
    // With the host's MAC right, the card's proof is what is wrong.
    let mut card = card(Model::Ev2_4k);
    let way = (Duration::ZERO, BENT[2].0);
    let told = check(&mut card, (&key(), Rounds::Two), way, |checked| checked.unwrap_err());
    assert_eq!(told, Error::Misbehaved { command: Ins::VerifyPc, how: Misbehaviour::Mac });
}

#[test]
fn another_key_and_an_older_card_are_refused() {
    let way = (Duration::ZERO, as_it_is as Bend);
    let other = CardKey::aes(&[0x21; 16], KeyVersion(0));
    let told =
        check(&mut card(Model::Ev3_2k), (&other, Rounds::One), way, |checked| checked.unwrap_err());
    let status = Status::AuthenticationError;
    assert_eq!(told, Error::Refused { command: Ins::VerifyPc, status });
    let told =
        check(&mut card(Model::Ev1_4k), (&key(), Rounds::One), way, |checked| checked.unwrap_err());
    assert_eq!(told, Error::Refused { command: Ins::PreparePc, status: Status::IllegalCommand });
}

/// The card with an AES master key, in a session of it.
fn opened<'t>(card: &'t mut SoftCard, master: &CardKey) -> Session<'t, Picc, Secure> {
    let factory = CardKey::factory();
    let session = Session::open(card);
    let session = session.authenticate(Opening::Iso, KeyNo::MASTER, &factory, &[7; 16]).unwrap();
    let session = session.change_master_key(master).unwrap();
    session.authenticate(Opening::Ev2First, KeyNo::MASTER, master, &[9; 16]).unwrap()
}

/// Keys that only the PICC has are changed under its master key, tell their versions and open the card.
#[test]
fn keys_of_the_picc_alone_are_changed_like_any_other() {
    let master = CardKey::aes(b"PICC master key.", KeyVersion(0x11));
    let new = CardKey::aes(b"DAM key of a set", KeyVersion(0x5A));
    for model in [Model::Ev2_8k, Model::Ev3_8k] {
        let mut card = card(model);
        let mut session = opened(&mut card, &master);
        for which in [PiccKey::DamAuth, PiccKey::DamMac, PiccKey::DamEnc] {
            let changed = session.change_picc_key(which, &new, &key());
            assert_eq!(changed.unwrap().grade, Grade::Sealed, "{model} {which:?}");
            assert_eq!(session.picc_key_version(which).unwrap().value, KeyVersion(0x5A));
        }
        // The old one is not what the card has any more.
        let wrong = session.change_picc_key(PiccKey::DamEnc, &new, &key());
        let status = Status::IntegrityError;
        assert_eq!(wrong.unwrap_err(), Error::Refused { command: Ins::ChangeKey, status });
        card.reset();
        let session = Session::open(&mut card);
        assert!(session.authenticate_picc_key(PiccKey::DamAuth, &new, &[5; 16]).is_ok());
    }
}

/// The same UID in both forms, and the other one of an EV3.
#[test]
fn a_uid_of_any_length_is_the_one_of_seven() {
    let master = CardKey::aes(b"PICC master key.", KeyVersion(0x11));
    for (model, nuid) in [(Model::Ev2_8k, false), (Model::Ev3_8k, true)] {
        let mut card = card(model);
        let mut session = opened(&mut card, &master);
        let real = session.card_uid().unwrap().value;
        let told = session.card_uid_of_any_length(nuid).unwrap().value;
        assert_eq!((told.own.real(), told.nuid.is_some()), (Some(&real), nuid), "{model}");
    }
}
