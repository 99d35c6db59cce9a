// SPDX-License-Identifier: MIT OR Apache-2.0
//! Encrypted key files that are there.

use core::fmt;
use std::io::{self, Read};

use age::armor::ArmoredReader;
use age::secrecy::SecretString;
use age::{Decryptor, Identity, scrypt, x25519};
use zeroize::{Zeroize, Zeroizing};

use super::{SealedError, is_armored, is_sealed};
use crate::keys::KeyFile;
use crate::secret::wipe_stack;

/// The most bytes that an age file with a key file in it has.
pub(super) const MOST: usize = 1 << 24;

/// What an encrypted key file takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Takes {
    /// A passphrase.
    Passphrase,
    /// The identity of one of its recipients.
    Identity,
}

/// An encrypted key file, not opened.
///
/// ```
/// use cardwright::keys::sealed::{Opener, Sealed, Sealer, Takes};
/// # let text = include_str!("../../../examples/data/test-keys.toml");
/// let passphrase = "correct horse battery staple";
/// let bytes = Sealer::passphrase(passphrase)?.with_work(4)?.seal(text)?;
/// let sealed = Sealed::read(&bytes)?;
/// assert_eq!(sealed.takes(), Takes::Passphrase);
/// let keys = sealed.key_file(&Opener::passphrase(passphrase)?)?;
/// assert!(keys.names().any(|(name, _)| name == "picc"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Sealed<'a> {
    bytes: &'a [u8],
    takes: Takes,
}

impl fmt::Debug for Sealed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({:?}, {} bytes)", self.takes, self.bytes.len())
    }
}

/// What opens an encrypted key file. `Debug` shows which kind it is.
pub struct Opener {
    with: With,
    most_work: u8,
}

enum With {
    /// Made once: making one takes work.
    Passphrase(scrypt::Identity),
    Identities(Vec<x25519::Identity>),
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.with {
            With::Passphrase(_) => "Opener(passphrase <secret>)",
            With::Identities(_) => "Opener(identities <secret>)",
        })
    }
}

impl Opener {
    /// The work factor of a passphrase that is allowed unless another one is: a GiB of memory, some seconds.
    pub const MOST_WORK: u8 = 20;

    /// A passphrase.
    ///
    /// # Errors
    /// [`SealedError::NoPassphrase`].
    pub fn passphrase(passphrase: &str) -> Result<Self, SealedError> {
        if passphrase.is_empty() {
            return Err(SealedError::NoPassphrase);
        }
        let with = scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
        let opener = Self { with: With::Passphrase(with), most_work: Self::MOST_WORK };
        Ok(opener.with_most_work(Self::MOST_WORK))
    }

    /// The text of an identity file, as `age-keygen` and `rage-keygen` write it: `AGE-SECRET-KEY-1…`, one a
    /// line, beside comments.
    ///
    /// # Errors
    /// [`SealedError::NoIdentity`], [`SealedError::Identity`].
    pub fn identities(text: &str) -> Result<Self, SealedError> {
        let lines = (1..).zip(text.lines().map(str::trim));
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let identity =
            |(line, text): (usize, &str)| text.parse().map_err(|_| SealedError::Identity { line });
        let identities: Vec<x25519::Identity> = lines.map(identity).collect::<Result<_, _>>()?;
        wipe_stack();
        if identities.is_empty() {
            return Err(SealedError::NoIdentity);
        }
        Ok(Self { with: With::Identities(identities), most_work: Self::MOST_WORK })
    }

    /// Whether this text is that of an identity file.
    #[must_use]
    pub fn is_identity_file(text: &str) -> bool {
        text.lines().any(|line| line.trim_start().starts_with("AGE-SECRET-KEY-1"))
    }

    /// Another largest work factor: a try of a passphrase takes two to its power KiB of memory. What asks
    /// for more is refused before any work.
    #[must_use]
    pub fn with_most_work(mut self, most: u8) -> Self {
        if let With::Passphrase(identity) = &mut self.with {
            identity.set_max_work_factor(most);
        }
        self.most_work = most;
        self
    }
}

impl<'a> Sealed<'a> {
    /// Reads what stands before the enciphered text, as bytes or armored.
    ///
    /// # Errors
    /// [`SealedError`] where this is no age file, one of another kind, or damaged there.
    pub fn read(bytes: &'a [u8]) -> Result<Self, SealedError> {
        if !is_sealed(bytes) {
            return Err(SealedError::NoAge);
        }
        if bytes.len() > MOST {
            return Err(SealedError::TooLarge);
        }
        let bytes = if is_armored(bytes) { bytes.trim_ascii_start() } else { bytes };
        let takes = if decryptor(bytes)?.is_scrypt() { Takes::Passphrase } else { Takes::Identity };
        Ok(Self { bytes, takes })
    }

    /// What opens it.
    #[must_use]
    pub const fn takes(&self) -> Takes {
        self.takes
    }

    /// Whether it is armored: text that goes through mail.
    #[must_use]
    pub fn is_armored(&self) -> bool {
        is_armored(self.bytes)
    }

    /// The text in it, whatever it is. Whoever has it sees to it that it goes nowhere.
    ///
    /// # Errors
    /// [`SealedError`] where it cannot be opened with this, was changed or is cut off.
    pub fn text(&self, opener: &Opener) -> Result<Zeroizing<String>, SealedError> {
        let opened = self.opened(opener);
        // What was deciphered on the way is not to outlast it.
        wipe_stack();
        let mut text = opened?;
        String::from_utf8(core::mem::take(&mut *text)).map(Zeroizing::new).map_err(|error| {
            error.into_bytes().zeroize();
            SealedError::NoText
        })
    }

    /// The keys in it.
    ///
    /// # Errors
    /// As [`text`](Self::text), or [`SealedError::KeyFile`].
    pub fn key_file(&self, opener: &Opener) -> Result<KeyFile, SealedError> {
        Ok(KeyFile::parse(&self.text(opener)?)?)
    }

    pub(super) fn opened(&self, opener: &Opener) -> Result<Zeroizing<Vec<u8>>, SealedError> {
        let identities: Vec<&dyn Identity> = match (self.takes, &opener.with) {
            (Takes::Passphrase, With::Passphrase(passphrase)) => vec![passphrase],
            (Takes::Identity, With::Identities(all)) => {
                all.iter().map(|identity| identity as &dyn Identity).collect()
            }
            (Takes::Passphrase, With::Identities(_)) => return Err(SealedError::TakesPassphrase),
            (Takes::Identity, With::Passphrase(_)) => return Err(SealedError::TakesIdentity),
        };
        let mut reader = decryptor(self.bytes)?
            .decrypt(identities.into_iter())
            .map_err(|error| SealedError::of(&error, opener.most_work))?;
        // It is shorter than what it was enciphered to: the buffer does not grow.
        let mut text = Zeroizing::new(vec![0; self.bytes.len()]);
        let mut filled = 0;
        loop {
            match reader.read(text.get_mut(filled..).unwrap_or_default()) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(SealedError::reading(&error)),
            }
        }
        text.truncate(filled);
        Ok(text)
    }
}

fn decryptor(bytes: &[u8]) -> Result<Decryptor<ArmoredReader<io::BufReader<&[u8]>>>, SealedError> {
    Decryptor::new_buffered(ArmoredReader::new(bytes)).map_err(|error| SealedError::of(&error, 0))
}
