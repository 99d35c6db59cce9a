// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line.

use std::path::PathBuf;

use cardwright::iso14443::RealUid;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::entry::{Named, Reference};
use crate::key_file::KeysSecret;
use crate::uid;

/// Make key files, compare what is in them without seeing it, encrypt them, and bring keys into them.
///
/// No value of a key is ever shown, but by decrypt. What is typed is not shown on a terminal, and read line
/// by line from anything else.
///
/// Exit status: 0 it is done; 2 it cannot be done (usage, file, passphrase), or nobody said yes to it.
#[derive(Debug, Parser)]
#[command(name = "keys", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) action: Action,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Make a key file with keys, and a receipt key, that nobody knows
    Make(Make),
    /// Show what keys there are, by their check values
    Show(Show),
    /// Bring a key into a key file that several people hold in parts, and none of them sees
    ///
    /// Each custodian types a component, unseen, and types it again or its check value; the key is all of them,
    /// one over the other (XOR). A slip is told and asked for again.
    Ceremony(Ceremony),
    /// Write a key as a TR-31 key block, for a house that has the same block protection key
    ///
    /// On standard output stands the block alone. Which key it is, and its check value, is told besides.
    Export(Export),
    /// Bring the key of a TR-31 key block into a key file
    Import(Import),
    /// Encrypt a key file into another one, which age and rage open too
    Encrypt {
        /// The key file in the clear; it stays
        file: PathBuf,
        /// The file that is made, which must not be there yet
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        to: SealTo,
        #[command(flatten)]
        secret: KeysSecret,
    },
    /// Show the text of an encrypted key file, keys and all, on a terminal
    Decrypt {
        /// The encrypted key file; it stays
        file: PathBuf,
        /// Yes, on this terminal; it is asked for once more
        #[arg(long, required = true)]
        to_terminal: bool,
        #[command(flatten)]
        secret: KeysSecret,
    },
    /// Put a new receipt key into a key file. All else in it stays as it is, byte for byte
    ///
    /// Receipts of the new key name cards otherwise: those of before and after cannot be linked, a receipts
    /// file is not gone on with, and whoever checks old receipts needs the old key. Keep a copy of the file
    /// for as long as they are checked.
    Rotate {
        /// The key file; an encrypted one is encrypted anew under the same passphrase, or --to its recipients
        file: PathBuf,
        /// Yes, the receipt key may be replaced [default: it is asked]
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        to: SealTo,
        #[command(flatten)]
        secret: KeysSecret,
    },
}

/// A key of several people.
#[derive(Debug, Args)]
pub(crate) struct Ceremony {
    /// The key file that gets the key, in the clear or encrypted; with --use a new one
    pub(crate) file: PathBuf,
    /// The key: name, type (aes128, 2k3des, 3k3des) and version, such as picc:aes128:1
    #[arg(long, value_name = "NAME:TYPE:VERSION")]
    pub(crate) key: Named,
    /// Who types a component, one after the other; two to five times
    #[arg(long, value_name = "NAME", required = true)]
    pub(crate) custodian: Vec<String>,
    /// The file that is made of what was done, without secrets: time, names, check values
    #[arg(long, value_name = "FILE")]
    pub(crate) transcript: PathBuf,
    #[command(flatten)]
    pub(crate) new: NewFile,
    #[command(flatten)]
    pub(crate) to: SealTo,
    #[command(flatten)]
    pub(crate) secret: KeysSecret,
}

/// A key file that is made for a key.
#[derive(Debug, Args)]
pub(crate) struct NewFile {
    /// Make the key file, with a receipt key that nobody knows; its keys are for this
    #[arg(long = "use", value_name = "test|live")]
    pub(crate) purpose: Option<Use>,
    /// With --use: whose keys they are
    #[arg(long, value_name = "NAME", requires = "purpose")]
    pub(crate) tenant: Option<String>,
}

/// A key that leaves.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The key file, in the clear or encrypted
    #[arg(value_name = "FILE")]
    pub(crate) keys: PathBuf,
    #[command(flatten)]
    pub(crate) which: Which,
    #[command(flatten)]
    pub(crate) protection: Protection,
    /// D, under an AES key, or B, under a triple DES key
    #[arg(long, value_name = "B|D", default_value = "D", ignore_case = true)]
    pub(crate) block_version: Version,
    /// Whether whoever gets it may export it again: under a trusted key, not at all, or under any
    #[arg(long, value_name = "trusted|no|any", default_value = "trusted")]
    pub(crate) exportable: Exportable,
    /// A label, which everybody reads who has the block
    #[arg(long, value_name = "TEXT")]
    pub(crate) label: Option<String>,
    /// The file that the block goes to, which must not be there yet [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) secret: KeysSecret,
}

