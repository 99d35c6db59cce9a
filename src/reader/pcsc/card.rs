// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card on a PC/SC reader, held exclusively.

use core::time::Duration;
use std::ffi::CStr;
use std::thread;
use std::time::Instant;

use pcsc::{Context, Disposition, Error, Protocols, ShareMode, Status};

use super::errors::{is_gone, link, problem};
use super::holders;
use crate::iso7816::MAX_REPLY;
use crate::iso14443::{Ats, Uid};
use crate::reader::atr::CardFamily;
use crate::reader::first::{self, GotUid};
use crate::reader::{Quirks, ReaderError};
use crate::transport::{LinkError, ReplyBuf, Transport};

/// The shortest command APDU. Some drivers take less for messages to themselves, and hang.
const MIN_COMMAND: usize = 4;

/// How long another program may have the card: systems look at a card that comes, and let go of it.
const SHARED: Duration = Duration::from_secs(3);

/// How often it is tried meanwhile.
const AGAIN: Duration = Duration::from_millis(100);

/// The pseudo-APDU for the historical bytes of the ATS (PC/SC part 3, 3.2.2.1.3); many readers give
/// all of it.
const GET_ATS: [u8; 5] = [0xFF, 0xCA, 0x01, 0x00, 0x00];

/// A card that nobody else talks to, until it is dropped and powered off.
pub(super) struct PcscCard {
    /// `None` once it is given back.
    card: Option<pcsc::Card>,
    /// What the link failed with: from then on the card counts as gone.
    lost: Option<LinkError>,
    quirks: Quirks,
    /// Whether the reader tells the UID, so that it can be asked in the middle of a session.
    tells_uid: bool,
    /// Whether it was powered anew and sent nothing since that changes its state.
    fresh: bool,
}

impl PcscCard {
    /// Takes the card, once nobody else has it; `None` where it gives no answer, or has left again.
    pub(super) fn connect(
        context: &Context,
        name: &CStr,
        reader: &str,
    ) -> Result<Option<Self>, ReaderError> {
        let until = Instant::now() + SHARED;
        loop {
            match context.connect(name, ShareMode::Exclusive, Protocols::ANY) {
                Ok(card) => {
                    let quirks = Quirks::of(reader);
                    let card = Some(card);
                    let card = Self { card, lost: None, quirks, tells_uid: true, fresh: false };
                    card.refuse_others(reader)?;
                    return Ok(Some(card));
                }
                Err(error) if is_gone(error) => return Ok(None),
                Err(Error::SharingViolation) if Instant::now() < until => thread::sleep(AGAIN),
                Err(Error::SharingViolation) => {
                    let (reader, by) = (reader.to_owned(), holders::of_the_service());
                    return Err(ReaderError::InUse { reader, by });
                }
                Err(error) => return Err(problem(reader, error)),
            }
        }
    }

    /// Powers the card off and on, and gives the UID that it shows then; `None` where it gives no
    /// answer, or has left again.
    pub(super) fn power_anew(&mut self, reader: &str) -> Result<Option<Uid>, ReaderError> {
        let Some(card) = &mut self.card else { return Ok(None) };
        match card.reconnect(ShareMode::Exclusive, Protocols::ANY, Disposition::UnpowerCard) {
            Ok(()) => {
                self.lost = None;
                let uid = self.show_uid(reader);
                // The version changes nothing, where that was asked for.
                self.fresh = true;
                uid
            }
            Err(error) if is_gone(error) => Ok(None),
            Err(error) => Err(problem(reader, error)),
        }
    }

    /// The UID that it shows now; `None` where it gives no answer, or has left again.
    pub(super) fn show_uid(&mut self, reader: &str) -> Result<Option<Uid>, ReaderError> {
        let reader = reader.to_owned();
        let got = first::ask(self);
        self.tells_uid = matches!(got, Ok(GotUid::OfReader(_)));
        match got {
            Ok(GotUid::OfReader(uid) | GotUid::OfCard(uid)) => Ok(Some(uid)),
            Ok(GotUid::Other(error)) => Err(ReaderError::OtherUid { reader, error }),
            Ok(GotUid::Status(status)) => Err(ReaderError::NoUid { reader, status }),
            Err(LinkError::ReaderGone) => Err(ReaderError::Unplugged { reader }),
            Err(LinkError::ServiceGone) => Err(ReaderError::NoService),
            // Whatever else happens to the first exchange, the next one may do better.
            Err(_) => Ok(None),
        }
    }

