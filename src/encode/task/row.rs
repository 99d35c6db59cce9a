// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is asked of a task, and what can be answered.

/// Everything that is asked of a task.
pub(super) struct Row {
    /// Its name in receipts and on command lines.
    pub(super) name: &'static str,
    /// Which cards it is for.
    pub(super) takes: Takes,
    /// What it does where the card is not what it is to be.
    pub(super) difference: Difference,
    /// What the card is in the end.
    pub(super) ends: Ends,
    /// Which record the card is for.
    pub(super) record: ForRecord,
    /// What is made of contents, and of files on a finished card.
    pub(super) contents: Contents,
    /// What becomes of an application that the card lacks.
    pub(super) missing: Missing,
    /// How much of a card is looked at.
    pub(super) looks: Looks,
    /// How much has to be proven.
    pub(super) proof: Proof,
    /// What becomes of what the profile names for good.
    pub(super) for_good: ForGood,
    /// When the card needs room for more.
    pub(super) room: Room,
    /// What the list of done cards is told.
    pub(super) listed: Listed,
}

/// Which cards a task is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// New ones, and any that can become what it makes.
    New,
    /// Finished ones; a new one does no harm.
    NewToo,
    /// Finished ones only.
    Finished,
}

/// What a task does where the card is not what it is to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Difference {
    /// It mends it.
    Mended,
    /// It tells in what the card differs, and changes nothing.
    Told,
}

/// What a card is in the end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// The profile's card.
    Finished,
    /// As it came: without applications, with the factory's settings and a transport key.
    Blank,
}

/// Which record the card is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ForRecord {
    /// The one that comes with it, which it is to hold.
    Given,
    /// Any of those that it may hold: the task finds out.
    Found,
    /// None: what is done does not depend on it.
    Without,
    /// The one that the card tells.
    Read,
}

/// What is made of contents.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Contents {
    /// They are compared with the record's, and this becomes of a file of a finished card.
    Compared(FinishedFile),
    /// They are neither looked at nor changed.
    Left,
}

/// What becomes of a file of a finished card that is missing or is another one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FinishedFile {
    /// The card is refused.
    Refused,
    /// A missing one is made, as far as the task makes anything; for another one the card is refused.
    MadeWhereMissing,
    /// It is made anew or filled anew.
    Renewed,
}

/// What becomes of an application that the card lacks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// It is made, as far as the task makes anything.
    Made,
    /// The card was never finished, and is refused.
    Refused,
}

/// How much of a card is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Looks {
    /// As little as shows that a finished card is done, which is taken to be likely.
    Least,
    /// At what no key of the profile stands for.
    TheRest,
    /// At everything, also what a finished level's own key stands for.
    Everything,
}

/// How much has to be proven.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// Nothing: what the card tells is taken down.
    Nothing,
    /// What the profile says.
    AsProfile,
    /// Every key.
    EveryKey,
    /// Every key of each application that is not closed by its own one.
    EveryOpenKey,
}

/// What becomes of what the profile names and no command takes back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ForGood {
    /// It is switched on, where the job's caller allows it.
    SwitchedOn,
    /// It is looked for.
    LookedFor,
    /// It is left as it is.
    Left,
}

/// When a card needs room for more than is on it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// Unless it is finished.
    UnlessFinished,
    /// Always, and it is asked what is free.
    Always,
    /// Never.
    Never,
}

/// What the list of done cards is told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Listed {
    /// The card is in hand for its record from the first change on, and that record's once it is done.
    InHand,
    /// It is its record's once it is done.
    Done,
    /// It is nobody's once it is done.
    StruckOut,
    /// Nothing.
    AsBefore,
}
