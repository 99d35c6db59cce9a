// SPDX-License-Identifier: MIT OR Apache-2.0
//! What there is on a chip: room for applications that somebody creates, or applications that are
//! there from the factory.

use crate::wire::{
    AccessRights, Aid, CommMode, DfName, FileKind, FileNo, FileSettings, FileSize, FileType,
    IsoFileId, KeyNo, KeySettings, KeySlots, KeyType, RecordCount, RecordLayout, ValueLimits,
};

/// What is there to create, or what is there already.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_enums, reason = "another layout must break every match")]
pub enum Layout {
    /// Applications and files are created and deleted.
    Free(FreeRoom),
    /// These applications with their files are there from the factory, and there are never others.
    Fixed(&'static [FixedApplication]),
}

/// How much can be created.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct FreeRoom {
    /// How many applications; `None` where memory alone limits them.
    pub applications: Option<usize>,
    /// How many keys an application has at least.
    pub fewest_keys: u8,
    /// How many keys an application has at most.
    pub most_keys: u8,
    /// How many files an application has.
    pub files: usize,
    /// The highest number of a file that is written at once.
    pub highest_standard: u8,
    /// The highest number of a file whose writes wait for a commit.
    pub highest_transactional: u8,
}

/// An application that nobody creates.
#[derive(Debug)]
#[non_exhaustive]
pub struct FixedApplication {
    /// By what it is called where the card itself calls it nothing: in profiles, saved states and
    /// diversification.
    pub aid: Aid,
    /// Its ISO identifier.
    pub iso_id: Option<IsoFileId>,
    /// Its DF name; none where there is none.
    pub df_name: &'static [u8],
    /// Whether anybody may give an application of another card this name, so that it tells nothing.
    pub named_by_others: bool,
    /// Whether it may get another name and identifier, once and for good.
    pub named_once: bool,
    /// The settings of its keys.
    pub settings: KeySettings,
    /// The type of its keys, which are all zeros of version 0.
    pub key_type: KeyType,
    /// How many keys.
    pub keys: u8,
    /// Its files.
    pub files: &'static [FixedFile],
    /// Its transaction MAC file, which alone of all can be deleted and made again.
    pub transaction_mac: Option<FixedTransactionMac>,
}

/// A transaction MAC file that is there from the factory, with a key of zeros of version 0.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct FixedTransactionMac {
    /// Its number.
    pub number: FileNo,
    /// How its data travel inside a session.
    pub mode: CommMode,
    /// Who may read it, and who may say which reader makes a transaction: the read-and-write right.
    pub rights: AccessRights,
}

/// A file that nobody creates.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct FixedFile {
    /// Its number.
    pub number: FileNo,
    /// Its ISO identifier.
    pub iso_id: Option<IsoFileId>,
    /// What it is.
    pub settings: FileSettings,
    /// What stands at the beginning of a data file; zeros behind it. A value file holds 0, a record file
    /// nothing.
    pub contents: &'static [u8],
}

impl Layout {
    /// The applications that are there from the factory.
    #[must_use]
    pub const fn fixed(&self) -> &'static [FixedApplication] {
        match self {
            Self::Free(_) => &[],
            Self::Fixed(applications) => applications,
        }
    }

    /// Whether applications and files are created.
    #[must_use]
    pub const fn is_free(&self) -> bool {
        matches!(self, Self::Free(_))
    }

    /// The fixed application that is called so.
    #[must_use]
    pub fn application(&self, aid: Aid) -> Option<&'static FixedApplication> {
        self.fixed().iter().find(|application| application.aid == aid)
    }

    /// How many applications at most; `None` where memory alone limits them.
    pub(super) const fn most_applications(&self) -> Option<usize> {
        match self {
            Self::Free(room) => room.applications,
            Self::Fixed(applications) => Some(applications.len()),
        }
    }

    /// The highest number that a file of this type may have.
    pub(super) const fn highest_file(&self, file: FileType) -> u8 {
        match (self, file) {
            (Self::Free(room), FileType::Standard) => room.highest_standard,
            (Self::Free(room), _) => room.highest_transactional,
            (Self::Fixed(_), _) => 31,
        }
    }
}

