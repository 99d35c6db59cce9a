// SPDX-License-Identifier: MIT OR Apache-2.0
//! For whom and where a card was made, as its receipt tells.

use serde::{Deserialize, Serialize};

use crate::encode::proof::receipt::Receipt;

/// For whom and where a card was made. All of it is the caller's, goes into receipts as it is, and
/// names nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "an order, a station and a reader are all there is")]
pub struct Origin {
    /// The reference of the order that the record came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// The station's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
    /// The reader that the card lay on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reader: Option<String>,
}

impl Origin {
    /// Writes into a receipt what is known here.
    pub(crate) fn stamp(&self, receipt: &mut Receipt) {
        for (known, entry) in [
            (&self.order, &mut receipt.order),
            (&self.station, &mut receipt.station),
            (&self.reader, &mut receipt.reader),
        ] {
            if known.is_some() {
                entry.clone_from(known);
            }
        }
    }
}
