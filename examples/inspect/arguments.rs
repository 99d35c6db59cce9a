// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line.

use std::path::PathBuf;

use cardwright::emulator::Model;
use clap::Parser;

/// Show what is on a card: version, originality, keys, applications, files, free memory, and
/// the contents that the given keys open. Nothing on the card is changed.
///
/// Exit status: 0 the card was read; 1 the card gave an answer that does not fit; 2 the inspection
/// cannot start (usage, state, profile, keys, reader, or no card in time).
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
    /// Write JSON instead of the table
    #[arg(long)]
    pub(crate) json: bool,
}
