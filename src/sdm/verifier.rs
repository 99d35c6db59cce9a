// SPDX-License-Identifier: MIT OR Apache-2.0
//! Judges addresses by the profile and the keys that the tags were made with.

use core::fmt;

use super::address::{Form, Parts};
use super::crypt::{self, Named};
use super::{Counters, Reason, Refused, VerifierError, VerifyError};
use crate::diversify::DeriveError;
use crate::encode::{Job, Level, NoKey, Slot, card_mark};
use crate::iso14443::RealUid;
use crate::key::CardKey;
use crate::profile::{Content, FieldError, FileRef, Record};
use crate::secret::ct_eq;
use crate::wire::{KeyNo, Sdm, SdmMeta};

/// Verifies the addresses of the tags of a job.
#[derive(Clone)]
pub struct Verifier<'j> {
    job: &'j Job,
    form: Form,
    sdm: Sdm,
    /// The application that the keys are in.
    level: Level,
    file_key: KeyNo,
    /// The key of PICC data, where they are enciphered.
    picc: Option<CardKey>,
    file: FileRef,
}

/// An address that was read from its tag just now.
#[non_exhaustive]
pub struct Seen {
    /// How often the tag was read so far; `None` where the address does not show it, and then the same address is
    /// taken again and again.
    pub counter: Option<u32>,
    /// The tag's UID. In log files it follows people around.
    pub uid: RealUid,
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seen").field("counter", &self.counter).finish_non_exhaustive()
    }
}

impl fmt::Debug for Verifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").finish_non_exhaustive()
    }
}

impl<'j> Verifier<'j> {
    /// For the tags that this job makes.
    ///
    /// # Errors
    /// [`VerifierError`] where their addresses do not say enough.
    pub fn new(job: &'j Job) -> Result<Self, VerifierError> {
        let profile = job.profile();
        let mut files = profile.each_application().flat_map(|(at, _)| profile.each_file(at));
        let found = files.find_map(|(file, spec)| Some((file, spec, spec.settings.sdm?)));
        let (file, spec, sdm) = found.ok_or(VerifierError::NoSdm)?;
        let signed = sdm.file.ok_or(VerifierError::NoMac)?;
        let place = spec.content.as_ref().and_then(Content::address);
        let form = Form::new(&sdm, signed, place.ok_or(VerifierError::NoAddress)?);
        let level = Level::Application(file.application());
        let key = Slot { level, no: signed.key };
        if !matches!(
            sdm.meta,
            SdmMeta::Enciphered { uid: true, .. } | SdmMeta::Clear { uid: Some(_), .. }
        ) {
            return Err(VerifierError::NoUid);
        }
        let picc = match sdm.meta {
            SdmMeta::Enciphered { key, .. } => {
                let made = job.slot_key(Slot { level, no: key }, None);
                Some(made.map_err(|_| VerifierError::KeyOfUid)?)
            }
            SdmMeta::Clear { .. } | SdmMeta::Never { .. } => None,
        };
        match job.slot_key(key, Some(&RealUid::new([0; 7]))) {
            Err(NoKey::NeedsRecord) => return Err(VerifierError::KeyOfRecord),
            Ok(made) if made.is_public() => return Err(VerifierError::PublicKey),
            Ok(_) | Err(NoKey::NeedsUid | NoKey::NotHad { .. }) => {}
        }
        Ok(Self { job, form, sdm, level, file_key: signed.key, picc, file })
    }

