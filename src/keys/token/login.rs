// SPDX-License-Identifier: MIT OR Apache-2.0
//! Logging in, at most once with a wrong PIN.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, Weak};

use cryptoki::error::RvError;
use cryptoki::session::{Session, UserType};
use cryptoki::slot::TokenInfo;
use cryptoki::types::AuthPin;

use super::error::TokenError;
use super::fault::{Fault, is_of_pin, returned};
use super::module::locked;
use super::pin::Pin;

/// Which token it is, by what it says of itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Identity {
    pub(super) manufacturer: String,
    pub(super) model: String,
    pub(super) serial: String,
    pub(super) label: String,
}

impl Identity {
    pub(super) fn of(info: &TokenInfo) -> Self {
        let text = |text: &str| text.trim_end().to_owned();
        Self {
            manufacturer: text(info.manufacturer_id()),
            model: text(info.model()),
            serial: text(info.serial_number()),
            label: text(info.label()),
        }
    }
}

/// How logins went. Whoever logs in holds it: of two logins the second knows how the first one went.
static LOGINS: Mutex<Logins> = Mutex::new(Logins { refused: BTreeSet::new(), taken: Vec::new() });

struct Logins {
    /// Tokens that refused a PIN, for as long as the process lives.
    refused: BTreeSet<Identity>,
    /// The PIN that a token took, for as long as somebody has it to log in again. A token is logged in to by
    /// the process: another store would be opened with any PIN.
    taken: Vec<(Identity, Weak<Pin>)>,
}

impl Logins {
    fn may_try(&self, identity: &Identity, flags: PinFlags) -> Result<(), TokenError> {
        allowed(&self.refused, identity, flags)
    }

    /// Whether it is the PIN that the token took, where one is known. The token is not asked.
    fn is_taken(&mut self, identity: &Identity, pin: &Pin) -> Option<bool> {
        self.taken.retain(|(_, pin)| pin.strong_count() > 0);
        let taken = self.taken.iter().filter(|(of, _)| of == identity);
        taken.filter_map(|(_, pin)| pin.upgrade()).map(|taken| *taken == *pin).next()
    }

    fn takes(&mut self, identity: &Identity, pin: &Arc<Pin>) {
        let pin = Arc::downgrade(pin);
        // It is logged in with again where the token went away.
        if !self.taken.iter().any(|(of, taken)| of == identity && taken.ptr_eq(&pin)) {
            self.taken.push((identity.clone(), pin));
        }
    }
}

/// What a token says of its PIN.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the token's")]
pub(super) struct PinFlags {
    /// No PIN is set.
    pub(super) none: bool,
    /// One more wrong one locks it.
    pub(super) last: bool,
    /// It is locked.
    pub(super) locked: bool,
    /// It has to be changed.
    pub(super) expired: bool,
}

impl PinFlags {
    pub(super) fn of(info: &TokenInfo) -> Self {
        Self {
            none: !info.user_pin_initialized(),
            last: info.user_pin_final_try(),
            locked: info.user_pin_locked(),
            expired: info.user_pin_to_be_changed(),
        }
    }
}

/// Whether a login may be tried at all.
pub(super) fn may_try(identity: &Identity, flags: PinFlags) -> Result<(), TokenError> {
    locked(&LOGINS).may_try(identity, flags)
}

fn allowed(
    refused: &BTreeSet<Identity>,
    identity: &Identity,
    flags: PinFlags,
) -> Result<(), TokenError> {
    match flags {
        _ if refused.contains(identity) => Err(TokenError::RefusedBefore),
        PinFlags { locked: true, .. } => Err(TokenError::Locked),
        PinFlags { last: true, .. } => Err(TokenError::FinalTry),
        PinFlags { none: true, .. } => Err(TokenError::NoUserPin),
        PinFlags { expired: true, .. } => Err(TokenError::Expired),
        PinFlags { .. } => Ok(()),
    }
}

