// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards of other products.

use cardwright::emulator::Model;
use cardwright::encode::{Outcome, OutcomeName, Recovery, Refusal, Task, Wrote};
use cardwright::iso14443::{RealUid, Uid};

use super::{Odd, doing};
use crate::common::{CHANGING, card, door, door_records, job};

const UID: [u8; 7] = [0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0x80];

/// A product by its GetVersion, if it has one, what it answers to GetKeyVersion, and what to all else.
struct Other {
    version: Option<[&'static str; 2]>,
    key_version: &'static str,
    otherwise: &'static str,
    named: &'static str,
}

const fn other(
    version: Option<[&'static str; 2]>,
    key_version: &'static str,
    otherwise: &'static str,
    named: &'static str,
) -> Other {
    Other { version, key_version, otherwise, named }
}

/// Versions of real cards. Those of version 1 at their PICC level look finished.
const OTHERS: [Other; 8] = [
    other(Some(["04040230001105", "04040201021105"]), "911C", "911C", "ntag424"),
    other(Some(["04040230001105", "04040201021105"]), "019100", "91AE", "ntag424"),
    other(Some(["04080130001305", "04080101021305"]), "911C", "911C", "light"),
    other(Some(["04080130001305", "04080101021305"]), "009100", "911C", "light"),
    other(Some(["040101A0001625", "04010700011625"]), "009100", "911C", "MIFARE DUOX"),
    other(Some(["040101A0001625", "04010700011625"]), "019100", "91AE", "MIFARE DUOX"),
    other(None, "6D00", "6D00", "card or phone whose applet is not selected"),
    other(None, "009100", "6E00", "card or phone whose applet is not selected"),
];

impl Other {
    /// Its answers, frame by frame.
    fn answers(&self) -> impl FnMut(&[u8]) -> Vec<u8> {
        let mut frames = Vec::new();
        move |command| {
            let hex = |text: &str| hex::decode(text).unwrap();
            match (command[1], self.version) {
                (0x60, Some([hardware, software])) => {
                    frames = vec![hex(software), [&UID[..], &hex("00000000000321")].concat()];
                    [hex(hardware), hex("91AF")].concat()
                }
                (0xAF, Some(_)) if !frames.is_empty() => {
                    let frame = frames.remove(0);
                    let status = if frames.is_empty() { "9100" } else { "91AF" };
                    [frame, hex(status)].concat()
                }
                (0x64, _) => hex(self.key_version),
                _ => hex(self.otherwise),
            }
        }
    }
}

#[test]
fn another_product_is_refused_by_its_name_before_a_secret_key_or_a_change() {
    for product in &OTHERS {
        for task in Task::ALL {
            let job = doing(&job(&door(&[])), task);
            let record = &door_records(&job)[0];
            let mut nothing = card(Model::Ev2_8k, 1);
            let mut answers = product.answers();
            let mut odd =
                Odd::new(&mut nothing, move |command: &[u8], _: &mut _| Some(answers(command)));
            odd.uid = Uid::Real(RealUid::new(UID));
            let encoded = odd.encode(&job, record);
            let named = product.named;
            let told = match &encoded.outcome {
                Outcome::Refused(Refusal::OtherProduct { product }) => product.to_string(),
                // A tag is encoded by other profiles.
                Outcome::Refused(Refusal::WrongChip { chip }) => chip.to_string(),
                other => panic!("{task} {named} {}: {other:?}", product.key_version),
            };
            assert_eq!(told, named);
            assert_eq!(encoded.receipt.outcome, OutcomeName::Refused);
            assert_eq!(encoded.receipt.recovery, Some(Recovery::RejectCard));
            assert_eq!(encoded.receipt.wrote, Wrote::Nothing);
            // AuthenticateISO is the factory key's here; the job's own keys are of AES.
            let secret = [0xAA, 0x71, 0x77].iter().any(|ins| odd.was_sent(*ins));
            let changed = CHANGING.iter().any(|ins| odd.was_sent(*ins));
            assert!(!secret && !changed, "{task} {named}: {:02X?}", odd.sent);
        }
    }
}
