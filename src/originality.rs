// SPDX-License-Identifier: MIT OR Apache-2.0
//! Originality: NXP's signature over a chip's UID.

pub mod test_key;
