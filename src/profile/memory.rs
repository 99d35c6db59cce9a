// SPDX-License-Identifier: MIT OR Apache-2.0
//! What applications and files take of a card's memory: the one place where the host reckons it.
//!
//! No data sheet says it. What is known are measurements: a real EV2 2K takes 96 bytes for an
//! application of one AES key and 352 for one of 14, 32 and 64 for files of 1 and 33 bytes, 1,088 for
//! 32 records of 32 bytes; a real EV1 2K takes 160 for two AES keys and an ISO identifier, a real
//! EV2 8K 672 for 14 DES keys, an ISO identifier, a name and a file of 256 bytes; a real EV3 544 for
//! an application with six files. [`Reading::Measured`] fits all but the last, whose files nobody
//! described.

use super::Profile;
use super::model::{Application, FileSpec, Layout};
use crate::wire::{FileKind, Ins, KeySlots, KeyType, Silicon};

/// Which reading of what is known: cards differ by generation, and few were measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a bound below, what was measured, a bound above")]
pub enum Reading {
    /// The least that any reading of the measurements gives: a card with less has no room.
    Smallest,
    /// The rule that fits the measurements.
    Measured,
    /// The most that any reading gives: a card with more has room.
    Largest,
}

impl Reading {
    /// What an application takes without its files, in bytes: a block for itself, one to three for
    /// the index of its keys, and its keys, four units of eight bytes to a block; ISO names take two
    /// blocks more, or none. The largest reading is the older one of EV1 cards.
    #[must_use]
    pub const fn application(self, slots: KeySlots, named: bool) -> u32 {
        let keys = slots.count as u32;
        let index = match keys {
            ..=3 => 1,
            4..=11 => 2,
            _ => 3,
        };
        let units = match slots.key_type {
            KeyType::Des | KeyType::Aes => keys.saturating_mul(2),
            KeyType::Tdes3 => keys.saturating_mul(3),
        };
        let keys = units.div_ceil(4);
        let own = match self {
            Self::Smallest | Self::Measured => 1 + index,
            Self::Largest => 4,
        };
        let names = match self {
            Self::Measured | Self::Largest if named => 2,
            Self::Smallest | Self::Measured | Self::Largest => 0,
        };
        keys.saturating_add(own + names).saturating_mul(BLOCK)
    }

    /// What so many key sets beside the active one take, in bytes: the blocks of their keys each. Nobody
    /// measured that, and cards that were made without have none.
    #[must_use]
    pub const fn further_sets(self, slots: KeySlots, sets: u32) -> u32 {
        match self {
            Self::Smallest => 0,
            Self::Measured | Self::Largest => {
                let keys = (slots.count as u32).saturating_mul(2).div_ceil(4);
                keys.saturating_mul(sets).saturating_mul(BLOCK)
            }
        }
    }

    /// What a file takes, in bytes: a backup file twice its size, a record file its records and two
    /// blocks more, or none, or two records. In the largest reading every file has a block of its
    /// own besides.
    #[must_use]
    pub const fn file(self, kind: FileKind) -> u32 {
        let packed = match kind {
            FileKind::Standard { size } => blocks(size.bytes()),
            FileKind::Backup { size } => blocks(size.bytes()).saturating_mul(2),
            FileKind::Value(_) => BLOCK,
            FileKind::LinearRecord(layout) | FileKind::CyclicRecord(layout) => {
                let (size, max) = (layout.size.bytes(), layout.max.get());
                match self {
                    Self::Smallest => blocks(size.saturating_mul(max)),
                    Self::Measured => blocks(size.saturating_mul(max)).saturating_add(2 * BLOCK),
                    Self::Largest => blocks(size).saturating_mul(max.saturating_add(2)),
                }
            }
        };
        match self {
            Self::Smallest | Self::Measured => packed,
            Self::Largest => packed.saturating_add(BLOCK),
        }
    }

    /// What a transaction MAC file takes, in bytes: nobody has measured one (belief).
    #[must_use]
    pub const fn counter(self) -> u32 {
        match self {
            Self::Smallest | Self::Measured => BLOCK,
            Self::Largest => 2 * BLOCK,
        }
    }
}

impl Profile {
    /// How many bytes of card memory the applications and files take, by the rule that fits what was
    /// measured.
    #[must_use]
    pub fn memory(&self) -> u32 {
        self.memory_by(Reading::Measured)
    }

    /// The same in another reading.
    #[must_use]
    pub fn memory_by(&self, reading: Reading) -> u32 {
        let whole = |spec: &Application| match self.layout() {
            Layout::Free { .. } | Layout::Delegated { .. } => spec.memory_by(reading),
            layout @ Layout::Fixed { .. } => {
                let files = spec.files.iter().map(|file| layout.file_memory(file));
                files.fold(0, u32::saturating_add)
            }
        };
        self.applications().iter().map(whole).fold(0, u32::saturating_add)
    }
}

