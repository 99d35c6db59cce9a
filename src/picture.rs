// SPDX-License-Identifier: MIT OR Apache-2.0
//! Pictures of what the library knows as values: the memory of a card, the times of a plan or a
//! conversation, who may do what, what a card proved. As SVG, and together as one HTML page.
//!
//! A [`Picture`] is drawn from values that hold no secrets, or of which it takes none: it shows lengths,
//! counts, times, codes, and the names that a profile has. It needs nothing else: no script, no font, no
//! other file. Its texts are text, and its [description](Picture::description) says everything that it
//! shows, row by row. It follows the screen's light or dark scheme, and is light on paper.
//!
//! ```
//! # #[cfg(feature = "emulator")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use cardwright::emulator::{Model, SoftCard};
//! use cardwright::iso14443::RealUid;
//! use cardwright::picture::{Page, memory_map, rights, timeline};
//! use cardwright::{Encoder, Job, KeyFile, Profile, Records};
//!
//! let profile = Profile::parse(include_str!("../examples/data/profiles/door.toml"))?;
//! let keys = KeyFile::parse(include_str!("../examples/data/test-keys.toml"))?;
//! let job = Job::new(profile, &keys)?;
//! let records = Records::csv(job.profile(), include_bytes!("../examples/data/door-records.csv"))?;
//! let record = records.entries[0].as_ref().map_err(Clone::clone)?;
//! let uid = RealUid::new([0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]);
//! let mut card = SoftCard::new(Model::Ev2_8k, uid, 1);
//!
//! let plan = Encoder::new(&job).plan(card.in_field(), record).map_err(|_| "no plan")?;
//! let map = memory_map(&plan);
//! assert!(map.svg().starts_with("<svg"));
//!
//! let mut page = Page::new("A door card");
//! page.picture(&map);
//! page.picture(&timeline(&plan, None));
//! page.picture(&rights(job.profile()));
//! assert!(page.html().starts_with("<!DOCTYPE html>"));
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "emulator"))]
//! # fn main() {}
//! ```

mod draw;
mod ink;
mod layout;
mod memory;
mod page;
mod proof;
mod report;
mod rights;
mod seen;
mod text;
mod time;
mod words;

pub use draw::Picture;
pub use ink::style;
pub use layout::layout;
pub use memory::memory_map;
pub use page::Page;
pub use proof::proof;
pub use report::report;
pub use rights::rights;
pub use seen::{seen_memory, seen_rights};
pub use time::{conversation, timeline};
