// SPDX-License-Identifier: MIT OR Apache-2.0
//! The man, the referee and the cards between them. The fuzz target has them from here too.

pub(crate) mod cipher;
pub(crate) mod editions;
pub(crate) mod filled;
pub(crate) mod forge;
pub(crate) mod handshake;
pub(crate) mod judge;
pub(crate) mod knowledge;
pub(crate) mod lrp;
pub(crate) mod man;
pub(crate) mod owner;
pub(crate) mod papers;
pub(crate) mod session;
pub(crate) mod sheet;
pub(crate) mod told;
pub(crate) mod trial;
pub(crate) mod tricks;
pub(crate) mod world;
