// SPDX-License-Identifier: MIT OR Apache-2.0
//! The key sets of an application that readers roll: what opens a card that waits, and what it takes to go on.

use serde::Serialize;

use crate::profile::{Application, KeySetsSpec, Profile, Roll};

use super::text::Lines;

/// The key sets of an application. Cards of chips without any have none.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SheetKeySets {
    /// How many there are, the active one included.
    pub count: u8,
    /// The key in whose session another set becomes the active one.
    pub roll_key: u8,
    /// The set that jobs fill, and its version once it is filled: a card tells it in the second byte of
    /// GetKeyVersion `64 40 80`.
    pub filled: u8,
    /// That version.
    pub version: u8,
    /// Whether readers make that set the active one: until one does a card has the former versions of its keys.
    pub readers_roll: bool,
}

impl SheetKeySets {
    pub(super) fn of(profile: &Profile, spec: &Application) -> Option<Self> {
        let KeySetsSpec { count, roll_key, roll, .. } = spec.key_sets?;
        let key_0 = spec.own_keys().next().and_then(|key| profile.key(key))?;
        Some(Self {
            count,
            roll_key: roll_key.into(),
            filled: FILLED,
            version: key_0.version.0,
            readers_roll: roll == Roll::Later,
        })
    }

    pub(super) fn add(&self, lines: &mut Lines) {
        let Self { count, roll_key, filled, version, readers_roll } = self;
        let says = format!("{count} where the chip has any, rolled with key {roll_key}");
        lines.add(1, "key sets", &says);
        if *readers_roll {
            let told = format!(
                "opens with the former versions, and tells version {version} for set {filled} (GetKeyVersion \
                 64 40 80)"
            );
            lines.add(2, "a card that waits", &told);
            let how = format!(
                "RollKeySet 55 {filled:02X} in an EV2 session of key {roll_key} at its former version, which the \
                 command ends; then the present keys open it"
            );
            lines.add(2, "a reader rolls by", &how);
        }
    }
}

/// The set that jobs fill.
const FILLED: u8 = 1;
