// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the software card does without a vector or capture to hold it.

use crate::belief::Belief;

/// The rules that rest on belief.
pub static BELIEFS: &[Belief] = &[];