/// Logs in. Whoever comes while a login runs waits for its end, and for good where it has none.
pub(super) fn login(
    session: &Session,
    identity: &Identity,
    flags: PinFlags,
    pin: Option<&Arc<Pin>>,
) -> Result<(), TokenError> {
    let mut logins = locked(&LOGINS);
    logins.may_try(identity, flags)?;
    if pin.is_some_and(|pin| logins.is_taken(identity, pin) == Some(false)) {
        return Err(TokenError::OtherPin);
    }
    let given = pin.map(|pin| AuthPin::from(Box::<str>::from(pin.expose_secret().as_str())));
    let Err(error) = session.login(UserType::User, given.as_ref()) else {
        pin.into_iter().for_each(|pin| logins.takes(identity, pin));
        return Ok(());
    };
    if is_of_pin(&error) {
        logins.refused.insert(identity.clone());
        return Err(TokenError::WrongPin);
    }
    match returned(&error) {
        Some(RvError::UserAlreadyLoggedIn) => {
            // The one that another store has, who may be closed first. Where somebody else in the process
            // logged in, nobody knows which it is, and none is right by this.
            if pin.is_some_and(|pin| logins.is_taken(identity, pin).is_some()) {
                pin.into_iter().for_each(|pin| logins.takes(identity, pin));
            }
            Ok(())
        }
        Some(RvError::PinLocked) => Err(TokenError::Locked),
        Some(RvError::PinExpired) => Err(TokenError::Expired),
        Some(RvError::UserPinNotInitialized) => Err(TokenError::NoUserPin),
        Some(_) | None => Err(Fault::from(error).opening(core::time::Duration::ZERO)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(serial: &str) -> Identity {
        let text = str::to_owned;
        let (manufacturer, model) = (text("m"), text("m"));
        Identity { manufacturer, model, serial: text(serial), label: text("t") }
    }

    #[test]
    fn what_a_token_says_of_its_pin_is_asked_before_the_first_login() {
        let flags = PinFlags::default();
        assert!(may_try(&token("1"), flags).is_ok());
        let refused = |flags| may_try(&token("1"), flags).unwrap_err();
        assert!(matches!(refused(PinFlags { last: true, ..flags }), TokenError::FinalTry));
        let both = PinFlags { last: true, locked: true, ..flags };
        assert!(matches!(refused(both), TokenError::Locked));
        assert!(matches!(refused(PinFlags { none: true, ..flags }), TokenError::NoUserPin));
        assert!(matches!(refused(PinFlags { expired: true, ..flags }), TokenError::Expired));
    }

    #[test]
    fn a_token_that_refused_a_pin_is_not_asked_again() {
        locked(&LOGINS).refused.insert(token("2"));
        let error = may_try(&token("2"), PinFlags::default()).unwrap_err();
        assert!(matches!(error, TokenError::RefusedBefore), "{error:?}");
        assert!(may_try(&token("3"), PinFlags::default()).is_ok());
    }

    #[test]
    fn a_pin_is_known_for_as_long_as_somebody_has_it() {
        let pin = |text: &str| Arc::new(Pin::new(text.to_owned()));
        let mut logins = Logins { refused: BTreeSet::new(), taken: Vec::new() };
        let (first, second) = (pin("2468"), pin("2468"));
        assert_eq!(logins.is_taken(&token("1"), &first), None);
        logins.takes(&token("1"), &first);
        logins.takes(&token("1"), &second);
        logins.takes(&token("1"), &first);
        assert_eq!(logins.taken.len(), 2);
        for (text, expected) in [("2468", true), ("2469", false), ("246", false), ("24680", false)]
        {
            assert_eq!(logins.is_taken(&token("1"), &pin(text)), Some(expected), "{text}");
            assert_eq!(logins.is_taken(&token("2"), &pin(text)), None);
        }
        drop(first);
        assert_eq!(logins.is_taken(&token("1"), &pin("2469")), Some(false));
        drop(second);
        assert_eq!(logins.is_taken(&token("1"), &pin("2469")), None);
        assert!(logins.taken.is_empty());
    }
}
