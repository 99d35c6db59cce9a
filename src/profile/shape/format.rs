// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[[format]]` as TOML has it.

use serde::Deserialize;
use toml::Spanned;

use crate::credential::Coding;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Format {
    pub(in super::super) name: Spanned<String>,
    pub(in super::super) bits: Spanned<i64>,
    pub(in super::super) fields: Spanned<Vec<Spanned<FormatField>>>,
    #[serde(default)]
    pub(in super::super) constants: Vec<Spanned<Constant>>,
    #[serde(default)]
    pub(in super::super) checks: Vec<Spanned<Check>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct FormatField {
    pub(in super::super) name: Spanned<String>,
    pub(in super::super) bits: Spanned<String>,
    #[serde(default)]
    pub(in super::super) coding: Coding,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Constant {
    pub(in super::super) bits: Spanned<String>,
    pub(in super::super) value: Spanned<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Check {
    pub(in super::super) rule: Spanned<String>,
    pub(in super::super) bits: Spanned<String>,
    pub(in super::super) over: Spanned<String>,
}
