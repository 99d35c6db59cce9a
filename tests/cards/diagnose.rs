// SPDX-License-Identifier: MIT OR Apache-2.0
//! Searches on software cards whose keys were made in every way that a search knows. What the card
//! refused is counted between the two.

use cardwright::diagnose::{
    AidOrder, Form, Issuer, Knowledge, Limits, Outcome, Report, Search, Slot, Target, Trouble,
    UidOrder, Why, order,
};
use cardwright::diversify::{Scheme, Subject};
use cardwright::emulator::{Model, SoftCard};
use cardwright::host::Session;
use cardwright::iso14443::RealUid;
use cardwright::key::{CardKey, MasterKey};
use cardwright::keys::KeyFile;
use cardwright::transport::{LinkError, ReplyBuf, Transport};
use cardwright::wire::{
    Aid, KeyNo, KeySettings, KeySlots, KeyType, KeyVersion, Messaging, Opening,
};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::common::reader::diversified;

/// UID and application of the examples of AN10922.
const UID: [u8; 7] = [0x04, 0x78, 0x2E, 0x21, 0x80, 0x1D, 0x80];
const AID: Aid = Aid::new([0x30, 0x42, 0xF5]);
const RND_A: [u8; 16] = *b"a fresh RndA 016";
const EXAMPLES: &str = include_str!("../../examples/data/an10922-keys.toml");

/// Counts the authentications that the card does not end with `00`.
struct Counting<'c> {
    card: &'c mut SoftCard,
    refused: u16,
    begun: bool,
}

impl<'c> Counting<'c> {
    fn new(card: &'c mut SoftCard) -> Self {
        Self { card, refused: 0, begun: false }
    }
}

impl Transport for Counting<'_> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        self.card.exchange(command, reply)?;
        let begins = matches!(command[1], 0x0A | 0x1A | 0xAA | 0x71);
        let of_this = begins || (self.begun && command[1] == 0xAF);
        let status = reply[reply.len() - 1];
        self.refused += u16::from(of_this && !matches!(status, 0x00 | 0xAF));
        self.begun = of_this && status == 0xAF;
        Ok(())
    }

    fn is_software(&self) -> bool {
        true
    }
}

fn uid() -> RealUid {
    RealUid::new(UID)
}

/// A card whose application has these keys.
fn card(model: Model, keys: &[CardKey]) -> SoftCard {
    let mut card = SoftCard::new(model, uid(), 1);
    let key_type = keys[0].key_type();
    let count = u8::try_from(keys.len()).unwrap();
    let slots = KeySlots { count, key_type, iso_file_ids: false };
    let d40 = model == Model::D40_4k;
    let opening = Opening::of(key_type, if d40 { Messaging::D40 } else { Messaging::Ev1 });
    let zero = CardKey::zero(key_type);
    let mut session = Session::open(&mut card);
    let _ = session.create_application(AID, KeySettings::FACTORY, slots).unwrap();
    let session = session.select_application(AID).unwrap();
    let mut session = session.authenticate(opening, KeyNo::MASTER, &zero, &RND_A).unwrap();
    for (no, key) in (0..).zip(keys).skip(1) {
        let _ = session.change_key(KeyNo::new(no).unwrap(), key, &zero).unwrap();
    }
    let _ = session.change_own_key(&keys[0]).unwrap();
    card
}

fn search(issuers: Vec<Issuer>, systems: &[&[u8]]) -> Search {
    let systems: Vec<Vec<u8>> = systems.iter().map(|system| system.to_vec()).collect();
    Search {
        issuers,
        forms: Form::likely(&systems),
        limits: Limits::default(),
        any_version: false,
        all: false,
        uid: None,
        messaging: None,
    }
}

/// 40 keys: of each type, ten versions at most, and their neighbours; those that everybody knows.
fn forty() -> Vec<Issuer> {
    let value = |number: u8| -> [u8; 24] {
        core::array::from_fn(|at| number.wrapping_mul(37) ^ u8::try_from(at * 11).unwrap())
    };
    let key = |number: u8| {
        let bytes = value(number);
        let two: [u8; 16] = bytes[..16].try_into().unwrap();
        let master = match number % 3 {
            0 => MasterKey::aes(&two),
            1 => MasterKey::des(&two),
            _ => MasterKey::tdes3(&bytes),
        };
        Issuer::new(&format!("key {number}"), KeyVersion(1 + number % 37), master)
    };
    (0..37).map(key).chain(Issuer::public()).collect()
}

