// SPDX-License-Identifier: MIT OR Apache-2.0
//! Why a key file cannot be encrypted or opened.

use std::io;

use age::DecryptError;

use crate::keys::KeyFileError;

/// Why an encrypted key file cannot be opened or made. It holds nothing of what is in the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealedError {
    /// It does not begin as age files do.
    #[error("this is no age file")]
    NoAge,
    /// An age file of a later version, or for recipients that are not known.
    #[error(
        "this age file is of a kind that is not known here: encrypt it anew for age1… or a passphrase"
    )]
    Unknown,
    /// It has more bytes than any key file.
    #[error("this age file is larger than any key file: the most is {} bytes", super::open::MOST)]
    TooLarge,
    /// The file ends too early.
    #[error("this age file is cut off: take a whole copy of it")]
    CutOff,
    /// The file is not what was written once.
    #[error("this age file was changed or is cut off: take another copy of it")]
    Changed,
    /// It takes a passphrase, and other things were given.
    #[error("this age file takes a passphrase, and identities were given")]
    TakesPassphrase,
    /// It takes an identity, and a passphrase was given.
    #[error(
        "this age file takes the identity of one of its recipients, and a passphrase was given"
    )]
    TakesIdentity,
    /// The passphrase does not open it.
    #[error("this passphrase does not open it")]
    WrongPassphrase,
    /// None of the identities opens it.
    #[error("none of these identities opens it")]
    NoIdentityFits,
    /// Its passphrase would take too much memory and time.
    #[error(
        "a try of its passphrase takes more than is allowed here (work factor {asked}, the most is {most}): \
         encrypt it anew with less"
    )]
    TooMuchWork {
        /// The power of two that the file asks for; that many KiB are needed.
        asked: u8,
        /// The largest one that is allowed.
        most: u8,
    },
    /// What it holds is no text.
    #[error("what is in this age file is no text in UTF-8, and so no key file")]
    NoText,
    /// What it holds is no key file, or one with a mistake.
    #[error("the key file in it: {0}")]
    KeyFile(#[from] KeyFileError),
    /// Nothing stands where a passphrase should.
    #[error("this passphrase is empty")]
    NoPassphrase,
    /// No identity stands where some should.
    #[error("there is no identity: an identity file has lines AGE-SECRET-KEY-1…")]
    NoIdentity,
    /// A line is no identity.
    #[error(
        "line {line} is no identity: an identity file has lines AGE-SECRET-KEY-1… and comments (#)"
    )]
    Identity {
        /// Which, from 1 on.
        line: usize,
    },
    /// No recipient is named.
    #[error("there is no recipient: name some, age1…")]
    NoRecipient,
    /// One of the recipients is none.
    #[error("recipient {number} is none: write age1…, as age-keygen and rage-keygen show it")]
    Recipient {
        /// Which, from 1 on.
        number: usize,
    },
    /// A work factor that nobody could use.
    #[error("a work factor is 1 to {most}")]
    Work {
        /// The largest one.
        most: u8,
    },
    /// The system gave no randomness, or enciphering failed otherwise.
    #[error("it cannot be enciphered")]
    Enciphering,
}

impl SealedError {
    /// What the crate says, in the words of this one.
    pub(super) fn of(error: &DecryptError, most: u8) -> Self {
        match error {
            DecryptError::ExcessiveWork { required, .. } => {
                Self::TooMuchWork { asked: *required, most }
            }
            DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
                Self::WrongPassphrase
            }
            DecryptError::NoMatchingKeys => Self::NoIdentityFits,
            DecryptError::UnknownFormat => Self::Unknown,
            DecryptError::Io(error) => Self::reading(error),
            DecryptError::InvalidHeader | DecryptError::InvalidMac | _ => Self::Changed,
        }
    }

    pub(super) fn reading(error: &io::Error) -> Self {
        let cut_off = error.kind() == io::ErrorKind::UnexpectedEof;
        if cut_off { Self::CutOff } else { Self::Changed }
    }
}
