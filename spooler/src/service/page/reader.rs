// SPDX-License-Identifier: MIT OR Apache-2.0
//! A reader's card: one instruction, legible from where the machine is loaded.

use maud::{Markup, html};

use super::super::floor::{Doing, Reader};
use super::sight::{Sight, Tone};
use super::{Visit, clock, code, part_of};

/// The readers, each a part of its own.
pub(super) fn readers(readers: &[Reader], visit: &Visit) -> Markup {
    html! {
        section #readers aria-labelledby="readers-head" tabindex="-1" {
            h2 #readers-head { "Readers" }
            @if readers.is_empty() { p { "No reader is there." } }
            div.readers {
                @for one in readers { (reader(one, visit)) }
            }
        }
    }
}

/// A reader. Its two live regions are always there and change their words alone: what goes from step to step
/// stands beside them and is not read aloud.
pub(super) fn reader(reader: &Reader, visit: &Visit) -> Markup {
    let sight = Sight::of(&reader.doing);
    let id = part_of(&reader.name);
    let head = format!("{id}-head");
    let (calm, alarm) = match sight.tone {
        Tone::Trouble => ("", sight.told.as_str()),
        Tone::Act | Tone::Rest | Tone::Good | Tone::Bad | Tone::Care => (sight.told.as_str(), ""),
    };
    html! {
        article.reader.(sight.tone.class()) id=(id) aria-labelledby=(head) {
            header {
                h3 id=(head) { "Reader " (reader.name) }
                @if let Some(order) = sight.order {
                    a.touch id=(format!("{id}-order")) href=(format!("/order/{order}")) { "Order " (order) }
                }
            }
            p.big id=(format!("{id}-big")) {
                (sight.tone.sign())
                span {
                    span id=(format!("{id}-calm")) aria-live="polite" aria-atomic="true" { (calm) }
                    span id=(format!("{id}-alarm")) aria-live="assertive" aria-atomic="true" { (alarm) }
                    (sight.goes)
                }
            }
            @if let Some((step, of)) = sight.step {
                progress id=(format!("{id}-step")) value=(step) max=(of)
                    aria-label=(format!("Reader {}: step {step} of {of}", reader.name)) {
                    (step) " of " (of)
                }
            }
            p.words id=(format!("{id}-words")) {
                @if let Some(found) = &sight.code { (code(found)) " " }
                (sight.words)
            }
            p.since id=(format!("{id}-since")) { "since " (clock(reader.since)) }
            (hand(reader, &id, visit))
        }
    }
}

/// Taken away, or brought back.
fn hand(reader: &Reader, id: &str, visit: &Visit) -> Markup {
    let gone = matches!(reader.doing, Doing::Gone);
    let (deed, word) = if gone { ("back", "Bring back") } else { ("away", "Take away") };
    html! {
        @if visit.may_operate {
            form id=(format!("{id}-hand")) method="post" action="/do" data-stay {
                (visit.field())
                input type="hidden" name="reader" value=(reader.name);
                input type="hidden" name="deed" value=(deed);
                button type="submit" { (word) span.heard { " reader " (reader.name) } }
            }
        }
    }
}
