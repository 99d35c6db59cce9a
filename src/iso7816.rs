// SPDX-License-Identifier: MIT OR Apache-2.0
//! ISO/IEC 7816-4 short APDUs: commands in their four cases, responses, status words.
//!
//! Multi-byte fields are most significant byte first. Nothing here knows DESFire.

mod command;
mod response;
mod status;

pub use command::{Command, CommandBuf, MAX_COMMAND};
pub use response::{MAX_REPLY, Response};
pub use status::StatusWord;
