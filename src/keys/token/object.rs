// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys of a token: how they are called there, what they say of themselves, and what they compute.

use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, KeyType as TokenType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use cryptoki::types::Date;
use zeroize::Zeroizing;

use super::fault::{Fault, returned};
use super::over_ecb;
use crate::day::Day;
use crate::key::{KeyError, Life};
use crate::wire::{KeyType, KeyVersion};

/// How a key is called in a token.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named {
    pub(super) label: String,
    /// Its version; the receipt key has none.
    pub(super) version: Option<KeyVersion>,
}

/// What a key says of itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    kind: TokenType,
    length: Option<usize>,
    /// Whether it may encipher.
    pub(super) encrypt: bool,
    /// Whether it may make MACs.
    pub(super) sign: bool,
    /// Whether it can be read, or wrapped and taken away.
    pub(super) readable: bool,
    /// From `CKA_START_DATE` to `CKA_END_DATE`.
    pub(super) life: Life,
}

impl Named {
    /// The one object of this name.
    pub(super) fn find(&self, session: &Session) -> Result<ObjectHandle, Fault> {
        let mut wanted = vec![
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::Label(self.label.clone().into_bytes()),
        ];
        wanted.extend(self.version.map(|version| Attribute::Id(vec![version.0])));
        match session.find_objects(&wanted)?[..] {
            [] => Err(KeyError::NotThere.into()),
            [handle] => Ok(handle),
            [..] => Err(KeyError::Several.into()),
        }
    }
}

/// Names and versions of every key that an issuer key may be, by name: a token's own order is anything.
pub(super) fn listed(session: &Session) -> Result<Vec<(String, KeyVersion)>, Fault> {
    let mut names = Vec::new();
    for handle in session.find_objects(&[Attribute::Class(ObjectClass::SECRET_KEY)])? {
        let fits = match Said::of(session, handle) {
            Ok(said) => said.key_type().is_ok(),
            Err(Fault::Gone) => return Err(Fault::Gone),
            // One of a type that nobody here knows.
            Err(_) => false,
        };
        if !fits {
            continue;
        }
        let (mut label, mut version) = (None, None);
        for told in session.get_attributes(handle, &[AttributeType::Label, AttributeType::Id])? {
            if let Attribute::Label(told) = told {
                label = String::from_utf8(told).ok();
            } else if let Attribute::Id(told) = told {
                version = <[u8; 1]>::try_from(told).ok().map(|[version]| KeyVersion(version));
            }
        }
        names.extend(label.zip(version));
    }
    names.sort_unstable();
    Ok(names)
}

/// Asked by themselves: there are modules that fail at them where a private key has any, and a key whose days
/// nobody can tell is not used.
const DATES: [AttributeType; 2] = [AttributeType::StartDate, AttributeType::EndDate];

const ASKED: [AttributeType; 6] = [
    AttributeType::KeyType,
    AttributeType::ValueLen,
    AttributeType::Encrypt,
    AttributeType::Sign,
    AttributeType::Sensitive,
    AttributeType::Extractable,
];

impl Said {
    /// Asks a key.
    pub(super) fn of(session: &Session, handle: ObjectHandle) -> Result<Self, Fault> {
        let (mut kind, mut sensitive, mut extractable) = (None, false, true);
        let (mut length, mut encrypt, mut sign) = (None, false, false);
        for told in session.get_attributes(handle, &ASKED)? {
            if let Attribute::KeyType(told) = told {
                kind = Some(told);
            } else if let Attribute::ValueLen(told) = told {
                length = Some(usize::from(told));
            } else if let Attribute::Encrypt(told) = told {
                encrypt = told;
            } else if let Attribute::Sign(told) = told {
                sign = told;
            } else if let Attribute::Sensitive(told) = told {
                sensitive = told;
            } else if let Attribute::Extractable(told) = told {
                extractable = told;
            }
        }
        let kind = kind.ok_or(KeyError::WrongType)?;
        let life = life(session, handle)?;
        Ok(Self { kind, length, encrypt, sign, readable: !sensitive || extractable, life })
    }

    /// The type that card keys of it have.
    pub(super) fn key_type(&self) -> Result<KeyType, KeyError> {
        match self.kind {
            TokenType::AES if self.length.is_none_or(|length| length == 16) => Ok(KeyType::Aes),
            TokenType::DES2 => Ok(KeyType::Des),
            TokenType::DES3 => Ok(KeyType::Tdes3),
            _ => Err(KeyError::WrongType),
        }
    }

    /// Whether it makes HMACs.
    pub(super) fn is_of_hmac(&self) -> bool {
        [TokenType::GENERIC_SECRET, TokenType::SHA256_HMAC].contains(&self.kind)
    }
}

