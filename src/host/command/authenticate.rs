// SPDX-License-Identifier: MIT OR Apache-2.0
//! AuthenticateISO `1A`, AuthenticateAES `AA`, AuthenticateEV2First `71`,
//! AuthenticateEV2NonFirst `77`.

use super::super::channel::Channel;
use super::super::error::{Error, Failed, Misuse};
use super::super::handshake::{D40Handshake, Ev1Handshake, Ev2Handshake};
use super::super::session::{Auth, Level, Public, Secure, Session};
use crate::key::CardKey;
use crate::wire::{KeyNo, KeyType, Opening};

impl<'t, L: Level, A: Auth> Session<'t, L, A> {
    /// Proves to each other that both sides know the key, and opens a channel. `rnd_a` is the
    /// host's challenge and must be random and new; a DES or 2K3DES key takes its first eight bytes.
    ///
    /// Request, first part: key number; for EV2 then `00` for no capabilities. Second part: the
    /// enciphered challenges. Reply: `AF` and the card's challenge, then `00` and its proof
    /// (real-card examples of `RFDoorLock`; NXP AN12343 table 16; for D40 the tests of
    /// desfire-tools-for-android).
    ///
    /// # Errors
    /// [`Failed`]: `AE` for a wrong key or a key of another type, `40` where there is no such key,
    /// `AD` after too many failures. After a refusal nobody is authenticated and the level is the
    /// same. [`Misuse::KeyType`] where the key cannot be used so; the session then comes back only
    /// where nobody was authenticated.
    pub fn authenticate(
        mut self,
        opening: Opening,
        no: KeyNo,
        key: &CardKey,
        rnd_a: &[u8; 16],
    ) -> Result<Session<'t, L, Secure>, Failed<Session<'t, L, Public>>> {
        let misuse = match opening {
            _ if !opening.takes(key.key_type()) => Some(Misuse::KeyType),
            Opening::Ev2NonFirst => Some(Misuse::NotEv2),
            Opening::Legacy | Opening::Iso | Opening::Aes | Opening::Ev2First => None,
        };
        if let Some(misuse) = misuse {
            let session = self.auth.secure().is_none().then(|| Session::at(self.line, Public));
            return Err(Failed { error: misuse.into(), session });
        }
        let channel = match opening {
            Opening::Legacy => self.line.run(D40Handshake::new(no, key, rnd_a)).map(Channel::D40),
            Opening::Iso | Opening::Aes => {
                self.line.run(Ev1Handshake::new(no, key, rnd_a)).map(Channel::Ev1)
            }
            Opening::Ev2First | Opening::Ev2NonFirst => {
                self.line.run(Ev2Handshake::first(no, key, rnd_a)).map(Channel::Ev2)
            }
        };
        self.opened(no, key, channel)
    }

    fn opened(
        mut self,
        key_no: KeyNo,
        key: &CardKey,
        channel: Result<Channel, Error>,
    ) -> Result<Session<'t, L, Secure>, Failed<Session<'t, L, Public>>> {
        match channel {
            Ok(channel) => {
                self.line.mend();
                let key_type = key.key_type();
                Ok(Session::at(self.line, Secure { channel, key_no, key_type }))
            }
            Err(error) => Err(self.ended(error)),
        }
    }
}

impl<'t, L: Level> Session<'t, L, Secure> {
    /// Goes on with another key in the same EV2 transaction: the transaction identifier and the
    /// command counter are kept, the session keys are new.
    ///
    /// Request: key number; then the enciphered challenges. Reply: `AF` and the card's challenge,
    /// then `00` and its proof (AN12196 through public captures of NTAG 424 DNA).
    ///
    /// # Errors
    /// As [`Session::authenticate`]; [`Misuse::NotEv2`] where the session is no EV2 session. The
    /// session does not come back after a misuse.
    pub fn authenticate_next(
        mut self,
        no: KeyNo,
        key: &CardKey,
        rnd_a: &[u8; 16],
    ) -> Result<Self, Failed<Session<'t, L, Public>>> {
        let misuse = |misuse: Misuse| Failed { error: misuse.into(), session: None };
        if key.key_type() != KeyType::Aes {
            return Err(misuse(Misuse::KeyType));
        }
        let Channel::Ev2(before) = &self.auth.channel else {
            return Err(misuse(Misuse::NotEv2));
        };
        let next = Ev2Handshake::next(no, key, rnd_a, before.transaction());
        let channel = self.line.run(next).map(Channel::Ev2);
        self.opened(no, key, channel)
    }
}
