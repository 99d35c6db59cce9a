// SPDX-License-Identifier: MIT OR Apache-2.0
//! `diversify` of a key: a scheme, and the words of what goes into it.

use crate::profile::shape::Spanned;

use crate::diversify::{InputError, InputPart, Piece, Recipe, Scheme, SchemeError, field_word};
use crate::key::LowBits;
use crate::profile::error::{mistake, warning};
use crate::wire::KeyType;

use super::super::super::error::ProfileError;
use super::super::super::key_input::key_bytes;
use super::super::super::model::Class;
use super::super::super::shape::{self, AidOrder};
use super::super::{Check, meant};

/// The words that stand for parts of an input.
type Words = Spanned<Vec<Spanned<String>>>;

impl Check<'_> {
    pub(super) fn recipe(
        &mut self,
        raw: &shape::Diversify,
        key_type: KeyType,
        low_bits: Option<LowBits>,
    ) -> Result<Recipe, ProfileError> {
        let at = raw.scheme.span().start;
        let input = raw.input.as_ref().map(|input| self.words(input, raw.aid_order.as_ref()));
        let input = input.transpose()?;
        let recipe = match raw.scheme.get_ref().parse::<Scheme>() {
            Ok(scheme) => self.known(scheme, raw, input, key_type)?,
            Err(error) => self.of_profile(raw, input.as_deref(), error)?,
        };
        let form = low_bits.unwrap_or(recipe.low_bits());
        if form == LowBits::Kept {
            let scheme = raw.scheme.get_ref();
            let problem = format!("the version of a key that {scheme} makes is what comes out");
            let instead = "write low_bits = \"first-half\", or take a scheme that writes the version, \
                           such as omnitech";
            return Err(self.error(mistake::KEY_VERSION, at, problem, instead));
        }
        recipe.fits(key_type).map_err(|error| {
            let instead = "take another scheme, or write another type for the key";
            self.error(mistake::DIVERSIFICATION, at, error.to_string(), instead)
        })?;
        match &raw.aid_order {
            Some(order) if !recipe.needs_aid() => {
                let at = order.span().start;
                Err(self.error(
                    mistake::OUT_OF_PLACE,
                    at,
                    "aid_order without \"aid\" in the input",
                    "take it out",
                ))
            }
            _ => Ok(recipe.with_low_bits(form)),
        }
    }

    /// A scheme that this crate knows.
    fn known(
        &self,
        scheme: Scheme,
        raw: &shape::Diversify,
        input: Option<Vec<InputPart>>,
        key_type: KeyType,
    ) -> Result<Recipe, ProfileError> {
        let at = raw.scheme.span().start;
        if input.is_none() && scheme.input(key_type).is_some() {
            return Err(self.error(
                mistake::DIVERSIFICATION,
                at,
                "input is missing",
                "write input = [\"uid\", \"aid\"]",
            ));
        }
        Recipe::new(scheme, input.unwrap_or_default()).map_err(|error| {
            let at = raw.input.as_ref().map_or(at, |input| input.span().start);
            let instead = match scheme.input(key_type) {
                Some(_) => "write input = [\"uid\", \"aid\", \"hex:4143\"]",
                None => "take it out",
            };
            self.error(mistake::DIVERSIFICATION, at, error.to_string(), instead)
        })
    }

    /// A scheme that the profile writes, with the key's own input where the scheme leaves a place for it.
    fn of_profile(
        &mut self,
        raw: &shape::Diversify,
        input: Option<&[InputPart]>,
        error: SchemeError,
    ) -> Result<Recipe, ProfileError> {
        let (at, name) = (raw.scheme.span().start, raw.scheme.get_ref());
        let input_at = raw.input.as_ref().map_or(at, |input| input.span().start);
        let Some(scheme) = self.schemes.iter_mut().find(|scheme| scheme.item.is_called(name))
        else {
            let names: Vec<_> = self.schemes.iter().map(|scheme| scheme.item.name()).collect();
            let instead = match names.as_slice() {
                [] => error.to_string(),
                names => format!("{error}; {}", meant(name, names, "declare it")),
            };
            let problem = format!("{name:?} is no scheme");
            return Err(self.error(mistake::DIVERSIFICATION, at, problem, instead));
        };
        scheme.used = true;
        let recipe = scheme.item.recipe(input);
        recipe.map_err(|(problem, instead)| {
            self.error(mistake::DIVERSIFICATION, input_at, problem, instead)
        })
    }

    /// The parts of an input.
    pub(super) fn words(
        &mut self,
        words: &Words,
        order: Option<&Spanned<AidOrder>>,
    ) -> Result<Vec<InputPart>, ProfileError> {
        let wire = order.is_some_and(|order| *order.get_ref() == AidOrder::Wire);
        let parts = words.get_ref().iter().map(|word| {
            let part = self.word(word.span().start, word.get_ref())?;
            Ok(if wire && part == InputPart::Aid { InputPart::AidWire } else { part })
        });
        parts.collect()
    }

    /// One part of an input.
    pub(super) fn word(&mut self, at: usize, text: &str) -> Result<InputPart, ProfileError> {
        if field_word(text).is_some() {
            return self.field_input(at, text);
        }
        text.parse().map_err(|error: InputError| {
            let problem = format!("{text:?} is nothing to diversify with");
            let instead = format!("{error}; for a field \"field:\" and its name");
            self.error(mistake::DIVERSIFICATION, at, problem, instead)
        })
    }

    /// A field of the record, or a piece of it.
    fn field_input(&mut self, at: usize, text: &str) -> Result<InputPart, ProfileError> {
        let instead = "write \"field:\" and a field's name, and a piece such as [0..4] behind it";
        let form = || self.error(mistake::FORM, at, format!("{text:?} is no field"), instead);
        let (turn, rest) = field_word(text).ok_or_else(form)?;
        let (name, piece) = Piece::behind(rest).ok_or_else(form)?;
        let Some(field) = self.fields.iter_mut().find(|field| field.item.name == name) else {
            let names = self.fields.iter().map(|field| field.item.name.as_str());
            let instead = meant(name, names, "declare it in [fields]");
            let problem = format!("no field is called {name:?}");
            return Err(self.error(mistake::UNKNOWN_NAME, at, problem, instead));
        };
        field.used = true;
        if field.item.absent.is_some() {
            let problem =
                format!("the field {name:?} is optional, and what stands for it makes no key");
            let instead = "take optional out of the field, or another field into the key";
            return Err(self.error(mistake::CONFLICT, at, problem, instead));
        }
        let Some(length) = key_bytes(&field.item) else {
            let problem = format!("the field {name:?} has not as many bytes for each record");
            let instead = "take a field of another type; a text that has length = … and characters of \
                           ASCII alone, such as [\"0-9\"], will do";
            return Err(self.error(mistake::DIVERSIFICATION, at, problem, instead));
        };
        if field.item.class == Class::Personal {
            let message = format!(
                "the personal field {name:?} goes into a key: whoever makes the key has to know it for \
                 as long as the card lives"
            );
            self.warn(warning::PERSONAL_IN_KEY, at, message);
        }
        let piece = piece.or_else(|| Piece::new(0, length));
        match piece.filter(|piece| piece.to() <= length) {
            Some(piece) => Ok(InputPart::Field { name: name.to_owned(), turn, piece }),
            None => {
                let problem = format!("{text:?}, and the field {name:?} has {length} bytes");
                let instead = "write a piece that lies inside of it";
                Err(self.error(mistake::RANGE, at, problem, instead))
            }
        }
    }

    /// Why a key may be the same on several cards.
    pub(super) fn shared(&self, recipe: &Recipe) -> Option<&'static str> {
        let unique = |name: &str| {
            let field = self.fields.iter().find(|field| field.item.name == name);
            field.is_some_and(|field| field.item.unique)
        };
        if recipe.names_card() || recipe.fields().any(unique) {
            return None;
        }
        Some(match (recipe.needs_uid(), recipe.needs_record()) {
            (false, false) => {
                "without \"uid\" in its input the diversified key is the same on every card"
            }
            (true, _) => {
                "without the whole UID in its input the diversified key may be the same on several \
                 cards"
            }
            (false, true) => {
                "cards of records with the same values have the same key: write unique = true for the \
                 field, or add \"uid\""
            }
        })
    }
}
