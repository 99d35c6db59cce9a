// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards with keys and files of every kind: what they hold in the end, read by a small reader that
//! shares nothing with the library but the transport, and what showing a random UID means.

use crate::common;
use crate::common::reader_des::{
    diversified, open_d40, open_ev1, read_d40, read_ev1, read_maced_ev1, value_d40,
};
use crate::common::{Kinds, card, changed, encode, encoder, every_kind, issuer_key, job};
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Job, Outcome, Recovery};
use cardwright::host::Grade;
use cardwright::iso14443::Uid;
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};

const CANTEEN: &str = include_str!("../../examples/data/profiles/canteen.toml");

/// A card that a job has encoded with the first of its records.
fn finished(kinds: Kinds, model: Model) -> (SoftCard, Record) {
    let (job, records) = every_kind(kinds);
    let mut card = card(model, 0);
    let (encoded, _) = encode(&mut encoder(&job), &mut card, &records[0]);
    assert_eq!(encoded.outcome, Outcome::Done, "{model}");
    card.reset();
    (card, records[0].clone())
}

/// Member 10000042 is `00 98 96 AA`, 20261124 is `01 35 29 04`, 1500 is `00 00 05 DC`.
#[test]
fn a_canteen_card_holds_what_was_computed_by_hand() {
    let aid = [0xF5, 0x8E, 0x20];
    let uid = [0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0x00];
    let master = issuer_key("purse1", 2).try_into().unwrap();
    let till = diversified(&master, &[&uid[..], &aid].concat());
    for model in [Model::Ev1_2k, Model::Ev1_4k, Model::Ev1_8k, Model::Ev2_8k, Model::Ev3_8k] {
        let (mut card, _) = finished(Kinds::Canteen, model);
        let session = open_ev1(&mut card, aid, (1, &till));
        let member = read_ev1(&mut card, &session, (0xBD, &[0, 0, 0, 0, 16, 0, 0]), 16);
        assert_eq!(hex::encode_upper(member), "009896AA013529040000000000000000", "{model}");
        let session = open_ev1(&mut card, aid, (1, &till));
        assert_eq!(read_ev1(&mut card, &session, (0x6C, &[1]), 4), 1500_i32.to_le_bytes());
        let session = open_ev1(&mut card, aid, (1, &till));
        let records = read_maced_ev1(&mut card, &session, (0xBB, &[2, 0, 0, 0, 0, 0, 0]));
        assert_eq!(hex::encode_upper(records), "49535355454401352904000005DC0000", "{model}");
    }
}

/// Facility 42 and number 48975 are `15 5F A7 80` as computed for the door card; 48975 is
/// `00 00 BF 4F`.
#[test]
fn a_legacy_card_holds_what_was_computed_by_hand() {
    let aid = [0xF4, 0x81, 0x40];
    let key = issuer_key("legacy1", 1);
    for model in [Model::D40_4k, Model::Ev1_2k, Model::Ev1_8k] {
        let (mut card, _) = finished(Kinds::Legacy, model);
        let session = open_d40(&mut card, aid, (1, &key));
        let badge = read_d40(&mut card, &session, (0xBD, &[0, 0, 0, 0, 24, 0, 0]), 24);
        let expected = "155FA780 4FBF0000 FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF".replace(' ', "");
        assert_eq!(hex::encode_upper(badge), expected, "{model}");
        assert_eq!(value_d40(&mut card, &session, 1), 10, "{model}");
        let records = read_d40(&mut card, &session, (0xBB, &[2, 0, 0, 0, 0, 0, 0]), 16);
        assert_eq!(records, b"FRONT\0\0\0GATE\x2A\0\0\0", "{model}");
    }
}

#[test]
fn a_card_that_hides_its_uid_is_known_by_the_real_one() {
    let (job, records) = every_kind(Kinds::Canteen);
    let mut card = card(Model::Ev1_4k, 0);
    let Uid::Real(uid) = card.uid() else { panic!("a new card shows its UID") };
    let (encoded, _) = encode(&mut encoder(&job), &mut card, &records[0]);
    assert_eq!(encoded.outcome, Outcome::Done);
    assert_eq!(encoded.receipt.random_uid, Some(Grade::Sealed));
    let reference = encoded.receipt.card;
    card.reset();
    assert!(matches!(card.uid(), Uid::Random(_)));
    let (encoded, _) = encode(&mut encoder(&job), &mut card, &records[0]);
    assert_eq!(encoded.outcome, Outcome::AlreadyDone);
    assert_eq!(encoded.uid, Some(uid));
    assert_eq!(encoded.receipt.card, reference);
    assert_eq!(encoded.receipt.random_uid, Some(Grade::Attested));
    // To a profile that knows of no random UID such a card is a mistake.
    let plain = common::job(&changed(CANTEEN, &[("random_uid", "")]));
    card.reset();
    let (encoded, _) = encode(&mut encoder(&plain), &mut card, &records[0]);
    assert_eq!(encoded.receipt.recovery, Some(Recovery::RejectCard));
}

#[test]
fn another_record_is_told_by_nothing_but_its_value_or_its_journal() {
    let rows = "id,credit,issued\na,1500,20261124\nb,1501,20261124\n";
    let nobody = [
        ("member = { type", ""),
        ("    { uint = \"member\"", "    { constant = \"ascii:CARD\" },"),
    ];
    let entry =
        "    [{ constant = \"ascii:ISSUED\" }, { uint = \"issued\", bytes = 4, order = \"big\" }],";
    let journal = ("    [{ constant = \"ascii:ISSUED\" }", entry);
    for told_by in [journal, ("value = ", "value = 7")] {
        let job = job(&changed(&changed(CANTEEN, &nobody), &[told_by]));
        let records = Records::csv(job.profile(), rows.as_bytes()).unwrap();
        let records: Vec<_> = records.entries.into_iter().map(Result::unwrap).collect();
        let mut card = card(Model::Ev2_4k, 3);
        let expected = [
            (0, "done", None),
            (0, "already-done", None),
            (
                1,
                "refused",
                Some(
                    "holds another record; where the card is finished, the job update brings others, \
                     and recycle makes it blank",
                ),
            ),
        ];
        for (record, outcome, reason) in expected {
            let (encoded, _) = encode(&mut encoder(&job), &mut card, &records[record]);
            assert_eq!(encoded.receipt.outcome.name(), outcome, "{told_by:?}");
            assert_eq!(encoded.receipt.reason.as_deref(), reason, "{told_by:?}");
            card.reset();
        }
    }
}

#[test]
fn a_key_of_another_type_than_the_profile_says_is_named() {
    let profile = changed(
        CANTEEN,
        &[("bank = ", "bank = { ref = \"app2\", version = 1, type = \"3k3des\" }")],
    );
    let profile = Profile::parse(&profile).unwrap();
    let error = Job::new(profile, &KeyFile::parse(common::KEYS).unwrap());
    assert_eq!(
        error.unwrap_err().to_string(),
        "line 23 of the profile: key `bank` is of type 3K3DES, and version 1 of `app2` in the key \
         file of type AES; write its `type` in the profile, or take another key file"
    );
}
