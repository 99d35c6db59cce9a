// SPDX-License-Identifier: MIT OR Apache-2.0
//! Why a card or a record is not encoded, why an encoding failed, and what to do next.

mod advice;
mod code;

use crate::encode::one_way::OneWay;
use crate::encode::plan::place::{Slot, key_at};
use crate::encode::verdict::difference::Difference;
use crate::encode::verdict::veto::Veto;
use crate::host;
use crate::originality::Finding;
use crate::profile::{Day, ExportError, FieldError, RecordError};
use crate::reader::ReaderError;
use crate::shown::Shown;
use crate::wire::{Aid, Chip, FileNo, KeyNo, KeySettings, KeyVersion, Messaging, Product, Status};

/// A card or record that the engine would not take on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The record cannot be used.
    #[error("{0}")]
    Record(RecordError),
    /// A field of the record does not fit its place on the card.
    #[error("{0}")]
    Field(FieldError),
    /// A hook of the embedding program has no bytes for the record, or not as many as there have to be.
    #[error(
        "the hook `{}` has no bytes for the record: see what the program says that gives it",
        Shown(name)
    )]
    Hook {
        /// The hook's name in the profile.
        name: String,
    },
    /// The record makes no row of a list that is written with its card.
    #[error("{0}")]
    Export(ExportError),
    /// The record is for another card.
    #[error("the record names another card's UID")]
    OtherCard,
    /// The card's UID is that of a card that is done for another record, or in hand for it at another
    /// reader ([`DoneCards`](crate::encode::DoneCards)).
    #[error(
        "a card with this UID is done for record {record}: it is that card, or another one shows its \
         UID"
    )]
    DoneForAnother {
        /// The other record.
        record: String,
    },
    /// Receipts show the record as done with other values.
    #[error("the record is done with other contents")]
    DoneWithOtherContents,
    /// Receipts show the record as done on another card than the one that it names.
    #[error("the record names a card, and is done on another one")]
    DoneOnOtherCard,
    /// Receipts show the record as done under a profile that means something else.
    #[error("the record is done under another profile, or another edition of it: {name:?}")]
    DoneUnderOtherProfile {
        /// The name in the other profile.
        name: String,
    },
    /// Receipts show cards as done for records that are not there any more, and this one is not known
    /// by a reference that tells it from them.
    #[error(
        "cards are done for what no record here says, and this may be one of their records, changed \
         since"
    )]
    PerhapsDone,
    /// Whoever is [asked](crate::encode::Permit) before a card is changed said no.
    #[error("{0}")]
    NotPermitted(Veto),
    /// The order was cancelled before a card was begun for it.
    #[error("the order was cancelled")]
    Cancelled,
    /// No card was begun for the order by its deadline.
    #[error("no card was begun for the order by its deadline")]
    Expired,
    /// The order does not wait for a reader that is not there.
    #[error("the reader, or the group of readers, that the order names is not there")]
    NoReader,
    /// The keys are marked live, and a program answers instead of a card.
    #[error("the key file is marked live, and this is a software card")]
    LiveKeys,
    /// What was presented is no card that could be talked to.
    #[error("{0}")]
    Presented(ReaderError),
    /// No DESFire that this crate knows.
    #[error("the card is no known DESFire")]
    UnknownChip,
    /// Another product, by its name.
    #[error("the card is another product: {product}")]
    OtherProduct {
        /// Which, by what it says of itself.
        product: Product,
    },
    /// A chip that the profile does not take.
    #[error("the chip of the card is {chip}, which the profile does not name")]
    WrongChip {
        /// The chip found.
        chip: Chip,
    },
    /// The chip cannot speak the messaging that was asked for.
    #[error("an {chip} speaks none of the messaging that the profile names")]
    WrongMessaging {
        /// The chip found.
        chip: Chip,
    },
    /// The card does not know the messaging that its version promises, and the job allows no other.
    #[error("{messaging} refused: {:02X}; the card knows no such messaging, and the job allows no other", u8::from(*.status))]
    MessagingRefused {
        /// What it refused.
        messaging: Messaging,
        /// How.
        status: Status,
    },
    /// The chip's signature does not make it genuine, and the profile wants that.
    #[error("the chip is not genuine, as far as its signature shows: {0}")]
    NotGenuine(Finding),
    /// The chip is too small for the profile.
    #[error("the card has {has} bytes of memory, the profile needs {needs}")]
    TooSmall {
        /// What the card has, or has left.
        has: u32,
        /// What the profile needs.
        needs: u32,
    },
    /// Applications of others leave no place for the profile's.
    #[error(
        "the card holds {others} applications of others, and with the profile's {own} more than {most}"
    )]
    TooManyApplications {
        /// How many of others it holds.
        others: usize,
        /// How many the profile has.
        own: usize,
        /// How many the card holds at most.
        most: usize,
    },
    /// The UID that the card reports is not the one that was presented.
    #[error("the card reports another UID than it was presented with")]
    UidMismatch,
    /// The card shows a random UID where the profile expects the real one.
    #[error(
        "the card shows a random UID; write random_uid = true in [transport] to take such cards"
    )]
    RandomUid,
    /// The card hides its UID, and no key that does not depend on it can fetch it.
    #[error("the card shows a random UID, and no key is at hand to fetch the real one")]
    UidHidden,
    /// The PICC master key has a version that is neither the profile's nor a transport key's.
    #[error(
        "the PICC master key has version {version}, and the profile has only {}",
        listed(known)
    )]
    UnknownMasterKey {
        /// The version that the card reports.
        version: KeyVersion,
        /// Those that the profile opens, transport keys included.
        known: Vec<KeyVersion>,
    },
    /// An application's key has a version that is neither the profile's nor the transport key's.
    #[error(
        "key {} of application {aid} has version {version}, and the profile has only {}",
        u8::from(slot.no),
        listed(known)
    )]
    UnknownKey {
        /// The application.
        aid: Aid,
        /// The key's place.
        slot: Slot,
        /// The version that the card reports.
        version: KeyVersion,
        /// Those that the profile opens, the transport key's included.
        known: Vec<KeyVersion>,
    },
    /// New applications of the card start with a key that the profile does not name, which shows once
    /// one has been made. Under a profile that names it the card can be gone on with.
    #[error(
        "application {aid} starts with a key of version {version}, which the card's supplier set \
         (SetConfiguration 01): name it as `app` in [transport], and present the card again"
    )]
    OtherStart {
        /// The application that was made.
        aid: Aid,
        /// The version of the keys in its slots.
        version: KeyVersion,
    },
    /// A key with the right version did not open the card.
    #[error(
        "the card refused {}: version {version} is the right one, but it is another key{}",
        key_at(slot),
        if *.of_record { ", as it would be on the card of another record" } else { "" }
    )]
    KeyRefused {
        /// The key's place.
        slot: Slot,
        /// The version of the key tried, which the card reports for its own.
        version: KeyVersion,
        /// Whether the key is made from the record.
        of_record: bool,
    },
    /// A tag refused to begin an authentication in AES.
    #[error(
        "the card refused {} before anything was proven: it may have been switched to LRP for good, \
         where the profile needs suite = \"lrp\", or the key is blocked after too many failures",
        key_at(slot)
    )]
    PerhapsInLrp {
        /// The key's place.
        slot: Slot,
    },
    /// A tag refused to begin an authentication, in LRP too.
    #[error(
        "the card refused {} before anything was proven: the key is blocked after too many failures, and {}",
        key_at(slot),
        if slot.no == KeyNo::MASTER { "nobody can change a blocked key 0" } else { "key 0 can change it" }
    )]
    KeyBlocked {
        /// The key's place.
        slot: Slot,
    },
    /// A key is made from the record, and it is not known whose card this is.
    #[error("{}", record_needed(*.records, *.budget))]
    RecordNeeded {
        /// How many records with other keys the card may be for; 0 where none was given.
        records: usize,
        /// How many authentications the card may refuse.
        budget: u8,
    },
    /// The card holds applications that the profile neither names nor allows.
    #[error(
        "the card holds applications that the profile does not name: {}; `foreign` in [card] says \
         which of others may be there",
        listed(aids)
    )]
    OtherApplications {
        /// Which.
        aids: Vec<Aid>,
    },
    /// An application of the profile's AID is not the profile's.
    #[error("application {aid} is on the card with other settings, keys or files")]
    OtherApplication {
        /// The application.
        aid: Aid,
    },
    /// A file of an application that was finished once is not the profile's.
    #[error(
        "file {file} of application {aid} is on the card with other settings, which the job update \
         may mend where the file has contents"
    )]
    OtherFile {
        /// The application.
        aid: Aid,
        /// The file.
        file: FileNo,
    },
    /// Settings that stand in the way can no longer be changed.
    #[error(
        "the key settings of {} are frozen at {:02X}, and the profile's {:02X} would be needed",
        aid.map_or_else(|| "the card".to_owned(), |aid| format!("application {aid}")),
        settings.to_byte(),
        wanted.to_byte()
    )]
    Frozen {
        /// The application, or `None` for the card itself.
        aid: Option<Aid>,
        /// The settings that it has.
        settings: KeySettings,
        /// Those that it would have to have.
        wanted: KeySettings,
    },
    /// The card was never finished, so there is nothing to do the task with.
    #[error("the card was never finished under this profile: encode it first")]
    NotFinished,
    /// A file is missing in an application that was finished once.
    #[error(
        "file {file} of application {aid} is missing on a card that was finished before: the job \
         update makes it"
    )]
    Incomplete {
        /// The application.
        aid: Aid,
        /// The file.
        file: FileNo,
    },
    /// A file that nobody makes anew holds something else, and can neither be written nor get settings
    /// under which it could.
    #[error(
        "file {file} of application {aid} holds something else, and neither it nor its settings can \
         be changed any more"
    )]
    Closed {
        /// The application.
        aid: Aid,
        /// The file.
        file: FileNo,
    },
    /// A value that comes from the factory has, or was given once, other limits than the profile's.
    #[error(
        "the value of file {file} of application {aid} was given its limits before, which is done once and \
         for good, and they are not the profile's: lower, upper, limited_credit and free_get_value"
    )]
    OtherLimits {
        /// The application.
        aid: Aid,
        /// The file.
        file: FileNo,
    },
    /// The owner of the card has not enabled delegated applications on it.
    #[error("the card has no DAMAuthKey: its owner lets nobody create applications on it")]
    NotDelegating,
    /// The slot on somebody else's card holds another application, or a version that was used before.
    #[error(
        "slot {slot} of the card {}: ask the card's owner for a permission with {}",
        holds.map_or_else(
            || format!("has had an application of version {version}"),
            |aid| format!("holds application {aid}")
        ),
        if holds.is_some() { "another slot" } else { "a higher version" }
    )]
    SlotTaken {
        /// The slot.
        slot: u16,
        /// Its version.
        version: u8,
        /// The application in it.
        holds: Option<Aid>,
    },
    /// The job has no permission of the card's owner for what it would have to do.
    #[error(
        "no permission of the card's owner for application {aid}: ask for one that is made from this profile"
    )]
    NoPermission {
        /// The application.
        aid: Aid,
    },
    /// The last day of the permission is over.
    #[error(
        "the permission of the card's owner for application {aid} expired on {expires}: ask for another one"
    )]
    PermissionExpired {
        /// The application.
        aid: Aid,
        /// The last day.
        expires: Day,
    },
    /// The card is not what the profile says.
    #[error("the card is not what the profile says: {0}")]
    Differs(Difference),
    /// The card cannot be brought back to blank.
    #[error("the card cannot be made blank again: {}", no_way_back(*.0))]
    NoWayBack(OneWay),
    /// The profile asks for something that no command can take back, and nobody allowed it.
    #[error("the profile names {0}, which no command takes back, and it is not allowed")]
    NotAllowed(OneWay),
    /// The card has refused as many authentications as it may.
    #[error("the card refused {budget} authentications, and gets no more of them this time")]
    NoMoreAttempts {
        /// How many it may refuse.
        budget: u8,
    },
    /// A finished card with other contents.
    #[error(
        "holds another record; where the card is finished, the job update brings others, and recycle \
         makes it blank"
    )]
    AnotherRecord,
    /// A finished card whose contents no key of the profile may read.
    #[error(
        "the card is finished, and file {file} of application {aid} cannot be read to tell its record"
    )]
    Unreadable {
        /// The application.
        aid: Aid,
        /// The file.
        file: FileNo,
    },
    /// The card has none of the applications that are to be read.
    #[error("the card has no application {aid}, which the profile reads")]
    NoApplication {
        /// The application.
        aid: Aid,
    },
    /// A file holds nothing that a record of the profile puts there, or nothing that is told whole.
    #[error(
        "file {file} of application {aid} is not there as the profile has it, or holds what no record \
         of the profile does"
    )]
    NoRecord {
        /// The application.
        aid: Aid,
        /// The file.
        file: FileNo,
    },
    /// A card that was not identified differs from the first of its stock.
    #[error("the card differs from the first one of its stock: {0}")]
    DiffersFromStock(host::Error),
}

