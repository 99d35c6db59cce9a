// SPDX-License-Identifier: MIT OR Apache-2.0
//! Steps of a host, and sequences of them that make sense more often than not.

use cardwright::wire::{
    Access, AccessRights, Aid, FileKind, FileNo, FileSettings, FileSize, KeyNo,
};
use proptest::prelude::*;
use proptest::sample::select;

use super::support::{MODES, Messaging, file_no, key_no};

pub(super) const AIDS: [Aid; 2] = [Aid::new([0xF4, 0x81, 0x20]), Aid::new([0x00, 0xC0, 0x01])];

#[derive(Debug, Clone)]
pub(super) enum Act {
    SelectPicc,
    Select(Aid),
    Authenticate { no: KeyNo, ev2: bool, wrong: bool },
    AuthenticateNext(KeyNo),
    Version,
    CardUid,
    FreeMemory,
    Format,
    ApplicationIds,
    CreateApplication { aid: Aid, settings: u8, count: u8, messaging: Messaging },
    DeleteApplication(Aid),
    KeyVersion(KeyNo),
    KeySettings,
    ChangeKeySettings(u8),
    ChangeKey { no: KeyNo, seed: u8, wrong: bool },
    ChangeOwnKey { seed: u8 },
    ChangeMasterKey { messaging: Messaging, seed: u8 },
    FileIds,
    FileSettings(FileNo),
    CreateFile { no: FileNo, settings: FileSettings },
    DeleteFile(FileNo),
    Read { no: FileNo, offset: u32, length: u32 },
    Write { writes: Vec<(FileNo, u32, Vec<u8>)>, commit: bool },
}

/// An application with two files, then visits to the levels of a card, each with an
/// authentication and some steps.
pub(super) fn acts() -> impl Strategy<Value = Vec<Act>> {
    let visits = prop::collection::vec(prop_oneof![1 => picc_visit(), 4 => visit()], 2..7);
    (first_visit(), visits)
        .prop_map(|(first, visits)| first.into_iter().chain(visits.into_iter().flatten()).collect())
}

fn first_visit() -> impl Strategy<Value = Vec<Act>> {
    let create = (select(&[0x0F, 0x1F, 0x2F, 0xEF, 0xFF][..]), select(&Messaging::ALL[..]))
        .prop_map(|(settings, messaging)| Act::CreateApplication {
            aid: AIDS[0],
            settings,
            count: 3,
            messaging,
        });
    let files = [file_settings(3), file_settings(3)];
    (create, any::<bool>(), files).prop_map(|(create, ev2, files)| {
        let authenticate = Act::Authenticate { no: KeyNo::MASTER, ev2, wrong: false };
        let numbered = (0..).map(file_no).zip(files);
        let files = numbered.map(|(no, settings)| Act::CreateFile { no, settings });
        [create, Act::Select(AIDS[0]), authenticate].into_iter().chain(files).collect()
    })
}

fn picc_visit() -> impl Strategy<Value = Vec<Act>> {
    let acts = prop::collection::vec(at_picc(), 0..5);
    (authenticate(0..1), acts).prop_map(|(authenticate, acts)| {
        [Act::SelectPicc].into_iter().chain(authenticate).chain(acts).collect()
    })
}

fn visit() -> impl Strategy<Value = Vec<Act>> {
    let acts = prop::collection::vec(prop_oneof![3 => keys(), 5 => files()], 1..9);
    (aid(), authenticate(0..3), acts).prop_map(|(aid, authenticate, acts)| {
        [Act::SelectPicc, Act::Select(aid)].into_iter().chain(authenticate).chain(acts).collect()
    })
}

/// Mostly the master key, mostly the right one; sometimes nobody.
fn authenticate(keys: core::ops::Range<u8>) -> impl Strategy<Value = Option<Act>> {
    let no = prop_oneof![Just(0), keys].prop_map(key_no);
    let wrong = prop::bool::weighted(0.05);
    let act = (no, any::<bool>(), wrong).prop_map(|(no, ev2, wrong)| Act::Authenticate {
        no,
        ev2,
        wrong,
    });
    prop::option::weighted(0.9, act)
}

