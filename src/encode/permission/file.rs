// SPDX-License-Identifier: MIT OR Apache-2.0
//! How a permission is written: TOML, one entry to a line.

use core::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use zeroize::Zeroizing;

use super::error::{PermissionError, PermissionFileError};
use super::{Permission, What};
use crate::host::delegated::{DelegatedApplication, DeletionPermit, PROOF, Permit};
use crate::key::Purpose;
use crate::keys::Places;
use crate::secret::wipe_stack;
use crate::wire::{DfName, IsoDf, KeyDetails};

impl Permission {
    /// Reads what [`text`](Self::text) writes.
    ///
    /// # Errors
    /// [`PermissionError::File`] with the first mistake, its place and what to write instead. It holds no text
    /// of the file.
    pub fn parse(text: &str) -> Result<Self, PermissionError> {
        let read = read(text);
        // What was decoded on the way is not to outlast it.
        wipe_stack();
        Ok(read?)
    }

    /// The permission as TOML: a secret, for a file that only its owner may read.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        write(self)
    }
}

fn write(permission: &Permission) -> Zeroizing<String> {
    // Room for all of it, so that no copy is left behind.
    let mut out = Zeroizing::new(String::with_capacity(1024));
    out.push_str("# A permission of the owner of a card, and a secret: keep it as a key.\n");
    let mut line = |name: &str, value: &str| {
        for part in [name, " = ", value, "\n"] {
            out.push_str(part);
        }
    };
    let quoted = |text: &str| Zeroizing::new(["\"", text, "\""].concat());
    let digits = |bytes: &[u8]| quoted(&Zeroizing::new(hex::encode_upper(bytes)));
    let permits = match &permission.what {
        What::Creation(_) => "create",
        What::Deletion(_) => "delete",
    };
    line("permits", &quoted(permits));
    let purpose = match permission.purpose() {
        Purpose::Test => "test",
        Purpose::Live => "live",
    };
    line("use", &quoted(purpose));
    line("expires", &quoted(&permission.expires.to_string()));
    line("aid", &quoted(&permission.aid().to_string()));
    match &permission.what {
        What::Creation(permit) => {
            let application = permit.application();
            line("slot", &application.slot.to_string());
            line("slot_version", &application.slot_version.to_string());
            line("quota", &application.quota.to_string());
            line("settings", &digits(&application.keys.encode()));
            if let Some(iso) = &application.iso {
                line("iso_id", &quoted(&iso.id.to_string()));
                if let Some(name) = &iso.name {
                    line("df_name", &quoted(&name.to_string()));
                }
            }
            line("proof", &digits(permit.proof()));
        }
        What::Deletion(permit) => line("proof", &digits(permit.mac())),
    }
    out
}

fn read(text: &str) -> Result<Permission, PermissionFileError> {
    let places = Places::of(text);
    let root = DeTable::parse(text).map_err(|error| PermissionFileError {
        position: places.at(error.span().map_or(0, |span| span.start)),
        problem: "this is not TOML",
        instead: "write entries such as slot = 5, each once and on its own line",
    })?;
    let entries = Entries { places: &places, table: root.get_ref() };
    let purpose = match entries.text("use", USE)? {
        "test" => Purpose::Test,
        "live" => Purpose::Live,
        _ => return Err(entries.error("use", "this use is not known", USE)),
    };
    let aid = entries.parsed("aid", "this is no AID", AID)?;
    let expires = entries.parsed("expires", "this is no date", EXPIRES)?;
    let what = match entries.text("permits", PERMITS)? {
        "create" => {
            entries.only(&CREATION, CREATION_KNOWN)?;
            let application = DelegatedApplication {
                aid,
                slot: entries.number("slot", SLOT)?,
                slot_version: entries.number("slot_version", SLOT_VERSION)?,
                quota: entries.number("quota", QUOTA)?,
                keys: entries.keys()?,
                iso: entries.iso()?,
            };
            let proof = entries.hex::<PROOF>("proof", CREATION_PROOF)?;
            What::Creation(Permit::of_proof(application, &proof, purpose).map_err(|_| {
                entries.error("settings", "no application can be delegated with these", SETTINGS)
            })?)
        }
        "delete" => {
            entries.only(&DELETION, DELETION_KNOWN)?;
            let proof = entries.hex::<8>("proof", DELETION_PROOF)?;
            What::Deletion(
                DeletionPermit::of_mac(aid, *proof, purpose)
                    .map_err(|_| entries.error("aid", "this is no application", AID))?,
            )
        }
        _ => return Err(entries.error("permits", "nothing of this name is permitted", PERMITS)),
    };
    Ok(Permission { expires, what })
}

/// The entries of a file.
struct Entries<'a> {
    places: &'a Places<'a>,
    table: &'a DeTable<'a>,
}

impl<'a> Entries<'a> {
    fn keys(&self) -> Result<KeyDetails, PermissionFileError> {
        let wrong = || self.error("settings", "these are no key settings", SETTINGS);
        let bytes = hex::decode(self.text("settings", SETTINGS)?).map_err(|_| wrong())?;
        KeyDetails::decode(&bytes).map_err(|_| wrong())
    }

