// SPDX-License-Identifier: MIT OR Apache-2.0
//! A conversation with a real (software) card, whose replies are tampered with on the way. What
//! an authenticated session accepts is what the card said; a lost session sends nothing more.
#![no_main]

use std::cell::Cell;
use std::rc::Rc;
use std::sync::LazyLock;

use cardwright::emulator::{Model, SoftCard};
use cardwright::host::{App, Error, File, Grade, Secure, Session};
use cardwright::iso14443::RealUid;
use cardwright::key::CardKey;
use cardwright::transport::{LinkError, ReplyBuf, Transport};
use cardwright::wire::{Access, AccessRights, Aid, CommMode, FileKind, FileNo, FileSettings, FileSize, KeyNo, KeySettings, KeySlots, KeyType, Opening};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

const AID: Aid = Aid::new([0xF4, 0x81, 0x20]);
const RND_A: [u8; 16] = [0xC3; 16];

/// What happens to one reply.
#[derive(Arbitrary, Debug)]
enum Tamper {
    Pass,
    Flip { at: u8, bits: u8 },
    Cut(u8),
    Replace(Vec<u8>),
}

/// What a step brought: the value as text, and its grade.
type Outcome = Result<(String, Grade), Error>;

fuzz_target!(|input: (bool, Vec<Tamper>)| {
    let (ev2, tampers) = input;
    let opening = if ev2 { Opening::Ev2First } else { Opening::Aes };
    let honest = talk(opening, Vec::new());
    assert!(honest.iter().all(Result::is_ok), "{honest:?}");
    for (found, honest) in talk(opening, tampers).iter().zip(&honest) {
        assert!(found.is_err() || found == honest, "{found:?} instead of {honest:?}");
    }
});

/// Selects, authenticates and takes the steps; no outcome where the authentication failed.
fn talk(opening: Opening, tampers: Vec<Tamper>) -> Vec<Outcome> {
    let (sent, altered) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(false)));
    // The selection is not protected, so its reply passes.
    let tampers = [Tamper::Pass].into_iter().chain(tampers).collect::<Vec<_>>().into_iter();
    let mut line =
        Line { card: CARD.clone(), tampers, sent: Rc::clone(&sent), altered: Rc::clone(&altered) };
    let session = Session::open(&mut line).select_application(AID).expect("passed on");
    let zero = CardKey::zero_aes();
    let Ok(mut session) = session.authenticate(opening, KeyNo::MASTER, &zero, &RND_A) else {
        return Vec::new();
    };
    assert!(!altered.get(), "an altered authentication was believed");
    let mut outcomes = Vec::new();
    for step in STEPS {
        let before = sent.get();
        let outcome = step(&mut session);
        if outcomes.iter().any(Result::is_err) {
            assert_eq!(outcome, Err(Error::SessionLost));
            assert_eq!(sent.get(), before, "a lost session sent a command");
        }
        outcomes.push(outcome);
    }
    outcomes
}

/// Steps whose replies are all protected.
const STEPS: [fn(&mut Session<'_, App, Secure>) -> Outcome; 7] = [
    |session| session.key_settings().map(|answer| (format!("{:?}", answer.value), answer.grade)),
    |session| session.file_ids().map(|answer| (format!("{:?}", answer.value), answer.grade)),
    |session| {
        let settings = session.file_settings(mac_file().no())?;
        Ok((format!("{:?}", settings.value), settings.grade))
    },
    |session| session.card_uid().map(|uid| (format!("{:?}", uid.value.expose()), uid.grade)),
    |session| {
        let mut transaction = session.transaction();
        let _ = transaction.write(&mac_file(), 5, &[0xA5; 70])?;
        transaction.commit().map(|answer| (String::new(), answer.grade))
    },
    |session| read(session, &mac_file()),
    |session| read(session, &full_file()),
];

fn read(session: &mut Session<'_, App, Secure>, file: &File) -> Outcome {
    let answer = session.read_data(file, 0, 0)?;
    Ok((format!("{:02X?}", answer.value.expose_secret()), answer.grade))
}

/// A card with one application and two files, made once.
static CARD: LazyLock<SoftCard> = LazyLock::new(|| {
    let uid = RealUid::new([0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]);
    let mut card = SoftCard::new(Model::Ev2_8k, uid, 7);
    make(&mut card).expect("a fresh card");
    card.reset();
    card
});

fn make(card: &mut SoftCard) -> Result<(), Error> {
    let slots = KeySlots { count: 2, key_type: KeyType::Aes, iso_file_ids: false };
    let mut session = Session::open(card)
        .authenticate(Opening::Iso, KeyNo::MASTER, &CardKey::factory(), &RND_A)
        .map_err(|failed| failed.error)?;
    let _ = session.create_application(AID, KeySettings::FACTORY, slots)?;
    let mut session = session
        .select_application(AID)
        .map_err(|failed| failed.error)?
        .authenticate(Opening::Aes, KeyNo::MASTER, &CardKey::zero_aes(), &RND_A)
        .map_err(|failed| failed.error)?;
    for file in [mac_file(), full_file()] {
        let _ = session.create_file(file.no(), file.settings())?;
    }
    Ok(())
}

fn mac_file() -> File {
    let size = FileSize::new(100).expect("a size");
    file(1, FileKind::Backup { size }, CommMode::Mac)
}

fn full_file() -> File {
    let size = FileSize::new(75).expect("a size");
    file(2, FileKind::Standard { size }, CommMode::Full)
}

fn file(no: u8, kind: FileKind, mode: CommMode) -> File {
    let master = Access::Key(KeyNo::MASTER);
    let rights =
        AccessRights { read: master, write: master, read_write: master, change: Access::Never };
    File::declared(FileNo::new(no).expect("a number"), FileSettings::new(kind, mode, rights))
}

/// The way to the card, with somebody on it.
struct Line {
    card: SoftCard,
    tampers: std::vec::IntoIter<Tamper>,
    sent: Rc<Cell<usize>>,
    altered: Rc<Cell<bool>>,
}

impl Transport for Line {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        self.sent.set(self.sent.get() + 1);
        self.card.exchange(command, reply)?;
        let before = reply.clone();
        match self.tampers.next() {
            None | Some(Tamper::Pass) => {}
            Some(Tamper::Flip { at, bits }) => {
                let at = usize::from(at) % reply.len();
                reply[at] ^= bits;
            }
            Some(Tamper::Cut(length)) => reply.truncate(usize::from(length)),
            Some(Tamper::Replace(bytes)) => {
                reply.clear();
                reply.extend(bytes.into_iter().take(reply.capacity()));
            }
        }
        self.altered.set(self.altered.get() || *reply != before);
        if reply.len() < 2 { Err(LinkError::NoStatusWord) } else { Ok(()) }
    }
}
