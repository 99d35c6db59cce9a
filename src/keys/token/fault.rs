// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a module answers, sorted by what can be done about it.

use cryptoki::error::{Error, RvError};

use crate::key::KeyError;

use super::error::TokenError;

/// Why a call did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// The token, its server or the session is gone; begun anew, it may come back.
    Gone,
    /// An object is no longer where it was.
    Stale,
    /// There is no session left.
    Sessions,
    /// Nothing came back in time.
    Late,
    /// The token has no such mechanism, or the key may not be used so.
    Cannot,
    /// It is something else about the key.
    Key(KeyError),
    /// Anything else, by the name that the module gives it.
    Other(String),
}

const GONE: [RvError; 16] = [
    RvError::CryptokiNotInitialized,
    RvError::DeviceError,
    RvError::DeviceMemory,
    RvError::DeviceRemoved,
    RvError::FunctionFailed,
    RvError::GeneralError,
    RvError::HostMemory,
    RvError::OperationActive,
    RvError::OperationNotInitialized,
    RvError::SessionClosed,
    RvError::SessionHandleInvalid,
    RvError::SlotIdInvalid,
    RvError::TokenNotPresent,
    RvError::TokenNotRecognized,
    RvError::UserNotLoggedIn,
    RvError::FunctionCanceled,
];

const CANNOT: [RvError; 10] = [
    RvError::ActionProhibited,
    RvError::ArgumentsBad,
    RvError::FunctionNotSupported,
    RvError::KeyFunctionNotPermitted,
    RvError::KeySizeRange,
    RvError::KeyTypeInconsistent,
    RvError::MechanismInvalid,
    RvError::MechanismParamInvalid,
    RvError::DataInvalid,
    RvError::DataLenRange,
];

const STALE: [RvError; 3] =
    [RvError::KeyHandleInvalid, RvError::ObjectHandleInvalid, RvError::KeyChanged];

/// Whether a login failed for the PIN, so that another try would bring the token nearer to its lock.
pub(super) fn is_of_pin(error: &Error) -> bool {
    let of_pin = [RvError::PinIncorrect, RvError::PinInvalid, RvError::PinLenRange];
    returned(error).is_some_and(|value| of_pin.iter().any(|one| one == value))
}

/// What a module returned, where it returned anything.
pub(super) fn returned(error: &Error) -> Option<&RvError> {
    if let Error::Pkcs11(value, _) = error { Some(value) } else { None }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        if let Error::NullFunctionPointer = error {
            return Self::Cannot;
        }
        match returned(&error) {
            Some(RvError::SessionCount) => Self::Sessions,
            Some(value) if GONE.contains(value) => Self::Gone,
            Some(value) if CANNOT.contains(value) => Self::Cannot,
            Some(value) if STALE.contains(value) => Self::Stale,
            Some(_) | None => Self::Other(error.to_string()),
        }
    }
}

impl From<KeyError> for Fault {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

impl Fault {
    /// The same of a token that is being opened.
    pub(super) fn opening(self, limit: core::time::Duration) -> TokenError {
        match self {
            Self::Gone | Self::Stale => TokenError::Away,
            Self::Sessions => TokenError::Sessions,
            Self::Late => TokenError::Slow(limit),
            Self::Cannot => {
                TokenError::Failed("a function that every module has is missing".to_owned())
            }
            Self::Key(error) => TokenError::Failed(error.to_string()),
            Self::Other(why) => TokenError::Failed(why),
        }
    }
}
