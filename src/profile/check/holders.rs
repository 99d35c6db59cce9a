// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who has a right of a file: one key, or several, of which each beyond the first stands in a further set
//! of rights.

use crate::profile::error::mistake;
use crate::profile::shape::Spanned;
use crate::wire::{Access, AccessRights, FurtherRights, Generation};

use super::super::error::ProfileError;
use super::super::shape::{self, Holders};
use super::Check;
use super::slots::Slots;

/// The entries of a file that take several keys.
type Entries<'r> = [(&'static str, Option<&'r Spanned<Holders>>); 3];

impl Check<'_> {
    /// The sets of a file's rights, the first one first: the first keys of all lists are in the first set,
    /// their second ones in the second.
    pub(super) fn sets(
        &self,
        file: &shape::File,
        unnamed: AccessRights,
        slots: &Slots<'_>,
    ) -> Result<Vec<AccessRights>, ProfileError> {
        let read = self.holders(file.read.as_ref(), unnamed.read, slots)?;
        let write = self.holders(file.write.as_ref(), unnamed.write, slots)?;
        let read_write = self.holders(file.read_write.as_ref(), unnamed.read_write, slots)?;
        let change = self.access_or(file.change.as_ref(), unnamed.change, slots)?;
        self.nobody_opens_lists(file, &read_write)?;
        let count = read.len().max(write.len()).max(read_write.len());
        let in_set = |of: &[Access], set: usize| of.get(set).copied().unwrap_or(Access::Never);
        let sets = (0..count).map(|set| AccessRights {
            read: in_set(&read, set),
            write: in_set(&write, set),
            read_write: in_set(&read_write, set),
            change: if set == 0 { change } else { Access::Never },
        });
        Ok(sets.collect())
    }

    fn holders(
        &self,
        raw: Option<&Spanned<Holders>>,
        unnamed: Access,
        slots: &Slots<'_>,
    ) -> Result<Vec<Access>, ProfileError> {
        let Some(raw) = raw else { return Ok(vec![unnamed]) };
        let at = raw.span().start;
        let list = match raw.get_ref() {
            Holders::One(name) => return Ok(vec![self.access(at, name, slots)?]),
            Holders::Several(list) => list,
        };
        let mut held = Vec::with_capacity(list.len());
        for name in list {
            let (at, name) = (name.span().start, name.get_ref());
            let right = self.access(at, name, slots)?;
            if !matches!(right, Access::Key(_)) {
                let problem = format!("{name:?} in a list of keys");
                let instead = match right {
                    Access::Free => {
                        "write \"free\" alone: whoever is named beside it would be anyone"
                    }
                    Access::Key(_) | Access::Never => "take it out of the list",
                };
                return Err(self.error(mistake::RIGHTS, at, problem, instead));
            }
            if held.contains(&right) {
                return Err(self.error(mistake::REPEATED, at, "named twice", "name each once"));
            }
            held.push(right);
        }
        if held.is_empty() {
            let instead = "name a key, or write \"never\"";
            return Err(self.error(mistake::EMPTY, at, "an empty list", instead));
        }
        if held.len() > MOST {
            let problem = format!("{} keys for one right", held.len());
            let instead = format!("name {MOST} at most: a file has {MOST} sets of rights");
            return Err(self.error(mistake::RANGE, at, problem, instead));
        }
        Ok(held)
    }

    /// Who one word names; `unnamed` where there is none.
    pub(super) fn access_or(
        &self,
        raw: Option<&Spanned<String>>,
        unnamed: Access,
        slots: &Slots<'_>,
    ) -> Result<Access, ProfileError> {
        raw.map_or(Ok(unnamed), |raw| self.access(raw.span().start, raw.get_ref(), slots))
    }

    fn access(&self, at: usize, name: &str, slots: &Slots<'_>) -> Result<Access, ProfileError> {
        match name {
            "free" => Ok(Access::Free),
            "never" => Ok(Access::Never),
            name => slots.find(name).map(Access::Key).ok_or_else(|| {
                let problem = format!("the application has no key {name:?}");
                let instead = slots.instead(name, &["free", "never"]);
                self.error(mistake::UNKNOWN_NAME, at, problem, instead)
            }),
        }
    }

    /// A right in any set is a right: what is given to a list of keys is not to be anyone's by another entry.
    fn nobody_opens_lists(
        &self,
        file: &shape::File,
        read_write: &[Access],
    ) -> Result<(), ProfileError> {
        let [read, write, both] = several(file);
        let Some((name, _)) = [read, write].into_iter().find(|(_, list)| list.is_some()) else {
            return Ok(());
        };
        let (true, Some(free)) = (read_write == [Access::Free], &file.read_write) else {
            return Ok(());
        };
        let problem = format!("{} = \"free\" gives to anyone what {name} gives to keys", both.0);
        let instead = format!("name keys for read_write, or write {name} = \"free\"");
        Err(self.error(mistake::RIGHTS, free.span().start, problem, instead))
    }

    /// Files have several sets of rights on chips that know them.
    pub(super) fn chips_have_sets(
        &self,
        raw: &[Spanned<shape::Application>],
        chips: &[Generation],
    ) -> Result<(), ProfileError> {
        let mut lacking = chips.iter().filter(|chip| !chip.silicon().has_further_rights());
        let Some(chip) = lacking.next() else { return Ok(()) };
        let files = raw.iter().flat_map(|raw| &raw.get_ref().file);
        let lists = files.flat_map(|file| several(file.get_ref()));
        for (name, list) in lists {
            let Some(list) = list.filter(|list| is_longer(list.get_ref())) else { continue };
            let problem = format!("several keys for {name}, which no file of a {chip} chip has");
            let instead = match chips.len() {
                1 => "name one key".to_owned(),
                _ => format!(
                    "name one key, or take \"{chip}\" out of chips and write another profile for those"
                ),
            };
            return Err(self.error(mistake::NOT_ON_CHIP, list.span().start, problem, instead));
        }
        Ok(())
    }
}

/// The most keys that have one right of a file: one in each of its sets.
const MOST: usize = FurtherRights::MOST + 1;

/// Whether a right of a file is given to more than one key.
pub(super) fn are_several(file: &shape::File) -> bool {
    several(file).iter().any(|(_, list)| list.is_some_and(|list| is_longer(list.get_ref())))
}

/// The entries that are lists.
fn several(file: &shape::File) -> Entries<'_> {
    let list = |entry: &'_ Option<Spanned<Holders>>| {
        entry.as_ref().is_some_and(|entry| matches!(entry.get_ref(), Holders::Several(_)))
    };
    [("read", &file.read), ("write", &file.write), ("read_write", &file.read_write)]
        .map(|(name, entry)| (name, entry.as_ref().filter(|_| list(entry))))
}

/// Whether more than one key is named, so that it takes more than one set.
fn is_longer(holders: &Holders) -> bool {
    matches!(holders, Holders::Several(list) if list.len() > 1)
}
