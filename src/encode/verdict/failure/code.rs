// SPDX-License-Identifier: MIT OR Apache-2.0
//! The code of each failure.

use crate::code::Code;
use crate::encode::verdict::failure::Failure;
use crate::host::{self, Misbehaviour};
use crate::transport::LinkError;

impl Failure {
    /// The codes of failures.
    pub const CODES: &'static [Code] = table::ALL;

    /// What it is called by machines.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Card(error) => of_card(error),
            Self::Key { .. } => table::KEY_UNAVAILABLE,
            Self::KeyRefused { .. } => table::CHANGED_KEY_REFUSED,
            Self::ReadBack { .. } => table::READ_BACK_DIFFERS,
            Self::Differs(_) => table::DIFFERS_AFTER_WRITING,
            Self::NotEmpty => table::NOT_EMPTY,
            Self::Swapped => table::CARD_SWAPPED,
            Self::Hung => table::READER_HUNG,
            Self::Panicked => table::PANICKED,
            Self::Restless => table::CARD_CONTRADICTS,
        }
    }
}

const fn of_card(error: &host::Error) -> Code {
    match error {
        host::Error::Link(error) => of_link(error),
        host::Error::Refused { .. } | host::Error::IsoRefused { .. } => table::REFUSED_BY_CARD,
        host::Error::IsoMisfit { .. } | host::Error::Ndef(_) => table::ANSWER_MISFIT,
        host::Error::IsoProof => table::CARD_PROOF_WRONG,
        host::Error::Misbehaved { how, .. } => of_answer(how),
        host::Error::Misuse(_) => table::HOST_MISUSE,
        host::Error::SessionLost => table::SESSION_LOST,
    }
}

const fn of_answer(how: &Misbehaviour) -> Code {
    match how {
        Misbehaviour::Interrupted(_) => table::INTERRUPTED,
        Misbehaviour::Mac => table::ANSWER_MAC_WRONG,
        Misbehaviour::Nonce => table::CARD_PROOF_WRONG,
        Misbehaviour::StatusWord(_)
        | Misbehaviour::Checksum
        | Misbehaviour::Padding
        | Misbehaviour::NotLrp
        | Misbehaviour::Length { .. }
        | Misbehaviour::Endless { .. }
        | Misbehaviour::Frames { .. }
        | Misbehaviour::Chain(_)
        | Misbehaviour::Value(_) => table::ANSWER_MISFIT,
    }
}

const fn of_link(error: &LinkError) -> Code {
    match error {
        LinkError::CardRemoved => table::CARD_REMOVED,
        LinkError::CardReset => table::CARD_RESET,
        LinkError::ReaderGone => table::READER_GONE,
        LinkError::ServiceGone => table::SERVICE_GONE,
        LinkError::DriverPanicked => table::DRIVER_PANICKED,
        LinkError::OverBudget => table::OVER_BUDGET,
        LinkError::Reader { .. } => table::LINK_DISTURBED,
        LinkError::AnswerTooLong | LinkError::NoStatusWord => table::ANSWER_BROKEN,
        LinkError::NoCommand { .. } | LinkError::CommandTooLong { .. } => table::COMMAND_NOT_SENT,
        LinkError::OffScript { .. } | LinkError::ScriptEnded { .. } => table::OFF_SCRIPT,
    }
}

mod table {
    crate::code::codes! {
        CARD_REMOVED = "card-removed", "the card left the field before it was done",
            "present the same card again";
        CARD_RESET = "card-reset", "the card was reset, or swapped for another one, in the middle of it",
            "end what else uses the reader, and present the same card again";
        READER_GONE = "reader-gone", "the reader was unplugged while it had the card",
            "plug it in, start the station again and present the same card";
        SERVICE_GONE = "service-gone", "the smart card service stopped",
            "start it and the station again, and present the same card";
        DRIVER_PANICKED = "driver-panicked", "the reader's driver panicked",
            "start the station again; update the driver where it comes back";
        OVER_BUDGET = "over-budget", "the card used up the exchanges or the time that one may take",
            "stop the station and look at the reader and its card";
        LINK_DISTURBED = "link-disturbed", "the reader reports an error of the link",
            "leave or put the card flat on the reader and try again";
        ANSWER_BROKEN = "answer-broken", "the answer is too long or lacks its status word, as of a pulled card",
            "present the same card again";
        COMMAND_NOT_SENT = "command-not-sent", "the reader cannot pass the command on",
            "take a reader that passes long commands on";
        OFF_SCRIPT = "off-script", "a replay was asked for something that its recording does not have",
            "record it anew";
        REFUSED_BY_CARD = "refused-by-card", "the card refused a command",
            "see the reason; put the card aside where it refuses again";
        ANSWER_MISFIT = "answer-misfit", "an answer of the card does not fit what was asked",
            "present the same card again";
        ANSWER_MAC_WRONG = "answer-mac-wrong", "the MAC of an answer is wrong: it was disturbed or tampered with",
            "present the same card again; where it comes back, look for what is between card and reader";
        CARD_PROOF_WRONG = "card-proof-wrong", "the card could not prove that it knows the key",
            "present the same card again; put it aside where it comes back";
        INTERRUPTED = "interrupted", "somebody else spoke to the card in the middle of it",
            "end what else uses the reader, and present the same card again";
        HOST_MISUSE = "host-misuse", "a step makes no sense to the program itself, and was not sent",
            "stop all stations and report it with the reason";
        SESSION_LOST = "session-lost", "an earlier failure ended the session", "present the same card again";
        KEY_UNAVAILABLE = "key-unavailable", "a key cannot be had from its store, or cannot do its work",
            "stop the station and mend the key store; no card is to blame";
        CHANGED_KEY_REFUSED = "changed-key-refused", "a key that was changed does not open the card",
            "put the card aside: it must not go back to stock";
        READ_BACK_DIFFERS = "read-back-differs", "a file reads back other contents than were written",
            "put the card aside: it must not go back to stock";
        DIFFERS_AFTER_WRITING = "differs-after-writing", "the card shows something else than was written",
            "put the card aside: it must not go back to stock";
        NOT_EMPTY = "not-empty", "the card lists applications after all were deleted", "put the card aside";
        CARD_SWAPPED = "card-swapped", "another card is in the field than the one that was presented",
            "present the first card again; the other one was not changed";
        READER_HUNG = "reader-hung", "the reader gave no answer in the time that a command may take",
            "unplug the reader, start the station again and present the same card";
        PANICKED = "panicked", "the program broke off while it had the card",
            "start the station again and report it; present the same card";
        CARD_CONTRADICTS = "card-contradicts", "the card contradicts what it said before",
            "put the card aside";
    }
}
