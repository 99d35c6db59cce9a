// SPDX-License-Identifier: MIT OR Apache-2.0
//! The page whole, and cut into the parts that change.

use maud::{DOCTYPE, Markup, html};

use super::super::floor::Floor;
use super::{Drawn, Visit, ends, figures, order, part_of, reader};

/// A part of the page: an element with this id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) id: String,
    pub(super) html: String,
}

/// The parts of the floor, in the page's order. The readers are one part of their own beside each of them:
/// it is sent where readers come and go.
pub(super) fn parts(floor: &Floor, visit: &Visit) -> Vec<Part> {
    let part = |id: &str, html: Markup| Part { id: id.to_owned(), html: html.into_string() };
    let mut parts = vec![part("top", top(floor, visit)), part("halt", halt(floor))];
    for one in &floor.readers {
        parts.push(part(&part_of(&one.name), reader::reader(one, visit)));
    }
    parts.push(part("ends", ends::ends(&floor.ends, visit)));
    parts.push(part("hour", figures::hour(&floor.hour)));
    parts.push(part("line", figures::line(floor, visit)));
    parts.push(part("stock", figures::stock(&floor.stock)));
    parts
}

/// The page.
pub(super) fn page(floor: &Floor, drawn: &[Drawn], visit: &Visit, said: Option<&str>) -> Markup {
    let inside = html! {
        (halt(floor))
        (reader::readers(&floor.readers, visit))
        (ends::ends(&floor.ends, visit))
        div.bay {
            (figures::hour(&floor.hour))
            (figures::line(floor, visit))
            (figures::stock(&floor.stock))
        }
        @for one in drawn { (order::pictures(one)) }
    };
    let title = format!("Station {}", floor.station);
    frame(&title, Some("/events"), &top(floor, visit), said, &inside)
}

/// What every page has around it. `events` is where its parts come from as they change.
pub(super) fn frame(
    title: &str,
    events: Option<&str>,
    top: &Markup,
    said: Option<&str>,
    inside: &Markup,
) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="icon" href="/icon.svg";
                link rel="stylesheet" href="/page.css";
                script src="/page.js" defer {}
            }
            body data-events=[events] {
                a.skip href="#main" { "Skip to the content" }
                (top)
                p.banner #away role="alert" hidden {}
                p.answer.refused[said.is_some()] #answer role="status" { (said.unwrap_or_default()) }
                main #main tabindex="-1" { (inside) }
            }
        }
    }
}

/// What the station does, and the switch for it.
fn top(floor: &Floor, visit: &Visit) -> Markup {
    let (deed, word) = if floor.paused { ("resume", "Resume") } else { ("pause", "Pause") };
    html! {
        header.top #top {
            div.station {
                h1 { "Station " (floor.station) }
                p.state #state role="status" { (state(floor)) }
            }
            nav.station aria-label="Station" {
                @if visit.may_operate && !floor.draining {
                    form #switch method="post" action="/do" data-stay {
                        (visit.field())
                        input type="hidden" name="deed" value=(deed);
                        button type="submit" { (word) " the station" }
                    }
                }
                form #leave method="post" action="/logout" {
                    (visit.field())
                    button type="submit" { "Sign out" }
                }
            }
        }
    }
}

fn state(floor: &Floor) -> &'static str {
    if floor.halted.is_some() {
        "Halted"
    } else if floor.draining {
        "Ending: the cards in hand are finished"
    } else if floor.paused {
        "Paused"
    } else {
        "Working"
    }
}

/// Why nothing is begun. The element is always there: what is put into it is read aloud.
fn halt(floor: &Floor) -> Markup {
    html! {
        div.halt #halt role="alert" {
            @if let Some(halt) = &floor.halted {
                div {
                    p { "No card is begun. " (halt) }
                }
            }
        }
    }
}
