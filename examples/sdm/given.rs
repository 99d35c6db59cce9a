// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is to be judged: an address, or pieces of one.

use cardwright::sdm::{Counters, Pieces, PiecesError, Seen, Verifier, VerifyError};

/// One of the two.
pub(crate) enum Given<'a> {
    Address(&'a str),
    Pieces(Pieces<'a>),
}

impl<'a> Given<'a> {
    /// As the command line has it.
    pub(crate) fn of(address: Option<&'a str>, pieces: &'a [String]) -> Result<Self, String> {
        if let Some(address) = address {
            return Ok(Self::Address(address));
        }
        let mut found = Pieces::default();
        let mut names = Vec::new();
        for piece in pieces {
            // What it says is not repeated: it names a tag.
            let (name, text) = piece
                .split_once('=')
                .ok_or("--piece: no = in it: write NAME=TEXT, as mac=94EE…")?;
            let Some(name) = NAMES.into_iter().find(|known| *known == name) else {
                let names = NAMES.join(", ");
                return Err(format!(
                    "--piece {name:?}: no piece has this name: write one of {names}"
                ));
            };
            if names.contains(&name) {
                return Err(format!("--piece {name}: given twice: take one of them out"));
            }
            names.push(name);
            match name {
                "picc" => found.picc = Some(text),
                "uid" => found.uid = Some(text),
                "counter" => found.counter = Some(text),
                "version" => found.version = Some(text),
                "seal" => found.seal = Some(text),
                "enciphered" => found.enciphered = Some(text),
                "between" => found.between = text,
                _ => found.mac = text,
            }
        }
        Ok(Self::Pieces(found))
    }

    /// Whether pieces are those of the profile; an address is judged as it is.
    pub(crate) fn fits(&self, verifier: &Verifier<'_>) -> Result<(), String> {
        let told = |error: PiecesError| format!("--piece {error}");
        match self {
            Self::Address(_) => Ok(()),
            Self::Pieces(pieces) => verifier.accepts(pieces).map_err(told),
        }
    }

    pub(crate) fn judged(
        &self,
        verifier: &Verifier<'_>,
        counters: &dyn Counters,
    ) -> Result<Seen, VerifyError> {
        match self {
            Self::Address(address) => verifier.verify(address, counters),
            Self::Pieces(pieces) => verifier.verify_pieces(pieces, counters),
        }
    }
}

/// The pieces by their names in the profile.
const NAMES: [&str; 8] =
    ["picc", "uid", "counter", "version", "seal", "enciphered", "mac", "between"];
