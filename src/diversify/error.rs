// SPDX-License-Identifier: MIT OR Apache-2.0
//! Why a recipe is none, or makes no key.

use super::scheme::Scheme;
use super::work::SchemeFault;
use crate::key::KeyError;
use crate::wire::KeyType;

/// An input that does not fit its scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecipeError {
    pub(super) scheme: Scheme,
    pub(super) length: usize,
    pub(super) takes: Option<usize>,
}

impl core::fmt::Display for RecipeError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { scheme, length, takes } = self;
        match takes {
            Some(takes) => write!(
                f,
                "{scheme} takes 1 to {takes} bytes of input, these are {length}: shorten the \
                 constants"
            ),
            None => write!(
                f,
                "{scheme} makes its own input from UID, key number and AID: leave `input` out"
            ),
        }
    }
}

impl core::error::Error for RecipeError {}

/// Why no key can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeriveError {
    /// The UID goes in and is not known.
    #[error("the real UID of the card goes into the key, and is not known")]
    NoUid,
    /// A field of the card's record goes in, and it is not known whose card it is.
    #[error("a field of the record goes into the key, and it is not known whose card this is")]
    NoRecord,
    /// The scheme that the profile writes makes no keys of this type.
    #[error("{0}")]
    Written(#[from] SchemeFault),
    /// The scheme has no keys of this type.
    #[error("{scheme} makes no {key} keys: it is for {}", names(*.scheme))]
    KeyType {
        /// The scheme.
        scheme: Scheme,
        /// The type of the issuer key.
        key: KeyType,
    },
    /// The scheme makes no key of this number.
    #[error("the scheme makes keys 0 to {last}, and key {no} is none of them")]
    KeyNo {
        /// The last that it makes.
        last: u8,
        /// The number of the key.
        no: u8,
    },
    /// The input is too long for keys of this type.
    #[error("with {key} keys the input has 1 to {takes} bytes, these are {length}")]
    Input {
        /// The type of the issuer key.
        key: KeyType,
        /// How many bytes it takes at most.
        takes: usize,
        /// How many there are.
        length: usize,
    },
    /// The issuer key did not do what it was asked.
    #[error("{0}")]
    Key(#[from] KeyError),
}

fn names(scheme: Scheme) -> String {
    let names: Vec<String> = scheme.key_types().iter().map(KeyType::to_string).collect();
    names.join(", ")
}
