// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card that is a program in a virtual PC/SC reader: the card's side of the `vpcd` driver of the
//! vsmartcard project, over TCP.
//!
//! A message is its length (2 bytes, most significant byte first) and as many bytes. One byte is a
//! control message: `00` power off, `01` power on, `02` reset, `04` tell the answer to reset; all
//! others are APDUs, each answered by one message (vsmartcard, `vpcd.h`). The driver passes on what
//! a real reader answers itself, so the pseudo-APDU `FF CA` is answered here (PC/SC part 3,
//! 3.2.2.1.3).

use std::io::{self, Read, Write};
use std::net::TcpStream;

use arrayvec::ArrayVec;
use zeroize::Zeroizing;

use super::atr::contactless;
use crate::transport::{Contactless, LinkError, ReplyBuf};

/// The longest message whose length fits its two bytes.
const MAX_MESSAGE: usize = 0xFFFF;

/// The port that the driver listens on unless it is told another one.
pub const PORT: u16 = 35963;

/// A slot of a virtual reader that a card was put into.
#[derive(Debug)]
pub struct Slot {
    stream: TcpStream,
    /// The answer to reset, where another one than the card's own was asked for.
    atr: Option<ArrayVec<u8, 33>>,
}

/// How the reader's conversation with the card ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SlotError {
    /// Nobody listens there.
    #[error(
        "no virtual reader listens at {address}: {error}; start pcscd with the vpcd driver, or name its port"
    )]
    NoReader {
        /// The address.
        address: String,
        /// What the system says.
        error: io::Error,
    },
    /// The reader closed the connection.
    #[error("the virtual reader closed the connection")]
    Closed,
    /// The connection broke.
    #[error("the connection to the virtual reader broke: {0}")]
    Broken(io::Error),
    /// The driver sent no message.
    #[error("the virtual reader sent an empty message")]
    Empty,
    /// The card was taken out of the field: it gave no answer to the last command.
    #[error("the card gave no answer: {0}")]
    Card(LinkError),
    /// What was to be done after an exchange failed.
    #[error("{0}")]
    After(io::Error),
}

/// An answer to reset that no card has: it has 2 to 33 bytes, and `3B` or `3F` first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an ATR has 2 to 33 bytes, the first 3B or 3F")]
#[non_exhaustive]
pub struct AtrError;

impl Slot {
    /// Puts a card into the reader that listens at `address`.
    ///
    /// # Errors
    /// [`SlotError::NoReader`].
    pub fn connect(address: &str) -> Result<Self, SlotError> {
        let stream = TcpStream::connect(address).and_then(|stream| {
            stream.set_nodelay(true)?;
            Ok(stream)
        });
        match stream {
            Ok(stream) => Ok(Self { stream, atr: None }),
            Err(error) => Err(SlotError::NoReader { address: address.to_owned(), error }),
        }
    }

    /// Another answer to reset than the one that comes of the card's answer to select.
    ///
    /// # Errors
    /// [`AtrError`].
    pub fn with_atr(mut self, atr: &[u8]) -> Result<Self, AtrError> {
        if atr.len() < 2 || !matches!(atr.first(), Some(0x3B | 0x3F)) {
            return Err(AtrError);
        }
        self.atr = Some(ArrayVec::try_from(atr).map_err(|_| AtrError)?);
        Ok(self)
    }

    /// A handle by which another thread takes the card out: shut the connection down.
    ///
    /// # Errors
    /// [`io::Error`] of the system.
    pub fn handle(&self) -> io::Result<TcpStream> {
        self.stream.try_clone()
    }

    /// Answers the reader until it closes the connection or the card is gone. `after` is called
    /// after every command that the card answered, before its answer leaves, so that what an
    /// answer stands for is kept first.
    ///
    /// # Errors
    /// [`SlotError`] with the reason for the end; there is always one.
    pub fn serve<T: Contactless>(
        mut self,
        card: &mut T,
        mut after: impl FnMut(&T) -> io::Result<()>,
    ) -> Result<(), SlotError> {
        let mut message = Zeroizing::new(Vec::with_capacity(MAX_MESSAGE));
        loop {
            self.receive(&mut message)?;
            match message.as_slice() {
                [] => return Err(SlotError::Empty),
                // Power off, power on, reset: the card leaves the field and comes back.
                [0x00..=0x02] => card.activate(),
                [0x04] => {
                    let atr = match &self.atr {
                        Some(atr) => atr.clone(),
                        None => contactless(&card.ats()).into_iter().collect(),
                    };
                    self.send(&atr)?;
                }
                // The driver has no other control message; a card would not answer one byte.
                [_] => {}
                [0xFF, command @ ..] => {
                    let reply = by_reader(command, card);
                    self.send(&reply)?;
                }
                command => {
                    let mut reply = Zeroizing::new(ReplyBuf::new());
                    card.exchange(command, &mut reply).map_err(SlotError::Card)?;
                    after(card).map_err(SlotError::After)?;
                    self.send(&reply)?;
                }
            }
        }
    }

    fn receive(&mut self, message: &mut Vec<u8>) -> Result<(), SlotError> {
        let mut length = [0; 2];
        self.read(&mut length)?;
        message.clear();
        message.resize(u16::from_be_bytes(length).into(), 0);
        self.read(message)
    }

    /// Acknowledges at once what comes: the driver sends length and bytes apart, and the system
    /// would hold the second back until the first is acknowledged.
    fn read(&mut self, mut bytes: &mut [u8]) -> Result<(), SlotError> {
        while !bytes.is_empty() {
            #[cfg(target_os = "linux")]
            std::os::linux::net::TcpStreamExt::set_quickack(&self.stream, true)
                .map_err(SlotError::Broken)?;
            match self.stream.read(bytes) {
                Ok(0) => return Err(SlotError::Closed),
                Ok(count) => bytes = bytes.get_mut(count..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {
                    return Err(SlotError::Closed);
                }
                Err(error) => return Err(SlotError::Broken(error)),
            }
        }
        Ok(())
    }

    fn send(&mut self, reply: &[u8]) -> Result<(), SlotError> {
        let length = u16::try_from(reply.len()).unwrap_or(u16::MAX);
        let mut message = Zeroizing::new(Vec::with_capacity(reply.len().saturating_add(2)));
        message.extend(length.to_be_bytes());
        message.extend_from_slice(reply);
        self.stream.write_all(&message).map_err(SlotError::Broken)
    }
}

/// What a reader answers itself: the UID, and the historical bytes of the answer to select.
fn by_reader<T: Contactless>(command: &[u8], card: &T) -> ArrayVec<u8, 32> {
    let ats = card.ats();
    let uid = card.uid();
    let (data, le) = match *command {
        // A card whose UID nobody tells is one of those where readers refuse to.
        [0xCA, 0x00, 0x00, _] if uid.expose().is_empty() => {
            return ArrayVec::from_iter([0x6A, 0x81]);
        }
        [0xCA, 0x00, 0x00, le] => (uid.expose(), le),
        [0xCA, 0x01, 0x00, le] => (ats.historical(), le),
        [0xCA, ..] => return ArrayVec::from_iter([0x6A, 0x81]),
        _ => return ArrayVec::from_iter([0x6E, 0x00]),
    };
    let count = u8::try_from(data.len()).unwrap_or(u8::MAX);
    match le {
        0 => data.iter().copied().chain([0x90, 0x00]).collect(),
        le if le < count => ArrayVec::from_iter([0x6C, count]),
        le if le > count => data.iter().copied().chain([0x62, 0x82]).collect(),
        _ => data.iter().copied().chain([0x90, 0x00]).collect(),
    }
}
