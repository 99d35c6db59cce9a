// SPDX-License-Identifier: MIT OR Apache-2.0
//! x
mod error;
pub mod flow;
mod personal;
pub mod rows;
mod seal;
mod spooler;
pub mod store;
mod tenant;
pub use error::{Error, StoreError};
pub use seal::{Envelope, SealError};
pub use spooler::*;
pub use tenant::{Tenant, TenantKey};
