// SPDX-License-Identifier: MIT OR Apache-2.0
//! What of a page changed since it was sent.

use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;

use axum::response::sse::Event;
use futures_util::{Stream, stream};
use tokio::time::{Instant, sleep, timeout};

use super::super::floor::{Floor, Sight};
use super::document::{Part, parts};
use super::routes::known;
use super::{Desk, Visit, order, reader};

/// A page that hears nothing for longer than twice this does not believe what it shows.
const ALIVE: Duration = Duration::from_secs(4);
/// What changes faster is shown together.
const TOGETHER: Duration = Duration::from_millis(120);
/// Who looks is asked for again after so long: somebody may not be let in any more.
const ASK_AGAIN: Duration = Duration::from_secs(300);

/// What a page shows by now.
#[derive(Debug, Default)]
pub(super) struct Shown {
    readers: Option<Vec<String>>,
    parts: BTreeMap<String, String>,
}

impl Shown {
    /// The parts that a page needs to show this floor, of which nothing is sent twice: all of them where it
    /// shows nothing yet.
    pub(super) fn catch_up(&mut self, floor: &Floor, visit: &Visit) -> Vec<Part> {
        let names: Vec<String> = floor.readers.iter().map(|one| one.name.clone()).collect();
        let mut changed = Vec::new();
        let others = self.readers.as_ref() != Some(&names);
        if others {
            let html = reader::readers(&floor.readers, visit).into_string();
            changed.push(Part { id: "readers".to_owned(), html });
            self.readers = Some(names);
        }
        for part in parts(floor, visit) {
            let sent = others && part.id.starts_with("reader-");
            if self.take(&part) && !sent {
                changed.push(part);
            }
        }
        changed
    }

    /// Whether a part is another one than is shown.
    fn take(&mut self, part: &Part) -> bool {
        self.parts.insert(part.id.clone(), part.html.clone()).as_ref() != Some(&part.html)
    }
}

/// What a page waits for.
pub(super) struct Feed {
    sight: Sight,
    shown: Shown,
    ready: VecDeque<Part>,
    first: bool,
    until: Instant,
    over: bool,
}

impl Feed {
    pub(super) fn new(sight: Sight) -> Self {
        Self {
            sight,
            shown: Shown::default(),
            ready: VecDeque::new(),
            first: true,
            until: Instant::now() + ASK_AGAIN,
            over: false,
        }
    }

    /// Waits for the next floor; false where it is the one that was seen before, or there is none any more.
    async fn another(&mut self) -> bool {
        if core::mem::take(&mut self.first) {
            return true;
        }
        match timeout(ALIVE, self.sight.changed()).await {
            Ok(Ok(())) => {
                sleep(TOGETHER).await;
                true
            }
            Ok(Err(_)) => {
                self.over = true;
                false
            }
            Err(_) => false,
        }
    }

    fn floor(&mut self) -> Arc<Floor> {
        Arc::clone(&self.sight.borrow_and_update())
    }

    /// What is sent next of what is ready: a part, a sign of life, or that the page is to ask again.
    fn send(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        // Also where there is always something to tell: whoever was let in is asked for their session again.
        let again = !self.over && Instant::now() >= self.until;
        if again {
            self.ready.clear();
            self.over = true;
            return Some((Ok(Event::default().event("again").data(".")), self));
        }
        let event = match self.ready.pop_front() {
            // A carriage return would end a line of the stream.
            Some(part) => Event::default().event("part").data(part.html.replace('\r', " ")),
            None if self.over => return None,
            None => Event::default().event("alive").data("."),
        };
        Some((Ok(event), self))
    }
}

/// The parts of the station's page as they change.
pub(super) fn of_station(
    feed: Feed,
    visit: Visit,
) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold((feed, visit), async |(mut feed, visit)| {
        if feed.ready.is_empty() && feed.another().await {
            let floor = feed.floor();
            feed.ready.extend(feed.shown.catch_up(&floor, &visit));
        }
        let (event, feed) = feed.send()?;
        Some((event, (feed, visit)))
    })
}

/// The one part of an order's page as it changes: the books are asked whenever the floor is another one, and
/// from time to time.
pub(super) fn of_order(
    feed: Feed,
    desk: Arc<dyn Desk>,
    visit: Visit,
    number: i64,
) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold((feed, desk, visit, number), async |(mut feed, desk, visit, number)| {
        if feed.ready.is_empty() {
            feed.another().await;
            feed.floor();
            if let Some(known) = known(&desk, number).await {
                let html = order::part(&known, &visit).into_string();
                let part = Part { id: "order".to_owned(), html };
                if feed.shown.take(&part) {
                    feed.ready.push_back(part);
                }
            }
        }
        let (event, feed) = feed.send()?;
        Some((event, (feed, desk, visit, number)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::floor::board;

    #[test]
    fn a_busy_page_is_asked_for_its_session_again() {
        let (_board, sight) = board(Floor::default());
        let mut feed = Feed::new(sight);
        let part = || Part { id: "a".to_owned(), html: "a card moves".to_owned() };
        feed.ready.extend([part(), part()]);
        let (event, mut feed) = feed.send().unwrap();
        assert!(format!("{event:?}").contains("a card moves"));
        feed.until = Instant::now();
        let (event, feed) = feed.send().unwrap();
        assert!(format!("{event:?}").contains("again"), "{event:?}");
        assert!(feed.send().is_none());
    }
}
