// SPDX-License-Identifier: MIT OR Apache-2.0
//! Orders over HTTP, and a page for whoever stands at the machine: the program `cardwright-spooler`, as a
//! library (feature `service`, on by default). `docs/service.md` tells how it is run.

mod api;
pub mod auth;
pub mod config;
#[cfg(feature = "sqlite")]
pub mod demo;
pub mod engine;
pub mod floor;
pub mod hopper;
pub mod page;
mod said;
mod serve;
mod words;

pub use self::api::{App, Limits};
pub use self::engine::{Act, Engine, Setup};
pub use self::said::{Mistake, Said};
pub use self::serve::{bind, router, serve};
