// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the host does on belief.

use crate::belief::Belief;

/// The rules of this pen that no published vector, capture or foreign program's bytes hold.
pub static BELIEFS: &[Belief] = &[];
