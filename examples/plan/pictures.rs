// SPDX-License-Identifier: MIT OR Apache-2.0
//! The plan as a page of pictures.

use cardwright::encode::{Outcome, Plan};
use cardwright::picture::{Page, memory_map, rights, timeline};
use cardwright::profile::Profile;

/// What would be done with the card, or why nothing would be; and what the profile says of keys and files.
pub(crate) fn page(profile: &Profile, planned: &Result<Plan, Outcome>) -> Page {
    let mut page = Page::new(&format!("Plan for {}", profile.name()));
    match planned {
        Ok(plan) => {
            page.text(&format!(
                "{} on an {} card in {} messaging. Nothing of it is done yet.",
                plan.task, plan.chip, plan.messaging
            ));
            page.picture(&memory_map(plan));
            page.picture(&timeline(plan, None));
        }
        Err(Outcome::Refused(refusal)) => {
            page.text(&format!("The card would be refused, and is as it was: {refusal}."));
            page.text(&format!("What to do ({}): {}.", refusal.code(), refusal.code().advice()));
        }
        Err(Outcome::Failed(failure)) => {
            page.text(&format!("No plan could be made, and the card is as it was: {failure}."));
            page.text(&format!("What to do ({}): {}.", failure.code(), failure.code().advice()));
        }
        Err(Outcome::Done | Outcome::AlreadyDone | Outcome::Prepared | Outcome::Written(_)) => {
            page.text("There is nothing to plan.");
        }
    }
    page.text(&format!("Trust: {}.", profile.trust()));
    page.picture(&rights(profile));
    page
}
