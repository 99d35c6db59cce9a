// SPDX-License-Identifier: MIT OR Apache-2.0
//! How cards come to a program: a reader that waits for them, and what a reader learns of a card
//! before the first command.

pub mod atr;
mod error;
#[cfg(any(feature = "pcsc", test))]
mod first;
mod name;
#[cfg(feature = "pcsc")]
pub mod pcsc;
mod quirks;
pub mod vpcd;

pub use error::ReaderError;
pub use name::{Names, SlotKind, one_named};
pub use quirks::{Quirks, TABLE as QUIRKS, USUAL as USUAL_READER};

use core::time::Duration;

use crate::transport::{InField, Transport};

/// Something that cards are presented to, one after the other.
pub trait Reader: Send {
    /// Its name, as the system has it.
    fn name(&self) -> &str;

    /// Waits for a card that it has not handed out before: the same card counts again only after
    /// it has left. `None` where none came in this time.
    ///
    /// # Errors
    /// [`ReaderError`]. After [`ReaderError::Unplugged`] and [`ReaderError::NoService`] nothing
    /// comes until [`Reader::recover`] succeeds; after any other error the next call goes on.
    fn next_card(
        &mut self,
        wait: Duration,
    ) -> Result<Option<InField<Box<dyn Transport + '_>>>, ReaderError>;

    /// Lets the card that was handed out last come again although it has not left: its link was
    /// disturbed.
    fn hand_out_again(&mut self);

    /// Builds the connection to the reader up again.
    ///
    /// # Errors
    /// [`ReaderError`] where it is not back yet.
    fn recover(&mut self) -> Result<(), ReaderError>;
}
