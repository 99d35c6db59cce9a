// SPDX-License-Identifier: MIT OR Apache-2.0
//! The cards beside software readers that are not done, and where they are kept.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cardwright::emulator::SoftCard;
use cardwright::iso14443::{RealUid, Uid};

/// Cards that are not done. Clones are of the same pile.
#[derive(Clone, Default)]
pub struct Pile {
    cards: Arc<Mutex<VecDeque<SoftCard>>>,
    /// Where they are there again after the program ended; those that are done are in a folder in it.
    folder: Option<Arc<Path>>,
}

impl core::fmt::Debug for Pile {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Pile({})", self.cards().len())
    }
}

impl Pile {
    /// The cards that a folder keeps, which is made where there is none.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let pile = Self { folder: Some(folder.into()), ..Self::default() };
        std::fs::create_dir_all(folder.join("done"))?;
        for path in files(folder)? {
            if let Ok(card) = SoftCard::restore(&std::fs::read(path)?, 1) {
                pile.cards().push_back(card);
            }
        }
        Ok(pile)
    }

    fn cards(&self) -> MutexGuard<'_, VecDeque<SoftCard>> {
        self.cards.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the next card of a hopper is called.
    pub(super) fn next(&self, own: [u8; 2]) -> u32 {
        let Some(folder) = &self.folder else { return 1 };
        let folders = [folder.to_path_buf(), folder.join("done")];
        let names = folders.iter().flat_map(|folder| files(folder).unwrap_or_default());
        let used = names.filter_map(|path| {
            let mut uid = [0; 7];
            hex::decode_to_slice(path.file_stem()?.to_str()?, &mut uid).ok()?;
            let [_, first, second, high, middle, low, _] = uid;
            ([first, second] == own).then(|| u32::from_be_bytes([0, high, middle, low]))
        });
        used.max().unwrap_or_default() + 1
    }

    /// Puts a card on the pile.
    pub(super) fn put(&self, card: SoftCard) {
        self.keep(&card);
        let mut cards = self.cards();
        cards.retain(|other| real(other) != real(&card));
        cards.push_back(card);
    }

    /// Takes the first card off it that is such a one.
    pub(super) fn find(&self, is: impl Fn(&RealUid) -> bool) -> Option<SoftCard> {
        let mut cards = self.cards();
        let at = cards.iter().position(|card| real(card).is_some_and(|uid| is(&uid)))?;
        cards.remove(at)
    }

    /// Writes a card where it is found again, all of it or nothing.
    pub(super) fn keep(&self, card: &SoftCard) {
        if let Some(path) = self.path(card) {
            let new = path.with_extension("new");
            told(std::fs::write(&new, &*card.save()).and_then(|()| std::fs::rename(&new, path)));
        }
    }

    /// Takes those off it that are done by now; the last of them.
    pub(super) fn settle(&self, is_done: impl Fn(&RealUid) -> bool) -> Option<SoftCard> {
        // Whoever is asked looks into the books: not under the lock.
        let lying: Vec<RealUid> = self.cards().iter().filter_map(real).collect();
        let done = lying.iter().filter(|uid| is_done(uid));
        let done = done.filter_map(|uid| self.find(|other| other == uid));
        done.inspect(|card| self.done(card)).last()
    }

    /// Writes a card where those are that are done.
    fn done(&self, card: &SoftCard) {
        let (Some(folder), Some(path)) = (&self.folder, self.path(card)) else { return };
        self.keep(card);
        let done = path.file_name().map(|name| folder.join("done").join(name));
        done.into_iter().for_each(|done| told(std::fs::rename(&path, done)));
    }

    fn path(&self, card: &SoftCard) -> Option<PathBuf> {
        let name = format!("{}.card", hex::encode(real(card)?.expose()));
        Some(self.folder.as_ref()?.join(name))
    }
}

fn told(kept: io::Result<()>) {
    if let Err(error) = kept {
        tracing::warn!(%error, "a software card is not kept");
    }
}

/// The cards in a folder.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        // What was being written when the program ended has another ending.
        files.extend(path.extension().is_some_and(|ending| ending == "card").then_some(path));
    }
    files.sort();
    Ok(files)
}

/// The UID of a card that does not hide it.
#[expect(clippy::wildcard_enum_match_arm, reason = "only a real one is known again")]
pub(super) fn real(card: &SoftCard) -> Option<RealUid> {
    match card.uid() {
        Uid::Real(uid) => Some(uid),
        _ => None,
    }
}
