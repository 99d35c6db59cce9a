// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a kind of chip is and can do, as values: one row a generation, and nothing asks for their order.
//!
//! [`Product`](super::Product) says what tells a card; its [`Generation`] leads to the row here.

mod commands;
mod layout;
mod table;

use core::fmt;

pub use commands::Commands;
pub use layout::{FixedApplication, FixedFile, FixedTransactionMac, FreeRoom, Layout};

use super::{FileType, Ins, KeyType, Messaging};

/// A generation of DESFire, or another family of chips that a profile names and a row describes.
///
/// Names only: whether one can do something is asked of its [`Silicon`], never of an order.
///
/// ```compile_fail,E0369
/// use cardwright::wire::Generation;
/// let _ = Generation::Ev1 < Generation::Ev3;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a new generation must break every match")]
pub enum Generation {
    /// MF3ICD40.
    D40,
    /// MIFARE DESFire EV1.
    Ev1,
    /// MIFARE DESFire EV2.
    Ev2,
    /// MIFARE DESFire EV3.
    Ev3,
    /// MIFARE DESFire Light.
    Light,
    /// NTAG 424 DNA.
    Ntag424,
    /// NTAG 424 DNA TagTamper.
    Ntag424Tt,
    /// The chip that this crate's tests made up. Nobody sells it.
    #[doc(hidden)]
    Test,
}

impl Generation {
    /// All that anybody sells.
    pub const ALL: [Self; 7] =
        [Self::D40, Self::Ev1, Self::Ev2, Self::Ev3, Self::Light, Self::Ntag424, Self::Ntag424Tt];

    /// The row of the table.
    #[must_use]
    pub const fn silicon(self) -> &'static Silicon {
        match self {
            Self::D40 => &table::D40,
            Self::Ev1 => &table::EV1,
            Self::Ev2 => &table::EV2,
            Self::Ev3 => &table::EV3,
            Self::Light => &table::LIGHT,
            Self::Ntag424 => &table::NTAG424,
            Self::Ntag424Tt => &table::NTAG424_TT,
            Self::Test => &table::TEST,
        }
    }

    /// How many applications a card holds at most; `None` where memory alone limits them.
    #[must_use]
    pub const fn most_applications(self) -> Option<usize> {
        self.silicon().layout.most_applications()
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.silicon().name)
    }
}

/// What all chips of a generation are and can do.
#[derive(Debug)]
#[non_exhaustive]
pub struct Silicon {
    /// Which they are.
    pub generation: Generation,
    /// As profiles and models name it.
    pub name: &'static str,
    /// The native commands that they know, at whatever level.
    pub commands: Commands,
    /// The commands of class 00 that they know, by instruction byte; none where they know no such class.
    pub iso: &'static [u8],
    /// The level above the applications, where they have keys and sessions there.
    pub picc: Option<PiccLevel>,
    /// The messaging of sessions in an application.
    pub messaging: &'static [Messaging],
    /// The types of key that an application may have.
    pub key_types: &'static [KeyType],
    /// What is there to create, or what is there already.
    pub layout: Layout,
    /// How an application is entered.
    pub enter: Enter,
    /// The sizes in which they exist.
    pub sizes: &'static [ChipSize],
    /// How many bytes of a reply fit a frame, wrapped or not.
    pub frame: usize,
    /// After how many bytes of a list of ISO identifiers a frame ends, where not when it is full.
    pub iso_ids: Option<usize>,
    /// What a random UID of four bytes begins with, as configured in the factory first; nothing where
    /// they never show one.
    pub random_uid: &'static [u8],
    /// Whether SetConfiguration lets them choose the form of the UID that they show (bits 5 and 6 of
    /// option `00`).
    pub chooses_uid: bool,
    /// What a new one tells in GetVersion.
    pub factory: Factory,
}

/// The level above the applications.
#[derive(Debug)]
#[non_exhaustive]
pub struct PiccLevel {
    /// The messaging of its sessions.
    pub messaging: &'static [Messaging],
    /// The type of the master key from the factory, whose bytes are zeros.
    pub master_key: KeyType,
}

/// How an application is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Enter {
    /// By SelectApplication with its AID; `000000` leads back to the level above.
    Native,
    /// By ISO SELECT with its DF name only.
    DfName,
}

