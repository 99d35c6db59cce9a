// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the host is asked to do in each conversation.

use cardwright::host::{App, Auth, File, Grade, Level, Picc, Public, Secure, Session};
use cardwright::key::CardKey;
use cardwright::wire::{
    Access, AccessRights, Aid, CommMode, FileKind, FileNo, FileSettings, FileSize, KeyNo,
    KeySettings, KeySlots, KeyType, KeyVersion, Opening,
};

use super::values::Values;

pub(crate) fn authenticate_once(session: Session<'_, Picc, Public>, values: &mut Values) {
    let session = select(session, 0xF4_8120);
    let _ = ev2(session, 0, values);
}

pub(crate) fn authenticate_twice(session: Session<'_, Picc, Public>, values: &mut Values) {
    let session = select(session, 0xF4_8120);
    let session = ev2(session, 0, values);
    let _ = ev2(session, 0, values);
}

pub(crate) fn card_uid(session: Session<'_, Picc, Public>, values: &mut Values) {
    let mut session = ev2(select(session, 0xF4_8120), 0, values);
    let uid = session.card_uid().unwrap();
    assert_eq!((*uid.value.expose(), uid.grade), (values.next("uid"), Grade::Sealed));
}

pub(crate) fn ev2_other_key(session: Session<'_, Picc, Public>, values: &mut Values) {
    let mut session = ev2(select(session, 0xF4_8120), 0, values);
    other_aes_key(&mut session, 1, 0x00, values);
}

pub(crate) fn ev2_own_key(session: Session<'_, Picc, Public>, values: &mut Values) {
    let session = ev2(select(session, 0xF4_8120), 0, values);
    let _ = session.change_own_key(&CardKey::aes(&values.next("new-key"), KeyVersion(0))).unwrap();
}

pub(crate) fn ev2_keys(session: Session<'_, Picc, Public>, values: &mut Values) {
    let mut session = ev2(select(session, 0xF4_8120), 3, values);
    version_of(&mut session, 1, 0x00);
    version_of(&mut session, 2, 0x00);
    let mut session = next(session, 0, values);
    other_aes_key(&mut session, 2, 0x01, values);
    let _ = session.change_own_key(&CardKey::aes(&values.next("new-key"), KeyVersion(1))).unwrap();
}

pub(crate) fn ev2_capture(session: Session<'_, Picc, Public>, values: &mut Values) {
    let mut session = ev2(select(session, 0xF4_8120), 0, values);
    let version = session.version().unwrap();
    assert_eq!((version.value.hardware.kind, version.grade), (0x04, Grade::Sealed));
    for no in [1, 0, 1, 2, 3, 4] {
        version_of(&mut session, no, 0x00);
    }
    let _ = next(session, 3, values);
}

pub(crate) fn format(session: Session<'_, Picc, Public>, values: &mut Values) {
    let mut session = des(session, 0, values);
    assert_eq!(session.format_picc().unwrap().grade, Grade::Sealed);
}

pub(crate) fn applications(session: Session<'_, Picc, Public>, values: &mut Values) {
    let mut session = des(session, 0, values);
    let version = session.version().unwrap().value;
    assert_eq!(*version.uid.unwrap().expose(), values.next("uid"));
    assert_eq!([&version.batch[..], &version.produced].concat(), values.next_bytes("batch"));
    let _ = session.format_picc().unwrap();
    for (aid, key_type, count) in [
        (0x00_DE16, KeyType::Des, 2),
        (0x00_DE24, KeyType::Tdes3, 2),
        (0x00_AE16, KeyType::Aes, 2),
        (0xAA_BBCC, KeyType::Des, 1),
    ] {
        create(&mut session, aid, KeySettings::FACTORY, key_type, count);
    }
    assert_eq!(session.application_ids().unwrap().value.len(), 4);
    let _ = session.delete_application(number(0xAA_BBCC)).unwrap();
    let left = session.application_ids().unwrap();
    assert_eq!(left.value, [0x00_DE16, 0x00_DE24, 0x00_AE16].map(number));
    assert_eq!(left.grade, Grade::Sealed);
}

pub(crate) fn settings(session: Session<'_, Picc, Public>, values: &mut Values) {
    let mut session = des(select(session, 0x00_DE16), 0, values);
    let (settings, slots) = session.key_settings().unwrap().value;
    assert_eq!((settings, slots.to_byte()), (KeySettings::FACTORY, 0x02));
    let settings = KeySettings { free_list: false, ..KeySettings::FACTORY };
    assert_eq!(session.change_key_settings(settings).unwrap().grade, Grade::Sealed);
}

