// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line.

use std::path::PathBuf;

use cardwright::emulator::Model;
use clap::Parser;

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
/// has lost something, left, or took too many exchanges; 2 the inspection cannot start (usage, state, profile, keys, reader, or no card in time).
#[derive(Debug, Parser)]
#[command(name = "inspect", version)]
pub(crate) struct Arguments {
    /// State file of a software card, as `encode --state` and `emulate --state` leave it
    #[arg(long, value_name = "FILE", required_unless_present = "reader")]
    pub(crate) state: Option<PathBuf>,
    /// Look at the card on this PC/SC reader instead, by its name or a part that no other has
    #[arg(long, value_name = "NAME", conflicts_with_all = ["state", "card"])]
    pub(crate) reader: Option<String>,
    /// With --reader: how long to wait for a card
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub(crate) wait: u64,
    /// What kind of card the state file should hold; another one is an error [default: any]
    #[arg(long, value_name = "MODEL")]
    pub(crate) card: Option<Model>,
    /// Card profile, TOML: which key of the key file belongs where
    #[arg(long, value_name = "FILE", requires = "keys")]
    pub(crate) profile: Option<PathBuf>,
    /// Key file, TOML
    #[arg(long, value_name = "FILE", requires = "profile")]
    pub(crate) keys: Option<PathBuf>,
    /// How many exchanges the card may take; one that breaks its chains gets fewer
    #[arg(long, value_name = "COUNT", default_value_t = 4096)]
    pub(crate) exchanges: u32,
    /// Write JSON instead of the table
    #[arg(long)]
    pub(crate) json: bool,
}