/// The days that a key has as far as the token tells them.
fn life(session: &Session, handle: ObjectHandle) -> Result<Life, Fault> {
    let told = match session.get_attributes(handle, &DATES) {
        Err(error) if matches!(returned(&error), Some(RvError::GeneralError)) => {
            // A token that is gone fails at everything.
            session.get_attributes(handle, &ASKED)?;
            return Err(KeyError::NoDays.into());
        }
        // Of a form that the crate does not read either.
        Err(Error::InvalidValue) => return Err(KeyError::NoDays.into()),
        told => told?,
    };
    let mut life = Life::ALWAYS;
    for told in told {
        if let Attribute::StartDate(told) = told {
            life = day(&told)?.map_or(life, |first| life.from(first));
        } else if let Attribute::EndDate(told) = told {
            life = day(&told)?.map_or(life, |last| life.until(last));
        }
    }
    Ok(life)
}

/// A date as a token has it: eight digits; nothing or zeros where there is none.
fn day(told: &Date) -> Result<Option<Day>, KeyError> {
    let none = |digits: &[u8]| digits.iter().all(|digit| matches!(digit, 0 | b'0'));
    if none(&told.year) && none(&told.month) && none(&told.day) {
        return Ok(None);
    }
    let number = |digits: &[u8]| {
        // A sign is no digit of a date.
        let plain = digits.iter().all(u8::is_ascii_digit);
        core::str::from_utf8(digits).ok().filter(|_| plain)?.parse().ok()
    };
    let found = (number(&told.year), number(&told.month), number(&told.day));
    let (Some(year), Some(month), Some(day)) = found else {
        return Err(KeyError::NoDays);
    };
    let day = Day::new(year, month, day);
    day.map(Some).ok_or(KeyError::NoDays)
}

/// What is enciphered, or whose MAC is made.
pub(super) type Bytes = Zeroizing<Vec<u8>>;

/// How a key is asked to compute.
#[derive(Debug, Clone)]
pub(super) enum By {
    /// ECB.
    Ecb,
    /// CBC by a mechanism of the token's, from this chaining value.
    Cbc(Bytes),
    /// CBC out of ECB.
    CbcByEcb(Bytes),
    /// CMAC by a mechanism of the token's.
    Cmac,
    /// CMAC out of ECB.
    CmacByEcb,
}

/// Computes with a key of this type.
pub(super) fn compute(
    session: &Session,
    handle: ObjectHandle,
    (key, by): (KeyType, &By),
    data: &[u8],
) -> Result<Bytes, Fault> {
    let ecb = |block: &mut [u8]| -> Result<(), Fault> {
        let by = match key {
            KeyType::Aes => Mechanism::AesEcb,
            KeyType::Des | KeyType::Tdes3 => Mechanism::Des3Ecb,
        };
        let out = Zeroizing::new(session.encrypt(&by, handle, block)?);
        same_length(&out, block.len())?;
        block.copy_from_slice(&out);
        Ok(())
    };
    let mut out = Zeroizing::new(data.to_vec());
    match by {
        By::Ecb => ecb(&mut out)?,
        By::CbcByEcb(iv) => over_ecb::cbc(iv, &mut out, ecb)?,
        By::CmacByEcb => {
            let mut mac = Zeroizing::new(vec![0; block(key)]);
            over_ecb::cmac(data, &mut mac, ecb)?;
            return Ok(mac);
        }
        By::Cbc(iv) => {
            let by = match key {
                KeyType::Aes => Mechanism::AesCbc(whole(iv)?),
                KeyType::Des | KeyType::Tdes3 => Mechanism::Des3Cbc(whole(iv)?),
            };
            out = Zeroizing::new(session.encrypt(&by, handle, data)?);
            same_length(&out, data.len())?;
        }
        By::Cmac => {
            out = Zeroizing::new(session.sign(&Mechanism::AesCMac, handle, data)?);
            same_length(&out, block(key))?;
        }
    }
    Ok(out)
}

/// The HMAC-SHA-256 of a message that may be long.
pub(super) fn hmac(
    session: &Session,
    handle: ObjectHandle,
    data: &[u8],
) -> Result<[u8; 32], Fault> {
    let mac = if data.len() <= ONE_CALL {
        session.sign(&Mechanism::Sha256Hmac, handle, data)?
    } else {
        session.sign_init(&Mechanism::Sha256Hmac, handle)?;
        for piece in data.chunks(ONE_CALL) {
            session.sign_update(piece)?;
        }
        session.sign_final()?
    };
    whole(&mac)
}

/// A longer message goes to the token piece by piece.
const ONE_CALL: usize = 8192;

/// The bytes of a block.
pub(super) const fn block(key: KeyType) -> usize {
    match key {
        KeyType::Aes => 16,
        KeyType::Des | KeyType::Tdes3 => 8,
    }
}

fn whole<const N: usize>(bytes: &[u8]) -> Result<[u8; N], Fault> {
    bytes.try_into().map_err(|_| KeyError::NoBlocks.into())
}

fn same_length(out: &[u8], length: usize) -> Result<(), Fault> {
    match out.len() == length {
        true => Ok(()),
        false => Err(Fault::Other("the token answered with another number of bytes".to_owned())),
    }
}
