// SPDX-License-Identifier: MIT OR Apache-2.0
//! Secure messaging by name: what protects a session, and which command opens one.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Ins, KeyType};
use crate::alike::{nearest, write};

/// The secure messaging of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "a new channel must break every match")]
pub enum Messaging {
    /// The channel that every DESFire has, for keys of type 2K3DES only.
    D40,
    /// The channel that DESFire EV1 brought, for keys of every type.
    Ev1,
    /// The channel that DESFire EV2 brought, for AES keys; keys of other types take EV1's.
    Ev2,
}

impl fmt::Display for Messaging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::D40 => "d40",
            Self::Ev1 => "ev1",
            Self::Ev2 => "ev2",
        })
    }
}

impl FromStr for Messaging {
    type Err = MessagingError;

    fn from_str(text: &str) -> Result<Self, MessagingError> {
        match text {
            "d40" => Ok(Self::D40),
            "ev1" => Ok(Self::Ev1),
            "ev2" => Ok(Self::Ev2),
            _ => Err(MessagingError(nearest(text, ["d40", "ev1", "ev2"]))),
        }
    }
}

/// A text that names no messaging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}messaging is d40, ev1 or ev2", write(self.0))]
#[non_exhaustive]
pub struct MessagingError(Option<&'static str>);

/// The command that opens a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a new opening must break every match")]
pub enum Opening {
    /// Authenticate `0A`, with a DES or 2K3DES key.
    Legacy,
    /// AuthenticateISO `1A`, with a DES, 2K3DES or 3K3DES key.
    Iso,
    /// AuthenticateAES `AA`.
    Aes,
    /// AuthenticateEV2First `71`, with an AES key: a new transaction.
    Ev2First,
    /// AuthenticateEV2NonFirst `77`, with an AES key: the transaction goes on.
    Ev2NonFirst,
}

impl Opening {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Legacy, Self::Iso, Self::Aes, Self::Ev2First, Self::Ev2NonFirst];

    /// How a key of this type opens a session as close as it comes to a messaging, where none goes
    /// on: only AES keys have EV2 messaging, only 2K3DES keys have D40 messaging.
    #[must_use]
    pub const fn of(key: KeyType, messaging: Messaging) -> Self {
        match (key, messaging) {
            (KeyType::Des, Messaging::D40) => Self::Legacy,
            (KeyType::Des, Messaging::Ev1 | Messaging::Ev2) | (KeyType::Tdes3, _) => Self::Iso,
            (KeyType::Aes, Messaging::D40 | Messaging::Ev1) => Self::Aes,
            (KeyType::Aes, Messaging::Ev2) => Self::Ev2First,
        }
    }

    /// The instruction.
    #[must_use]
    pub const fn ins(self) -> Ins {
        match self {
            Self::Legacy => Ins::Authenticate,
            Self::Iso => Ins::AuthenticateIso,
            Self::Aes => Ins::AuthenticateAes,
            Self::Ev2First => Ins::AuthenticateEv2First,
            Self::Ev2NonFirst => Ins::AuthenticateEv2NonFirst,
        }
    }

    /// The opening with this instruction.
    #[must_use]
    pub fn from_ins(ins: Ins) -> Option<Self> {
        Self::ALL.into_iter().find(|opening| opening.ins() == ins)
    }

    /// What protects the session that it opens.
    #[must_use]
    pub const fn messaging(self) -> Messaging {
        match self {
            Self::Legacy => Messaging::D40,
            Self::Iso | Self::Aes => Messaging::Ev1,
            Self::Ev2First | Self::Ev2NonFirst => Messaging::Ev2,
        }
    }

    /// Whether a key of this type opens a session so.
    #[must_use]
    pub const fn takes(self, key: KeyType) -> bool {
        match self {
            Self::Legacy => matches!(key, KeyType::Des),
            Self::Iso => matches!(key, KeyType::Des | KeyType::Tdes3),
            Self::Aes | Self::Ev2First | Self::Ev2NonFirst => matches!(key, KeyType::Aes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_never_told_to_open_what_it_cannot() {
        for key in [KeyType::Des, KeyType::Tdes3, KeyType::Aes] {
            for messaging in [Messaging::D40, Messaging::Ev1, Messaging::Ev2] {
                assert!(Opening::of(key, messaging).takes(key), "{key:?} {messaging}");
            }
        }
    }

    #[test]
    fn an_opening_is_found_by_its_instruction() {
        for opening in Opening::ALL {
            assert_eq!(Opening::from_ins(opening.ins()), Some(opening));
        }
        assert_eq!(Opening::from_ins(Ins::GetVersion), None);
    }

    #[test]
    fn messaging_is_named_as_profiles_name_it() {
        for messaging in [Messaging::D40, Messaging::Ev1, Messaging::Ev2] {
            assert_eq!(messaging.to_string().parse(), Ok(messaging));
        }
        assert_eq!("lrp".parse::<Messaging>(), Err(MessagingError(None)));
        assert_eq!("EV2".parse::<Messaging>(), Err(MessagingError(Some("ev2"))));
    }
}