pub(crate) fn des_own_key(session: Session<'_, Picc, Public>, values: &mut Values) {
    let session = des(select(session, 0x00_DE16), 0, values);
    let _ = session.change_own_key(&CardKey::des(&values.next("new-key"))).unwrap();
}

pub(crate) fn des_own_key_read_first(session: Session<'_, Picc, Public>, values: &mut Values) {
    let mut session = des(select(session, 0x00_DE16), 0, values);
    version_of(&mut session, 0, 0x10);
    let _ = session.change_own_key(&CardKey::des(&values.next("new-key"))).unwrap();
}

pub(crate) fn des_other_key(session: Session<'_, Picc, Public>, values: &mut Values) {
    let mut session = des(select(session, 0x00_DE16), 0, values);
    for _ in 0..2 {
        let (old, new) = (values.next("old-key"), values.next("new-key"));
        let changed = session.change_key(key_no(1), &CardKey::des(&new), &CardKey::des(&old));
        assert_eq!(changed.unwrap().grade, Grade::Sealed);
    }
    let _ = des(session, 1, values);
}

pub(crate) fn tdes3_own_key(session: Session<'_, Picc, Public>, values: &mut Values) {
    let session = tdes3(select(session, 0x00_DE24), 0, values);
    let _ = session.change_own_key(&CardKey::tdes3(&values.next("new-key"))).unwrap();
}

pub(crate) fn tdes3_other_key(session: Session<'_, Picc, Public>, values: &mut Values) {
    let mut session = tdes3(select(session, 0x00_DE24), 0, values);
    let mut old = CardKey::zero(KeyType::Tdes3);
    for _ in 0..2 {
        let new = CardKey::tdes3(&values.next("new-key"));
        let changed = session.change_key(key_no(1), &new, &old);
        assert_eq!(changed.unwrap().grade, Grade::Sealed);
        old = new;
    }
    let _ = tdes3(session, 1, values);
}

/// Settings and contents of a backup, a value and a record file.
pub(crate) fn tdes3_files(session: Session<'_, Picc, Public>, values: &mut Values) {
    let session = tdes3(select(session, 0xCC_CCCC), 0, values);
    let mut session = tdes3(select_from(session, 0xBB_BBBB), 5, values);
    let mut whole = [0; 64];
    whole[..2].copy_from_slice(b"00");
    let data = reported(&mut session, 5);
    assert_eq!(read_all(&mut session, &data), whole);
    let value = reported(&mut session, 4);
    let found = session.value(&value).unwrap();
    assert_eq!((found.value, found.grade), (3, Grade::Enciphered));
    let records = reported(&mut session, 0);
    let found = session.read_records(&records, 0, 1).unwrap();
    assert_eq!(
        (found.value.expose_secret().as_slice(), found.grade),
        (&b"r.00"[..], Grade::Enciphered)
    );
    let mut session = tdes3(select_from(session, 0xBB_BBBB), 5, values);
    let _ = reported(&mut session, 5);
    let mut session = tdes3(select_from(session, 0xBB_BBBB), 5, values);
    let data = reported(&mut session, 5);
    assert_eq!(read_all(&mut session, &data), whole);
    let files = session.file_ids().unwrap().value;
    assert_eq!(files, [0x0F, 0x05, 0x04, 0x00].map(|no| FileNo::new(no).unwrap()));
}

fn reported(session: &mut Session<'_, App, Secure>, no: u8) -> File {
    let no = FileNo::new(no).unwrap();
    File::declared(no, session.file_settings(no).unwrap().value.settings)
}

fn read_all(session: &mut Session<'_, App, Secure>, file: &File) -> Vec<u8> {
    let found = session.read_data(file, 0, 0).unwrap();
    let enciphered = file.settings().mode == CommMode::Full;
    assert_eq!(found.grade, if enciphered { Grade::Enciphered } else { Grade::Sealed });
    found.value.expose_secret().clone()
}

pub(crate) fn d40_master(session: Session<'_, Picc, Public>, values: &mut Values) {
    let mut session = session.select_picc().unwrap();
    assert_eq!(session.version().unwrap().grade, Grade::Said);
    version_of(&mut session, 0, 0x00);
    let key = CardKey::des(&values.next("key"));
    let session = session.authenticate(Opening::Legacy, key_no(0), &key, &values.rnd_a());
    let mut session = session.unwrap();
    let changed = session.change_key_settings(KeySettings::FACTORY).unwrap();
    assert_eq!(changed.grade, Grade::Said);
    let new = CardKey::aes(&values.next("new-key"), KeyVersion(0x42));
    let _ = session.change_master_key(&new).unwrap();
}

