// SPDX-License-Identifier: MIT OR Apache-2.0
//! The store whose keys are in a token.

use core::fmt;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use zeroize::Zeroizing;

use super::error::TokenError;
use super::fault::Fault;
use super::link::Link;
use super::module::locked;
use super::object::{self, By, Bytes, Named, Said, block, compute};
use super::pin::PinSource;
use super::reach::Reach;
use super::uri::TokenUri;
use crate::key::{IssuerKey, KeyError, Life, Operation, Operations, Purpose, Way};
use crate::keys::{ReceiptKey, RemoteHmac, Store};
use crate::wire::{KeyType, KeyVersion};

/// The keys of one token, as [the module](super) says that it is filled.
///
/// ```no_run
/// use cardwright::keys::token::{PinSource, TokenStore, TokenUri};
///
/// let uri: TokenUri = "pkcs11:token=site?module-name=softhsm2&pin-source=/etc/site.pin".parse()?;
/// let pin = uri.pin_source().unwrap_or(PinSource::None);
/// let store = TokenStore::open(&uri, &pin)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct TokenStore {
    reach: Arc<Reach>,
    purpose: Purpose,
    tenant: String,
    /// The keys that were handed out.
    keys: Mutex<BTreeMap<Named, Arc<TokenKey>>>,
}

/// How long a call may take, unless it is said.
const LIMIT: Duration = Duration::from_secs(10);

impl TokenStore {
    /// Opens a token and logs in, where it wants a login. A call may take 10 s.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn open(uri: &TokenUri, pin: &PinSource) -> Result<Self, TokenError> {
        Self::open_within(uri, pin, LIMIT)
    }

    /// The same where a call may take another time: to open the token, to have its answer, to wait for it
    /// where it went away.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn open_within(
        uri: &TokenUri,
        pin: &PinSource,
        limit: Duration,
    ) -> Result<Self, TokenError> {
        let reach = Arc::new(Reach::open(uri, pin, limit)?);
        let tenant = uri.tenant().unwrap_or(&reach.identity.label).to_owned();
        Ok(Self { reach, purpose: uri.purpose(), tenant, keys: Mutex::new(BTreeMap::new()) })
    }

    /// The label of the token.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.reach.identity.label
    }

    /// Its serial number.
    #[must_use]
    pub fn serial(&self) -> &str {
        &self.reach.identity.serial
    }
}

impl Store for TokenStore {
    fn purpose(&self) -> Purpose {
        self.purpose
    }

    fn tenant(&self) -> Option<&str> {
        Some(&self.tenant)
    }

    fn issuer(&self, name: &str, version: KeyVersion) -> Result<Arc<dyn IssuerKey>, KeyError> {
        let named = Named { label: name.to_owned(), version: Some(version) };
        if let Some(key) = locked(&self.keys).get(&named) {
            return Ok(Arc::clone(key) as Arc<dyn IssuerKey>);
        }
        let key = Arc::new(TokenKey::of(&self.reach, named.clone(), self.purpose)?);
        locked(&self.keys).insert(named, Arc::clone(&key));
        Ok(key)
    }

    fn receipt_key(&self) -> Result<ReceiptKey, KeyError> {
        let named = Named { label: "receipt".to_owned(), version: None };
        let asked = named.clone();
        let said = self.reach.ask(Operation::Cmac, move |session, link| {
            Said::of(session, link.handle(session, &asked)?)
        })?;
        if !said.is_of_hmac() {
            return Err(KeyError::WrongType);
        }
        let key = TokenReceipt { reach: Arc::clone(&self.reach), named };
        // Whether it may, shows before the first card.
        let _tried = key.hmac(&[b"tried"])?;
        Ok(ReceiptKey::elsewhere(Arc::new(key)))
    }

    fn names(&self) -> Vec<(String, KeyVersion)> {
        let listed = self.reach.ask(Operation::Ecb, |session, _: &Link| object::listed(session));
        listed.unwrap_or_default()
    }
}

impl fmt::Debug for TokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = f.debug_struct("TokenStore");
        told.field("token", &self.reach.identity).field("tenant", &self.tenant);
        told.field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

/// An issuer key in a token.
struct TokenKey {
    reach: Arc<Reach>,
    named: Named,
    key_type: KeyType,
    purpose: Purpose,
    readable: bool,
    life: Life,
    /// What the token computes with it by mechanisms of its own.
    own: Operations,
}

