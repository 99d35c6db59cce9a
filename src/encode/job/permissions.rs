// SPDX-License-Identifier: MIT OR Apache-2.0
//! The permissions that a job has.

use std::sync::Arc;

use crate::encode::permission::Permission;

/// The permissions of a job.
#[derive(Debug, Clone, Default)]
pub(super) struct Permissions {
    /// To create its application.
    pub(super) creation: Option<Arc<Permission>>,
    /// To delete it.
    pub(super) deletion: Option<Arc<Permission>>,
}