pub(crate) fn aes_own_key(session: Session<'_, Picc, Public>, values: &mut Values) {
    let session = aes(select(session, 0x00_AE16), 0, values);
    let _ =
        session.change_own_key(&CardKey::aes(&values.next("new-key"), KeyVersion(0x10))).unwrap();
}

pub(crate) fn aes_own_key_back(session: Session<'_, Picc, Public>, values: &mut Values) {
    let mut session = aes(select(session, 0x00_AE16), 0, values);
    version_of(&mut session, 0, 0x10);
    let _ = session.change_own_key(&CardKey::aes(&values.next("new-key"), KeyVersion(0))).unwrap();
}

pub(crate) fn aes_file(session: Session<'_, Picc, Public>, values: &mut Values) {
    let mut session = aes(select(session, 0x00_AE16), 0, values);
    other_aes_key(&mut session, 1, 0x10, values);
    other_aes_key(&mut session, 1, 0x10, values);
    let mut session = aes(session, 1, values);
    let [master, other] = [0, 1].map(|no| Access::Key(key_no(no)));
    let rights = AccessRights { read: master, write: master, read_write: other, change: other };
    let file = declared(5, 80, CommMode::Plain, rights);
    let _ = session.create_file(file.no(), file.settings()).unwrap();
    assert_eq!(session.file_ids().unwrap().value, [file.no()]);
    assert_eq!(session.file_settings(file.no()).unwrap().value.settings, *file.settings());
    let data: Vec<u8> = (0..80).collect();
    let mut transaction = session.transaction();
    let _ = transaction.write(&file, 0, &data[..0x34]).unwrap();
    let _ = transaction.write(&file, 0x34, &data[0x34..]).unwrap();
    assert_eq!(transaction.commit().unwrap().grade, Grade::Sealed);
    assert_eq!(read(&mut session, &file, 0, 0x30), data[..0x30]);
    assert_eq!(read(&mut session, &file, 0x30, 0x20), data[0x30..]);
    assert_eq!(session.delete_file(file.no()).unwrap().grade, Grade::Sealed);
}

pub(crate) fn aes_master(session: Session<'_, Picc, Public>, values: &mut Values) {
    let _ = reformatted(session, values);
}

pub(crate) fn aes_master_and_file(session: Session<'_, Picc, Public>, values: &mut Values) {
    let mut session = reformatted(session, values);
    let settings = KeySettings::from_byte(0x02);
    create(&mut session, 0xAA_AAAA, settings, KeyType::Aes, 14);
    let mut session = aes(select(session, 0xAA_AAAA), 0, values);
    let new = CardKey::aes(&[0; 16], KeyVersion(0x42));
    let _ = session.change_key(key_no(5), &new, &CardKey::zero_aes()).unwrap();
    let [read_key, write, read_write, change] = [1, 2, 5, 4].map(|no| Access::Key(key_no(no)));
    let rights = AccessRights { read: read_key, write, read_write, change };
    let file = declared(15, 100, CommMode::Full, rights);
    let _ = session.create_file(file.no(), file.settings()).unwrap();
    version_of(&mut session, 5, 0x42);
    let mut session = aes(session, 5, values);
    let mut written = [0; 100];
    for offset in [0, 34] {
        assert_eq!(session.file_settings(file.no()).unwrap().value.settings, *file.settings());
        let data = values.next_bytes("data");
        written[offset..offset + data.len()].copy_from_slice(&data);
        let mut transaction = session.transaction();
        let _ = transaction.write(&file, u32::try_from(offset).unwrap(), &data).unwrap();
        assert_eq!(transaction.commit().unwrap().grade, Grade::Sealed);
    }
    assert_eq!(session.file_settings(file.no()).unwrap().value.settings, *file.settings());
    assert_eq!(read(&mut session, &file, 10, 50), written[10..60]);
    assert_eq!(read(&mut session, &file, 0, 0), written);
}

