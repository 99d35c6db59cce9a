// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards, keys, files and lines that the tests share.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use cardwright::emulator::{Model, SoftCard};
use cardwright::host::{App, Secure, Session};
use cardwright::iso14443::RealUid;
use cardwright::key::CardKey;
use cardwright::transport::{LinkError, ReplyBuf, Transport};
use cardwright::wire::{
    Access, AccessRights, Aid, CommMode, FileKind, FileNo, FileSettings, FileSize, KeyNo,
    KeySettings, KeySlots, KeyType, KeyVersion, Opening,
};

pub(super) const AID: Aid = Aid::new([0xF4, 0x81, 0x20]);
pub(super) const UID: [u8; 7] = [0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40];
pub(super) const RND_A: [u8; 16] = *b"random of a host";

/// How a session talks: which keys it takes, and the messaging that comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Messaging {
    /// D40 under a DES key with equal halves.
    D40Des,
    /// D40 under a 2-key triple DES key.
    D40Tdes2,
    /// EV1 under a DES key with equal halves.
    Des,
    /// EV1 under a 2-key triple DES key.
    Tdes2,
    /// EV1 under a 3-key triple DES key.
    Tdes3,
    /// EV1 under an AES key.
    Aes,
    /// EV2.
    Ev2,
}

impl Messaging {
    /// Those that protect every reply.
    pub(super) const ALL: [Self; 5] = [Self::Des, Self::Tdes2, Self::Tdes3, Self::Aes, Self::Ev2];

    /// Those and D40, which protects little.
    pub(super) const EVERY: [Self; 7] =
        [Self::D40Des, Self::D40Tdes2, Self::Des, Self::Tdes2, Self::Tdes3, Self::Aes, Self::Ev2];

    pub(super) const fn is_d40(self) -> bool {
        matches!(self, Self::D40Des | Self::D40Tdes2)
    }

    pub(super) const fn opening(self) -> Opening {
        match self {
            Self::D40Des | Self::D40Tdes2 => Opening::Legacy,
            Self::Des | Self::Tdes2 | Self::Tdes3 => Opening::Iso,
            Self::Aes => Opening::Aes,
            Self::Ev2 => Opening::Ev2First,
        }
    }

    pub(super) const fn key_type(self) -> KeyType {
        match self {
            Self::D40Des | Self::D40Tdes2 | Self::Des | Self::Tdes2 => KeyType::Des,
            Self::Tdes3 => KeyType::Tdes3,
            Self::Aes | Self::Ev2 => KeyType::Aes,
        }
    }

    /// What each slot of a new application holds.
    pub(super) fn zero(self) -> CardKey {
        zero(self.key_type())
    }

    /// One of 128 keys, in any version.
    pub(super) fn key(self, seed: u8, version: u8) -> CardKey {
        let byte = |at: u8| (seed << 1).wrapping_add(at.wrapping_mul(0x22));
        // The first byte carries the most significant bit of the version.
        let versioned = |at: u8| byte(at) & 0xFE | (version >> (7 - at) & 1);
        let bytes: [u8; 24] = core::array::from_fn(|at| {
            let at = u8::try_from(at).unwrap();
            match (self, at) {
                (Self::Aes | Self::Ev2, _) => byte(at) ^ 0x5A,
                (_, 0..8) => versioned(at),
                (Self::D40Des | Self::Des, _) => versioned(at % 8),
                (Self::D40Tdes2 | Self::Tdes2 | Self::Tdes3, _) => byte(at) ^ 0xF0,
            }
        });
        let two = bytes.first_chunk().unwrap();
        match self {
            Self::D40Des | Self::D40Tdes2 | Self::Des | Self::Tdes2 => CardKey::des(two),
            Self::Tdes3 => CardKey::tdes3(&bytes),
            Self::Aes | Self::Ev2 => CardKey::aes(two, KeyVersion(version)),
        }
    }
}

pub(super) fn zero(kind: KeyType) -> CardKey {
    match kind {
        KeyType::Aes => CardKey::zero_aes(),
        KeyType::Des => CardKey::factory(),
        KeyType::Tdes3 => CardKey::tdes3(&[0; 24]),
    }
}

/// A card from the factory that knows all messagings.
pub(super) fn blank() -> SoftCard {
    SoftCard::new(Model::Ev2_8k, RealUid::new(UID), 7)
}

