// SPDX-License-Identifier: MIT OR Apache-2.0
//! A file's access rights: who, and whether what the profile wants can be done at all.

use crate::profile::error::{mistake, warning};
use crate::profile::shape::Spanned;

use crate::wire::{Access, AccessRights, CommMode, FileKind, FurtherRights};

use super::super::error::ProfileError;
use super::super::model::Verify;
use super::super::shape;
use super::Check;
use super::slots::Slots;

/// The rights of a file, which have been checked.
pub(super) struct Checked {
    /// The first set.
    pub(super) rights: AccessRights,
    /// Those of further keys.
    pub(super) further: FurtherRights,
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
        let sets = self.sets(file, unnamed, slots)?;
        let further = sets.get(1..).and_then(FurtherRights::new);
        let Some((&rights, further)) = sets.first().zip(further) else {
            return Err(self.missing(at, "read"));
        };
        self.no_free_access_in_protected_mode(raw, rights, mode)?;
        for set in &sets {
            self.not_for_others(raw, *set, slots)?;
        }
        let reading = |set: &AccessRights| [set.read, set.read_write];
        let left = sets.iter().flat_map(reading).any(|right| slots.is_foreign(right));
        let checked = Checked { rights, further, left };
        let nobody = |rights: &[Access]| rights.iter().all(|right| *right == Access::Never);
        // Each key of a list is one that somebody has: the first of them tell whether anybody has the right.
        let AccessRights { read, write, read_write, change } = rights;
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
        let readers: Vec<_> = sets.iter().flat_map(|set| reading(&slots.ours(*set))).collect();
        let at = content.start;
        if nobody(&[write, read_write, change]) {
            let message = "nobody can ever alter the content once it is written";
            self.warn(warning::NEVER_ALTERED, at, message.to_owned());
        }
        if nobody(&readers) && self.verify != Verify::Mac {
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
            ("read", at(file.read.as_ref()), rights.read),
            ("write", at(file.write.as_ref()), rights.write),
            ("read_write", at(file.read_write.as_ref()), rights.read_write),
            ("change", at(file.change.as_ref()), rights.change),
        ] {
            if right != Access::Free {
                continue;
            }
            let at = named.unwrap_or(raw.span().start);
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

/// Where an entry stands.
pub(super) fn at<T>(entry: Option<&Spanned<T>>) -> Option<usize> {
    entry.map(|entry| entry.span().start)
}
