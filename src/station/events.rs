// SPDX-License-Identifier: MIT OR Apache-2.0
//! How what happens at a station is taken.

use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::Arc;

use super::desk::Desk;
use super::event::Event;

/// What happens at a station, in the order of its happening, as an iterator that waits for it. Each event
/// comes out once, also where several of these are taken from. It ends once the station is closed, the
/// readers have finished the cards in hand, and everything is told.
///
/// No card is begun while more ends of orders than there are readers wait to be taken here: whoever keeps
/// receipts is never further behind.
pub struct Events {
    pub(super) desk: Arc<Desk>,
}

impl Events {
    /// The next event, if one comes in this time.
    pub fn within(&mut self, wait: Duration) -> Option<Event> {
        self.desk.next_event(Some(wait))
    }

    /// The next event, for whoever is woken when there is one: a `Stream` needs nothing else, and
    /// [`poll_fn`](core::future::poll_fn) makes it a future. The example `bridge` shows it.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Event>> {
        self.desk.poll_event(context)
    }
}

impl Iterator for Events {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.desk.next_event(None)
    }
}

impl core::fmt::Debug for Events {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}
