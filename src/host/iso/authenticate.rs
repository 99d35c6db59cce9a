// SPDX-License-Identifier: MIT OR Apache-2.0
//! GET CHALLENGE `84`, EXTERNAL AUTHENTICATE `82`, INTERNAL AUTHENTICATE `88`: an EV1 session.

use zeroize::Zeroizing;

use super::super::channel::{Channel, Ev1};
use super::super::error::{Error, IsoCommand, Misuse};
use super::super::handshake::session_key;
use super::super::session::{App, Level, Picc, Secure};
use super::{Iso, Session, misfit};
use crate::iso7816::{Command, StatusWord};
use crate::key::CardKey;
use crate::secret::ct_eq;
use crate::wire::{KeyNo, KeyType};

impl<'t> Iso<'t> {
    /// Authenticates with a key of the selected application, and goes on in native commands.
    /// `challenges` are the host's two, random and new; DES and 2K3DES keys take their first eight
    /// bytes each.
    ///
    /// GET CHALLENGE brings the card's first challenge. EXTERNAL AUTHENTICATE sends the host's first
    /// and the card's first, enciphered. INTERNAL AUTHENTICATE sends the host's second in clear and
    /// brings the card's second and the host's second, enciphered, chained to what the host sent. The
    /// session key is of the host's first and the card's second (libfreefare; no published bytes).
    ///
    /// # Errors
    /// [`Error`]; `6982` for another key. [`Misuse::NoApplication`] where none is selected.
    pub fn authenticate(
        self,
        no: KeyNo,
        key: &CardKey,
        challenges: [&[u8; 16]; 2],
    ) -> Result<Session<'t, App, Secure>, Error> {
        if !self.in_application {
            return Err(Misuse::NoApplication.into());
        }
        self.prove(u8::from(no) | 0x80, no, key, challenges)
    }

    /// As [`Iso::authenticate`], with the PICC master key where the card itself is selected.
    ///
    /// # Errors
    /// [`Error`]; [`Misuse::NotPicc`] where an application is selected.
    pub fn authenticate_picc(
        self,
        key: &CardKey,
        challenges: [&[u8; 16]; 2],
    ) -> Result<Session<'t, Picc, Secure>, Error> {
        if self.in_application {
            return Err(Misuse::NotPicc.into());
        }
        self.prove(0x00, KeyNo::MASTER, key, challenges)
    }

    fn prove<L: Level>(
        mut self,
        p2: u8,
        no: KeyNo,
        key: &CardKey,
        [first, second]: [&[u8; 16]; 2],
    ) -> Result<Session<'t, L, Secure>, Error> {
        let (length, algorithm) = match key.key_type() {
            KeyType::Des => (8, 0x02),
            KeyType::Tdes3 => (16, 0x04),
            KeyType::Aes => (16, 0x09),
        };
        let le = u16::try_from(length).ok();
        let challenge = Command::new([0x00, 0x84, 0x00, 0x00], &[], le);
        let (card_s, word) = self.line.exchange(IsoCommand::GetChallenge, &challenge)?;
        if card_s.len() != length || word != StatusWord::OK {
            return Err(misfit(IsoCommand::GetChallenge, word));
        }
        let [first, second] = [first, second].map(|challenge| challenge.iter().take(length));
        let mut token = Zeroizing::new(Vec::with_capacity(2 * length));
        token.extend(first.clone().chain(card_s));
        let mut chain = key.zero_iv();
        let name = IsoCommand::ExternalAuthenticate;
        key.encipher(&mut chain, &mut token).map_err(|_| misfit(name, word))?;
        self.line.bare(name, [0x00, 0x82, algorithm, p2], &token)?;

        let name = IsoCommand::InternalAuthenticate;
        let second = Zeroizing::new(second.copied().collect::<Vec<u8>>());
        let internal = Command::new([0x00, 0x88, algorithm, p2], &second, Some(256));
        let (answer, word) = self.line.exchange(name, &internal)?;
        let mut answer = Zeroizing::new(answer.to_vec());
        let whole = answer.len() == 2 * length && word == StatusWord::OK;
        key.decipher(&mut chain, &mut answer).ok().filter(|()| whole).ok_or(misfit(name, word))?;
        let (card_s, proof) = answer.split_at(length);
        if !ct_eq(proof, &second) {
            return Err(Error::IsoProof);
        }
        let first = Zeroizing::new(first.copied().collect::<Vec<u8>>());
        let channel = Channel::Ev1(Ev1::new(session_key(key, &first, card_s)));
        let secure = Secure { channel, key_no: no, key_type: key.key_type() };
        Ok(Session::resumed(self.line.transport, secure))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Error;
    use crate::host::testing::Script;

    #[test]
    fn another_proof_or_level_is_an_error() {
        let zeros = "00".repeat(16);
        let mut script = Script::new([
            ("0084000010".to_owned(), format!("{zeros}9000")),
            (
                // AES under a key of zeros: the host's challenge of zeros, then the card's chained.
                "0082090020 66E94BD4EF8A2C3B884CFA59CA342B2E F795BD4A52E29ED713D313FA20E98DBC"
                    .to_owned(),
                "9000".to_owned(),
            ),
            (format!("0088090010{zeros}00"), format!("{zeros}{zeros}9000")),
        ]);
        let key = CardKey::zero_aes();
        let proven = Iso::open(&mut script).authenticate_picc(&key, [&[0; 16], &[0; 16]]);
        assert_eq!(proven.map(drop).unwrap_err(), Error::IsoProof);
        script.assert_used_up();
        let no = KeyNo::MASTER;
        let refused = Iso::open(&mut script).authenticate(no, &key, [&[0; 16], &[0; 16]]);
        assert_eq!(refused.map(drop).unwrap_err(), Misuse::NoApplication.into());
    }
}
