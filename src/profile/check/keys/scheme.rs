// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[[scheme]]`: diversification schemes that the profile writes.

use std::sync::Arc;

use toml::Spanned;

use crate::diversify::{InputPart, Padding, Piece, Recipe, Scheme, SchemeCipher, WrittenScheme};
use crate::profile::error::mistake;

use super::super::super::error::ProfileError;
use super::super::super::shape::{self, Words};
use super::super::{Check, Declared, one_of};

/// A scheme as the profile writes it, whose messages may have places for the input of a key.
pub(in super::super) struct Written {
    scheme: WrittenScheme,
    /// What each message has; nothing where a key's own input goes in.
    messages: Vec<Vec<Option<InputPart>>>,
}

/// The word for a key's own input.
const INPUT: &str = "input";

impl Written {
    pub(in super::super) fn name(&self) -> &str {
        &self.scheme.name
    }

    pub(in super::super) fn is_called(&self, name: &str) -> bool {
        self.scheme.name == name
    }

    /// The recipe of a key; else what is wrong, and what to do instead.
    pub(super) fn recipe(
        &self,
        input: Option<&[InputPart]>,
    ) -> Result<Recipe, (&'static str, &'static str)> {
        let takes = self.messages.iter().flatten().any(Option::is_none);
        match (takes, input) {
            (true, None) => return Err(("input is missing", "write input = [\"uid\", \"aid\"]")),
            (false, Some(_)) => {
                let problem = "the scheme says itself what goes in";
                return Err((problem, "take input out, or write \"input\" in the scheme"));
            }
            (true, Some(_)) | (false, None) => {}
        }
        let input = input.unwrap_or_default();
        let message = |parts: &Vec<Option<InputPart>>| {
            let parts = parts.iter().flat_map(|part| match part {
                Some(part) => core::slice::from_ref(part),
                None => input,
            });
            parts.cloned().collect()
        };
        let messages = self.messages.iter().map(message).collect();
        Ok(Recipe::written(Arc::new(WrittenScheme { messages, ..self.scheme.clone() })))
    }
}

impl Check<'_> {
    pub(in super::super) fn declare_schemes(
        &mut self,
        schemes: &[Spanned<shape::Scheme>],
    ) -> Result<(), ProfileError> {
        for raw in schemes {
            let (at, name) = (raw.get_ref().name.span().start, raw.get_ref().name.get_ref());
            if name.is_empty() || name.chars().any(char::is_control) {
                let problem = "the scheme has no name";
                return Err(self.error(mistake::NO_NAME, at, problem, "write a name"));
            }
            let known = self.schemes.iter().any(|other| other.item.is_called(name));
            if known || name.parse::<Scheme>().is_ok() {
                let problem = format!("there is a scheme {name:?} already");
                return Err(self.error(mistake::NAME_TAKEN, at, problem, "write another name"));
            }
            let item = self.scheme(raw.get_ref())?;
            self.schemes.push(Declared { item, at, version_at: at, used: false });
        }
        Ok(())
    }

    fn scheme(&mut self, raw: &shape::Scheme) -> Result<Written, ProfileError> {
        let messages = self.messages(&raw.input)?;
        let cipher = self.choice(&raw.cipher, SchemeCipher::ALL, SchemeCipher::name)?;
        let padding = raw.padding.as_ref();
        let padding = padding.map(|raw| self.choice(raw, Padding::ALL, Padding::name));
        let length = raw.length.as_ref().map(|raw| self.scheme_length(raw)).transpose()?;
        let mut cut = Vec::new();
        for raw in raw.cut.iter().flatten() {
            cut.push(raw.get_ref().parse::<Piece>().map_err(|_| {
                let problem = format!("{:?} is no piece of what comes out", raw.get_ref());
                let instead = "write the first byte and the one behind the last: cut = [\"0..16\"]";
                self.error(mistake::FORM, raw.span().start, problem, instead)
            })?);
        }
        let mut scheme = WrittenScheme::new(raw.name.get_ref().clone(), Vec::new());
        scheme.padding = padding.transpose()?.unwrap_or(Padding::None);
        (scheme.length, scheme.cipher, scheme.cut) = (length, cipher, cut);
        Ok(Written { scheme, messages })
    }

    /// What goes into each message: words are one, lists of words are several.
    fn messages(
        &mut self,
        raw: &Spanned<Vec<Spanned<Words>>>,
    ) -> Result<Vec<Vec<Option<InputPart>>>, ProfileError> {
        let (mut one, mut several) = (Vec::new(), Vec::new());
        for words in raw.get_ref() {
            let at = words.span().start;
            match words.get_ref() {
                Words::Word(word) => one.push(self.scheme_word(at, word)?),
                Words::Message(words) => {
                    let parts = words
                        .iter()
                        .map(|word| self.scheme_word(word.span().start, word.get_ref()));
                    several.push(parts.collect::<Result<Vec<_>, _>>()?);
                }
            }
        }
        let at = raw.span().start;
        if !one.is_empty() && !several.is_empty() {
            let problem = "words and lists of words in one list";
            let instead = "write words for one message, or a list of words for each of several";
            return Err(self.error(mistake::CONFLICT, at, problem, instead));
        }
        if !one.is_empty() {
            several.push(one);
        }
        if several.is_empty() || several.iter().any(Vec::is_empty) {
            let instead = "write input = [\"uid\", \"aid\", \"key-no\"]";
            return Err(self.error(mistake::EMPTY, at, "nothing goes into the scheme", instead));
        }
        Ok(several)
    }

    /// A part of a message; nothing for the place of a key's own input.
    fn scheme_word(&mut self, at: usize, word: &str) -> Result<Option<InputPart>, ProfileError> {
        if word == INPUT { Ok(None) } else { self.word(at, word).map(Some) }
    }

    fn choice<T: Copy, const N: usize>(
        &self,
        raw: &Spanned<String>,
        all: [T; N],
        name: impl Fn(T) -> &'static str,
    ) -> Result<T, ProfileError> {
        all.into_iter().find(|one| name(*one) == raw.get_ref()).ok_or_else(|| {
            let problem = format!("{:?} is nothing that a scheme does", raw.get_ref());
            let instead = one_of(all.map(name), "");
            self.error(mistake::UNKNOWN_NAME, raw.span().start, problem, instead)
        })
    }

    fn scheme_length(&self, raw: &Spanned<i64>) -> Result<usize, ProfileError> {
        let length =
            usize::try_from(*raw.get_ref()).ok().filter(|length| (1..=128).contains(length));
        length.ok_or_else(|| {
            let problem = format!("a message of {} bytes", raw.get_ref());
            self.error(mistake::RANGE, raw.span().start, problem, "write a number from 1 to 128")
        })
    }
}
