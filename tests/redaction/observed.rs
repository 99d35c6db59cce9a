// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an encoding leaves behind: its outcome, receipt, trace and log.

use cardwright::emulator::SoftCard;
use cardwright::encode::{Encoded, Encoder, Job, Outcome};
use cardwright::iso14443::Uid;
use cardwright::profile::Record;
use cardwright::transport::{InField, Moment, Tear, Trace, Transport};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::canary::Canaries;
use super::log::Log;

/// One encoding, with everything searched that it leaves behind.
#[track_caller]
pub(super) fn observed(
    canaries: &Canaries,
    job: &Job,
    uid: Uid,
    transport: &mut dyn Transport,
    record: &Record,
) -> Encoded {
    let mut encoder = Encoder::new(job).with_rng(StdRng::seed_from_u64(5));
    let mut trace = Trace::new(transport);
    let mut encoded = None;
    let log = Log::of(|| {
        encoded = Some(encoder.encode(InField::new(uid, &mut trace), record));
    });
    assert!(log.contains("card finished"), "the log is empty: {log}");
    canaries.absent_from("the log", &log);
    canaries.absent_from_debug("an encoder", &encoder);
    let exchanges = trace.exchanges().iter();
    let listing: String = exchanges.map(|exchange| format!("{exchange} {exchange:?}\n")).collect();
    canaries.absent_from("the trace", &listing);
    let encoded = encoded.unwrap();
    searched(canaries, &encoded);
    encoded
}

#[track_caller]
pub(super) fn searched(canaries: &Canaries, encoded: &Encoded) {
    canaries.absent_from_debug("what an encoding returned", encoded);
    let line = encoded.receipt.to_line().unwrap();
    assert!(line.starts_with("{\"record\":"));
    canaries.absent_from("a receipt", &line);
    match &encoded.outcome {
        Outcome::Refused(refusal) => canaries.absent_from_error("a refusal", refusal),
        Outcome::Failed(failure) => canaries.absent_from_error("a failure", failure),
        Outcome::Written(unproven) => {
            canaries.absent_from("what is not proven", &unproven.to_string());
        }
        Outcome::Done | Outcome::AlreadyDone | Outcome::Prepared => {}
    }
}

/// The same of blank cards that are torn away, at every third exchange.
pub(super) fn torn(canaries: &Canaries, job: &Job, blank: &SoftCard, record: &Record) {
    for at in (0..).step_by(3) {
        let mut card = blank.clone();
        let uid = card.uid();
        let mut torn = Tear::new(&mut card, at, Moment::AfterExecution);
        let encoded = observed(canaries, job, uid, &mut torn, record);
        if !torn.torn() {
            assert_eq!(encoded.outcome, Outcome::Done);
            assert!(at > 20, "{at}");
            break;
        }
        assert!(matches!(encoded.outcome, Outcome::Failed(_)), "{:?}", encoded.outcome);
    }
}
