// SPDX-License-Identifier: MIT OR Apache-2.0
//! Orders over HTTP, and a page for whoever stands at the machine: the program `cardwright-spooler`, as a
//! library (feature `service`, on by default). `docs/service.md` tells how it is run.

pub mod floor;
pub mod page;
