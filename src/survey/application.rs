// SPDX-License-Identifier: MIT OR Apache-2.0
//! Looks at one application: keys, settings, files and the contents that are open.

use rand::CryptoRng;

use super::look::{Look, USUAL};
use super::seen::Seen;
use super::{Application, Contents, File, Opens, Slot};
use crate::host::{self, Auth, Error, Session};
use crate::key::CardKey;
use crate::secret::Secret;
use crate::wire::{
    Access, AccessRights, Aid, DetailedKind, FileDetails, FileKind, FileNo, FileReport,
    FileSettings, FileSize, FileState, IsoDf, KeyNo,
};

/// The contents of a transaction MAC file: counter (4) and MAC (8).
const TRANSACTION: u32 = 12;

/// The fewest bytes of contents that a frame brings on a real card, so that a reading comes to an end.
const FRAME: u32 = 32;

/// More bytes than any card has: the largest has 32 Kbytes. A file of more is not worth its exchanges.
const LARGEST: u32 = 0x1_0000;

/// What opens an application's files.
struct Keys<'k> {
    aid: Aid,
    opening: &'k [(KeyNo, CardKey)],
}

impl Keys<'_> {
    fn master(&self) -> Option<&CardKey> {
        self.opening.iter().find(|(no, _)| *no == KeyNo::MASTER).map(|(_, key)| key)
    }
}

impl<R: CryptoRng> Look<'_, R> {
    /// Reads the application.
    pub(super) fn application(&mut self, aid: Aid, iso: Option<IsoDf>) -> Application {
        let selected = self.free(USUAL, aid, |_| Ok(()));
        if selected.value().is_none() {
            const WHY: &str = "not asked: the application was not selected";
            let (settings, files) = (Seen::NotAsked(WHY), Seen::NotAsked(WHY));
            return Application {
                aid,
                iso,
                selected,
                settings,
                keys: Vec::new(),
                key_sets: None,
                files,
            };
        }
        let free = self.free(USUAL, aid, |session| Ok(session.key_details()?.value));
        let count = free.value().map(|details| details.slots.count);
        let (keys, opening) = self.keys(aid, count);
        let at = Keys { aid, opening: &opening };
        let settings = self.or_master(free, &at, |session| Ok(session.key_details()?.value));
        let key_sets = settings
            .value()
            .and_then(|details| details.sets)
            .map(|_| self.free(USUAL, aid, |session| Ok(session.key_set_versions()?.value)));
        let numbers = self.free(USUAL, aid, |session| Ok(session.file_ids()?.value));
        let numbers = self.or_master(numbers, &at, |session| Ok(session.file_ids()?.value));
        let files =
            numbers.map(|numbers| numbers.into_iter().map(|no| self.file(&at, no)).collect());
        Application { aid, iso, selected, settings, keys, key_sets, files }
    }

    /// The key slots, so many where the card tells, else up to the first that is refused; and which
    /// keys at hand open them.
    fn keys(&mut self, aid: Aid, count: Option<u8>) -> (Vec<Slot>, Vec<(KeyNo, CardKey)>) {
        let (mut slots, mut opening) = (Vec::new(), Vec::new());
        for no in (0..count.unwrap_or(14)).map_while(KeyNo::new) {
            let version = self.free(USUAL, aid, |session| Ok(session.key_version(no)?.value));
            if version.value().is_none() && count.is_none() && !slots.is_empty() {
                break;
            }
            let opens = match self.key(aid, no) {
                None => Opens::NotTried,
                Some(key) => {
                    let open =
                        |look: &mut Self| look.in_application(USUAL, (aid, no, &key), |_| Ok(()));
                    if self.opened(&key, open) {
                        opening.push((no, key));
                        Opens::Yes
                    } else {
                        Opens::No
                    }
                }
            };
            slots.push(Slot { no, version, opens });
        }
        (slots, opening)
    }

    fn file(&mut self, at: &Keys<'_>, no: FileNo) -> File {
        let details = self.free(USUAL, at.aid, |session| Ok(session.file_details(no)?.value));
        let details = self.or_master(details, at, |session| Ok(session.file_details(no)?.value));
        let contents = match details.value() {
            Some(details) => self.contents(at, no, details),
            None => Seen::NotAsked("not asked: its settings are not known"),
        };
        File { no, details, contents }
    }

    /// Reads the contents with the first key that may, or with none where everybody may.
    fn contents(&mut self, at: &Keys<'_>, no: FileNo, details: &FileDetails) -> Seen<Contents> {
        let (kind, state) = match details.kind {
            DetailedKind::Common(FileReport { settings, state }) => (settings.kind, state),
            DetailedKind::TransactionMac { .. } => match FileSize::new(TRANSACTION) {
                Some(size) => (FileKind::Standard { size }, FileState::Data),
                None => return Seen::NotAsked("not asked"),
            },
        };
        if state == (FileState::Records { current: 0 }) {
            let grade = host::Grade::Said;
            return Seen::Is(Contents::Records { records: Vec::new(), grade });
        }
        if length(kind) > LARGEST {
            return self.too_large();
        }
        let declared =
            |rights| host::File::declared(no, FileSettings::new(kind, details.mode, rights));
        let most = most(kind);
        let by_key = details.sets().find_map(|rights| {
            let reading = reading(details, rights);
            let mut keys = at.opening.iter();
            keys.find(|(no, _)| reading.contains(&Access::Key(*no))).map(|opens| (rights, opens))
        });
        if let Some((rights, (key_no, key))) = by_key {
            let read = self.in_application(most, (at.aid, *key_no, key), |session| {
                contents(session, &declared(rights))
            });
            return self.keep(read, true);
        }
        let mut sets = details.sets();
        let free = sets.find(|rights| reading(details, *rights).contains(&Access::Free));
        // Where a key makes a MAC of what is read, everybody reads.
        let mirrored = details.dynamic.as_ref().is_some_and(|set| set.file != Access::Never);
        let rights = match free {
            Some(rights) => rights,
            None if mirrored => AccessRights { read: Access::Free, ..details.rights },
            None => details.rights,
        };
        self.free(most, at.aid, |session| contents(session, &declared(rights)))
    }

    /// What was refused without a key, asked with the application's master key.
    fn or_master<T>(
        &mut self,
        free: Seen<T>,
        at: &Keys<'_>,
        read: impl FnOnce(&mut Session<'_, host::App, host::Secure>) -> Result<T, Error>,
    ) -> Seen<T> {
        match (free, at.master()) {
            (Seen::Closed(_), Some(key)) => {
                let answer = self.in_application(USUAL, (at.aid, KeyNo::MASTER, key), read);
                self.keep(answer, true)
            }
            (free, _) => free,
        }
    }
}

