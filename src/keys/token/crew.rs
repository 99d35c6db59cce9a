// SPDX-License-Identifier: MIT OR Apache-2.0
//! The sessions to a token: each has a thread that does what is asked of the token, one thing after the
//! other, so that whoever asks can go on where the token does not answer.

use core::fmt;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Instant;

use cryptoki::session::Session;

use super::fault::Fault;
use super::link::Link;
use super::module::{PATIENCE, locked};

/// The sessions of one link.
pub(super) struct Crew {
    pub(super) link: Link,
    queue: Mutex<Queue>,
    changed: Condvar,
}

struct Queue {
    tasks: VecDeque<Task>,
    /// Threads that wait for a task.
    idle: usize,
    /// Threads that there are, each with a session or about to have one.
    open: usize,
    most: usize,
    over: Option<Over>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    /// Nobody needs it any more: sessions are closed.
    Closed,
    /// It is lost: sessions are left as they are, since their handles may be somebody else's.
    Lost,
}

struct Task {
    until: Instant,
    work: Box<Work>,
}

/// Does the work, where there is a session for it, and tells whether the session is as good as before.
type Work = dyn FnOnce(Result<(&Session, &Link), Fault>) -> bool + Send;

impl Crew {
    /// Begins with a link's first session.
    pub(super) fn new(link: Link, first: Session) -> Arc<Self> {
        let queue = Queue { tasks: VecDeque::new(), idle: 0, open: 0, most: link.most, over: None };
        let crew = Arc::new(Self { link, queue: Mutex::new(queue), changed: Condvar::new() });
        crew.hire(&mut locked(&crew.queue), Some(first));
        crew
    }

    /// Has something done, and waits for it until then.
    pub(super) fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        until: Instant,
        work: impl FnOnce(&Session, &Link) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let (answer, answered) = mpsc::sync_channel(1);
        let work = move |given: Result<(&Session, &Link), Fault>| {
            let result = given.and_then(|(session, link)| work(session, link));
            let well = !matches!(result, Err(Fault::Gone));
            // Who does not wait any longer gets no answer.
            let _sent = answer.send(result);
            well
        };
        let mut queue = locked(&self.queue);
        if queue.over.is_some() {
            return Err(Fault::Gone);
        }
        queue.tasks.push_back(Task { until, work: Box::new(work) });
        if queue.idle < queue.tasks.len() && queue.open < queue.most {
            self.hire(&mut queue, None);
        }
        drop(queue);
        self.changed.notify_all();
        match answered.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(result) => result,
            Err(mpsc::RecvTimeoutError::Timeout) => Err(Fault::Late),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(Fault::Gone),
        }
    }

    /// One thread more.
    fn hire(self: &Arc<Self>, queue: &mut Queue, session: Option<Session>) {
        let crew = Arc::clone(self);
        let thread = thread::Builder::new().name("token session".to_owned());
        queue.open = queue.open.saturating_add(1);
        if thread.spawn(move || Hand { crew, session }.work()).is_err() {
            queue.open = queue.open.saturating_sub(1);
        }
    }

    /// What is open is of no use any more.
    pub(super) fn lose(&self) {
        self.end(Over::Lost);
    }

    /// Closes the sessions, and waits a little for it, as for [work](super::module::LetsGo).
    pub(super) fn close(&self) {
        self.end(Over::Closed);
        let queue = locked(&self.queue);
        let _waited = self.changed.wait_timeout_while(queue, PATIENCE, |queue| queue.open > 0);
    }

    fn end(&self, over: Over) {
        let mut queue = locked(&self.queue);
        queue.over = queue.over.or(Some(over));
        let left = core::mem::take(&mut queue.tasks);
        drop(queue);
        drop(left);
        self.changed.notify_all();
    }

    /// The next task; `None` where there will be none.
    fn next(&self) -> Option<Task> {
        let mut queue = locked(&self.queue);
        queue.idle = queue.idle.saturating_add(1);
        let task = loop {
            if queue.over.is_some() {
                break None;
            }
            if let Some(task) = queue.tasks.pop_front() {
                break Some(task);
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        };
        queue.idle = queue.idle.saturating_sub(1);
        task
    }
}

impl fmt::Debug for Crew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crew").field("link", &self.link).finish_non_exhaustive()
    }
}

/// One thread and its session.
struct Hand {
    crew: Arc<Crew>,
    session: Option<Session>,
}

impl Hand {
    fn work(mut self) {
        while let Some(task) = self.crew.next() {
            // Nobody waits for it any more.
            if Instant::now() >= task.until {
                continue;
            }
            if !self.does(task) {
                break;
            }
        }
    }

    /// Whether it goes on.
    fn does(&mut self, task: Task) -> bool {
        let link = &self.crew.link;
        let inside = match link.module.enter(link.epoch) {
            Ok(inside) => inside,
            Err(fault) => {
                let _well = (task.work)(Err(fault));
                self.crew.lose();
                return false;
            }
        };
        if self.session.is_none() {
            match link.session(&inside) {
                Ok(session) => self.session = Some(session),
                Err(Fault::Sessions) => return self.waits_for_others(task),
                Err(fault) => {
                    let gone = fault == Fault::Gone;
                    let _well = (task.work)(Err(fault));
                    if gone {
                        self.crew.lose();
                    }
                    return false;
                }
            }
        }
        let Some(session) = &self.session else { return false };
        let well = (task.work)(Ok((session, link)));
        if !well {
            self.crew.lose();
        }
        well
    }

    /// The token has no session left for it: the task is the next of those that have one. It ends.
    fn waits_for_others(&self, task: Task) -> bool {
        let mut queue = locked(&self.crew.queue);
        queue.most = queue.open.saturating_sub(1).max(1);
        if queue.open > 1 && queue.over.is_none() {
            queue.tasks.push_front(task);
            drop(queue);
            self.crew.changed.notify_all();
        } else {
            drop(queue);
            let _well = (task.work)(Err(Fault::Sessions));
        }
        false
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        let link = &self.crew.link;
        let lost = locked(&self.crew.queue).over == Some(Over::Lost);
        if let Some(session) = self.session.take()
            && !lost
            && let Ok(_inside) = link.module.enter(link.epoch)
        {
            let _closed = session.close();
        }
        let mut queue = locked(&self.crew.queue);
        queue.open = queue.open.saturating_sub(1);
        drop(queue);
        self.crew.changed.notify_all();
    }
}
