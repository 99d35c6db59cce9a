// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a reader sees that has a few of a profile's keys, and no other: which files it opens, what stands in
//! them, and what it does not see.

mod keys;

use rand::CryptoRng;

use super::application::contents;
use super::leash::Leash;
use super::look::{Look, USUAL};
use super::{Contents, Seen, Sight, Worst};
use crate::diversify::DeriveError;
use crate::host;
use crate::iso14443::RealUid;
use crate::profile::{Application, Content, FileSpec, Profile, Record, Role, Told};
use crate::secret::Secret;
use crate::shown::Shown;
use crate::transport::Transport;
use crate::wire::{Access, AccessRights, Aid, FileKind, FileNo, Product, Version};

pub use keys::{ReaderKeyError, ReaderKeys};

/// What a reader saw of a card.
#[derive(Debug)]
#[non_exhaustive]
pub struct Door {
    /// The UID that the card was made with, where it shows it or a key of the reader fetched it.
    pub real_uid: Option<RealUid>,
    /// What it is; `None` for a product that is not known.
    pub product: Option<Product>,
    /// What it says of its hardware and software.
    pub version: Seen<Version>,
    /// The profile's applications, in its order.
    pub applications: Vec<DoorApplication>,
    /// The keys of the reader's that could not be made for this card, each once, for another reason than
    /// that the UID is not known: the store failed, or they are made of the record.
    pub failed: Vec<KeyFailure>,
    /// How many exchanges it took.
    pub exchanges: u32,
    /// The worst of everything that was seen.
    pub worst: Worst,
}

/// A key of a reader's that could not be made for a card.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("key `{}` cannot be made for this card: {error}", Shown(name))]
#[non_exhaustive]
pub struct KeyFailure {
    /// Its name in the profile.
    pub name: String,
    /// Why.
    pub error: DeriveError,
}

impl KeyFailure {
    /// Adds one, where it is another one than those that are there, and the UID not all that it lacks.
    fn note(all: &mut Vec<Self>, name: &str, error: DeriveError) {
        let failure = Self { name: name.to_owned(), error };
        if error != DeriveError::NoUid && !all.contains(&failure) {
            all.push(failure);
        }
    }
}

/// An application that a reader saw.
#[derive(Debug)]
#[non_exhaustive]
pub struct DoorApplication {
    /// Its AID.
    pub aid: Aid,
    /// The profile's files of it, in its order.
    pub files: Vec<DoorFile>,
}

/// A file that a reader saw, or did not.
#[derive(Debug)]
#[non_exhaustive]
pub struct DoorFile {
    /// Its number.
    pub no: FileNo,
    /// What opens it for the reader.
    pub by: By,
    /// What is in it.
    pub contents: Seen<Contents>,
    /// What that says by the profile.
    pub fields: Vec<Told>,
}

/// What opens a file for a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "nobody, everybody, or a key")]
pub enum By {
    /// Nothing that the reader has: the names of the keys that would, none where nobody reads it.
    Others(Vec<String>),
    /// Nothing is needed.
    Anybody,
    /// A key of the reader's, by the profile's name of it.
    Key(String),
}

/// Looks at a card as a reader with these keys would, with at most so many exchanges. The reader knows the
/// profile: it asks for no list and for no settings, and what it has no key for it leaves alone.
pub fn door<R: CryptoRng>(
    card: &mut dyn Transport,
    sight: Sight,
    keys: &ReaderKeys<'_>,
    rng: &mut R,
    most: u32,
) -> Door {
    let leash = Leash::new(card, most);
    Look::new(&leash, sight, None, rng).door(keys)
}

impl Door {
    /// Whether the reader opened every file that it has a key for, and there is one.
    #[must_use]
    pub fn opens(&self) -> bool {
        let mut files = self.with_key().peekable();
        files.peek().is_some() && files.all(|file| file.contents.value().is_some())
    }

    /// The files that a key of the reader is for.
    fn with_key(&self) -> impl Iterator<Item = &DoorFile> {
        let files = self.applications.iter().flat_map(|application| &application.files);
        files.filter(|file| matches!(file.by, By::Key(_)))
    }

    /// Whether what the reader saw is this record's: the contents of data files, or where it sees none,
    /// those of others, which may have moved on since. `None` where it saw nothing that tells records
    /// apart.
    #[must_use]
    pub fn shows(&self, profile: &Profile, record: &Record) -> Option<bool> {
        let files = self.applications.iter().flat_map(|application| {
            application.files.iter().map(move |file| (application.aid, file))
        });
        let seen: Vec<_> = files
            .filter_map(|(aid, file)| {
                Some((file_of(profile, aid, file.no)?, file.contents.value()?))
            })
            .filter(|(spec, _)| spec.content.as_ref().is_some_and(tells_records_apart))
            .collect();
        let is_data = |spec: &FileSpec| spec.settings.kind.size().is_some();
        let any_data = seen.iter().any(|(spec, _)| is_data(spec));
        let mut told = seen.iter().filter(|(spec, _)| is_data(spec) == any_data).peekable();
        told.peek()?;
        let nobody = RealUid::new([0; 7]);
        let uid = self.real_uid.as_ref().unwrap_or(&nobody);
        Some(told.all(|(spec, contents)| {
            let expected =
                spec.content.as_ref().and_then(|content| content.render(record, uid).ok());
            expected.is_some_and(|mut expected| {
                let length = expected.expose_secret().len();
                let mut found = bytes(contents);
                found.expose_secret_mut().truncate(length);
                // What only a job makes says nothing of whose card it is.
                let places = spec.content.iter().flat_map(Content::layout);
                for made in places.filter(|place| place.role == Role::Made) {
                    let (first, length) = made.bytes();
                    for side in [&mut expected, &mut found] {
                        let side = side.expose_secret_mut().iter_mut().skip(first);
                        side.take(length).for_each(|byte| *byte = 0);
                    }
                }
                found == expected
            })
        }))
    }
}

