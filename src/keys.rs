// SPDX-License-Identifier: MIT OR Apache-2.0
//! Stores that hand out keys as handles.

mod file;
mod position;
mod receipt;

pub use file::{KeyFile, KeyFileError, Purpose};
pub use position::Position;
pub use receipt::ReceiptKey;
