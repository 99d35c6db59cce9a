// SPDX-License-Identifier: MIT OR Apache-2.0
//! Figures: the hour's, the line's, the stock's.

use maud::{Markup, html};

use super::super::floor::{Deed, Floor, Hour, Lot, Wanted};
use super::Visit;
use super::deeds::deeds;

fn counts(of: &[(&str, String)]) -> Markup {
    html! {
        dl.counts { @for (name, count) in of { div { dt { (name) } dd { (count) } } } }
    }
}

/// What ended within the last hour.
pub(super) fn hour(hour: &Hour) -> Markup {
    // Tenths of a second are enough to see that cards became slow.
    let mean = match hour.mean {
        0 => "none".to_owned(),
        mean => format!("{}.{} s", mean / 1000, mean % 1000 / 100),
    };
    html! {
        section #hour aria-labelledby="hour-head" {
            h2 #hour-head { "The last hour" }
            (counts(&[
                ("done", hour.done.to_string()),
                ("not all proven", hour.written.to_string()),
                ("refused", hour.refused.to_string()),
                ("failed", hour.failed.to_string()),
                ("not told yet", hour.unknown.to_string()),
                ("a card took", mean),
            ]))
        }
    }
}

/// What is to be made, and the cards that are asked for.
pub(super) fn line(floor: &Floor, visit: &Visit) -> Markup {
    let line = &floor.line;
    html! {
        section #line aria-labelledby="line-head" {
            h2 #line-head { "The line" }
            (counts(&[
                ("waiting", line.waiting.to_string()),
                ("at a station", line.at_station.to_string()),
                ("to be released", line.encoded.to_string()),
                ("out of the line", line.poison.to_string()),
            ]))
            @if !line.wanted.is_empty() {
                h3.later #wanted-head { "Cards that are asked for" }
                ul.wanted aria-labelledby="wanted-head" {
                    @for one in &line.wanted { (wanted(one, floor, visit)) }
                }
            }
        }
    }
}

/// What can be done stands in the table of ends where the order is in it: it is on the page once.
fn wanted(one: &Wanted, floor: &Floor, visit: &Visit) -> Markup {
    let above = floor.ends.iter().any(|end| end.order == one.order);
    let may: &[Deed] = if above { &[] } else { &one.may };
    html! {
        li id=(format!("wanted-{}", one.order)) {
            a.touch href=(format!("/order/{}", one.order)) { "Order " (one.order) }
            " asks for " (one.card)
            @if visit.may_operate && !may.is_empty() { (deeds(one.order, one.seen, may, visit)) }
        }
    }
}

/// Whether what was given out is accounted for, lot by lot.
pub(super) fn stock(lots: &[Lot]) -> Markup {
    html! {
        section #stock aria-labelledby="stock-head" {
            h2 #stock-head { "Stock" }
            @if lots.is_empty() { p { "No lot is counted." } }
            @else { p.note { "A card that was given out counts as good, whatever became of it since." } }
            @for lot in lots {
                table {
                    caption { "Lot " (lot.name) }
                    tbody {
                        @for (name, count) in &lot.rows {
                            tr { th scope="row" { (name) } td.number { (count) } }
                        }
                    }
                }
                p { (lot.sum) }
            }
        }
    }
}
