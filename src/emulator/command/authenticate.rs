// SPDX-License-Identifier: MIT OR Apache-2.0
//! Commands that open a session.

use crate::wire::Opening;

use crate::emulator::rule::{Rule, Size};

/// Authenticate.
pub(in crate::emulator) static AUTHENTICATE: Rule =
    Rule::opening(Opening::Legacy, Size::Exactly(1, 0), "public captures of D40 sessions");

/// AuthenticateISO.
pub(in crate::emulator) static AUTHENTICATE_ISO: Rule =
    Rule::opening(Opening::Iso, Size::Exactly(1, 0), "public captures of EV1 cards");

/// AuthenticateAES.
pub(in crate::emulator) static AUTHENTICATE_AES: Rule =
    Rule::opening(Opening::Aes, Size::Exactly(1, 0), "public captures of EV1 cards");

/// AuthenticateEV2First.
pub(in crate::emulator) static AUTHENTICATE_EV2_FIRST: Rule =
    Rule::opening(Opening::Ev2First, Size::AtLeast(2), "AN12343, table 16");

/// AuthenticateEV2NonFirst.
pub(in crate::emulator) static AUTHENTICATE_EV2_NON_FIRST: Rule =
    Rule::opening(Opening::Ev2NonFirst, Size::Exactly(1, 0), "public capture of an NTAG 424 DNA");