/// What both recordings of an AES master key begin with.
fn reformatted<'t>(
    session: Session<'t, Picc, Public>,
    values: &mut Values,
) -> Session<'t, Picc, Secure> {
    let mut session = session.select_picc().unwrap();
    let version = session.version().unwrap().value;
    assert_eq!(*version.uid.unwrap().expose(), values.next("uid"));
    version_of(&mut session, 0, 0x42);
    let mut session = aes(session, 0, values);
    let changed = session.change_key_settings(KeySettings::FACTORY).unwrap();
    assert_eq!(changed.grade, Grade::Sealed);
    let master = CardKey::aes(&[0; 16], KeyVersion(0x42));
    let session = session.change_master_key(&master).unwrap();
    let mut session = aes(session, 0, values);
    assert_eq!(session.format_picc().unwrap().grade, Grade::Sealed);
    session
}

fn select<A: Auth>(session: Session<'_, Picc, A>, aid: u32) -> Session<'_, App, Public> {
    session.select_application(number(aid)).unwrap()
}

fn select_from(session: Session<'_, App, Secure>, aid: u32) -> Session<'_, App, Public> {
    session.select_application(number(aid)).unwrap()
}

fn tdes3<'t, L: Level, A: Auth>(
    session: Session<'t, L, A>,
    no: u8,
    values: &mut Values,
) -> Session<'t, L, Secure> {
    let key = CardKey::tdes3(&values.next("key"));
    session.authenticate(Opening::Iso, key_no(no), &key, &values.rnd_a()).unwrap()
}

fn des<'t, L: Level, A: Auth>(
    session: Session<'t, L, A>,
    no: u8,
    values: &mut Values,
) -> Session<'t, L, Secure> {
    let key = CardKey::des(&values.next("key"));
    session.authenticate(Opening::Iso, key_no(no), &key, &values.rnd_a()).unwrap()
}

fn aes<'t, L: Level, A: Auth>(
    session: Session<'t, L, A>,
    no: u8,
    values: &mut Values,
) -> Session<'t, L, Secure> {
    let key = CardKey::aes(&values.next("key"), KeyVersion(0));
    session.authenticate(Opening::Aes, key_no(no), &key, &values.rnd_a()).unwrap()
}

fn ev2<'t, L: Level, A: Auth>(
    session: Session<'t, L, A>,
    no: u8,
    values: &mut Values,
) -> Session<'t, L, Secure> {
    let key = CardKey::aes(&values.next("key"), KeyVersion(0));
    session.authenticate(Opening::Ev2First, key_no(no), &key, &values.rnd_a()).unwrap()
}

/// AuthenticateEV2NonFirst.
fn next<'t, L: Level>(
    session: Session<'t, L, Secure>,
    no: u8,
    values: &mut Values,
) -> Session<'t, L, Secure> {
    let key = CardKey::aes(&values.next("key"), KeyVersion(0));
    session.authenticate_next(key_no(no), &key, &values.rnd_a()).unwrap()
}

fn version_of<L: Level, A: Auth>(session: &mut Session<'_, L, A>, no: u8, version: u8) {
    assert_eq!(session.key_version(key_no(no)).unwrap().value, KeyVersion(version));
}

fn other_aes_key(session: &mut Session<'_, App, Secure>, no: u8, version: u8, values: &mut Values) {
    let old = CardKey::aes(&values.next("old-key"), KeyVersion(0));
    let new = CardKey::aes(&values.next("new-key"), KeyVersion(version));
    assert_eq!(session.change_key(key_no(no), &new, &old).unwrap().grade, Grade::Sealed);
}

fn create(
    session: &mut Session<'_, Picc, Secure>,
    aid: u32,
    settings: KeySettings,
    key_type: KeyType,
    count: u8,
) {
    let slots = KeySlots { count, key_type, iso_file_ids: false };
    let created = session.create_application(number(aid), settings, slots).unwrap();
    assert_eq!(created.grade, Grade::Sealed);
}

fn read(session: &mut Session<'_, App, Secure>, file: &File, offset: u32, length: u32) -> Vec<u8> {
    let answer = session.read_data(file, offset, length).unwrap();
    let enciphered = file.settings().mode == CommMode::Full;
    assert_eq!(answer.grade, if enciphered { Grade::Enciphered } else { Grade::Sealed });
    answer.value.expose_secret().clone()
}

fn declared(no: u8, size: u32, mode: CommMode, rights: AccessRights) -> File {
    let kind = FileKind::Standard { size: FileSize::new(size).unwrap() };
    File::declared(FileNo::new(no).unwrap(), FileSettings::new(kind, mode, rights))
}

fn number(aid: u32) -> Aid {
    let [_, aid @ ..] = aid.to_be_bytes();
    Aid::new(aid)
}

fn key_no(no: u8) -> KeyNo {
    KeyNo::new(no).unwrap()
}
