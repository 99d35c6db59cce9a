// SPDX-License-Identifier: MIT OR Apache-2.0
//! Read counters of tags, for servers that verify addresses: those of one machine have them in a file of SQLite
//! (`TagCounters`), those of several on a server of PostgreSQL (`ServerCounters`).
//!
//! With older counters old addresses would be taken again. An anchor tells a file that was put back; of a server
//! nothing tells.

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(feature = "postgres")]
pub use self::postgres::ServerCounters;
#[cfg(feature = "sqlite")]
pub(crate) use self::sqlite::KIND;
#[cfg(feature = "sqlite")]
pub use self::sqlite::TagCounters;

use cardwright::sdm::CountersError;

use crate::error::StoreError;

/// Why counters cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TagCountersError {
    /// The database is damaged, or of another program.
    #[error(
        "the counters are damaged, or of another program ({what}): bring back the newest copy, with its anchor"
    )]
    Damaged {
        /// What does not fit.
        what: String,
    },
    /// The database cannot be used for another reason.
    #[error(transparent)]
    Store(StoreError),
    /// The anchor cannot be read or written.
    #[error("the anchor {path}: {what}")]
    Anchor {
        /// Where it should be.
        path: String,
        /// What is the matter.
        what: String,
    },
    /// The file is older than its anchor, or one of the two is missing.
    #[error(
        "these are not the newest counters: older ones would take old addresses again; bring back the file that the \
         anchor belongs to"
    )]
    TurnedBack,
}

impl From<StoreError> for TagCountersError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Damaged { what } => Self::Damaged { what },
            other @ (StoreError::Full
            | StoreError::ReadOnly
            | StoreError::Away { .. }
            | StoreError::Busy
            | StoreError::Newer { .. }
            | StoreError::Conflict) => Self::Store(other),
        }
    }
}

impl From<TagCountersError> for CountersError {
    fn from(error: TagCountersError) -> Self {
        Self::new(error.to_string())
    }
}
