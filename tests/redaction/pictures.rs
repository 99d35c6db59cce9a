// SPDX-License-Identifier: MIT OR Apache-2.0
//! Pictures and the pages that are made of them: no key, no UID, no field, whatever they are drawn from.

use cardwright::diversify::Subject;
use cardwright::emulator::Model;
use cardwright::encode::{Encoder, Outcome, Task};
use cardwright::iso14443::RealUid;
use cardwright::key::CardKey;
use cardwright::keys::{KeyFile, Store};
use cardwright::picture::{
    Page, Picture, conversation, memory_map, proof, report, rights, seen_memory, seen_rights,
    timeline,
};
use cardwright::profile::{KeyIndex, Profile};
use cardwright::survey::{Keyring, Sight, Survey, survey};
use cardwright::transport::{InField, Recorder, Script, TestKeysOnly};
use cardwright::wire::{Aid, KeyNo};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::canary::Canaries;
use super::world::{HOLDER, canaries, card, job, key_file, profile, records};

/// The keys of the job, with which a survey gets everything that may not be drawn.
struct Ring(Profile, KeyFile);

impl Ring {
    fn key(&self, index: KeyIndex, subject: &Subject<'_>) -> Option<CardKey> {
        let spec = self.0.key(index)?;
        let issuer = self.1.issuer(&spec.reference, spec.version).ok()?;
        spec.card_key(&*issuer, subject).ok()
    }
}

impl Keyring for Ring {
    fn picc(&self, uid: Option<&RealUid>) -> Vec<CardKey> {
        let subject = Subject { uid, aid: Aid::PICC, no: KeyNo::MASTER, fields: None };
        let index = self.0.card().unwrap().master_key;
        self.key(index, &subject).into_iter().collect()
    }

    fn application(&self, subject: &Subject<'_>) -> Option<CardKey> {
        let application = self.0.applications().iter().find(|one| one.aid == subject.aid)?;
        self.key(application.key(subject.no)?.own()?, subject)
    }
}

fn absent(canaries: &Canaries, what: &str, picture: &Picture) {
    canaries.absent_from(what, &picture.svg());
    canaries.absent_from(what, &picture.description());
    canaries.absent_from_debug(what, picture);
    let mut page = Page::new(what);
    page.picture(picture);
    canaries.absent_from(what, &page.html());
    canaries.absent_from_debug(what, &page);
}

#[test]
fn what_is_planned_done_and_said_shows_nothing() {
    let canaries = canaries();
    let mut receipts = Vec::new();
    let mut finished = card(Model::Ev2_8k);
    for task in [Task::Encode, Task::Verify, Task::Recycle] {
        let job = job().with_task(task).unwrap();
        let record = &records(&job)[0];
        finished.reset();
        let plan = Encoder::new(&job).plan(finished.in_field(), record).unwrap();
        finished.reset();
        let uid = finished.uid();
        // What went over the air is all there, keys of the session included.
        let mut recorder = Recorder::with_payloads(&mut finished, TestKeysOnly);
        let encoded = Encoder::new(&job).encode(InField::new(uid, &mut recorder), record);
        assert!(matches!(encoded.outcome, Outcome::Done | Outcome::AlreadyDone), "{task}");
        let exchanges = Script::exchanges(recorder.script()).unwrap();
        assert!(exchanges.len() > 10);
        for (what, picture) in [
            ("a memory map", memory_map(&plan)),
            ("a timeline", timeline(&plan, Some(&encoded.receipt))),
            ("a conversation", conversation(&exchanges)),
            ("a proof", proof(&encoded.receipt)),
            ("rights", rights(job.profile())),
        ] {
            absent(&canaries, what, &picture);
        }
        receipts.push((receipts.len() + 1, encoded.receipt));
    }
    let mut page = Page::new("receipts");
    report(&mut page, &receipts);
    canaries.absent_from("a report", &page.html());
    let mark = receipts[0].1.card.clone().unwrap();
    let begin = |length: usize| mark.chars().take(length).collect::<String>();
    assert!(page.html().contains(&begin(8)) && !page.html().contains(&begin(9)));
}

#[test]
fn what_was_seen_shows_neither_the_uid_nor_what_is_in_files() {
    let (canaries, job) = (canaries(), job());
    let mut finished = card(Model::Ev2_8k);
    let record = &records(&job)[0];
    let encoded = Encoder::new(&job).encode(finished.in_field(), record);
    assert_eq!(encoded.outcome, Outcome::Done);
    finished.reset();
    let sight = Sight { uid: Some(finished.uid()), historical: Vec::new() };
    let ring = Ring(profile(), KeyFile::parse(&key_file()).unwrap());
    let mut random = StdRng::seed_from_u64(1);
    let seen: Survey = survey(&mut finished, sight, Some(&ring), &mut random, 500);
    assert!(seen.real_uid.is_some());
    let application = &seen.applications.value().unwrap()[0];
    let files = application.files.value().unwrap();
    assert!(files.iter().all(|file| file.contents.value().is_some()), "{HOLDER} was read");
    for (what, picture) in [("a memory map", seen_memory(&seen)), ("rights", seen_rights(&seen))] {
        absent(&canaries, what, &picture);
    }
    assert!(seen_rights(&seen).description().contains("opened"));
}
