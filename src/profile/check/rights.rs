// SPDX-License-Identifier: MIT OR Apache-2.0
//! A file's access rights: who, and whether what the profile wants can be done at all.

use crate::profile::error::{mistake, warning};
use crate::profile::shape::Spanned;

use crate::wire::{Access, AccessRights, CommMode, FileKind};

use super::super::error::ProfileError;
use super::super::model::Verify;
use super::super::shape;
use super::Check;
use super::slots::Slots;

/// The four rights of a file, which have been checked.
pub(super) struct Checked {
    pub(super) rights: AccessRights,
    /// Whether one to read is another issuer's.
    left: bool,
}

impl Checked {
    /// Whether anyone may read, or whoever knows the key of a slot that is left to another issuer.
    pub(super) fn is_public(&self) -> bool {
        self.left || [self.rights.read, self.rights.read_write].contains(&Access::Free)
    }
}

impl Check<'_> {
    pub(super) fn rights(
        &mut self,
        raw: &Spanned<shape::File>,
        (kind, mode): (FileKind, CommMode),
        unnamed: AccessRights,
        slots: &Slots<'_>,
    ) -> Result<Checked, ProfileError> {
        let at = raw.span().start;
        let file = raw.get_ref();
        let rights = AccessRights {
            read: self.access(file.read.as_ref(), unnamed.read, slots)?,
            write: self.access(file.write.as_ref(), unnamed.write, slots)?,
            read_write: self.access(file.read_write.as_ref(), unnamed.read_write, slots)?,
            change: self.access(file.change.as_ref(), unnamed.change, slots)?,
        };
        self.no_free_access_in_protected_mode(raw, rights, mode)?;
        self.not_for_others(raw, rights, slots)?;
        let left = [rights.read, rights.read_write].iter().any(|right| slots.is_foreign(*right));
        let checked = Checked { rights, left };
        let AccessRights { read, write, read_write, change } = rights;
        let nobody = |rights: &[Access]| rights.iter().all(|right| *right == Access::Never);
        if nobody(&[read, write, read_write, change]) {
            let problem = "nobody may do anything with the file";
            return Err(self.error(
                mistake::RIGHTS,
                at,
                problem,
                "name a key for read, write or read_write",
            ));
        }
        if matches!(kind, FileKind::Value(_)) {
            self.purse(at, rights);
            return Ok(checked);
        }
        let content = file.content.as_ref().map(Spanned::span);
        let Some(content) = content.or_else(|| file.records.as_ref().map(Spanned::span)) else {
            return Ok(checked);
        };
        let AccessRights { read, read_write, .. } = slots.ours(rights);
        let at = content.start;
        if nobody(&[write, read_write, change]) {
            let message = "nobody can ever alter the content once it is written";
            self.warn(warning::NEVER_ALTERED, at, message.to_owned());
        }
        if nobody(&[read, read_write]) && self.verify != Verify::Mac {
            let instead = "name a key for read or read_write, or write verify = \"mac\" to be \
                           content with the MACs of the writes";
            return Err(self.error(
                mistake::RIGHTS,
                at,
                "nobody may read the content back",
                instead,
            ));
        }
        Ok(checked)
    }

    /// Credit takes the right to read and write, LimitedCredit and Debit that or the right to write.
    fn purse(&mut self, at: usize, AccessRights { write, read_write, change, .. }: AccessRights) {
        let never = |right| right == Access::Never;
        let message = match (never(read_write) && never(change), never(write)) {
            (true, true) => "nobody can ever change the value: name a key for write or read_write",
            (true, false) => "nobody can ever credit the value: name a key for read_write",
            (false, _) => return,
        };
        self.warn(warning::NEVER_ALTERED, at, message.to_owned());
    }

    fn access(
        &self,
        raw: Option<&Spanned<String>>,
        unnamed: Access,
        slots: &Slots<'_>,
    ) -> Result<Access, ProfileError> {
        let Some(raw) = raw else { return Ok(unnamed) };
        match raw.get_ref().as_str() {
            "free" => Ok(Access::Free),
            "never" => Ok(Access::Never),
            name => slots.find(name).map(Access::Key).ok_or_else(|| {
                let problem = format!("the application has no key {name:?}");
                self.error(
                    mistake::UNKNOWN_NAME,
                    raw.span().start,
                    problem,
                    slots.instead(name, &["free", "never"]),
                )
            }),
        }
    }

    /// Whoever has free access needs no session, and without a session nothing is protected. A file that
    /// anyone may read may have MACs all the same, for whoever reads it with the key of `read_write`.
    fn no_free_access_in_protected_mode(
        &mut self,
        raw: &Spanned<shape::File>,
        rights: AccessRights,
        mode: CommMode,
    ) -> Result<(), ProfileError> {
        let file = raw.get_ref();
        for (name, named, right) in [
            ("read", &file.read, rights.read),
            ("write", &file.write, rights.write),
            ("read_write", &file.read_write, rights.read_write),
            ("change", &file.change, rights.change),
        ] {
            if right != Access::Free {
                continue;
            }
            let at = named.as_ref().map_or(raw.span().start, |named| named.span().start);
            let proved = name == "read"
                && mode == CommMode::Mac
                && matches!(rights.read_write, Access::Key(_));
            if mode != CommMode::Plain && !proved {
                let problem = format!("{name} = \"free\" in a protected mode: data go in clear");
                return Err(self.error(
                    mistake::RIGHTS,
                    at,
                    problem,
                    "name a key, or write mode = \"plain\"",
                ));
            }
            if name != "read" {
                let message = format!("{name} = \"free\": anyone may alter this file");
                self.warn(warning::ALTERED_BY_ANYONE, at, message);
            }
        }
        Ok(())
    }
}
