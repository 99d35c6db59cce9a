// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is wrong with a URI of a token.

use core::fmt;

use crate::code::Code;

/// A mistake in a `pkcs11:` URI. It holds no value of it, which may be a PIN in the wrong place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenUriError {
    at: usize,
    problem: UriProblem,
}

/// What is wrong, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UriProblem {
    /// It does not begin as one.
    #[error("this is no URI of a token: write `pkcs11:token=…?module-path=…`")]
    NoScheme,
    /// An attribute without a name or a value.
    #[error(
        "this attribute has no name or no value: write `name=value`, a `;` in a value as `%3B` and a `&` as `%26`"
    )]
    NoValue,
    /// An attribute that this crate does not know.
    #[error("this attribute{} is not known: known are token, manufacturer, model, serial and slot-id before the `?`, and module-path, module-name, pin-source, x-use and x-tenant after it", named(.0.as_deref()))]
    Unknown(Option<String>),
    /// One that stands twice.
    #[error("this attribute stands twice: leave one out")]
    Twice,
    /// One of the query before `?`.
    #[error("this attribute belongs after the `?`: move it there, apart by `&`")]
    BelongsInQuery,
    /// One of the path after `?`.
    #[error("this attribute belongs before the `?`: move it there, apart by `;`")]
    BelongsInPath,
    /// One that names an object.
    #[error(
        "a store is a whole token, and its keys are found by the profile's names: leave object, id and type out"
    )]
    Object,
    /// A PIN in the URI itself.
    #[error(
        "a PIN in a URI is seen in lists of processes, histories and logs: write it into a file and name that as pin-source"
    )]
    PinValue,
    /// A program that tells the PIN.
    #[error("a program that tells the PIN is not run: name a file")]
    Program,
    /// A `%` without two digits.
    #[error("a `%` without two hexadecimal digits: write a `%` itself as `%25`")]
    NoCode,
    /// What is coded is no text.
    #[error("the value is no text in UTF-8 without control characters: correct it")]
    NoText,
    /// Nothing.
    #[error("the value is empty: fill it in, or leave the attribute out")]
    Empty,
    /// Too much.
    #[error("the value is longer than {0} bytes, which none is: shorten it")]
    TooLong(usize),
    /// No number.
    #[error("this is no number: write decimal digits")]
    NoNumber,
    /// A path from where the program happens to run.
    #[error(
        "this path is not from the root of the file system, and would depend on where a program runs: write the whole of it"
    )]
    NotFromRoot,
    /// No name of a module.
    #[error(
        "this is no name of a module: write its letters, digits, `-`, `_` and `.`, or its file as module-path"
    )]
    NoModuleName,
    /// Both names of a module.
    #[error("the module is named twice: leave module-path or module-name out")]
    TwoModules,
    /// No module.
    #[error(
        "no module is named: write module-path=… after the `?`, such as module-path=/usr/lib/softhsm/libsofthsm2.so"
    )]
    NoModule,
    /// What the keys are for.
    #[error("this use is not known: write x-use=live or x-use=test")]
    NoUse,
}

fn named(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!(" `{name}`"))
}

impl TokenUriError {
    pub(super) const fn new(at: usize, problem: UriProblem) -> Self {
        Self { at, problem }
    }

    /// Where, in bytes from the start.
    #[must_use]
    pub const fn at(&self) -> usize {
        self.at
    }

    /// What.
    #[must_use]
    pub const fn problem(&self) -> &UriProblem {
        &self.problem
    }

    /// What it is called by machines.
    #[must_use]
    pub const fn code(&self) -> Code {
        crate::keys::token::error::URI
    }
}

impl fmt::Display for TokenUriError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {} of the URI: {}", self.at.saturating_add(1), self.problem)
    }
}

impl core::error::Error for TokenUriError {}