impl TokenKey {
    fn of(reach: &Arc<Reach>, named: Named, purpose: Purpose) -> Result<Self, KeyError> {
        let asked = named.clone();
        let said = reach.ask(Operation::Ecb, move |session, link| {
            Said::of(session, link.handle(session, &asked)?)
        })?;
        let (key_type, readable, life) = (said.key_type()?, said.readable, said.life);
        let reach = Arc::clone(reach);
        let own = Operations::NONE;
        let mut key = Self { reach, named, key_type, purpose, readable, life, own };
        let zeros = || Zeroizing::new(vec![0; block(key_type)]);
        for (operation, by, may) in [
            (Operation::Ecb, By::Ecb, said.encrypt),
            (Operation::Cbc, By::Cbc(zeros()), said.encrypt),
            (Operation::Cmac, By::Cmac, said.sign && key_type == KeyType::Aes),
        ] {
            if !may {
                continue;
            }
            match key.ask(operation, by, &zeros()) {
                Ok(_) => key.own = key.own.with(operation),
                Err(KeyError::Cannot(_) | KeyError::Refused) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(key)
    }

    fn ask(&self, operation: Operation, by: By, data: &[u8]) -> Result<Bytes, KeyError> {
        let (named, key_type) = (self.named.clone(), self.key_type);
        let data = Arc::new(Zeroizing::new(data.to_vec()));
        self.reach.ask(operation, move |session, link: &Link| {
            let handle = link.handle(session, &named)?;
            compute(session, handle, (key_type, &by), &data)
        })
    }

    /// How it does something: by a mechanism of its own, or out of ECB.
    fn by(&self, operation: Operation, own: By, by_ecb: By) -> Result<By, KeyError> {
        match () {
            () if self.own.has(operation) => Ok(own),
            () if self.own.has(Operation::Ecb) => Ok(by_ecb),
            () => Err(KeyError::Cannot(operation)),
        }
    }
}

impl IssuerKey for TokenKey {
    fn key_type(&self) -> KeyType {
        self.key_type
    }

    fn purpose(&self) -> Purpose {
        self.purpose
    }

    fn can(&self) -> Operations {
        match self.own.has(Operation::Ecb) {
            true => self.own.with(Operation::Cbc).with(Operation::Cmac),
            false => self.own,
        }
    }

    fn cmac(&self, message: &[u8], mac: &mut [u8]) -> Result<(), KeyError> {
        if mac.len() != block(self.key_type) {
            return Err(KeyError::NoBlocks);
        }
        let by = self.by(Operation::Cmac, By::Cmac, By::CmacByEcb)?;
        into(mac, &self.ask(Operation::Cmac, by, message)?)
    }

    fn cbc(&self, iv: &[u8], data: &mut [u8]) -> Result<(), KeyError> {
        let size = block(self.key_type);
        if iv.len() != size || !data.len().is_multiple_of(size) {
            return Err(KeyError::NoBlocks);
        }
        let iv = || Zeroizing::new(iv.to_vec());
        let by = self.by(Operation::Cbc, By::Cbc(iv()), By::CbcByEcb(iv()))?;
        into(data, &self.ask(Operation::Cbc, by, data)?)
    }

    fn ecb(&self, data: &mut [u8]) -> Result<(), KeyError> {
        if !data.len().is_multiple_of(block(self.key_type)) {
            return Err(KeyError::NoBlocks);
        }
        into(data, &self.ask(Operation::Ecb, By::Ecb, data)?)
    }

    fn ways(&self) -> Vec<Way> {
        let ecb = match self.key_type {
            KeyType::Aes => "CKM_AES_ECB",
            KeyType::Des | KeyType::Tdes3 => "CKM_DES3_ECB",
        };
        let own = |operation| match (operation, self.key_type) {
            (Operation::Cmac, KeyType::Aes) => "CKM_AES_CMAC",
            (Operation::Cbc, KeyType::Aes) => "CKM_AES_CBC",
            (Operation::Cbc, KeyType::Des | KeyType::Tdes3) => "CKM_DES3_CBC",
            (Operation::Cmac | Operation::Ecb | Operation::Itself, _) => ecb,
        };
        let can = self.can();
        let all = Operation::ALL.into_iter().filter(|operation| can.has(*operation));
        all.map(|operation| match self.own.has(operation) {
            true => Way { operation, by: own(operation) },
            false => Way { operation, by: ecb },
        })
        .collect()
    }

    fn is_readable(&self) -> bool {
        self.readable
    }

    fn life(&self) -> Life {
        self.life
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenKey({:?}, {}, {:?})", self.named, self.key_type, self.own)
    }
}

fn into(data: &mut [u8], made: &[u8]) -> Result<(), KeyError> {
    if data.len() != made.len() {
        return Err(KeyError::NoBlocks);
    }
    data.copy_from_slice(made);
    Ok(())
}

/// The receipt key in a token.
#[derive(Debug)]
struct TokenReceipt {
    reach: Arc<Reach>,
    named: Named,
}

impl RemoteHmac for TokenReceipt {
    fn hmac(&self, parts: &[&[u8]]) -> Result<[u8; 32], KeyError> {
        let named = self.named.clone();
        let data = Arc::new(Zeroizing::new(parts.concat()));
        self.reach.ask(Operation::Cmac, move |session, link: &Link| -> Result<[u8; 32], Fault> {
            object::hmac(session, link.handle(session, &named)?, &data)
        })
    }
}
