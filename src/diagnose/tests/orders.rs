// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is tried first, what is not tried, and what it may cost.

use super::{aes, many, uid, undiversified};
use crate::diagnose::{AidOrder, Form, Issuer, Knowledge, Limits, Slot, UidOrder, Why, order};
use crate::diversify::Scheme;
use crate::key::MasterKey;
use crate::wire::{Aid, KeyNo, KeyType, KeyVersion};

const AID: Aid = Aid::new([0x30, 0x42, 0xF5]);

fn slot(version: Option<u8>, key_type: Option<KeyType>) -> Slot {
    Slot { aid: AID, no: KeyNo::MASTER, version: version.map(KeyVersion), key_type }
}

/// The names of what is tried, in order.
fn tried(issuers: &[Issuer], slot: &Slot, known: Knowledge<'_>) -> Vec<String> {
    let ordered = order(issuers, &undiversified(), slot, known);
    let name = |at: usize| issuers[at].name().to_owned();
    ordered.attempts.iter().map(|attempt| name(attempt.candidate.issuer)).collect()
}

fn keys() -> Vec<Issuer> {
    let mut keys = vec![aes("one", 1, 1), aes("two", 2, 2), aes("zero", 0, 3)];
    keys.push(Issuer::new("des", KeyVersion(2), MasterKey::des(&[4; 16])));
    keys.extend(Issuer::public());
    keys
}

#[test]
fn only_keys_of_the_version_and_type_are_tried_and_public_ones_first() {
    let known = Knowledge::default();
    let aes = Some(KeyType::Aes);
    assert_eq!(tried(&keys(), &slot(Some(2), aes), known), ["two"]);
    assert_eq!(tried(&keys(), &slot(Some(2), None), known), ["two", "des"]);
    assert_eq!(tried(&keys(), &slot(Some(9), aes), known), [""; 0]);
    let others = ["zero key (AES)", "zero", "one", "two"];
    // Version 0 tells nothing: what fits comes first.
    assert_eq!(tried(&keys(), &slot(Some(0), aes), known), others);
    let all = ["zero key (AES)", "one", "two", "zero"];
    assert_eq!(tried(&keys(), &slot(None, aes), known), all);
    let told = Knowledge { any_version: true, ..known };
    assert_eq!(tried(&keys(), &slot(Some(2), aes), told), ["two", "zero key (AES)", "one", "zero"]);
}

#[test]
fn each_candidate_is_tried_or_left_with_a_reason() {
    let issuers = keys();
    let forms = Form::likely(&[]);
    let ordered = order(&issuers, &forms, &slot(Some(2), Some(KeyType::Aes)), Knowledge::default());
    let why = |wanted| ordered.left.iter().filter(|left| left.why == wanted).count();
    assert!(why(Why::Version) > 30 && why(Why::KeyType) > 30, "{:?}", ordered.left.len());
    // Without a UID only the key itself is left, and Gallagher's where it takes none.
    assert_eq!(ordered.attempts.len(), 1);
    assert!(why(Why::NeedsUid) > 30);
    let uid = uid();
    let known = Knowledge { uid: Some(&uid), ..Knowledge::default() };
    let ordered = order(&issuers, &forms, &slot(Some(2), Some(KeyType::Aes)), known);
    assert!(ordered.attempts.len() > 20, "{}", ordered.attempts.len());
    for (at, one) in ordered.attempts.iter().enumerate() {
        let others = ordered.attempts.iter().skip(at + 1);
        assert!(others.clone().all(|other| !other.key.same_key(&one.key)), "a key stands twice");
    }
}

#[test]
fn the_likely_forms_of_one_key_fit_its_budget() {
    let forms = Form::likely(&[]);
    let issuers = [aes("site", 5, 7)];
    let uid = uid();
    let known = Knowledge { uid: Some(&uid), ..Knowledge::default() };
    let first = |slot: &Slot, known: Knowledge<'_>| -> Vec<String> {
        let ordered = order(&issuers, &forms, slot, known);
        let shown = ordered.attempts.iter().map(|one| forms[one.candidate.form].to_string());
        shown.take(8).collect()
    };
    let application = slot(Some(5), Some(KeyType::Aes));
    assert_eq!(
        first(&application, known),
        [
            "undiversified",
            "an10922 of uid, aid, AID as written, UID as shown",
            "an10922 of uid, UID as shown",
            "gallagher, AID as sent, UID as shown",
            "an10922 of uid, aid, AID as sent, UID as shown",
            "sam-av1, UID as shown",
            "an10922 of uid, aid, AID as written, UID reversed",
            "an10922 of uid, UID reversed",
        ]
    );
    // What opened another slot comes first.
    let seen = forms.iter().find(|form| form.scheme() == Some(Scheme::SamAv1)).unwrap();
    let known = Knowledge { seen: Some(seen), ..known };
    assert_eq!(first(&application, known)[..2], ["sam-av1, UID as shown", "undiversified"]);
    // An AID says nothing at the PICC level.
    let picc = Slot { aid: Aid::PICC, ..application };
    let known = Knowledge { seen: None, ..known };
    assert!(first(&picc, known).iter().all(|form| !form.contains("of uid, aid")));
}

#[test]
fn a_form_tells_the_byte_orders_that_it_has() {
    let gallagher =
        Form::likely(&[]).into_iter().filter(|form| form.scheme() == Some(Scheme::Gallagher));
    let orders: Vec<_> = gallagher.map(|form| (form.aid_order(), form.uid_order())).collect();
    assert_eq!(orders[0], (Some(AidOrder::Sent), Some(UidOrder::Shown)));
    assert_eq!(orders.len(), 4);
    assert!(orders.contains(&(Some(AidOrder::Written), Some(UidOrder::Reversed))));
    assert_eq!(Form::UNDIVERSIFIED.aid_order(), None);
    // A system identifier stands in front, and one that is too long nowhere.
    let forms = Form::likely(&[vec![0xA5; 4], vec![0xA5; 40]]);
    assert_eq!(
        forms[1].to_string(),
        "an10922 of uid, aid, hex:A5A5A5A5, AID as written, UID as shown"
    );
    assert!(forms.iter().all(|form| !form.to_string().contains("A5A5A5A5A5")));
}

#[test]
fn the_most_that_may_be_refused_is_what_each_key_and_all_allow() {
    let usual = Limits::default();
    assert_eq!((usual.per_key(), usual.total()), (8, 20));
    assert_eq!(usual.most([3, 0]), 3);
    assert_eq!(usual.most([300, 5]), 13);
    assert_eq!(usual.most([9, 9, 9]), 20);
    assert_eq!(Limits::new(0, 20).most([9]), 0);
    // Whatever is told.
    assert_eq!(Limits::new(200, 500).most([500]), 40);
    assert_eq!(many(3, 1).len(), 3);
}
