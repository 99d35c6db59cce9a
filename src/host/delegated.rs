// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the owner of a card gives to others, so that they make and delete applications of their own on it:
//! the cryptograms of delegated application management (NXP AN12696 through the tests of another host library).

#[cfg(test)]
pub(super) mod tests;

use core::fmt;

use arrayvec::ArrayVec;

use super::channel::sent;
use super::command::application::key_sets;
use super::error::Misuse;
use crate::key::{CardKey, ChangeBuf, Purpose};
use crate::secret::Secret;
use crate::wire::{Aid, DfName, Ins, IsoDf, KeyDetails, KeyType};

/// An application that somebody else than the owner of the card may create, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the command has no further parameters")]
pub struct DelegatedApplication {
    /// Its AID.
    pub aid: Aid,
    /// The slot that it takes on the card.
    pub slot: u16,
    /// The version of the slot, which has to be higher than what the card has there.
    pub slot_version: u8,
    /// How much memory it and its files may take, in blocks of 32 bytes.
    pub quota: u16,
    /// Settings, keys and key sets.
    pub keys: KeyDetails,
    /// What ISO commands know it by.
    pub iso: Option<IsoDf>,
}

impl DelegatedApplication {
    /// The parameters of the first frame: AID (3), slot (2), version (1), quota (2), settings (1), key slots (1)
    /// and what follows in CreateApplication; numbers least significant byte first.
    fn parameters(&self) -> Result<Parameters, Misuse> {
        if self.aid == Aid::PICC {
            return Err(Misuse::NoApplication);
        }
        key_sets(&self.keys)?;
        // How a DES key stands in the cryptogram is not public.
        if self.keys.slots.key_type != KeyType::Aes {
            return Err(Misuse::KeyType);
        }
        let mut out = Parameters::new();
        out.extend(self.aid.to_wire());
        out.extend(self.slot.to_le_bytes());
        out.push(self.slot_version);
        out.extend(self.quota.to_le_bytes());
        out.extend(self.keys.encode());
        if let Some(iso) = &self.iso {
            out.extend(iso.id.to_wire());
            out.extend(iso.name.iter().flat_map(DfName::as_bytes).copied());
        }
        Ok(out)
    }
}

/// The longest: 8 bytes, 7 of settings, identifier and name.
type Parameters = ArrayVec<u8, 33>;

/// The owner's two keys that make permissions: DAMENCKey (PICC key `12`) and DAMMACKey (`11`). Whoever has
/// permissions only cannot make others.
pub struct DelegationKeys {
    enc: CardKey,
    mac: CardKey,
}

impl DelegationKeys {
    /// # Errors
    /// [`Misuse::KeyType`] where one is no AES key.
    pub fn new(enc: CardKey, mac: CardKey) -> Result<Self, Misuse> {
        let aes = |key: &CardKey| key.key_type() == KeyType::Aes;
        if aes(&enc) && aes(&mac) { Ok(Self { enc, mac }) } else { Err(Misuse::KeyType) }
    }

    /// Permits an application, whose keys will all be `key`. `random` must be random and new.
    ///
    /// EncK (32) is AES-CBC under DAMENCKey from zeros over `random` (7), the key (16), its version (1) and zeros;
    /// DAMMAC (8) is the CMAC under DAMMACKey, cut as that of a message, over `C9`, the parameters and EncK
    /// (NXP AN12696 through the tests of another host library; where the version stands is a belief).
    ///
    /// # Errors
    /// [`Misuse::NoApplication`] for `000000`, [`Misuse::KeySets`] for sets that no application has,
    /// [`Misuse::KeyType`] where `key` or the application's keys are not AES keys.
    pub fn permit(
        &self,
        application: &DelegatedApplication,
        key: &CardKey,
        random: &[u8; 7],
    ) -> Result<Permit, Misuse> {
        let parameters = application.parameters()?;
        if key.key_type() != KeyType::Aes {
            return Err(Misuse::KeyType);
        }
        let mut proof = ChangeBuf::new(ArrayVec::new());
        proof.expose_secret_mut().extend(*random);
        key.append_to(None, &mut proof);
        let bytes = proof.expose_secret_mut();
        bytes.push(key.version().0);
        bytes.extend(core::iter::repeat_n(0, ENC_K.saturating_sub(bytes.len())));
        // Two blocks are a whole number of them.
        self.enc.encipher(&mut self.enc.zero_iv(), bytes).map_err(|_| Misuse::KeyType)?;
        let ins = [Ins::CreateDelegatedApplication.into()];
        let mac = self.cut(&[&ins, &parameters, bytes])?;
        bytes.extend(*mac.expose_secret());
        let live = self.live() || key.purpose() == Purpose::Live;
        Ok(Permit { application: application.clone(), parameters, proof, live })
    }