impl FixedApplication {
    /// Its DF name.
    #[must_use]
    pub fn name(&self) -> Option<DfName> {
        DfName::new(self.df_name).ok()
    }

    /// The numbers of its keys.
    pub fn key_numbers(&self) -> impl Iterator<Item = KeyNo> {
        (0..self.keys).filter_map(KeyNo::new)
    }

    /// How many keys of which type, and whether its files have ISO identifiers.
    #[must_use]
    pub fn slots(&self) -> KeySlots {
        let iso_file_ids = self.files.iter().any(|file| file.iso_id.is_some());
        KeySlots { count: self.keys, key_type: self.key_type, iso_file_ids }
    }

    /// The file with this number.
    #[must_use]
    pub fn file(&self, number: FileNo) -> Option<&'static FixedFile> {
        self.files.iter().find(|file| file.number == number)
    }
}

impl FixedFile {
    /// A standard file of so many bytes, all zeros. Only for constants: it panics while they are compiled
    /// where a number is none.
    pub(super) const fn standard(number: u8, bytes: u32, mode: CommMode, rights: u16) -> Self {
        Self::of_kind(number, FileKind::Standard { size: size(bytes) }, mode, rights)
    }

    /// A value file with limited credit and free GetValue. Only for constants.
    #[expect(clippy::panic, reason = "evaluated by the compiler")]
    pub(super) const fn value(
        number: u8,
        (lower, upper): (i32, i32),
        mode: CommMode,
        rights: u16,
    ) -> Self {
        let Some(mut limits) = ValueLimits::new(lower, upper) else {
            panic!("limits the wrong way round")
        };
        (limits.limited_credit, limits.free_get_value) = (true, true);
        Self::of_kind(number, FileKind::Value(limits), mode, rights)
    }

    /// A cyclic record file. Only for constants.
    #[expect(clippy::panic, reason = "evaluated by the compiler")]
    pub(super) const fn cyclic(
        number: u8,
        (records, bytes): (u32, u32),
        mode: CommMode,
        rights: u16,
    ) -> Self {
        let Some(max) = RecordCount::new(records) else { panic!("no number of records") };
        let layout = RecordLayout { size: size(bytes), max };
        Self::of_kind(number, FileKind::CyclicRecord(layout), mode, rights)
    }

    const fn of_kind(number: u8, kind: FileKind, mode: CommMode, rights: u16) -> Self {
        let rights = AccessRights::from_wire(rights.to_le_bytes());
        let settings = FileSettings::new(kind, mode, rights);
        Self { number: number_of(number), iso_id: None, settings, contents: &[] }
    }

    /// The same file with an ISO identifier.
    pub(super) const fn called(mut self, iso_id: u16) -> Self {
        self.iso_id = IsoFileId::new(iso_id);
        self
    }

    /// The same file with something at its beginning.
    pub(super) const fn holding(mut self, contents: &'static [u8]) -> Self {
        self.contents = contents;
        self
    }
}

impl FixedTransactionMac {
    /// A transaction MAC file. Only for constants.
    pub(super) const fn new(number: u8, mode: CommMode, rights: u16) -> Self {
        let rights = AccessRights::from_wire(rights.to_le_bytes());
        Self { number: number_of(number), mode, rights }
    }
}

#[expect(clippy::panic, reason = "evaluated by the compiler")]
const fn number_of(number: u8) -> FileNo {
    match FileNo::new(number) {
        Some(number) => number,
        None => panic!("no number of a file"),
    }
}

#[expect(clippy::panic, reason = "evaluated by the compiler")]
const fn size(bytes: u32) -> FileSize {
    match FileSize::new(bytes) {
        Some(size) => size,
        None => panic!("no size of a file"),
    }
}