/// One size in which a chip exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChipSize {
    /// The size code of the hardware version.
    pub storage: u8,
    /// How many bytes are free on a blank one: where the layout is free, in blocks of 32 bytes as
    /// applications and files take them; where it is fixed, the sum of the data files that there are.
    pub memory: u32,
}

/// What a new chip tells of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Factory {
    /// The minor version of the hardware.
    pub hardware_minor: u8,
    /// The major and minor version of the software.
    pub software: [u8; 2],
    /// The subtype of the software, where it is not that of the hardware.
    pub software_subtype: Option<u8>,
    /// Its answer to select.
    pub ats: [u8; 6],
}

impl Silicon {
    /// Whether they know this native command.
    #[must_use]
    pub const fn has(&self, ins: Ins) -> bool {
        self.commands.has(ins)
    }

    /// Whether a session in an application can have this messaging.
    #[must_use]
    pub fn speaks(&self, messaging: Messaging) -> bool {
        self.messaging.contains(&messaging)
    }

    /// Whether a session at PICC level can have this messaging; never where there is no such level.
    #[must_use]
    pub fn speaks_at_picc(&self, messaging: Messaging) -> bool {
        self.picc.as_ref().is_some_and(|picc| picc.messaging.contains(&messaging))
    }

    /// Whether a session at every level that there is can have this messaging.
    #[must_use]
    pub fn speaks_everywhere(&self, messaging: Messaging) -> bool {
        let at_picc = self.picc.is_none() || self.speaks_at_picc(messaging);
        at_picc && self.speaks(messaging)
    }

    /// The messaging to begin with, where nobody knows better: EV1's, which EV2 and EV3 take as long as
    /// nobody has switched it off, else the one that came last.
    #[must_use]
    pub fn usual_messaging(&self) -> Messaging {
        let last = self.messaging.last().copied().unwrap_or(Messaging::Ev1);
        if self.speaks_everywhere(Messaging::Ev1) { Messaging::Ev1 } else { last }
    }

    /// Whether a file that is created may have several sets of access rights, as from EV2 on (AN12752).
    #[must_use]
    pub fn has_further_rights(&self) -> bool {
        self.layout.is_free() && self.speaks(Messaging::Ev2)
    }

    /// Whether they carry the chip maker's signature.
    #[must_use]
    pub const fn is_signed(&self) -> bool {
        self.has(Ins::ReadSig)
    }

    /// The highest number that a file of this type may have.
    #[must_use]
    pub const fn highest_file(&self, file: FileType) -> u8 {
        self.layout.highest_file(file)
    }

    /// The size with this code, where they exist in it.
    #[must_use]
    pub fn size(&self, storage: u8) -> Option<ChipSize> {
        self.sizes.iter().find(|size| size.storage == storage).copied()
    }
}

/// A generation and its size, as `ev2-8k`; under 1 Kbyte in bytes, as `ev1-256`. One that exists in one size,
/// and whose layout is fixed, by its name alone, as `ntag424`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chip {
    generation: Generation,
    storage: u8,
}

impl Chip {
    /// A chip from its generation and the size code of its hardware version.
    #[must_use]
    pub const fn new(generation: Generation, storage: u8) -> Self {
        Self { generation, storage }
    }

    /// The generation.
    #[must_use]
    pub const fn generation(self) -> Generation {
        self.generation
    }

    /// The size code.
    #[must_use]
    pub const fn storage(self) -> u8 {
        self.storage
    }

    /// What it is and can do.
    #[must_use]
    pub const fn silicon(self) -> &'static Silicon {
        self.generation.silicon()
    }

    /// The nominal size in bytes: 2 to the power of the upper seven bits of the size code.
    #[must_use]
    pub const fn capacity(self) -> u32 {
        match 1u32.checked_shl((self.storage >> 1) as u32) {
            Some(bytes) => bytes,
            None => u32::MAX,
        }
    }

    /// How many bytes are free on a blank one, where its generation exists in this size.
    #[must_use]
    pub fn blank_memory(self) -> Option<u32> {
        self.silicon().size(self.storage).map(|size| size.memory)
    }
}

impl fmt::Display for Chip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let silicon = self.silicon();
        if !silicon.layout.is_free() && silicon.sizes.len() == 1 {
            return f.write_str(silicon.name);
        }
        match self.capacity() {
            bytes @ 0..1024 => write!(f, "{}-{bytes}", self.generation),
            bytes => write!(f, "{}-{}k", self.generation, bytes / 1024),
        }
    }
}

#[cfg(test)]
mod tests;