fn run(search: &Search, card: &mut SoftCard, target: Target) -> Report {
    let shown = card.uid();
    let mut card = Counting::new(card);
    let plan = search.look(&mut card, &shown, &[target]).unwrap();
    assert_eq!(card.refused, 0, "looking costs nothing");
    let most = plan.most();
    let report = search.run(plan, &mut card, &mut StdRng::seed_from_u64(3));
    assert_eq!(card.refused, report.refused, "the card counts otherwise");
    assert!(card.refused <= most && most <= 40, "{} of {most}", card.refused);
    report
}

const APPLICATION: Target = Target { aid: AID, no: None };

/// The form that opened key 0, and the name of the issuer key.
fn opened<'s>(search: &'s Search, report: &Report) -> (&'s Form, &'s str) {
    let slot = &report.targets[0].slots[0];
    let found = slot.opened().expect("a key that fits").candidate;
    assert_eq!(slot.tried.last().unwrap().outcome, Outcome::Opened);
    (&search.forms[found.form], search.issuers[found.issuer].name())
}

/// AN10922, 2.2.1, 2.3.1 and 2.4.1, with their system identifiers; DES keys with version 55 written in.
#[test]
fn cards_with_the_published_keys_are_opened_by_them() {
    let file = KeyFile::parse(EXAMPLES).unwrap();
    let bytes = |text: &str| hex::decode(text).unwrap();
    let aes = bytes("A8DD63A3B89D54B37CA802473FDA9175").try_into().unwrap();
    let des = bytes("16F9587D9E8910C96B9649D007107DD6").try_into().unwrap();
    let tdes3 = bytes("2E0DD03774D3FA9B5705AB0BDA91CA0B55B8E07FCDBF10EC").try_into().unwrap();
    for (key, system, name) in [
        (CardKey::aes(&aes, KeyVersion(1)), &b"NXP Abu"[..], "aes"),
        (CardKey::des(&des), b"NXP A", "2tdea"),
        (CardKey::tdes3(&tdes3), b"NXP", "3tdea"),
    ] {
        let mut issuers = Issuer::of_store(&file);
        issuers.extend(forty());
        let search = search(issuers, &[system]);
        let report = run(&search, &mut card(Model::Ev1_4k, &[key]), APPLICATION);
        let (form, found) = opened(&search, &report);
        assert_eq!((form.scheme(), found), (Some(Scheme::An10922), name));
        assert_eq!(form.parts().len(), 3);
        let orders = (form.aid_order(), form.uid_order());
        assert_eq!(orders, (Some(AidOrder::Written), Some(UidOrder::Shown)));
    }
}

/// Every form with every type of key, among 40 keys: found at the key that it is, with its order,
/// within the budget of one key.
#[test]
fn every_way_is_found_with_its_byte_orders() {
    let mut usual = search(forty(), &[]);
    usual.limits = Limits::new(40, 40);
    let mut made = 0;
    for at in [15, 16, 17] {
        let issuer = &usual.issuers[at];
        let key_type = issuer.key_type();
        let value = |version| key_of(at, version);
        for form in &usual.forms {
            let uid = uid();
            let subject = Subject { uid: Some(&uid), aid: AID, no: KeyNo::MASTER, fields: None };
            let Ok(key) = form.derive(&value(key_type), &subject, issuer.version()) else {
                continue;
            };
            made += 1;
            let report =
                run(&usual, &mut card(Model::Ev2_4k, std::slice::from_ref(&key)), APPLICATION);
            let (found, name) = opened(&usual, &report);
            assert_eq!(name, issuer.name(), "{form}");
            // Another form may make the same key; then it is the likelier one.
            let twin = found.derive(&value(key_type), &subject, issuer.version()).unwrap();
            assert!(twin.same_key(&key), "{form} was taken for {found}");
            if form.scheme() == Some(Scheme::Gallagher) {
                assert_eq!(found, form);
            }
        }
    }
    assert!(made > 80, "{made}");
}