fn file_of(profile: &Profile, aid: Aid, no: FileNo) -> Option<&FileSpec> {
    let application = profile.applications().iter().find(|application| application.aid == aid)?;
    application.files.iter().find(|file| file.called().no == no)
}

/// Whether some of it comes of a record.
fn tells_records_apart(content: &Content) -> bool {
    let comes_of_it = |role| matches!(role, Role::Field | Role::Piece);
    content.layout().iter().any(|place| comes_of_it(place.role))
}

/// Contents as a profile's are written: one behind the other.
fn bytes(contents: &Contents) -> Secret<Vec<u8>> {
    match contents {
        Contents::Data { bytes, .. } => bytes.clone(),
        Contents::Value { value, .. } => Secret::new(value.expose_secret().to_le_bytes().to_vec()),
        Contents::Records { records, .. } => {
            let records = records.iter().flat_map(Secret::expose_secret);
            Secret::new(records.copied().collect())
        }
    }
}

impl<R: CryptoRng> Look<'_, R> {
    /// Reads what the keys open.
    fn door(mut self, keys: &ReaderKeys<'_>) -> Door {
        let (version, product) = self.identify();
        let (mut applications, mut failed) = (Vec::new(), Vec::new());
        self.fetch_uid_with(keys, &mut failed);
        if self.is_desfire() {
            for spec in keys.profile.applications() {
                let files = spec.files.iter();
                let files = files.map(|file| self.door_file(keys, (spec, file), &mut failed));
                applications.push(DoorApplication { aid: spec.aid, files: files.collect() });
            }
        }
        let (real_uid, exchanges, worst) = self.end();
        Door { real_uid, product, version, applications, failed, exchanges, worst }
    }

    /// The UID of a card that hides it, in a session of the first key of the reader's that needs none.
    fn fetch_uid_with(&mut self, keys: &ReaderKeys<'_>, failed: &mut Vec<KeyFailure>) {
        if self.uid.is_some() || !self.is_desfire() {
            return;
        }
        for slot in keys.slots().filter(|slot| !slot.needs_uid()) {
            let key = match slot.key(None) {
                Ok(key) => key,
                Err(error) => {
                    KeyFailure::note(failed, slot.name(), error);
                    continue;
                }
            };
            let at = (slot.aid, slot.no, &key);
            self.opened(&key, |look| look.in_application(USUAL, at, |_| Ok(())));
            let uid = self.in_application(USUAL, at, |session| Ok(session.card_uid()?.value));
            if let Ok(uid) = uid {
                self.uid = Some(uid);
                return;
            }
        }
    }

    fn door_file(
        &mut self,
        keys: &ReaderKeys<'_>,
        (application, spec): (&Application, &FileSpec),
        failed: &mut Vec<KeyFailure>,
    ) -> DoorFile {
        let file = host::File::declared(spec.called().no, spec.settings);
        let readers = readers(spec);
        let most = super::application::most(spec.settings.kind);
        let slot = readers.iter().find_map(|right| keys.slot(application.aid, *right));
        let (by, contents) = if let Some(slot) = slot {
            let seen = match slot.key(self.uid.as_ref()) {
                Err(DeriveError::NoUid) => Seen::NotAsked(
                    "not asked: the card hides its UID, and no key at hand fetches it",
                ),
                Err(error) => {
                    KeyFailure::note(failed, slot.name(), error);
                    Seen::NotAsked("not asked: its key cannot be made for this card")
                }
                Ok(key) => {
                    let at = (slot.aid, slot.no, &key);
                    self.opened(&key, |look| look.in_application(USUAL, at, |_| Ok(())));
                    let read = self.in_application(most, at, |session| contents(session, &file));
                    self.keep(read, true)
                }
            };
            (By::Key(slot.name().to_owned()), seen)
        } else if is_free(spec, &readers) {
            let seen = self.free(most, application.aid, |session| contents(session, &file));
            (By::Anybody, seen)
        } else {
            let others = keys.names(application, &readers);
            (By::Others(others), Seen::NotAsked("not asked: no key at hand reads it"))
        };
        let told = spec.content.as_ref().zip(contents.value());
        let fields = told.map(|(content, seen)| content.read(bytes(seen).expose_secret()));
        DoorFile { no: spec.called().no, by, contents, fields: fields.unwrap_or_default() }
    }
}

/// The rights that allow to read a file, that of reading first: of a value file the right to write too.
fn readers(spec: &FileSpec) -> Vec<Access> {
    let shown = matches!(spec.settings.kind, FileKind::Value(_));
    let in_set = |set: AccessRights| {
        [set.read, set.read_write].into_iter().chain(shown.then_some(set.write))
    };
    spec.settings.sets().flat_map(in_set).collect()
}

/// Whether anybody reads it.
fn is_free(spec: &FileSpec, readers: &[Access]) -> bool {
    let always = matches!(spec.settings.kind, FileKind::Value(limits) if limits.free_get_value);
    always || readers.contains(&Access::Free)
}
