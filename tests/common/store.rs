// SPDX-License-Identifier: MIT OR Apache-2.0
//! A key store that follows a script: its keys are elsewhere, as far as anybody can tell. It refuses,
//! is slow, or goes away in the middle.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use cardwright::key::{CardKey, IssuerKey, KeyError, Operations, Purpose};
use cardwright::keys::{KeyFile, ReceiptKey, RemoteHmac, Store};
use cardwright::wire::{KeyType, KeyVersion};

/// What the store does, and how often its keys were asked for something.
#[derive(Debug)]
pub(crate) struct Script {
    /// From which question on its keys fail, and how.
    pub(crate) trouble: Option<(usize, KeyError)>,
    /// How long an answer takes.
    pub(crate) delay: Duration,
    /// What its keys can do.
    pub(crate) can: Operations,
    /// Whether it hands any key out.
    pub(crate) shut: Option<KeyError>,
    pub(crate) asked: AtomicUsize,
    /// From which question on its receipt key fails, and how.
    pub(crate) receipt: Option<(usize, KeyError)>,
    pub(crate) marked: AtomicUsize,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            trouble: None,
            delay: Duration::ZERO,
            can: Operations::ALL,
            shut: None,
            asked: AtomicUsize::new(0),
            receipt: None,
            marked: AtomicUsize::new(0),
        }
    }
}

impl Script {
    pub(crate) fn questions(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn ask(&self) -> Result<(), KeyError> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst);
        thread::sleep(self.delay);
        match self.trouble {
            Some((from, error)) if number >= from => Err(error),
            _ => Ok(()),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Scripted {
    file: KeyFile,
    pub(crate) script: Arc<Script>,
}

impl Scripted {
    pub(crate) fn new(keys: &str, script: Script) -> Self {
        Self { file: KeyFile::parse(keys).unwrap(), script: Arc::new(script) }
    }
}

impl Store for Scripted {
    fn purpose(&self) -> Purpose {
        self.file.purpose()
    }

    fn tenant(&self) -> Option<&str> {
        self.file.tenant()
    }

    fn issuer(&self, name: &str, version: KeyVersion) -> Result<Arc<dyn IssuerKey>, KeyError> {
        if let Some(error) = self.script.shut {
            return Err(error);
        }
        let key = self.file.issuer(name, version)?;
        Ok(Arc::new(Key { key, script: Arc::clone(&self.script) }))
    }

    fn receipt_key(&self) -> Result<ReceiptKey, KeyError> {
        let (key, script) = (self.file.receipt_key().clone(), Arc::clone(&self.script));
        Ok(ReceiptKey::elsewhere(Arc::new(Receipt { key, script })))
    }
}

#[derive(Debug)]
struct Receipt {
    key: ReceiptKey,
    script: Arc<Script>,
}

impl RemoteHmac for Receipt {
    fn hmac(&self, parts: &[&[u8]]) -> Result<[u8; 32], KeyError> {
        let number = self.script.marked.fetch_add(1, Ordering::SeqCst);
        match self.script.receipt {
            Some((from, error)) if number >= from => Err(error),
            _ => {
                let [_, domain, data] = parts else { panic!("{}", parts.len()) };
                let domain = str::from_utf8(domain).map_err(|_| KeyError::NotThere)?;
                self.key.hmac(domain, data)
            }
        }
    }
}

#[derive(Debug)]
struct Key {
    key: Arc<dyn IssuerKey>,
    script: Arc<Script>,
}

impl IssuerKey for Key {
    fn key_type(&self) -> KeyType {
        self.key.key_type()
    }

    fn purpose(&self) -> Purpose {
        self.key.purpose()
    }

    fn can(&self) -> Operations {
        self.script.can
    }

    fn cmac(&self, message: &[u8], mac: &mut [u8]) -> Result<(), KeyError> {
        self.script.ask()?;
        self.key.cmac(message, mac)
    }

    fn cbc(&self, iv: &[u8], data: &mut [u8]) -> Result<(), KeyError> {
        self.script.ask()?;
        self.key.cbc(iv, data)
    }

    fn ecb(&self, data: &mut [u8]) -> Result<(), KeyError> {
        self.script.ask()?;
        self.key.ecb(data)
    }

    fn itself(&self) -> Result<CardKey, KeyError> {
        self.script.ask()?;
        self.key.itself()
    }
}
