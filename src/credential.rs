// SPDX-License-Identifier: MIT OR Apache-2.0
//! Access control bit formats: where a card number sits among its parity bits.
//!
//! A [`Format`] is data: fields, constants, and checks in the order in which they are computed.
//! [`Format::all`] has those that this crate knows, and [`Format::new`] makes one from a
//! [`Layout`], which is how a profile brings its own. Both go through the same few lines of code,
//! and what a field may hold follows from its width alone.
//!
//! Bit 0 is the first bit sent. A list of bits is written as in `1-8`, `0-28/4` (every fourth) or
//! `8-5` (counting down), separated by commas; the first bit of a field is its most significant
//! one. So a number with its last bit first, decimal digits, scattered bits and swapped bytes need
//! no words of their own.
//!
//! ```
//! use cardwright::credential::{Format, Packing};
//!
//! let format = Format::by_name("h10301").ok_or("no such format")?;
//! let bits = format.encode(&[("facility", 17), ("number", 4660)])?;
//! let bytes = bits.pack(Packing::default());
//! assert_eq!(bytes.expose_secret().as_slice(), [0x88, 0x89, 0x1A, 0x40]);
//! let reading = format.decode(&bits)?;
//! assert_eq!(reading.value("number"), Some(4660));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Formats
//!
//! The layouts are public facts: the formats of the Proxmark3 client and of `liblogicalaccess`, the
//! manuals of makers, and cards that people have read. Where these disagree,
//! [`Format::note`] says what was chosen and what else is found; what rests on the word of one program
//! is listed in [`BELIEFS`]. Names are those of makers and of these projects. A bit whose meaning nobody has
//! published is written as 0, and a set one is a [`Fault`] when decoded.
//!
//! Left out are formats that have parities which nobody has published, or whose sources give no full
//! layout: P10004, HPP32, HCP32, Optus 34, Smartpass 34 and 2804W; and S12906b, of which no public source
//! that was found says in what it differs from [S12906](Format::by_name).
//!
//! HID's newer packing, an ASN.1 bit string (ISO/IEC 8825-1, 8.6), has how many bits are spare in a byte in
//! front of left-aligned bits. That number is the same for each card of a format, so a content writes
//! `{ constant = "hex:06" }` before `{ bits = "h10301", … }`: 26 bits leave 6 of 32.

mod beliefs;
mod bits;
mod codec;
mod element;
mod error;
mod format;
mod layout;
mod packing;
mod places;
mod problem;
mod reading;
mod rule;
mod table;

pub use beliefs::BELIEFS;
pub use bits::{Bits, MAX_BITS};
pub use element::{Check, Constant, Field};
pub use error::{Fault, FormatError, Width};
pub use format::Format;
pub use layout::{CheckLayout, Coding, ConstantLayout, FieldLayout, Layout};
pub use packing::{Align, Packing};
pub use places::Places;
pub use problem::{LayoutError, LayoutPart, LayoutProblem};
pub use reading::Reading;
pub use rule::Rule;

#[cfg(test)]
mod tests;