    /// Judges an address, and keeps its read counter: it is taken once.
    ///
    /// # Errors
    /// [`VerifyError::Refused`] where it was not read from the tag just now; the others where nobody knows.
    pub fn verify(&self, address: &str, counters: &dyn Counters) -> Result<Seen, VerifyError> {
        // What is wrong with an address is found after as much work as what is right takes.
        let parts = self.form.parts(address);
        let named = parts.as_ref().and_then(|parts| self.named(parts));
        let uid = named.as_ref().and_then(|named| named.uid).unwrap_or_default();
        let uid = RealUid::new(uid);
        let vector = named.clone().unwrap_or_default().mac_vector();
        let key = self.file_key(&uid)?.derive(&[&vector]).ok_or(Refused(Reason::Mac))?;
        let none = Parts { picc: None, uid: None, counter: None, mac: [0; 8], signed: Vec::new() };
        let whole = parts.is_some();
        let parts = parts.unwrap_or(none);
        let right = ct_eq(&crypt::mac(&key, &parts.signed), &parts.mac);
        let mark = card_mark(self.job, &uid);
        match named {
            _ if !whole => Err(Refused(Reason::Form).into()),
            Some(named) if right && named.uid.is_some() => {
                let counter = named
                    .counter
                    .map(|[low, middle, high]| u32::from_le_bytes([low, middle, high, 0]));
                if let Some(counter) = counter
                    && !counters.advance(&mark, counter)?
                {
                    return Err(Refused(Reason::Counter).into());
                }
                Ok(Seen { counter, uid })
            }
            _ => Err(Refused(Reason::Mac).into()),
        }
    }

    /// UID and counter, in clear or deciphered.
    fn named(&self, parts: &Parts) -> Option<Named> {
        match (parts.picc, &self.picc) {
            (Some(data), Some(key)) => {
                let named = Named::of(crypt::decipher(key.cipher(), data).expose_secret())?;
                // The tag shows both; what shows less is of another one.
                (named.uid.is_some() && named.counter.is_some()).then_some(named)
            }
            _ => {
                let counter = parts.counter.map(|[high, middle, low]| [low, middle, high]);
                Some(Named { uid: parts.uid, counter })
            }
        }
    }

    fn file_key(&self, uid: &RealUid) -> Result<CardKey, VerifyError> {
        let made = self.job.slot_key(Slot { level: self.level, no: self.file_key }, Some(uid));
        made.map_err(|none| VerifyError::Key(none.why()))
    }

    /// The address that a tag of this record gives at its `counter`th reading, with these bytes where it writes
    /// random ones: for tests of a server.
    ///
    /// # Errors
    /// [`ExampleError`].
    pub fn example(
        &self,
        record: &Record,
        (uid, counter): (&RealUid, u32),
        random: [u8; 16],
    ) -> Result<String, ExampleError> {
        let spec = &self.job.profile()[self.file];
        let content = spec.content.as_ref().map(|content| content.render(record, uid));
        let content = content.transpose()?;
        let bytes = content.as_ref().map(|bytes| bytes.expose_secret().as_slice());
        let (begins, text) = self.form.text(bytes.unwrap_or_default());
        let end = text.iter().rposition(|byte| *byte != 0).map_or(0, |last| last.saturating_add(1));
        let mut text = text.get(..end).unwrap_or_default().to_vec();
        let [low, middle, high, _] = counter.to_le_bytes();
        let named = match self.sdm.meta {
            SdmMeta::Clear { uid: at, counter: count } => {
                if let Some(at) = at {
                    self.form.put(&mut text, at, uid.expose());
                }
                if let Some(crate::wire::SdmCounter::At(at)) = count {
                    self.form.put(&mut text, at, &[high, middle, low]);
                }
                Named {
                    uid: at.map(|_| *uid.expose()),
                    counter: count.map(|_| [low, middle, high]),
                }
            }
            SdmMeta::Enciphered { at, .. } => {
                let named = Named { uid: Some(*uid.expose()), counter: Some([low, middle, high]) };
                if let Some(key) = &self.picc {
                    let data = crypt::encipher(key.cipher(), named.data(random));
                    self.form.put(&mut text, at, &data);
                }
                named
            }
            SdmMeta::Never { .. } => Named::default(),
        };
        let file = self.job.slot_key(Slot { level: self.level, no: self.file_key }, Some(uid));
        let file = file.map_err(|none| ExampleError::Key(none.why()))?;
        if let (Some(key), Some(signed)) = (file.derive(&[&named.mac_vector()]), self.sdm.file) {
            let mac = crypt::mac(&key, self.form.signed(&text));
            self.form.put(&mut text, signed.mac, &mac);
        }
        Ok(begins.to_owned() + &String::from_utf8_lossy(&text))
    }
}

/// No address could be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExampleError {
    /// The record does not fit.
    #[error(transparent)]
    Record(#[from] FieldError),
    /// A key cannot be had.
    #[error("a key cannot be had: {0}")]
    Key(DeriveError),
}
