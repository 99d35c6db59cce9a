// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key diversification: one card key per card from one issuer key.
//!
//! A [`Recipe`] is a [`Scheme`] and what goes into it. Schemes without published vectors are on the
//! list of [`BELIEFS`].

mod an10922;
mod beliefs;
mod recipe;
mod sagem;
mod sam_av1;
mod scheme;

#[cfg(test)]
mod tests;

pub use an10922::Message;
pub use beliefs::BELIEFS;
pub use recipe::{DeriveError, Input, InputPart, Recipe, RecipeError, Subject, undiversified};
pub use scheme::{Scheme, SchemeError};
