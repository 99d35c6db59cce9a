// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is written is read back, in every mode and messaging, and nothing else changes.

use cardwright::emulator::SoftCard;
use cardwright::host::{App, Auth, Error, File, Grade, Misuse, Session};
use cardwright::wire::{
    Access, AccessRights, CommMode, FileSettings, Ins, KeyNo, KeySettings, Status,
};
use proptest::prelude::*;

use super::support::{
    AID, Line, MODES, Messaging, backup, by_key, card, file_no, pattern, rights, session, standard,
};

type MakeFile = fn(usize, CommMode, AccessRights) -> FileSettings;

const KINDS: [MakeFile; 2] = [standard, backup];

/// Around one frame of each kind (54 sent, 58 received, 48 and 56 enciphered), around two, around
/// a full byte, and a long one.
const SIZES: [usize; 35] = [
    1, 27, 28, 29, 31, 32, 33, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 92, 95,
    96, 97, 107, 108, 109, 110, 116, 255, 256, 257, 1000,
];

#[test]
fn every_length_up_to_the_file_size_is_read_back_and_the_rest_is_untouched() {
    for messaging in Messaging::EVERY {
        let card = card(messaging, KeySettings::FACTORY);
        for (mode, kind) in every_file() {
            let mut pair = Pair::new(&card, messaging, kind(130, mode, both_by(1)));
            let size = pair.expected.len();
            pair.with(|talk| {
                for length in 1..=size {
                    let offset = (length * 31) % (size - length + 1);
                    talk.write(offset, &pattern(length, length));
                    talk.read(offset, length);
                    talk.read_rest(0);
                }
            });
        }
    }
}

#[test]
fn every_length_can_be_read_from_a_written_file() {
    for messaging in Messaging::EVERY {
        let card = card(messaging, KeySettings::FACTORY);
        for mode in MODES {
            let mut pair = Pair::new(&card, messaging, standard(130, mode, both_by(1)));
            pair.with(|talk| {
                talk.write(0, &pattern(130, 5));
                for length in 1..=130 {
                    talk.read(130 - length, length);
                    talk.read_rest(130 - length);
                }
            });
        }
    }
}

#[test]
fn files_of_every_size_around_the_frame_limits_are_written_whole_and_in_part() {
    for messaging in Messaging::EVERY {
        let card = card(messaging, KeySettings::FACTORY);
        for (mode, kind) in every_file() {
            for size in SIZES {
                let mut pair = Pair::new(&card, messaging, kind(size, mode, both_by(1)));
                pair.with(|talk| {
                    talk.read_rest(0);
                    talk.write(0, &pattern(size, 3));
                    talk.read(0, size);
                    talk.read_rest(size - 1);
                    talk.write(size - 1, &[0xA5]);
                    talk.write(size / 2, &pattern((size - size / 2).min(47), 4));
                    talk.read_rest(0);
                    talk.read_rest(size / 3);
                });
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..<_>::default() })]

    #[test]
    fn any_writes_leave_what_they_would_leave_in_a_byte_string(
        messaging in prop::sample::select(&Messaging::EVERY[..]),
        mode in prop::sample::select(&MODES[..]),
        kind in prop::sample::select(&KINDS[..]),
        size in prop_oneof![1_usize..130, 1_usize..1050],
        writes in prop::collection::vec(
            (any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 1..150)), 1..6),
    ) {
        let mut pair =
            Pair::new(&card(messaging, KeySettings::FACTORY), messaging, kind(size, mode, both_by(1)));
        pair.with(|talk| {
            for (at, data) in &writes {
                let offset = at.index(size);
                let data = &data[..data.len().min(size - offset)];
                talk.write(offset, data);
                talk.read(offset, data.len());
                talk.read_rest(offset / 2);
            }
            talk.read_rest(0);
        });
    }
}

#[test]
fn nothing_to_write_and_ranges_outside_the_file_are_misuse_and_send_nothing() {
    for messaging in Messaging::EVERY {
        let card = card(messaging, KeySettings::FACTORY);
        for (mode, kind) in every_file() {
            let mut pair = Pair::new(&card, messaging, kind(48, mode, both_by(1)));
            let mut line = pair.line.clone();
            let mut session = session(&mut line, messaging, 1);
            let before = pair.line.sent();
            let write = |session: &mut Session<'_, App, _>, offset, length| {
                let mut transaction = session.transaction();
                let error = transaction.write(&pair.file, offset, &pattern(length, 1)).unwrap_err();
                assert_eq!(transaction.commit(), Err(Misuse::WriteFailed.into()));
                error
            };
            assert_eq!(write(&mut session, 0, 0), Misuse::NothingToWrite.into());
            for (offset, length) in [(0, 49), (1, 48), (48, 1), (47, 2), (0x0100_0000, 1)] {
                assert_eq!(write(&mut session, offset, length), Misuse::OutsideFile.into());
                let read = session.read_data(&pair.file, offset, u32::try_from(length).unwrap());
                assert_eq!(read, Err(Misuse::OutsideFile.into()));
            }
            assert_eq!(session.read_data(&pair.file, 48, 0), Err(Misuse::OutsideFile.into()));
            assert_eq!(pair.line.sent(), before);
            drop(session);
            pair.with(|talk| talk.read_rest(0));
        }
    }
}

