// SPDX-License-Identifier: MIT OR Apache-2.0
//! A log that keeps every event and span, at every level, in one text.

use core::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::canary::Canaries;

#[derive(Clone, Default)]
pub(super) struct Log(pub(super) Arc<Mutex<String>>);

impl Log {
    /// What is logged while `run` runs.
    pub(super) fn of(run: impl FnOnce()) -> String {
        let log = Self::default();
        tracing::subscriber::with_default(log.clone(), run);
        log.0.lock().unwrap().clone()
    }

    fn line(&self, metadata: &Metadata<'_>, record: impl FnOnce(&mut Line<'_>)) {
        let mut text = self.0.lock().unwrap();
        write!(text, "{} {}", metadata.level(), metadata.target()).unwrap();
        record(&mut Line(&mut text));
        text.push('\n');
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.line(span.metadata(), |line| span.record(line));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Line(&mut self.0.lock().unwrap()));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.line(event.metadata(), |line| event.record(line));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

#[test]
fn a_canary_is_found_in_messages_fields_and_spans_of_every_level() {
    let holder = "Quux Zanzibarella";
    let mut canaries = Canaries::default();
    canaries.text("holder", holder);
    let planted: [&dyn Fn(); 5] = [
        &|| tracing::trace!("about {holder}"),
        &|| tracing::debug!(holder, "a record"),
        &|| tracing::error!(name = ?holder, "a record"),
        &|| drop(tracing::trace_span!("card", holder)),
        &|| {
            let span = tracing::info_span!("card", holder = tracing::field::Empty);
            span.record("holder", holder);
        },
    ];
    for plant in planted {
        assert_eq!(canaries.found_in(&Log::of(plant)), Some("holder"));
    }
    assert_eq!(
        Log::of(|| tracing::trace!("nothing")),
        concat!("TRACE ", module_path!(), " message=nothing\n")
    );
}
