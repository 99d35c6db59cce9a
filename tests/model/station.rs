// SPDX-License-Identifier: MIT OR Apache-2.0
//! The machine of a station as it stands in the crate, with the model that walks it.

#![expect(clippy::indexing_slicing, reason = "a model may panic, and every state is walked")]

/// As the crate has it, so that the machine finds its parts.
#[path = "../../src/station"]
mod station {
    #[expect(dead_code, reason = "the station asks the machine more than the model does")]
    mod machine;
    #[path = "../../tests/model/walk.rs"]
    mod walk;
}
