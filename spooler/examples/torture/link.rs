// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is said between a reader and the cards, over a socket: a word and what goes with it.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use crate::shared::{Failure, SOCKET};

// Asked.
/// The next card, please; with the mark of the one that the order asks for, or nothing.
pub(crate) const NEXT: u8 = b'N';
/// An APDU.
pub(crate) const APDU: u8 = b'A';
/// Which card lies there?
pub(crate) const UID: u8 = b'U';
/// The same card once more.
pub(crate) const AGAIN: u8 = b'H';
/// A line of the outbox.
pub(crate) const LINE: u8 = b'L';
/// The card with this mark, once it lies nowhere.
pub(crate) const LOOK: u8 = b'S';
/// The card with this mark is of no use.
pub(crate) const SPOIL: u8 = b'P';
/// That is all.
pub(crate) const END: u8 = b'E';

// Answered.
pub(crate) const YES: u8 = b'y';
pub(crate) const NO: u8 = b'n';
/// The card was reset.
pub(crate) const RESET: u8 = b'r';

/// The longest that is said: a card.
const MOST: usize = 1 << 20;

/// A way to the cards.
pub(crate) struct Link(UnixStream);

impl Link {
    pub(crate) fn to(folder: &Path) -> io::Result<Self> {
        UnixStream::connect(folder.join(SOCKET)).map(Self)
    }

    pub(crate) const fn over(stream: UnixStream) -> Self {
        Self(stream)
    }

    pub(crate) fn say(&mut self, word: u8, rest: &[u8]) -> io::Result<()> {
        let length = u32::try_from(rest.len()).map_err(io::Error::other)?;
        let mut frame = length.to_be_bytes().to_vec();
        frame.push(word);
        frame.extend(rest);
        self.0.write_all(&frame)
    }

    pub(crate) fn hear(&mut self) -> io::Result<(u8, Vec<u8>)> {
        let mut head = [0; 5];
        self.0.read_exact(&mut head)?;
        let [a, b, c, d, word] = head;
        let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        if length > MOST {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut rest = vec![0; length];
        self.0.read_exact(&mut rest)?;
        Ok((word, rest))
    }

    pub(crate) fn ask(&mut self, word: u8, rest: &[u8]) -> io::Result<(u8, Vec<u8>)> {
        self.say(word, rest)?;
        self.hear()
    }

    /// Asks for what cannot be refused.
    pub(crate) fn order(&mut self, word: u8, rest: &[u8]) -> Result<Vec<u8>, Failure> {
        match self.ask(word, rest)? {
            (YES, answer) => Ok(answer),
            (other, _) => Err(format!("the cards say {:?}", char::from(other)).into()),
        }
    }
}
