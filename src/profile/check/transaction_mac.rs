// SPDX-License-Identifier: MIT OR Apache-2.0
//! `transaction_mac` of `[[application]]`: what becomes of the file that counts an application's transactions,
//! and who commits while it is there.

mod created;

use crate::host::TransactionMacSettings;
use crate::host::transaction::ReaderId;
use crate::profile::error::mistake;
use crate::profile::shape::Spanned;
use crate::wire::{Access, AccessRights, FileNo, FixedApplication, KeyType, Silicon};

use super::super::error::ProfileError;
use super::super::model::{FileSpec, KeyIndex, TransactionMacFate, TransactionMacSpec};
use super::super::shape::{self, Counting};
use super::Check;
use super::slots::Slots;

impl Check<'_> {
    /// What becomes of the transaction MAC file, which stays unless the profile says else.
    pub(super) fn transaction_mac(
        &mut self,
        raw: &shape::Application,
        slots: &Slots<'_>,
        made: &FixedApplication,
        silicon: &Silicon,
    ) -> Result<Option<TransactionMacSpec>, ProfileError> {
        let named = raw.transaction_mac.as_ref();
        let Some(own) = made.transaction_mac else {
            let Some(named) = named else { return Ok(None) };
            let problem = format!("a {} chip has no transaction MAC file", silicon.name);
            let at = named.span().start;
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, "take it out"));
        };
        let (no, reader) = (own.number, own.rights.read_write);
        let kept =
            TransactionMacSpec { no, fate: TransactionMacFate::Kept, reader, reader_id: None };
        let table = match named.map(Spanned::get_ref) {
            None | Some(Counting::Kept) => return Ok(Some(kept)),
            Some(Counting::Deleted) => {
                let (fate, reader) = (TransactionMacFate::Deleted, Access::Never);
                return Ok(Some(TransactionMacSpec { fate, reader, ..kept }));
            }
            Some(Counting::Named(table)) => table,
        };
        self.as_it_comes(table)?;
        let reader_id = table.reader_id.as_ref().map(|raw| self.reader_id(raw)).transpose()?;
        let Some(key) = &table.key else {
            self.settings_need_a_key(table)?;
            return Ok(Some(TransactionMacSpec { reader_id, ..kept }));
        };
        let key = self.transaction_mac_key(key, slots)?;
        let AccessRights { read, read_write, change, .. } = own.rights;
        let settings = TransactionMacSettings {
            mode: table.mode.as_ref().map_or(own.mode, |mode| *mode.get_ref()),
            read: self.access_or(table.read.as_ref(), read, slots)?,
            reader: self.access_or(table.reader.as_ref(), read_write, slots)?,
            change: self.access_or(table.change.as_ref(), change, slots)?,
            sessions_only: false,
        };
        let reader = settings.reader;
        self.somebody_names_readers(table, reader)?;
        let fate = TransactionMacFate::Keyed { key, settings, limit: None };
        Ok(Some(TransactionMacSpec { no, fate, reader, reader_id }))
    }

    /// The number of such a file is its own, and nobody has seen one that was given a limit.
    fn as_it_comes(&self, table: &shape::TransactionMac) -> Result<(), ProfileError> {
        let named = [&table.no, &table.limit].into_iter().flatten().next();
        let Some(at) = named.map(|entry| entry.span().start) else { return Ok(()) };
        let problem = "the number and the limit of a file that the chip comes with";
        Err(self.error(mistake::NOT_ON_CHIP, at, problem, "take them out"))
    }

    fn somebody_names_readers(
        &self,
        table: &shape::TransactionMac,
        reader: Access,
    ) -> Result<(), ProfileError> {
        let Some(raw) = table.reader_id.as_ref().filter(|_| reader == Access::Never) else {
            return Ok(());
        };
        let problem = "a reader_id where reader = \"never\"";
        let instead = "take it out, or name a key for reader";
        Err(self.error(mistake::OUT_OF_PLACE, raw.span().start, problem, instead))
    }

    fn reader_id(&self, raw: &Spanned<String>) -> Result<ReaderId, ProfileError> {
        let mut id = [0; 16];
        match hex::decode_to_slice(raw.get_ref(), &mut id) {
            Ok(()) if ReaderId(id) != ReaderId::NONE => Ok(ReaderId(id)),
            Ok(()) | Err(_) => {
                let problem = format!("{:?} names no reader", raw.get_ref());
                let instead = "write 16 bytes in hexadecimal, and not all of them 00";
                Err(self.error(mistake::FORM, raw.span().start, problem, instead))
            }
        }
    }

    /// A file that stays as it comes has its settings.
    fn settings_need_a_key(&self, table: &shape::TransactionMac) -> Result<(), ProfileError> {
        let words = [&table.read, &table.reader, &table.change];
        let words = words.into_iter().flatten().map(|word| word.span().start);
        let mode = table.mode.iter().map(|mode| mode.span().start);
        let Some(at) = mode.chain(words).next() else { return Ok(()) };
        let problem = "settings of a transaction MAC file that stays as it comes";
        let instead = "write key = … too, under which it is made anew, or take them out";
        Err(self.error(mistake::OUT_OF_PLACE, at, problem, instead))
    }

    /// A key that opens nothing: the server that verifies MACs has it.
    fn transaction_mac_key(
        &mut self,
        raw: &Spanned<String>,
        slots: &Slots<'_>,
    ) -> Result<KeyIndex, ProfileError> {
        let (at, name) = (raw.span().start, raw.get_ref());
        let (index, spec) = self.content_key(at, name)?;
        self.own_version(index)?;
        if spec.key_type != KeyType::Aes {
            let problem = format!("the key {name:?} is no AES key");
            let instead = "write type = \"aes128\" for it, or name another one";
            return Err(self.error(mistake::TYPE, at, problem, instead));
        }
        if slots.find(name).is_some() {
            let problem = format!("the key {name:?} is one of the application");
            let instead = "declare another in [keys]: whoever verifies MACs opens no card with it";
            return Err(self.error(mistake::REPEATED, at, problem, instead));
        }
        Ok(index)
    }

    /// What waits is committed, which a card refuses to a reader that has not named itself, under the key that
    /// names readers.
    pub(super) fn may_commit(
        &self,
        raw: &shape::Application,
        files: &[FileSpec],
        mac: &TransactionMacSpec,
    ) -> Result<(), ProfileError> {
        if mac.reader == Access::Never {
            return Ok(());
        }
        for (at, file) in waiting(raw, files).filter(|(_, file)| file.content.is_some()) {
            if mac.reader_id.is_none() {
                let problem = "what waits for a commit, beside a transaction MAC file that takes only \
                               those of a reader which names itself";
                let instead = match file.from_factory {
                    true => {
                        "write transaction_mac = { reader_id = … } in [[application]], or \
                         transaction_mac = \"deleted\", or take the value or the records out"
                    }
                    false => {
                        "write reader_id = … in transaction_mac, by which jobs update it, or \
                         reader = \"never\""
                    }
                };
                return Err(self.error(mistake::NOT_ON_CHIP, at, problem, instead));
            }
            let names = |right| mac.reader == Access::Free || right == mac.reader;
            let opens = |set: AccessRights| {
                names(set.read_write) && (names(set.write) || set.write == Access::Never)
            };
            if !file.settings.sets().all(opens) {
                let problem = "what waits for a commit, and another key names its reader";
                let instead =
                    "write write and read_write with the key of reader, or reader = \"free\"";
                return Err(self.error(mistake::RIGHTS, at, problem, instead));
            }
        }
        Ok(())
    }
}

/// The files that wait for a commit, and where their numbers stand.
fn waiting<'f>(
    raw: &shape::Application,
    files: &'f [FileSpec],
) -> impl Iterator<Item = (usize, &'f FileSpec)> {
    let number = |raw: &shape::File| u8::try_from(*raw.no.get_ref()).ok().and_then(FileNo::new);
    let named = raw.file.iter().map(Spanned::get_ref);
    named.filter_map(move |raw| {
        let file = files.iter().find(|file| Some(file.no) == number(raw))?;
        file.settings.kind.is_transactional().then_some((raw.no.span().start, file))
    })
}
