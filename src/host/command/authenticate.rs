// SPDX-License-Identifier: MIT OR Apache-2.0
//! Authenticate `0A`, AuthenticateISO `1A`, AuthenticateAES `AA`, AuthenticateEV2First `71`,
//! AuthenticateEV2NonFirst `77`, and the last two in LRP.

use crate::host::channel::Channel;
use crate::host::conversation::Conversation;
use crate::host::error::{Error, Failed, Misuse};
use crate::host::handshake::{D40Handshake, Ev1Handshake, Ev2Handshake, LrpHandshake};
use crate::host::rule::Mode::Plain;
use crate::host::rule::Rule;
use crate::host::session::{Auth, Authenticated, Level, Public, Secure, Session};
use crate::key::CardKey;
use crate::wire::{Ins, KeyNo, KeyType, Opening, Status};

/// libfreefare, desfire-tools-for-android `testDES1`.
pub(in crate::host) const LEGACY: Rule = row(Ins::Authenticate);
/// `RFDoorLock` `Authenticate`, skjolber `test3K3DES1`.
pub(in crate::host) const ISO: Rule = row(Ins::AuthenticateIso);
/// `RFDoorLock` `Authenticate`, skjolber `testAES1`.
pub(in crate::host) const AES: Rule = row(Ins::AuthenticateAes);
/// AN12343 table 16; NTAG 424 DNA captures in ntag424.
pub(in crate::host) const EV2_FIRST: Rule = row(Ins::AuthenticateEv2First).hints(EV2_HINTS);
/// AN12196; an NTAG 424 DNA capture in ntag424.
pub(in crate::host) const EV2_NON_FIRST: Rule = row(Ins::AuthenticateEv2NonFirst).hints(EV2_HINTS);

/// A conversation of its own, which no session protects.
const fn row(ins: Ins) -> Rule {
    Rule::new(ins)
        .travels([Plain, Plain], [Plain, Plain])
        .hints(&[(Status::AuthenticationError, ANOTHER_KEY)])
}

const ANOTHER_KEY: &str = " (another key, or a key of another type?)";

/// Likely causes where failures are counted: on a DESFire Light and an NTAG 424 DNA (NXP NT4H2421Gx,
/// failed authentication counter).
const EV2_HINTS: &[(Status, &str)] = &[
    (Status::AuthenticationError, ANOTHER_KEY),
    (
        Status::AuthenticationDelay,
        " (fifty failures in a row: leave the card in the field and ask again with the right key until \
         it answers; a wrong one makes it longer)",
    ),
    (
        Status::PermissionDenied,
        " (the chip takes LRP only, or this key is blocked after too many failures: key 0 can change \
         a blocked key, and nobody a blocked key 0)",
    ),
];

/// The lengths of the parameters of both parts, and of the replies to them.
pub(crate) const fn lengths(opening: Opening, key: KeyType) -> [(usize, usize); 2] {
    let challenge = match key {
        KeyType::Des => 8,
        KeyType::Tdes3 | KeyType::Aes => 16,
    };
    let (asked, proof) = match opening {
        Opening::Legacy | Opening::Iso | Opening::Aes | Opening::Ev2NonFirst => (1, challenge),
        Opening::Ev2First => (2, 2 * challenge),
    };
    [(asked, challenge), (2 * challenge, proof)]
}

/// The same in LRP, where the challenges go in clear (`host::handshake::lrp`).
pub(crate) const fn lrp_lengths(opening: Opening) -> [(usize, usize); 2] {
    match opening {
        Opening::Ev2NonFirst => [(1, 17), (32, 16)],
        Opening::Legacy | Opening::Iso | Opening::Aes | Opening::Ev2First => [(8, 17), (32, 32)],
    }
}

