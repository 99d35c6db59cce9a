// SPDX-License-Identifier: MIT OR Apache-2.0
//! Standard and backup files: bytes, and for the latter a mirror.

use crate::secret::Secret;
use crate::wire::FileSize;

/// The bytes of a file.
#[derive(Clone)]
pub(in crate::emulator) struct DataFile {
    contents: Secret<Vec<u8>>,
    backed_up: bool,
    /// What the contents become at commit.
    mirror: Option<Secret<Vec<u8>>>,
}

impl DataFile {
    pub(super) fn new(size: FileSize, backed_up: bool) -> Self {
        let size = usize::try_from(size.bytes()).unwrap_or_default();
        Self { contents: Secret::new(vec![0; size]), backed_up, mirror: None }
    }

    /// The valid contents, as a read sees them while a transaction is pending too.
    pub(in crate::emulator) fn contents(&self) -> &[u8] {
        self.contents.expose_secret()
    }

    /// Writes at once, or into the mirror of a backup file. Nothing happens outside the file.
    pub(in crate::emulator) fn write(&mut self, offset: usize, data: &[u8]) {
        let target = if self.backed_up {
            self.mirror.get_or_insert_with(|| self.contents.clone())
        } else {
            &mut self.contents
        };
        let end = offset.saturating_add(data.len());
        if let Some(slots) = target.expose_secret_mut().get_mut(offset..end) {
            slots.copy_from_slice(data);
        }
    }

    /// Puts back what a saved card held.
    pub(in crate::emulator) fn restore(&mut self, contents: Secret<Vec<u8>>) -> Option<()> {
        let fits = contents.expose_secret().len() == self.contents.expose_secret().len();
        self.contents = fits.then_some(contents)?;
        Some(())
    }

    /// Whether writes wait for a commit.
    pub(in crate::emulator) const fn is_backed_up(&self) -> bool {
        self.backed_up
    }

    pub(super) const fn is_pending(&self) -> bool {
        self.mirror.is_some()
    }

    pub(super) fn commit(&mut self) {
        if let Some(mirror) = self.mirror.take() {
            self.contents = mirror;
        }
    }

    pub(super) fn abort(&mut self) {
        self.mirror = None;
    }
}
