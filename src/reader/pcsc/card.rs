// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card on a PC/SC reader, held exclusively.

use std::ffi::CStr;

use pcsc::{Context, Disposition, Protocols, ShareMode};

use super::errors::{is_gone, link, problem};
use crate::iso7816::MAX_REPLY;
use crate::iso14443::{Ats, Uid};
use crate::reader::atr::CardFamily;
use crate::reader::{Quirks, ReaderError};
use crate::transport::{LinkError, ReplyBuf, Transport};

/// The shortest command APDU. Some drivers take less for messages to themselves, and hang.
const MIN_COMMAND: usize = 4;

/// The pseudo-APDU by which a reader tells the UID (PC/SC part 3, 3.2.2.1.3).
const GET_UID: [u8; 5] = [0xFF, 0xCA, 0x00, 0x00, 0x00];

/// The pseudo-APDU for the historical bytes of the ATS (the same); many readers give all of it.
const GET_ATS: [u8; 5] = [0xFF, 0xCA, 0x01, 0x00, 0x00];

/// A card that nobody else talks to, until it is dropped and powered off.
pub(super) struct PcscCard {
    /// `None` once it is given back.
    card: Option<pcsc::Card>,
    /// What the link failed with: from then on the card counts as gone.
    lost: Option<LinkError>,
    quirks: Quirks,
}

impl PcscCard {
    /// Takes the card; `None` where it has left again.
    pub(super) fn connect(
        context: &Context,
        name: &CStr,
        reader: &str,
    ) -> Result<Option<Self>, ReaderError> {
        match context.connect(name, ShareMode::Exclusive, Protocols::ANY) {
            Ok(card) => {
                let card = Self { card: Some(card), lost: None, quirks: Quirks::of(reader) };
                card.refuse_others(reader)?;
                Ok(Some(card))
            }
            Err(error) if is_gone(error) => Ok(None),
            Err(error) => Err(problem(reader, error)),
        }
    }

    /// Powers the card off and on; `false` where it has left again.
    pub(super) fn power_anew(&mut self, reader: &str) -> Result<bool, ReaderError> {
        let Some(card) = &mut self.card else { return Ok(false) };
        match card.reconnect(ShareMode::Exclusive, Protocols::ANY, Disposition::UnpowerCard) {
            Ok(()) => Ok(true),
            Err(error) if is_gone(error) => Ok(false),
            Err(error) => Err(problem(reader, error)),
        }
    }

    /// The UID that it shows now; `None` where it has left again.
    pub(super) fn show_uid(&mut self, reader: &str) -> Result<Option<Uid>, ReaderError> {
        let reader = reader.to_owned();
        match self.get_uid() {
            Ok(GotUid::Uid(uid)) => Ok(Some(uid)),
            Ok(GotUid::Other(error)) => Err(ReaderError::OtherUid { reader, error }),
            Ok(GotUid::Status(status)) => Err(ReaderError::NoUid { reader, status }),
            Err(LinkError::ReaderGone) => Err(ReaderError::Unplugged { reader }),
            Err(LinkError::ServiceGone) => Err(ReaderError::NoService),
            // Whatever else happens to the first exchange, the next card may do better.
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

    fn get_uid(&mut self) -> Result<GotUid, LinkError> {
        let mut reply = ReplyBuf::new();
        self.exchange(&GET_UID, &mut reply)?;
        let Some((uid, status)) = reply.split_last_chunk::<2>() else {
            return Err(LinkError::NoStatusWord);
        };
        match u16::from_be_bytes(*status) {
            0x9000 => Ok(Uid::from_bytes(uid).map_or_else(GotUid::Other, GotUid::Uid)),
            status => Ok(GotUid::Status(status)),
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

/// What a reader says when it is asked for the UID.
enum GotUid {
    Uid(Uid),
    Other(crate::iso14443::UidError),
    Status(u16),
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
        let result = match &self.card {
            Some(card) => transmit(card, command, reply),
            None => Err(LinkError::CardRemoved),
        };
        self.lost = result.err();
        result
    }

    fn is_software(&self) -> bool {
        self.quirks.is_software
    }

    fn uid_in_field(&mut self) -> Result<Option<Uid>, LinkError> {
        match self.get_uid()? {
            GotUid::Uid(uid) => Ok(Some(uid)),
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
