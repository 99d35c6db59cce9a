// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::key_file::KeysSecret;

/// Verify addresses that were read from tags with secure dynamic messaging, or show what a tag would give.
///
/// Exit status: 0 the address was read from its tag just now; 1 it was not; 2 nobody knows (usage, profile, keys,
/// counters).
#[derive(Debug, Parser)]
#[command(name = "sdm", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) action: Action,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Judge an address, or the pieces of one: whether it was read from a tag of the profile just now
    Verify {
        /// The address, as a phone sent it
        #[arg(required_unless_present = "pieces")]
        address: Option<String>,
        /// A piece of the address, as a server gets it as a parameter, under its name in the profile: picc, uid,
        /// counter, version, seal, enciphered, mac; between, where the MAC goes over fields of the record. Once
        /// for each
        #[arg(long = "piece", value_name = "NAME=TEXT", conflicts_with = "address")]
        pieces: Vec<String>,
        #[command(flatten)]
        tags: Tags,
        /// Where the read counters of tags are kept, so that an address is taken once; FILE.anchor beside it
        /// tells a file that was put back. A new file is made where there is none
        #[arg(long, value_name = "FILE")]
        counters: Option<PathBuf>,
        /// Tell the tag's UID, which follows people around in whatever keeps it
        #[arg(long)]
        uid: bool,
        /// Tell what the tag enciphered, in hexadecimal digits
        #[arg(long)]
        data: bool,
        /// Tell why an address is not taken: for the operator, never for who sent it
        #[arg(long)]
        why: bool,
    },
    /// Show the address that a tag gives
    Url(Address),
}

/// Which tags.
#[derive(Debug, Args)]
pub(crate) struct Tags {
    /// The profile that they were made by, TOML
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: PathBuf,
    /// Key file, TOML or the same in age, or a token
    #[arg(long, value_name = "FILE|pkcs11:…")]
    pub(crate) keys: PathBuf,
    #[command(flatten)]
    pub(crate) secret: KeysSecret,
}

/// Which address.
#[derive(Debug, Args)]
pub(crate) struct Address {
    #[command(flatten)]
    pub(crate) tags: Tags,
    /// The tag's UID, 14 hexadecimal digits
    #[arg(long, value_name = "HEX")]
    pub(crate) uid: String,
    /// How often it was read
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(0..=0x00FF_FFFF))]
    pub(crate) counter: u32,
    /// The record that it was made for, as a JSON object, where the address has fields of it
    #[arg(long, value_name = "JSON")]
    pub(crate) record: Option<String>,
}
