// SPDX-License-Identifier: MIT OR Apache-2.0
//! How an encoding ends.

use crate::encode::verdict::failure::Failure;
use crate::encode::verdict::refusal::Refusal;
use crate::encode::verdict::unproven::Unproven;

/// How an encoding ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "every caller has to tell these six apart")]
pub enum Outcome {
    /// The card is the profile's card with this record, and has proved it.
    Done,
    /// It already was, and has proved it; nothing was changed.
    AlreadyDone,
    /// The card has its former keys and is what the profile says but for them: the present ones are closed in
    /// another [key set](crate::profile::Roll::Later) of one application or several, which a reader is to make the
    /// active one. Not done before that; nothing is left to do for jobs.
    Prepared,
    /// Everything was written, or there was nothing to write, and something of it rests on a bare
    /// word of the card or on nothing: the profile asks for too little proof, or its files carry no
    /// MAC. Not done.
    Written(Unproven),
    /// Card or record were refused. Unless the receipt says otherwise the card is untouched.
    Refused(Refusal),
    /// The encoding began and broke off. The card is not done; presented again, it is observed
    /// and completed.
    Failed(Failure),
}
