// SPDX-License-Identifier: MIT OR Apache-2.0
//! The last twenty, newest first, and what somebody may do about them.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::super::floor::{Deed, End};
use super::deeds::deeds;
use super::{Visit, clock, code};

/// The table. An order that ended more than once can be acted upon in its newest row alone.
pub(super) fn ends(ends: &[End], visit: &Visit) -> Markup {
    let mut seen = BTreeSet::new();
    html! {
        section #ends.ends aria-labelledby="ends-head" {
            h2 #ends-head { "Last twenty" }
            @if ends.is_empty() { p { "Nothing has ended yet." } }
            @else {
                table role="table" aria-labelledby="ends-head" {
                    thead role="rowgroup" {
                        tr role="row" {
                            @for head in ["Order", "Time", "Reader", "How it ended", "Code and words", "Proof"] {
                                th role="columnheader" scope="col" { (head) }
                            }
                            @if visit.may_operate { th role="columnheader" scope="col" { "What to do" } }
                        }
                    }
                    tbody role="rowgroup" {
                        @for end in ends { (row(end, seen.insert(end.order), visit)) }
                    }
                }
            }
        }
    }
}

fn row(end: &End, newest: bool, visit: &Visit) -> Markup {
    let may: &[Deed] = if newest { &end.may } else { &[] };
    html! {
        tr role="row" id=(format!("end-{}", end.number)) {
            th role="rowheader" scope="row" data-head="Order" {
                a.touch href=(format!("/order/{}", end.order)) { "Order " (end.order) }
            }
            td role="cell" data-head="Time" { (clock(end.at)) }
            td role="cell" data-head="Reader" { (end.reader) }
            td role="cell" data-head="How it ended" { (end.outcome) }
            td role="cell" data-head="Code and words" {
                @if let Some(found) = &end.code { (code(found)) " " }
                (end.words)
            }
            td role="cell" data-head="Proof" { (end.grade) }
            @if visit.may_operate {
                td role="cell" data-head="" {
                    @if !may.is_empty() { (deeds(end.order, end.seen, may, visit)) }
                }
            }
        }
    }
}
