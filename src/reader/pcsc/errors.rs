// SPDX-License-Identifier: MIT OR Apache-2.0
//! Codes of the service in the reader's and the link's terms: one table.

use pcsc::Error;

use crate::reader::ReaderError;
use crate::transport::LinkError;

/// Whether the service is gone, or forgot this client: connect again.
pub(super) const fn is_service(error: Error) -> bool {
    matches!(
        error,
        Error::NoService
            | Error::ServiceStopped
            | Error::InvalidHandle
            | Error::CommError
            | Error::Shutdown
            | Error::InternalError
    )
}

/// Whether the reader is gone.
const fn is_reader(error: Error) -> bool {
    matches!(error, Error::UnknownReader | Error::ReaderUnavailable | Error::NoReadersAvailable)
}

/// What a code means where no card is in hand.
pub(super) fn problem(reader: &str, error: Error) -> ReaderError {
    let reader = reader.to_owned();
    if is_service(error) {
        ReaderError::NoService
    } else if is_reader(error) {
        ReaderError::Unplugged { reader }
    } else if error == Error::SharingViolation {
        ReaderError::InUse { reader, by: Vec::new() }
    } else {
        ReaderError::Other { reader, problem: error.to_string() }
    }
}

/// Whether the card left, or never came to rest: look again.
pub(super) const fn is_gone(error: Error) -> bool {
    matches!(
        error,
        Error::NoSmartcard
            | Error::RemovedCard
            | Error::ResetCard
            | Error::UnpoweredCard
            | Error::UnresponsiveCard
            | Error::NotReady
            | Error::NotTransacted
            | Error::ProtoMismatch
    )
}

/// What a code means in the middle of a conversation.
pub(super) const fn link(error: Error) -> LinkError {
    if matches!(error, Error::ResetCard) {
        LinkError::CardReset
    } else if matches!(error, Error::InsufficientBuffer) {
        LinkError::AnswerTooLong
    } else if is_gone(error) {
        LinkError::CardRemoved
    } else if is_service(error) {
        LinkError::ServiceGone
    } else if is_reader(error) {
        LinkError::ReaderGone
    } else {
        LinkError::Reader { code: error as u32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_trouble_is_its_own_error() {
        assert_eq!(problem("r", Error::NoService), ReaderError::NoService);
        assert_eq!(
            problem("r", Error::SharingViolation),
            ReaderError::InUse { reader: "r".into(), by: Vec::new() }
        );
        let gone = ReaderError::Unplugged { reader: "r".into() };
        assert_eq!(problem("r", Error::UnknownReader), gone);
        for (code, meaning) in [
            (Error::RemovedCard, LinkError::CardRemoved),
            (Error::NotTransacted, LinkError::CardRemoved),
            (Error::ResetCard, LinkError::CardReset),
            (Error::ReaderUnavailable, LinkError::ReaderGone),
            (Error::NoService, LinkError::ServiceGone),
            (Error::InsufficientBuffer, LinkError::AnswerTooLong),
            (Error::InvalidValue, LinkError::Reader { code: 0x8010_0011 }),
        ] {
            assert_eq!(link(code), meaning, "{code:?}");
        }
    }
}
