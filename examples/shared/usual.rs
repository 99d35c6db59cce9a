// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is taken where nothing is named.

use cardwright::emulator::Model;

/// The model of software cards.
pub(crate) const MODEL: Model = Model::Ev2_8k;
