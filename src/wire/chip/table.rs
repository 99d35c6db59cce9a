// SPDX-License-Identifier: MIT OR Apache-2.0
//! The rows.

use super::{
    ChipSize, Commands, Enter, Factory, FixedApplication, FixedFile, FixedTransactionMac, FreeRoom,
    Generation, Layout, PiccLevel, Silicon,
};
use crate::wire::{Aid, CommMode, Ins, IsoFileId, KeySettings, KeyType, Messaging};

/// The first DESFire: 28 applications of 16 files, DES keys, D40 messaging, no ISO commands.
pub(super) static D40: Silicon = Silicon {
    generation: Generation::D40,
    name: "d40",
    commands: D40_COMMANDS,
    iso: &[],
    picc: Some(PiccLevel { messaging: &[Messaging::D40], master_key: KeyType::Des }),
    messaging: &[Messaging::D40],
    key_types: &[KeyType::Des],
    layout: Layout::Free(FreeRoom {
        applications: Some(28),
        fewest_keys: 0,
        most_keys: 14,
        files: 16,
        highest_standard: 15,
        // Belief.
        highest_transactional: 7,
    }),
    enter: Enter::Native,
    sizes: &[size(0x18, 4096)],
    frame: 59,
    iso_ids: None,
    random_uid: &[],
    chooses_uid: false,
    factory: Factory {
        hardware_minor: 0x02,
        software: [0x00, 0x06],
        software_subtype: None,
        ats: DESFIRE_ATS,
    },
};

/// 28 applications of 32 files, all types of key, EV1 messaging beside D40's, ISO commands.
pub(super) static EV1: Silicon = Silicon {
    generation: Generation::Ev1,
    name: "ev1",
    commands: EV1_COMMANDS,
    iso: &ISO,
    picc: Some(PiccLevel {
        messaging: &[Messaging::D40, Messaging::Ev1],
        master_key: KeyType::Des,
    }),
    messaging: &[Messaging::D40, Messaging::Ev1],
    key_types: &ALL_KEYS,
    layout: Layout::Free(FreeRoom {
        applications: Some(28),
        fewest_keys: 0,
        most_keys: 14,
        files: 32,
        highest_standard: 31,
        highest_transactional: 31,
    }),
    enter: Enter::Native,
    // AN12752, and measured on 2K, 4K and 8K; the small ones have what their code says (belief).
    sizes: &[
        size(0x10, 256),
        size(0x12, 512),
        size(0x16, 2304),
        size(0x18, 4864),
        size(0x1A, 7936),
    ],
    frame: 59,
    iso_ids: None,
    // NXP community, 809497 and 1238106. Belief: one that shows `08` has drawn it too.
    random_uid: &[0x80, 0x08],
    chooses_uid: false,
    factory: Factory {
        hardware_minor: 0x00,
        software: [0x01, 0x04],
        software_subtype: None,
        ats: DESFIRE_ATS,
    },
};

/// Applications as many as memory holds, EV2 messaging, a signature.
pub(super) static EV2: Silicon = Silicon {
    generation: Generation::Ev2,
    name: "ev2",
    commands: EV2_COMMANDS,
    iso: &ISO,
    picc: Some(PiccLevel { messaging: &ALL_MESSAGING, master_key: KeyType::Des }),
    messaging: &ALL_MESSAGING,
    key_types: &ALL_KEYS,
    layout: ROOMY,
    enter: Enter::Native,
    sizes: &LATER_SIZES,
    frame: 59,
    iso_ids: None,
    // ISO/IEC 14443-3, 6.5.4.
    random_uid: &[0x08],
    chooses_uid: false,
    factory: Factory {
        hardware_minor: 0x00,
        software: [0x02, 0x01],
        software_subtype: None,
        ats: DESFIRE_ATS,
    },
};

/// EV2 with counters of files, a byte less in a frame, and a choice of the UID that it shows.
pub(super) static EV3: Silicon = Silicon {
    generation: Generation::Ev3,
    name: "ev3",
    commands: EV2_COMMANDS.and(&[Ins::GetFileCounters]),
    iso: &ISO,
    picc: Some(PiccLevel { messaging: &ALL_MESSAGING, master_key: KeyType::Des }),
    messaging: &ALL_MESSAGING,
    key_types: &ALL_KEYS,
    layout: ROOMY,
    enter: Enter::Native,
    sizes: &LATER_SIZES,
    frame: 58,
    iso_ids: Some(54),
    // MF2DLHX0, SetConfiguration 00.
    random_uid: &[0x08, 0x80],
    chooses_uid: true,
    factory: Factory {
        hardware_minor: 0x00,
        software: [0x03, 0x00],
        software_subtype: None,
        ats: DESFIRE_ATS,
    },
};