#[test]
fn a_free_file_is_read_and_written_with_and_without_a_session() {
    let free = rights([Access::Free, Access::Free, Access::Never]);
    for messaging in Messaging::EVERY {
        let card = card(messaging, KeySettings::FACTORY);
        for (mode, kind) in every_file() {
            let mut pair = Pair::new(&card, messaging, kind(70, mode, free));
            // Whatever its mode, a free access travels plain.
            pair.plain = true;
            for reader in [None, Some(0), Some(1)] {
                pair.with_key(reader, |talk| {
                    for length in [1, 46, 47, 48, 58, 59, 70] {
                        talk.write(70 - length, &pattern(length, length));
                        talk.read(70 - length, length);
                        talk.read_rest(0);
                    }
                });
            }
        }
    }
}

#[test]
fn the_read_and_write_key_reads_and_writes_in_the_mode_of_the_file() {
    for messaging in Messaging::EVERY {
        let card = card(messaging, KeySettings::FACTORY);
        for (mode, kind) in every_file() {
            for others in [Access::Never, Access::Free, by_key(1)] {
                let rights = rights([others, others, by_key(2)]);
                let mut pair = Pair::new(&card, messaging, kind(75, mode, rights));
                pair.with_key(Some(2), |talk| {
                    talk.write(5, &pattern(66, 9));
                    talk.read(0, 75);
                    talk.read_rest(5);
                });
            }
        }
    }
}

#[test]
fn a_session_without_the_right_sends_nothing_and_the_card_would_refuse_it() {
    let refused = |command, status| Err(Error::Refused { command, status });
    for messaging in Messaging::EVERY {
        let card = card(messaging, KeySettings::FACTORY);
        for (right, status) in
            [(by_key(1), Status::AuthenticationError), (Access::Never, Status::PermissionDenied)]
        {
            let settings = standard(40, CommMode::Mac, rights([right; 3]));
            let pair = Pair::new(&card, messaging, settings);
            for key in [None, Some(0), Some(2)] {
                let attempt = |file: &File, read: bool| {
                    let mut line = pair.line.clone();
                    line.reset();
                    with_session(&mut line, messaging, key, &mut |session| {
                        let before = pair.line.sent();
                        let outcome = session.attempt(file, read);
                        (outcome, pair.line.sent() - before)
                    })
                };
                for read in [true, false] {
                    assert_eq!(attempt(&pair.file, read), (Err(Misuse::NoRight.into()), 0));
                }
                // A host that believes the file to be free asks the card.
                let free = standard(40, CommMode::Plain, rights([Access::Free; 3]));
                let believed = File::declared(pair.file.no(), free);
                assert_eq!(attempt(&believed, true), (refused(Ins::ReadData, status), 1));
                assert_eq!(attempt(&believed, false), (refused(Ins::WriteData, status), 1));
            }
        }
    }
}

#[test]
fn a_file_declared_with_another_mode_is_an_error_and_never_another_value() {
    for messaging in Messaging::ALL {
        let card = card(messaging, KeySettings::FACTORY);
        for (real, declared) in MODES.iter().flat_map(|&a| MODES.map(|b| (a, b))) {
            let mut pair = Pair::new(&card, messaging, standard(50, real, both_by(1)));
            pair.with(|talk| talk.write(0, &pattern(50, 8)));
            let wrong = standard(50, declared, both_by(1));
            let wrong = File::declared(pair.file.no(), wrong);
            // Every reply of an EV1 session has the same MAC, whether the file asks for it or not.
            let alike = real == declared
                || messaging != Messaging::Ev2 && ![real, declared].contains(&CommMode::Full);
            for length in [0, 50, 16] {
                let mut line = pair.line.clone();
                line.reset();
                let read = session(&mut line, messaging, 1).read_data(&wrong, 0, length);
                let read = read.map(|answer| answer.value.expose_secret().clone());
                let meant = if length == 0 { 50 } else { usize::try_from(length).unwrap() };
                if alike {
                    assert_eq!(read.unwrap(), pair.expected[..meant]);
                } else {
                    assert!(read.is_err(), "{messaging:?} {real:?} as {declared:?}, {length}");
                }
            }
            let mut line = pair.line.clone();
            line.reset();
            let mut session = session(&mut line, messaging, 1);
            let written = session.transaction().write(&wrong, 0, &pattern(20, 2));
            assert_eq!(written.is_ok(), real == declared, "{messaging:?} {real:?} as {declared:?}");
        }
    }
}

fn every_file() -> impl Iterator<Item = (CommMode, MakeFile)> {
    MODES.into_iter().flat_map(|mode| KINDS.map(|kind| (mode, kind)))
}

/// Reading and writing with one key.
fn both_by(no: u8) -> AccessRights {
    rights([by_key(no), by_key(no), Access::Never])
}

