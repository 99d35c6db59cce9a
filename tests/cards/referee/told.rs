// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a receipt has to say of a messaging that was refused.

use cardwright::encode::Receipt;
use cardwright::wire::Messaging;

/// What the receipt keeps to itself where a card refused to know EV2 sessions and was then opened in
/// EV1 messaging.
pub(crate) fn untold(talk: &[(Vec<u8>, Vec<u8>)], receipt: &Receipt) -> Option<String> {
    let refused = |(command, reply): &(Vec<u8>, Vec<u8>)| {
        command.get(1) == Some(&0x71) && reply.ends_with(&[0x91, 0x1C])
    };
    let (_, later) = talk.split_at(talk.iter().position(refused)?);
    let lower = later.iter().any(|(command, _)| command.get(1) == Some(&0xAA));
    let told = receipt.messaging_refused.as_deref() == Some("ev2 refused: 1C");
    let names = told && receipt.messaging == Some(Messaging::Ev1);
    (lower && !names).then(|| {
        let Receipt { messaging, messaging_refused, .. } = receipt;
        format!("EV2 was refused, and the receipt says {messaging:?}, {messaging_refused:?}")
    })
}
