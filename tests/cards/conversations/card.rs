// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a card is before a conversation, brought about over the wire.

use cardwright::emulator::SoftCard;
use cardwright::host::{App, File, Public, Session};
use cardwright::key::CardKey;
use cardwright::wire::{
    Access, AccessRights, Aid, CommMode, FileKind, FileNo, FileSettings, FileSize, KeyNo,
    KeySettings, KeySlots, KeyType, KeyVersion, NewFile, Opening, RecordCount, RecordLayout,
    ValueLimits,
};

use super::values::Values;

/// The application of the EV2 scripts.
const EV2: [u8; 3] = [0xF4, 0x81, 0x20];
/// The applications of `RFDoorLock`.
const DES: [u8; 3] = [0x00, 0xDE, 0x16];
const TDES3: [u8; 3] = [0x00, 0xDE, 0x24];
const AES: [u8; 3] = [0x00, 0xAE, 0x16];

const RND_A: [u8; 16] = *b"a fresh RndA 016";

pub(crate) fn factory(_: &mut SoftCard, _: &mut Values) {}

pub(crate) fn aes_application(card: &mut SoftCard, _: &mut Values) {
    let _ = create(card, EV2, KeyType::Aes, 5);
}

/// Key 0 is the first key of the script.
pub(crate) fn aes_application_with_key(card: &mut SoftCard, values: &mut Values) {
    let session = create(card, EV2, KeyType::Aes, 5);
    let session = session
        .authenticate(Opening::Ev2First, KeyNo::MASTER, &CardKey::zero_aes(), &RND_A)
        .unwrap();
    let _ = session.change_own_key(&CardKey::aes(&values.next("key"), KeyVersion(0))).unwrap();
}

pub(crate) fn des_application(card: &mut SoftCard, _: &mut Values) {
    let _ = create(card, DES, KeyType::Des, 2);
}

pub(crate) fn des_application_with_key(card: &mut SoftCard, values: &mut Values) {
    let session = create(card, DES, KeyType::Des, 2);
    let session =
        session.authenticate(Opening::Iso, KeyNo::MASTER, &CardKey::factory(), &RND_A).unwrap();
    let _ = session.change_own_key(&CardKey::des(&values.next("key"))).unwrap();
}

pub(crate) fn tdes3_application(card: &mut SoftCard, _: &mut Values) {
    let _ = create(card, TDES3, KeyType::Tdes3, 2);
}

pub(crate) fn aes_door(card: &mut SoftCard, _: &mut Values) {
    let _ = create(card, AES, KeyType::Aes, 2);
}

pub(crate) fn aes_door_with_key(card: &mut SoftCard, values: &mut Values) {
    let session = create(card, AES, KeyType::Aes, 2);
    let session =
        session.authenticate(Opening::Aes, KeyNo::MASTER, &CardKey::zero_aes(), &RND_A).unwrap();
    let _ = session.change_own_key(&CardKey::aes(&values.next("key"), KeyVersion(0x10))).unwrap();
}

/// The PICC master key is AES, all zero, of version 42.
pub(crate) fn aes_master(card: &mut SoftCard, _: &mut Values) {
    let session = Session::open(card);
    let session =
        session.authenticate(Opening::Iso, KeyNo::MASTER, &CardKey::factory(), &RND_A).unwrap();
    let _ = session.change_master_key(&CardKey::aes(&[0; 16], KeyVersion(0x42))).unwrap();
}

/// Two applications of three-key triple DES, one with the files of the recording: a backup file, a
/// value that was debited and a cyclic record.
pub(crate) fn tdes3_with_files(card: &mut SoftCard, _: &mut Values) {
    let _ = create(card, [0xCC; 3], KeyType::Tdes3, 1);
    card.reset();
    let mut session = create(card, [0xBB; 3], KeyType::Tdes3, 6);
    let key = |no| Access::Key(KeyNo::new(no).unwrap());
    let rights = AccessRights { read: key(1), write: key(2), read_write: key(5), change: key(4) };
    let size = |bytes| FileSize::new(bytes).unwrap();
    let layout = RecordLayout { size: size(4), max: RecordCount::new(10).unwrap() };
    let [last, data, value, records] = [
        (0x0F, FileKind::Standard { size: size(32) }),
        (0x05, FileKind::Backup { size: size(64) }),
        (0x04, FileKind::Value(ValueLimits::new(0, 1000).unwrap())),
        (0x00, FileKind::CyclicRecord(layout)),
    ]
    .map(|(no, kind)| {
        let settings = FileSettings::new(kind, CommMode::Full, rights);
        File::declared(FileNo::new(no).unwrap(), settings)
    });
    for file in [last, data, value, records] {
        let new = NewFile::from(file.settings());
        let start = if file.no() == value.no() { 100 } else { 0 };
        let _ = session.create_file(file.no(), NewFile { value: start, ..new }).unwrap();
    }
    let (no, zero) = (KeyNo::new(5).unwrap(), CardKey::zero(KeyType::Tdes3));
    let mut session = session.authenticate(Opening::Iso, no, &zero, &RND_A).unwrap();
    let mut transaction = session.transaction();
    let _ = transaction.write(&data, 0, b"00").unwrap();
    let _ = transaction.debit(&value, 97).unwrap();
    let _ = transaction.write_record(&records, 0, b"r.00").unwrap();
    let _ = transaction.commit().unwrap();
}

/// Creates an application whose keys are zeros, everything allowed, and selects it.
fn create(
    card: &mut SoftCard,
    aid: [u8; 3],
    key_type: KeyType,
    count: u8,
) -> Session<'_, App, Public> {
    let mut session = Session::open(card);
    let slots = KeySlots { count, key_type, iso_file_ids: false };
    let _ = session.create_application(Aid::new(aid), KeySettings::FACTORY, slots).unwrap();
    session.select_application(Aid::new(aid)).unwrap()
}
