// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a reader sees that has a few of a profile's keys.

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::Job;
use cardwright::key::KeyError;
use cardwright::keys::KeyFile;
use cardwright::profile::Record;
use cardwright::survey::{By, Door, ReaderKeys, Seen, Sight, Worst, door};
use cardwright::transport::{InField, Trace};
use cardwright::wire::Messaging;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::common::store::{Script, Scripted};
use crate::common::{CHANGING, KEYS, card};
use crate::contents::world::{CARDS, OTHERS, job_and_records};
use crate::sheet;

/// A finished card of an example, with the job and its records.
fn finished(name: &str, model: Model) -> (Job, Vec<Record>, SoftCard) {
    let example = CARDS.iter().chain(&OTHERS).find(|card| card.name == name).unwrap();
    let (job, card, _) = sheet::finished(example, model, Messaging::Ev1);
    let records = job_and_records(example).1;
    (job, records, card)
}

/// Looks with these keys, with nothing sent that changes a card.
fn look(job: &Job, card: &mut SoftCard, names: &[&str]) -> Door {
    let keys = KeyFile::parse(KEYS).unwrap();
    let keys = ReaderKeys::new(job.profile(), &keys, names).unwrap();
    let mut rng = StdRng::seed_from_u64(3);
    let InField { uid, transport, .. } = card.in_field();
    let mut trace = Trace::new(transport);
    let seen =
        door(&mut trace, Sight { uid: Some(uid), historical: Vec::new() }, &keys, &mut rng, 400);
    let sent = trace.exchanges().iter().map(|exchange| exchange.ins);
    assert!(sent.into_iter().flatten().all(|ins| !CHANGING.contains(&ins)));
    seen
}

fn by(seen: &Door) -> Vec<By> {
    let files = seen.applications.iter().flat_map(|application| &application.files);
    files.map(|file| file.by.clone()).collect()
}

#[test]
fn a_door_sees_the_fields_and_the_record_that_its_key_opens() {
    for model in [Model::Ev1_8k, Model::Ev2_8k, Model::Ev3_8k] {
        let (job, records, mut card) = finished("door", model);
        let seen = look(&job, &mut card, &["read"]);
        assert_eq!((seen.opens(), seen.worst), (true, Worst::Read), "{model}");
        let files = &seen.applications[0].files;
        let told = |at: usize| -> Vec<(&str, &str)> {
            let fields = files[at].fields.iter();
            fields.map(|told| (&*told.name, &**told.value.expose_secret())).collect()
        };
        let badge = [("facility", "42"), ("number", "48975"), ("number", "48975"), ("issue", "1")];
        assert_eq!(told(0), badge);
        assert_eq!(told(1)[3], ("site", "North Gate"));
        let whose: Vec<_> =
            records.iter().map(|record| seen.shows(job.profile(), record)).collect();
        assert_eq!(whose.iter().filter(|shows| **shows == Some(true)).count(), 1, "{model}");
        assert_eq!(whose[0], Some(true));
    }
}

/// Of a card that hides its UID a door sees what it needs no UID for, or fetches it first.
#[test]
fn a_hidden_uid_is_fetched_where_a_key_does_not_need_it() {
    let (job, _, mut card) = finished("canteen", Model::Ev2_8k);
    let seen = look(&job, &mut card, &["till"]);
    assert!(!seen.opens() && seen.real_uid.is_none());
    assert_eq!(by(&seen), vec![By::Key("till".to_owned()); 3]);
    let files = &seen.applications[0].files;
    assert!(files.iter().all(|file| file.contents.value().is_none() && file.fields.is_empty()));
    let (job, records, mut card) = finished("door-secure", Model::Ev2_8k);
    assert!(!look(&job, &mut card, &["read"]).opens());
    card.reset();
    let seen = look(&job, &mut card, &["read", "reveal"]);
    assert!(seen.opens() && seen.real_uid.is_some());
    assert_eq!(seen.shows(job.profile(), &records[0]), Some(true));
}

#[test]
fn what_a_door_has_no_key_for_it_leaves_alone() {
    let (job, records, mut card) = finished("legacy", Model::Ev1_8k);
    // Key 0 changes the value; nothing else is for it.
    let seen = look(&job, &mut card, &["master"]);
    let others = By::Others(vec!["read".to_owned()]);
    let expected = [others.clone(), By::Key("master".to_owned()), others, By::Anybody];
    assert_eq!(by(&seen), expected);
    assert!(seen.opens());
    let files = &seen.applications[0].files;
    assert!(files[0].contents.value().is_none() && files[3].contents.value().is_some());
    // A data file that is the same on every card tells nobody apart, but a value does.
    let shows = seen.shows(job.profile(), &records[0]);
    assert_eq!((shows, seen.shows(job.profile(), &records[1])), (Some(true), Some(false)));
}

