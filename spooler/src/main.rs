// SPDX-License-Identifier: MIT OR Apache-2.0
//! The spooler as a program.

fn main() {}
