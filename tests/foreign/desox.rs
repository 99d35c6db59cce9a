// SPDX-License-Identifier: MIT OR Apache-2.0
//! The crate `desox` 0.5.4, a host for DESFire EV3 in EV1 messaging, which its author runs against
//! real cards: AuthenticateISO with single DES keys, AuthenticateAES, applications, keys, standard
//! files in every mode. It speaks native frames of up to 60 bytes, checks every MAC, and follows the
//! chaining value.

use core::convert::Infallible;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use cardwright::emulator::{Model, SoftCard};
use cardwright::wire::Messaging;
use desox::io::Backend;
use desox::{
    AppPermissions, Authenticated, AuthenticatedCard, Card, Error, FileCommunication, FileIo,
    FilePermissions, FileSettings, Key, KeyCount, KeyPermissions, Permissions, StatusCode,
};

use super::{MASTER, OTHER, SECOND, UID, ZERO, card, send};

const APP: [u8; 3] = [0x20, 0x81, 0xF4];
const DES: Key = Key::Des([0; 8]);

/// The card in the crate's hands.
struct InProcess<'c>(&'c mut SoftCard);

impl Backend for InProcess<'_> {
    type Error = Infallible;

    async fn exchange_raw(&mut self, reply: &mut [u8], frame: &[u8]) -> Result<usize, Infallible> {
        let answer = send(self.0, frame);
        reply[..answer.len()].copy_from_slice(&answer);
        Ok(answer.len())
    }
}

/// Nothing here ever waits.
fn now<T, E: core::fmt::Debug>(future: impl Future<Output = Result<T, E>>) -> T {
    maybe(future).unwrap()
}

fn maybe<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("an exchange with the card waits"),
    }
}

const fn permissions() -> Permissions {
    let app = AppPermissions {
        can_change_key_settings: true,
        can_change_root_key: true,
        anyone_can_delete: false,
        anyone_can_list: false,
    };
    Permissions { app, key: KeyPermissions::RequiresRoot }
}

/// The card under its master key, with an application of such keys.
fn with_application(card: &mut SoftCard, keys: KeyCount) -> AuthenticatedCard<InProcess<'_>> {
    let host = Card::new(InProcess(card));
    let mut host = now(host.authenticate(0, DES));
    now(host.create_application(APP, permissions(), keys));
    host
}

/// In that application, with its key 0.
fn inside(card: &mut SoftCard, keys: KeyCount, key: Key) -> Card<InProcess<'_>, Authenticated> {
    let host = now(with_application(card, keys).select_application(APP));
    now(host.authenticate(0, key))
}

fn file(communication: FileCommunication, size: u32) -> FileSettings {
    let permissions = FilePermissions { change: 0, read_write: 0, write: 0, read: 1 };
    FileSettings::Data { communication, permissions, size }
}

fn models() -> impl Iterator<Item = Model> {
    Model::ALL.into_iter().filter(|model| model.chip().silicon().speaks(Messaging::Ev1))
}

#[test]
fn desox_looks_at_the_card() {
    for model in models() {
        let mut card = card(model);
        let mut host = with_application(&mut card, KeyCount::Aes(2));
        let (settings, keys) = now(host.get_key_settings());
        assert_eq!((settings.as_u8::<()>().unwrap(), keys), (0x0F, KeyCount::Des(1)));
        assert_eq!(now(host.get_key_version(0)), 0);
        assert_eq!(now(host.get_uid()), UID);
        assert_eq!(now(host.get_version_info()).uid, UID);
        let mut out = [0; 255];
        assert_eq!(now(host.list_applications(&mut out)), [APP]);
        let free = now(host.get_free_memory());
        assert!(free >= 160, "{model}: {free}");
        now(host.delete_application(APP));
        assert!(now(host.list_applications(&mut out)).is_empty());
        now(host.format());
    }
}

/// 328 bytes, which take several frames each way, and lengths around the ends of frames.
#[test]
fn desox_writes_and_reads_files_in_every_mode() {
    for model in [Model::Ev1_4k, Model::Ev2_8k, Model::Ev3_8k] {
        let mut card = card(model);
        let mut host = inside(&mut card, KeyCount::Aes(2), Key::Aes(ZERO));
        let modes =
            [FileCommunication::Plain, FileCommunication::Cmac, FileCommunication::Encrypted];
        for (no, mode) in (1..).zip(modes) {
            now(host.create_file(no, file(mode, 328)));
            let found = now(host.get_file_settings(no));
            assert_eq!(found, file(mode, 328), "{model}");
            for length in [328, 1, 16, 43, 44, 48, 49, 50, 51, 52, 58, 59, 60, 96, 107, 108] {
                let data: Vec<u8> =
                    (0..length).map(|at: u32| (at * 7 + length).to_le_bytes()[0]).collect();
                now(host.write_file_at(no, mode, 0, &data));
                let mut out = [0; 512];
                let read = now(host.read_file_at(&mut out, no, mode, 0, length));
                assert_eq!(read, data, "{model} {mode:?} {length}");
            }
        }
        let mut out = [0; 32];
        assert_eq!(now(host.list_files(&mut out)), [1, 2, 3]);
        now(host.delete_file(2));
        assert_eq!(now(host.list_files(&mut out)), [1, 3]);
    }
}

