// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a receipt has to say of a messaging that was refused.

use std::collections::BTreeMap;

use cardwright::encode::Receipt;
use cardwright::wire::Messaging;

/// What the receipt keeps to itself where a card refused to know EV2 sessions at a level that was then
/// opened in EV1 messaging, and never in EV2 again: a card that hides its UID is asked for it in EV1
/// messaging before it is known what it is, and for its version in the session after that.
pub(crate) fn untold(talk: &[(Vec<u8>, Vec<u8>)], receipt: &Receipt) -> Option<String> {
    let mut level: &[u8] = &[0; 3];
    // Levels that refused, and whether they were opened since.
    let mut refused: BTreeMap<&[u8], bool> = BTreeMap::new();
    for (command, reply) in talk {
        match command.get(1)? {
            0x5A => level = command.get(5..8)?,
            0x71 if reply.ends_with(&[0x91, 0x1C]) => drop(refused.insert(level, false)),
            0x71 if reply.ends_with(&[0x91, 0xAF]) => drop(refused.remove(level)),
            0xAA => drop(refused.entry(level).and_modify(|opened| *opened = true)),
            0x60 => drop(refused.entry(level).and_modify(|opened| *opened = false)),
            _ => {}
        }
    }
    let lower = refused.into_values().any(|opened| opened);
    let told = receipt.messaging_refused.as_deref() == Some("ev2 refused: 1C");
    let names = told && receipt.messaging == Some(Messaging::Ev1);
    (lower && !names).then(|| {
        let Receipt { messaging, messaging_refused, .. } = receipt;
        format!("EV2 was refused, and the receipt says {messaging:?}, {messaging_refused:?}")
    })
}