/// The rights of a set that allow to read: of a value file the write right too, and of a transaction
/// MAC file the read right alone.
fn reading(details: &FileDetails, rights: AccessRights) -> Vec<Access> {
    match details.kind {
        DetailedKind::TransactionMac { .. } => vec![rights.read],
        DetailedKind::Common(FileReport { state: FileState::Value { .. }, .. }) => {
            vec![rights.read, rights.read_write, rights.write]
        }
        DetailedKind::Common(_) => vec![rights.read, rights.read_write],
    }
}

/// How many bytes the contents have at the most.
fn length(kind: FileKind) -> u32 {
    match kind {
        FileKind::Standard { size } | FileKind::Backup { size } => size.bytes(),
        FileKind::Value(_) => 4,
        FileKind::LinearRecord(layout) | FileKind::CyclicRecord(layout) => {
            layout.size.bytes().saturating_mul(layout.max.get())
        }
    }
}

/// How many exchanges a file of this kind may take.
pub(super) fn most(kind: FileKind) -> u32 {
    USUAL.saturating_add(length(kind) / FRAME)
}

/// Reads a whole file.
pub(super) fn contents<A: Auth>(
    session: &mut Session<'_, host::App, A>,
    file: &host::File,
) -> Result<Contents, Error> {
    let kind = file.settings().kind;
    if let Some(layout) = kind.records() {
        let answer = session.read_records(file, 0, 0)?;
        let size = usize::try_from(layout.size.bytes()).unwrap_or(usize::MAX);
        let records = answer.value.expose_secret().chunks(size);
        let records = records.map(|record| Secret::new(record.to_vec())).collect();
        return Ok(Contents::Records { records, grade: answer.grade });
    }
    if let FileKind::Value(_) = kind {
        let answer = session.value(file)?;
        return Ok(Contents::Value { value: Secret::new(answer.value), grade: answer.grade });
    }
    let answer = session.read_data(file, 0, 0)?;
    Ok(Contents::Data { bytes: answer.value, grade: answer.grade })
}
