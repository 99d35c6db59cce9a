// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was found in a profile, as it goes into the lines and the JSON.

use cardwright::code::Code;
use cardwright::profile::{ProfileError, Warning};
use serde::Serialize;

/// What was found in a profile.
#[derive(Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Found {
    /// It cannot be used.
    pub(crate) mistakes: Vec<Mistake>,
    /// What finished cards of the former edition do not show or cannot take.
    pub(crate) changes: Vec<Mistake>,
    /// What deserves a second look.
    pub(crate) warnings: Vec<Mistake>,
    /// Which keys are trusted to the air or to a single card.
    pub(crate) trust: Vec<String>,
    /// What would take fewer exchanges.
    pub(crate) hints: Vec<String>,
    /// What it could ask of its chips, and what each of several kinds of them gets.
    pub(crate) advice: Vec<String>,
}

/// A mistake, a change or a warning.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Mistake {
    /// What kind it is of, as `docs/codes.md` lists them; never reworded.
    pub(crate) code: &'static str,
    /// The file that it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
    /// From 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<usize>,
    /// In characters, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) column: Option<usize>,
    /// What is wrong, or worth a second look.
    pub(crate) problem: String,
    /// What to do about it.
    pub(crate) instead: String,
    /// All of it in a line for people.
    #[serde(skip)]
    pub(crate) told: String,
}

impl Mistake {
    /// Whose place its words tell.
    pub(crate) fn of(code: Code, told: &impl ToString) -> Self {
        let told = told.to_string();
        let (problem, instead) = (told.clone(), code.advice().to_owned());
        Self { code: code.name(), file: None, line: None, column: None, problem, instead, told }
    }

    pub(crate) fn at(self, file: &str, line: usize) -> Self {
        Self { file: Some(file.to_owned()), line: Some(line), ..self }
    }

    pub(crate) fn found(file: &str, error: &ProfileError, told: String) -> Self {
        let (place, instead) = (error.position(), error.instead().to_owned());
        let (column, problem) = (Some(place.column()), error.problem().to_owned());
        Self { column, problem, instead, told, ..Self::of(error.code(), error) }
            .at(file, place.line())
    }

    pub(crate) fn warning(file: &str, warning: &Warning) -> Self {
        let place = warning.position();
        let (column, problem) = (Some(place.column()), warning.message().to_owned());
        Self { column, problem, ..Self::of(warning.code(), warning) }.at(file, place.line())
    }
}
