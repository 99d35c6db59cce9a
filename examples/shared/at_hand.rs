// SPDX-License-Identifier: MIT OR Apache-2.0
//! The one card that a program looks at: a software card of a state file, or the card on a reader.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cardwright::emulator::Model;
use cardwright::keys::{Purpose, Store};
use cardwright::transport::{InField, Transport};
use clap::Args;
use rand::Rng;
use rand::rngs::StdRng;

use crate::key_file::KeysSecret;
use crate::{key_file, reader, state};

/// Where the card is.
#[derive(Debug, Args)]
pub(crate) struct AtHand {
    /// State file of a software card, as `encode --state` and `emulate --state` leave it
    #[arg(long, value_name = "FILE", required_unless_present = "reader")]
    state: Option<PathBuf>,
    /// The card on this PC/SC reader instead, by its name or a part that no other has
    #[arg(long, value_name = "NAME", conflicts_with_all = ["state", "card"])]
    reader: Option<String>,
    /// With --reader: how long to wait for a card
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    wait: u64,
    /// What kind of card the state file should hold; another one is an error [default: any]
    #[arg(long, value_name = "MODEL")]
    card: Option<Model>,
}

impl AtHand {
    /// Does something with the card.
    pub(crate) fn with<T>(
        &self,
        act: impl FnOnce(InField<&mut dyn Transport>) -> Result<T, Box<dyn Error>>,
    ) -> Result<T, Box<dyn Error>> {
        let Some(path) = &self.state else {
            return reader::with_card(self.reader.as_deref().unwrap_or_default(), self.wait, act);
        };
        let mut random: StdRng = rand::make_rng();
        let mut card = state::load(path, self.card, random.next_u64())?;
        act(card.in_field().lend())
    }

    /// The keys for it. Live ones are for cards, not for programs.
    pub(crate) fn keys(
        &self,
        path: &Path,
        secret: &KeysSecret,
    ) -> Result<Arc<dyn Store>, Box<dyn Error>> {
        let store = key_file::open(path, secret)?;
        if store.purpose() == Purpose::Live && self.state.is_some() {
            let why = "these keys are marked live, and this is a software card; use test keys";
            return Err(format!("{}: {why}", path.display()).into());
        }
        Ok(store)
    }
}