fn record_needed(records: usize, budget: u8) -> String {
    let what = "a key of the card is made from its record";
    match records {
        0 => format!("{what}, and no record came with it: give the one that it was made for"),
        _ => format!(
            "{what}, and {records} records may be its own, where it may refuse {budget} \
             authentications: give the one that it was made for"
        ),
    }
}

fn listed(items: &[impl core::fmt::Display]) -> String {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    items.join(", ")
}

const fn no_way_back(option: OneWay) -> &'static str {
    match option {
        OneWay::RandomUid => "it shows a random UID for good",
        OneWay::NoFormat => "the profile switches FormatPICC off for good",
        OneWay::FrozenKey => "its PICC master key is frozen",
        OneWay::ChainedWritesOff => "it refuses chained writes for good",
        OneWay::Answers => "it answers readers as the profile says",
        OneWay::ValueLimits => "its value file has the profile's limits for good",
        OneWay::Seal => "it looks at its wire for good",
        OneWay::TransactionLimit => "its transactions are counted up to a limit",
        OneWay::CounterAnew => "its transactions are counted under another key",
        OneWay::Names => "its application has the profile's name for good",
        OneWay::FrozenSettings => "its PICC key settings are frozen",
        OneWay::Lrp => "it is in LRP for good",
        OneWay::LegacyOff => {
            "it refuses D40 and EV1 messaging for good, and so the DES key that it would get back"
        }
    }
}
