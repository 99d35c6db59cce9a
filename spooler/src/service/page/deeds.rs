// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an operator may do with an order, as forms: they work by keyboard, by finger and without a script.
//! Each carries what the page saw of the order, and is refused where it is otherwise by now.

use maud::{Markup, html};

use super::super::floor::{Deed, Seen};
use super::Visit;
use crate::flow::{self, Reason};

/// The forms of an order.
pub(super) fn deeds(order: i64, seen: Seen, may: &[Deed], visit: &Visit) -> Markup {
    html! {
        div.deeds {
            @for deed in may {
                @match asks(*deed) {
                    Asks::Nothing => (form(order, seen, *deed, visit, &html! {
                        button type="submit" { (name(*deed)) span.heard { " order " (order) } }
                    })),
                    Asks::Twice => (opened(order, seen, *deed, visit, &html! {})),
                    Asks::Reason(of) => (opened(order, seen, *deed, visit, &reason(order, *deed, of))),
                }
            }
        }
    }
}

/// What has to be said beside the deed itself.
enum Asks {
    Nothing,
    /// Once more: it cannot be taken back.
    Twice,
    /// A reason that fits, and a second person where the rules want one.
    Reason(flow::Deed),
}

const fn asks(deed: Deed) -> Asks {
    match deed {
        Deed::Retry | Deed::Release => Asks::Nothing,
        Deed::Cancel => Asks::Twice,
        Deed::Spoiled => Asks::Reason(flow::Deed::Spoiled),
        Deed::Lost => Asks::Reason(flow::Deed::Lost),
        Deed::Destroyed => Asks::Reason(flow::Deed::Destroyed),
        Deed::Returned => Asks::Reason(flow::Deed::Returned),
        Deed::AnotherCard => Asks::Reason(flow::Deed::AnotherCard),
    }
}

/// What it is called on its button, before the order's number.
pub(super) const fn name(deed: Deed) -> &'static str {
    match deed {
        Deed::Retry => "Retry",
        Deed::Spoiled => "Card spoiled",
        Deed::Lost => "Card lost",
        Deed::Destroyed => "Card destroyed",
        Deed::Returned => "Card returned",
        Deed::AnotherCard => "Another card",
        Deed::Release => "Release",
        Deed::Cancel => "Cancel",
    }
}

/// What it comes to, read before it is sent.
const fn meaning(deed: Deed) -> &'static str {
    match deed {
        Deed::Retry => "It goes back into the line.",
        Deed::Spoiled => "The card is of no use, and is put aside to be destroyed.",
        Deed::Lost => "Nobody knows where the card is: doors are told to block it.",
        Deed::Destroyed => "The card is destroyed.",
        Deed::Returned => "The card came back.",
        Deed::AnotherCard => "The order takes a blank card in place of the one that was reported.",
        Deed::Release => "The card leaves the house.",
        Deed::Cancel => "The order is withdrawn, and is not made any more.",
    }
}

/// What the last button of a form says, before the order's number.
const fn yes(deed: Deed) -> &'static str {
    match deed {
        Deed::Retry | Deed::Release => name(deed),
        Deed::Spoiled => "Report the card spoiled of",
        Deed::Lost => "Report the card lost of",
        Deed::Destroyed => "Report the card destroyed of",
        Deed::Returned => "Report the card returned of",
        Deed::AnotherCard => "Give another card to",
        Deed::Cancel => "Yes, cancel",
    }
}

/// Its id keeps a form that stands in the place of another one from becoming that one under somebody's finger.
fn form(order: i64, seen: Seen, deed: Deed, visit: &Visit, inside: &Markup) -> Markup {
    html! {
        form id=(format!("do-{order}-{}", deed.name())) method="post" action="/do" data-stay {
            (visit.field())
            input type="hidden" name="order" value=(order);
            input type="hidden" name="deed" value=(deed.name());
            input type="hidden" name="state" value=(seen.state);
            input type="hidden" name="fence" value=(seen.fence);
            (inside)
        }
    }
}

/// A form that is opened first, and says what it does.
fn opened(order: i64, seen: Seen, deed: Deed, visit: &Visit, inside: &Markup) -> Markup {
    html! {
        details.deed id=(format!("deed-{order}-{}", deed.name())) name="deed" {
            summary { (name(deed)) span.heard { " order " (order) } }
            (form(order, seen, deed, visit, &html! {
                p { (meaning(deed)) }
                (inside)
                button type="submit" { (yes(deed)) " order " (order) }
            }))
        }
    }
}

fn reason(order: i64, deed: Deed, of: flow::Deed) -> Markup {
    let id = format!("why-{order}-{}", deed.name());
    let second = format!("second-{order}-{}", deed.name());
    html! {
        label for=(id) { "Why" }
        select id=(id) name="reason" required {
            option value="" { "Choose a reason" }
            @for reason in Reason::ALL.into_iter().filter(|reason| reason.fits(of)) {
                option value=(reason.name()) { (why(reason)) }
            }
        }
        label for=(second) { "Second person, where the house wants one" }
        input id=(second) name="second" autocomplete="off" maxlength="64";
    }
}

/// A reason in words.
const fn why(reason: Reason) -> &'static str {
    match reason {
        Reason::Faulty => "The chip does not answer or take what is written",
        Reason::Misprinted => "Printed or cut wrong",
        Reason::WrongData => "What the order said was wrong",
        Reason::HolderLostIt => "Its holder lost it",
        Reason::Stolen => "Stolen",
        Reason::NeverArrived => "It never reached its holder",
        Reason::MissingInHouse => "Missing in the house",
        Reason::NoLongerNeeded => "Needed no more",
        Reason::Emptied => "It was made blank",
        Reason::Trial => "It was a trial",
    }
}
