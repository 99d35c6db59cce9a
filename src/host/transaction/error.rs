// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is wrong with a report of a transaction.

/// A report is not taken, or none could be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransactionError {
    /// Transaction MAC files have AES keys.
    #[error("the key of a transaction MAC file is an AES key: name another one")]
    KeyType,
    /// A card counts no transaction without an operation.
    #[error("the report has no operation: a card makes no MAC over nothing")]
    Nothing,
    /// An operation that no card would have executed.
    #[error("operation {} of the report: {why}", at.saturating_add(1))]
    Operation {
        /// Which one, from 0.
        at: usize,
        /// What is wrong with it.
        why: OperationError,
    },
    /// The MAC is over something else, or under another key or UID.
    #[error(
        "the card has not committed this: another operation, order, form of a command, counter, UID or key"
    )]
    Mac,
    /// The transaction was reported before.
    #[error("transaction {told} was reported before")]
    Repeated {
        /// Its number.
        told: u32,
    },
    /// A later transaction was reported before. One that fills a gap is verified against the last one before it.
    #[error("transaction {told} is older than the last one known, {last}")]
    Older {
        /// Its number.
        told: u32,
        /// The number of the last one.
        last: u32,
    },
}

/// What is wrong with an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OperationError {
    /// Nothing is read or written.
    #[error("it has no data")]
    NoData,
    /// A number does not fit the three bytes that it has.
    #[error("{what} is {found}: at most 16777215 goes into a command")]
    TooLarge {
        /// What number.
        what: &'static str,
        /// The number.
        found: usize,
    },
    /// Records are all of one length.
    #[error("{bytes} bytes are not {records} records")]
    Records {
        /// How many bytes there are.
        bytes: usize,
        /// How many records they should be.
        records: u32,
    },
    /// A value is changed by 0 to 2,147,483,647.
    #[error("a value is raised or lowered by at most 2147483647, not by {0}")]
    Amount(u32),
    /// A transaction has one reader.
    #[error("a second CommitReaderID, which a card refuses")]
    SecondReader,
}
