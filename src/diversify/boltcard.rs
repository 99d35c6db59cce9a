// SPDX-License-Identifier: MIT OR Apache-2.0
//! The keys of Bolt cards from one issuer key (boltcard, docs/DETERMINISTIC.md; `BTCPayServer.BoltCardTools`).

use zeroize::Zeroizing;

use super::an10922::cbc_mac;
use super::error::DeriveError;
use crate::iso14443::RealUid;
use crate::key::{IssuerKey, KeyError, MasterKey, Operation};
use crate::secret::{Secret, wipe_stack};
use crate::wire::{KeyNo, KeyVersion};

/// A number that says what comes out, most significant byte first: this one for a card's own key, and one more for
/// each key of the card.
const CARD: [u8; 4] = [0x2D, 0x00, 0x3F, 0x75];
/// The key that the server has to have before it knows which card it is: the same on every card.
pub(super) const SHARED: u8 = 1;
/// The last key of a card.
const LAST: u8 = 4;

/// What the issuer key makes a MAC of, but for the version: for key 1 its own number; for the others that of the
/// card's own key, and the UID.
pub(super) fn input(no: KeyNo, uid: Option<&RealUid>) -> Result<Vec<u8>, DeriveError> {
    if u8::from(no) == SHARED {
        return Ok(number(no)?.to_vec());
    }
    let uid = uid.ok_or(DeriveError::NoUid)?;
    Ok([&CARD[..], uid.expose()].concat())
}

/// Key 1: `CMAC(issuer key, 2D003F77)`. The others: `CMAC(own, 2D003F76 + number)`, where the card's own key is
/// `CMAC(issuer key, 2D003F75 | UID | version)`, the version in four bytes, least significant first.
// By itself: the key that is made on the way takes more room than other schemes do, and is wiped here.
#[inline(never)]
pub(super) fn derive(
    issuer: &dyn IssuerKey,
    slot: (KeyNo, KeyVersion),
    uid: Option<&RealUid>,
) -> Result<Secret<[u8; 24]>, DeriveError> {
    let mut key = Secret::new([0; 24]);
    let (made, _) = key.expose_secret_mut().split_at_mut(16);
    let result = make(issuer, slot, uid, made);
    wipe_stack();
    result.map(|()| key)
}

#[inline(never)]
fn make(
    issuer: &dyn IssuerKey,
    (no, version): (KeyNo, KeyVersion),
    uid: Option<&RealUid>,
    made: &mut [u8],
) -> Result<(), DeriveError> {
    let number = number(no)?;
    let mut message = Zeroizing::new(input(no, uid)?);
    if u8::from(no) == SHARED {
        return Ok(mac(issuer, &message, made)?);
    }
    message.extend(u32::from(version.0).to_le_bytes());
    let mut own = Secret::new([0; 16]);
    mac(issuer, &message, own.expose_secret_mut())?;
    Ok(MasterKey::aes(own.expose_secret()).cmac(&number, made)?)
}

fn number(no: KeyNo) -> Result<[u8; 4], DeriveError> {
    let no = u8::from(no);
    if no > LAST {
        return Err(DeriveError::KeyNo { last: LAST, no });
    }
    let [first, second, third, card] = CARD;
    Ok([first, second, third, card.saturating_add(1).saturating_add(no)])
}

/// The CMAC of a message of one block at most.
fn mac(issuer: &dyn IssuerKey, message: &[u8], out: &mut [u8]) -> Result<(), KeyError> {
    if issuer.can().has(Operation::Cmac) {
        return issuer.cmac(message, out);
    }
    let mut padded = Zeroizing::new(message.to_vec());
    padded.push(0x80);
    padded.resize(16, 0);
    cbc_mac(issuer, &padded, true, out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diversify::{Recipe, Scheme, Subject};
    use crate::key::{Operations, Purpose};
    use crate::wire::{Aid, KeyType};

    /// The test vectors of boltcard, docs/DETERMINISTIC.md, which the tests of other programs repeat.
    const ISSUER: [u8; 16] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    const UID: [u8; 7] = [0x04, 0xA3, 0x94, 0x93, 0xCC, 0x86, 0x80];
    const KEYS: [&str; 5] = [
        "A29119FCB48E737D1591D3489557E49B",
        "55DA174C9608993DC27BB3F30A4A7314",
        "F4B404BE700AB285E333E32348FA3D3B",
        "73610BA4AFE45B55319691CB9489142F",
        "ADDD03E52964369BE7F2967736B7BDB5",
    ];

    /// One that has CBC alone, as some tokens do.
    #[derive(Debug)]
    struct Token(MasterKey);

    impl IssuerKey for Token {
        fn key_type(&self) -> KeyType {
            self.0.key_type()
        }

        fn purpose(&self) -> Purpose {
            self.0.purpose()
        }

        fn can(&self) -> Operations {
            Operations::NONE.with(Operation::Cbc)
        }

        fn cmac(&self, _: &[u8], _: &mut [u8]) -> Result<(), KeyError> {
            panic!("it has none")
        }

        fn cbc(&self, iv: &[u8], data: &mut [u8]) -> Result<(), KeyError> {
            self.0.cbc(iv, data)
        }

        fn ecb(&self, _: &mut [u8]) -> Result<(), KeyError> {
            panic!("it has none")
        }

        fn itself(&self) -> Result<crate::key::CardKey, KeyError> {
            panic!("it stays there")
        }
    }

    fn made(issuer: &dyn IssuerKey, no: u8, version: u8) -> String {
        let uid = RealUid::new(UID);
        let no = KeyNo::new(no).unwrap();
        let subject = Subject { uid: Some(&uid), aid: Aid::PICC, no, fields: None };
        let recipe = Recipe::new(Scheme::Boltcard, Vec::new()).unwrap();
        assert_eq!(recipe.lacks(KeyType::Aes, issuer.can()), None);
        let key = derive(issuer, (no, KeyVersion(version)), Some(&uid)).unwrap();
        let bytes = hex::encode_upper(&key.expose_secret()[..16]);
        if issuer.can().has(Operation::Itself) {
            let key = recipe.derive(issuer, &subject, KeyVersion(version)).unwrap();
            assert!(key.test_digits().is_none_or(|digits| *digits == bytes));
        }
        bytes
    }

    #[test]
    fn the_published_keys_are_made() {
        let (issuer, token) = (MasterKey::aes(&ISSUER), Token(MasterKey::aes(&ISSUER)));
        for (no, key) in (0..).zip(KEYS) {
            assert_eq!([made(&issuer, no, 1), made(&token, no, 1)], [key, key], "{no}");
        }
    }

    /// All but key 1 are others in another version, and take the UID.
    #[test]
    fn key_1_is_the_same_on_every_card() {
        let issuer = MasterKey::aes(&ISSUER);
        let recipe = Recipe::new(Scheme::Boltcard, Vec::new()).unwrap();
        for (no, key) in (0..).zip(KEYS) {
            assert_eq!(made(&issuer, no, 2) == key, no == 1, "{no}");
            let slot = KeyNo::new(no).unwrap();
            let known = derive(&issuer, (slot, KeyVersion(1)), None).map(drop);
            assert_eq!(known, if no == 1 { Ok(()) } else { Err(DeriveError::NoUid) });
            assert_eq!(recipe.needs_uid_for(Aid::PICC, slot), no != 1);
        }
        let fifth = (KeyNo::new(5).unwrap(), KeyVersion(1));
        let error = derive(&issuer, fifth, Some(&RealUid::new(UID))).map(drop).unwrap_err();
        assert_eq!(error.to_string(), "the scheme makes keys 0 to 4, and key 5 is none of them");
    }
}