    /// Permits to delete a delegated application, on every card with these keys: the MAC (8) over `DA` and
    /// the AID (values that another host library has from OpenSSL).
    ///
    /// # Errors
    /// [`Misuse::NoApplication`] for `000000`.
    pub fn permit_deletion(&self, aid: Aid) -> Result<DeletionPermit, Misuse> {
        if aid == Aid::PICC {
            return Err(Misuse::NoApplication);
        }
        let mac = self.cut(&[&[Ins::DeleteApplication.into()], &aid.to_wire()])?;
        Ok(DeletionPermit { aid, mac, live: self.live() })
    }

    /// The MAC (8) with which a delegated application takes other names: over length and name, filled up with
    /// zeros to 16 bytes, of the old name and of the new one (another host library's tests; never seen on a
    /// card). No command of this library sends it.
    ///
    /// # Errors
    /// [`Misuse::KeyType`], which [`DelegationKeys::new`] has ruled out.
    pub fn configuration_mac(
        &self,
        old: Option<&DfName>,
        new: Option<&DfName>,
    ) -> Result<Secret<[u8; 8]>, Misuse> {
        let [old, new] = [old, new].map(padded);
        self.cut(&[&old, &new])
    }

    fn cut(&self, parts: &[&[u8]]) -> Result<Secret<[u8; 8]>, Misuse> {
        let mac = self.mac.derive(parts).ok_or(Misuse::KeyType)?;
        Ok(Secret::new(sent(*mac.expose_secret())))
    }

    fn live(&self) -> bool {
        [&self.enc, &self.mac].iter().any(|key| key.purpose() == Purpose::Live)
    }
}

/// Length, and the name with zeros behind it.
fn padded(name: Option<&DfName>) -> [u8; 17] {
    let name = name.map_or(&[][..], DfName::as_bytes);
    let mut out = [0; 17];
    let length = u8::try_from(name.len()).unwrap_or_default();
    for (slot, byte) in out.iter_mut().zip([length].iter().chain(name)) {
        *slot = *byte;
    }
    out
}

/// The length of EncK.
const ENC_K: usize = 32;
/// The length of EncK and DAMMAC.
pub(crate) const PROOF: usize = 40;

/// The owner's permission for one application in one slot of any card with these keys, as long as the slot's
/// version there is lower. A secret: whoever has it and DAMAuthKey can use it.
pub struct Permit {
    application: DelegatedApplication,
    pub(super) parameters: Parameters,
    /// EncK and DAMMAC.
    pub(super) proof: ChangeBuf,
    pub(super) live: bool,
}

/// The owner's permission to delete a delegated application. A secret.
pub struct DeletionPermit {
    pub(super) aid: Aid,
    pub(super) mac: Secret<[u8; 8]>,
    pub(super) live: bool,
}

impl Permit {
    /// From what was written down of one: EncK (32) and DAMMAC (8).
    ///
    /// # Errors
    /// As [`DelegationKeys::permit`] of the application.
    pub(crate) fn of_proof(
        application: DelegatedApplication,
        proof: &[u8; PROOF],
        purpose: Purpose,
    ) -> Result<Self, Misuse> {
        let parameters = application.parameters()?;
        let proof = ChangeBuf::new(proof.iter().copied().collect());
        Ok(Self { application, parameters, proof, live: purpose == Purpose::Live })
    }

    /// What it is for.
    #[must_use]
    pub const fn application(&self) -> &DelegatedApplication {
        &self.application
    }

    /// EncK and DAMMAC, to be written down.
    pub(crate) fn proof(&self) -> &[u8] {
        self.proof.expose_secret()
    }

    /// Whether it opens doors, so that no software card may have it.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        if self.live { Purpose::Live } else { Purpose::Test }
    }
}

impl DeletionPermit {
    /// From what was written down of one: DAMMAC (8).
    ///
    /// # Errors
    /// [`Misuse::NoApplication`] for `000000`.
    pub(crate) fn of_mac(aid: Aid, mac: [u8; 8], purpose: Purpose) -> Result<Self, Misuse> {
        if aid == Aid::PICC {
            return Err(Misuse::NoApplication);
        }
        Ok(Self { aid, mac: Secret::new(mac), live: purpose == Purpose::Live })
    }

    /// The application that may go.
    #[must_use]
    pub const fn aid(&self) -> Aid {
        self.aid
    }

    /// DAMMAC, to be written down.
    pub(crate) const fn mac(&self) -> &[u8; 8] {
        self.mac.expose_secret()
    }

    /// Whether it is of keys that open doors, so that no software card may have it.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        if self.live { Purpose::Live } else { Purpose::Test }
    }
}

macro_rules! opaque {
    ($($name:ident),+) => { $(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )+ };
}
opaque!(DelegationKeys, Permit, DeletionPermit);
