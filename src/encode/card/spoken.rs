// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which messaging a card turned out to know. One that says EV2 and refuses to open an EV2 session, as
//! clones and emulators do, is spoken to in the next messaging of the job.
//!
//! Whoever stands between may have refused in the card's place. He gains what the job allows anyway:
//! EV1 sessions, whose replies all carry MACs under the same keys; and the receipt names it.

use crate::wire::{KeyType, Messaging, Status};

/// What a card knows, as far as it has shown.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spoken {
    /// Whether an EV2 session has been opened: from then on a refusal is no sign of not knowing it.
    ev2: bool,
    /// What it refused, with which status, and what took its place.
    refused: Option<(Messaging, Status, Messaging)>,
}

impl Spoken {
    /// The messaging that takes the place of one that was refused.
    pub(crate) fn instead_of(self, messaging: Messaging) -> Messaging {
        match self.refused {
            Some((refused, _, next)) if refused == messaging => next,
            _ => messaging,
        }
    }

    /// Whether nothing depends yet on a messaging that would be used with a key of this type: EV2
    /// sessions take AES keys, and others open as in EV1 messaging.
    pub(crate) fn may_do_without(self, messaging: Messaging, key_type: KeyType) -> bool {
        messaging == Messaging::Ev2 && key_type == KeyType::Aes && !self.ev2
    }

    /// A session was opened.
    pub(crate) fn opened(&mut self, messaging: Messaging, key_type: KeyType) {
        self.ev2 |= messaging == Messaging::Ev2 && key_type == KeyType::Aes;
    }

    /// The card refused a messaging.
    pub(crate) const fn refuse(&mut self, messaging: Messaging, status: Status, next: Messaging) {
        self.refused = Some((messaging, status, next));
    }

    /// What was refused, as receipts have it: `ev2 refused: 1C`.
    pub(crate) fn told(self) -> Option<String> {
        let (messaging, status, _) = self.refused?;
        Some(format!("{messaging} refused: {:02X}", u8::from(status)))
    }
}