impl Layout {
    /// How many bytes of card memory an application takes on a chip without its files; none where nobody
    /// creates it.
    #[must_use]
    pub fn own_memory(&self, spec: &Application, chip: &Silicon) -> u32 {
        match self {
            Self::Free { .. } | Self::Delegated { .. } => spec.own_memory(chip),
            Self::Fixed { .. } => 0,
        }
    }

    /// How many bytes of card memory a transaction MAC file takes; none where nobody creates it.
    #[must_use]
    pub const fn counter_memory(&self) -> u32 {
        match self {
            Self::Free { .. } | Self::Delegated { .. } => Reading::Measured.counter(),
            Self::Fixed { .. } => 0,
        }
    }

    /// How many bytes of card memory a file takes: as many as it has where nobody creates it.
    #[must_use]
    pub fn file_memory(&self, spec: &FileSpec) -> u32 {
        match (self, spec.settings.kind.size()) {
            (Self::Fixed { .. }, Some(size)) => size.bytes(),
            (Self::Free { .. } | Self::Delegated { .. } | Self::Fixed { .. }, _) => spec.memory(),
        }
    }
}

impl Application {
    /// How many bytes of card memory it takes, its files included, in this reading.
    #[must_use]
    pub fn memory_by(&self, reading: Reading) -> u32 {
        let files = self.files.iter().map(|file| file.memory_by(reading));
        let own = reading.application(self.slots(), self.iso.is_some());
        let sets = reading.further_sets(self.slots(), self.further_sets());
        let counter = self.keyed_transaction_mac().map(|_| reading.counter());
        files.chain(counter).fold(own.saturating_add(sets), u32::saturating_add)
    }

    /// How many bytes of card memory it takes on a chip without its files: itself, its keys in all sets that the
    /// chip gives it, and its names.
    #[must_use]
    pub fn own_memory(&self, chip: &Silicon) -> u32 {
        let sets = if chip.has(Ins::InitializeKeySet) { self.further_sets() } else { 0 };
        let own = Reading::Measured.application(self.slots(), self.iso.is_some());
        own.saturating_add(Reading::Measured.further_sets(self.slots(), sets))
    }
}

impl FileSpec {
    /// How many bytes of card memory it takes.
    #[must_use]
    pub const fn memory(&self) -> u32 {
        self.memory_by(Reading::Measured)
    }

    /// The same in another reading.
    #[must_use]
    pub const fn memory_by(&self, reading: Reading) -> u32 {
        reading.file(self.settings.kind)
    }
}

/// Card memory is given out in blocks of 32 bytes.
const BLOCK: u32 = 32;

const fn blocks(bytes: u32) -> u32 {
    bytes.div_ceil(BLOCK).saturating_mul(BLOCK)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{FileSize, RecordCount, RecordLayout};

    const READINGS: [Reading; 3] = [Reading::Smallest, Reading::Measured, Reading::Largest];

    fn application(key_type: KeyType, count: u8, named: bool) -> [u32; 3] {
        let slots = KeySlots { count, key_type, iso_file_ids: false };
        READINGS.map(|reading| reading.application(slots, named))
    }

    fn file(kind: FileKind) -> [u32; 3] {
        READINGS.map(|reading| reading.file(kind))
    }

    #[test]
    fn what_was_measured_lies_between_the_readings() {
        let standard = |bytes| FileKind::Standard { size: FileSize::new(bytes).unwrap() };
        let (size, max) = (FileSize::new(32).unwrap(), RecordCount::new(32).unwrap());
        let records = FileKind::LinearRecord(RecordLayout { size, max });
        for ([smallest, measured, largest], found) in [
            (application(KeyType::Aes, 1, false), 96),
            (application(KeyType::Aes, 14, false), 352),
            (application(KeyType::Aes, 2, true), 160),
            (application(KeyType::Des, 14, true), 416),
            (file(standard(1)), 32),
            (file(standard(33)), 64),
            (file(standard(256)), 256),
            (file(records), 1088),
        ] {
            assert_eq!(measured, found);
            assert!(smallest <= measured && measured <= largest, "{smallest} {found} {largest}");
        }
        // What the application with six files on an EV3 took.
        let six = READINGS.map(|reading| 6 * reading.file(standard(32)));
        let one = application(KeyType::Aes, 1, false);
        assert!(one[0] + six[0] <= 544 && 544 <= one[2] + six[2]);
    }

    #[test]
    fn no_reading_is_larger_than_a_larger_one() {
        for key_type in [KeyType::Des, KeyType::Tdes3, KeyType::Aes] {
            for (count, named) in (0..=14).flat_map(|count| [(count, false), (count, true)]) {
                assert!(application(key_type, count, named).is_sorted(), "{key_type:?} {count}");
            }
        }
        for (size, max) in [(1, 2), (8, 4), (16, 8), (31, 3), (33, 100)] {
            let (size, max) = (FileSize::new(size).unwrap(), RecordCount::new(max).unwrap());
            assert!(file(FileKind::CyclicRecord(RecordLayout { size, max })).is_sorted());
        }
    }
}
