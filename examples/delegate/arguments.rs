// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line.

use std::path::PathBuf;

use cardwright::profile::Day;
use cardwright::wire::KeyVersion;
use clap::{Args, Parser, Subcommand};

use crate::key_file::KeysSecret;

/// As the owner of DESFire EV2 and EV3 cards, let somebody else create an application of their own on them, or
/// delete it.
///
/// The permission is a file that only its owner may read, and a secret: whoever has it and DAMAuthKey of the
/// cards can use it, on every card with these keys. It is made from the profile of whoever encodes, who uses it with
/// `encode --permission`. A file that is there is never written over.
///
/// Exit status: 0 it is done; 1 the card refused; 2 it cannot be done (usage, profile, keys, file).
#[derive(Debug, Parser)]
#[command(name = "delegate", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) action: Action,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Permit to create the application of a profile, in the slot and with the quota that it names
    Permit(Permission),
    /// Permit to delete the application of a profile
    Delete(Permission),
    /// Set the three keys of a card with which applications are delegated: DAMAuthKey as the profile of whoever encodes
    /// makes it, and the two that permit. May be done again
    Prepare {
        #[command(flatten)]
        from: From,
        /// The owner's profile of the card, TOML, whose PICC master key, an AES key, opens it
        #[arg(long, value_name = "FILE")]
        card_profile: PathBuf,
        #[command(flatten)]
        card: Card,
    },
}

/// A permission, and where it goes.
#[derive(Debug, Args)]
pub(crate) struct Permission {
    #[command(flatten)]
    pub(crate) from: From,
    /// The last day on which it is used, YYYY-MM-DD. A card knows no date: it binds who uses this library
    #[arg(long, value_name = "DAY")]
    pub(crate) expires: Day,
    /// The file that is made for it, which must not be there yet
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// What a permission is made from.
#[derive(Debug, Args)]
pub(crate) struct From {
    /// The profile of whoever encodes, TOML, with a delegated application
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: PathBuf,
    /// The owner's key file, TOML or the same in age, or a token
    #[arg(long, value_name = "FILE|pkcs11:…")]
    pub(crate) keys: PathBuf,
    #[command(flatten)]
    pub(crate) secret: KeysSecret,
    /// Name of DAMENCKey in the key file
    #[arg(long, value_name = "NAME", default_value = "dam-enc")]
    pub(crate) enc_key: String,
    /// Version of DAMENCKey [default: the only one of that name]
    #[arg(long, value_name = "VERSION", value_parser = version)]
    pub(crate) enc_version: Option<KeyVersion>,
    /// Name of DAMMACKey in the key file
    #[arg(long, value_name = "NAME", default_value = "dam-mac")]
    pub(crate) mac_key: String,
    /// Version of DAMMACKey [default: the only one of that name]
    #[arg(long, value_name = "VERSION", value_parser = version)]
    pub(crate) mac_version: Option<KeyVersion>,
}

/// Where the card is.
#[derive(Debug, Args)]
pub(crate) struct Card {
    /// State file of a software card, as `encode --state` and `emulate --state` leave it
    #[arg(long, value_name = "FILE", required_unless_present = "reader")]
    pub(crate) state: Option<PathBuf>,
    /// The card on this PC/SC reader instead, by its name or a part that no other has
    #[arg(long, value_name = "NAME", conflicts_with = "state")]
    pub(crate) reader: Option<String>,
    /// With --reader: how long to wait for a card
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub(crate) wait: u64,
}

fn version(text: &str) -> Result<KeyVersion, String> {
    let number = text.parse().map_err(|_| "a version is a number from 0 to 255")?;
    Ok(KeyVersion(number))
}