/// One application with six files that are there from the factory: three of data, a value, records, and the
/// MAC over the last transaction, which can be made anew (MF2DL(H)x0).
pub(super) static LIGHT: Silicon = Silicon {
    generation: Generation::Light,
    name: "light",
    commands: LIGHT_COMMANDS,
    iso: &[SELECT, 0xB0, 0xD6, 0xB2, 0xE2],
    picc: None,
    messaging: &[Messaging::Ev2],
    key_types: &[KeyType::Aes],
    layout: Layout::Fixed(&[LIGHT_APPLICATION]),
    enter: Enter::DfName,
    sizes: &[size(0x13, 32 + 256 + 256)],
    frame: 59,
    iso_ids: None,
    // MF2DL(H)x0, SetConfiguration 00.
    random_uid: &[0x08, 0x80],
    chooses_uid: false,
    // AN12343, table 4.
    factory: Factory {
        hardware_minor: 0x00,
        software: [0x00, 0x02],
        software_subtype: None,
        ats: TAG_ATS,
    },
};

/// One application with three files that are there from the factory: capability container, NDEF file, and one
/// that is protected (NT4H2421Gx).
pub(super) static NTAG424: Silicon = NTAG424_ROW;

const NTAG424_ROW: Silicon = Silicon {
    generation: Generation::Ntag424,
    name: "ntag424",
    commands: NTAG424_COMMANDS,
    iso: &[SELECT, 0xB0, 0xD6],
    picc: None,
    messaging: &[Messaging::Ev2],
    key_types: &[KeyType::Aes],
    layout: Layout::Fixed(&[NTAG424_APPLICATION]),
    enter: Enter::DfName,
    sizes: &[size(0x11, 32 + 256 + 128)],
    frame: 59,
    iso_ids: None,
    random_uid: &[0x08],
    chooses_uid: false,
    // Real ones, also of the TagTamper, whose software has the subtype of the other.
    factory: Factory {
        hardware_minor: 0x00,
        software: [0x01, 0x02],
        software_subtype: Some(0x02),
        ats: TAG_ATS,
    },
};

/// NTAG 424 DNA with a wire that tells whether a seal was opened (NT4H2421Tx).
pub(super) static NTAG424_TT: Silicon = Silicon {
    generation: Generation::Ntag424Tt,
    name: "ntag424tt",
    commands: NTAG424_COMMANDS.and(&[Ins::GetTtStatus]),
    ..NTAG424_ROW
};

/// Made up for the tests of this crate, after what chips with a fixed layout have in common: one
/// application that is entered by its name, no master key above it, EV2 messaging only. It is nobody's
/// product, and no belief about one.
pub(super) static TEST: Silicon = Silicon {
    generation: Generation::Test,
    name: "test",
    commands: Commands::of(&[
        Ins::AuthenticateEv2First,
        Ins::AuthenticateEv2NonFirst,
        Ins::AdditionalFrame,
        Ins::GetVersion,
        Ins::GetCardUid,
        Ins::GetKeySettings,
        Ins::GetKeyVersion,
        Ins::ChangeKey,
        Ins::GetFileIds,
        Ins::GetFileSettings,
        Ins::ChangeFileSettings,
        Ins::ReadData,
        Ins::WriteData,
    ]),
    iso: &[SELECT],
    picc: None,
    messaging: &[Messaging::Ev2],
    key_types: &[KeyType::Aes],
    layout: Layout::Fixed(&[FixedApplication {
        aid: Aid::new([0x7E, 0x57, 0x01]),
        iso_id: IsoFileId::new(0x7E57),
        df_name: b"cardwright test",
        named_by_others: false,
        named_once: false,
        settings: KeySettings::from_byte(0x03),
        key_type: KeyType::Aes,
        keys: 3,
        files: &[
            // Read by anybody, written and changed with key 0.
            FixedFile::standard(1, 64, CommMode::Plain, 0xE000),
            // Read with key 1, written with key 2, changed with key 0.
            FixedFile::standard(2, 48, CommMode::Full, 0x12F0),
        ],
        transaction_mac: None,
    }]),
    enter: Enter::DfName,
    sizes: &[size(0x0E, 64 + 48)],
    frame: 59,
    iso_ids: None,
    random_uid: &[],
    chooses_uid: false,
    factory: Factory {
        hardware_minor: 0x00,
        software: [0x01, 0x00],
        software_subtype: None,
        ats: DESFIRE_ATS,
    },
};

