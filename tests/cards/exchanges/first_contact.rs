// SPDX-License-Identifier: MIT OR Apache-2.0
//! What others sent to a card before the first command, or send in between.

use crate::common::{card, door, door_records, encode, encoder, job};
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Encoded, Outcome, Recovery, Wrote};
use cardwright::host::Session;
use cardwright::profile::Record;
use cardwright::transport::{InField, LinkError, ReplyBuf, Transport};
use cardwright::wire::Aid;

/// What Windows asks a card that is put on (a USB trace with a DESFire EV1, emsec/ChameleonMini issue
/// 313), and the PIV application, which macOS looks for too.
const PROBES: [&str; 5] = [
    "00A404000BA0000003974349445F0100",
    "00CA7F6800",
    "00A4040009A00000030800001000",
    "00A4040009A00000039742544659",
    "00A404000BA000000308000010000100",
];

fn send(card: &mut SoftCard, command: &str) {
    card.exchange(&hex::decode(command).unwrap(), &mut ReplyBuf::new()).unwrap();
}

/// One that was talked through before, and says so.
struct Used<'c>(&'c mut SoftCard);

impl Transport for Used<'_> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        self.0.exchange(command, reply)
    }

    fn is_software(&self) -> bool {
        true
    }

    fn is_fresh(&self) -> bool {
        false
    }
}

fn first_record() -> Record {
    door_records(&job(&door(&[])))[0].clone()
}

#[test]
fn what_a_system_sends_to_a_card_that_comes_disturbs_nothing_and_costs_nothing() {
    let (job, record) = (job(&door(&[])), first_record());
    for model in [Model::Ev1_8k, Model::Ev2_8k, Model::Ev3_8k] {
        let mut probed = card(model, 1);
        for probe in PROBES {
            send(&mut probed, probe);
        }
        let (encoded, exchanges) = encode(&mut encoder(&job), &mut probed, &record);
        assert_eq!(encoded.outcome, Outcome::Done, "{model}");
        let (_, alone) = encode(&mut encoder(&job), &mut card(model, 1), &record);
        assert_eq!(exchanges.len(), alone.len(), "{model}");
    }
}

/// Whoever spoke before left an application selected, and one that a key has opened; the host
/// assumes neither, at the price of one exchange where it is told.
#[test]
fn a_card_that_was_talked_to_is_begun_with_a_select() {
    let (job, record) = (job(&door(&[])), first_record());
    let mut blank = card(Model::Ev2_8k, 1);
    let (_, alone) = encode(&mut encoder(&job), &mut blank, &record);
    // The finished card, in its application and in the middle of a reply.
    blank.reset();
    let selected = Session::open(&mut blank).select_application(Aid::from_wire([0x20, 0x81, 0xF4]));
    drop(selected.unwrap());
    send(&mut blank, "9060000000");
    let uid = blank.uid();
    let presented = InField::new(uid, Used(&mut blank));
    let encoded = encoder(&job).encode(presented, &record);
    assert_eq!(encoded.outcome, Outcome::AlreadyDone);

    let mut blank = card(Model::Ev2_8k, 1);
    let uid = blank.uid();
    let presented = InField::new(uid, Used(&mut blank));
    let encoded = encoder(&job).encode(presented, &record);
    assert_eq!(encoded.outcome, Outcome::Done);
    assert_eq!(encoded.receipt.exchanges, u64::try_from(alone.len()).unwrap() + 1);
}

/// A card in the middle of whose version somebody else speaks, so many times.
struct Interrupted {
    card: SoftCard,
    status: u8,
    times: usize,
    asked: usize,
    /// Whether the version is under way.
    version: bool,
}

impl Transport for Interrupted {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        let begins = command.get(1) == Some(&0x60);
        let goes_on = self.version && command.get(1) == Some(&0xAF);
        self.asked += usize::from(begins);
        self.version = begins || goes_on;
        self.card.exchange(command, reply)?;
        if goes_on && self.asked <= self.times {
            reply.clear();
            reply.extend([0x91, self.status]);
        }
        Ok(())
    }

    fn is_software(&self) -> bool {
        true
    }
}

fn interrupted(status: u8, times: usize) -> (Encoded, usize) {
    let (job, record) = (job(&door(&[("messaging", "messaging = [\"ev1\"]")])), first_record());
    let card = card(Model::Ev1_8k, 1);
    let uid = card.uid();
    let mut transport = Interrupted { card, status, times, asked: 0, version: false };
    let presented = InField::new(uid, &mut transport);
    (encoder(&job).encode(presented, &record), transport.asked)
}

#[test]
fn a_card_that_somebody_else_speaks_to_is_asked_once_more_from_the_start() {
    for status in [0x1C, 0xCA] {
        let (encoded, asked) = interrupted(status, 1);
        assert_eq!((encoded.outcome, asked), (Outcome::Done, 2), "{status:02X}");
        let (encoded, asked) = interrupted(status, usize::MAX);
        let Outcome::Failed(failure) = &encoded.outcome else { panic!("{:?}", encoded.outcome) };
        assert_eq!((failure.label(), asked), ("somebody else spoke to the card", 2));
        assert_eq!(encoded.receipt.recovery, Some(Recovery::PresentAgain));
        assert_eq!(encoded.receipt.wrote, Wrote::Nothing);
    }
}
