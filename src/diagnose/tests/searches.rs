// SPDX-License-Identifier: MIT OR Apache-2.0
//! Searches on a card that counts what it refuses.

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::{aes, many, shown, undiversified};
use crate::crypto::Block;
use crate::diagnose::{Form, Issuer, Limits, Outcome, Report, Search, Stop, Target, Trouble, Why};
use crate::iso7816::Command;
use crate::key::CardKey;
use crate::transport::{LinkError, ReplyBuf, Transport};
use crate::wire::{Aid, KeyNo, KeyVersion, Messaging, Opening, Product};

/// What the hardware part of GetVersion says, after the vendor.
const EV1: [u8; 3] = [0x01, 0x01, 0x01];
const LIGHT: [u8; 3] = [0x08, 0x01, 0x30];
const NTAG_424: [u8; 3] = [0x04, 0x02, 0x30];
const EV2: [u8; 3] = [0x01, 0x01, 0x12];
const PLUS: [u8; 3] = [0x02, 0x01, 0x11];
/// The application that it has.
const AID: Aid = Aid::new([0xF4, 0x81, 0x20]);

/// A card with AES keys, each of which is told by its number and opens or does not.
struct Card {
    hardware: [u8; 3],
    /// The keys of the application; the PICC level has the first.
    keys: Vec<CardKey>,
    /// Whether it tells versions and settings.
    tells: bool,
    /// What it answers instead of `AE`.
    status: u8,
    /// A command that it does not know, or does not permit.
    unknown: u8,
    /// What it answers to that.
    says: u8,
    /// Proofs that somebody else cuts off, and what the card then answers.
    cut: (u8, u8),
    /// The keys that it refused, in order, by level and number.
    refused: Vec<(bool, u8)>,
    selected: Option<Aid>,
    part: u8,
    pending: Option<(u8, [u8; 16], Block)>,
}

impl Card {
    fn new(hardware: [u8; 3], keys: &[CardKey]) -> Self {
        Self {
            hardware,
            keys: keys.to_vec(),
            tells: true,
            status: 0xAE,
            unknown: 0,
            says: 0x1C,
            cut: (0, 0xCA),
            refused: Vec::new(),
            selected: None,
            part: 0,
            pending: None,
        }
    }

    fn answer(&mut self, ins: u8, data: &[u8]) -> (Vec<u8>, u8) {
        match (ins, self.part) {
            (0x60, _) => {
                self.part = 1;
                let [kind, subtype, major] = self.hardware;
                (vec![0x04, kind, subtype, major, 0x00, 0x18, 0x05], 0xAF)
            }
            (0xAF, 1) => {
                self.part = 2;
                (vec![0x04, 0x01, 0x01, 0x01, 0x00, 0x18, 0x05], 0xAF)
            }
            (0xAF, 2) => {
                self.part = 0;
                (vec![0x00; 14], 0x00)
            }
            (0x5A, _) => {
                let aid = Aid::from_wire(data.try_into().unwrap());
                let known = aid == Aid::PICC || aid == AID;
                self.selected = known.then_some(aid);
                (Vec::new(), if known { 0x00 } else { 0xA0 })
            }
            (0x45, _) if self.tells => {
                let count = if self.selected == Some(AID) { self.keys.len() } else { 1 };
                (vec![0x0F, 0x80 | u8::try_from(count).unwrap()], 0x00)
            }
            (0x64, _) if self.tells => match self.keys.get(usize::from(data[0])) {
                Some(key) => (vec![key.version().0], 0x00),
                None => (Vec::new(), 0x40),
            },
            (ins, _) if ins == self.unknown => {
                self.refused.push((self.selected == Some(AID), data[0]));
                (Vec::new(), self.says)
            }
            (0xAA | 0x71, _) => self.challenge(data[0]),
            (0xAF, _) => self.prove(data),
            _ => (Vec::new(), 0xAE),
        }
    }

    fn challenge(&mut self, no: u8) -> (Vec<u8>, u8) {
        let key = &self.keys[usize::from(no)];
        let (mut iv, mut sent) = (key.zero_iv(), [0x5C; 16]);
        key.encipher(&mut iv, &mut sent).unwrap();
        self.pending = Some((no, [0x5C; 16], iv));
        (sent.to_vec(), 0xAF)
    }

