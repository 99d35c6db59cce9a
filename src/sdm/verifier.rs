// SPDX-License-Identifier: MIT OR Apache-2.0
//! Judges addresses by the profile and the keys that the tags were made with.

use core::fmt;

use super::crypt::{self, Named, Session};
use super::form::{Form, Parts, Seal};
use super::pieces::{Pieces, PiecesError};
use super::{Counters, Reason, Refused, VerifierError, VerifyError};
use crate::encode::{Holder, Job, Level, NoKey, Slot, card_mark};
use crate::iso14443::RealUid;
use crate::key::CardKey;
use crate::profile::FileRef;
use crate::secret::{Secret, ct_eq};
use crate::wire::{KeyNo, KeyVersion, SdmMeta, TtStatus};

/// Verifies the addresses of the tags of a job.
#[derive(Clone)]
pub struct Verifier<'j> {
    pub(super) job: &'j Job,
    pub(super) form: Form,
    pub(super) file: FileRef,
}

/// An address that was read from its tag just now.
#[non_exhaustive]
pub struct Seen {
    /// How often the tag was read so far; `None` where the address does not show it, and then the same address is
    /// taken again and again.
    pub counter: Option<u32>,
    /// The tag's UID. In log files it follows people around.
    pub uid: RealUid,
    /// The version of the MAC's key, where the address tells it.
    pub version: Option<KeyVersion>,
    /// What the tag found of the wire in its seal, where the address tells it.
    pub seal: Option<TtStatus>,
    /// What the file shows enciphered, deciphered: as many bytes as the parts of the profile have.
    pub enciphered: Option<Secret<Vec<u8>>>,
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Seen");
        shown.field("counter", &self.counter).field("version", &self.version);
        shown.field("seal", &self.seal).finish_non_exhaustive()
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
        let form = Form::new(spec, &sdm, signed).ok_or(VerifierError::NoAddress)?;
        if !matches!(
            sdm.meta,
            SdmMeta::Enciphered { uid: true, .. } | SdmMeta::Clear { uid: Some(_), .. }
        ) {
            return Err(VerifierError::NoUid);
        }
        if !form.signs_seal() {
            return Err(VerifierError::OpenSeal);
        }
        let this = Self { job, form, file };
        this.ask_keys()?;
        Ok(this)
    }

    /// Asks for every key that an address may call for. One that cannot be had now is asked for again with each.
    fn ask_keys(&self) -> Result<(), VerifierError> {
        let holders = [Holder::Own, Holder::Former];
        let told = if self.form.version.is_some() { &holders[..] } else { &[Holder::Own] };
        for holder in told.iter().copied() {
            if let SdmMeta::Enciphered { key, .. } = self.form.meta
                && let Err(NoKey::NeedsUid | NoKey::NeedsRecord) =
                    self.job.key_of(self.slot(key), holder, None, None)
            {
                return Err(VerifierError::KeyOfUid);
            }
            let uid = RealUid::new([0; 7]);
            match self.job.key_of(self.slot(self.form.file.key), holder, Some(&uid), None) {
                Err(NoKey::NeedsRecord) => return Err(VerifierError::KeyOfRecord),
                Ok(made) if made.is_public() => return Err(VerifierError::PublicKey),
                Ok(_) | Err(NoKey::NeedsUid | NoKey::NotHad { .. }) => {}
            }
        }
        Ok(())
    }

    /// Judges an address, and keeps its read counter: it is taken once.
    ///
    /// # Errors
    /// [`VerifyError::Refused`] where it was not read from the tag just now; the others where nobody knows.
    pub fn verify(&self, address: &str, counters: &dyn Counters) -> Result<Seen, VerifyError> {
        self.judge(self.form.parts(address), counters)
    }

    /// The same of an address that was taken apart before, as programs hand on what stands behind `?`.
    ///
    /// # Errors
    /// As [`Verifier::verify`].
    pub fn verify_pieces(
        &self,
        pieces: &Pieces<'_>,
        counters: &dyn Counters,
    ) -> Result<Seen, VerifyError> {
        self.judge(self.form.together(pieces), counters)
    }

    /// Whether pieces have the form of the profile's addresses, which is public. [`Verifier::verify_pieces`] refuses
    /// others, and does not tell why; this is for whoever writes the program that hands them on.
    ///
    /// # Errors
    /// [`PiecesError`]: which piece is missing, is none, or is written in another way.
    pub fn accepts(&self, pieces: &Pieces<'_>) -> Result<(), PiecesError> {
        self.form.accepts(pieces)
    }

    fn judge(&self, parts: Option<Parts>, counters: &dyn Counters) -> Result<Seen, VerifyError> {
        // What is wrong with an address is found after as much work as what is right takes.
        let whole = parts.is_some();
        let parts = parts.unwrap_or_default();
        let known = self.holder(self.form.file.key, parts.version);
        let named = self.named(&parts)?;
        let shown = named.clone().unwrap_or_default();
        let uid = RealUid::new(shown.uid.unwrap_or_default());
        let key = self.key(self.form.file.key, parts.version, Some(&uid))?;
        if key.is_public() {
            return Err(VerifyError::PublicKey);
        }
        let session = Session::of(self.form.suite, &key, &shown).ok_or(Refused(Reason::Mac))?;
        let right = ct_eq(&session.mac(&parts.signed), &parts.mac);
        let mark = card_mark(self.job, &uid).map_err(|error| VerifyError::Key(error.into()))?;
        if !whole {
            return Err(Refused(Reason::Form).into());
        }
        if known.is_none() {
            return Err(Refused(Reason::Version).into());
        }
        if !right || shown.uid.is_none() {
            return Err(Refused(Reason::Mac).into());
        }
        let enciphered = self.deciphered(&session, &shown, &parts);
        let seal = self.seal(&parts, enciphered.as_ref())?;
        let counter =
            shown.counter.map(|[low, middle, high]| u32::from_le_bytes([low, middle, high, 0]));
        if let Some(counter) = counter
            && !counters.advance(&mark, counter)?
        {
            return Err(Refused(Reason::Counter).into());
        }
        let enciphered = enciphered.map(|mut bytes| {
            bytes.expose_secret_mut().truncate(self.form.carried);
            bytes
        });
        let version = parts.version.map(KeyVersion);
        Ok(Seen { counter, uid, version, seal, enciphered })
    }

    /// UID and counter, in clear or deciphered.
    fn named(&self, parts: &Parts) -> Result<Option<Named>, VerifyError> {
        let (Some(data), SdmMeta::Enciphered { key, .. }) = (&parts.picc, self.form.meta) else {
            let counter = parts.counter.map(|[high, middle, low]| [low, middle, high]);
            return Ok(Some(Named { uid: parts.uid, counter }));
        };
        let key = self.key(key, parts.version, None)?;
        let plain = crypt::decipher(self.form.suite, &key, data);
        let named = plain.and_then(|plain| Named::of(plain.expose_secret()));
        // The tag shows both; what shows less is of another one.
        Ok(named.filter(|named| named.uid.is_some() && named.counter.is_some()))
    }

    /// All that is enciphered, with what fills it up.
    fn deciphered(
        &self,
        session: &Session,
        named: &Named,
        parts: &Parts,
    ) -> Option<Secret<Vec<u8>>> {
        let mut bytes = Secret::new(parts.enciphered.clone()?);
        let whole = session.decipher(named.counter?, bytes.expose_secret_mut());
        whole.then_some(bytes)
    }

    fn seal(
        &self,
        parts: &Parts,
        deciphered: Option<&Secret<Vec<u8>>>,
    ) -> Result<Option<TtStatus>, Refused> {
        let letters = match self.form.seal {
            None => return Ok(None),
            Some(Seal::Shown(_)) => parts.seal,
            Some(Seal::Inside(at)) => {
                deciphered.and_then(|bytes| bytes.expose_secret().get(at..)?.first_chunk().copied())
            }
        };
        let status = letters.and_then(|letters| TtStatus::decode(&letters).ok());
        status.map(Some).ok_or(Refused(Reason::Seal))
    }

    pub(super) fn slot(&self, no: KeyNo) -> Slot {
        Slot { level: Level::Application(self.file.application()), no }
    }

    /// Which of a slot's keys has the version that an address tells, the own one where it tells none.
    fn holder(&self, no: KeyNo, version: Option<u8>) -> Option<Holder> {
        let Some(version) = version else { return Some(Holder::Own) };
        let holder = self.job.holder(self.slot(no), KeyVersion(version))?;
        matches!(holder, Holder::Own | Holder::Former).then_some(holder)
    }

    /// The key of a slot that has this version, or else its own.
    pub(super) fn key(
        &self,
        no: KeyNo,
        version: Option<u8>,
        uid: Option<&RealUid>,
    ) -> Result<CardKey, VerifyError> {
        let holder = self.holder(no, version).unwrap_or(Holder::Own);
        let made = self.job.key_of(self.slot(no), holder, uid, None);
        made.map_err(|none| VerifyError::Key(none.why()))
    }
}
