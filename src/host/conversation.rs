// SPDX-License-Identifier: MIT OR Apache-2.0
//! A conversation with one card: the one place that sends commands. It knows at run time what the
//! typed [`Session`](super::Session)s know in their types.

use super::answer::{Answer, Grade};
use super::channel::{Channel, Protection};
use super::command::{Command, Extent, Reply, Request};
use super::dynamic::SdmCipher;
use super::error::{Error, Misbehaviour, Misuse};
use super::file::File;
use super::line::Line;
use super::rule::Level;
use super::session::Authenticated;
use crate::iso14443::Uid;
use crate::transport::Transport;
use crate::wire::{FileNo, FileSettings, KeyNo, Opening, Silicon};

/// What is selected, who has authenticated, and whether the card's state is known at all.
pub(crate) struct Conversation<'t> {
    pub(super) line: Line<'t>,
    pub(super) secure: Option<Authenticated>,
    pub(super) in_application: bool,
    /// What chip it is, once that is known.
    silicon: Option<&'static Silicon>,
}

impl<'t> Conversation<'t> {
    /// The card was just activated: the PICC level is selected and nobody is authenticated.
    /// Sends nothing.
    pub(crate) fn open(transport: &'t mut dyn Transport) -> Self {
        Self { line: Line::new(transport), secure: None, in_application: false, silicon: None }
    }

    /// The same in native frames.
    pub(super) fn native(transport: &'t mut dyn Transport) -> Self {
        Self { line: Line::native(transport), secure: None, in_application: false, silicon: None }
    }

    /// The card is of this kind: some commands go otherwise then.
    pub(crate) const fn is_of(&mut self, silicon: &'static Silicon) {
        self.silicon = Some(silicon);
    }

    /// The card takes frames of so many bytes (FSC, by its ATS).
    pub(crate) const fn takes_frames(&mut self, size: usize) {
        self.line.takes_frames(size);
    }

    /// How many bytes of parameters fit a frame.
    pub(crate) fn frame(&self) -> usize {
        self.line.frame()
    }

    /// A file of these settings, as the card takes its data.
    pub(crate) fn file(&self, no: FileNo, settings: FileSettings) -> File {
        let file = File::on((self.silicon, self.protection()), no, settings);
        file.through(self.longest()).in_frames_of(self.frame())
    }

    /// How many bytes a command may have, and an answer, for the reader to pass them on.
    pub(crate) fn longest(&self) -> usize {
        self.line.longest()
    }

    /// The number of the key that has authenticated.
    pub(crate) fn key_no(&self) -> Option<KeyNo> {
        self.secure.as_ref().map(|secure| secure.key_no)
    }

    /// By what the chip enciphers, as far as its session tells.
    pub(super) fn sdm_cipher(&self) -> Option<SdmCipher> {
        match &self.secure.as_ref()?.channel {
            Channel::Ev2(channel) if channel.is_lrp() => Some(SdmCipher::Lrp),
            Channel::D40(_) | Channel::Ev1(_) | Channel::Ev2(_) => Some(SdmCipher::Aes),
        }
    }

    /// Whether a key has authenticated with EV2 messaging.
    fn is_ev2(&self) -> bool {
        self.secure.as_ref().is_some_and(|secure| matches!(secure.channel, Channel::Ev2(_)))
    }

    /// What protects the commands to come.
    pub(crate) fn protection(&self) -> Protection {
        self.secure
            .as_ref()
            .map_or(Protection::Bare, |session| Protection::of(session.opening, session.key_type))
    }

    /// How to open a session from here: where an EV2 transaction is open, it goes on.
    pub(crate) fn next_opening(&self, opening: Opening) -> Opening {
        self.protection().next_opening(opening)
    }

    /// The UID of the card in the field, from the reader. The session is lost where it cannot say.
    pub(crate) fn uid_in_field(&mut self) -> Result<Option<Uid>, Error> {
        self.line.uid_in_field()
    }

    /// Sends a command under the session's protection, proves the reply and reads it.
    pub(crate) fn run<C: Command>(&mut self, command: &C) -> Result<Answer<C::Output>, Error> {
        self.line.usable()?;
        self.stands_right(command)?;
        if command.brings_live_key() {
            self.line.takes_live_keys()?;
        }
        let request = Request::of(command, self.silicon);
        let out = self.line.outgoing(request.room());
        match &mut self.secure {
            Some(secure) => secure.channel.seal_command(command, &request, out)?,
            None => request.bare(out),
        }
        let answer = self.exchange(command, &request);
        match &answer {
            Ok(_) => self.line.mend(),
            // Nobody was authenticated whom a refusal could have put out.
            Err(Error::Refused { .. }) if self.secure.is_none() => self.line.mend(),
            Err(_) => {}
        }
        answer
    }

    /// Sends a command that is the last of its session, or needs none: nobody is authenticated
    /// afterwards, unless nothing was sent.
    pub(crate) fn run_last<C: Command>(&mut self, command: &C) -> Result<Answer<C::Output>, Error> {
        let answer = self.run(command);
        match &answer {
            Err(Error::Misuse(_) | Error::SessionLost) => {}
            Ok(_) => self.secure = None,
            Err(error) => self.end(error),
        }
        answer
    }

    /// Nobody is authenticated any more: the card refused, which it says of itself, or did
    /// something unknown.
    pub(super) fn end(&mut self, error: &Error) {
        self.secure = None;
        if matches!(error, Error::Refused { .. } | Error::IsoRefused { .. }) {
            self.line.mend();
        }
    }

    /// The last answer came whole and does not tell whether the command was executed. Nobody counts as
    /// authenticated, and what comes next has to look at the card.
    pub(crate) fn go_on_unsure(&mut self) {
        self.secure = None;
        self.line.mend();
    }

    /// The card has ended the session by a refusal, and nobody is authenticated any more: a level
    /// may be selected again.
    pub(crate) fn put_out(&mut self, refused: &Error) {
        self.end(refused);
    }

    /// Whether the command may be sent from here.
    fn stands_right<C: Command>(&self, command: &C) -> Result<(), Misuse> {
        let rule = command.rule();
        match rule.level {
            Level::Picc if self.in_application => Err(Misuse::NotPicc),
            Level::Application if !self.in_application => Err(Misuse::NoApplication),
            _ if rule.secure && self.secure.is_none() => Err(Misuse::Nobody),
            _ if rule.in_ev2 && !self.is_ev2() => Err(Misuse::OnlyEv2),
            Level::Any | Level::Picc | Level::Application => Ok(()),
        }
    }

    /// Sends what is sealed, proves the reply and reads it.
    fn exchange<C: Command>(
        &mut self,
        command: &C,
        request: &Request<'_>,
    ) -> Result<Answer<C::Output>, Error> {
        let ins = request.rule.ins;
        let misbehaved = |how| Error::Misbehaved { command: ins, how };
        let status = self.line.send(request)?;
        let (reply, ends) = self.line.reply();
        let grade = match &mut self.secure {
            Some(secure) if request.extent != Extent::Bare => {
                secure.channel.open(request, status, reply).map_err(misbehaved)?
            }
            _ => Grade::Said,
        };
        let found = reply.len();
        let fits = match request.extent {
            Extent::Bare => found == 0,
            Extent::Told(length) | Extent::Rest(length) => found == length,
            Extent::UpTo(_) | Extent::Framed(_) => true,
        };
        if !fits {
            return Err(misbehaved(Misbehaviour::Length { found }));
        }
        let value = command.decode(Reply { data: reply, ends }).map_err(misbehaved)?;
        Ok(Answer { value, grade })
    }
}