    fn prove(&mut self, data: &[u8]) -> (Vec<u8>, u8) {
        let (no, mut rnd_b, mut iv) = self.pending.take().unwrap();
        if self.cut.0 > 0 {
            self.cut.0 -= 1;
            self.refused.push((self.selected == Some(AID), no));
            return (Vec::new(), self.cut.1);
        }
        let mut token = data.to_vec();
        let key = &self.keys[usize::from(no)];
        key.decipher(&mut iv, &mut token).unwrap();
        rnd_b.rotate_left(1);
        if token[16..] != rnd_b {
            self.refused.push((self.selected == Some(AID), no));
            return (Vec::new(), self.status);
        }
        let proof = &mut token[..16];
        proof.rotate_left(1);
        key.encipher(&mut iv, proof).unwrap();
        (proof.to_vec(), 0x00)
    }
}

impl Transport for Card {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        let Ok(command) = Command::decode(command) else { panic!("no APDU") };
        reply.clear();
        if command.ins == 0xA4 {
            reply.extend([0x90, 0x00]);
            return Ok(());
        }
        let (data, status) = self.answer(command.ins, command.data);
        reply.extend(data.into_iter().chain([0x91, status]));
        Ok(())
    }

    fn is_software(&self) -> bool {
        true
    }
}

fn key(number: u8, version: u8) -> CardKey {
    CardKey::aes(&[number; 16], KeyVersion(version))
}

fn search(issuers: Vec<Issuer>) -> Search {
    Search {
        issuers,
        forms: undiversified(),
        limits: Limits::default(),
        any_version: false,
        all: false,
        uid: None,
        messaging: None,
    }
}

fn at(aid: Aid) -> Target {
    Target { aid, no: None }
}

/// What came of it. The card's count is the report's, and within what was said before.
fn run(search: &Search, card: &mut Card, targets: &[Target]) -> Report {
    let plan = search.look(card, &shown(), targets).unwrap();
    assert_eq!(card.refused, [], "looking costs nothing");
    let most = plan.most();
    let report = search.run(plan, card, &mut StdRng::seed_from_u64(1));
    assert_eq!(usize::from(report.refused), card.refused.len());
    assert_eq!(report.most, most);
    assert!(report.refused <= most, "{} of {most}", report.refused);
    report
}

#[test]
fn a_search_ends_at_the_key_that_opens() {
    let mut card = Card::new(EV1, &[key(3, 5), key(4, 5)]);
    let search = search(many(6, 5));
    let report = run(&search, &mut card, &[at(AID)]);
    assert!(report.opened());
    assert_eq!(card.refused, [(true, 0); 2]);
    let [first, second] = &report.targets[0].slots[..] else { panic!("two slots") };
    assert_eq!(search.issuers[first.opened().unwrap().candidate.issuer].name(), "key 3");
    assert_eq!(first.tried.len(), 3);
    assert!(first.left.iter().all(|left| left.why == Why::Opened));
    assert!(second.tried.is_empty() && second.left.iter().all(|left| left.why == Why::NotAsked));
    let all = Search { all: true, ..search };
    card.refused.clear();
    let report = run(&all, &mut card, &[at(AID)]);
    assert_eq!(card.refused, [[(true, 0); 2].as_slice(), &[(true, 1); 3]].concat());
    assert!(report.targets[0].slots.iter().all(|slot| slot.opened().is_some()));
}

#[test]
fn each_key_and_all_keep_their_budget() {
    let keys: Vec<CardKey> = (0..5).map(|_| key(0xEE, 5)).collect();
    let mut card = Card::new(EV1, &keys);
    let mut search = search(many(100, 5));
    let report = run(&search, &mut card, &[at(AID)]);
    assert_eq!((report.refused, report.most), (20, 20));
    let of = |card: &Card, no| card.refused.iter().filter(|(_, refused)| *refused == no).count();
    assert_eq!([0, 1, 2, 3].map(|no| of(&card, no)), [8, 8, 4, 0]);
    let whys = report.targets[0].slots.iter().map(|slot| slot.left[0].why).collect::<Vec<_>>();
    let (key, all) = (Why::BudgetOfKey, Why::Budget);
    assert_eq!(whys, [key, key, all, all, all]);
    assert!(!report.opened());
    search.limits = Limits::new(3, 200);
    card.refused.clear();
    assert_eq!(run(&search, &mut card, &[at(AID)]).refused, 15);
    assert_eq!([0, 1, 2, 3, 4].map(|no| of(&card, no)), [3; 5]);
}

