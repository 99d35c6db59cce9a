// SPDX-License-Identifier: MIT OR Apache-2.0
//! Why a token cannot be opened.

use core::time::Duration;
use std::path::PathBuf;

use crate::code::Code;
use crate::shown::Shown;

use super::pin::PinError;

/// Why a token cannot be opened. None of it holds a PIN or a key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// There is no such file of a module.
    #[error("no module at {}: install it, or correct module-path or module-name", listed(.tried))]
    NoModule {
        /// Where it was looked for.
        tried: Vec<PathBuf>,
    },
    /// The module cannot be loaded, or does not begin.
    #[error("the module {} cannot be used: {why}", .file.display())]
    Module {
        /// Its file.
        file: PathBuf,
        /// What the system or the module says.
        why: String,
    },
    /// The module has no token that fits.
    #[error("no token fits the URI ({}): put it in, or correct the URI", there(.labels))]
    NoToken {
        /// The labels of those that it has.
        labels: Vec<String>,
    },
    /// Several tokens fit.
    #[error("several tokens fit the URI, with serial numbers {}: name one by serial=…", quoted(.serials))]
    SeveralTokens {
        /// Their serial numbers.
        serials: Vec<String>,
    },
    /// There is no PIN.
    #[error("{0}")]
    Pin(#[from] PinError),
    /// The token has no PIN for users as yet.
    #[error("the token has no PIN for its user as yet: set one with the tool that it came with")]
    NoUserPin,
    /// The token refused the PIN.
    #[error(
        "the token refused the PIN: correct it before anything is tried again; this program does not try a second time"
    )]
    WrongPin,
    /// Another PIN than the one that the token took, of another store that is open.
    #[error(
        "the token took another PIN before, and is open with it: correct this one; the token was not asked about it"
    )]
    OtherPin,
    /// The token refused a PIN before, in this process.
    #[error(
        "the token refused a PIN before: correct it and start the program anew; a second wrong one would bring its lock nearer"
    )]
    RefusedBefore,
    /// One more wrong PIN locks the token.
    #[error(
        "one more wrong PIN locks the token: log in once by hand, with the tool that it came with, which takes the mark away"
    )]
    FinalTry,
    /// The token is locked.
    #[error("the PIN of the token is locked: its security officer sets a new one")]
    Locked,
    /// The PIN has to be changed first.
    #[error(
        "the token wants another PIN before it does anything: change it with the tool that it came with"
    )]
    Expired,
    /// The token went away.
    #[error("the token went away, or its server: plug it in, or see to the server")]
    Away,
    /// The token has no session left.
    #[error("the token has no session left: end other programs that use it")]
    Sessions,
    /// The token gave no answer.
    #[error("the token gave no answer within {} s: see to it, or to the line to it", .0.as_secs())]
    Slow(Duration),
    /// The module did what it may not.
    #[error("the module failed: {0}: see its own log")]
    Failed(String),
}

fn listed(paths: &[PathBuf]) -> String {
    let shown = paths.iter().take(4).map(|path| path.display().to_string());
    let more = if paths.len() > 4 { ", …" } else { "" };
    shown.collect::<Vec<_>>().join(", ") + more
}

fn there(labels: &[String]) -> String {
    match labels {
        [] => "there is none at all".to_owned(),
        _ => format!("there are {}", quoted(labels)),
    }
}

fn quoted(texts: &[String]) -> String {
    let quoted = texts.iter().map(|text| format!("`{}`", Shown(text)));
    quoted.collect::<Vec<_>>().join(", ")
}

impl TokenError {
    /// The codes of what keeps a token from being opened.
    pub const CODES: &'static [Code] = table::ALL;

    /// What it is called by machines.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::NoModule { .. } => table::NO_MODULE,
            Self::Module { .. } => table::MODULE,
            Self::NoToken { .. } => table::NO_TOKEN,
            Self::SeveralTokens { .. } => table::SEVERAL,
            Self::Pin(_) => table::PIN,
            Self::NoUserPin => table::NO_USER_PIN,
            Self::WrongPin | Self::OtherPin => table::WRONG_PIN,
            Self::RefusedBefore => table::REFUSED_BEFORE,
            Self::FinalTry => table::FINAL_TRY,
            Self::Locked => table::LOCKED,
            Self::Expired => table::EXPIRED,
            Self::Away => table::AWAY,
            Self::Sessions => table::SESSIONS,
            Self::Slow(_) => table::SLOW,
            Self::Failed(_) => table::FAILED,
        }
    }
}

pub(super) use table::URI;

mod table {
    crate::code::codes! {
        URI = "token-uri", "the URI of a token is none, or says too little or too much", "correct it where it says";
        NO_MODULE = "token-no-module", "there is no such module", "install it, or correct its path or name";
        MODULE = "token-module", "the module cannot be used", "install the one that the token came with";
        NO_TOKEN = "token-none", "the module has no token that fits", "put the token in, or correct the URI";
        SEVERAL = "token-several", "several tokens fit", "name one by its serial number";
        PIN = "token-pin", "there is no PIN to be had", "name where it is, and let its owner alone read it";
        NO_USER_PIN = "token-no-user-pin", "the token has no PIN for its user", "set one with the tool that it came with";
        WRONG_PIN = "token-wrong-pin", "the PIN is not the token's", "correct it, and start the program anew";
        REFUSED_BEFORE = "token-refused-before", "the token refused a PIN before, in the same process",
            "correct it, and start the program anew";
        FINAL_TRY = "token-final-try", "one more wrong PIN locks the token", "log in once by hand";
        LOCKED = "token-locked", "the PIN of the token is locked", "let its security officer set a new one";
        EXPIRED = "token-expired", "the PIN has to be changed first", "change it with the tool that it came with";
        AWAY = "token-away", "the token went away, or its server", "plug it in, or see to the server";
        SESSIONS = "token-sessions", "the token has no session left", "end other programs that use it";
        SLOW = "token-slow", "the token gave no answer in time", "see to it, or to the line to it";
        FAILED = "token-failed", "the module failed", "see its own log";
    }
}
