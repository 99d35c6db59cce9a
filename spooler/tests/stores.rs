// SPDX-License-Identifier: MIT OR Apache-2.0
//! One suite for all stores: what holds in memory holds in SQLite and in PostgreSQL.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;
#[path = "stores/erasing.rs"]
mod erasing;
#[path = "stores/keeping.rs"]
mod keeping;
#[path = "stores/line.rs"]
mod line;
#[path = "stores/people.rs"]
mod people;

use std::sync::Arc;

use cardwright_spooler::rows::Store;
use cardwright_spooler::store::Memory;

fn memory() -> Arc<dyn Store> {
    Arc::new(Memory::new())
}

#[cfg(feature = "sqlite")]
fn sqlite() -> Arc<dyn Store> {
    let file = common::folder("stores").join("orders.db");
    Arc::new(cardwright_spooler::store::Sqlite::open(file).unwrap())
}

#[cfg(feature = "postgres")]
fn postgres() -> Arc<dyn Store> {
    Arc::new(cardwright_spooler::store::Postgres::connect(common::server::server()).unwrap())
}

/// Every test for every store.
macro_rules! suite {
    ($($room:ident: $($test:ident)*;)*) => {
        suite!(@store memory, $($room: $($test)*;)*);
        #[cfg(feature = "sqlite")]
        suite!(@store sqlite, $($room: $($test)*;)*);
        #[cfg(feature = "postgres")]
        suite!(@store postgres, $($room: $($test)*;)*);
    };
    (@store $store:ident, $($room:ident: $($test:ident)*;)*) => {
        mod $store {
            $(mod $room {
                $(#[test]
                fn $test() {
                    crate::$room::$test(&crate::$store());
                })*
            })*
        }
    };
}

suite! {
    line:
        an_order_goes_its_way
        a_reference_counts_once
        the_line_goes_by_priority_and_place
        a_lease_that_is_over_comes_back
        after_a_crash_the_order_asks_for_its_card
        a_card_of_another_order_is_told
        a_receipt_counts_once
        an_order_tried_too_often_is_poison
        two_stations_share_the_line
        a_deadline_that_is_over_is_not_begun;
    people:
        a_lost_card_takes_a_reason_and_a_second_person
        another_card_takes_a_word
        a_replacement_says_how_it_stands
        a_number_twice_is_a_question
        one_number_at_once_is_taken_once
        what_is_said_of_an_order_that_stands_elsewhere_is_refused
        a_batch_is_taken_whole_or_not
        a_sequence_is_kept
        no_card_of_a_lot_is_unaccounted
        a_card_waits_for_its_release;
    keeping:
        a_chain_shows_what_was_changed
        the_outbox_is_emptied_once
        a_backup_of_yesterday_is_caught_up
        what_people_did_is_written_down;
    erasing:
        erasing_leaves_no_name_and_no_value
        a_lost_card_stays_on_the_list
        retention_goes_by_the_clock
        another_tenants_key_opens_nothing;
}
