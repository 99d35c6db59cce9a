// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards that have the factory's key and settings of somebody else's.

use std::path::Path;

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Job, OneWay, Outcome, Refusal, Task};
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record};
use cardwright::wire::Generation;

use super::{changed_state, doing, first_record, refused, whole, with};
use crate::common::{Kinds, card, door, door_records, every_kind, job};

/// The example profiles and those of the tear test, with a record each.
fn jobs() -> Vec<(String, Job, Record)> {
    let door = job(&door(&[]));
    let record = door_records(&door)[0].clone();
    let mut jobs = vec![("door".to_owned(), door, record)];
    for kinds in [Kinds::Canteen, Kinds::Legacy] {
        let (job, records) = every_kind(kinds);
        jobs.push((format!("{kinds:?}"), job, records[0].clone()));
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/profiles");
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let keys = KeyFile::parse(&text("keys.toml")).unwrap();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !name.ends_with(".toml") || name == "keys.toml" {
            continue;
        }
        let profile = Profile::parse(&text(&name)).unwrap();
        if profile.card().is_none() {
            continue;
        }
        let record = first_record(&profile, &text("records.csv"));
        jobs.push((name, Job::new(profile, &keys).unwrap().allowing(&OneWay::ALL), record));
    }
    assert!(jobs.len() > 12);
    jobs
}

fn with_settings(card: &SoftCard, settings: u8) -> SoftCard {
    changed_state(card, |saved| saved["picc"]["settings"] = settings.into())
}

/// All values, under each profile, on the first card of a stock and on a later one.
#[test]
fn picc_settings_that_stand_in_the_way_refuse_the_card_before_the_first_change() {
    let (mut done, mut stopped) = (0, 0);
    for (name, job, record) in jobs() {
        let chips = job.profile().chips();
        let model = if chips.contains(&Generation::Ev1) { Model::Ev1_8k } else { Model::D40_4k };
        let blank = card(model, 1);
        if !matches!(with(&job, &mut blank.clone(), &record).outcome, Outcome::Refused(_)) {
            for settings in 0x00..=0x0F {
                let mut odd = with_settings(&blank, settings);
                let before = odd.save();
                let encoded = with(&job, &mut odd, &record);
                if whole(&encoded.outcome) {
                    done += 1;
                    let verified = with(&doing(&job, Task::Verify), &mut odd, &record);
                    assert!(whole(&verified.outcome), "{name} {settings:02X}: {verified:?}");
                } else {
                    stopped += 1;
                    let frozen =
                        matches!(encoded.outcome, Outcome::Refused(Refusal::Frozen { .. }));
                    assert!(frozen, "{name} {settings:02X}: {:?}", encoded.outcome);
                    assert_eq!(odd.save(), before, "{name} {settings:02X}");
                }
                // Whatever froze them, the profile's own settings are the only ones that may stay.
                let own = job.profile().card().unwrap().settings.to_byte();
                let may = settings & 0x08 != 0 || settings == own;
                assert!(may || !whole(&encoded.outcome), "{name} {settings:02X}");
                let open = settings & 0x09 == 0x09;
                assert!(!open || whole(&encoded.outcome), "{name} {settings:02X}");
            }
        }
    }
    assert!(done > 100 && stopped > 100, "{done} {stopped}");
}

/// A report's own: the factory's key, and settings that cannot be changed any more.
#[test]
fn a_card_whose_settings_are_frozen_is_refused_by_every_job() {
    let job = job(&door(&[]));
    let record = &door_records(&job)[0];
    let mut odd = with_settings(&card(Model::Ev1_8k, 7), 0x07);
    let refusal = refused(&job, &mut odd, record);
    assert_eq!(
        refusal.to_string(),
        "the key settings of the card are frozen at 07, and the profile's 09 would be needed"
    );
    let refusal = refused(&doing(&job, Task::Recycle), &mut odd, record);
    assert_eq!(refusal, Refusal::NoWayBack(OneWay::FrozenSettings));
    for task in [Task::Verify, Task::Update, Task::Rekey] {
        assert_eq!(refused(&doing(&job, task), &mut odd, record), Refusal::NotFinished);
    }
}
