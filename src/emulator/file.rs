// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files: settings, contents, and the mirror of a transaction.

use crate::secret::Secret;
use crate::wire::{Access, AccessRights, CommMode, FileSettings};

use super::behaviour::BothRights;

/// A file and what it holds.
#[derive(Clone)]
pub(super) struct File {
    pub(super) number: u8,
    pub(super) settings: FileSettings,
    contents: Secret<Vec<u8>>,
    /// What the contents become at commit.
    mirror: Option<Secret<Vec<u8>>>,
}

impl File {
    /// A new file, filled with zeros.
    pub(super) fn new(number: u8, settings: FileSettings, size: usize) -> Self {
        Self { number, settings, contents: Secret::new(vec![0; size]), mirror: None }
    }

    /// The valid contents, as a read sees them while a transaction is pending too.
    pub(super) fn contents(&self) -> &[u8] {
        self.contents.expose_secret()
    }

    /// Writes at once, or into the mirror of a backup file. Nothing happens outside the file.
    pub(super) fn write(&mut self, offset: usize, data: &[u8]) {
        let target = if self.settings.kind.is_transactional() {
            self.mirror.get_or_insert_with(|| self.contents.clone())
        } else {
            &mut self.contents
        };
        let end = offset.saturating_add(data.len());
        if let Some(slots) = target.expose_secret_mut().get_mut(offset..end) {
            slots.copy_from_slice(data);
        }
    }

    /// Whether a write waits for a commit.
    pub(super) const fn is_pending(&self) -> bool {
        self.mirror.is_some()
    }

    /// Makes the mirror valid.
    pub(super) fn commit(&mut self) {
        if let Some(mirror) = self.mirror.take() {
            self.contents = mirror;
        }
    }

    /// Drops the mirror.
    pub(super) fn abort(&mut self) {
        self.mirror = None;
    }
}

/// What one use of a file amounts to for one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Allowed, and the data travel so.
    Granted(CommMode),
    /// Another key would be allowed.
    WrongKey,
    /// Nobody is allowed, ever.
    Never,
}

/// Reading needs the read or the read-and-write right.
pub(super) const fn reading(rights: &AccessRights) -> [Access; 2] {
    [rights.read, rights.read_write]
}

/// Writing needs the write or the read-and-write right.
pub(super) const fn writing(rights: &AccessRights) -> [Access; 2] {
    [rights.write, rights.read_write]
}

/// Weighs the rights that grant an operation for whoever holds the session.
pub(super) fn weigh(
    granting: [Access; 2],
    file: CommMode,
    key: Option<u8>,
    both: BothRights,
) -> Verdict {
    let by_key = granting.iter().any(|right| match right {
        Access::Key(number) => Some(u8::from(*number)) == key,
        Access::Free | Access::Never => false,
    });
    let by_all = granting.contains(&Access::Free);
    match (by_key, by_all, both) {
        (true, false, _) | (true, true, BothRights::KeyWins) => Verdict::Granted(file),
        (_, true, _) => Verdict::Granted(CommMode::Plain),
        (false, false, _) if granting == [Access::Never; 2] => Verdict::Never,
        (false, false, _) => Verdict::WrongKey,
    }
}
