// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key diversification: one card key per card from one issuer key.
//!
//! A [`Recipe`] is a [`Scheme`] and what goes into it, or a [`WrittenScheme`] of a profile. Schemes without published vectors are on the
//! list of [`BELIEFS`].

mod an10922;
mod beliefs;
mod input;
mod recipe;
mod sagem;
mod sam_av1;
mod scheme;
mod written;

#[cfg(test)]
mod tests;

pub use an10922::Message;
pub use beliefs::BELIEFS;
pub(crate) use input::field_word;
pub use input::{FieldBytes, Input, InputError, InputPart, Piece, Subject, Turn};
pub use recipe::{DeriveError, Recipe, RecipeError, undiversified};
pub use scheme::{Scheme, SchemeError};
pub use written::{Padding, SchemeCipher, SchemeFault, WrittenScheme};
