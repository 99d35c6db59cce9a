// SPDX-License-Identifier: MIT OR Apache-2.0
//! What goes wrong, by culprit: the database, the caller, or the books themselves.

use crate::flow::{OrderId, OrderState, Refusal};
use crate::seal::SealError;

/// What a database cannot do. Whatever it is, nothing of the transaction has happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// No room.
    #[error("the database is full: make room, then go on; no card is begun before")]
    Full,
    /// It may not be written.
    #[error("the database is read-only: give the right to write, or take the copy away")]
    ReadOnly,
    /// It is not there: file, server or connection.
    #[error("the database is away ({what}): bring it back; no card is begun before")]
    Away {
        /// What the system says, without any value.
        what: String,
    },
    /// Others have it for too long.
    #[error("the database is busy: another program holds it")]
    Busy,
    /// It is not as this program writes it.
    #[error("the database is damaged, or of another program ({what}): put a backup back")]
    Damaged {
        /// What does not fit.
        what: String,
    },
    /// It was made by a newer edition.
    #[error("the database has form {found}, and this program knows {known}: use the newer program")]
    Newer {
        /// Its form.
        found: i64,
        /// The newest that is known here.
        known: i64,
    },
    /// Another transaction did the same at the same time; once more.
    #[error("another transaction was in the way: try again")]
    Conflict,
}

/// Why something did not happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The order or its card stands otherwise.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What is enciphered.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// No such order.
    #[error("there is no order {order}")]
    NoOrder {
        /// Its number.
        order: OrderId,
    },
    /// The order stands elsewhere than whoever speaks [saw it](crate::Spooler::as_seen).
    #[error("order {order} is {} by now: look again", state.name())]
    SeenOtherwise {
        /// Its number.
        order: OrderId,
        /// Where it stands.
        state: OrderState,
    },
    /// The reference came before, with something else in it.
    #[error(
        "this reference is order {order} already, with other contents: cancel that one, or use another \
         reference"
    )]
    OtherContents {
        /// The order that has it.
        order: OrderId,
    },
    /// The site has this number on another order.
    #[error(
        "order {order} has this number in this site already: say which order this one replaces, and how"
    )]
    SameNumber {
        /// The other order.
        order: OrderId,
    },
    /// A replacement with the same number, and the former card still opens doors.
    #[error(
        "the card of order {order} is still out there: report it, then order the same number again"
    )]
    NotReported {
        /// The order that is to be replaced.
        order: OrderId,
    },
    /// A replacement that is to have a number of its own, and has the former one.
    #[error("this is to have a number of its own, and has that of order {order}")]
    NotNew {
        /// The order that is to be replaced.
        order: OrderId,
    },
    /// Not as many orders as were announced.
    #[error(
        "the batch has {found} orders, and {announced} were announced: nothing of it was taken"
    )]
    Count {
        /// How many came.
        found: u64,
        /// How many should have.
        announced: u64,
    },
    /// Not the bytes that were announced.
    #[error("the batch has another hash than was announced: have it sent again; nothing was taken")]
    Hash,
    /// A batch of this name came before, and was another one.
    #[error("a batch of this name was taken before, and was another one: give it another name")]
    OtherBatch,
    /// The books end before what was handed out: a backup was put back.
    #[error(
        "line {reached} was handed out, and these books end with line {last}: they are a backup; hand \
         in the lines behind it, then go on"
    )]
    Behind {
        /// The last line that somebody got.
        reached: i64,
        /// The last line of the books.
        last: i64,
    },
    /// A line does not go behind the last one.
    #[error(
        "line {sequence} does not go behind the books: it is changed, left out or of other books"
    )]
    Chain {
        /// Its number.
        sequence: i64,
    },
    /// The order's personal part is gone.
    #[error("order {order} was erased: nothing of it can be read any more")]
    Erased {
        /// Its number.
        order: OrderId,
    },
    /// A text that is to be kept cannot be: the place says which.
    #[error("{what} is not in the form that it is kept in")]
    Form {
        /// What.
        what: &'static str,
    },
}