impl Conversation<'_> {
    /// Proves to each other that both sides know the key, and opens a channel.
    pub(crate) fn authenticate(
        &mut self,
        opening: Opening,
        no: KeyNo,
        key: &CardKey,
        rnd_a: &[u8; 16],
    ) -> Result<(), Error> {
        self.line.usable()?;
        self.line.takes(key)?;
        if !opening.takes(key.key_type()) {
            return Err(Misuse::KeyType.into());
        }
        let channel = match (opening, self.secure.as_ref().map(|session| &session.channel)) {
            (Opening::Legacy, _) => {
                self.line.run(D40Handshake::new(no, key, rnd_a)).map(Channel::D40)
            }
            (Opening::Iso | Opening::Aes, _) => {
                self.line.run(Ev1Handshake::new(no, key, rnd_a)).map(Channel::Ev1)
            }
            (Opening::Ev2First, _) => {
                self.line.run(Ev2Handshake::first(no, key, rnd_a)).map(Channel::Ev2)
            }
            (Opening::Ev2NonFirst, Some(Channel::Ev2(before))) => {
                let (lrp, before) = (before.is_lrp(), before.transaction());
                let channel = if lrp {
                    self.line.run(LrpHandshake::next(no, key, rnd_a, before))
                } else {
                    self.line.run(Ev2Handshake::next(no, key, rnd_a, before))
                };
                channel.map(Channel::Ev2)
            }
            (Opening::Ev2NonFirst, _) => return Err(Misuse::NotEv2.into()),
        };
        self.opened(channel, opening, no, key)
    }

    /// The same in LRP: a new transaction.
    pub(crate) fn authenticate_lrp(
        &mut self,
        no: KeyNo,
        key: &CardKey,
        rnd_a: &[u8; 16],
    ) -> Result<(), Error> {
        self.line.usable()?;
        self.line.takes(key)?;
        if key.key_type() != KeyType::Aes {
            return Err(Misuse::KeyType.into());
        }
        let channel = self.line.run(LrpHandshake::first(no, key, rnd_a)).map(Channel::Ev2);
        self.opened(channel, Opening::Ev2First, no, key)
    }

    /// The channel protects what follows, or nobody is authenticated.
    fn opened(
        &mut self,
        channel: Result<Channel, Error>,
        opening: Opening,
        no: KeyNo,
        key: &CardKey,
    ) -> Result<(), Error> {
        let channel = channel.inspect_err(|error| self.end(error))?;
        self.line.mend();
        let key_type = key.key_type();
        self.secure = Some(Authenticated { channel, key_no: no, key_type, opening });
        Ok(())
    }
}

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
    /// same. [`Misuse::KeyType`] where the key cannot be used so, [`Misuse::LiveKey`] where it is live
    /// and the transport is software; the session then comes back only where nobody was authenticated.
    pub fn authenticate(
        mut self,
        opening: Opening,
        no: KeyNo,
        key: &CardKey,
        rnd_a: &[u8; 16],
    ) -> Result<Session<'t, L, Secure>, Failed<Session<'t, L, Public>>> {
        let opened = self.talk.authenticate(opening, no, key, rnd_a);
        self.onward(opened)
    }

    /// [`Session::authenticate`] with an AES key in LRP, with a chip that was switched to it for good: an
    /// NTAG 424 DNA or a DESFire Light. What follows is EV2 messaging with another cipher, and
    /// [`Session::authenticate_next`] goes on in it.
    ///
    /// Request, first part: key number, `06`, the host's capabilities (6), of which `02` asks for LRP.
    /// Second part: RndA (16) and the host's proof (16). Reply: `01` and the card's challenge (16) with `AF`,
    /// then its enciphered identifier (16) and proof (16) with `00` (NTAG 424 DNA captures in the crate
    /// ntag424).
    ///
    /// # Errors
    /// As [`Session::authenticate`]; [`Misbehaviour::NotLrp`](crate::host::Misbehaviour::NotLrp) where the
    /// chip was never switched.
    pub fn authenticate_lrp(
        mut self,
        no: KeyNo,
        key: &CardKey,
        rnd_a: &[u8; 16],
    ) -> Result<Session<'t, L, Secure>, Failed<Session<'t, L, Public>>> {
        let opened = self.talk.authenticate_lrp(no, key, rnd_a);
        self.onward(opened)
    }
}

impl<'t, L: Level> Session<'t, L, Secure> {
    /// Goes on with another key in the same EV2 transaction, in AES or LRP as it was begun: the
    /// transaction identifier and the command counter are kept, the session keys are new.
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
        let opened = self.talk.authenticate(Opening::Ev2NonFirst, no, key, rnd_a);
        self.onward(opened)
    }
}
