// SPDX-License-Identifier: MIT OR Apache-2.0
//! What asking a chip for its signature comes to.

use core::fmt;

use super::{Key, Product};

/// What is found about a chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a new finding must break every match")]
pub enum Finding {
    /// The signature is over this UID, under a key of NXP's that signs this product.
    Genuine(&'static Key),
    /// The signature is over this UID, under the [test key](super::Trust::TestKeyToo) that the
    /// caller allowed: a software card.
    TestKey,
    /// The chip says that it has no signature (`1C`): an old one, or one that does as if.
    NotOffered,
    /// The chip has a signature that does not make it genuine.
    NotGenuine(NotGenuine),
}

impl Finding {
    /// Whether a card passes of which a signature is required.
    #[must_use]
    pub const fn holds(&self) -> bool {
        match self {
            Self::Genuine(_) | Self::TestKey => true,
            Self::NotOffered | Self::NotGenuine(_) => false,
        }
    }

    /// The key that verified the signature, where it is one of NXP's.
    #[must_use]
    pub const fn key(&self) -> Option<&'static Key> {
        match self {
            Self::Genuine(key) => Some(key),
            Self::TestKey | Self::NotOffered | Self::NotGenuine(_) => None,
        }
    }

    /// A name that stays the same from version to version, for records.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Genuine(_) => "genuine",
            Self::TestKey => "test-key",
            Self::NotOffered => "not-offered",
            Self::NotGenuine(_) => "not-genuine",
        }
    }

    /// In few words, for summaries.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Genuine(_) => "genuine",
            Self::TestKey => "signed with the test key",
            Self::NotOffered => "no signature",
            Self::NotGenuine(why) => why.label(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Genuine(key) => write!(f, "genuine, signed with NXP's key of {key}"),
            Self::TestKey => f.write_str("a software card, signed with the test key"),
            Self::NotOffered => f.write_str("not offered: this chip has no signature"),
            Self::NotGenuine(why) => why.fmt(f),
        }
    }
}

/// Why a signature does not make a chip genuine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotGenuine {
    /// These bytes are no signature: r or s is zero, or not below the order of the curve.
    #[error("does not verify: what the chip gives is no signature")]
    Malformed,
    /// No known key verifies it over this UID: forged, of another UID, or of a product that is newer
    /// than the [table of keys](super::KEYS).
    #[error("does not verify: no known key signed this UID so")]
    UnknownKey,
    /// It verifies, but the chip says that it is of a product that this key does not sign.
    #[error(
        "does not verify: signed with NXP's key of {key}, and the chip says that it is {}",
        named(*.product)
    )]
    OtherProduct {
        /// The key that verifies it.
        key: &'static Key,
        /// What the chip says that it is, where such chips are known.
        product: Option<Product>,
    },
    /// It verifies under the [test key](super::Trust::TestKeyToo), which was not allowed.
    #[error("does not verify: signed with the test key of software cards, which anybody can use")]
    TestKey,
}

impl NotGenuine {
    /// A name that stays the same from version to version, for records.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownKey => "unknown-key",
            Self::OtherProduct { .. } => "other-product",
            Self::TestKey => "test-key",
        }
    }

    /// In few words, for summaries.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Malformed => "no signature in the reply",
            Self::UnknownKey => "signature of no known key",
            Self::OtherProduct { .. } => "signature of another product",
            Self::TestKey => "signature of a software card",
        }
    }
}

fn named(product: Option<Product>) -> String {
    product.map_or_else(|| "something else".to_owned(), |product| format!("a {product}"))
}
