// SPDX-License-Identifier: MIT OR Apache-2.0
//! Addresses as tags give them, for tests of a server.

use super::Verifier;
use super::crypt::{self, Named, Session};
use crate::diversify::DeriveError;
use crate::encode::{Holder, NoKey};
use crate::iso14443::RealUid;
use crate::key::CardKey;
use crate::profile::{FieldError, Record};
use crate::wire::{KeyNo, SdmCounter, SdmMeta};

impl Verifier<'_> {
    /// The address that a tag of this record gives at its `counter`th reading, with these bytes where it writes
    /// random ones: for tests of a server. Its seal is whole.
    ///
    /// # Errors
    /// [`ExampleError`].
    pub fn example(
        &self,
        record: &Record,
        (uid, counter): (&RealUid, u32),
        random: [u8; 16],
    ) -> Result<String, ExampleError> {
        let (form, suite) = (&self.form, self.form.suite);
        let spec = &self.job.profile()[self.file];
        let content = spec.content.as_ref().map(|content| content.render(record, uid));
        let content = content.transpose()?;
        let bytes = content.as_ref().map(|bytes| bytes.expose_secret().as_slice());
        let (begins, text) = form.text(bytes.unwrap_or_default());
        let end = text.iter().rposition(|byte| *byte != 0).map_or(0, |last| last.saturating_add(1));
        let mut text = text.get(..end).unwrap_or_default().to_vec();
        let [low, middle, high, _] = counter.to_le_bytes();
        let counter = [low, middle, high];
        let named = match form.meta {
            SdmMeta::Clear { uid: at, counter: count } => {
                if let Some(at) = at {
                    form.put(&mut text, at, uid.expose());
                }
                if let Some(SdmCounter::At(at)) = count {
                    form.put(&mut text, at, &[high, middle, low]);
                }
                Named { uid: at.map(|_| *uid.expose()), counter: count.map(|_| counter) }
            }
            SdmMeta::Enciphered { at, key, .. } => {
                let named = Named { uid: Some(*uid.expose()), counter: Some(counter) };
                let key = self.own_key(key, None)?;
                let [a, b, c, d, e, f, g, h, ..] = random;
                let data = ([a, b, c, d, e, f, g, h], named.data(random));
                if let Some(data) = crypt::encipher(suite, &key, data) {
                    form.put(&mut text, at, &data);
                }
                named
            }
            SdmMeta::Never { .. } => Named::default(),
        };
        let key = self.own_key(form.file.key, Some(uid))?;
        let enciphered = form.sealed(&mut text);
        if let Some(session) = Session::of(suite, &key, &named) {
            if let Some((at, mut plain)) = enciphered
                && session.encipher(counter, &mut plain)
            {
                form.put(&mut text, at, &plain);
            }
            let mac = session.mac(form.signed(&text).unwrap_or_default());
            form.put(&mut text, form.file.mac, &mac);
        }
        Ok(begins.to_owned() + &String::from_utf8_lossy(&text))
    }

    fn own_key(&self, no: KeyNo, uid: Option<&RealUid>) -> Result<CardKey, ExampleError> {
        let made = self.job.key_of(self.slot(no), Holder::Own, uid, None);
        made.map_err(|none: NoKey| ExampleError::Key(none.why()))
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
