// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line.

use std::path::PathBuf;

use cardwright::diversify::{InputPart, Scheme};
use cardwright::wire::{Aid, KeyNo, KeyVersion};
use clap::{Args, Parser, Subcommand};

use crate::key_file::KeysSecret;

/// Verify what readers report of transactions with DESFire cards that make a MAC over each.
///
/// Exit status: 0 every report is verified, and none is missing; 1 one is refused, or behind a gap; 2 nobody
/// knows (usage, keys, a line that is no report).
#[derive(Debug, Parser)]
#[command(name = "transaction", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) action: Action,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Judge reports, a JSON object a line: whether the card has committed exactly this
    ///
    /// {"uid": "04…", "cipher": "aes", "counter": 4, "mac": "94A3205E41588BA9", "operations": [
    /// {"op": "write-record", "form": "one-apdu", "file": 1, "offset": 0, "data": "1122…"},
    /// {"op": "commit-reader-id", "reader": "28BF…", "previous": "A196…"}]}
    ///
    /// Further operations: read-data, write-data (offset, data), read-records (newest, records, data),
    /// update-record (record, offset, data), clear-record-file, get-value (value), credit, debit,
    /// limited-credit (amount), restore-transfer (target, source). The form is frames or one-apdu. Bytes are
    /// hexadecimal digits, in clear.
    Verify {
        /// The reports; - is the standard input
        reports: PathBuf,
        #[command(flatten)]
        key: Key,
        /// Where the last transaction of each card is kept, so that none is taken twice and none is
        /// missed; FILE.anchor beside it tells a file that was put back. A new file is made where there
        /// is none
        #[arg(long, value_name = "FILE")]
        cards: Option<PathBuf>,
        /// Tell the UID of each card
        #[arg(long)]
        uid: bool,
        /// Write JSON, a line a report
        #[arg(long)]
        json: bool,
    },
}

/// The key of the transaction MAC files.
#[derive(Debug, Args)]
pub(crate) struct Key {
    /// Key file, TOML or the same in age, or a token
    #[arg(long, value_name = "FILE|pkcs11:…")]
    pub(crate) keys: PathBuf,
    #[command(flatten)]
    pub(crate) secret: KeysSecret,
    /// Name of the issuer key in the key file
    #[arg(long, value_name = "NAME")]
    pub(crate) key: String,
    /// Version of the issuer key [default: the only one of that name]
    #[arg(long, value_name = "N", value_parser = version)]
    pub(crate) key_version: Option<KeyVersion>,
    /// How a card's key is made of it [default: every card has the key itself]
    #[arg(long, value_name = "SCHEME")]
    pub(crate) scheme: Option<Scheme>,
    /// Application, six hexadecimal digits, most significant byte first
    #[arg(long, value_name = "AID", default_value = "000000")]
    pub(crate) aid: Aid,
    /// Number of the key that goes into the scheme
    #[arg(long, value_name = "N", default_value = "0", value_parser = key_no)]
    pub(crate) key_no: KeyNo,
    /// What goes into the scheme, in order [default: uid,aid where there is an AID, else uid]
    #[arg(long, value_name = "PARTS", value_delimiter = ',', requires = "scheme")]
    pub(crate) input: Option<Vec<InputPart>>,
}

fn version(text: &str) -> Result<KeyVersion, String> {
    text.parse().map(KeyVersion).map_err(|_| "a version is 0 to 255".to_owned())
}

fn key_no(text: &str) -> Result<KeyNo, String> {
    let number = text.parse().ok().and_then(KeyNo::new);
    number.ok_or_else(|| "a key number is 0 to 13".to_owned())
}