#[test]
fn nobody_can_raise_what_is_refused_in_a_row() {
    let keys: Vec<CardKey> = (0..5).map(|_| key(0xEE, 5)).collect();
    let mut card = Card::new(EV1, &keys);
    let mut search = search(many(100, 5));
    search.all = true;
    for (per_key, refused) in [(u16::MAX, 40), (30, 40)] {
        search.limits = Limits::new(per_key, u16::MAX);
        card.refused.clear();
        let report = run(&search, &mut card, &[at(AID)]);
        assert_eq!(report.refused, refused);
        let last = report.targets[0].slots.last().unwrap();
        assert!(last.left.iter().any(|left| left.why == Why::InARow));
    }
    // A key that opens ends the row, not the count.
    let mut card = Card::new(EV1, &[key(31, 5), key(31, 5), key(0xEE, 5)]);
    search.limits = Limits::new(u16::MAX, 70);
    assert_eq!(run(&search, &mut card, &[at(AID)]).refused, 70);
    let after_the_last_success = card.refused.iter().filter(|(_, no)| *no == 2).count();
    assert_eq!(after_the_last_success, 10);
}

#[test]
fn no_other_key_of_the_picc_than_0_is_tried_unless_it_is_named() {
    let mut card = Card::new(EV1, &[key(0xEE, 5), key(1, 5)]);
    let search = Search { all: true, ..search(many(6, 5)) };
    let report = run(&search, &mut card, &[at(Aid::PICC)]);
    assert_eq!(card.refused, [(false, 0); 6]);
    assert_eq!(report.targets[0].slots.len(), 1);
    let named = Target { aid: Aid::PICC, no: KeyNo::new(1) };
    card.refused.clear();
    assert!(run(&search, &mut card, &[named]).opened());
    assert_eq!(card.refused, []);
}

/// The five keys of MIFARE DESFire Light and of NTAG 424 DNA are AES keys whose versions nobody is told.
#[test]
fn key_0_of_a_card_of_five_keys_is_the_last() {
    for hardware in [LIGHT, NTAG_424] {
        let keys: Vec<CardKey> = (0..5).map(|_| key(0xEE, 5)).collect();
        let mut card = Card::new(hardware, &keys);
        card.tells = false;
        let mut search = search(many(2, 5));
        // One that it would open with is refused in EV2 messaging, which this card does not finish.
        assert_eq!(run(&search, &mut card, &[at(AID)]).refused, 10);
        let order: Vec<u8> = card.refused.iter().map(|(_, no)| *no).collect();
        assert_eq!(order, [1, 1, 2, 2, 3, 3, 4, 4, 0, 0]);
        search.limits = Limits::new(8, 7);
        card.refused.clear();
        assert_eq!(run(&search, &mut card, &[at(AID)]).refused, 7);
        assert!(card.refused.iter().all(|(_, no)| *no != 0));
    }
}

#[test]
fn another_product_is_named_before_anything_is_tried() {
    let mut card = Card::new(PLUS, &[key(1, 0)]);
    let search = search(many(2, 5));
    let trouble = search.look(&mut card, &shown(), &[at(Aid::PICC)]).unwrap_err();
    assert_eq!(trouble, Trouble::Product(Product::PlusEv1));
    assert!(trouble.to_string().contains("MIFARE Plus EV1"));
    let mut card = Card::new(EV1, &[key(1, 0)]);
    let other = Aid::new([0x11, 0x22, 0x33]);
    let trouble = search.look(&mut card, &shown(), &[at(other)]).unwrap_err();
    assert_eq!(trouble, Trouble::NoApplication(other));
}

#[test]
fn an_application_is_found_with_its_aid_the_other_way_round() {
    let mut card = Card::new(EV1, &[key(2, 5)]);
    let search = search(many(6, 5));
    let report = run(&search, &mut card, &[at(Aid::from_wire(AID.written()))]);
    assert!(report.opened());
    assert_eq!((report.targets[0].aid, report.targets[0].turned), (AID, true));
}

#[test]
fn a_slot_that_is_named_twice_is_searched_once() {
    let mut card = Card::new(EV1, &[key(0xEE, 5), key(0xEE, 5)]);
    let search = search(many(3, 5));
    let once = run(&search, &mut card, &[at(AID)]);
    let turned = at(Aid::from_wire(AID.written()));
    for again in [turned, Target { aid: AID, no: KeyNo::new(0) }, at(AID)] {
        card.refused.clear();
        assert_eq!(run(&search, &mut card, &[at(AID), again]), once);
    }
    card.refused.clear();
    let first = Target { aid: AID, no: KeyNo::new(0) };
    let split = run(&search, &mut card, &[first, at(AID)]);
    assert_eq!(split.refused, once.refused);
    let slots: Vec<_> = split.targets.iter().map(|target| target.slots.len()).collect();
    assert_eq!(slots, [1, 1]);
}