/// A bug of the crate: where header, data and checksum are 57 to 59 bytes, what comes of padding them
/// goes in one frame of 72, which no card has room for.
#[test]
fn desox_sends_a_frame_that_is_too_long() {
    let mut card = card(Model::Ev3_8k);
    let mut host = inside(&mut card, KeyCount::Aes(2), Key::Aes(ZERO));
    let mode = FileCommunication::Encrypted;
    now(host.create_file(1, file(mode, 328)));
    for length in [45, 47] {
        let refused = maybe(host.write_file_at(1, mode, 0, &[0xA7; 47][..length]));
        assert!(matches!(refused, Err(Error::InvalidSignature)), "{length}");
        host = now(host.to_unauthenticated().authenticate(0, Key::Aes(ZERO)));
    }
    now(host.write_file_at(1, mode, 0, &[0xA7; 44]));
    // A refusal of what is not enciphered is told.
    let none = maybe(host.get_file_settings(9));
    assert!(matches!(none, Err(Error::BadStatusCode(StatusCode::FileNotFound))), "{none:?}");
}

#[test]
fn desox_changes_keys_and_settings_of_an_application() {
    for model in models() {
        let mut card = card(model);
        let mut host = inside(&mut card, KeyCount::Aes(3), Key::Aes(ZERO));
        // Two in one session, the second from a key that is not zero.
        now(host.change_key(2, Key::Aes(ZERO), Key::Aes(SECOND), 0x21));
        now(host.change_key(2, Key::Aes(SECOND), Key::Aes(OTHER), 0x22));
        assert_eq!(now(host.get_key_version(2)), 0x22);
        let app = AppPermissions { anyone_can_list: true, ..permissions().app };
        now(host.change_key_settings(Permissions { app, ..permissions() }));
        let host = now(host.change_current_key(Key::Aes(MASTER), 0x31));
        let host = now(host.authenticate(2, Key::Aes(OTHER)));
        let mut host = now(host.authenticate(0, Key::Aes(MASTER)));
        assert_eq!(now(host.get_key_version(0)), 0x31);
        // A bug of the crate: it looks for a MAC on the answer to what it enciphered, a refusal too.
        let wrong = maybe(host.change_key(1, Key::Aes(SECOND), Key::Aes(OTHER), 1));
        assert!(matches!(wrong, Err(Error::InvalidSignature)), "{model}");
        assert!(maybe(host.to_unauthenticated().authenticate(0, Key::Aes(ZERO))).is_err());
    }
}

/// As the recording of a real card has it: DES, DES, AES, AES, DES.
#[test]
fn desox_takes_the_master_key_round_the_world() {
    for model in models() {
        let mut card = card(model);
        let host = Card::new(InProcess(&mut card));
        let host = now(now(host.authenticate(0, DES)).change_current_key(Key::Des([2; 8]), 0));
        let host = now(host.authenticate(0, Key::Des([2; 8])));
        let host = now(host.change_current_key(Key::Aes(ZERO), 0));
        let host = now(host.authenticate(0, Key::Aes(ZERO)));
        let host = now(host.change_current_key(Key::Aes(MASTER), 7));
        let mut host = now(host.authenticate(0, Key::Aes(MASTER)));
        assert_eq!(now(host.get_key_version(0)), 7, "{model}");
        let host = now(host.change_current_key(DES, 0));
        let mut host = now(host.authenticate(0, DES));
        assert_eq!(now(host.get_key_version(0)), 0, "{model}");
    }
}

#[test]
fn desox_changes_the_own_key_of_a_des_application() {
    for model in models() {
        let mut card = card(model);
        let host = inside(&mut card, KeyCount::Des(2), DES);
        let host = now(host.change_current_key(Key::Des([0x54; 8]), 0));
        let mut host = now(host.authenticate(0, Key::Des([0x54; 8])));
        assert_eq!(now(host.get_key_version(0)), 0, "{model}");
    }
}
