// SPDX-License-Identifier: MIT OR Apache-2.0
//! The cards beside software readers that are not done, and where they are kept.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cardwright::emulator::SoftCard;
use cardwright::iso14443::Uid;

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

    /// Takes a card off it.
    pub(super) fn take(&self, uid: &[u8; 7]) -> Option<SoftCard> {
        self.one(|card| real(card).as_ref() == Some(uid))
    }

    /// Takes the card off it that is called so by the ends of its UID.
    pub(super) fn called(&self, called: &str) -> Option<SoftCard> {
        self.one(|card| {
            real(card).is_some_and(|[first, .., last]| format!("{first:02X}…{last:02X}") == called)
        })
    }

    /// Takes a card off it, by chance: two who took the one that lay there longest would for ever give each
    /// other's cards back.
    pub(super) fn any(&self, chance: u64) -> Option<SoftCard> {
        let mut cards = self.cards();
        let at = chance.checked_rem(cards.len() as u64)?;
        cards.remove(usize::try_from(at).ok()?)
    }

    fn one(&self, is: impl Fn(&SoftCard) -> bool) -> Option<SoftCard> {
        let mut cards = self.cards();
        let at = cards.iter().position(is)?;
        cards.remove(at)
    }

    /// Writes a card where it is found again.
    pub(super) fn keep(&self, card: &SoftCard) {
        if let Some(path) = self.path(card) {
            told(std::fs::write(path, &*card.save()));
        }
    }

    /// Takes those off it that are done by now; the last of them.
    pub(super) fn settle(&self, is_done: impl Fn(&[u8; 7]) -> bool) -> Option<SoftCard> {
        let lying: Vec<[u8; 7]> = self.cards().iter().filter_map(real).collect();
        let done = lying.iter().filter(|uid| is_done(uid)).filter_map(|uid| self.take(uid));
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
        Some(self.folder.as_ref()?.join(format!("{}.card", hex::encode(real(card)?))))
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
        files.extend(path.is_file().then_some(path));
    }
    files.sort();
    Ok(files)
}

/// The UID of a card that does not hide it.
#[expect(clippy::wildcard_enum_match_arm, reason = "only a real one is known again")]
pub(super) fn real(card: &SoftCard) -> Option<[u8; 7]> {
    match card.uid() {
        Uid::Real(uid) => Some(*uid.expose()),
        _ => None,
    }
}