/// What cuts an authentication off judges neither the key nor the command.
#[test]
fn a_key_that_somebody_else_cut_off_is_tried_again() {
    for status in [0xCA, 0x1C] {
        let mut card = Card::new(EV2, &[key(1, 5)]);
        card.cut = (1, status);
        let report = run(&search(many(3, 5)), &mut card, &[at(AID)]);
        assert_eq!((report.opened(), report.refused), (true, 1), "{status:02X}");
        assert_eq!(report.targets[0].slots[0].tried.len(), 1);
        // Where it goes on, the next key is tried by the same command.
        let mut card = Card::new(EV2, &[key(2, 5)]);
        card.cut = (2, status);
        let report = run(&search(many(3, 5)), &mut card, &[at(AID)]);
        let tried = &report.targets[0].slots[0].tried;
        assert_eq!((report.opened(), report.refused, tried.len()), (true, 2, 2));
        assert!(tried.iter().all(|tried| tried.opening == Opening::Aes));
    }
}

/// A card may not permit EV1's messaging, or nothing.
#[test]
fn where_a_command_is_not_permitted_another_is_taken() {
    let mut card = Card::new(EV2, &[key(0xEE, 5)]);
    (card.unknown, card.says) = (0xAA, 0x9D);
    let report = run(&search(many(3, 5)), &mut card, &[at(AID)]);
    let openings: Vec<_> = report.targets[0].slots[0].tried.iter().map(|one| one.opening).collect();
    assert_eq!(openings, [[Opening::Aes].as_slice(), &[Opening::Ev2First; 3]].concat());
    let mut card = Card::new(EV1, &[key(0xEE, 5)]);
    (card.unknown, card.says) = (0xAA, 0x9D);
    let report = run(&search(many(3, 5)), &mut card, &[at(AID)]);
    assert_eq!(report.refused, 1);
    assert!(report.targets[0].slots[0].left.iter().all(|left| left.why == Why::Stopped));
}

#[test]
fn a_card_that_delays_is_left_alone() {
    let mut card = Card::new(EV1, &[key(0xEE, 5)]);
    card.status = 0xAD;
    let report = run(&search(many(6, 5)), &mut card, &[at(AID)]);
    assert_eq!((report.refused, report.stop), (1, Some(Stop::Delay)));
    assert!(report.targets[0].slots[0].left.iter().all(|left| left.why == Why::Stopped));
    let [tried] = &report.targets[0].slots[0].tried[..] else { panic!("one attempt") };
    assert!(matches!(tried.outcome, Outcome::Refused(_)));
}

#[test]
fn a_version_that_nobody_has_costs_nothing() {
    let mut card = Card::new(EV1, &[key(1, 9)]);
    let mut search = search(many(6, 5));
    let report = run(&search, &mut card, &[at(AID)]);
    assert_eq!((report.refused, report.most, report.opened()), (0, 0, false));
    search.any_version = true;
    assert!(run(&search, &mut card, &[at(AID)]).opened());
    search.forms = Form::likely(&[]);
    search.issuers = vec![aes("other", 9, 9)];
    assert_eq!(run(&search, &mut card, &[at(AID)]).refused, 8);
}

/// EV1 messaging can be switched off; what the card does not know is asked once, and what that costs
/// was told.
#[test]
fn where_a_messaging_is_refused_the_next_one_is_taken() {
    let mut card = Card::new(EV2, &[key(0xEE, 5)]);
    card.unknown = 0xAA;
    let report = run(&search(many(3, 5)), &mut card, &[at(AID)]);
    let openings: Vec<_> = report.targets[0].slots[0].tried.iter().map(|one| one.opening).collect();
    let (first, next) = (Opening::Aes, Opening::Ev2First);
    assert_eq!(openings, [first, next, next, next]);
    let chosen = Search { messaging: Some(Messaging::Ev1), ..search(many(3, 5)) };
    card.refused.clear();
    assert_eq!(run(&chosen, &mut card, &[at(AID)]).refused, 1);
    let mut card = Card::new(EV1, &[key(1, 5)]);
    let wrong = Search { messaging: Some(Messaging::Ev2), ..chosen };
    let trouble = wrong.look(&mut card, &shown(), &[at(AID)]).unwrap_err();
    assert_eq!(trouble, Trouble::Messaging(Messaging::Ev2));
}
