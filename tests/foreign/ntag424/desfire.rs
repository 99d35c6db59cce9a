// SPDX-License-Identifier: MIT OR Apache-2.0
//! What DESFire EV2 and later have in common with the tag, through an adapter: they do not know the name
//! that the crate selects, nor its ReadData and WriteData.

use core::convert::Infallible;

use cardwright::emulator::{Model, SoftCard};
use cardwright::host::Session as Ours;
use cardwright::wire::{
    Access, AccessRights, Aid, CommMode, FileKind, FileNo, FileSettings, FileSize, KeyNo,
    KeySettings, KeySlots, KeyType,
};
use ntag424::types::ResponseStatus;
use ntag424::{
    AuthenticatedSession, File, KeyNumber, NonMasterKeyNumber, Response, Session, Transport,
};

use super::super::{MASTER, OTHER, RND_A, SECOND, UID, ZERO, card, send};
use super::{Reader, authenticated, good, now, refused};

/// Selects the application natively where the crate selects it by its ISO name, which this card
/// does not know. Everything else passes.
struct Adapter<'c>(&'c mut SoftCard);

const SELECT_BY_NAME: [u8; 13] =
    [0x00, 0xA4, 0x04, 0x00, 0x07, 0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01, 0x00];
const SELECT: [u8; 9] = [0x90, 0x5A, 0x00, 0x00, 0x03, 0x20, 0x81, 0xF4, 0x00];

impl Transport for Adapter<'_> {
    type Error = Infallible;
    type Data = Vec<u8>;

    async fn transmit(&mut self, apdu: &[u8]) -> Result<Response<Vec<u8>>, Infallible> {
        if apdu == SELECT_BY_NAME {
            assert_eq!(send(self.0, &SELECT).as_slice(), [0x91, 0x00]);
            return Ok(Response { data: Vec::new(), sw1: 0x90, sw2: 0x00 });
        }
        Reader(self.0).transmit(apdu).await
    }

    async fn get_uid(&mut self) -> Result<Vec<u8>, Infallible> {
        Reader(self.0).get_uid().await
    }
}

/// A card with an AES application of five keys of zeros and a file 2, as an NTAG has one.
fn tag(model: Model) -> SoftCard {
    let mut card = card(model);
    let aid = Aid::new([0xF4, 0x81, 0x20]);
    let slots = KeySlots { count: 5, key_type: KeyType::Aes, iso_file_ids: false };
    let mut session = Ours::open(&mut card);
    let _ = session.create_application(aid, KeySettings::FACTORY, slots).unwrap();
    let mut session = session.select_application(aid).unwrap();
    let key = |no| Access::Key(KeyNo::new(no).unwrap());
    let rights =
        AccessRights { read: Access::Free, write: key(2), read_write: key(3), change: key(0) };
    let kind = FileKind::Standard { size: FileSize::new(0x0102).unwrap() };
    let settings = FileSettings::new(kind, CommMode::Mac, rights);
    let _ = session.create_file(FileNo::new(2).unwrap(), settings).unwrap();
    card.reset();
    card
}

const EV2_CARDS: [Model; 2] = [Model::Ev2_4k, Model::Ev3_8k];

#[test]
fn ntag424_reads_the_version_inside_and_outside_of_a_session() {
    for model in EV2_CARDS {
        let mut card = tag(model);
        let mut adapter = Adapter(&mut card);
        let plain = good(now(Session::default().get_version(&mut adapter)));
        let session = authenticated(&mut adapter, KeyNumber::Key0, &ZERO);
        let (sealed, session) = good(now(session.get_version(&mut adapter)));
        for version in [plain, sealed] {
            assert_eq!((version.hw_vendor_id(), version.hw_type()), (0x04, 0x01));
            assert_eq!(version.uid(), &UID);
        }
        assert_eq!(session.cmd_counter(), 1);
    }
}

#[test]
fn ntag424_changes_keys_and_uses_them() {
    for model in EV2_CARDS {
        let mut card = tag(model);
        let mut adapter = Adapter(&mut card);
        let session = authenticated(&mut adapter, KeyNumber::Key0, &ZERO);
        let (uid, session) = good(now(session.get_uid(&mut adapter)));
        assert_eq!(uid, UID);
        let two = NonMasterKeyNumber::Key2;
        let session = good(now(session.change_key(&mut adapter, two, &SECOND, 0x21, &ZERO)));
        // From one key that is not zero to another, with the counter at 2.
        let session = good(now(session.change_key(&mut adapter, two, &OTHER, 0x22, &SECOND)));
        let (version, session) = good(now(session.get_key_version(&mut adapter, KeyNumber::Key2)));
        assert_eq!((version, session.cmd_counter()), (0x22, 4));
        good(now(session.change_master_key(&mut adapter, &MASTER, 0x31)));
        // Both new keys open sessions, and the second goes on in the first one's.
        let session = authenticated(&mut adapter, KeyNumber::Key0, &MASTER);
        let (version, session) = good(now(session.get_key_version(&mut adapter, KeyNumber::Key0)));
        assert_eq!(version, 0x31);
        let identifier = *session.ti();
        let session = good(now(session.authenticate(&mut adapter, KeyNumber::Key2, &OTHER, RND_A)));
        assert_eq!((*session.ti(), session.cmd_counter()), (identifier, 1));
        let (uid, session) = good(now(session.get_uid(&mut adapter)));
        assert_eq!((uid, session.cmd_counter()), (UID, 2));
    }
}

#[test]
fn ntag424_reads_file_settings_inside_and_outside_of_a_session() {
    for model in EV2_CARDS {
        let mut card = tag(model);
        let mut adapter = Adapter(&mut card);
        let plain = good(now(Session::default().get_file_settings(&mut adapter, File::Ndef)));
        let session = authenticated(&mut adapter, KeyNumber::Key3, &ZERO);
        let (sealed, _) = good(now(session.get_file_settings(&mut adapter, File::Ndef)));
        assert_eq!(plain, sealed);
        assert_eq!(sealed.file_size, 0x0102);
        assert_eq!(sealed.comm_mode, ntag424::CommMode::Mac);
        let rights = &sealed.access_rights;
        assert_eq!(rights.read, ntag424::types::Access::Free);
        assert_eq!(rights.write, ntag424::types::Access::Key(KeyNumber::Key2));
        assert_eq!(rights.read_write, ntag424::types::Access::Key(KeyNumber::Key3));
        assert_eq!(rights.change, ntag424::types::Access::Key(KeyNumber::Key0));
    }
}

#[test]
fn ntag424_is_refused_with_a_wrong_key_and_for_a_wrong_old_key() {
    let mut card = tag(Model::Ev2_8k);
    let mut adapter = Adapter(&mut card);
    let wrong =
        now(Session::default().authenticate_aes(&mut adapter, KeyNumber::Key1, &OTHER, RND_A));
    assert_eq!(refused(wrong), ResponseStatus::AuthenticationError);
    let session = authenticated(&mut adapter, KeyNumber::Key0, &ZERO);
    let four = NonMasterKeyNumber::Key4;
    let wrong = now(session.change_key(&mut adapter, four, &SECOND, 0x21, &OTHER));
    assert_eq!(refused(wrong), ResponseStatus::IntegrityError);
    authenticated(&mut adapter, KeyNumber::Key4, &ZERO);
}
