// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a station is made with.

use std::sync::Arc;

use rand::CryptoRng;

use super::ends::Ends;
use super::pulse::Deadlines;
use crate::encode::{Encoder, Job, Permit, Watch};
use crate::transport::Budget;

/// What holds for all readers of a station.
#[derive(Clone, Default)]
pub(super) struct Config {
    pub(super) deadlines: Deadlines,
    pub(super) budget: Budget,
    pub(super) permit: Option<Arc<dyn Permit>>,
    pub(super) watch: Option<Arc<dyn Watch>>,
    pub(super) ends: Ends,
}

impl Config {
    /// The encoder with what holds for all.
    pub(super) fn equip<R: CryptoRng>(
        &self,
        encoder: Encoder<Arc<Job>, R>,
    ) -> Encoder<Arc<Job>, R> {
        let encoder = match &self.permit {
            Some(permit) => encoder.with_permit(Arc::clone(permit)),
            None => encoder,
        };
        let encoder = match &self.watch {
            Some(watch) => encoder.with_watch(Arc::clone(watch)),
            None => encoder,
        };
        match &self.ends.done {
            Some(done) => encoder.with_done_cards(done.clone()),
            None => encoder,
        }
    }
}
