// SPDX-License-Identifier: MIT OR Apache-2.0
//! Orders for access cards that last: one order, one card.
//!
//! The card is its own journal; the order is not. Where the line of a receipt is lost in a crash, another
//! blank card would make a second valid badge that nobody knows of. Here what is going to be written is
//! stored with the card's mark before the first command that changes the card, and the receipt with the
//! order's end after the last one, each in one transaction. After any crash the order asks for the card that
//! it was meant for.
//!
//! A [`Spooler`] keeps the orders of one [`Tenant`] in a [`Store`](rows::Store): in
//! [memory](store::Memory), in a file of [SQLite](store::Sqlite) (feature `sqlite`, on by default), or on a
//! server of PostgreSQL (`store::Postgres`, feature `postgres`). A [`Driver`] makes them on the readers of a
//! [`Station`](cardwright::Station).
//!
//! ```
//! # #[cfg(feature = "sqlite")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//!
//! use cardwright::emulator::{Model, SoftCard, SoftReader};
//! use cardwright::iso14443::RealUid;
//! use cardwright::{Job, KeyFile, Profile, Records};
//! use cardwright_spooler::flow::OrderState;
//! use cardwright_spooler::store::Sqlite;
//! use cardwright_spooler::{Driver, Put, Spooler, Tenant, TenantKey, Told};
//!
//! let profile = Profile::parse(include_str!("../../examples/data/profiles/door.toml"))?;
//! let keys = KeyFile::parse(include_str!("../../examples/data/test-keys.toml"))?;
//! let records = include_bytes!("../../examples/data/door-records.csv");
//! let records = Records::csv(&profile, records)?;
//!
//! # let folder = std::env::temp_dir().join(format!("cardwright-spooler-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! let store = Arc::new(Sqlite::open(folder.join("orders.db"))?);
//! let spooler = Spooler::new(store, Tenant::new("somebody", TenantKey::new([0x5A; 32])));
//! for record in records.entries.into_iter().flatten().take(3) {
//!     let reference = format!("portal-{}", record.id());
//!     spooler.put(&Put::new(reference, &profile, record))?;
//! }
//!
//! let driver = Driver::new(spooler.clone(), "one").with_job(Arc::new(Job::new(profile, &keys)?))?;
//! let station = driver.station();
//! let uid = |number| RealUid::new([0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, number]);
//! let cards = (0..3).map(|number| SoftCard::new(Model::Ev2_8k, uid(number), number.into()));
//! station.handle().add(Box::new(SoftReader::new("tray").with_cards(cards)))?;
//! driver.run(&station.handle(), &mut station.events(), |told| {
//!     if matches!(told, Told::Received { .. }) && spooler.count(OrderState::Waiting) == Ok(0) {
//!         driver.stop();
//!     }
//! })?;
//!
//! for line in spooler.outbox(100)? {
//!     println!("{}", line.text);
//! }
//! assert_eq!(spooler.count(OrderState::Done)?, 3);
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "sqlite"))]
//! # fn main() {}
//! ```
//!
//! | module | |
//! |---|---|
//! | `counters` | read counters of tags that were verified, in a file or on a server (features `sqlite`, `postgres`) |
//! | [`flow`] | what may happen to an order and its cards: one pure function |
//! | [`rows`] | what stores keep, and what they have to be able to do |
//! | [`store`] | the stores |
//! | `service` | orders over HTTP, and a page for the operator (feature `service`) |
//!
//! What it promises, how orders are erased and what a backup means is told in `docs/spooler.md`.

#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub mod counters;
mod drive;
mod error;
pub mod flow;
mod personal;
pub mod rows;
mod seal;
#[cfg(feature = "service")]
pub mod service;
mod spooler;
pub mod store;
mod tenant;

pub use drive::{Driver, Told};
pub use error::{Error, StoreError};
pub use seal::{Envelope, SealError};
pub use spooler::{
    Account, At, Batch, Checked, Claim, Policy, Put, Received, Serves, Spooler, Taken,
};
pub use tenant::{Tenant, TenantKey};
