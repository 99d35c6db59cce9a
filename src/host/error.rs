// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can go wrong, by culprit: the link, the card's refusal, a card that misbehaves, the caller.

mod iso;

use core::fmt;

use crate::bytes::DecodeError;
use crate::iso7816::StatusWord;
use crate::transport::LinkError;
use crate::wire::{Ins, Status};

pub use iso::IsoCommand;

/// Why a command brought no proven answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No whole answer came back. Whether the card executed the command is unknown.
    #[error("{0}")]
    Link(#[from] LinkError),
    /// The card refused. It did not execute the command, and an authenticated session ended.
    #[error("{command}: the card answered {status}{}", cause(*.command, *.status))]
    Refused {
        /// The command that was refused.
        command: Ins,
        /// The status byte.
        status: Status,
    },
    /// The card refused an ISO command. A session that was open ended.
    #[error("{command}: the card answered {status}{}", iso::cause(*.command, *.status))]
    IsoRefused {
        /// The command that was refused.
        command: IsoCommand,
        /// The status word.
        status: StatusWord,
    },
    /// The answer to an ISO command does not fit.
    #[error("{command}: a reply that does not fit, with status {status}")]
    IsoMisfit {
        /// The command that was answered.
        command: IsoCommand,
        /// The status word.
        status: StatusWord,
    },
    /// The card could not prove in an ISO authentication that it knows the key.
    #[error("INTERNAL AUTHENTICATE: the card's proof of the key is wrong")]
    IsoProof,
    /// The files of a tag are not those of which a phone reads a message.
    #[error("as a phone reads it, this is no NDEF tag: {0}")]
    Ndef(DecodeError),
    /// The answer does not fit. Whether the card executed the command is unknown.
    #[error("{command}: {how}")]
    Misbehaved {
        /// The command that was answered.
        command: Ins,
        /// What is wrong with the answer.
        how: Misbehaviour,
    },
    /// The caller asked for something that makes no sense. Nothing was sent.
    #[error("{0}")]
    Misuse(#[from] Misuse),
    /// An earlier step of this session failed. Nothing was sent.
    #[error(
        "the session was lost by an earlier failure; open another one and select, or present the card again"
    )]
    SessionLost,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// SW1 is not `91`: no answer to a wrapped native command.
    #[error("answered {0}, which no DESFire command does; is this a DESFire card?")]
    StatusWord(StatusWord),
    /// The MAC is wrong.
    #[error("the MAC of the reply is wrong")]
    Mac,
    /// The checksum inside an enciphered reply is wrong.
    #[error("the checksum of the reply is wrong")]
    Checksum,
    /// The padding of an enciphered reply is wrong.
    #[error("the padding of the reply is wrong")]
    Padding,
    /// The card could not prove that it knows the key.
    #[error("the card's proof of the key is wrong")]
    Nonce,
    /// The card goes on in AES where LRP was asked for.
    #[error(
        "the card speaks AES, not LRP, as it was never switched: authenticate in EV2 messaging"
    )]
    NotLrp,
    /// The reply is too short or too long for what was asked.
    #[error("a reply of {found} bytes does not fit")]
    Length {
        /// How many data bytes came, without the status word.
        found: usize,
    },
    /// The card goes on sending beyond any reply to this command.
    #[error("the reply does not end after {limit} bytes")]
    Endless {
        /// How many bytes the reply has at most.
        limit: usize,
    },
    /// The card cuts its reply into more frames than any card does.
    #[error("the reply does not end after {limit} frames")]
    Frames {
        /// How many frames the reply has at most.
        limit: usize,
    },
    /// The card ended a chain before its time, or went on without a frame to follow.
    #[error("the chain of frames is broken: the card answered {0} out of turn")]
    Chain(Status),
    /// The card knows of no reply that it was in the middle of: another program, or the system, sent it
    /// a command in between.
    #[error(
        "somebody else spoke to the card in the middle of it (it answered {0}): end what else uses \
         the reader"
    )]
    Interrupted(Status),
    /// The value in a reply is illegal.
    #[error("{0}")]
    Value(#[from] DecodeError),
}

