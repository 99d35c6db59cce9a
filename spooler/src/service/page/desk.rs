// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the page asks of the service that it belongs to.

use maud::{Markup, html};
use tokio::sync::watch;

use super::super::engine::Act;
use super::super::floor::{Deed, Sight};
use super::super::said::Said;
use crate::rows::{Attempt, CardRow, OrderRow};

/// Who looks at the page. Whoever lets them in puts it into the request's extensions.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "who signs people in puts it together")]
pub struct Visit {
    /// By what the books know them: a reference that says nothing.
    pub by: String,
    /// Whether they may do something, or only look.
    pub may_operate: bool,
    /// What forms of theirs carry, so that no other site can send one: unguessable, and theirs alone.
    pub proof: String,
}

impl Visit {
    /// The field of a form.
    pub(super) fn field(&self) -> Markup {
        html! { input type="hidden" name="proof" value=(self.proof); }
    }
}

/// What there is to tell of an order.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "who knows it puts it together")]
pub struct Known {
    /// Where it stands.
    pub row: OrderRow,
    /// What was tried, oldest first.
    pub attempts: Vec<Attempt>,
    /// Its cards.
    pub cards: Vec<CardRow>,
    /// What may be done with it now.
    pub may: Vec<Deed>,
    /// How its card is made, where the station has its profile.
    pub drawn: Option<Drawn>,
}

/// Pictures of how a card is made by a profile.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "who draws puts it together")]
pub struct Drawn {
    /// The profile's name.
    pub profile: String,
    /// Each with its title, as SVG that a page takes in as it is, without a style of its own.
    pub pictures: Vec<(String, String)>,
}

/// What the page asks. Calls may wait for the books: none is made on a thread that others wait for.
pub trait Desk: Send + Sync + 'static {
    /// The floor, now and whenever it changes.
    fn sight(&self) -> Sight;

    /// Whether the service is going away.
    fn leaving(&self) -> watch::Receiver<bool>;

    /// An order, where there is one.
    fn known(&self, order: i64) -> Option<Known>;

    /// How the cards of this station are made.
    fn drawn(&self) -> Vec<Drawn>;

    /// Does something in somebody's name.
    ///
    /// # Errors
    /// Why not. Nothing has changed then.
    fn act(&self, by: &str, act: &Act) -> Result<(), Said>;
}
