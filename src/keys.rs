// SPDX-License-Identifier: MIT OR Apache-2.0
//! Stores that hand out keys as handles: [`Store`] is any of them, the key file is one.
//!
//! # The key file
//!
//! For development: master keys and the receipt key, in clear, in TOML, read by [`KeyFile::parse`].
//!
//! ```toml
//! use = "test"               # "live" is refused by every software card
//! tenant = "…"               # whose keys they are; may be left out
//! receipt = "…"              # the tenant's receipt key: 64 hexadecimal digits
//!
//! [[key]]
//! name = "picc"              # what a profile's `ref` names
//! type = "aes128"            # or "2k3des" (a DES key is written twice), "3k3des"
//! version = 1                # 0 to 255; a name may occur once per version
//! value = "…"                # 32 hexadecimal digits, 48 for 3k3des
//! not_before = "2027-01-01"  # the first day on which it is put on cards; may be left out
//! not_after = "2027-12-31"   # the last one; may be left out
//! revoked = "2027-06-01"     # put on no card from that day on, or true; may be left out
//! ```
//!
//! Days are those of UTC. A key that is not put on cards any more opens those that hold it: they are
//! verified, enrolled, recycled, and rekeyed to the next version ([`Life`](crate::key::Life)).
//!
//! Keys that are no secret, or less of one than they look, are warned of in a file marked test and
//! refused in one marked live ([`Weak`]): zero, one pattern again and again, a triple DES key that
//! comes to a shorter one, a value that an earlier key has. A receipt key may be neither zero nor a
//! pattern.
//!
//! The same text may be inside an age file ([`sealed`]). Keys go to other
//! houses and come from them in key blocks ([`KeyBlock`]).
//!
//! No text of the file ever gets into an error: whatever stands in the wrong place may be a key.

mod block;
mod file;
mod position;
mod receipt;
pub mod sealed;
mod store;
pub mod token;
mod weak;

pub use block::{
    BlockError, BlockVersion, Exportability, KeyBlock, OptionalBlock, ProtectionKey, Usage,
};
pub use file::{KeyFile, KeyFileError};
pub(crate) use position::Places;
pub use position::Position;
#[cfg(test)]
pub(crate) use position::work;
pub use receipt::{NameKey, ReceiptKey, RemoteHmac};
pub use store::Store;
pub use weak::{KeyWarning, Weak};

pub use crate::key::Purpose;
