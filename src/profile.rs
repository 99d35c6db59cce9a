// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a card must be: parsed and checked once, before a card is touched.

mod check;
mod content;
mod error;
mod model;
mod record;
mod records;
mod shape;

pub use content::Content;
pub use error::{ProfileError, Warning};
pub use model::{
    AppTransport, Application, CardSpec, Class, Field, FieldKind, FileSpec, Identify, KeyIndex,
    KeySpec, Messaging, MessagingError, PiccTransport, Stock, TransportKeys, Verify,
};
pub use record::{Allowed, FieldError, Record, RecordError, RecordReason};
pub use records::{Records, RecordsError};

use crate::wire::{FileKind, Generation};

/// A checked profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    name: String,
    sha256: [u8; 32],
    chips: Vec<Generation>,
    messaging: Vec<Messaging>,
    verify: Verify,
    transport: TransportKeys,
    fields: Vec<Field>,
    keys: Vec<KeySpec>,
    card: CardSpec,
    applications: Vec<Application>,
    warnings: Vec<Warning>,
}

impl Profile {
    /// What is allowed but worth a second look.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The name, for receipts.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// SHA-256 over the bytes of the profile's text.
    #[must_use]
    pub const fn sha256(&self) -> [u8; 32] {
        self.sha256
    }

    /// The generations that may be encoded.
    #[must_use]
    pub fn chips(&self) -> &[Generation] {
        &self.chips
    }

    /// Secure messaging, in order of preference. EV1 chips take only [`Messaging::Ev1`].
    #[must_use]
    pub fn messaging(&self) -> &[Messaging] {
        &self.messaging
    }

    /// What a finished card has to prove.
    #[must_use]
    pub const fn verify(&self) -> Verify {
        self.verify
    }

    /// What a card may arrive with.
    #[must_use]
    pub const fn transport(&self) -> &TransportKeys {
        &self.transport
    }

    /// The fields that every record has.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The keys, which [`KeyIndex`] points into.
    #[must_use]
    pub fn keys(&self) -> &[KeySpec] {
        &self.keys
    }

    /// The key at this place; `None` where the index comes from another profile.
    #[must_use]
    pub fn key(&self, index: KeyIndex) -> Option<&KeySpec> {
        self.keys.get(index.get())
    }

    /// The PICC level.
    #[must_use]
    pub const fn card(&self) -> &CardSpec {
        &self.card
    }

    /// The applications, in the profile's order.
    #[must_use]
    pub fn applications(&self) -> &[Application] {
        &self.applications
    }

    /// How many bytes of card memory the applications and files take at least: per application
    /// 128 and its keys, per file its size, twice for a backup file, in blocks of 32 (belief: it
    /// fits the data points known of EV1 cards).
    #[must_use]
    pub fn memory(&self) -> u32 {
        let blocks = |bytes: u32| bytes.div_ceil(32).saturating_mul(32);
        let mut total = 0_u32;
        for application in &self.applications {
            let keys = u32::from(application.slots().count).saturating_mul(16);
            total = total.saturating_add(128).saturating_add(blocks(keys));
            for file in &application.files {
                let size = blocks(file.settings.kind.size().bytes());
                total = total.saturating_add(match file.settings.kind {
                    FileKind::Standard { .. } => size,
                    FileKind::Backup { .. } => size.saturating_mul(2),
                });
            }
        }
        total
    }
}
