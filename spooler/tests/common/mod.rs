// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the tests of orders share: tenants, records, receipts.

#![allow(dead_code, unreachable_pub, reason = "each test takes what it needs")]
#![allow(clippy::expect_used, reason = "what a test is prepared with")]

#[cfg(feature = "postgres")]
pub mod server;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cardwright::{Job, KeyFile, Profile, Receipt, Record, Records};
use cardwright_spooler::flow::{Mark, OrderId, Reason, Word};
use cardwright_spooler::rows::Store;
use cardwright_spooler::{At, Claim, Put, Received, Serves, Spooler, Tenant, TenantKey};

pub fn profile() -> Profile {
    Profile::parse(include_str!("../../../examples/data/profiles/door.toml")).unwrap()
}

pub fn job() -> Arc<Job> {
    let keys = include_str!("../../../examples/data/test-keys.toml");
    Arc::new(Job::new(profile(), &KeyFile::parse(keys).unwrap()).unwrap())
}

/// The record of the door with this number, for people at this site.
pub fn record(number: u32, site: &str) -> Record {
    let file = format!(
        "id,facility,number,issue,valid_until,site\nr{number},42,{number},1,20281231,{site}\n"
    );
    let records = Records::csv(&profile(), file.as_bytes()).unwrap();
    records.entries.into_iter().next().unwrap().unwrap()
}

pub fn put(number: u32) -> Put {
    Put::new(format!("order-{number}"), &profile(), record(number, "North"))
}

pub fn mark(card: u8) -> Mark {
    Mark([card; 32])
}

pub fn word(by: &str, reason: Reason) -> Word {
    Word { by: by.to_owned(), reason, second: None }
}

/// A folder of this test's own, empty.
pub fn folder(name: &str) -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{number}"));
    let _none = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A tenant that no other test has.
pub fn tenant(name: &str) -> Tenant {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("{name}-{number}-{}", std::process::id());
    Tenant::new(name, TenantKey::new([0x5A; 32]))
}

pub fn spooler(store: &Arc<dyn Store>) -> Spooler {
    Spooler::new(Arc::clone(store), tenant("t"))
}

pub fn serves(station: &str) -> Serves {
    Serves {
        station: station.to_owned(),
        profiles: vec![profile().meaning()],
        places: vec!["left".to_owned()],
        lease: Duration::from_secs(60),
    }
}

pub const AT: At<'_> = At { station: "one", reader: Some("left"), lot: Some("lot") };

/// How a card told that it was.
#[derive(Debug, Clone, Copy)]
pub enum Told {
    Done,
    Torn,
    Untouched,
    BadRecord,
}

/// A receipt of this claim's order.
pub fn receipt(claim: &Claim, card: Option<Mark>, told: Told) -> Receipt {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    let (outcome, wrote, recovery) = match told {
        Told::Done => ("done", "yes", "null"),
        Told::Torn => ("failed", "maybe", "\"present-again\""),
        Told::Untouched => ("refused", "nothing", "\"reject-card\""),
        Told::BadRecord => ("refused", "nothing", "\"bad-record\""),
    };
    let card = card.map_or_else(|| "null".to_owned(), |card| format!("\"{card}\""));
    let name = &claim.name;
    let exchanges = NUMBER.fetch_add(1, Ordering::Relaxed);
    let text = format!(
        r#"{{"record":"{name}","outcome":"{outcome}","wrote":"{wrote}","recovery":{recovery},
        "contents":"{name}","profile":{{"name":"door","sha256":"00"}},"card":{card},"keys":[],
        "settings":[],"files":[],"started":"2026-11-28T12:00:00Z","finished":"2026-11-28T12:00:01Z",
        "exchanges":{exchanges},"sent":1,"received":1}}"#
    );
    serde_json::from_str(&text).unwrap()
}

/// Makes the next order in line on that card.
pub fn make(spooler: &Spooler, card: u8) -> OrderId {
    let claim = spooler.claim(&serves("one")).unwrap().expect("an order waits");
    spooler.intend(claim.order, claim.fence, mark(card), &AT).unwrap();
    tell(spooler, &claim, card, Told::Done);
    claim.order
}

pub fn tell(spooler: &Spooler, claim: &Claim, card: u8, told: Told) -> Received {
    let receipt = receipt(claim, Some(mark(card)), told);
    spooler.receive(claim.order, claim.fence, &receipt, &AT).unwrap()
}
