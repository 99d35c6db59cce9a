// SPDX-License-Identifier: MIT OR Apache-2.0
//! The code of each thing that nothing proves.

use crate::code::Code;
use crate::encode::verdict::unproven::Unproven;

impl Unproven {
    /// The codes of what nothing proves.
    pub const CODES: &'static [Code] = table::ALL;

    /// What it is called by machines.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Key { .. } => table::KEY_UNPROVEN,
            Self::Settings(_) => table::SETTINGS_UNPROVEN,
            Self::Slot(_) => table::SLOT_UNPROVEN,
            Self::File { .. } => table::FILE_UNPROVEN,
            Self::RandomUid => table::RANDOM_UID_UNPROVEN,
            Self::Legacy => table::LEGACY_UNPROVEN,
            Self::Blank => table::BLANK_UNPROVEN,
        }
    }
}

mod table {
    crate::code::codes! {
        KEY_UNPROVEN = "key-unproven", "everything is written, and nothing proves a key",
            "write more in `verify`, or count such cards as done";
        SETTINGS_UNPROVEN = "settings-unproven", "everything is written, and nothing proves key settings",
            "write more in `verify`, or count such cards as done";
        SLOT_UNPROVEN = "slot-unproven", "everything is written, and nothing proves the slot of the application",
            "present the card again";
        FILE_UNPROVEN = "file-unproven", "everything is written, and nothing proves a file",
            "give the file a mode with a MAC or write more in `verify`, or count such cards as done";
        RANDOM_UID_UNPROVEN = "random-uid-unproven", "everything is written, and nothing proves the random UID",
            "present the card again";
        LEGACY_UNPROVEN = "legacy-unproven", "everything is written, and nothing proves that the card refuses older messaging",
            "run `encode` over the card, which tells it once more, or count such cards as done";
        BLANK_UNPROVEN = "blank-unproven", "nothing proves that the card is blank",
            "look at the card before it goes back to stock";
    }
}