/// The bytes of [`forty`] once more, to make the keys of cards from.
fn key_of(number: usize, key_type: KeyType) -> MasterKey {
    let number = u8::try_from(number).unwrap();
    let bytes: [u8; 24] =
        core::array::from_fn(|at| number.wrapping_mul(37) ^ u8::try_from(at * 11).unwrap());
    let two: [u8; 16] = bytes[..16].try_into().unwrap();
    match key_type {
        KeyType::Aes => MasterKey::aes(&two),
        KeyType::Des => MasterKey::des(&two),
        KeyType::Tdes3 => MasterKey::tdes3(&bytes),
    }
}

/// As each scheme is published it is found within the usual budget, and so is one byte order that
/// differs.
#[test]
fn the_schemes_as_published_are_within_the_usual_budget() {
    let usual = search(forty(), &[]);
    let uid = uid();
    let subject = Subject { uid: Some(&uid), aid: AID, no: KeyNo::MASTER, fields: None };
    for scheme in
        [Scheme::An10922, Scheme::Gallagher, Scheme::SamAv1, Scheme::Sagem, Scheme::Omnitech]
    {
        for at in [15, 16, 17] {
            let issuer = &usual.issuers[at];
            let first = usual.forms.iter().filter(|form| form.scheme() == Some(scheme));
            for form in first.take(if scheme == Scheme::An10922 { 4 } else { 1 }) {
                let master = key_of(at, issuer.key_type());
                let Ok(key) = form.derive(&master, &subject, issuer.version()) else { continue };
                let report = run(&usual, &mut card(Model::Ev1_8k, &[key]), APPLICATION);
                assert_eq!(opened(&usual, &report), (form, issuer.name()));
                assert!(report.refused < 8);
            }
        }
    }
}

/// The key as a reader of its own computes it.
fn an10922(master: [u8; 16], input: &[u8]) -> CardKey {
    CardKey::aes(&diversified(master, input), KeyVersion(9))
}

#[test]
fn every_messaging_finds_its_keys() {
    let master = [0x5A; 16];
    let mut issuers = forty();
    issuers.push(Issuer::new("site", KeyVersion(9), MasterKey::aes(&master)));
    issuers.push(Issuer::new("old", KeyVersion(9), MasterKey::des(&master)));
    let input = [&UID[..], &AID.to_wire()].concat();
    let aes = an10922(master, &input);
    let des = MasterKey::des(&master).undiversified(KeyVersion(9));
    for (model, key, messaging, opening, name) in [
        (Model::D40_4k, &des, None, Opening::Legacy, "old"),
        (Model::Ev1_4k, &des, None, Opening::Iso, "old"),
        (Model::Ev3_4k, &des, Some(Messaging::D40), Opening::Legacy, "old"),
        (Model::Ev1_4k, &aes, None, Opening::Aes, "site"),
        (Model::Ev2_4k, &aes, Some(Messaging::Ev2), Opening::Ev2First, "site"),
        (Model::Ev3_4k, &aes, None, Opening::Aes, "site"),
    ] {
        let search = Search { messaging, ..search(issuers.clone(), &[]) };
        let report = run(&search, &mut card(model, std::slice::from_ref(key)), APPLICATION);
        let (form, found) = opened(&search, &report);
        assert_eq!(found, name, "{model}");
        assert_eq!(report.targets[0].slots[0].opened().unwrap().opening, opening);
        let sent = (name == "site").then_some(AidOrder::Sent);
        assert_eq!(form.aid_order(), sent, "{model}");
    }
}

#[test]
fn where_no_key_fits_nothing_is_said_to_and_the_budget_is_kept() {
    let foreign = CardKey::aes(&[0xF7; 16], KeyVersion(16));
    let keys: Vec<CardKey> = (0..4).map(|_| foreign.clone()).collect();
    let mut search = search(forty(), &[]);
    for (per_key, total, refused) in [(8, 20, 20), (3, 20, 12), (40, 40, 40), (40, 400, 40)] {
        search.limits = Limits::new(per_key, total);
        let shown = RealUid::new(UID);
        let mut card = card(Model::Ev1_8k, &keys);
        let mut counting = Counting::new(&mut card);
        let shown = cardwright::iso14443::Uid::Real(shown);
        let plan = search.look(&mut counting, &shown, &[APPLICATION]).unwrap();
        let report = search.run(plan, &mut counting, &mut StdRng::seed_from_u64(3));
        assert!(!report.opened());
        assert_eq!((report.refused, counting.refused), (refused, refused), "{per_key} {total}");
    }
    // A version that no key has costs nothing at all.
    let mut card = card(Model::Ev1_8k, &[CardKey::aes(&[0xF7; 16], KeyVersion(0x66))]);
    let report = run(&search, &mut card, APPLICATION);
    assert_eq!((report.refused, report.opened()), (0, false));
    assert!(report.targets[0].slots[0].left.iter().any(|left| left.why == Why::Version));
}

