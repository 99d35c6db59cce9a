// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line.

use std::path::PathBuf;

use clap::Parser;

use crate::at_hand::AtHand;
use crate::key_file::KeysSecret;

/// Show what is on a card: version, originality, keys, applications, files, free memory, and
/// the contents that the given keys open. Nothing on the card is changed.
///
/// Whatever cannot be read is a line of its own, with the bytes that do not fit, and the look goes on.
/// A card of another product is named, and no key is tried on it.
///
/// With a profile and its keys the contents are taken apart, field by field: what it prints can be
/// personal data.
///
/// Exit status, by the worst line: 0 the card was read, or refused; 1 a reply does not fit, the card
/// has lost something, left, or took too many exchanges, with --as also where a key opens nothing or no
/// record is the card's; 2 the inspection cannot start (usage, state, profile, keys, reader, or no card in time).
#[derive(Debug, Parser)]
#[command(name = "inspect", version)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) at_hand: AtHand,
    /// Card profile, TOML: which key of the key file belongs where
    #[arg(long, value_name = "FILE", requires = "keys")]
    pub(crate) profile: Option<PathBuf>,
    /// Key file, TOML or the same in age, or a token
    #[arg(long, value_name = "FILE|pkcs11:…", requires = "profile")]
    pub(crate) keys: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) secret: KeysSecret,
    /// Slots of delegated applications to ask for, beside that of the profile's: a card does not list them
    #[arg(long = "slot", value_name = "N,...", value_delimiter = ',', requires = "profile")]
    pub(crate) slots: Vec<u16>,
    /// Show what a reader sees that has these keys of the profile and no other: files that open, what stands in
    /// them, and what it cannot see; the key file need hold no others
    #[arg(long = "as", value_name = "NAME,...", value_delimiter = ',', requires = "profile")]
    pub(crate) reader_keys: Vec<String>,
    /// With --as: the cardholder records, of which one may be the card's
    #[arg(long, value_name = "FILE", requires = "reader_keys")]
    pub(crate) records: Option<PathBuf>,
    /// How many exchanges the card may take; one that breaks its chains gets fewer
    #[arg(long, value_name = "COUNT", default_value_t = 4096)]
    pub(crate) exchanges: u32,
    /// Write what was seen as a page of pictures too: memory, rights and keys, the exchanges; no UID and
    /// no contents. "-" is standard output, in place of the table
    #[arg(long, value_name = "FILE|-", conflicts_with = "reader_keys")]
    pub(crate) html: Option<PathBuf>,
    /// Write JSON instead of the table
    #[arg(long)]
    pub(crate) json: bool,
}