const D40_COMMANDS: Commands = Commands::of(&[
    Ins::Authenticate,
    Ins::AdditionalFrame,
    Ins::ChangeKeySettings,
    Ins::GetKeySettings,
    Ins::ChangeKey,
    Ins::GetKeyVersion,
    Ins::CreateApplication,
    Ins::DeleteApplication,
    Ins::GetApplicationIds,
    Ins::SelectApplication,
    Ins::FormatPicc,
    Ins::GetVersion,
    Ins::GetFileIds,
    Ins::GetFileSettings,
    Ins::ChangeFileSettings,
    Ins::CreateStdDataFile,
    Ins::CreateBackupDataFile,
    Ins::CreateValueFile,
    Ins::CreateLinearRecordFile,
    Ins::CreateCyclicRecordFile,
    Ins::DeleteFile,
    Ins::ReadData,
    Ins::WriteData,
    Ins::GetValue,
    Ins::Credit,
    Ins::Debit,
    Ins::LimitedCredit,
    Ins::WriteRecord,
    Ins::ReadRecords,
    Ins::ClearRecordFile,
    Ins::CommitTransaction,
    Ins::AbortTransaction,
]);

const EV1_COMMANDS: Commands = D40_COMMANDS.and(&[
    Ins::AuthenticateIso,
    Ins::AuthenticateAes,
    Ins::GetCardUid,
    Ins::SetConfiguration,
    Ins::GetDfNames,
    Ins::FreeMemory,
    Ins::GetIsoFileIds,
]);

const EV2_COMMANDS: Commands = EV1_COMMANDS.and(&[
    Ins::AuthenticateEv2First,
    Ins::AuthenticateEv2NonFirst,
    Ins::ReadSig,
    Ins::ChangeKeyEv2,
    Ins::InitializeKeySet,
    Ins::FinalizeKeySet,
    Ins::RollKeySet,
    Ins::CreateDelegatedApplication,
    Ins::GetDelegatedInfo,
    Ins::UpdateRecord,
    Ins::ReadDataIso,
    Ins::WriteDataIso,
    Ins::ReadRecordsIso,
    Ins::WriteRecordIso,
    Ins::UpdateRecordIso,
    Ins::CreateTransactionMacFile,
    Ins::CommitReaderId,
    Ins::PreparePc,
    Ins::ProximityCheck,
    Ins::VerifyPc,
]);

const NTAG424_COMMANDS: Commands = Commands::of(&[
    Ins::AuthenticateEv2First,
    Ins::AuthenticateEv2NonFirst,
    Ins::AdditionalFrame,
    Ins::ChangeFileSettings,
    Ins::ChangeKey,
    Ins::GetCardUid,
    Ins::GetFileCounters,
    Ins::GetFileSettings,
    Ins::GetKeyVersion,
    Ins::GetVersion,
    Ins::ReadDataIso,
    Ins::ReadSig,
    Ins::SetConfiguration,
    Ins::WriteDataIso,
]);

const LIGHT_COMMANDS: Commands = Commands::of(&[
    Ins::AuthenticateEv2First,
    Ins::AuthenticateEv2NonFirst,
    Ins::AdditionalFrame,
    Ins::ChangeFileSettings,
    Ins::ChangeKey,
    Ins::GetCardUid,
    Ins::GetFileIds,
    Ins::GetFileSettings,
    Ins::GetIsoFileIds,
    Ins::GetKeyVersion,
    Ins::GetVersion,
    Ins::CreateTransactionMacFile,
    Ins::DeleteFile,
    // Belief: those of ISO chaining only, as an NTAG 424 DNA.
    Ins::ReadDataIso,
    Ins::WriteDataIso,
    Ins::GetValue,
    Ins::Credit,
    Ins::Debit,
    Ins::LimitedCredit,
    Ins::ReadRecordsIso,
    Ins::WriteRecordIso,
    Ins::UpdateRecordIso,
    Ins::ClearRecordFile,
    Ins::CommitTransaction,
    Ins::AbortTransaction,
    Ins::CommitReaderId,
    Ins::ReadSig,
    Ins::SetConfiguration,
]);

