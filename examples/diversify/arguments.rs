// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line.

use std::path::PathBuf;

use cardwright::diversify::{InputPart, Scheme};
use cardwright::iso14443::RealUid;
use cardwright::wire::{Aid, KeyNo, KeyVersion, PiccKey};
use clap::{ArgGroup, Parser};

use crate::key_file::KeysSecret;
use crate::values;

/// Compute the key of one card from an issuer key, and explain how it comes about.
///
/// Keys are told by their check values: cmac-aes:… is the beginning of the CMAC over a block of zeros,
/// ecb-tdes:… that of a block of zeros enciphered. The bytes of a card key are shown where its keys
/// are marked test, and else with --show on a terminal. Exit status: 0 done; 2 usage, keys or input
/// are wrong.
#[derive(Debug, Parser)]
#[command(name = "diversify", version)]
#[command(group = ArgGroup::new("task").required(true).args(["list", "scheme"]))]
pub(crate) struct Arguments {
    /// List the schemes: key types, input, source, and what holds them
    #[arg(long)]
    pub(crate) list: bool,
    /// Scheme, as --list names it
    #[arg(long, value_name = "SCHEME", requires_all = ["keys", "key"])]
    pub(crate) scheme: Option<Scheme>,
    /// Key file, TOML or the same in age, or a token
    #[arg(long, value_name = "FILE|pkcs11:…")]
    pub(crate) keys: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) secret: KeysSecret,
    /// Name of the issuer key in the key file
    #[arg(long, value_name = "NAME")]
    pub(crate) key: Option<String>,
    /// Version of the issuer key, and of the card key [default: the only one of that name]
    #[arg(long, value_name = "N", value_parser = version)]
    pub(crate) key_version: Option<KeyVersion>,
    /// Real UID of the card, 14 hexadecimal digits
    #[arg(long, value_name = "HEX", value_parser = values::uid)]
    pub(crate) uid: Option<RealUid>,
    /// Application, six hexadecimal digits, most significant byte first
    #[arg(long, value_name = "AID", default_value = "000000")]
    pub(crate) aid: Aid,
    /// Number of the key, 0 to 13; of a card without an AID also those of delegated applications: 16 is DAMAuthKey, 17
    /// DAMMACKey, 18 DAMENCKey
    #[arg(long, value_name = "N", default_value = "0", value_parser = key_no)]
    pub(crate) key_no: KeyNo,
    /// What goes in, in order: uid, uid[0..4], uid-reversed, aid, aid-wire (least significant byte first),
    /// key-no, hex:…, ascii:…
    /// [default: uid,aid where there is an AID, else uid]
    #[arg(long, value_name = "PARTS", value_delimiter = ',')]
    pub(crate) input: Option<Vec<InputPart>>,
    /// Show the bytes of the card key behind it, whatever it is for: on a terminal only
    #[arg(long, requires = "scheme")]
    pub(crate) show: bool,
    /// Write JSON
    #[arg(long)]
    pub(crate) json: bool,
}

fn key_no(text: &str) -> Result<KeyNo, String> {
    let mut delegation =
        [PiccKey::DamAuth, PiccKey::DamMac, PiccKey::DamEnc].map(PiccKey::number).into_iter();
    let named = delegation.find(|no| text.parse() == Ok(u8::from(*no)));
    named.map_or_else(
        || values::key_no(text).map_err(|why| format!("{why}, or 16 to 18 of a card")),
        Ok,
    )
}

fn version(text: &str) -> Result<KeyVersion, String> {
    text.parse().map(KeyVersion).map_err(|_| "a version is 0 to 255".to_owned())
}