fn at_picc() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => create_application(),
        1 => aid().prop_map(Act::DeleteApplication),
        1 => Just(Act::Format),
        1 => Just(Act::FreeMemory),
        1 => Just(Act::ApplicationIds),
        1 => Just(Act::Version),
        1 => Just(Act::CardUid),
        1 => Just(Act::KeySettings),
        1 => (0..2_u8).prop_map(|no| Act::KeyVersion(key_no(no))),
        1 => prop_oneof![9 => 0..0x10_u8, 1 => any::<u8>()].prop_map(Act::ChangeKeySettings),
        2 => (select(&Messaging::ALL[..]), seed())
            .prop_map(|(messaging, seed)| Act::ChangeMasterKey { messaging, seed }),
    ]
}

fn keys() -> impl Strategy<Value = Act> {
    prop_oneof![
        1 => Just(Act::CardUid),
        1 => Just(Act::KeySettings),
        1 => slot().prop_map(Act::KeyVersion),
        2 => settings().prop_map(Act::ChangeKeySettings),
        3 => (slot(), seed(), prop::bool::weighted(0.1))
            .prop_map(|(no, seed, wrong)| Act::ChangeKey { no, seed, wrong }),
        2 => seed().prop_map(|seed| Act::ChangeOwnKey { seed }),
        2 => slot().prop_map(Act::AuthenticateNext),
        1 => (slot(), any::<bool>())
            .prop_map(|(no, ev2)| Act::Authenticate { no, ev2, wrong: false }),
    ]
}

fn files() -> impl Strategy<Value = Act> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..50);
    let writes = || prop::collection::vec((file(), offset(), bytes()), 1..4);
    let length = prop_oneof![2 => Just(0), 5 => 0..40_u32, 1 => 40..120_u32];
    prop_oneof![
        1 => Just(Act::FileIds),
        1 => file().prop_map(Act::FileSettings),
        4 => (file(), file_settings(4)).prop_map(|(no, settings)| Act::CreateFile { no, settings }),
        1 => file().prop_map(Act::DeleteFile),
        3 => (file(), offset(), length)
            .prop_map(|(no, offset, length)| Act::Read { no, offset, length }),
        4 => (writes(), prop::bool::weighted(0.8))
            .prop_map(|(writes, commit)| Act::Write { writes, commit }),
    ]
}

fn create_application() -> impl Strategy<Value = Act> {
    (aid(), settings(), 1..4_u8, select(&Messaging::ALL[..])).prop_map(
        |(aid, settings, count, messaging)| Act::CreateApplication {
            aid,
            settings,
            count,
            messaging,
        },
    )
}

/// Mostly open, any right to change keys.
fn settings() -> impl Strategy<Value = u8> {
    let low = prop_oneof![3 => Just(0x0F), 1 => 0..0x10_u8];
    let high = select(&[0x00, 0x10, 0x20, 0xE0, 0xF0][..]);
    (low, high).prop_map(|(low, high)| high | low)
}

fn file_settings(slots: u8) -> impl Strategy<Value = FileSettings> {
    let size = (40..110_u32).prop_map(|size| FileSize::new(size).unwrap());
    let kind = (size, any::<bool>()).prop_map(|(size, backup)| {
        if backup { FileKind::Backup { size } } else { FileKind::Standard { size } }
    });
    (kind, select(&MODES[..]), [access(slots), access(slots), access(slots), access(slots)])
        .prop_map(|(kind, mode, [read, write, read_write, change])| {
            FileSettings::new(kind, mode, AccessRights { read, write, read_write, change })
        })
}

fn access(slots: u8) -> impl Strategy<Value = Access> {
    prop_oneof![
        3 => Just(Access::Key(KeyNo::MASTER)),
        2 => (0..slots).prop_map(|no| Access::Key(key_no(no))),
        1 => Just(Access::Free),
        1 => Just(Access::Never),
    ]
}

fn aid() -> impl Strategy<Value = Aid> {
    prop_oneof![6 => Just(AIDS[0]), 1 => Just(AIDS[1])]
}

fn slot() -> impl Strategy<Value = KeyNo> {
    prop_oneof![6 => 0..3_u8, 1 => 3..5_u8].prop_map(key_no)
}

/// Mostly inside the smallest file.
fn offset() -> impl Strategy<Value = u32> {
    prop_oneof![6 => 0..20_u32, 1 => 20..115_u32]
}

fn file() -> impl Strategy<Value = FileNo> {
    prop_oneof![8 => 0..2_u8, 1 => 2..4_u8].prop_map(file_no)
}

/// Seeds above are for keys that nobody has.
fn seed() -> impl Strategy<Value = u8> {
    0..100_u8
}