/// What a DESFire Light has (MF2DL(H)x0, pre-defined files), in the order in which a real one lists its
/// files (AN12343, tables 12 and 13). Nothing native calls it by an AID.
const LIGHT_APPLICATION: FixedApplication = FixedApplication {
    aid: Aid::new([0x00, 0xDF, 0x01]),
    iso_id: IsoFileId::new(0xDF01),
    df_name: &[
        0xA0, 0x00, 0x00, 0x03, 0x96, 0x56, 0x43, 0x41, 0x03, 0xF0, 0x15, 0x40, 0x00, 0x00, 0x00,
        0x0B,
    ],
    named_by_others: false,
    named_once: true,
    // Nothing tells or changes it: the master key changes keys and settings.
    settings: KeySettings::from_byte(0x0F),
    key_type: KeyType::Aes,
    keys: 5,
    files: &[
        FixedFile::standard(0x1F, 32, CommMode::Plain, 0xEF30).called(0xEF1F),
        FixedFile::value(0x03, (0, i32::MAX), CommMode::Full, 0x1230),
        FixedFile::standard(0x00, 256, CommMode::Full, 0x1F30).called(0xEF00),
        // Four that can be read, by the data sheet; a cyclic file of a DESFire has one more.
        FixedFile::cyclic(0x01, (4, 16), CommMode::Full, 0x1230).called(0xEF01),
        FixedFile::standard(0x04, 256, CommMode::Full, 0x1230).called(0xEF04),
    ],
    transaction_mac: Some(FixedTransactionMac::new(0x0F, CommMode::Full, 0x1F10)),
};

/// The NDEF application of the Type 4 Tag specification. Nothing native calls it by an AID.
const NTAG424_APPLICATION: FixedApplication = FixedApplication {
    aid: Aid::new([0x00, 0xE1, 0x10]),
    iso_id: IsoFileId::new(0xE110),
    df_name: &[0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01],
    named_by_others: true,
    named_once: false,
    // Nothing tells or changes it: the master key changes keys and settings.
    settings: KeySettings::from_byte(0x0F),
    key_type: KeyType::Aes,
    keys: 5,
    files: &[
        // What a real one has (`hw-ntag424-cc-file`).
        FixedFile::standard(1, 32, CommMode::Plain, 0xE000).called(0xE103).holding(&[
            0x00, 0x17, 0x20, 0x01, 0x00, 0x00, 0xFF, 0x04, 0x06, 0xE1, 0x04, 0x01, 0x00, 0x00,
            0x00, 0x05, 0x06, 0xE1, 0x05, 0x00, 0x80, 0x82, 0x83,
        ]),
        FixedFile::standard(2, 256, CommMode::Plain, 0xEEE0).called(0xE104),
        FixedFile::standard(3, 128, CommMode::Full, 0x2330).called(0xE105),
    ],
    transaction_mac: None,
};

/// Answers to select: 64 bytes to a frame, 128 bytes to a frame.
const DESFIRE_ATS: [u8; 6] = [0x06, 0x75, 0x77, 0x81, 0x02, 0x80];
const TAG_ATS: [u8; 6] = [0x06, 0x77, 0x77, 0x71, 0x02, 0x80];

const SELECT: u8 = 0xA4;
/// The commands of class 00 that an EV1 brought: SELECT, READ and UPDATE BINARY, READ RECORDS, APPEND
/// RECORD, GET CHALLENGE, EXTERNAL and INTERNAL AUTHENTICATE.
static ISO: [u8; 8] = [SELECT, 0xB0, 0xD6, 0xB2, 0xE2, 0x84, 0x82, 0x88];

static ALL_MESSAGING: [Messaging; 3] = [Messaging::D40, Messaging::Ev1, Messaging::Ev2];
static ALL_KEYS: [KeyType; 3] = [KeyType::Des, KeyType::Tdes3, KeyType::Aes];

const ROOMY: Layout = Layout::Free(FreeRoom {
    applications: None,
    fewest_keys: 1,
    most_keys: 14,
    files: 32,
    highest_standard: 31,
    highest_transactional: 31,
});

/// AN12752, and measured on EV2 of 2K, EV3 of 4K and 8K.
static LATER_SIZES: [ChipSize; 5] =
    [size(0x16, 2560), size(0x18, 5120), size(0x1A, 8192), size(0x1C, 16_384), size(0x1E, 32_768)];

const fn size(storage: u8, memory: u32) -> ChipSize {
    ChipSize { storage, memory }
}
