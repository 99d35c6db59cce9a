// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who is asked before anything on a card is changed: a journal that takes down which card an order is
//! going to have, before that card has anything of it.
//!
//! A receipt comes after the last command. Whoever loses it knows nothing of the card, and would make
//! another one. What is permitted here is known before the first.

use core::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::encode::plan::step::Step;
use crate::encode::proof::origin::Origin;
use crate::encode::proof::receipt::ProfileMark;
use crate::encode::task::Task;
use crate::encode::verdict::veto::Veto;

/// What is going to be done to a card, before the first command that changes it. Like a receipt it holds
/// no field value, UID or key byte, and names record and card in the same way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Intent {
    /// The ticket of the [station](crate::station)'s order; `None` where an encoder works alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<u64>,
    /// HMAC of the card's real UID under the receipt key, as [`Receipt::card`](crate::Receipt::card).
    pub card: String,
    /// The record, as [`Receipt::record`](crate::Receipt::record).
    pub record: String,
    /// The record brought no reference.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub unnamed: bool,
    /// The mark of the record's values, as [`Receipt::contents`](crate::Receipt::contents).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contents: Option<String>,
    /// The order, by the caller's reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// The station, by the caller's name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
    /// The reader that the card lies on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reader: Option<String>,
    /// What the job does with the card.
    pub job: Task,
    /// The profile that is applied.
    pub profile: ProfileMark,
    /// The card bears a key of the customer's already: it was begun before, or finished.
    pub keyed: bool,
    /// What changes the card, step by step, as far as it is known by now.
    #[serde(skip)]
    pub steps: Vec<Step>,
}

/// Asked once for each card that is presented, before the first command that changes it, and waited for.
/// A card that needs no change is not asked about.
///
/// Whatever is kept has to be kept when this returns: the card may be cut off from then on. The card
/// stays in the field meanwhile, and its [time](crate::transport::Budget) runs.
///
/// ```
/// use std::collections::BTreeMap;
/// use std::sync::Mutex;
///
/// use cardwright::encode::{Intent, Permit, Recovery, Veto};
///
/// /// Which card each order has.
/// #[derive(Default)]
/// struct Journal(Mutex<BTreeMap<String, String>>);
///
/// impl Permit for Journal {
///     fn permit(&self, intent: &Intent) -> Result<(), Veto> {
///         let order = intent.order.clone().unwrap_or_default();
///         let mut cards = self.0.lock().expect("nobody panics with it");
///         let card = cards.entry(order).or_insert_with(|| intent.card.clone());
///         match *card == intent.card {
///             true => Ok(()),
///             false => Err(Veto::new("the order has another card", Recovery::PresentAgain)),
///         }
///     }
/// }
/// ```
pub trait Permit: Send + Sync {
    /// Takes down what is going to be done, or refuses it.
    ///
    /// # Errors
    /// [`Veto`]: nothing is written then, and the receipt tells it with the code `not-permitted`.
    fn permit(&self, intent: &Intent) -> Result<(), Veto>;
}

impl<F: Fn(&Intent) -> Result<(), Veto> + Send + Sync> Permit for F {
    fn permit(&self, intent: &Intent) -> Result<(), Veto> {
        self(intent)
    }
}

impl<P: Permit + ?Sized> Permit for Arc<P> {
    fn permit(&self, intent: &Intent) -> Result<(), Veto> {
        (**self).permit(intent)
    }
}

/// Whoever is asked, if anybody is.
#[derive(Clone, Default)]
pub(crate) struct Asked(pub(crate) Option<Arc<dyn Permit>>);

/// Who is asked, and for whom the card would be.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'c> {
    pub(crate) permit: &'c dyn Permit,
    pub(crate) origin: &'c Origin,
    pub(crate) ticket: Option<u64>,
}

impl Asked {
    pub(crate) fn asking<'c>(
        &'c self,
        origin: &'c Origin,
        ticket: Option<u64>,
    ) -> Option<Asking<'c>> {
        self.0.as_deref().map(|permit| Asking { permit, origin, ticket })
    }
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "asked" } else { "nobody" })
    }
}
