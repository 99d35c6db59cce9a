// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards whose new applications start with a key that their supplier set.

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Job, Outcome, Refusal, Wrote};
use cardwright::keys::KeyFile;
use cardwright::profile::Profile;
use cardwright::wire::KeyVersion;
use serde_json::json;

use super::{changed_state, with};
use crate::common::{KEYS, card, door, door_records, job};

/// A report's own: AES key `5A…5A` of version 85.
fn supplied(model: Model) -> SoftCard {
    changed_state(&card(model, 1), |saved| {
        let value = "5A".repeat(16) + &"00".repeat(8);
        saved["default_key"] = json!({ "value": value, "version": 85 });
    })
}

/// The test keys with the supplier's.
fn with_suppliers() -> KeyFile {
    let value = "5A".repeat(16);
    let key = format!(
        "\n[[key]]\nname = \"supplier\"\nversion = 85\ntype = \"aes128\"\nvalue = \"{value}\"\n"
    );
    KeyFile::parse(&(KEYS.to_owned() + &key)).unwrap()
}

const SUPPLIER: &str = "supplier = { ref = \"supplier\", version = 85 }";

fn named() -> Job {
    let text = door(&[("app = ", "app = \"supplier\""), ("start = ", SUPPLIER)]);
    Job::new(Profile::parse(&text).unwrap(), &with_suppliers()).unwrap()
}

#[test]
fn a_default_key_that_the_profile_names_is_set_whatever_the_card_came_with() {
    for model in [Model::Ev1_8k, Model::Ev2_8k, Model::Ev3_8k] {
        for job in [named(), job(&door(&[]))] {
            let record = &door_records(&job)[0];
            for mut card in [supplied(model), card(model, 1)] {
                assert_eq!(with(&job, &mut card, record).outcome, Outcome::Done, "{model}");
                assert_eq!(with(&job, &mut card, record).outcome, Outcome::AlreadyDone, "{model}");
            }
        }
    }
}

#[test]
fn a_default_key_that_the_profile_does_not_name_is_told_and_gone_on_with() {
    for model in [Model::Ev1_8k, Model::Ev2_8k] {
        let zero = job(&door(&[("app = ", "app = \"zero\""), ("start = ", "")]));
        let record = &door_records(&zero)[0];
        let mut card = supplied(model);
        let encoded = with(&zero, &mut card, record);
        let aid = zero.profile().applications()[0].aid;
        let version = KeyVersion(85);
        assert_eq!(encoded.outcome, Outcome::Refused(Refusal::OtherStart { aid, version }));
        assert_eq!(encoded.receipt.wrote, Wrote::Yes);
        assert!(encoded.receipt.keyed);
        // It says so again, and the profile that names the key goes on.
        let Outcome::Refused(Refusal::UnknownKey { version: again, .. }) =
            with(&zero, &mut card, record).outcome
        else {
            panic!("another answer at the second presentation")
        };
        assert_eq!(again, version);
        assert_eq!(with(&named(), &mut card, record).outcome, Outcome::Done, "{model}");
        assert_eq!(with(&named(), &mut card, record).outcome, Outcome::AlreadyDone, "{model}");
    }
}
