// SPDX-License-Identifier: MIT OR Apache-2.0
//! GET CHALLENGE `84`, EXTERNAL AUTHENTICATE `82`, INTERNAL AUTHENTICATE `88`: an EV1 session.

use zeroize::Zeroizing;

use super::{Iso, nothing};
use crate::host::channel::{Channel, Ev1};
use crate::host::conversation::Conversation;
use crate::host::error::{Error, Failed, IsoCommand};
use crate::host::handshake::session_key;
use crate::host::session::{Authenticated, Level, Public, Secure, Session};
use crate::iso7816::{Command as Apdu, StatusWord};
use crate::key::CardKey;
use crate::secret::ct_eq;
use crate::wire::{KeyNo, KeyType, Opening};

/// GET CHALLENGE.
struct GetChallenge {
    length: usize,
}

impl Iso for GetChallenge {
    type Output = Zeroizing<Vec<u8>>;

    const NAME: IsoCommand = IsoCommand::GetChallenge;

    fn apdu(&self) -> Apdu<'_> {
        Apdu::new([0x00, 0x84, 0x00, 0x00], &[], u16::try_from(self.length).ok())
    }

    fn decode(&self, reply: &[u8], status: StatusWord) -> Option<Self::Output> {
        let fits = reply.len() == self.length && status == StatusWord::OK;
        fits.then(|| Zeroizing::new(reply.to_vec()))
    }
}

/// EXTERNAL AUTHENTICATE: both challenges, enciphered.
struct ExternalAuthenticate<'a> {
    algorithm: u8,
    p2: u8,
    token: &'a [u8],
}

impl Iso for ExternalAuthenticate<'_> {
    type Output = ();

    const NAME: IsoCommand = IsoCommand::ExternalAuthenticate;

    fn apdu(&self) -> Apdu<'_> {
        Apdu::new([0x00, 0x82, self.algorithm, self.p2], self.token, None)
    }

    fn decode(&self, reply: &[u8], status: StatusWord) -> Option<()> {
        nothing(reply, status)
    }
}

/// INTERNAL AUTHENTICATE: the host's second challenge; the card's proof comes back.
struct InternalAuthenticate<'a> {
    algorithm: u8,
    p2: u8,
    challenge: &'a [u8],
}

impl Iso for InternalAuthenticate<'_> {
    type Output = Zeroizing<Vec<u8>>;

    const NAME: IsoCommand = IsoCommand::InternalAuthenticate;

    fn apdu(&self) -> Apdu<'_> {
        Apdu::new([0x00, 0x88, self.algorithm, self.p2], self.challenge, Some(256))
    }

    fn decode(&self, reply: &[u8], status: StatusWord) -> Option<Self::Output> {
        let fits = reply.len() == 2 * self.challenge.len() && status == StatusWord::OK;
        fits.then(|| Zeroizing::new(reply.to_vec()))
    }
}

impl Conversation<'_> {
    /// Opens an EV1 session by ISO commands. Whoever was authenticated no longer is.
    fn authenticate_iso(
        &mut self,
        no: KeyNo,
        key: &CardKey,
        challenges: [&[u8; 16]; 2],
    ) -> Result<(), Error> {
        self.line.usable()?;
        self.line.takes(key)?;
        self.secure = None;
        let channel = self.proven(no, key, challenges).inspect_err(|error| {
            // The proof came whole, but from somebody who does not know the key.
            if *error == Error::IsoProof {
                self.line.lose();
            }
        })?;
        let (channel, key_type) = (Channel::Ev1(channel), key.key_type());
        let opening = if key_type == KeyType::Aes { Opening::Aes } else { Opening::Iso };
        self.secure = Some(Authenticated { channel, key_no: no, key_type, opening });
        Ok(())
    }

    fn proven(
        &mut self,
        no: KeyNo,
        key: &CardKey,
        [first, second]: [&[u8; 16]; 2],
    ) -> Result<Ev1, Error> {
        let (length, algorithm) = match key.key_type() {
            KeyType::Des => (8, 0x02),
            KeyType::Tdes3 => (16, 0x04),
            KeyType::Aes => (16, 0x09),
        };
        let p2 = if self.in_application { u8::from(no) | 0x80 } else { 0x00 };
        let [first, second] = [first, second].map(|challenge| {
            Zeroizing::new(challenge.iter().copied().take(length).collect::<Vec<u8>>())
        });
        let card_s = self.run_iso(&GetChallenge { length })?.value;
        let mut token = Zeroizing::new(Vec::with_capacity(2 * length));
        token.extend(first.iter().chain(card_s.iter()));
        let mut chain = key.zero_iv();
        // Both are whole blocks, which is all that these two could find fault with.
        key.encipher(&mut chain, &mut token).map_err(|_| Error::IsoProof)?;
        let _said = self.run_iso(&ExternalAuthenticate { algorithm, p2, token: &token })?;
        let internal = InternalAuthenticate { algorithm, p2, challenge: &second };
        let mut answer = self.run_iso(&internal)?.value;
        key.decipher(&mut chain, &mut answer).map_err(|_| Error::IsoProof)?;
        let (card_s, proof) = answer.split_at(length);
        if !ct_eq(proof, &second) {
            return Err(Error::IsoProof);
        }
        Ok(Ev1::new(session_key(key, &first, card_s)))
    }
}

impl<'t, L: Level> Session<'t, L, Public> {
    /// Authenticates by ISO commands with a key of the selected application, or with the PICC master
    /// key where the card itself is selected, and goes on in native commands under EV1 messaging.
    /// `challenges` are the host's two, random and new; DES and 2K3DES keys take their first eight
    /// bytes each.
    ///
    /// GET CHALLENGE brings the card's first challenge. EXTERNAL AUTHENTICATE sends the host's first
    /// and the card's first, enciphered. INTERNAL AUTHENTICATE sends the host's second in clear and
    /// brings the card's second and the host's second, enciphered, chained to what the host sent. The
    /// session key is of the host's first and the card's second (libfreefare; no published bytes).
    ///
    /// # Errors
    /// [`Failed`]; `6982` for another key, after which the level is the same.
    pub fn authenticate_iso(
        mut self,
        no: KeyNo,
        key: &CardKey,
        challenges: [&[u8; 16]; 2],
    ) -> Result<Session<'t, L, Secure>, Failed<Self>> {
        let opened = self.talk.authenticate_iso(no, key, challenges);
        self.onward(opened)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::testing::Script;

    #[test]
    fn another_proof_is_an_error_that_ends_the_session() {
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
        let session = Session::open(&mut script);
        let proven = session.authenticate_iso(KeyNo::MASTER, &key, [&[0; 16], &[0; 16]]);
        let failed = proven.unwrap_err();
        assert_eq!((failed.error, failed.session.is_none()), (Error::IsoProof, true));
        script.assert_used_up();
    }
}
