// SPDX-License-Identifier: MIT OR Apache-2.0
//! The page of an order: where it stands, what was tried, which cards it had, how a card is made. What the
//! order is for, and for whom, is not on it.

use maud::{Markup, PreEscaped, html};

use super::super::floor::Seen;
use super::deeds::deeds;
use super::{Drawn, Known, Visit, code, day, document};
use crate::flow::{CardState, Mark, OrderState};
use crate::rows::{Attempt, CardRow, OrderRow};

/// The page.
pub(super) fn page(known: &Known, visit: &Visit) -> Markup {
    let number = known.row.order.id;
    let top = html! {
        header.top #top {
            h1 { "Order " (number) }
            nav.station aria-label="Station" { a.touch href="/" { "To the station" } }
        }
    };
    let inside = html! {
        (part(known, visit))
        @if let Some(drawn) = &known.drawn { (pictures(drawn)) }
    };
    let events = format!("/order/{number}/events");
    document::frame(&format!("Order {number}"), Some(&events), &top, None, &inside)
}

/// What changes of it.
pub(super) fn part(known: &Known, visit: &Visit) -> Markup {
    let order = &known.row.order;
    let seen = Seen::new(order.state, order.fence);
    html! {
        div #order {
            section aria-labelledby="stands-head" {
                h2 #stands-head { "Where it stands" }
                p.state { (order.state.name()) ": " (meaning(order.state)) }
                (facts(&known.row))
                @if visit.may_operate && !known.may.is_empty() {
                    h3.later { "What to do" }
                    (deeds(order.id.0, seen, &known.may, visit))
                }
            }
            (attempts(&known.attempts))
            (cards(&known.cards))
        }
    }
}

fn facts(row: &OrderRow) -> Markup {
    html! {
        table aria-labelledby="stands-head" {
            tbody {
                tr { th scope="row" { "Put" } td { (day(row.put)) } }
                @if let Some(ended) = row.ended { tr { th scope="row" { "Ended" } td { (day(ended)) } } }
                tr { th scope="row" { "Tries in vain" } td { (row.order.tries) } }
                @if row.order.held {
                    tr { th scope="row" { "Held" } td { "until somebody says that it is to have another card" } }
                }
                @if let Some(station) = &row.station { tr { th scope="row" { "At station" } td { (station) } } }
                @if !row.place.is_empty() { tr { th scope="row" { "Only at" } td { (row.place) } } }
                @if let Some(batch) = &row.batch { tr { th scope="row" { "Batch" } td { (batch) } } }
                @if let Some(card) = &row.wants { tr { th scope="row" { "Asks for card" } td { (digits(card)) } } }
                @if let Some(other) = row.replaces {
                    tr { th scope="row" { "Replaces" } td { a.touch href=(format!("/order/{other}")) { "Order " (other) } } }
                }
            }
        }
    }
}

fn attempts(attempts: &[Attempt]) -> Markup {
    html! {
        section.ends aria-labelledby="attempts-head" {
            h2 #attempts-head { "What was tried" }
            @if attempts.is_empty() { p { "Nothing yet." } }
            @else {
                table role="table" aria-labelledby="attempts-head" {
                    thead role="rowgroup" {
                        tr role="row" {
                            @for head in ["Time", "Station", "Reader", "Card", "How it ended", "Code", "Proof"] {
                                th role="columnheader" scope="col" { (head) }
                            }
                        }
                    }
                    tbody role="rowgroup" {
                        @for one in attempts {
                            tr role="row" {
                                td role="cell" data-head="Time" { (day(one.at)) }
                                td role="cell" data-head="Station" { (one.station) }
                                td role="cell" data-head="Reader" { (one.reader.as_deref().unwrap_or("none")) }
                                td role="cell" data-head="Card" {
                                    @match &one.card { Some(card) => (digits(card)), None => "none" }
                                }
                                td role="cell" data-head="How it ended" { (one.outcome) }
                                td role="cell" data-head="Code" {
                                    @match &one.code { Some(found) => (code(found)), None => "none" }
                                }
                                td role="cell" data-head="Proof" { (one.grade.as_deref().unwrap_or("none")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn cards(cards: &[CardRow]) -> Markup {
    html! {
        section aria-labelledby="cards-head" {
            h2 #cards-head { "Its cards" }
            @if cards.is_empty() { p { "None yet." } }
            @else {
                table aria-labelledby="cards-head" {
                    thead { tr { th scope="col" { "Card" } th scope="col" { "Is" } th scope="col" { "Since" } } }
                    tbody {
                        @for row in cards {
                            tr {
                                th scope="row" { (digits(&row.card.mark)) }
                                td { (stands(row.card.state)) }
                                td { (day(row.since)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The memory of a card and the exchanges with it, as the profile's plan has them. Their texts are text.
pub(super) fn pictures(drawn: &Drawn) -> Markup {
    html! {
        details.drawn {
            summary { "How a card of " (drawn.profile) " is made" }
            @for (title, picture) in &drawn.pictures {
                figure.picture {
                    figcaption { (title) }
                    (PreEscaped(picture))
                }
            }
        }
    }
}

/// By what somebody tells cards of these books apart: the mark's first digits.
fn digits(mark: &Mark) -> String {
    mark.to_string().chars().take(8).collect()
}

const fn meaning(state: OrderState) -> &'static str {
    match state {
        OrderState::Waiting => "in the line, and made when its turn comes",
        OrderState::Claimed => "at a station, which waits for a card",
        OrderState::Intended => "at a station; its card may have been changed",
        OrderState::Encoded => "its card is done, and waits to be released",
        OrderState::Done => "its card is made and given out",
        OrderState::Cancelled => "withdrawn",
        OrderState::Poison => "out of the line until somebody says retry",
        OrderState::Erased => "what it was for is erased",
    }
}

const fn stands(state: CardState) -> &'static str {
    match state {
        CardState::InHand => "in hand",
        CardState::Keyed => "ours, and not done",
        CardState::Encoded => "done, not released",
        CardState::Good => "good",
        CardState::Spoiled => "spoiled",
        CardState::Destroyed => "destroyed",
        CardState::Lost => "lost",
        CardState::Returned => "returned",
        CardState::Sample => "a sample",
    }
}
