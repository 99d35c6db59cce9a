// SPDX-License-Identifier: MIT OR Apache-2.0
//! A conversation with one card as a plan has it: levels by their place in the profile, files by
//! their specification.
//!
//! A plan keeps each command at its level. Where it did not, the conversation would refuse to send.

use rand::CryptoRng;
use zeroize::Zeroizing;

use crate::encode::plan::commands::Read;
use crate::encode::plan::place::{Door, Level};
use crate::encode::plan::state::Position;
use crate::encode::plan::{commands, rights};
use crate::host::command::Command;
use crate::host::command::data::ReadData;
use crate::host::command::file::GetFileIds;
use crate::host::command::key::GetKeyDetails;
use crate::host::command::tag::ConfigureTag;
use crate::host::transaction::{ReaderId, TransactionMac};
use crate::host::{Answer, Conversation, Error, File, Grade, Transaction};
use crate::iso14443::Uid;
use crate::key::CardKey;
use crate::profile::{Application, FileSpec};
use crate::secret::Secret;
use crate::transport::Transport;
use crate::wire::{
    Aid, Chip, FileKind, FileNo, FileSettings, FixedApplication, FixedFile, Ins, KeyDetails, KeyNo,
    Messaging, Opening, Silicon, ValueLimits,
};

/// A conversation and where it stands.
pub(crate) struct Walk<'t, 'c> {
    rng: &'c mut dyn CryptoRng,
    /// The messaging, as far as a key's type lets it choose.
    pub(crate) messaging: Messaging,
    talk: Conversation<'t>,
    silicon: Option<&'static Silicon>,
    level: Level,
    /// Whether everybody knows the session's key, so that its MACs prove nothing.
    public: bool,
    /// How it commits what waits for a commit.
    commits: Commits,
    /// What the card told of what was committed.
    committed: Vec<Committed>,
    /// The files that have another number than the chip's own, by both.
    renamed: Vec<(FileNo, FileNo)>,
}

/// How what waits for a commit is committed in an application.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Commits {
    /// Whether a transaction MAC file counts it.
    pub(crate) counts: bool,
    /// Whom each names, where that file wants to know.
    pub(crate) reader: Option<ReaderId>,
}

/// What a card tells of a transaction that it counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Committed {
    pub(crate) mac: TransactionMac,
    /// What it answered to the reader's name: who was named before, enciphered for the server.
    pub(crate) answered: Option<[u8; 16]>,
}

impl Commits {
    /// In an application that has such a file, or has none.
    pub(crate) fn of(spec: &Application, counts: bool) -> Self {
        Self { counts, reader: spec.reader_id().filter(|_| counts) }
    }
}

impl<'t, 'c> Walk<'t, 'c> {
    /// Starts at the PICC level, with nobody authenticated, on a card that takes frames of so many bytes. Sends
    /// nothing.
    pub(crate) fn start(
        transport: &'t mut dyn Transport,
        rng: &'c mut dyn CryptoRng,
        (messaging, frame): (Messaging, usize),
    ) -> Self {
        let mut talk = Conversation::open(transport);
        talk.takes_frames(frame);
        Self {
            rng,
            messaging,
            talk,
            silicon: None,
            level: Level::Picc,
            public: false,
            commits: Commits::default(),
            committed: Vec::new(),
            renamed: Vec::new(),
        }
    }

    /// Where the conversation stands.
    pub(crate) fn position(&self) -> Position {
        Position { level: self.level, authenticated: self.talk.key_no() }
    }