/// The key that is the same on every card tells the UID, which the other one is made of.
#[test]
fn a_hidden_uid_is_named_by_the_caller_or_by_a_key_that_opens() {
    let (shared, own) = ([0x31; 16], [0x32; 16]);
    let issuers = vec![
        Issuer::new("shared", KeyVersion(9), MasterKey::aes(&shared)),
        Issuer::new("own", KeyVersion(9), MasterKey::aes(&own)),
    ];
    let input = [&UID[..], &AID.written()].concat();
    let diversified = an10922(own, &input);
    let undiversified = CardKey::aes(&shared, KeyVersion(9));
    let mut search = search(issuers, &[]);
    let hidden = |keys: &[CardKey]| card(Model::Ev2_4k, keys).with_random_uid();

    let report = run(&search, &mut hidden(std::slice::from_ref(&diversified)), APPLICATION);
    assert!(!report.opened());
    assert!(report.targets[0].slots[0].left.iter().any(|left| left.why == Why::NeedsUid));
    search.uid = Some(uid());
    assert!(run(&search, &mut hidden(std::slice::from_ref(&diversified)), APPLICATION).opened());
    search.uid = None;
    search.all = true;
    let report = run(&search, &mut hidden(&[diversified, undiversified]), APPLICATION);
    let [first, second] = &report.targets[0].slots[..] else { panic!("two keys") };
    let found = first.opened().expect("with the UID from key 1").candidate;
    assert_eq!(search.forms[found.form].parts().len(), 2);
    assert!(second.opened().is_some());
}

#[test]
fn a_card_from_the_factory_is_opened_by_a_key_that_everybody_knows() {
    let search = search(forty(), &[]);
    for model in Model::ALL.into_iter().filter(|model| model.chip().silicon().picc.is_some()) {
        let mut card = SoftCard::new(model, uid(), 1);
        let report = run(&search, &mut card, Target { aid: Aid::PICC, no: None });
        assert_eq!((opened(&search, &report).1, report.refused), ("factory key (DES zeros)", 0));
    }
    for key_type in [KeyType::Aes, KeyType::Des, KeyType::Tdes3] {
        let mut card = card(Model::Ev1_4k, &[CardKey::zero(key_type)]);
        let report = run(&search, &mut card, APPLICATION);
        let found = report.targets[0].slots[0].opened().unwrap().candidate;
        assert!(search.issuers[found.issuer].is_public() && report.refused == 0);
    }
}

#[test]
fn keys_marked_live_are_not_tried_on_a_program() {
    let text = crate::common::KEYS.replacen("\"test\"", "\"live\"", 1);
    let search = search(Issuer::of_store(&KeyFile::parse(&text).unwrap()), &[]);
    let mut card = SoftCard::new(Model::Ev1_4k, uid(), 1);
    let shown = card.uid();
    let trouble = search.look(&mut card, &shown, &[APPLICATION]).unwrap_err();
    assert_eq!((trouble, card.tally().exchanges), (Trouble::LiveKeys, 0));
}

/// What a search decides can be asked without a card.
#[test]
fn an_order_is_there_for_the_asking() {
    let search = search(forty(), &[]);
    let uid = uid();
    let slot = Slot {
        aid: AID,
        no: KeyNo::MASTER,
        version: Some(KeyVersion(16)),
        key_type: Some(KeyType::Aes),
    };
    let known = Knowledge { uid: Some(&uid), ..Knowledge::default() };
    let ordered = order(&search.issuers, &search.forms, &slot, known);
    assert!(ordered.attempts.iter().all(|attempt| attempt.key.version() == KeyVersion(16)));
    assert!((20..=40).contains(&ordered.attempts.len()), "{}", ordered.attempts.len());
}
