// SPDX-License-Identifier: MIT OR Apache-2.0
//! How bytes reach a card: one trait, and wrappers that are transports themselves.

mod budget;
mod contactless;
mod in_field;
mod meter;
mod record;
mod replay;
mod script;
mod tear;
mod trace;

pub use budget::{Budget, Budgeted};
pub use contactless::Contactless;
pub use in_field::InField;
pub use meter::{Meter, Traffic};
pub use record::{Recorder, TestKeysOnly};
pub use replay::Replay;
pub use script::{Script, ScriptError, ScriptErrorKind, Step};
pub use tear::{Moment, Tear};
pub use trace::{Exchange, Trace};

use arrayvec::ArrayVec;

use crate::iso7816::MAX_REPLY;
use crate::iso14443::Uid;

/// The longest short APDU: header and length (5 bytes), 255 of data, and Le.
pub const LONGEST: usize = 261;

/// Room for one short response APDU.
pub type ReplyBuf = ArrayVec<u8, MAX_REPLY>;

/// A connection to one card.
///
/// - **Ownership.** Whoever holds the transport talks to the card alone; nobody else sends to it
///   meanwhile.
/// - **Exchange.** `command` goes to the card unchanged, once; the card's whole answer, status word
///   included, replaces the content of `reply`. An answer of any status word is a success of the
///   transport: `91AE` is `Ok`.
/// - **Retries.** A transport never sends a command twice. It cannot know whether the card executed
///   one that was not answered.
/// - **Loss.** After an error the card counts as gone: whether it executed the last command is
///   unknown, and its session is lost. The transport stays in error until a new card is presented.
/// - **Answers under two bytes** are errors ([`LinkError::NoStatusWord`]), never handed on.
///
/// A transport of one's own says what it must, and that it leads to a card and not to a program if it
/// does:
///
/// ```
/// use std::io::{Read, Write};
///
/// use cardwright::iso14443::{RealUid, Uid};
/// use cardwright::transport::{InField, LinkError, ReplyBuf, Transport};
///
/// /// A reader behind a serial line: a length byte, then the APDU; the same comes back.
/// struct Serial<L>(L);
///
/// impl<L: Read + Write> Transport for Serial<L> {
///     fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
///         reply.clear();
///         let gone = |_| LinkError::ReaderGone;
///         let length = command.len();
///         let length = u8::try_from(length).map_err(|_| LinkError::CommandTooLong { length })?;
///         self.0.write_all(&[length]).map_err(gone)?;
///         self.0.write_all(command).map_err(gone)?;
///         let mut length = [0];
///         self.0.read_exact(&mut length).map_err(gone)?;
///         let mut answer = vec![0; length[0].into()];
///         self.0.read_exact(&mut answer).map_err(gone)?;
///         if answer.len() < 2 {
///             return Err(LinkError::NoStatusWord);
///         }
///         reply.try_extend_from_slice(&answer).map_err(|_| LinkError::AnswerTooLong)
///     }
///
///     // A reader, on which cards lie: live keys may be used.
///     fn is_software(&self) -> bool {
///         false
///     }
/// }
///
/// # #[derive(Default)]
/// # struct Line(Vec<u8>, std::io::Cursor<Vec<u8>>);
/// # impl Read for Line {
/// #     fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> { self.1.read(to) }
/// # }
/// # impl Write for Line {
/// #     fn write(&mut self, from: &[u8]) -> std::io::Result<usize> { self.0.write(from) }
/// #     fn flush(&mut self) -> std::io::Result<()> { Ok(()) }
/// # }
/// # let line = Line(Vec::new(), std::io::Cursor::new(vec![2, 0x91, 0x00]));
/// // What the reader was told in the anticollision comes with it, and goes to an encoder.
/// let uid = Uid::Real(RealUid::new([0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]));
/// let mut card = InField::new(uid, Serial(line));
///
/// let mut reply = ReplyBuf::new();
/// card.transport.exchange(&[0x90, 0x5A, 0x00, 0x00, 0x03, 0, 0, 0, 0x00], &mut reply)?;
/// assert_eq!(reply[..], [0x91, 0x00]);
/// # Ok::<(), LinkError>(())
/// ```
pub trait Transport {
    /// Sends one command and waits for its answer.
    ///
    /// # Errors
    /// [`LinkError`] where no whole answer came back.
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError>;

