// SPDX-License-Identifier: MIT OR Apache-2.0
//! Figures for Prometheus. The text is a dozen lines of a form that does not change; no name of a person's,
//! value or reference is a label.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::{Mutex, PoisonError};

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use super::App;
use crate::service::floor::{Doing, Floor};

/// How often was answered with which status.
#[derive(Debug, Default)]
pub(super) struct Requests(Mutex<BTreeMap<u16, u64>>);

impl Requests {
    pub(super) fn count(&self, status: u16) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(status).or_default() += 1;
    }
}

/// What each version of the text form has been called since 2014.
const KIND: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) async fn show(State(app): State<App>) -> impl IntoResponse {
    let floor = app.engine().sight().borrow().clone();
    let requests = app.0.requests.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut text = String::new();
    // A text takes whatever is written to it.
    let _written = write(&mut text, &floor, &app.engine().ends(), &requests);
    ([(header::CONTENT_TYPE, KIND)], text)
}

fn write(
    to: &mut String,
    floor: &Floor,
    ends: &BTreeMap<&'static str, u64>,
    requests: &BTreeMap<u16, u64>,
) -> fmt::Result {
    head(to, "cardwright_orders", "gauge", "Orders by where they stand.")?;
    let line = &floor.line;
    for (state, count) in [
        ("waiting", line.waiting),
        ("at-station", line.at_station),
        ("encoded", line.encoded),
        ("poison", line.poison),
    ] {
        writeln!(to, "cardwright_orders{{state=\"{state}\"}} {count}")?;
    }
    head(to, "cardwright_ends_total", "counter", "Ends of orders at this station by outcome.")?;
    for outcome in ["done", "already-done", "prepared", "written", "refused", "failed"] {
        let count = ends.get(outcome).copied().unwrap_or_default();
        writeln!(to, "cardwright_ends_total{{outcome=\"{outcome}\"}} {count}")?;
    }
    head(to, "cardwright_readers", "gauge", "Readers by what they do.")?;
    for doing in ["idle", "waits", "encoding", "take-off", "trouble", "hung", "gone", "paused"] {
        let count = floor.readers.iter().filter(|reader| name(&reader.doing) == doing).count();
        writeln!(to, "cardwright_readers{{doing=\"{doing}\"}} {count}")?;
    }
    for (metric, help, value) in [
        ("cardwright_paused", "Whether the station is paused.", u64::from(floor.paused)),
        ("cardwright_halted", "Whether no card can be begun.", u64::from(floor.halted.is_some())),
        (
            "cardwright_card_milliseconds",
            "What a done card of the hour took on the mean.",
            floor.hour.mean,
        ),
    ] {
        head(to, metric, "gauge", help)?;
        writeln!(to, "{metric} {value}")?;
    }
    head(to, "cardwright_requests_total", "counter", "Requests by the status of their answers.")?;
    for (status, count) in requests {
        writeln!(to, "cardwright_requests_total{{status=\"{status}\"}} {count}")?;
    }
    Ok(())
}

fn head(to: &mut String, metric: &str, kind: &str, help: &str) -> fmt::Result {
    writeln!(to, "# HELP {metric} {help}\n# TYPE {metric} {kind}")
}

const fn name(doing: &Doing) -> &'static str {
    match doing {
        Doing::Idle => "idle",
        Doing::WaitsForBlank { .. } | Doing::WaitsForSame { .. } => "waits",
        Doing::Encoding { .. } => "encoding",
        Doing::TakeOff { .. } => "take-off",
        Doing::Trouble { .. } => "trouble",
        Doing::Hung => "hung",
        Doing::Gone => "gone",
        Doing::Paused => "paused",
    }
}