#[test]
fn names_that_open_nothing_are_told_with_what_was_meant() {
    let (job, _, _) = finished("door", Model::Ev1_8k);
    let keys = KeyFile::parse(KEYS).unwrap();
    let lacking = KeyFile::parse(&KEYS.replace("name = \"app1\"", "name = \"app9\"")).unwrap();
    let other = KEYS.replace("name = \"app1\"", "name = \"app9\"");
    let other = KeyFile::parse(&other.replace("name = \"legacy1\"", "name = \"app1\"")).unwrap();
    for (store, name, code, says) in [
        (&keys, "reed", "reader-key-unknown", "perhaps `read`"),
        (&keys, "", "reader-key-unknown", "it has picc, master, read, write, update, spare"),
        (&keys, "spare", "reader-key-opens-nothing", "no file of the profile is read with it"),
        (&keys, "picc", "reader-key-opens-nothing", "`picc`"),
        (
            &lacking,
            "read",
            "reader-key-not-had",
            "version 1 of `app1`: the key is not in the store",
        ),
        (&other, "read", "reader-key-type", "of type AES in the profile and of type DES"),
    ] {
        let error = ReaderKeys::new(job.profile(), store, &[name]).unwrap_err();
        assert_eq!(error.code().name(), code, "{error}");
        assert!(error.to_string().contains(says), "{error}");
    }
}

/// A card of somebody else's, and a card that holds other keys.
#[test]
fn a_card_that_the_key_does_not_open_is_not_seen() {
    let (job, records, _) = finished("door", Model::Ev2_8k);
    let mut blank = card(Model::Ev2_8k, 9);
    let seen = look(&job, &mut blank, &["read"]);
    assert!(!seen.opens() && seen.shows(job.profile(), &records[0]).is_none());
    let mut swapped = finished("door", Model::Ev2_8k).2;
    let other = KEYS.replace("name = \"app2\"", "name = \"app8\"");
    let other = other.replace("name = \"app1\"", "name = \"app2\"");
    let other = KeyFile::parse(&other.replace("name = \"app8\"", "name = \"app1\"")).unwrap();
    let keys = ReaderKeys::new(job.profile(), &other, &["read"]).unwrap();
    let mut rng = StdRng::seed_from_u64(3);
    let sight = Sight { uid: Some(swapped.uid()), historical: Vec::new() };
    let seen = door(&mut swapped, sight, &keys, &mut rng, 400);
    assert!(!seen.opens() && seen.worst == Worst::Refused, "{:?}", seen.worst);
}

/// A store that fails while it makes a key is another thing than a card that hides its UID.
#[test]
fn a_key_that_the_store_does_not_make_is_named_with_the_reason() {
    for (name, reader) in [("door", &["read"][..]), ("canteen", &["till"])] {
        let (job, _, mut card) = finished(name, Model::Ev2_8k);
        for (trouble, fails) in [(None, false), (Some((0, KeyError::Refused)), true)] {
            let store = Scripted::new(KEYS, Script { trouble, ..Script::default() });
            let keys = ReaderKeys::new(job.profile(), &store, reader).unwrap();
            card.reset();
            let sight = Sight { uid: Some(card.uid()), historical: Vec::new() };
            let mut rng = StdRng::seed_from_u64(3);
            let seen = door(&mut card, sight, &keys, &mut rng, 400);
            let failed: Vec<String> = seen.failed.iter().map(ToString::to_string).collect();
            // Without its UID the key of a canteen is asked for nothing.
            let asked = fails && name == "door";
            assert_eq!(failed.len(), usize::from(asked), "{failed:?}");
            assert!(failed.iter().all(|says| says.starts_with("key `read` cannot be made")));
            let files = seen.applications.iter().flat_map(|application| &application.files);
            let whys: Vec<&str> = files
                .filter_map(|file| match file.contents {
                    Seen::NotAsked(why) => Some(why),
                    _ => None,
                })
                .collect();
            let says = if asked { "its key cannot be made" } else { "hides its UID" };
            assert!(whys.iter().all(|why| why.contains(says)), "{whys:?}");
            assert_eq!(whys.is_empty(), name == "door" && !fails);
            assert_eq!(seen.opens(), whys.is_empty());
        }
    }
}