    /// The UID of the card that is in the field now, which the reader knows without an exchange with
    /// the card. `None` where the transport cannot tell.
    ///
    /// # Errors
    /// [`LinkError`] where there is no card any more.
    fn uid_in_field(&mut self) -> Result<Option<Uid>, LinkError> {
        Ok(None)
    }

    /// Whether a program answers instead of a card. No session uses live keys on one, so a transport
    /// has to say that it is a reader; a wrapper passes its inner transport's answer on.
    fn is_software(&self) -> bool {
        true
    }

    /// Whether the card was activated and nobody has sent it a command since, so that the PICC level
    /// is selected and nobody is authenticated: what a reader hands out. A transport that was talked
    /// through, or that shares its card with others, says no, and the host begins with a select; a
    /// wrapper passes its inner transport's answer on.
    fn is_fresh(&self) -> bool {
        true
    }

    /// How many bytes a command may have, and an answer with its status word, for the reader to pass them on:
    /// a short APDU has [`LONGEST`] at most (ISO/IEC 7816-3, 12.1.3). Nothing longer is sent to cards that take
    /// their data in one APDU; a wrapper passes its inner transport's answer on.
    fn longest(&self) -> usize {
        LONGEST
    }
}

impl<T: Transport + ?Sized> Transport for &mut T {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        (**self).exchange(command, reply)
    }

    fn uid_in_field(&mut self) -> Result<Option<Uid>, LinkError> {
        (**self).uid_in_field()
    }

    fn is_software(&self) -> bool {
        (**self).is_software()
    }

    fn is_fresh(&self) -> bool {
        (**self).is_fresh()
    }

    fn longest(&self) -> usize {
        (**self).longest()
    }
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        (**self).exchange(command, reply)
    }

    fn uid_in_field(&mut self) -> Result<Option<Uid>, LinkError> {
        (**self).uid_in_field()
    }

    fn is_software(&self) -> bool {
        (**self).is_software()
    }

    fn is_fresh(&self) -> bool {
        (**self).is_fresh()
    }

    fn longest(&self) -> usize {
        (**self).longest()
    }
}

/// The link to the card failed; what the card did with the last command is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// The card left the field.
    #[error("the card was removed")]
    CardRemoved,
    /// Something reset the card, or put another one in its place.
    #[error("the card was reset, or swapped for another one")]
    CardReset,
    /// The reader is gone.
    #[error("the reader was unplugged")]
    ReaderGone,
    /// The service that readers are reached through is gone.
    #[error("the smart card service stopped")]
    ServiceGone,
    /// The reader's driver panicked. What it said is not kept: it may hold personal data.
    #[error("the reader's driver panicked")]
    DriverPanicked,
    /// The card used up the exchanges or the time that one may take ([`Budget`]); the command was
    /// not sent.
    #[error("the card does not come to an end: its exchanges or its time are used up")]
    OverBudget,
    /// The reader reports something else.
    #[error("the reader reports error {code:08X}")]
    Reader {
        /// The code, as PC/SC defines it.
        code: u32,
    },
    /// The command has fewer bytes than a command APDU, and was not sent.
    #[error("a command of {length} bytes is no APDU")]
    NoCommand {
        /// How many bytes.
        length: usize,
    },
    /// The command has more bytes than the reader passes on, and was not sent.
    #[error("a command of {length} bytes is longer than the reader passes on")]
    CommandTooLong {
        /// How many bytes.
        length: usize,
    },
    /// The answer is longer than a short response APDU.
    #[error("the answer is longer than 256 bytes and a status word")]
    AnswerTooLong,
    /// The answer has fewer than two bytes.
    #[error("the answer has no status word")]
    NoStatusWord,
    /// A replay was sent another command than its script has.
    #[error("the command differs from line {line} of the script at byte {at}")]
    OffScript {
        /// The line of the script, counted from 1.
        line: usize,
        /// How many bytes are the same.
        at: usize,
    },
    /// A replay was sent a command after the end of its script.
    #[error("the script ended with the exchange in line {line}")]
    ScriptEnded {
        /// The line of the last command, counted from 1; 0 where there is none.
        line: usize,
    },
}