/// A card with one application of three keys; slot `n` holds `messaging.key(n, n)`.
pub(super) fn card(messaging: Messaging, settings: KeySettings) -> SoftCard {
    let mut card = blank();
    let slots = KeySlots { count: 3, key_type: messaging.key_type(), iso_file_ids: false };
    let mut session = Session::open(&mut card);
    let _ = session.create_application(AID, KeySettings::FACTORY, slots).unwrap();
    let session = session.select_application(AID).unwrap();
    let (opening, zero) = (messaging.opening(), messaging.zero());
    let session = session.authenticate(opening, KeyNo::MASTER, &zero, &RND_A).unwrap();
    let master = messaging.key(0, 0);
    let session = session.change_own_key(&master).unwrap();
    let mut session = session.authenticate(opening, KeyNo::MASTER, &master, &RND_A).unwrap();
    for no in 1..3 {
        let _ = session.change_key(key_no(no), &messaging.key(no, no), &zero).unwrap();
    }
    let _ = session.change_key_settings(settings).unwrap();
    card.reset();
    card
}

/// A session in the application of such a card.
pub(super) fn session(
    line: &mut dyn Transport,
    messaging: Messaging,
    no: u8,
) -> Session<'_, App, Secure> {
    let session = Session::open(line).select_application(AID).unwrap();
    let key = messaging.key(no, no);
    session.authenticate(messaging.opening(), key_no(no), &key, &RND_A).unwrap()
}

pub(super) fn key_no(no: u8) -> KeyNo {
    KeyNo::new(no).unwrap()
}

pub(super) fn file_no(no: u8) -> FileNo {
    FileNo::new(no).unwrap()
}

pub(super) fn by_key(no: u8) -> Access {
    Access::Key(key_no(no))
}

/// Read, write, read-and-write; changing is for nobody.
pub(super) const fn rights([read, write, read_write]: [Access; 3]) -> AccessRights {
    AccessRights { read, write, read_write, change: Access::Never }
}

pub(super) fn standard(size: usize, mode: CommMode, rights: AccessRights) -> FileSettings {
    FileSettings::new(FileKind::Standard { size: file_size(size) }, mode, rights)
}

pub(super) fn backup(size: usize, mode: CommMode, rights: AccessRights) -> FileSettings {
    FileSettings::new(FileKind::Backup { size: file_size(size) }, mode, rights)
}

fn file_size(bytes: usize) -> FileSize {
    FileSize::new(u32::try_from(bytes).unwrap()).unwrap()
}

/// Bytes of which none is zero and no two neighbours are alike.
pub(super) fn pattern(length: usize, salt: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from((at * 7 + salt * 13) % 255 + 1).unwrap()).collect()
}

pub(super) const MODES: [CommMode; 3] = [CommMode::Plain, CommMode::Mac, CommMode::Full];

/// A line that leaves its card within reach while a session holds it: counts what is sent, and
/// loses the link where it is told to.
#[derive(Clone)]
pub(super) struct Line {
    card: Rc<RefCell<SoftCard>>,
    sent: Rc<Cell<usize>>,
    fails_at: Rc<Cell<Option<usize>>>,
}

impl Line {
    pub(super) fn to(card: SoftCard) -> Self {
        let card = Rc::new(RefCell::new(card));
        Self { card, sent: Rc::default(), fails_at: Rc::default() }
    }

    /// How many commands the host has sent, answered or not.
    pub(super) fn sent(&self) -> usize {
        self.sent.get()
    }

    /// The link fails once, instead of exchange `at`; the card does not get that command.
    pub(super) fn fail_at(&self, at: usize) {
        self.fails_at.set(Some(at));
    }

    /// Another card in the same state, out of the field and back.
    pub(super) fn copy(&self) -> SoftCard {
        let mut card = self.card.borrow().clone();
        card.reset();
        card
    }

    pub(super) fn reset(&self) {
        self.card.borrow_mut().reset();
    }
}

impl Transport for Line {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        let number = self.sent.replace(self.sent.get() + 1);
        if self.fails_at.get() == Some(number) {
            return Err(LinkError::CardRemoved);
        }
        self.card.borrow_mut().exchange(command, reply)
    }
}
