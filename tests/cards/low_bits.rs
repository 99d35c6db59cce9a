// SPDX-License-Identifier: MIT OR Apache-2.0
//! A key whose low bits somebody else wrote: the cipher ignores them, the card stores them, and
//! replacing that key under another one XORs them.

use crate::common::{KEYS, Kinds, card, encode, encoder, every_kind, issuer_key, job};
use cardwright::diversify::{InputPart, Recipe, Scheme, Subject};
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Encoded, Job, JobError, Outcome, Task};
use cardwright::host::Session;
use cardwright::iso14443::Uid;
use cardwright::key::{CardKey, LowBits, MasterKey};
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record};
use cardwright::wire::{Aid, KeyNo, KeyVersion, Opening};

const LEGACY: &str = include_str!("../../examples/data/profiles/legacy.toml");
const AID: Aid = Aid::new([0xF4, 0x81, 0x40]);

/// A finished card of the profile whose key 1 was written again, the same key of the same version
/// with its low bits in another form.
fn rewritten(model: Model, form: LowBits) -> (SoftCard, Record) {
    let (job, records) = every_kind(Kinds::Legacy);
    let mut card = card(model, 0);
    let (encoded, _) = encode(&mut encoder(&job), &mut card, &records[0]);
    assert_eq!(encoded.outcome, Outcome::Done);
    card.reset();
    let Uid::Real(uid) = card.uid() else { panic!("a card that shows its UID") };
    let bytes = |name| issuer_key(name, 1).try_into().unwrap();
    let recipe = Recipe::new(Scheme::An10922, vec![InputPart::Uid, InputPart::Aid]).unwrap();
    let subject = Subject { uid: Some(&uid), aid: AID, no: KeyNo::MASTER, fields: None };
    let master = recipe.derive(&MasterKey::des(&bytes("legacy0")), &subject, KeyVersion(1));
    let session = Session::open(&mut card).select_application(AID).unwrap();
    let session =
        session.authenticate(Opening::Legacy, KeyNo::MASTER, &master.unwrap(), b"a fresh RndA 016");
    let held = MasterKey::des(&bytes("legacy1")).undiversified(KeyVersion(1));
    let other = CardKey::des(&bytes("legacy1")).with_version_as(KeyVersion(1), form);
    let no = KeyNo::new(1).unwrap();
    let _ = session.unwrap().change_key(no, &other, &held).unwrap();
    card.reset();
    (card, records[0].clone())
}

/// The next edition: every key gets version 2.
fn next(budget: u8) -> Job {
    let text = LEGACY.replace("version = 1", "version = 2, former = 1").replace(
        "name = \"legacy\"",
        &format!("name = \"legacy\"\nfailed_authentications = {budget}"),
    );
    let entry = |name: &str, byte: u8| {
        let value: String = (byte..byte + 16).map(|byte| format!("{byte:02X}")).collect();
        format!(
            "\n[[key]]\nname = \"{name}\"\ntype = \"2k3des\"\nversion = 2\nvalue = \"{value}\"\n"
        )
    };
    let names = [("legacy-picc", 0x21), ("legacy0", 0x43), ("legacy1", 0x65)];
    let more: String = names.into_iter().map(|(name, byte)| entry(name, byte)).collect();
    let keys = KeyFile::parse(&format!("{KEYS}{more}")).unwrap();
    Job::new(Profile::parse(&text).unwrap(), &keys).unwrap().with_task(Task::Rekey).unwrap()
}

fn rekeyed(budget: u8, card: &mut SoftCard, record: &Record) -> (Encoded, usize) {
    card.reset();
    let (encoded, exchanges) = encode(&mut encoder(&next(budget)), card, record);
    let changes = exchanges.iter().filter(|one| one.ins == Some(0xC4)).count();
    (encoded, changes)
}

/// Three keys are replaced; what the card refused comes on top.
#[test]
fn a_key_of_another_form_verifies_and_is_replaced() {
    let verify = job(LEGACY).with_task(Task::Verify).unwrap();
    for (form, refused) in [(LowBits::Inverted, 0), (LowBits::FirstHalf, 1), (LowBits::Zero, 2)] {
        for model in [Model::D40_4k, Model::Ev1_4k] {
            let (mut card, record) = rewritten(model, form);
            let (encoded, _) = encode(&mut encoder(&verify), &mut card, &record);
            assert_eq!(encoded.outcome, Outcome::Done, "{form} {model}");
            let (encoded, changes) = rekeyed(3, &mut card, &record);
            assert_eq!(encoded.outcome, Outcome::Done, "{form} {model}");
            assert_eq!(changes, 3 + refused, "{form} {model}");
            let held: Vec<_> = encoded.receipt.keys.iter().map(|key| key.held.as_deref()).collect();
            let told = (refused > 0).then_some(form.name());
            assert_eq!(held, [None, None, told], "{form} {model}");
        }
    }
}

/// Each refusal counts as that of an authentication does.
#[test]
fn no_more_forms_are_tried_than_authentications_may_be_refused() {
    for (form, budget, tried) in
        [(LowBits::FirstHalf, 1, 1), (LowBits::Zero, 1, 1), (LowBits::Zero, 2, 2)]
    {
        let (mut card, record) = rewritten(Model::Ev1_4k, form);
        let (encoded, changes) = rekeyed(budget, &mut card, &record);
        assert!(matches!(encoded.outcome, Outcome::Failed(_)), "{form}: {:?}", encoded.outcome);
        assert!(encoded.receipt.reason.unwrap().contains("1E"), "{form}");
        // The card's own key goes first.
        let told = encoded.receipt.keys[2].held.as_deref();
        assert_eq!((told, changes), (None, 1 + tried), "{form}");
        // Nothing was taken by the card, and a larger budget goes on.
        assert_eq!(rekeyed(3, &mut card, &record).0.outcome, Outcome::Done);
    }
}

#[test]
fn a_profile_says_how_low_bits_are_written() {
    let with =
        |word: &str| LEGACY.replace("ref = \"legacy1\",", &format!("ref = \"legacy1\", {word},"));
    let keys = KeyFile::parse(KEYS).unwrap();
    let made = |text: &str| Job::new(Profile::parse(text).unwrap(), &keys);
    let (_, records) = every_kind(Kinds::Legacy);
    for form in [LowBits::FirstHalf, LowBits::Zero] {
        let text = with(&format!("low_bits = \"{form}\""));
        let job = made(&text).unwrap();
        let mut card = card(Model::Ev1_4k, 0);
        let (encoded, _) = encode(&mut encoder(&job), &mut card, &records[0]);
        assert_eq!(encoded.outcome, Outcome::Done);
        // The card holds it so: the next edition of the usual form needs a second try.
        let (encoded, changes) = rekeyed(3, &mut card, &records[0]);
        assert_eq!(encoded.outcome, Outcome::Done);
        assert!(changes > 3);
        assert_eq!(encoded.receipt.keys[2].held.as_deref(), Some(form.name()));
    }
    let kept = made(&with("low_bits = \"kept\"")).unwrap_err();
    assert!(matches!(kept, JobError::KeptVersion { version: KeyVersion(1), .. }), "{kept}");
}
