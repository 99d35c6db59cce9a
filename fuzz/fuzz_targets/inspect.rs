// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whatever a card answers after its first exchange, the look at it ends with a table of 80 columns, in
//! at most 200 exchanges, and no key opens it.
#![no_main]

use cardwright::diversify::Subject;
use cardwright::iso14443::RealUid;
use cardwright::key::CardKey;
use cardwright::survey::{Keyring, Opens, Sight, Worst, survey};
use cardwright::transport::{LinkError, ReplyBuf, Transport};
use cardwright::wire::KeyVersion;
use libfuzzer_sys::fuzz_target;
use rand::SeedableRng;
use rand::rngs::StdRng;

#[path = "../../examples/inspect/seen.rs"]
mod seen;
#[path = "../../examples/inspect/table.rs"]
mod table;
#[path = "../../examples/inspect/words.rs"]
mod words;

/// The bound on exchanges.
const MOST: u32 = 200;

/// The hardware parts that GetVersion begins with: DESFire of three generations, another product, and
/// one that nobody knows.
const HARDWARE: [[u8; 7]; 5] = [
    [0x04, 0x01, 0x01, 0x01, 0x00, 0x1A, 0x05],
    [0x04, 0x01, 0x01, 0x12, 0x00, 0x1A, 0x05],
    [0x04, 0x01, 0x01, 0x33, 0x00, 0x1A, 0x05],
    [0x04, 0x08, 0x01, 0x30, 0x00, 0x13, 0x05],
    [0x04, 0x01, 0x01, 0x77, 0x00, 0x1A, 0x05],
];

fuzz_target!(|input: (u8, bool, Vec<Vec<u8>>)| {
    let (which, keys, replies) = input;
    let first = HARDWARE[usize::from(which) % HARDWARE.len()];
    let mut card = Anything { first: [&first[..], &[0x91, 0xAF]].concat(), replies, asked: 0 };
    let mut rng = StdRng::seed_from_u64(which.into());
    let keyring: Option<&dyn Keyring> = if keys { Some(&Keys) } else { None };
    let seen = survey(&mut card, Sight::default(), keyring, &mut rng, MOST);
    assert!(card.asked <= MOST as usize && seen.exchanges as usize == card.asked);
    assert_ne!(seen.master.opens, Opens::Yes, "a card without the key was believed");
    for application in seen.applications.value().into_iter().flatten() {
        assert!(application.keys.iter().all(|key| key.opens != Opens::Yes));
        assert!(application.files.worst() <= seen.worst);
    }
    assert!(seen.applications.worst() <= seen.worst && seen.worst <= Worst::Gone);
    let table = words::card(&seen, None).to_string();
    assert!(table.starts_with("chip"));
    for line in table.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
});

/// Keys for every slot.
struct Keys;

impl Keyring for Keys {
    fn picc(&self, _: Option<&RealUid>) -> Vec<CardKey> {
        vec![CardKey::factory(), CardKey::aes(&[0x5A; 16], KeyVersion(1))]
    }

    fn application(&self, _: &Subject<'_>) -> Option<CardKey> {
        Some(CardKey::aes(&[0xA5; 16], KeyVersion(1)))
    }
}

/// One honest answer, then replies as they come, over and over.
struct Anything {
    first: Vec<u8>,
    replies: Vec<Vec<u8>>,
    asked: usize,
}

impl Transport for Anything {
    fn exchange(&mut self, _: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        let next = match self.asked.checked_sub(1) {
            None => Some(&self.first),
            Some(at) => self.replies.get(at % self.replies.len().max(1)),
        };
        self.asked += 1;
        let next = next.ok_or(LinkError::CardRemoved)?;
        if next.len() < 2 {
            return Err(LinkError::NoStatusWord);
        }
        reply.clear();
        reply.try_extend_from_slice(next).map_err(|_| LinkError::AnswerTooLong)
    }
}
