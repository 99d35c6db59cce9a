// SPDX-License-Identifier: MIT OR Apache-2.0
//! A conversation with one card: the typed sessions of the host as one value that moves between
//! levels.
//!
//! A plan keeps each command at its level. Where a command finds another one selected, or nobody
//! authenticated, the session that it needs is gone: [`Error::SessionLost`].

use rand::CryptoRng;
use zeroize::Zeroizing;

use super::place::Level;
use super::rights;
use super::state::Position;
use crate::host::{Answer, App, Error, Failed, File, Grade, Picc, Public, Secure, Session};
use crate::iso14443::{RealUid, Uid};
use crate::key::CardKey;
use crate::profile::{Application, FileSpec};
use crate::secret::Secret;
use crate::transport::Transport;
use crate::wire::{
    Aid, FileKind, FileNo, FileReport, FileSettings, KeyNo, KeySettings, KeySlots, KeyType,
    KeyVersion, Messaging, NewFile, Opening, PiccConfiguration, Version,
};

/// A conversation and where it stands.
pub(crate) struct Walk<'t, 'c> {
    rng: &'c mut dyn CryptoRng,
    /// The messaging, as far as a key's type lets it choose.
    pub(crate) messaging: Messaging,
    at: At<'t>,
    authenticated: Option<(KeyNo, Opening, KeyType)>,
}

