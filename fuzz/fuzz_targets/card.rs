// SPDX-License-Identifier: MIT OR Apache-2.0
//! The software card answers whatever it is sent, and answers the same every time.
#![no_main]

use cardwright::emulator::{Model, SoftCard};
use cardwright::iso14443::RealUid;
use cardwright::transport::{ReplyBuf, Transport};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

/// What happens to the card.
#[derive(Arbitrary, Debug)]
enum Event {
    /// Bytes as they are.
    Raw(Vec<u8>),
    /// A native command in its wrapping, so that most inputs get past the APDU.
    Wrapped { ins: u8, data: Vec<u8> },
    /// An ISO command.
    Iso { ins: u8, p1: u8, p2: u8, data: Vec<u8> },
    /// It leaves the field and comes back.
    Reset,
}

fuzz_target!(|input: (u8, u64, bool, Vec<Event>)| {
    let (model, seed, random_uid, events) = input;
    let model = Model::ALL[usize::from(model) % Model::ALL.len()];
    let uid = RealUid::new([0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]);
    let mut card = SoftCard::new(model, uid, seed);
    if random_uid {
        card = card.with_random_uid();
    }
    let mut twin = card.clone();
    for event in events {
        let command = match event {
            Event::Raw(bytes) => bytes,
            Event::Wrapped { ins, data } => wrapped(ins, &data),
            Event::Iso { ins, p1, p2, data } => iso([0x00, ins, p1, p2], &data),
            Event::Reset => {
                card.reset();
                twin.reset();
                continue;
            }
        };
        let (mut reply, mut twins_reply) = (ReplyBuf::new(), ReplyBuf::new());
        assert_eq!(card.exchange(&command, &mut reply), Ok(()));
        // One byte where the card is talked to in native frames.
        assert!(!reply.is_empty(), "no status");
        assert_eq!(twin.exchange(&command, &mut twins_reply), Ok(()));
        assert_eq!(reply, twins_reply);
    }
    assert_eq!(card.clock(), twin.clock());
    let saved = card.save();
    let back = SoftCard::restore(&saved, seed).expect("a card that was saved");
    assert_eq!(*back.save(), *saved);
});

fn wrapped(ins: u8, data: &[u8]) -> Vec<u8> {
    iso([0x90, ins, 0x00, 0x00], data)
}

fn iso(header: [u8; 4], data: &[u8]) -> Vec<u8> {
    let data = &data[..data.len().min(255)];
    let mut command = header.to_vec();
    if !data.is_empty() {
        command.push(data.len() as u8);
        command.extend(data);
    }
    command.push(0x00);
    command
}
