// SPDX-License-Identifier: MIT OR Apache-2.0
//! A value with its place in the text, whose JSON Schema is the value's own.

use core::borrow::Borrow;
use core::ops::Range;

use serde::Deserialize;
use serde::de::Deserializer;

/// [`toml::Spanned`], which has no JSON Schema.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::profile) struct Spanned<T>(toml::Spanned<T>);

impl<T> Spanned<T> {
    pub(in crate::profile) fn span(&self) -> Range<usize> {
        self.0.span()
    }

    pub(in crate::profile) fn get_ref(&self) -> &T {
        self.0.get_ref()
    }

    pub(in crate::profile) fn into_inner(self) -> T {
        self.0.into_inner()
    }
}

/// Tables are asked by plain names.
impl Borrow<str> for Spanned<String> {
    fn borrow(&self) -> &str {
        self.get_ref()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        toml::Spanned::deserialize(deserializer).map(Self)
    }
}

#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        T::json_schema(generator)
    }
}
