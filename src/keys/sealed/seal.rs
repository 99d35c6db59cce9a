// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key files that are encrypted.

use core::{fmt, hint};
use std::io::Write as _;

use age::armor::{ArmoredWriter, Format};
use age::secrecy::SecretString;
use age::{Encryptor, Recipient, scrypt, x25519};

use super::{Opener, SealedError};
use crate::keys::KeyFile;
use crate::secret::wipe_stack;

/// For whom key files are encrypted. `Debug` shows which kind it is.
pub struct Sealer {
    to: To,
    format: Form,
}

enum To {
    Passphrase(scrypt::Recipient),
    Recipients(Vec<x25519::Recipient>),
}

#[derive(Clone, Copy)]
enum Form {
    Binary,
    Armored,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.to {
            To::Passphrase(_) => f.write_str("Sealer(passphrase <secret>)"),
            To::Recipients(all) => write!(f, "Sealer({} recipients)", all.len()),
        }
    }
}

impl Sealer {
    /// The work factor unless another one is said: 256 MiB of memory, about a second.
    pub const WORK: u8 = 18;

    /// Whoever has this passphrase.
    ///
    /// # Errors
    /// [`SealedError::NoPassphrase`].
    pub fn passphrase(passphrase: &str) -> Result<Self, SealedError> {
        if passphrase.is_empty() {
            return Err(SealedError::NoPassphrase);
        }
        let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase.to_owned()));
        recipient.set_work_factor(Self::WORK);
        Ok(Self { to: To::Passphrase(recipient), format: Form::Binary })
    }

    /// Whoever has the identity of one of these recipients, `age1…`.
    ///
    /// # Errors
    /// [`SealedError::NoRecipient`], [`SealedError::Recipient`].
    pub fn recipients<T: AsRef<str>>(recipients: &[T]) -> Result<Self, SealedError> {
        let recipient = |(number, text): (usize, &T)| {
            text.as_ref().trim().parse().map_err(|_| SealedError::Recipient { number })
        };
        let all: Vec<_> = (1..).zip(recipients).map(recipient).collect::<Result<_, _>>()?;
        if all.is_empty() {
            return Err(SealedError::NoRecipient);
        }
        Ok(Self { to: To::Recipients(all), format: Form::Binary })
    }

    /// Another work factor for the passphrase: a try of one takes two to its power KiB of memory.
    ///
    /// # Errors
    /// [`SealedError::Work`] where an [`Opener`] would refuse it.
    pub fn with_work(mut self, work: u8) -> Result<Self, SealedError> {
        if !(1..=Opener::MOST_WORK).contains(&work) {
            return Err(SealedError::Work { most: Opener::MOST_WORK });
        }
        if let To::Passphrase(recipient) = &mut self.to {
            recipient.set_work_factor(work);
        }
        Ok(self)
    }

    /// As text that goes through mail.
    #[must_use]
    pub const fn armored(mut self) -> Self {
        self.format = Form::Armored;
        self
    }

    /// Encrypts the text of a key file.
    ///
    /// # Errors
    /// [`SealedError::KeyFile`] where the text is none, [`SealedError::Enciphering`].
    pub fn seal(&self, text: &str) -> Result<Vec<u8>, SealedError> {
        KeyFile::parse(text)?;
        let sealed = self.sealed(text.as_bytes()).map_err(|_| SealedError::Enciphering);
        wipe_stack();
        overwrite_collected();
        sealed
    }

    pub(super) fn sealed(&self, text: &[u8]) -> Result<Vec<u8>, Box<dyn core::error::Error>> {
        let to: Vec<&dyn Recipient> = match &self.to {
            To::Passphrase(recipient) => vec![recipient],
            To::Recipients(all) => all.iter().map(|one| one as &dyn Recipient).collect(),
        };
        let format = match self.format {
            Form::Binary => Format::Binary,
            Form::Armored => Format::AsciiArmor,
        };
        let output = ArmoredWriter::wrap_output(Vec::new(), format)?;
        let mut writer = Encryptor::with_recipients(to.into_iter())?.wrap_output(output)?;
        writer.write_all(text)?;
        Ok(writer.finish()?.finish()?)
    }
}

/// `age` collects 64 KiB of text before it enciphers them, and gives the buffer back with what is in it:
/// whoever asks for as much next gets it, and overwrites it.
fn overwrite_collected() {
    const COLLECTED: usize = 64 * 1024;
    let blocks: [_; 4] = core::array::from_fn(|_| vec![0xFF_u8; COLLECTED]);
    hint::black_box(&blocks);
}
