// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tags beside cards: orders of both go through one station, and each gets its own.

use std::cell::RefCell;
use std::sync::Arc;

use axum::http::StatusCode;
use cardwright::emulator::{Model, SoftCard};
use cardwright::iso14443::RealUid;
use cardwright::sdm::{self, Verifier};
use cardwright::transport::{ReplyBuf, Transport};
use cardwright::{Job, KeyFile, Profile};
use cardwright_spooler::counters::TagCounters;
use cardwright_spooler::service::Limits;
use serde_json::{Value, json};

use crate::common;
use crate::house::{House, card};

pub(crate) const BADGE: &str = include_str!("../../../examples/data/profiles/badge.toml");
const SUN: &str = include_str!("../../../examples/data/profiles/sun.toml");

pub(crate) fn job(profile: &str) -> Arc<Job> {
    let keys = KeyFile::parse(include_str!("../../../examples/data/test-keys.toml")).unwrap();
    Arc::new(Job::new(Profile::parse(profile).unwrap(), &keys).unwrap())
}

/// A service that makes cards, and tags of another profile.
pub(crate) fn house(profile: &str) -> House {
    let limits = Limits { second: 10_000, ..Limits::default() };
    let store = Arc::new(cardwright_spooler::store::Memory::default());
    House::making(vec![common::job(), job(profile)], limits, store)
}

pub(crate) fn tag(number: u8) -> SoftCard {
    let uid = RealUid::new([0x04, 0x7A, 0x60, 0x0D, 0x5E, 0xED, number]);
    SoftCard::new(Model::Ntag424, uid, number.into())
}

/// The address that a phone reads.
fn address(tag: &mut SoftCard) -> String {
    tag.reset();
    let mut reply = ReplyBuf::new();
    let mut send = |apdu: &str| {
        tag.exchange(&hex::decode(apdu).unwrap(), &mut reply).unwrap();
        let (data, status) = reply.split_at(reply.len() - 2);
        assert_eq!(status, [0x90, 0x00], "{apdu}");
        data.to_vec()
    };
    send("00A4040007D276000085010100");
    send("00A4000C02E104");
    let length = usize::from(send("00B0000002")[1]);
    sdm::address(&send(&format!("00B00000{:02X}", length + 2))).unwrap()
}

/// The card that lay on the reader, once nobody speaks with it any more.
async fn taken_off(house: &House) -> SoftCard {
    let off = RefCell::new(Vec::new());
    let one = |_: &Value| {
        house.feed.take_off();
        off.borrow_mut().extend(house.feed.presented());
        !off.borrow().is_empty()
    };
    house.floor(one).await;
    let mut off = off.into_inner();
    assert_eq!(off.len(), 1);
    off.remove(0)
}

#[tokio::test]
async fn an_order_for_a_tag_is_made_on_a_tag_and_on_nothing_else() {
    let house = house(SUN);
    let order =
        json!({ "reference": "t", "profile": "sun", "record": { "id": "a", "batch": 101 } });
    let answer = house.post("/v1/orders", &order).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    let order = answer.json()["order"].as_i64().unwrap();
    // A card lies on the reader first.
    house.feed.put(card(1));
    let refused = house.floor(|floor| floor["ends"][0]["outcome"] == "refused").await;
    assert_eq!(refused["ends"][0]["code"], "wrong-chip", "{refused}");
    let other = taken_off(&house).await;
    house.feed.put(tag(1));
    house.until(order, "done").await;
    let mut made = taken_off(&house).await;
    let folder = common::folder("service-tags");
    let counters = TagCounters::open(folder.join("tags.db"), folder.join("anchor")).unwrap();
    let (given, job) = (address(&mut made), job(SUN));
    assert!(given.starts_with("https://example.com/t/00101?e="), "{given}");
    let verifier = Verifier::new(&job).unwrap();
    assert_eq!(verifier.verify(&given, &counters).unwrap().counter, Some(1));
    assert!(verifier.verify(&given, &counters).is_err(), "a second time");
    let receipts = house.get("/v1/receipts").await.json();
    let told = receipts["receipts"].as_array().unwrap().iter();
    let told: Vec<_> = told.map(|receipt| &receipt["receipt"]).collect();
    let is = |at: usize, name: &str, what: &str| assert_eq!(told[at][name], what, "{}", told[at]);
    assert_eq!(told.len(), 2, "{receipts}");
    is(0, "outcome", "refused");
    is(0, "wrote", "nothing");
    is(1, "outcome", "done");
    is(1, "chip", "ntag424");
    assert_eq!(told[1]["profile"]["name"], "sun");
    // What was refused for a tag is as it was: a card of another order.
    let next = house.put("b", 2).await;
    house.feed.put(other);
    house.until(next, "done").await;
}

#[tokio::test]
async fn an_order_for_a_card_is_not_made_on_a_tag() {
    let house = house(SUN);
    let order = house.put("a", 1).await;
    house.feed.put(tag(1));
    let refused = house.floor(|floor| floor["ends"][0]["outcome"] == "refused").await;
    assert_eq!(refused["ends"][0]["code"], "wrong-chip", "{refused}");
    let mut tag = taken_off(&house).await;
    tag.reset();
    let mut reply = ReplyBuf::new();
    for apdu in ["00A4040007D276000085010100", "00A4000C02E104", "00B0000010"] {
        tag.exchange(&hex::decode(apdu).unwrap(), &mut reply).unwrap();
    }
    assert_eq!(reply[..], *[&[0; 16][..], &[0x90, 0x00]].concat(), "nothing was written");
    house.feed.put(card(2));
    house.until(order, "done").await;
}