/// What the caller did wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// The key's type does not fit the way of authentication, or the keys of the application.
    #[error("the key has the wrong type for this")]
    KeyType,
    /// The key of this session cannot be changed as another key, which would not work.
    #[error("this is the key of the session: change it as the own key")]
    OwnKey,
    /// A live key, and a program that answers instead of a card, as far as the transport says.
    #[error("the key is live, and what answers is no card on a reader, but software")]
    LiveKey,
    /// AuthenticateEV2NonFirst needs a session that AuthenticateEV2First began.
    #[error("only an EV2 session can be continued with another key")]
    NotEv2,
    /// The command is of EV2 messaging, or would shut out the session that asks for it.
    #[error("this needs an EV2 session: authenticate with AuthenticateEV2First")]
    OnlyEv2,
    /// 65,535 commands have been sent in this EV2 session.
    #[error("the command counter of this session is used up; authenticate again")]
    CounterUsedUp,
    /// The command needs somebody authenticated.
    #[error("authenticate first")]
    Nobody,
    /// An application is selected where the card itself should be.
    #[error("select the card first")]
    NotPicc,
    /// `000000` is the PICC level and no application.
    #[error("select an application; the PICC level, 000000, is none")]
    NoApplication,
    /// Key sets as no application has them.
    #[error(
        "an application has 2 to 16 key sets, whose keys have 16 bytes or 24, 24 where its own are 3K3DES, \
         and of which key 0 to 7 makes another the active one; bit 0 of the third settings byte announces them"
    )]
    KeySets,
    /// Neither the session's key nor everybody may do this with the file.
    #[error("neither this session's key nor everybody may do this with the file")]
    NoRight,
    /// The command is for another kind of file.
    #[error("the file is of another kind: data, value and record files have commands of their own")]
    FileKind,
    /// A value is changed by 0 to 2,147,483,647.
    #[error("a value is raised or lowered by at most 2147483647")]
    Amount,
    /// The range is not inside the file.
    #[error("the range is not inside the file or record")]
    OutsideFile,
    /// The session is of another cipher than that for which settings were checked.
    #[error("these settings were checked for the other cipher: in LRP PICC data are 48 characters")]
    SdmCipher,
    /// A limit of transactions has two bytes in LRP.
    #[error("in LRP a card counts 65535 transactions at most: set a lower limit")]
    TransactionLimit,
    /// One APDU cannot carry so much.
    #[error("the card takes no more than one APDU at once: read or write the file in parts")]
    Parts,
    /// There is nothing to write.
    #[error("there is nothing to write")]
    NothingToWrite,
    /// A write of this transaction failed, so it cannot be committed.
    #[error("a write of this transaction failed: it can only be aborted")]
    WriteFailed,
    /// A transaction with pending writes was dropped, neither committed nor aborted.
    #[error("a transaction was neither committed nor aborted")]
    Uncommitted,
}

/// A step that consumes the session failed.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "an error and what is left are all there is")]
pub struct Failed<S> {
    /// Why.
    pub error: Error,
    /// The session, where the card's state is known and this type can say so: the card refused,
    /// or nothing was sent and nobody was authenticated.
    pub session: Option<S>,
}

impl<S> From<Failed<S>> for Error {
    fn from(failed: Failed<S>) -> Self {
        failed.error
    }
}

impl<S> fmt::Display for Failed<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<S: fmt::Debug> core::error::Error for Failed<S> {}

/// The likely cause of a refusal, for whoever reads the message: what the command's own file says,
/// or else what the status means to any command.
fn cause(command: Ins, status: Status) -> &'static str {
    let own = super::command::rule(command).map_or(&[][..], |rule| rule.hints);
    let mut hints = own.iter().chain(&GENERAL);
    hints.find_map(|(of, cause)| (*of == status).then_some(*cause)).unwrap_or_default()
}

const GENERAL: [(Status, &str); 8] = [
    (Status::AuthenticationError, " (a key must authenticate first, or another one)"),
    (Status::AuthenticationDelay, " (too many failures: wait, then try again)"),
    (Status::PermissionDenied, " (frozen by settings or rights)"),
    (Status::LengthError, " (or the card has lost the session: authenticate again)"),
    (Status::OutOfMemory, " (only FormatPICC gives memory back)"),
    (Status::NoChanges, " (nothing was written)"),
    (Status::IllegalCommand, " (an older card?)"),
    (Status::Duplicate, " (it exists)"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_command_the_status_and_the_likely_cause() {
        let refused = |command, status| Error::Refused { command, status }.to_string();
        assert_eq!(
            refused(Ins::AuthenticateAes, Status::AuthenticationError),
            "AuthenticateAes: the card answered AE authentication error (another key, or a key of \
             another type?)"
        );
        for (command, status) in [
            (Ins::WriteData, Status::IntegrityError),
            (Ins::WriteData, Status::LengthError),
            (Ins::ReadData, Status::LengthError),
            (Ins::WriteRecord, Status::LengthError),
            (Ins::ReadRecords, Status::LengthError),
            (Ins::Credit, Status::LengthError),
            (Ins::LimitedCredit, Status::LengthError),
            (Ins::GetValue, Status::LengthError),
        ] {
            let told = refused(command, status);
            assert!(told.ends_with("(is the file's communication mode another?)"), "{told}");
        }
        assert_eq!(
            refused(Ins::ReadData, Status::BoundaryError),
            "ReadData: the card answered BE boundary error"
        );
    }

    #[test]
    fn a_failed_step_reads_as_its_error() {
        let failed = Failed::<()> { error: Error::SessionLost, session: None };
        assert_eq!(failed.to_string(), Error::SessionLost.to_string());
        assert_eq!(Error::from(failed), Error::SessionLost);
    }
}
