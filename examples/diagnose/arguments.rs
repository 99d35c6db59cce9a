// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line.

use std::path::PathBuf;

use cardwright::diversify::Scheme;
use cardwright::iso14443::RealUid;
use cardwright::wire::{Aid, KeyNo, Messaging};
use clap::Parser;

use crate::at_hand::AtHand;
use crate::key_file::KeysSecret;
use crate::values;

/// Find out which key of a key file opens a card: by which diversification scheme, with AID and UID
/// in which byte order. Nothing on the card is changed.
///
/// Every key that does not fit is an authentication that the card refuses, and cards may count those.
/// So versions and types are read first, only keys that fit them are tried, and how many may be refused
/// is told before the first. What was not tried is told with the reason, and how to narrow the
/// search: --key, --scheme, --key-no.
///
/// Exit status: 0 a key opens each level asked for; 1 no key fits, or the card failed or is another
/// product; 2 the search cannot start (usage, state, keys, reader, or no card in time).
#[derive(Debug, Parser)]
#[command(name = "diagnose", version)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) at_hand: AtHand,
    /// Key file, TOML or the same in age, or a token. The factory's key and keys of zeros are tried besides
    #[arg(long, value_name = "FILE|pkcs11:…")]
    pub(crate) keys: PathBuf,
    #[command(flatten)]
    pub(crate) secret: KeysSecret,
    /// Application, six hexadecimal digits, most significant byte first; 000000 is the PICC level.
    /// May stand several times [default: 000000]
    #[arg(long, value_name = "AID")]
    pub(crate) aid: Vec<Aid>,
    /// Only the key of this number, 0 to 13; for another than 0 say --aid too. At the PICC level no
    /// other is tried unless it is named so
    #[arg(long, value_name = "N", value_parser = values::key_no)]
    pub(crate) key_no: Option<KeyNo>,
    /// Go on after the first key that opens, for the other keys of the application
    #[arg(long)]
    pub(crate) all: bool,
    /// Only the key of this name, in each of its versions; may stand several times
    #[arg(long, value_name = "NAME")]
    pub(crate) key: Vec<String>,
    /// Only this scheme, as `diversify --list` names it, or none; may stand several times
    #[arg(long, value_name = "SCHEME", value_parser = way)]
    pub(crate) scheme: Vec<Way>,
    /// System identifier that may stand at the end of an input of AN10922; may stand several times
    #[arg(long, value_name = "HEX", value_parser = system)]
    pub(crate) system: Vec<System>,
    /// Real UID of the card, 14 hexadecimal digits, where it hides it
    #[arg(long, value_name = "HEX", value_parser = values::uid)]
    pub(crate) uid: Option<RealUid>,
    /// Open sessions in this messaging [default: ev1, or what the card has instead]
    #[arg(long, value_name = "d40|ev1|ev2")]
    pub(crate) messaging: Option<Messaging>,
    /// Try keys of other versions than the card reports too, after those that fit
    #[arg(long)]
    pub(crate) any_version: bool,
    /// How many authentications the card may refuse in all; never more than 40 in a row
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) budget: u16,
    /// How many it may refuse for each key, 40 at most
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(..=40))]
    pub(crate) per_key: u16,
    /// Write JSON instead of the table
    #[arg(long)]
    pub(crate) json: bool,
}

/// A scheme, or none: the key itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Way(pub(crate) Option<Scheme>);

/// A system identifier.
#[derive(Debug, Clone)]
pub(crate) struct System(pub(crate) Vec<u8>);

fn way(text: &str) -> Result<Way, String> {
    if text == "none" {
        return Ok(Way(None));
    }
    text.parse().map(|scheme| Way(Some(scheme))).map_err(|error| format!("{error}; or none"))
}

fn system(text: &str) -> Result<System, String> {
    let bytes = hex::decode(text).ok().filter(|bytes| (1..=30).contains(&bytes.len()));
    bytes
        .map(System)
        .ok_or_else(|| "a system identifier is 1 to 30 bytes in hexadecimal".to_owned())
}
