// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys as handles: they perform, they do not travel.
//!
//! An [`IssuerKey`] only makes card keys, and may be elsewhere; a [`MasterKey`] is one in memory. A
//! [`CardKey`] belongs to one card: it opens an authentication and goes into a change-key cryptogram.
//! Neither has a public way to its bytes, unless it is a key for tests, and `Debug` shows type and
//! version only. What is shown of a key is its [`CheckValue`].

mod card;
mod check_value;
mod issuer;
mod life;
mod low_bits;
mod master;
mod operation;
mod purpose;
mod show;

pub use card::CardKey;
pub(crate) use card::ChangeBuf;
pub use check_value::{CheckError, CheckMethod, CheckTextError, CheckValue};
pub use issuer::{IssuerKey, KeyError, Way};
pub use life::{Life, Revoked};
pub use low_bits::{LowBits, LowBitsError};
pub use master::MasterKey;
pub use operation::{Operation, Operations};
pub use purpose::Purpose;
pub use show::ShowError;