    fn iso(&self) -> Result<Option<IsoDf>, PermissionFileError> {
        let name: Option<DfName> = self.optional("df_name", "this is no name", DF_NAME)?;
        match self.optional("iso_id", "this is no file identifier", ISO_ID)? {
            Some(id) => Ok(Some(IsoDf { id, name })),
            None if name.is_some() => {
                Err(self.error("df_name", "a name without iso_id, which stands before it", ISO_ID))
            }
            None => Ok(None),
        }
    }

    fn number<N: TryFrom<u32>>(
        &self,
        name: &str,
        instead: &'static str,
    ) -> Result<N, PermissionFileError> {
        let number = self.need(name, instead)?.get_ref().as_integer();
        let number = number.and_then(|n| u32::from_str_radix(n.as_str(), n.radix()).ok());
        let number = number.and_then(|number| N::try_from(number).ok());
        number.ok_or_else(|| self.error(name, "this is no such number", instead))
    }

    fn hex<const N: usize>(
        &self,
        name: &str,
        instead: &'static str,
    ) -> Result<Zeroizing<[u8; N]>, PermissionFileError> {
        let mut bytes = Zeroizing::new([0; N]);
        hex::decode_to_slice(self.text(name, instead)?, &mut *bytes)
            .map_err(|_| self.error(name, "these are not so many hexadecimal digits", instead))?;
        Ok(bytes)
    }

    fn parsed<T: FromStr>(
        &self,
        name: &str,
        problem: &'static str,
        instead: &'static str,
    ) -> Result<T, PermissionFileError> {
        self.text(name, instead)?.parse().map_err(|_| self.error(name, problem, instead))
    }

    fn optional<T: FromStr>(
        &self,
        name: &str,
        problem: &'static str,
        instead: &'static str,
    ) -> Result<Option<T>, PermissionFileError> {
        let there = self.table.contains_key(name);
        there.then(|| self.parsed(name, problem, instead)).transpose()
    }

    fn text(&self, name: &str, instead: &'static str) -> Result<&'a str, PermissionFileError> {
        let value = self.need(name, instead)?;
        value.get_ref().as_str().ok_or_else(|| self.error(name, "this is no text", instead))
    }

    fn need(
        &self,
        name: &str,
        instead: &'static str,
    ) -> Result<&'a Spanned<DeValue<'a>>, PermissionFileError> {
        self.table.get(name).ok_or_else(|| self.error(name, "an entry is missing", instead))
    }

    fn only(&self, known: &[&str], instead: &'static str) -> Result<(), PermissionFileError> {
        let unknown = self.table.keys().filter(|name| !known.contains(&name.get_ref().as_ref()));
        match unknown.map(|name| name.span().start).min() {
            Some(at) => Err(PermissionFileError {
                position: self.places.at(at),
                problem: "this entry is not known",
                instead,
            }),
            None => Ok(()),
        }
    }

    /// A mistake in the entry of this name, or in the file that lacks it.
    fn error(
        &self,
        name: &str,
        problem: &'static str,
        instead: &'static str,
    ) -> PermissionFileError {
        let at = self.table.get(name).map_or(0, |value| value.span().start);
        PermissionFileError { position: self.places.at(at), problem, instead }
    }
}

const CREATION: [&str; 11] = [
    "permits",
    "use",
    "expires",
    "aid",
    "slot",
    "slot_version",
    "quota",
    "settings",
    "iso_id",
    "df_name",
    "proof",
];
const DELETION: [&str; 5] = ["permits", "use", "expires", "aid", "proof"];
const CREATION_KNOWN: &str = "known here are permits, use, expires, aid, slot, slot_version, quota, settings, \
                              iso_id, df_name and proof";
const DELETION_KNOWN: &str =
    "known where something is deleted are permits, use, expires, aid and proof";
const PERMITS: &str = "write permits = \"create\" or \"delete\"";
const USE: &str =
    "write use = \"test\" for invented keys, or use = \"live\" for keys that open doors";
const EXPIRES: &str = "write expires = \"YYYY-MM-DD\", the last day on which it is used";
const AID: &str = "write aid = \"…\" with six hexadecimal digits, not all of them zero";
const SLOT: &str = "write slot = … with a number from 0 to 65535";
const SLOT_VERSION: &str = "write slot_version = … with a number from 0 to 255";
const QUOTA: &str = "write quota = … with a number of 32-byte blocks from 0 to 65535";
const SETTINGS: &str = "write settings = \"…\" with the hexadecimal digits of the key settings and the number of \
                        AES keys, as CreateApplication has them";
const ISO_ID: &str = "write iso_id = \"…\" with four hexadecimal digits";
const DF_NAME: &str = "write df_name = \"…\" with the hexadecimal digits of 1 to 16 bytes";
const CREATION_PROOF: &str =
    "write proof = \"…\" with the 80 hexadecimal digits of EncK and DAMMAC";
const DELETION_PROOF: &str = "write proof = \"…\" with the 16 hexadecimal digits of DAMMAC";
