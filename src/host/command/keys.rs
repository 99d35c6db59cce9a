// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys and their settings: GetKeyVersion `64`, GetKeySettings `45`, ChangeKeySettings `54`,
//! ChangeKey `C4`.

use super::super::answer::Answer;
use super::super::error::{Error, Failed, Misuse};
use super::super::rules;
use super::super::session::{App, Auth, Level, Picc, Public, Secure, Session};
use super::Request;
use crate::bytes::Cursor;
use crate::key::CardKey;
use crate::wire::{KeyNo, KeySettings, KeySlots, KeyVersion};

/// What goes into a change-key cryptogram.
#[derive(Debug)]
pub(in super::super) struct KeyChange<'k> {
    /// The key number as sent; at PICC level with the type of the new key in bits 7 and 6.
    pub(in super::super) no: u8,
    pub(in super::super) new: &'k CardKey,
    /// The key replaced, where it is not the key of the session.
    pub(in super::super) old: Option<&'k CardKey>,
}

impl<L: Level, A: Auth> Session<'_, L, A> {
    /// GetKeyVersion: the version of a key. Needs no authentication.
    ///
    /// Request: key number. Reply: version (1) (`RFDoorLock` `GetKeyVersion`; NTAG 424 DNA captures
    /// in the crate ntag424).
    ///
    /// # Errors
    /// [`Error`]; `40` where there is no such key.
    pub fn key_version(&mut self, key: KeyNo) -> Result<Answer<KeyVersion>, Error> {
        let header = [key.into()];
        let request = Request::new(&rules::GET_KEY_VERSION, &header);
        self.perform(&request, |reply| {
            let mut cursor = Cursor::new("key version", reply);
            let version = cursor.u8()?;
            cursor.finish()?;
            Ok(KeyVersion(version))
        })
    }

    /// GetKeySettings: both settings bytes of the selected level. Needs its master key unless
    /// listing is free.
    ///
    /// Request: nothing. Reply: settings (1), key slots (1) (`RFDoorLock` `GetKeySettings`).
    ///
    /// # Errors
    /// [`Error`]; `AE` where the master key has to authenticate first.
    pub fn key_settings(&mut self) -> Result<Answer<(KeySettings, KeySlots)>, Error> {
        let request = Request::new(&rules::GET_KEY_SETTINGS, &[]);
        self.perform(&request, |reply| {
            let mut cursor = Cursor::new("key settings", reply);
            let settings = KeySettings::from_byte(cursor.u8()?);
            let slots = KeySlots::from_byte(cursor.u8()?)?;
            cursor.finish()?;
            Ok((settings, slots))
        })
    }
}

impl<'t, L: Level> Session<'t, L, Secure> {
    /// ChangeKeySettings: replaces the settings byte of the selected level, whose master key must
    /// have authenticated.
    ///
    /// Request: settings (1), enciphered. Reply: nothing (`RFDoorLock` `ChangeKeySettings`).
    ///
    /// # Errors
    /// [`Error`]; `9D` where the settings are frozen, `AE` for another key.
    pub fn change_key_settings(&mut self, settings: KeySettings) -> Result<Answer<()>, Error> {
        let data = &[settings.to_byte()];
        let request = Request { data, ..Request::new(&rules::CHANGE_KEY_SETTINGS, &[]) };
        self.perform_empty(&request)
    }

    /// Replaces the key of the session, which ends with it. The reply is the bare status.
    fn change_session_key(
        mut self,
        no: u8,
        new: &CardKey,
    ) -> Result<Session<'t, L, Public>, Failed<Session<'t, L, Public>>> {
        let change = KeyChange { no, new, old: None };
        match self.perform_own_key_change(&change) {
            Ok(()) => Ok(Session::at(self.line, Public)),
            Err(error) => Err(self.ended(error)),
        }
    }
}

impl<'t> Session<'t, Picc, Secure> {
    /// ChangeKey of the PICC master key, to a key of any type. Ends the session; the bare reply
    /// is worth [`Grade::Said`](super::super::Grade::Said).
    ///
    /// Request: key number `00` with the new key's type in bits 7 and 6, then enciphered the new
    /// key, for AES its version (and for EV1 a CRC-32 over all) (revk/DESFireAES; `RFDoorLock`
    /// `ChangeKey`; for EV2 NXP AN12343 table 40, the type bits by Proxmark3).
    ///
    /// # Errors
    /// [`Failed`]; `9D` where the master key is frozen.
    pub fn change_master_key(
        self,
        new: &CardKey,
    ) -> Result<Session<'t, Picc, Public>, Failed<Session<'t, Picc, Public>>> {
        let no = u8::from(KeyNo::MASTER) | new.key_type().bits();
        self.change_session_key(no, new)
    }
}

impl<'t> Session<'t, App, Secure> {
    /// ChangeKey of another key than the session's own. The session goes on.
    ///
    /// Request: key number, then enciphered the new key XORed with the old, for AES the new
    /// version, and checksums (`RFDoorLock` `ChangeKey(KeyNo= 1)`; NXP AN12343 table 39).
    ///
    /// # Errors
    /// [`Error`]; `1E` where `old` is not what the slot holds, `9D` where the keys are frozen, `AE`
    /// where another key may change this one. [`Misuse::OwnKey`] for the session's own key,
    /// [`Misuse::KeyType`] where a key is not of the application's type.
    pub fn change_key(
        &mut self,
        no: KeyNo,
        new: &CardKey,
        old: &CardKey,
    ) -> Result<Answer<()>, Error> {
        if no == self.auth.key_no {
            return Err(Misuse::OwnKey.into());
        }
        if [new.key_type(), old.key_type()] != [self.auth.key_type; 2] {
            return Err(Misuse::KeyType.into());
        }
        let change = KeyChange { no: no.into(), new, old: Some(old) };
        self.perform_key_change(&change)
    }

    /// ChangeKey of the session's own key. Ends the session; the bare reply is worth
    /// [`Grade::Said`](super::super::Grade::Said).
    ///
    /// Request: key number, then enciphered the new key, for AES its version (and for EV1 a
    /// CRC-32 over all) (`RFDoorLock` `ChangeKey(KeyNo= 0)`; NXP AN12343 table 40).
    ///
    /// # Errors
    /// [`Failed`]; `9D` where the key is frozen, `AE` where another key may change it.
    pub fn change_own_key(
        self,
        new: &CardKey,
    ) -> Result<Session<'t, App, Public>, Failed<Session<'t, App, Public>>> {
        if new.key_type() != self.auth.key_type {
            return Err(Failed { error: Misuse::KeyType.into(), session: None });
        }
        let no = self.auth.key_no.into();
        self.change_session_key(no, new)
    }
}
