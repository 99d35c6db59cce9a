// SPDX-License-Identifier: MIT OR Apache-2.0
//! The readers that a configuration names.

use core::time::Duration;
use std::collections::BTreeMap;
use std::path::PathBuf;

use cardwright::reader::Reader;

use super::{Config, ReaderOf, SoftwareOf};
use crate::service::hopper::{Hopper, Pace, Pile};

/// A reader, and who puts cards on it where it is of software.
type Made = (Box<dyn Reader>, Option<Hopper>);

/// A reader with the groups that it belongs to.
type Grouped = (Box<dyn Reader>, Vec<String>);

impl Config {
    /// The readers, each with its groups, and the hoppers of those of software.
    pub(super) fn make_readers(&self, mistakes: &mut Vec<String>) -> (Vec<Grouped>, Vec<Hopper>) {
        let (mut readers, mut hoppers) = (Vec::new(), Vec::new());
        // Readers with the same folder share its cards.
        let mut piles = BTreeMap::new();
        for reader in &self.readers {
            match self.make_reader(reader, &mut piles) {
                Ok((made, hopper)) => {
                    readers.push((made, reader.groups.clone()));
                    hoppers.extend(hopper);
                }
                Err(error) => mistakes.push(format!("[[reader]] {:?}: {error}", reader.name)),
            }
        }
        (readers, hoppers)
    }

    fn make_reader(
        &self,
        reader: &ReaderOf,
        piles: &mut BTreeMap<PathBuf, Pile>,
    ) -> Result<Made, String> {
        if let Some(SoftwareOf { exchange_ms, hand_ms, mishaps, cards }) = &reader.software {
            let pace = Pace {
                exchange: Duration::from_millis(*exchange_ms),
                hand: Duration::from_millis(*hand_ms),
                mishaps: *mishaps,
            };
            let pile = match cards.as_ref().map(|folder| self.beside(folder)) {
                None => Pile::default(),
                Some(folder) => match piles.get(&folder) {
                    Some(pile) => pile.clone(),
                    None => {
                        let pile = Pile::open(&folder);
                        let pile =
                            pile.map_err(|error| format!("{}: {error}", folder.display()))?;
                        piles.insert(folder, pile.clone());
                        pile
                    }
                },
            };
            let (made, hopper) = Hopper::new(&self.station, &reader.name, pace, &pile);
            return Ok((Box::new(made), Some(hopper)));
        }
        let asked = reader.pcsc.as_deref().unwrap_or_default();
        of_the_system(&reader.name, asked).map(|made| (made, None))
    }
}

#[cfg(feature = "pcsc")]
fn of_the_system(name: &str, asked: &str) -> Result<Box<dyn Reader>, String> {
    let service = cardwright::reader::pcsc::Service::connect();
    let reader = service.and_then(|service| service.reader(asked));
    let reader = Box::new(reader.map_err(|error| error.to_string())?);
    Ok(Box::new(Called { name: name.to_owned(), reader }))
}

#[cfg(not(feature = "pcsc"))]
fn of_the_system(_name: &str, _asked: &str) -> Result<Box<dyn Reader>, String> {
    Err("readers of the system need the feature pcsc: build with --features pcsc".to_owned())
}

/// A reader of the system under the station's name for it.
#[cfg(feature = "pcsc")]
struct Called {
    name: String,
    reader: Box<dyn Reader>,
}

#[cfg(feature = "pcsc")]
impl Reader for Called {
    fn name(&self) -> &str {
        &self.name
    }

    fn next_card(
        &mut self,
        wait: Duration,
    ) -> Result<
        Option<cardwright::InField<Box<dyn cardwright::Transport + '_>>>,
        cardwright::reader::ReaderError,
    > {
        self.reader.next_card(wait)
    }

    fn hand_out_again(&mut self) {
        self.reader.hand_out_again();
    }

    fn recover(&mut self) -> Result<(), cardwright::reader::ReaderError> {
        self.reader.recover()
    }
}
