// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whole sessions: recorded ones replayed, and cards that misbehave.