/// The host's session, whatever its type.
enum At<'t> {
    Picc(Session<'t, Picc, Public>),
    PiccSecure(Session<'t, Picc, Secure>),
    App(usize, Session<'t, App, Public>),
    AppSecure(usize, Session<'t, App, Secure>),
    Lost,
}

/// Runs one expression on the session, whatever its type.
macro_rules! on_any {
    ($walk:expr, $session:ident => $body:expr) => {
        match &mut $walk.at {
            At::Picc($session) => $body,
            At::PiccSecure($session) => $body,
            At::App(_, $session) => $body,
            At::AppSecure(_, $session) => $body,
            At::Lost => Err(Error::SessionLost),
        }
    };
}

/// Takes the session, whatever its type, and lands where one expression leads.
macro_rules! from_any {
    ($at:expr, $session:ident => $body:expr, $onward:expr) => {
        match $at {
            At::Picc($session) => landed($body, $onward, At::Picc),
            At::PiccSecure($session) => landed($body, $onward, At::Picc),
            At::App(_, $session) => landed($body, $onward, At::Picc),
            At::AppSecure(_, $session) => landed($body, $onward, At::Picc),
            At::Lost => lost(),
        }
    };
}

/// Runs one expression on a session of the PICC level, authenticated or not.
macro_rules! at_picc {
    ($walk:expr, $session:ident => $body:expr) => {
        match &mut $walk.at {
            At::Picc($session) => $body,
            At::PiccSecure($session) => $body,
            At::App(..) | At::AppSecure(..) | At::Lost => Err(Error::SessionLost),
        }
    };
}

/// Runs one expression on a session of an application, authenticated or not.
macro_rules! in_application {
    ($walk:expr, $session:ident => $body:expr) => {
        match &mut $walk.at {
            At::App(_, $session) => $body,
            At::AppSecure(_, $session) => $body,
            At::Picc(_) | At::PiccSecure(_) | At::Lost => Err(Error::SessionLost),
        }
    };
}

impl<'t, 'c> Walk<'t, 'c> {
    /// Starts at the PICC level, with nobody authenticated. Sends nothing.
    pub(crate) fn start(
        transport: &'t mut dyn Transport,
        rng: &'c mut dyn CryptoRng,
        messaging: Messaging,
    ) -> Self {
        let at = At::Picc(Session::open(transport));
        Self { rng, messaging, at, authenticated: None }
    }

    /// Where the conversation stands.
    pub(crate) fn position(&self) -> Position {
        let level = match self.at {
            At::App(index, _) | At::AppSecure(index, _) => Level::Application(index),
            At::Picc(_) | At::PiccSecure(_) | At::Lost => Level::Picc,
        };
        Position { level, authenticated: self.authenticated.map(|(no, ..)| no) }
    }

    /// Which key has authenticated, how, and its type.
    pub(crate) const fn authenticated(&self) -> Option<(KeyNo, Opening, KeyType)> {
        self.authenticated
    }

    /// Selects a level by its AID; nobody is authenticated afterwards.
    pub(crate) fn select(&mut self, level: Level, aid: Aid) -> Result<(), Error> {
        let at = self.leave();
        self.arrive(match level {
            Level::Picc => from_any!(at, session => session.select_picc(), At::Picc),
            Level::Application(index) => {
                let app = |session| At::App(index, session);
                from_any!(at, session => session.select_application(aid), app)
            }
        })
    }

    /// Authenticates at the level that is selected. An EV2 session goes on under another key of
    /// the same level.
    pub(crate) fn authenticate(&mut self, no: KeyNo, key: &CardKey) -> Result<(), Error> {
        let opening = Opening::of(key.key_type(), self.messaging);
        let goes_on = opening == Opening::Ev2First
            && self.authenticated.is_some_and(|(_, before, _)| before == Opening::Ev2First);
        let mut nonce = Zeroizing::new([0; 16]);
        self.rng.fill_bytes(&mut *nonce);
        let at = match self.leave() {
            At::Picc(session) => {
                let result = session.authenticate(opening, no, key, &nonce);
                landed(result, At::PiccSecure, At::Picc)
            }
            At::PiccSecure(session) => {
                let result = if goes_on {
                    session.authenticate_next(no, key, &nonce)
                } else {
                    session.authenticate(opening, no, key, &nonce)
                };
                landed(result, At::PiccSecure, At::Picc)
            }
            At::App(index, session) => {
                let result = session.authenticate(opening, no, key, &nonce);
                landed(
                    result,
                    |secure| At::AppSecure(index, secure),
                    |public| At::App(index, public),
                )
            }
            At::AppSecure(index, session) => {
                let result = if goes_on {
                    session.authenticate_next(no, key, &nonce)
                } else {
                    session.authenticate(opening, no, key, &nonce)
                };
                landed(
                    result,
                    |secure| At::AppSecure(index, secure),
                    |public| At::App(index, public),
                )
            }
            At::Lost => lost(),
        };
        self.arrive(at)?;
        self.authenticated = Some((no, opening, key.key_type()));
        Ok(())
    }

    pub(crate) fn version(&mut self) -> Result<Answer<Version>, Error> {
        on_any!(self, session => session.version())
    }

    pub(crate) fn key_version(&mut self, no: KeyNo) -> Result<Answer<KeyVersion>, Error> {
        on_any!(self, session => session.key_version(no))
    }

    pub(crate) fn key_settings(&mut self) -> Result<Answer<(KeySettings, KeySlots)>, Error> {
        on_any!(self, session => session.key_settings())
    }

    pub(crate) fn application_ids(&mut self) -> Result<Answer<Vec<Aid>>, Error> {
        at_picc!(self, session => session.application_ids())
    }

    pub(crate) fn free_memory(&mut self) -> Result<Answer<u32>, Error> {
        at_picc!(self, session => session.free_memory())
    }

    /// The UID in the field, from the reader.
    pub(crate) fn uid_in_field(&mut self) -> Result<Option<Uid>, Error> {
        on_any!(self, session => session.uid_in_field())
    }

    pub(crate) fn card_uid(&mut self) -> Result<Answer<RealUid>, Error> {
        match &mut self.at {
            At::PiccSecure(session) => session.card_uid(),
            At::AppSecure(_, session) => session.card_uid(),
            At::Picc(_) | At::App(..) | At::Lost => Err(Error::SessionLost),
        }
    }

    pub(crate) fn create_application(
        &mut self,
        spec: &Application,
        settings: KeySettings,
    ) -> Result<Answer<()>, Error> {
        let (aid, slots) = (spec.aid, spec.slots());
        at_picc!(self, session => match &spec.iso {
            Some(iso) => session.create_iso_application(aid, settings, slots, iso),
            None => session.create_application(aid, settings, slots),
        })
    }

    /// Deletes all applications.
    pub(crate) fn format(&mut self) -> Result<Answer<()>, Error> {
        match &mut self.at {
            At::PiccSecure(session) => session.format_picc(),
            At::Picc(_) | At::App(..) | At::AppSecure(..) | At::Lost => Err(Error::SessionLost),
        }
    }

    pub(crate) fn change_settings(&mut self, settings: KeySettings) -> Result<Answer<()>, Error> {
        match &mut self.at {
            At::PiccSecure(session) => session.change_key_settings(settings),
            At::AppSecure(_, session) => session.change_key_settings(settings),
            At::Picc(_) | At::App(..) | At::Lost => Err(Error::SessionLost),
        }
    }

    /// Replaces a key of the application under another one.
    pub(crate) fn change_key(
        &mut self,
        no: KeyNo,
        new: &CardKey,
        old: &CardKey,
    ) -> Result<Answer<()>, Error> {
        match &mut self.at {
            At::AppSecure(_, session) => session.change_key(no, new, old),
            At::Picc(_) | At::PiccSecure(_) | At::App(..) | At::Lost => Err(Error::SessionLost),
        }
    }

    /// Replaces the key that is authenticated, which ends its session.
    pub(crate) fn change_own_key(&mut self, new: &CardKey) -> Result<(), Error> {
        let at = match self.leave() {
            At::PiccSecure(session) => landed(session.change_master_key(new), At::Picc, At::Picc),
            At::AppSecure(index, session) => {
                let app = |session| At::App(index, session);
                landed(session.change_own_key(new), app, app)
            }
            At::Picc(_) | At::App(..) | At::Lost => lost(),
        };
        self.arrive(at)
    }

    pub(crate) fn file_ids(&mut self) -> Result<Answer<Vec<FileNo>>, Error> {
        in_application!(self, session => session.file_ids())
    }

    pub(crate) fn file_settings(&mut self, no: FileNo) -> Result<Answer<FileReport>, Error> {
        in_application!(self, session => session.file_settings(no))
    }

    /// Creates a file with the settings that the rest of the plan needs. A value file starts with
    /// its contents.
    pub(crate) fn create_file(
        &mut self,
        file: &FileSpec,
        contents: &[u8],
    ) -> Result<Answer<()>, Error> {
        in_application!(self, session => {
            let new = NewFile { iso_id: file.iso_id, ..NewFile::new(rights::at_first(file)) };
            let value = contents.try_into().map_or(new.value, i32::from_le_bytes);
            session.create_file(file.no, NewFile { value, ..new })
        })
    }

    pub(crate) fn delete_file(&mut self, no: FileNo) -> Result<Answer<()>, Error> {
        in_application!(self, session => session.delete_file(no))
    }

    /// Gives a file its final settings, from those that it has.
    pub(crate) fn settle_file(
        &mut self,
        file: &FileSpec,
        from: FileSettings,
    ) -> Result<Answer<()>, Error> {
        let declared = File::declared(file.no, from);
        let FileSettings { mode, rights, .. } = file.settings;
        in_application!(self, session => session.change_file_settings(&declared, mode, rights))
    }

    /// Removes all records.
    pub(crate) fn clear_records(&mut self, file: &FileSpec) -> Result<Answer<()>, Error> {
        let file = File::declared(file.no, file.settings);
        in_application!(self, session => {
            let mut transaction = session.transaction();
            let _cleared = transaction.clear_records(&file)?;
            transaction.commit()
        })
    }

    /// Credits or debits what a value differs by.
    pub(crate) fn set_value(
        &mut self,
        file: &FileSpec,
        contents: &[u8],
    ) -> Result<Answer<()>, Error> {
        let target = contents.try_into().map_or(0, i32::from_le_bytes);
        let file = File::declared(file.no, file.settings);
        in_application!(self, session => {
            let now = session.value(&file)?.value;
            let mut missing = i64::from(target).saturating_sub(now.into());
            let mut transaction = session.transaction();
            while missing != 0 {
                // One command moves a value by 2,147,483,647 at most.
                let amount = missing.clamp(-i64::from(i32::MAX), i32::MAX.into());
                let size = u32::try_from(amount.unsigned_abs()).unwrap_or_default();
                let _moved = if amount > 0 {
                    transaction.credit(&file, size)?
                } else {
                    transaction.debit(&file, size)?
                };
                missing = missing.saturating_sub(amount);
            }
            transaction.commit()
        })
    }

    /// Appends the records one by one, each committed before the next.
    pub(crate) fn append(&mut self, file: &FileSpec, records: &[u8]) -> Result<Answer<()>, Error> {
        let size = file.settings.kind.records().map_or(records.len(), |layout| {
            usize::try_from(layout.size.bytes()).unwrap_or(usize::MAX)
        });
        let file = File::declared(file.no, rights::at_first(file));
        let mut weakest = Answer { value: (), grade: Grade::Used };
        in_application!(self, session => {
            for record in records.chunks(size.max(1)) {
                let mut transaction = session.transaction();
                let _written = transaction.write_record(&file, 0, record)?;
                let answer = transaction.commit()?;
                weakest.grade = weakest.grade.min(answer.grade);
            }
            Ok(weakest)
        })
    }

    /// Writes all files and commits them together.
    pub(crate) fn write(&mut self, files: &[(&FileSpec, &[u8])]) -> Result<Answer<()>, Error> {
        in_application!(self, session => {
            let mut transaction = session.transaction();
            for (file, contents) in files {
                let file = File::declared(file.no, rights::at_first(file));
                // The commit's grade is the weakest of all.
                let _written = transaction.write(&file, 0, contents)?;
            }
            transaction.commit()
        })
    }

    /// Reads what a file holds, as far as a content of `length` bytes can tell: its first bytes, all
    /// its records, or its value.
    pub(crate) fn read(
        &mut self,
        no: FileNo,
        settings: FileSettings,
        length: u32,
    ) -> Result<Answer<Secret<Vec<u8>>>, Error> {
        let declared = File::declared(no, settings);
        in_application!(self, session => match settings.kind {
            FileKind::Value(_) => session.value(&declared).map(|answer| Answer {
                value: Secret::new(answer.value.to_le_bytes().to_vec()),
                grade: answer.grade,
            }),
            FileKind::LinearRecord(_) | FileKind::CyclicRecord(_) => {
                session.read_records(&declared, 0, 0)
            }
            FileKind::Standard { .. } | FileKind::Backup { .. } => {
                session.read_data(&declared, 0, length)
            }
        })
    }

    /// Switches on what cannot be switched off again.
    pub(crate) fn configure(&mut self, set: PiccConfiguration) -> Result<Answer<()>, Error> {
        match &mut self.at {
            At::PiccSecure(session) => session.configure_for_good(set),
            At::Picc(_) | At::App(..) | At::AppSecure(..) | At::Lost => Err(Error::SessionLost),
        }
    }

    fn leave(&mut self) -> At<'t> {
        self.authenticated = None;
        core::mem::replace(&mut self.at, At::Lost)
    }

    fn arrive(&mut self, (at, result): (At<'t>, Result<(), Error>)) -> Result<(), Error> {
        self.at = at;
        result
    }
}

/// Where a call leads that takes a session and gives another one back.
fn landed<'t, S, F>(
    result: Result<S, Failed<F>>,
    onward: impl FnOnce(S) -> At<'t>,
    back: impl FnOnce(F) -> At<'t>,
) -> (At<'t>, Result<(), Error>) {
    match result {
        Ok(session) => (onward(session), Ok(())),
        Err(Failed { error, session }) => (session.map_or(At::Lost, back), Err(error)),
    }
}

const fn lost<'t>() -> (At<'t>, Result<(), Error>) {
    (At::Lost, Err(Error::SessionLost))
}