/// A key that comes in.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The key file that gets the key, in the clear or encrypted; with --use a new one
    pub(crate) file: PathBuf,
    /// The file with the key block
    #[arg(long, value_name = "FILE")]
    pub(crate) block: PathBuf,
    #[command(flatten)]
    pub(crate) which: Which,
    #[command(flatten)]
    pub(crate) protection: Protection,
    /// With --receipt: yes, the receipt key of the file may be replaced [default: it is asked]
    #[arg(long, requires = "receipt")]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) new: NewFile,
    #[command(flatten)]
    pub(crate) to: SealTo,
    #[command(flatten)]
    pub(crate) secret: KeysSecret,
}

/// The key of a block, as the key file has it.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Which {
    /// The issuer key of this name and version, such as picc:1
    #[arg(long, value_name = "NAME:VERSION")]
    pub(crate) key: Option<Reference>,
    /// The receipt key
    #[arg(long)]
    pub(crate) receipt: bool,
}

/// What a block is under.
#[derive(Debug, Args)]
pub(crate) struct Protection {
    /// A file, its owner's alone, with the hexadecimal digits of the block protection key [default: it is
    /// asked for]
    #[arg(long, value_name = "FILE")]
    pub(crate) under: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Version {
    #[value(name = "B")]
    B,
    #[value(name = "D")]
    D,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Exportable {
    Trusted,
    No,
    Any,
}

/// What is made.
#[derive(Debug, Args)]
pub(crate) struct Make {
    /// The file that is made, which must not be there yet
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// A key: name, type (aes128, 2k3des, 3k3des) and version, such as picc:aes128:1; several times
    #[arg(long, value_name = "NAME:TYPE:VERSION", required_unless_present = "from")]
    pub(crate) key: Vec<Named>,
    /// All keys that this profile names, TOML; several times
    #[arg(long, value_name = "PROFILE")]
    pub(crate) from: Vec<PathBuf>,
    /// What they are for: "test", or "live" for doors
    #[arg(long = "use", value_name = "test|live")]
    pub(crate) purpose: Use,
    /// Whose keys they are
    #[arg(long, value_name = "NAME")]
    pub(crate) tenant: Option<String>,
    #[command(flatten)]
    pub(crate) to: SealTo,
    #[command(flatten)]
    pub(crate) secret: KeysSecret,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Use {
    Test,
    Live,
}

impl Use {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Live => "live",
        }
    }
}

/// What is shown.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Key file, TOML or the same in age, or a token
    #[arg(value_name = "FILE|pkcs11:…")]
    pub(crate) keys: PathBuf,
    #[command(flatten)]
    pub(crate) secret: KeysSecret,
    /// Instead: the check values of the keys that the profile makes of this one of its keys for a card, in
    /// each place where the card has it. Two people who come to the same mean the same key and the same input
    #[arg(long, value_name = "NAME", requires_all = ["uid", "profile"])]
    pub(crate) derive: Option<String>,
    /// With --derive: the real UID of the card, 14 hexadecimal digits
    #[arg(long, value_name = "HEX", value_parser = uid::uid, requires = "derive")]
    pub(crate) uid: Option<RealUid>,
    /// With --derive: the profile, TOML, which says how the key is made
    #[arg(long, value_name = "FILE", requires = "derive")]
    pub(crate) profile: Option<PathBuf>,
    /// Write JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// For whom a file is encrypted.
#[derive(Debug, Args)]
pub(crate) struct SealTo {
    /// Encrypt for whoever has the identity of this recipient; several times
    #[arg(long, value_name = "age1…")]
    pub(crate) to: Vec<String>,
    /// Encrypt under a passphrase, which is asked for twice where --keys-secret names none
    #[arg(long, conflicts_with = "to")]
    pub(crate) passphrase: bool,
    /// Encrypt to text that goes through mail
    #[arg(long)]
    pub(crate) armor: bool,
    /// How dear a try of the passphrase is: two to this power KiB of memory, 20 at most
    #[arg(long, value_name = "N", default_value_t = 18)]
    pub(crate) work_factor: u8,
}

impl SealTo {
    /// Whether it is said that a file is encrypted.
    pub(crate) const fn is_said(&self) -> bool {
        self.passphrase || !self.to.is_empty()
    }
}
