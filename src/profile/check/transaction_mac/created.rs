// SPDX-License-Identifier: MIT OR Apache-2.0
//! The transaction MAC file of an application that a job creates, and whom it shuts out.

use crate::host::TransactionMacSettings;
use crate::profile::error::{ProfileError, mistake, warning};
use crate::profile::model::{FileSpec, KeyIndex, TransactionMacFate, TransactionMacSpec};
use crate::profile::shape::{self, Counting, Spanned};
use crate::wire::{Access, CommMode, FileNo, Generation, Ins, KeyNo, KeyType};

use super::super::Check;
use super::super::slots::Slots;
use super::waiting;

impl Check<'_> {
    /// The file that counts the transactions of an application that is created, where it gets one.
    pub(in crate::profile::check) fn created_transaction_mac(
        &mut self,
        raw: &shape::Application,
        slots: &Slots<'_>,
        files: &[FileSpec],
        chips: (&[Generation], KeyType),
    ) -> Result<Option<TransactionMacSpec>, ProfileError> {
        let Some(named) = &raw.transaction_mac else { return Ok(None) };
        let at = named.span().start;
        let Counting::Named(table) = named.get_ref() else {
            let problem = "an application that is created comes with no transaction MAC file";
            let instead = "take it out, or write a table with no, mode and key";
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, instead));
        };
        self.chips_make_macs(at, chips, slots)?;
        let no = self.number_of_its_own(table, at, files)?;
        let mode = table.mode.as_ref().ok_or_else(|| self.missing(at, "mode"))?;
        let key = table.key.as_ref().ok_or_else(|| self.missing(at, "key"))?;
        let key_at = key.span().start;
        let key = self.transaction_mac_key(key, slots)?;
        self.counts_anew(key_at, key);
        let right =
            |raw: &Option<Spanned<String>>| self.access_or(raw.as_ref(), Access::Never, slots);
        let settings = TransactionMacSettings {
            mode: *mode.get_ref(),
            read: right(&table.read)?,
            reader: right(&table.reader)?,
            change: right(&table.change)?,
            sessions_only: false,
        };
        self.its_rights(table, at, &settings, slots)?;
        let reader_id = table.reader_id.as_ref().map(|raw| self.reader_id(raw)).transpose()?;
        self.somebody_names_readers(table, settings.reader)?;
        let limit = self.transaction_limit(table, settings.change, (chips.0, slots))?;
        let fate = TransactionMacFate::Keyed { key, settings, limit };
        let mac = TransactionMacSpec { no, fate, reader: settings.reader, reader_id };
        self.may_commit(raw, files, &mac)?;
        self.shut_out(raw, files, &mac, slots);
        Ok(Some(mac))
    }

    /// EV2 and later chips make MACs of transactions, in applications with AES keys; key 0 makes the file.
    fn chips_make_macs(
        &self,
        at: usize,
        (chips, key_type): (&[Generation], KeyType),
        slots: &Slots<'_>,
    ) -> Result<(), ProfileError> {
        let mut all = chips.iter().map(|chip| chip.silicon());
        if let Some(chip) = all.find(|chip| !chip.has(Ins::CreateTransactionMacFile)) {
            let name = chip.name;
            let problem = format!(
                "transaction_mac on {name} chips, which make no MACs of transactions and would get an \
                 application without the file"
            );
            let instead = format!(
                "take \"{name}\" out of chips and write another profile for those, or take it out"
            );
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, instead));
        }
        if key_type != KeyType::Aes {
            let problem = format!("transaction_mac beside keys of type {key_type}");
            let instead = "name AES keys in the application, or take it out";
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, instead));
        }
        if slots.is_foreign(Access::Key(KeyNo::MASTER)) {
            let problem = "transaction_mac where key 0, which makes the file, is another issuer's";
            let instead = "name a key of the profile for key 0, or take it out";
            return Err(self.error(mistake::RIGHTS, at, problem, instead));
        }
        Ok(())
    }

    fn number_of_its_own(
        &self,
        table: &shape::TransactionMac,
        at: usize,
        files: &[FileSpec],
    ) -> Result<FileNo, ProfileError> {
        let named = table.no.as_ref().ok_or_else(|| self.missing(at, "no"))?;
        let at = named.span().start;
        let instead = "write another number from 0 to 31";
        let Some(no) = u8::try_from(*named.get_ref()).ok().and_then(FileNo::new) else {
            let problem = format!("no file has number {}", named.get_ref());
            return Err(self.error(mistake::RANGE, at, problem, instead));
        };
        if files.iter().any(|file| file.no == no) {
            let problem = format!("two files of the application have number {no}");
            return Err(self.error(mistake::REPEATED, at, problem, instead));
        }
        Ok(no)
    }

    /// The file has no command that gives it another key.
    fn counts_anew(&mut self, at: usize, key: KeyIndex) {
        let former = self.keys.get(key.get()).and_then(|key| key.item.former);
        if let Some(former) = former {
            let message = format!(
                "cards that count under version {} begin to count from 0 again: the file is made anew, \
                 and counter and MAC of the old one are gone",
                former.0
            );
            self.warn(warning::ONE_WAY, at, message);
        }
    }

    /// Whoever may read or change it needs a session, but in clear.
    fn its_rights(
        &mut self,
        table: &shape::TransactionMac,
        at: usize,
        settings: &TransactionMacSettings,
        slots: &Slots<'_>,
    ) -> Result<(), ProfileError> {
        let place = |raw: &Option<Spanned<String>>| raw.as_ref().map_or(at, |raw| raw.span().start);
        if settings.read == Access::Free && settings.mode != CommMode::Plain {
            let problem = "read = \"free\" in a protected mode: data go in clear";
            let instead = "name a key, or write mode = \"plain\"";
            return Err(self.error(mistake::RIGHTS, place(&table.read), problem, instead));
        }
        if settings.change == Access::Free || slots.is_foreign(settings.change) {
            let message = "anyone may say that no reader is named any more, or set a limit";
            self.warn(warning::ALTERED_BY_ANYONE, place(&table.change), message.to_owned());
        }
        Ok(())
    }

    /// A limit is set once the file is there, by a key of the profile.
    fn transaction_limit(
        &mut self,
        table: &shape::TransactionMac,
        change: Access,
        (chips, slots): (&[Generation], &Slots<'_>),
    ) -> Result<Option<u32>, ProfileError> {
        let Some(named) = &table.limit else { return Ok(None) };
        let at = named.span().start;
        if chips.iter().any(|chip| *chip != Generation::Ev3) {
            let problem = "a limit of transactions on other chips than ev3";
            let instead =
                "write chips = [\"ev3\"] and another profile for the others, or take it out";
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, instead));
        }
        let Some(limit) = u32::try_from(*named.get_ref()).ok().filter(|limit| *limit > 0) else {
            let problem = format!("a limit of {} transactions", named.get_ref());
            let instead = "write a number from 1 to 4294967295";
            return Err(self.error(mistake::RANGE, at, problem, instead));
        };
        if !matches!(change, Access::Key(_)) || slots.is_foreign(change) {
            let problem = "a limit that no key of the profile may set";
            let instead = "write change = … with a key, or take it out";
            return Err(self.error(mistake::RIGHTS, at, problem, instead));
        }
        let message = format!(
            "after {limit} transactions the application's data can neither be read nor written, until key 0 \
             deletes the file with its counter"
        );
        self.warn(warning::ONE_WAY, at, message);
        Ok(Some(limit))
    }

    /// Readers that go on without knowing of the file, and that lack a key.
    fn shut_out(
        &mut self,
        raw: &shape::Application,
        files: &[FileSpec],
        mac: &TransactionMacSpec,
        slots: &Slots<'_>,
    ) {
        let at = raw.transaction_mac.as_ref().map_or(0, |named| named.span().start);
        if files.iter().any(|file| file.iso_id.is_some()) {
            let message = "ISO 7816-4 commands read and write no file of an application with a \
                           transaction MAC file: readers that take those are shut out";
            self.warn(warning::SHUT_OUT, at, message.to_owned());
        }
        let Access::Key(names) = mac.reader else { return };
        if slots.is_foreign(mac.reader) {
            let message = format!(
                "nobody commits anything in {} but with key {names} of another issuer, which names readers",
                raw.aid.get_ref()
            );
            self.warn(warning::SHUT_OUT, at, message);
        }
        let mut lacking = Vec::new();
        for (at, file) in waiting(raw, files) {
            let rights = file.settings.sets().flat_map(|set| [set.write, set.read_write]);
            let lacks = |right: &Access| ![Access::Never, mac.reader].contains(right);
            if let Some(right) = rights.into_iter().find(lacks) {
                lacking.push((at, file.no, right));
            }
        }
        for (at, no, right) in lacking {
            let who = match right {
                Access::Key(no) => format!("with key {no}"),
                Access::Free | Access::Never => "without a key".to_owned(),
            };
            let message = format!(
                "whoever writes file {no} {who} commits nothing without key {names} besides, which names \
                 readers"
            );
            self.warn(warning::SHUT_OUT, at, message);
        }
    }
}
