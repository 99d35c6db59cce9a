// SPDX-License-Identifier: MIT OR Apache-2.0
//! A software reader whose driver panics when it is told to.

use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cardwright::emulator::SoftReader;
use cardwright::iso14443::Uid;
use cardwright::reader::{Reader, ReaderError};
use cardwright::transport::{InField, LinkError, ReplyBuf, Transport};

/// What the driver says.
const BROKEN: &str = "the driver is broken";

/// No message for the panics that are meant.
pub(crate) fn panic_quietly() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let payload = info.payload();
        let text = payload.downcast_ref::<&str>().copied();
        let said = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        if said != Some(BROKEN) {
            usual(info);
        }
    }));
}

/// When a driver panics: never (0), when it looks for a card (1), or in so many exchanges from then on.
pub(crate) type Fuse = Arc<AtomicUsize>;

pub(crate) struct Frail {
    pub(crate) inner: SoftReader,
    pub(crate) fuse: Fuse,
}

/// Burns down by one, and panics at the end.
fn burn(fuse: &Fuse, looks: bool) {
    let burnt = fuse.fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| match left {
        0 => None,
        1 => Some(0),
        _ if looks => None,
        _ => Some(left - 1),
    });
    assert!(burnt != Ok(1), "{BROKEN}");
}

impl Reader for Frail {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn next_card(
        &mut self,
        wait: Duration,
    ) -> Result<Option<InField<Box<dyn Transport + '_>>>, ReaderError> {
        burn(&self.fuse, true);
        let fuse = &self.fuse;
        let field = self.inner.next_card(wait)?;
        Ok(field.map(|field| {
            let InField { uid, transport, .. } = field;
            let transport: Box<dyn Transport + '_> = Box::new(Link { inner: transport, fuse });
            InField::new(uid, transport)
        }))
    }

    fn hand_out_again(&mut self) {
        self.inner.hand_out_again();
    }

    fn recover(&mut self) -> Result<(), ReaderError> {
        self.inner.recover()
    }
}

struct Link<'r> {
    inner: Box<dyn Transport + 'r>,
    fuse: &'r Fuse,
}

impl Transport for Link<'_> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        burn(self.fuse, false);
        self.inner.exchange(command, reply)
    }

    fn uid_in_field(&mut self) -> Result<Option<Uid>, LinkError> {
        self.inner.uid_in_field()
    }

    fn is_software(&self) -> bool {
        self.inner.is_software()
    }
}