    /// What is protected how from here on.
    pub(crate) const fn talk(&self) -> &Conversation<'t> {
        &self.talk
    }

    /// The card is of this kind, and spoken to so.
    pub(crate) const fn is_of(&mut self, chip: Chip, messaging: Messaging) {
        let silicon = chip.silicon();
        self.talk.is_of(silicon);
        self.silicon = Some(silicon);
        self.messaging = messaging;
    }

    /// Asks for the settings, slots and sets of an application's keys, where the chip tells them; else they
    /// are those that it always has.
    pub(crate) fn key_settings(&mut self, aid: Aid) -> Result<Answer<KeyDetails>, Error> {
        match self.fixed(aid).filter(|_| !self.knows(Ins::GetKeySettings)) {
            Some(own) => {
                let (settings, slots) = (own.settings, own.slots());
                let value = KeyDetails { settings, slots, third: None, sets: None };
                Ok(Answer { value, grade: Grade::Attested })
            }
            None => self.ask(&GetKeyDetails),
        }
    }

    /// Asks for the files of an application, where the chip lists them; else they are those that it always
    /// has. By the numbers of the chip, whatever the card calls them.
    pub(crate) fn file_ids(&mut self, aid: Aid) -> Result<Answer<Vec<FileNo>>, Error> {
        match self.fixed(aid).filter(|_| !self.knows(Ins::GetFileIds)) {
            Some(own) => {
                let value = own.files.iter().map(|file| file.number).collect();
                Ok(Answer { value, grade: Grade::Attested })
            }
            None => {
                let mut listed = self.ask(&GetFileIds)?;
                for no in &mut listed.value {
                    let own = self.renamed.iter().find(|(_, called)| called == no);
                    *no = own.map_or(*no, |(own, _)| *own);
                }
                Ok(listed)
            }
        }
    }

    /// From here on these files have other numbers than the chip's own.
    pub(crate) fn calls(&mut self, renamed: &[(FileNo, FileNo)]) {
        self.renamed = renamed.to_vec();
    }

    /// The number that a file has on the card, by the chip's own.
    pub(crate) fn number(&self, own: FileNo) -> FileNo {
        let found = self.renamed.iter().find(|(of, _)| *of == own);
        found.map_or(own, |(_, called)| *called)
    }

    /// A file as it is in the end, by the number that it has.
    pub(crate) fn settled(&self, file: &FileSpec) -> File {
        File::declared(self.number(file.no), file.settings)
    }

    fn knows(&self, ins: Ins) -> bool {
        self.silicon.is_none_or(|silicon| silicon.has(ins))
    }

    fn fixed(&self, aid: Aid) -> Option<&'static FixedApplication> {
        self.silicon?.layout.application(aid)
    }

    /// From here on it commits so.
    pub(crate) const fn commits(&mut self, commits: Commits) {
        self.commits = commits;
    }

    /// What the card has told of transactions since the last call.
    pub(crate) fn committed(&mut self) -> Vec<Committed> {
        core::mem::take(&mut self.committed)
    }

    /// The UID in the field, from the reader.
    pub(crate) fn uid_in_field(&mut self) -> Result<Option<Uid>, Error> {
        self.talk.uid_in_field()
    }

    /// Sends one command.
    pub(crate) fn run<C: Command>(&mut self, command: &C) -> Result<Answer<C::Output>, Error> {
        let answer = self.talk.run(command)?;
        Ok(self.worth(answer))
    }

    /// Asks the card for something. What the session proves of the reply attests what it names.
    pub(crate) fn ask<C: Command>(&mut self, command: &C) -> Result<Answer<C::Output>, Error> {
        let answer = self.run(command)?;
        let grade = match answer.grade {
            Grade::Enciphered | Grade::Sealed => Grade::Attested,
            other @ (Grade::NotLookedAt | Grade::Said | Grade::Attested | Grade::Used) => other,
        };
        Ok(Answer { grade, ..answer })
    }

    /// Sends a command whose answer may leave open whether it was executed; `None` where it does. What
    /// follows begins with a select.
    pub(crate) fn try_out<C: Command>(
        &mut self,
        command: &C,
    ) -> Result<Option<Answer<C::Output>>, Error> {
        match self.run(command) {
            Ok(answer) => Ok(Some(answer)),
            Err(Error::Misbehaved { .. }) => {
                self.go_on_unsure();
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// After an answer that came whole and does not fit: nobody counts as authenticated, and what
    /// follows begins with a select.
    pub(crate) fn go_on_unsure(&mut self) {
        self.talk.go_on_unsure();
    }

    /// An answer as it is worth here: whoever knows the session's key could have made it.
    fn worth<T>(&self, answer: Answer<T>) -> Answer<T> {
        let grade = if self.public { answer.grade.min(Grade::Said) } else { answer.grade };
        Answer { grade, ..answer }
    }

    /// Selects a level by its door; nobody is authenticated afterwards.
    pub(crate) fn select(&mut self, level: Level, door: &Door) -> Result<(), Error> {
        self.level = Level::Picc;
        match door {
            Door::Aid(aid) => self.talk.select(*aid)?,
            Door::Name(name) => self.talk.select_name(name)?,
        }
        self.level = level;
        Ok(())
    }

    /// Authenticates at the level that is selected. An EV2 session goes on under another key of
    /// the same level.
    pub(crate) fn authenticate(
        &mut self,
        no: KeyNo,
        key: &CardKey,
        messaging: Messaging,
    ) -> Result<(), Error> {
        let opening = self.talk.next_opening(Opening::of(key.key_type(), messaging));
        let mut nonce = Zeroizing::new([0; 16]);
        self.rng.fill_bytes(&mut *nonce);
        self.public = key.is_public();
        self.talk.authenticate(opening, no, key, &nonce)
    }

    /// Begins a session in LRP at the application that is selected.
    pub(crate) fn authenticate_lrp(&mut self, no: KeyNo, key: &CardKey) -> Result<(), Error> {
        let mut nonce = Zeroizing::new([0; 16]);
        self.rng.fill_bytes(&mut *nonce);
        self.public = key.is_public();
        self.talk.authenticate_lrp(no, key, &nonce)
    }

    /// Switches the chip to LRP for good, which ends the session.
    pub(crate) fn switch_to_lrp(&mut self) -> Result<(), Error> {
        self.talk.run_last(&ConfigureTag::lrp()).map(drop)
    }

    /// Replaces a key of the application under another one.
    pub(crate) fn change_key(
        &mut self,
        no: KeyNo,
        new: &CardKey,
        old: &CardKey,
    ) -> Result<Answer<()>, Error> {
        let answer = self.talk.change_key(no, new, old)?;
        Ok(self.worth(answer))
    }

    /// Goes on after a refusal that ended the session: selects a level, with nobody authenticated.
    pub(crate) fn begin_anew(
        &mut self,
        refused: &Error,
        level: Level,
        door: &Door,
    ) -> Result<(), Error> {
        self.talk.put_out(refused);
        self.select(level, door)
    }

    /// Replaces the key that is authenticated, which ends its session.
    pub(crate) fn change_own_key(&mut self, new: &CardKey) -> Result<(), Error> {
        self.talk.change_own_key(new)
    }

    /// Makes the next key set the active one, which ends the session.
    pub(crate) fn roll_key_set(&mut self) -> Result<(), Error> {
        self.talk.run_last(&commands::roll_set()).map(drop)
    }

    /// Removes all records.
    pub(crate) fn clear_records(&mut self, file: &File) -> Result<Answer<()>, Error> {
        let commits = self.commits;
        let mut transaction = self.talk.transaction();
        let _cleared = transaction.clear_records(file)?;
        let answer = commit(transaction, commits, &mut self.committed)?;
        Ok(self.worth(answer))
    }

    /// Credits or debits what a value differs by.
    pub(crate) fn set_value(
        &mut self,
        file: &FileSpec,
        contents: &[u8],
    ) -> Result<Answer<()>, Error> {
        let target = contents.try_into().map_or(0, i32::from_le_bytes);
        let file = self.settled(file);
        let now = self.talk.value(&file)?.value;
        self.move_value(&file, now, target)
    }

    /// Brings a value to the one that it comes with.
    fn reset_value(&mut self, file: &File, limits: ValueLimits) -> Result<Answer<()>, Error> {
        let Answer { value: mut now, mut grade } = self.ask_value(file)?;
        for stop in commands::value_stops(limits) {
            if now != stop {
                grade = grade.min(self.move_value(file, now, stop)?.grade);
                now = stop;
            }
        }
        Ok(Answer { value: (), grade })
    }

    fn ask_value(&mut self, file: &File) -> Result<Answer<i32>, Error> {
        let answer = self.talk.value(file)?;
        Ok(self.worth(answer))
    }

    fn move_value(&mut self, file: &File, now: i32, target: i32) -> Result<Answer<()>, Error> {
        let mut missing = i64::from(target).saturating_sub(now.into());
        let commits = if missing == 0 { Commits::default() } else { self.commits };
        let mut transaction = self.talk.transaction();
        while missing != 0 {
            // One command moves a value by 2,147,483,647 at most.
            let amount = missing.clamp(-i64::from(i32::MAX), i32::MAX.into());
            let size = u32::try_from(amount.unsigned_abs()).unwrap_or_default();
            let _moved = if amount > 0 {
                transaction.credit(file, size)?
            } else {
                transaction.debit(file, size)?
            };
            missing = missing.saturating_sub(amount);
        }
        let answer = commit(transaction, commits, &mut self.committed)?;
        Ok(self.worth(answer))
    }

    /// Appends the records one by one, each committed before the next.
    pub(crate) fn append(&mut self, file: &FileSpec, records: &[u8]) -> Result<Answer<()>, Error> {
        let mut weakest = Answer { value: (), grade: Grade::Used };
        let file = self.talk.file(self.number(file.no), rights::at_first(file));
        for record in commands::append(&file, records, self.talk.key_no()) {
            let commits = self.commits;
            let mut transaction = self.talk.transaction();
            let _written = transaction.send(&file, &record?)?;
            let answer = commit(transaction, commits, &mut self.committed)?;
            weakest.grade = weakest.grade.min(answer.grade);
        }
        Ok(self.worth(weakest))
    }

    /// Writes all files and commits them together.
    pub(crate) fn write(&mut self, files: &[(&FileSpec, &[u8])]) -> Result<Answer<()>, Error> {
        let key = self.talk.key_no();
        let waits = files.iter().any(|(file, _)| file.settings.kind.is_transactional());
        let commits = if waits { self.commits } else { Commits::default() };
        let files: Vec<_> = files
            .iter()
            .map(|(file, contents)| {
                let no = self.number(file.no);
                (self.talk.file(no, rights::at_first(file)), *contents)
            })
            .collect();
        let mut transaction = self.talk.transaction();
        for (file, contents) in &files {
            for command in commands::write(file, contents, key)? {
                // The commit's grade is the weakest of all.
                let _written = transaction.send(file, &command)?;
            }
        }
        let answer = commit(transaction, commits, &mut self.committed)?;
        Ok(self.worth(answer))
    }

    /// Brings a file, which is of this kind by now, to what it holds as it comes from the factory.
    pub(crate) fn empty(&mut self, made: &FixedFile, kind: FileKind) -> Result<Answer<()>, Error> {
        let file = self.talk.file(self.number(made.number), rights::while_emptied(kind));
        match kind {
            FileKind::Value(limits) => return self.reset_value(&file, limits),
            FileKind::LinearRecord(_) | FileKind::CyclicRecord(_) => {
                return self.clear_records(&file);
            }
            FileKind::Standard { .. } | FileKind::Backup { .. } => {}
        }
        let (whole, mut grade) = (commands::as_it_comes(made), Grade::Used);
        for command in commands::write(&file, &whole, self.talk.key_no())? {
            grade = grade.min(self.run(&command)?.grade);
        }
        Ok(Answer { value: (), grade })
    }

    /// Reads the pieces of a file one behind the other; they are worth what the weakest is.
    fn read_all(
        &mut self,
        pieces: &[ReadData],
        length: u32,
    ) -> Result<Answer<Secret<Vec<u8>>>, Error> {
        if let [whole] = pieces {
            return self.run(whole);
        }
        let room = usize::try_from(length).unwrap_or_default();
        let mut whole = Answer { value: Secret::new(Vec::with_capacity(room)), grade: Grade::Used };
        for piece in pieces {
            let Answer { value, grade } = self.run(piece)?;
            whole.value.expose_secret_mut().extend_from_slice(value.expose_secret());
            whole.grade = whole.grade.min(grade);
        }
        Ok(whole)
    }

    /// Reads what a file of these settings, by the chip's own number, holds, as far as a content of `length` bytes can tell.
    pub(crate) fn read(
        &mut self,
        no: FileNo,
        settings: FileSettings,
        length: u32,
    ) -> Result<Answer<Secret<Vec<u8>>>, Error> {
        let file = self.talk.file(self.number(no), settings);
        match commands::read(&file, length, self.talk.key_no())? {
            Read::Records(command) => self.run(&command),
            Read::Data(pieces) => self.read_all(&pieces, length),
            Read::Value(command) => self.run(&command).map(|answer| Answer {
                value: Secret::new(answer.value.to_le_bytes().to_vec()),
                grade: answer.grade,
            }),
        }
    }
}

/// Commits what was written, says by whom where somebody wants to know, and takes down what is told of it where it
/// is counted.
fn commit(
    mut transaction: Transaction<'_, '_>,
    Commits { counts, reader }: Commits,
    committed: &mut Vec<Committed>,
) -> Result<Answer<()>, Error> {
    let answered = match reader {
        Some(reader) => transaction.commit_reader_id(reader)?.value,
        None => None,
    };
    if !counts {
        return transaction.commit();
    }
    let Answer { value, grade } = transaction.commit_with_mac()?;
    committed.push(Committed { mac: value, answered });
    Ok(Answer { value: (), grade })
}
