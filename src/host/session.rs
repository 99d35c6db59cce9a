// SPDX-License-Identifier: MIT OR Apache-2.0
//! The session types: which level is selected, and whether a key has authenticated.

use core::fmt;
use core::marker::PhantomData;

use super::answer::{Answer, Grade};
use super::channel::Channel;
use super::command::{Extent, KeyChange, Request};
use super::error::{Error, Failed, Misbehaviour};
use super::line::Line;
use super::rules;
use crate::bytes::DecodeError;
use crate::iso14443::Uid;
use crate::transport::Transport;
use crate::wire::{KeyNo, KeyType};

/// A conversation with one card. `L` is the selected level ([`Picc`] or [`App`]), `A` whether a
/// key has authenticated ([`Public`] or [`Secure`]).
///
/// A call that fails for another reason than [`Error::Misuse`] ends the session: every later call
/// is [`Error::SessionLost`] and sends nothing. The one exception is a refusal without an
/// authenticated key, after which the session goes on.
#[must_use]
pub struct Session<'t, L: Level, A: Auth> {
    pub(super) line: Box<Line<'t>>,
    pub(super) auth: A,
    level: PhantomData<L>,
}

impl<'t> Session<'t, Picc, Public> {
    /// The card was just activated: the PICC level is selected and nobody is authenticated.
    /// Sends nothing. Where something else was selected before, select first.
    pub fn open(transport: &'t mut dyn Transport) -> Self {
        Self::at(Box::new(Line::new(transport)), Public)
    }

    /// As [`Session::open`], for a transport that passes frames through as they are: instruction and
    /// parameters out, status and data in, without the APDU around them.
    pub fn open_native(transport: &'t mut dyn Transport) -> Self {
        Self::at(Box::new(Line::native(transport)), Public)
    }
}

impl<'t, L: Level> Session<'t, L, Secure> {
    /// A session that other commands have authenticated.
    pub(super) fn resumed(transport: &'t mut dyn Transport, secure: Secure) -> Self {
        Self::at(Box::new(Line::new(transport)), secure)
    }
}

impl<'t, L: Level, A: Auth> Session<'t, L, A> {
    pub(super) const fn at(line: Box<Line<'t>>, auth: A) -> Self {
        Self { line, auth, level: PhantomData }
    }

    /// The UID of the card that is in the field now, as the reader tells it without an exchange with
    /// the card; `None` where the transport cannot tell.
    ///
    /// # Errors
    /// [`Error::Link`] where there is no card any more, and the session is lost.
    pub fn uid_in_field(&mut self) -> Result<Option<Uid>, Error> {
        self.line.uid_in_field()
    }

    /// Sends one command under the session's protection, proves the reply and reads it.
    pub(super) fn perform<T>(
        &mut self,
        request: &Request<'_>,
        decode: impl FnOnce(&[u8]) -> Result<T, DecodeError>,
    ) -> Result<Answer<T>, Error> {
        self.line.usable()?;
        let out = self.line.outgoing(request.header.len() + request.data.len());
        match self.auth.secure_mut() {
            Some(secure) => secure.channel.seal(request, out)?,
            None => {
                out.extend_from_slice(request.header);
                out.extend_from_slice(request.data);
            }
        }
        let answer = self.exchange(request, decode);
        self.settle(&answer);
        answer
    }

    /// As [`Session::perform`], for a command whose reply has no data.
    pub(super) fn perform_empty(&mut self, request: &Request<'_>) -> Result<Answer<()>, Error> {
        let request = Request { extent: Extent::Told(0), ..*request };
        self.perform(&request, |_| Ok(()))
    }

    /// Nobody is authenticated any more: the card refused, or did something unknown.
    pub(super) fn ended(mut self, error: Error) -> Failed<Session<'t, L, Public>> {
        let refused = matches!(error, Error::Refused { .. });
        if refused {
            self.line.mend();
        }
        Failed { error, session: refused.then(|| Session::at(self.line, Public)) }
    }

    /// The number of the key that has authenticated.
    pub(super) fn key_no(&self) -> Option<KeyNo> {
        self.auth.secure().map(|secure| secure.key_no)
    }

    /// Sends what is sealed, proves the reply and reads it.
    fn exchange<T>(
        &mut self,
        request: &Request<'_>,
        decode: impl FnOnce(&[u8]) -> Result<T, DecodeError>,
    ) -> Result<Answer<T>, Error> {
        let command = request.rule.ins;
        let misbehaved = |how| Error::Misbehaved { command, how };
        self.line.send(command, request.extent)?;
        let reply = self.line.incoming();
        let grade = match self.auth.secure_mut() {
            Some(secure) => secure.channel.open(request, reply).map_err(misbehaved)?,
            None => Grade::Said,
        };
        let found = reply.len();
        match request.extent {
            Extent::Told(length) | Extent::Rest(length) if length != found => {
                Err(misbehaved(Misbehaviour::Length { found }))
            }
            Extent::Any | Extent::Framed | Extent::Told(_) | Extent::Rest(_) => {
                let value =
                    decode(reply).map_err(|error| misbehaved(Misbehaviour::Value(error)))?;
                Ok(Answer { value, grade })
            }
        }
    }

    /// Mends the fuse after a proven reply, and after a refusal where no key could be lost.
    fn settle<T>(&mut self, answer: &Result<Answer<T>, Error>) {
        match answer {
            Ok(_) => self.line.mend(),
            Err(Error::Refused { .. }) if self.auth.secure().is_none() => self.line.mend(),
            Err(_) => {}
        }
    }
}

impl<L: Level> Session<'_, L, Secure> {
    /// Changes a key that is not the session's own.
    pub(super) fn perform_key_change(
        &mut self,
        change: &KeyChange<'_>,
    ) -> Result<Answer<()>, Error> {
        self.line.usable()?;
        self.auth.channel.seal_key_change(change, self.line.outgoing(MAX_KEY_CHANGE))?;
        let extent = Extent::Told(0);
        let request = Request { extent, ..Request::new(&rules::CHANGE_KEY, &[]) };
        let answer = self.exchange(&request, |_| Ok(()));
        self.settle(&answer);
        answer
    }

    /// Changes the session's own key; the reply is the bare status, and nobody is authenticated
    /// any more.
    pub(super) fn perform_own_key_change(&mut self, change: &KeyChange<'_>) -> Result<(), Error> {
        self.line.usable()?;
        self.auth.channel.seal_key_change(change, self.line.outgoing(MAX_KEY_CHANGE))?;
        self.line.send_bare(rules::CHANGE_KEY.ins)?;
        self.line.mend();
        Ok(())
    }
}

/// Key number and the longest cryptogram of ChangeKey.
const MAX_KEY_CHANGE: usize = 64;

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
pub struct Secure {
    pub(super) channel: Channel,
    pub(super) key_no: KeyNo,
    pub(super) key_type: KeyType,
}

impl fmt::Debug for Secure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secure(key {})", self.key_no)
    }
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

    pub trait Auth {
        fn secure(&self) -> Option<&Secure>;
        fn secure_mut(&mut self) -> Option<&mut Secure>;
    }

    impl Auth for Public {
        fn secure(&self) -> Option<&Secure> {
            None
        }

        fn secure_mut(&mut self) -> Option<&mut Secure> {
            None
        }
    }

    impl Auth for Secure {
        fn secure(&self) -> Option<&Secure> {
            Some(self)
        }

        fn secure_mut(&mut self) -> Option<&mut Secure> {
            Some(self)
        }
    }
}
