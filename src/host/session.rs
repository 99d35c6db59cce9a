// SPDX-License-Identifier: MIT OR Apache-2.0
//! The session types: which level is selected, and whether a key has authenticated. What they do
//! stands in the files of the commands, and all of it goes through a [`Conversation`].

use core::fmt;
use core::marker::PhantomData;

use super::channel::Channel;
use super::conversation::Conversation;
use super::error::{Error, Failed};
use crate::iso14443::Uid;
use crate::transport::Transport;
use crate::wire::{KeyNo, KeyType, Opening};

/// A conversation with one card. `L` is the selected level ([`Picc`] or [`App`]), `A` whether a
/// key has authenticated ([`Public`] or [`Secure`]).
///
/// A call that fails for another reason than [`Error::Misuse`] ends the session: every later call
/// is [`Error::SessionLost`] and sends nothing. The one exception is a refusal without an
/// authenticated key, after which the session goes on.
#[must_use]
pub struct Session<'t, L: Level, A: Auth> {
    pub(super) talk: Box<Conversation<'t>>,
    types: PhantomData<(L, A)>,
}

impl<'t> Session<'t, Picc, Public> {
    /// The card was just activated: the PICC level is selected and nobody is authenticated.
    /// Sends nothing. Where something else was selected before, select first.
    pub fn open(transport: &'t mut dyn Transport) -> Self {
        Self::at(Box::new(Conversation::open(transport)))
    }

    /// As [`Session::open`], for a transport that passes frames through as they are: instruction and
    /// parameters out, status and data in, without the APDU around them.
    pub fn open_native(transport: &'t mut dyn Transport) -> Self {
        Self::at(Box::new(Conversation::native(transport)))
    }
}

impl<'t, L: Level, A: Auth> Session<'t, L, A> {
    pub(super) const fn at(talk: Box<Conversation<'t>>) -> Self {
        Self { talk, types: PhantomData }
    }

    /// The UID of the card that is in the field now, as the reader tells it without an exchange with
    /// the card; `None` where the transport cannot tell.
    ///
    /// # Errors
    /// [`Error::Link`] where there is no card any more, and the session is lost.
    pub fn uid_in_field(&mut self) -> Result<Option<Uid>, Error> {
        self.talk.uid_in_field()
    }

    /// Where a call leads that takes the session: onward, or back as far as the types can say so.
    pub(super) fn onward<M: Level, B: Auth, N: Level>(
        self,
        result: Result<(), Error>,
    ) -> Result<Session<'t, M, B>, Failed<Session<'t, N, Public>>> {
        match result {
            Ok(()) => Ok(Session::at(self.talk)),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// A session comes back where the card's state is known, the level is the one that the type
    /// says, and nobody is authenticated.
    pub(super) fn failed<N: Level>(self, error: Error) -> Failed<Session<'t, N, Public>> {
        let known = self.talk.line.usable().is_ok() && self.talk.secure.is_none();
        let same = known && self.talk.in_application != N::IS_PICC;
        Failed { error, session: same.then(|| Session::at(self.talk)) }
    }
}

impl<L: Level, A: Auth> fmt::Debug for Session<'_, L, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("level", &L::NAME).finish_non_exhaustive()
    }
}

/// The PICC level is selected.
#[derive(Debug)]
#[non_exhaustive]
pub struct Picc;

/// An application is selected.
#[derive(Debug)]
#[non_exhaustive]
pub struct App;

/// Nobody is authenticated.
#[derive(Debug)]
#[non_exhaustive]
pub struct Public;

/// A key has authenticated, and a channel protects what follows.
#[derive(Debug)]
#[non_exhaustive]
pub struct Secure;

/// Which key has authenticated, how, and the channel that came of it.
pub(crate) struct Authenticated {
    pub(super) channel: Channel,
    pub(crate) key_no: KeyNo,
    pub(crate) key_type: KeyType,
    pub(crate) opening: Opening,
}

/// A level of the card: [`Picc`] or [`App`].
pub trait Level: sealed::Level {}

impl Level for Picc {}
impl Level for App {}

/// A state of authentication: [`Public`] or [`Secure`].
pub trait Auth: sealed::Auth {}

impl Auth for Public {}
impl Auth for Secure {}

mod sealed {
    use super::{App, Picc, Public, Secure};

    pub trait Level {
        const NAME: &'static str;
        const IS_PICC: bool;
    }

    impl Level for Picc {
        const NAME: &'static str = "PICC";
        const IS_PICC: bool = true;
    }

    impl Level for App {
        const NAME: &'static str = "application";
        const IS_PICC: bool = false;
    }

    pub trait Auth {}

    impl Auth for Public {}
    impl Auth for Secure {}
}