/// A card with one file, and what the file should hold.
struct Pair {
    line: Line,
    messaging: Messaging,
    file: File,
    expected: Vec<u8>,
    plain: bool,
}

impl Pair {
    fn new(card: &SoftCard, messaging: Messaging, settings: FileSettings) -> Self {
        let line = Line::to(card.clone());
        let file = File::declared(file_no(3), settings);
        let mut session = session(&mut line.clone(), messaging, 0).create_file(file.no(), settings);
        let created = if messaging.is_d40() { Grade::Said } else { Grade::Sealed };
        assert_eq!(session.as_mut().map(|answer| answer.grade), Ok(created));
        line.reset();
        let expected = vec![0; usize::try_from(settings.kind.size().unwrap().bytes()).unwrap()];
        Self { line, messaging, file, expected, plain: settings.mode == CommMode::Plain }
    }

    /// Talks with the key that may read and write.
    fn with(&mut self, talk: impl FnOnce(&mut Talk<'_>)) {
        self.with_key(Some(1), talk);
    }

    fn with_key(&mut self, key: Option<u8>, talk: impl FnOnce(&mut Talk<'_>)) {
        // Plain in D40 and EV2 means no MAC at all, and D40 answers no write with one.
        let unproven = self.messaging == Messaging::Ev2 || self.messaging.is_d40();
        let bare = key.is_none() || self.plain && unproven;
        // EV1 and D40 messaging put no MAC behind what is enciphered.
        let AccessRights { read, read_write, .. } = self.file.settings().rights;
        let by_key = |key| [read, read_write].contains(&Access::Key(KeyNo::new(key).unwrap()));
        let enciphered = self.file.settings().mode == CommMode::Full
            && self.messaging != Messaging::Ev2
            && key.is_some_and(by_key);
        let read = match (bare, enciphered) {
            (true, _) => Grade::Said,
            (false, true) => Grade::Enciphered,
            (false, false) => Grade::Sealed,
        };
        let written = match (self.messaging.is_d40(), read) {
            (true, _) => Grade::Said,
            (false, Grade::Enciphered) => Grade::Sealed,
            (false, read) => read,
        };
        let mut line = self.line.clone();
        let (file, expected) = (self.file, &mut self.expected);
        let mut talk = Some(talk);
        with_session(&mut line, self.messaging, key, &mut |session| {
            let name = format!("{:?} key {key:?}, {:?}", self.messaging, file.settings());
            let mut talked = Talk { session, file, expected, read, written, name };
            if let Some(talk) = talk.take() {
                talk(&mut talked);
            }
        });
        self.line.reset();
    }
}

/// A session with one file.
struct Talk<'a> {
    session: &'a mut dyn Data,
    file: File,
    expected: &'a mut [u8],
    read: Grade,
    written: Grade,
    name: String,
}

impl Talk<'_> {
    fn write(&mut self, offset: usize, data: &[u8]) {
        let written = self.session.write(&self.file, offset, data);
        assert_eq!(written, Ok(self.written), "{}: {} at {offset}", self.name, data.len());
        self.expected[offset..offset + data.len()].copy_from_slice(data);
    }

    fn read(&mut self, offset: usize, length: usize) {
        let meant = if length == 0 { self.expected.len() - offset } else { length };
        let expected = self.expected[offset..offset + meant].to_vec();
        let read = self.session.read(&self.file, offset, length);
        assert_eq!(read, Ok((expected, self.read)), "{}: {length} at {offset}", self.name);
    }

    /// Length 0 reads the rest of the file.
    fn read_rest(&mut self, offset: usize) {
        self.read(offset, 0);
    }
}

/// What sessions with and without a key can do with a file.
trait Data {
    fn write(&mut self, file: &File, offset: usize, data: &[u8]) -> Result<Grade, Error>;
    fn read(&mut self, file: &File, offset: usize, len: usize) -> Result<(Vec<u8>, Grade), Error>;

    fn attempt(&mut self, file: &File, read: bool) -> Result<(), Error> {
        if read { self.read(file, 0, 4).map(drop) } else { self.write(file, 0, &[1]).map(drop) }
    }
}

impl<A: Auth> Data for Session<'_, App, A> {
    fn write(&mut self, file: &File, offset: usize, data: &[u8]) -> Result<Grade, Error> {
        let mut transaction = self.transaction();
        let _ = transaction.write(file, u32::try_from(offset).unwrap(), data)?;
        transaction.commit().map(|answer| answer.grade)
    }

    fn read(&mut self, file: &File, offset: usize, len: usize) -> Result<(Vec<u8>, Grade), Error> {
        let [offset, length] = [offset, len].map(|number| u32::try_from(number).unwrap());
        let answer = self.read_data(file, offset, length)?;
        Ok((answer.value.expose_secret().clone(), answer.grade))
    }
}

fn with_session<T>(
    line: &mut Line,
    messaging: Messaging,
    key: Option<u8>,
    talk: &mut dyn FnMut(&mut dyn Data) -> T,
) -> T {
    match key {
        Some(no) => talk(&mut session(line, messaging, no)),
        None => talk(&mut Session::open(line).select_application(AID).unwrap()),
    }
}
