// SPDX-License-Identifier: MIT OR Apache-2.0
//! Check values as people write them.

use core::str::FromStr;

use super::{CheckMethod, CheckValue};
use crate::alike::{nearest, write};

impl FromStr for CheckValue {
    type Err = CheckTextError;

    fn from_str(text: &str) -> Result<Self, CheckTextError> {
        let (word, digits) = text.split_once(':').ok_or(CheckTextError::NoMethod)?;
        let method = CheckMethod::ALL.into_iter().find(|one| one.name().eq_ignore_ascii_case(word));
        let method = method.ok_or_else(|| {
            CheckTextError::Method(nearest(word, CheckMethod::ALL.map(CheckMethod::name)))
        })?;
        let mut value = [0; 3];
        hex::decode_to_slice(digits, &mut value).map_err(|_| CheckTextError::Digits)?;
        Ok(Self { method, value })
    }
}

/// A text that is no check value. It is not quoted: somebody may have written a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckTextError {
    /// No method stands in front.
    #[error(
        "a check value says how it was made: write cmac-aes:763CBC, say, or ecb-aes:… or ecb-tdes:…"
    )]
    NoMethod,
    /// The method is not known; the one that may be meant.
    #[error("{}a check value is made by cmac-aes, ecb-aes or ecb-tdes", write(*.0))]
    Method(Option<&'static str>),
    /// Behind the method are no six hexadecimal digits.
    #[error("a check value has six hexadecimal digits behind the colon, such as cmac-aes:763CBC")]
    Digits,
}
