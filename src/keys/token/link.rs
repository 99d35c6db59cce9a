// SPDX-License-Identifier: MIT OR Apache-2.0
//! The way to one token: found, logged in to, and where its objects are.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use cryptoki::object::ObjectHandle;
use cryptoki::session::Session;
use cryptoki::slot::{Limit, Slot, TokenInfo};

use super::error::TokenError;
use super::fault::Fault;
use super::login::{Identity, PinFlags, login};
use super::module::{Inside, Module, locked};
use super::object::Named;
use super::pin::Pin;
use super::uri::Fits;

/// A token as it is reached in one epoch of its module.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) module: Arc<Module>,
    pub(super) epoch: u64,
    slot: Slot,
    /// How many sessions the token allows, where it says so.
    pub(super) most: usize,
    handles: Mutex<BTreeMap<Named, ObjectHandle>>,
}

/// A token that was found, not opened as yet.
#[derive(Debug, Clone)]
pub(super) struct Found {
    slot: Slot,
    pub(super) identity: Identity,
    pub(super) flags: PinFlags,
    /// Whether it wants a login.
    pub(super) login: bool,
    /// Whether it has a keypad of its own for the PIN.
    pub(super) keypad: bool,
    most: usize,
}

/// No more sessions than this are opened, whatever the token allows.
const MOST: usize = 64;

impl Found {
    fn of(slot: Slot, info: &TokenInfo) -> Self {
        let most = match info.max_session_count() {
            Limit::Max(most) => usize::try_from(most).unwrap_or(MOST).clamp(1, MOST),
            Limit::Unavailable | Limit::Infinite => MOST,
        };
        Self {
            slot,
            identity: Identity::of(info),
            flags: PinFlags::of(info),
            login: info.login_required(),
            keypad: info.protected_authentication_path(),
            most,
        }
    }
}

/// The one token that fits.
pub(super) fn find(inside: &Inside<'_>, fits: &Fits) -> Result<Found, TokenError> {
    let client = inside.client();
    let late = core::time::Duration::ZERO;
    let slots = client.get_slots_with_token().map_err(|error| Fault::from(error).opening(late))?;
    let mut fitting = Vec::new();
    let mut labels = Vec::new();
    for slot in slots {
        // One that does not say what it is does not keep the others from being used.
        let Ok(info) = client.get_token_info(slot) else { continue };
        if !info.token_initialized() {
            continue;
        }
        let found = Found::of(slot, &info);
        labels.push(found.identity.label.clone());
        if fit(fits, slot, &found.identity) {
            fitting.push(found);
        }
    }
    match <[Found; 1]>::try_from(fitting) {
        Ok([found]) => Ok(found),
        Err(none) if none.is_empty() => Err(TokenError::NoToken { labels }),
        Err(several) => Err(TokenError::SeveralTokens {
            serials: several.into_iter().map(|found| found.identity.serial).collect(),
        }),
    }
}

fn fit(fits: &Fits, slot: Slot, identity: &Identity) -> bool {
    let text = |wanted: &Option<String>, found: &str| {
        wanted.as_ref().is_none_or(|wanted| wanted.trim_end() == found)
    };
    text(&fits.token, &identity.label)
        && text(&fits.manufacturer, &identity.manufacturer)
        && text(&fits.model, &identity.model)
        && text(&fits.serial, &identity.serial)
        && fits.slot.is_none_or(|wanted| wanted == slot.id())
}

impl Link {
    /// Opens the first session to a token and logs in.
    pub(super) fn open(
        module: &Arc<Module>,
        epoch: u64,
        inside: &Inside<'_>,
        found: &Found,
        pin: Option<&Arc<Pin>>,
    ) -> Result<(Self, Session), TokenError> {
        let late = core::time::Duration::ZERO;
        let opened = inside.client().open_ro_session_no_drop(found.slot);
        let session = opened.map_err(|error| Fault::from(error).opening(late))?;
        if found.login
            && let Err(error) = login(&session, &found.identity, found.flags, pin)
        {
            let _closed = session.close();
            return Err(error);
        }
        let link = Self {
            module: Arc::clone(module),
            epoch,
            slot: found.slot,
            most: found.most,
            handles: Mutex::new(BTreeMap::new()),
        };
        Ok((link, session))
    }

    /// One more session. Whoever has it closes it: a handle of another epoch may be somebody else's.
    pub(super) fn session(&self, inside: &Inside<'_>) -> Result<Session, Fault> {
        Ok(inside.client().open_ro_session_no_drop(self.slot)?)
    }

    /// Where an object is.
    pub(super) fn handle(&self, session: &Session, named: &Named) -> Result<ObjectHandle, Fault> {
        if let Some(handle) = locked(&self.handles).get(named) {
            return Ok(*handle);
        }
        let handle = named.find(session)?;
        locked(&self.handles).insert(named.clone(), handle);
        Ok(handle)
    }

    /// Looks for every object anew.
    pub(super) fn forget(&self) {
        locked(&self.handles).clear();
    }
}
