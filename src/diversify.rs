// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key diversification: one card key per card from one issuer key.
//!
//! A [`Recipe`] is a [`Scheme`] and what goes into it, or a [`WrittenScheme`] of a profile. Schemes
//! without published vectors are on the list of [`BELIEFS`].

mod an10922;
mod beliefs;
mod boltcard;
mod error;
mod input;
mod piece;
mod recipe;
mod sagem;
mod sam_av1;
mod scheme;
mod subject;
mod work;
mod written;

#[cfg(test)]
mod tests;

pub use an10922::Message;
pub use beliefs::BELIEFS;
pub use error::{DeriveError, RecipeError};
pub(crate) use input::field_word;
pub use input::{InputError, InputPart};
pub use piece::{Piece, Turn};
pub use recipe::{Recipe, undiversified};
pub use scheme::{Scheme, SchemeError};
pub use subject::{FieldBytes, Input, Subject};
pub use work::{Padding, SchemeCipher, SchemeFault};
pub use written::WrittenScheme;