    /// The whole ATS, where the reader tells it. A command that the reader knows not is no loss.
    pub(super) fn show_ats(&mut self) -> Result<Option<Ats>, LinkError> {
        if !self.quirks.asked_for_ats {
            return Ok(None);
        }
        let mut reply = ReplyBuf::new();
        self.exchange(&GET_ATS, &mut reply)?;
        let ats = reply.strip_suffix(&[0x90, 0x00]).and_then(|bytes| Ats::new(bytes).ok());
        // A lone TL says nothing, and may as well be a historical byte.
        Ok(ats.filter(|ats| ats.as_bytes().len() > 1))
    }

    /// What an error of an exchange comes to. A reader may have lost its card and not say so: where the
    /// error does not tell, the service is asked, and the card is powered anew, which one that is there
    /// answers. Its session is lost either way.
    fn lost_by(&mut self, error: LinkError) -> LinkError {
        if !matches!(error, LinkError::Reader { .. } | LinkError::NoStatusWord) {
            return error;
        }
        let Some(card) = &mut self.card else { return LinkError::CardRemoved };
        let there = match card.status2_owned() {
            Ok(status) if status.status().contains(Status::ABSENT) => Err(Error::NoSmartcard),
            Ok(_) => card.reconnect(ShareMode::Exclusive, Protocols::ANY, Disposition::UnpowerCard),
            Err(gone) => Err(gone),
        };
        match there {
            Err(gone) if is_gone(gone) => LinkError::CardRemoved,
            Ok(()) | Err(_) => error,
        }
    }

    /// Tells cards that know no DESFire by their answer to reset.
    fn refuse_others(&self, reader: &str) -> Result<(), ReaderError> {
        let Some(card) = &self.card else { return Ok(()) };
        let status = card.status2_owned().map_err(|error| problem(reader, error))?;
        let found = match CardFamily::of(status.atr()) {
            // An odd answer is the reader's word; the card is asked itself.
            CardFamily::Iso14443_4 | CardFamily::Other => return Ok(()),
            CardFamily::Storage(name) => name.to_owned(),
        };
        Err(ReaderError::WrongCard { reader: reader.to_owned(), found })
    }
}

impl Transport for PcscCard {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        reply.clear();
        if let Some(error) = self.lost {
            return Err(error);
        }
        if command.len() < MIN_COMMAND {
            return Err(LinkError::NoCommand { length: command.len() });
        }
        if command.len() > self.quirks.longest_command {
            return Err(LinkError::CommandTooLong { length: command.len() });
        }
        // What the reader answers itself does not reach the card.
        self.fresh &= command.first() == Some(&0xFF);
        let result = match &self.card {
            Some(card) => transmit(card, command, reply),
            None => Err(LinkError::CardRemoved),
        };
        let result = result.map_err(|error| self.lost_by(error));
        self.lost = result.err();
        result
    }

    fn is_software(&self) -> bool {
        self.quirks.is_software
    }

    fn is_fresh(&self) -> bool {
        self.fresh
    }

    fn longest(&self) -> usize {
        self.quirks.longest_command
    }

    fn uid_in_field(&mut self) -> Result<Option<Uid>, LinkError> {
        if !self.tells_uid {
            return Ok(None);
        }
        match first::ask_reader(self)? {
            GotUid::OfReader(uid) | GotUid::OfCard(uid) => Ok(Some(uid)),
            // It told the UID before.
            GotUid::Other(_) | GotUid::Status(_) => Err(LinkError::CardReset),
        }
    }
}

fn transmit(card: &pcsc::Card, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
    let mut room = zeroize::Zeroizing::new([0; MAX_REPLY]);
    let answer = card.transmit(command, &mut *room).map_err(link)?;
    if answer.len() < 2 {
        return Err(LinkError::NoStatusWord);
    }
    reply.try_extend_from_slice(answer).map_err(|_| LinkError::AnswerTooLong)
}

impl Drop for PcscCard {
    /// Powers the card off: no session is left to the next program.
    fn drop(&mut self) {
        if let Some(card) = self.card.take() {
            // A card that left has nothing to be powered off.
            let _gone = card.disconnect(Disposition::UnpowerCard);
        }
    }
}
