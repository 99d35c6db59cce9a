// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a checked profile is made of.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::diversify::{DeriveError, Recipe, Subject, undiversified};
use crate::host::transaction::ReaderId;
use crate::host::{SdmCipher, TransactionMacSettings};
use crate::iso14443::Ats;
use crate::key::{
    CardKey, CheckError, CheckValue, IssuerKey, KeyError, LowBits, Operation, Operations,
};
use crate::wire::{
    Access, Aid, DfName, FileNo, FileSettings, IsoDf, IsoFileId, KeyNo, KeySettings, KeySlots,
    KeyType, KeyVersion,
};

use super::{Content, Day, KeySetsSpec, SlotKey};

/// What a finished card has to prove, each including what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a new proof must break every match")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Verify {
    /// The MACs of the replies to what was written.
    Mac,
    /// An authentication with an application's new key.
    Key,
    /// The contents, read back.
    #[default]
    ReadBack,
    /// An authentication with every new key.
    EveryKey,
}

/// What a card may arrive with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransportKeys {
    /// The PICC master keys that a new card may have; all differ by version.
    pub picc: Vec<PiccTransport>,
    /// What the slots of a new application hold.
    pub app: AppTransport,
    /// Whether cards come empty.
    pub stock: Stock,
    /// Which cards are asked what they are.
    pub identify: Identify,
    /// Whether cards show a random UID.
    pub random_uid: bool,
}

/// A PICC master key that a card may arrive with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a factory key or a key of the key file")]
pub enum PiccTransport {
    /// The public DES key of the factory, version 0.
    Factory,
    /// A key of the key file.
    Key(KeySpec),
}

impl PiccTransport {
    /// The version by which the card shows this key.
    #[must_use]
    pub const fn version(&self) -> KeyVersion {
        match self {
            Self::Factory => KeyVersion(0),
            Self::Key(key) => key.version,
        }
    }
}

/// What the slots of a new application hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "what a card comes with, or a key of the key file")]
pub enum AppTransport {
    /// The zero key of the application's type, version 0. Everybody knows it.
    Zero,
    /// A key of the key file, which the job makes the default key of new applications
    /// (SetConfiguration option 01) in a session of the own PICC master key.
    Key(KeySpec),
}

/// Whether cards come empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "empty or not")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Stock {
    /// A transport key is the sign of an empty card.
    New,
    /// Applications and free memory are looked at first.
    Used,
}

/// Which cards of a batch are asked what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "every card or the first")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Identify {
    /// Every card.
    Every,
    /// The first; the others are taken to be like it.
    #[default]
    First,
}

/// A field that every record has.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field {
    /// The column's name.
    pub name: String,
    /// What it may hold.
    pub kind: FieldKind,
    /// How sensitive it is.
    pub class: Class,
    /// Whether no two records may have the same value.
    pub unique: bool,
    /// What a text has to keep to besides.
    pub text: TextRules,
    /// What stands for a value that is missing or empty, as records write it without an import table; `None`
    /// where every record has to have one.
    pub absent: Option<String>,
    /// Whether the profile names that as its `default`. Otherwise it is the number 0, an empty text or zeros,
    /// and stands for nothing: a [list](crate::profile::Export) has none.
    pub has_default: bool,
}

/// What a text field takes besides its most characters, [`FieldKind::Text`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TextRules {
    /// The least characters; 0 unless named.
    pub min_length: usize,
    /// The first and the last of each range of characters that it takes; any where there is none.
    pub characters: Vec<(char, char)>,
    /// The kinds of characters that it takes though nobody sees them.
    pub unseen: Vec<super::Unseen>,
    /// Whether it takes what spreadsheets leave where they have no value.
    pub leavings: bool,
}

/// What a field may hold. `Display` is the allowed range, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldKind {
    /// A whole number from 0.
    Uint {
        /// The largest.
        max: u64,
    },
    /// A whole number that may be negative.
    Int {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// Text without control characters.
    Text {
        /// The most characters.
        max_length: usize,
    },
    /// Bytes, written as hexadecimal digits.
    Hex {
        /// The least bytes.
        min_length: usize,
        /// The most bytes, the same where their number is always the same.
        max_length: usize,
    },
    /// A date.
    Date {
        /// The first that is allowed.
        from: Day,
        /// The last.
        to: Day,
    },
    /// A date and a time of day to the second, without a time zone.
    DateTime {
        /// The first day that is allowed.
        from: Day,
        /// The last.
        to: Day,
    },
    /// A UUID.
    Uuid,
    /// Bits, written as `0` and `1`.
    Bits {
        /// How many, exactly.
        length: usize,
    },
}

impl fmt::Display for FieldKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uint { max } => write!(f, "a whole number from 0 to {max}, digits only"),
            Self::Int { min, max } => {
                write!(f, "a whole number from {min} to {max}, digits behind a minus where wanted")
            }
            Self::Text { max_length } => {
                write!(
                    f,
                    "text of at most {max_length} characters, none of them a control character"
                )
            }
            Self::Hex { min_length, max_length } => {
                let most = max_length.saturating_mul(2);
                match min_length == max_length {
                    true => write!(f, "{most} hexadecimal digits"),
                    false => {
                        let least = min_length.saturating_mul(2);
                        write!(f, "{least} to {most} hexadecimal digits, two for each byte")
                    }
                }
            }
            Self::Date { from, to } => write!(f, "a date from {from} to {to}, written YYYY-MM-DD"),
            Self::DateTime { from, to } => {
                write!(f, "a date from {from} to {to} and a time, written YYYY-MM-DDTHH:MM:SS")
            }
            Self::Uuid => f.write_str(
                "a UUID, 32 hexadecimal digits, 8-4-4-4-12 where hyphens are between them",
            ),
            Self::Bits { length } => {
                write!(f, "{length} bits, each 0 or 1; spaces may stand between them")
            }
        }
    }
}

/// How sensitive a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "a new class must break every match")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Class {
    /// Says nothing about a person: a facility code.
    Technical,
    /// Names a person to whoever holds a list: a card number.
    Pseudonymous,
    /// Names a person by itself.
    Personal,
}

/// A place in [`Profile::keys`](super::Profile::keys).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyIndex(pub(super) usize);

impl KeyIndex {
    /// The index into the slice.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0
    }
}

/// Which card key: the key file's entry, and how the card's own key comes from it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeySpec {
    /// The name in the profile.
    pub name: String,
    /// The name in the key file.
    pub reference: String,
    /// The version, in the key file and on the card.
    pub version: KeyVersion,
    /// The version before it, which cards of the former edition hold.
    pub former: Option<KeyVersion>,
    /// The type, in the key file and on the card.
    pub key_type: KeyType,
    /// The check value that the issuer key of this version has, where the profile names it.
    pub check: Option<CheckValue>,
    /// The same of the former version.
    pub former_check: Option<CheckValue>,
    /// The diversification; `None` is the same key on every card.
    pub recipe: Option<Recipe>,
    /// How the low bits of a 2K3DES or 3K3DES key are written; the recipe knows it too.
    pub low_bits: LowBits,
    /// The profile's line that declares it, for messages.
    pub line: usize,
}

impl KeySpec {
    /// Makes the card's key.
    ///
    /// # Errors
    /// [`DeriveError`] where the UID or a field goes in and is not known, the recipe is not for issuer keys of this
    /// type, or the issuer key does not do what it is asked.
    pub fn card_key(
        &self,
        issuer: &dyn IssuerKey,
        subject: &Subject<'_>,
    ) -> Result<CardKey, DeriveError> {
        match &self.recipe {
            Some(recipe) => recipe.derive(issuer, subject, self.version),
            None => Ok(undiversified(issuer, self.version, self.low_bits)?),
        }
    }

    /// Which operation an issuer key lacks, that can do so much, for card keys to be made from it;
    /// `None` where it can do all that it takes.
    #[must_use]
    pub fn lacks(&self, can: Operations) -> Option<Operation> {
        match &self.recipe {
            Some(recipe) => recipe.lacks(self.key_type, can),
            None => Some(Operation::Itself).filter(|one| !can.has(*one)),
        }
    }

    /// The check value that the profile names, and the other one that this issuer key has, which is of
    /// the key's type; `None` where it has that one, or none is named.
    ///
    /// # Errors
    /// [`KeyError`] where the issuer key does not do what that takes.
    pub(crate) fn other_check(
        &self,
        issuer: &dyn IssuerKey,
    ) -> Result<Option<(CheckValue, CheckValue)>, KeyError> {
        let Some(stated) = self.check else { return Ok(None) };
        match CheckValue::of_as(issuer, stated.method()) {
            Ok(found) => Ok((found != stated).then_some((stated, found))),
            Err(CheckError::Key(error)) => Err(error),
            // The profile was checked: its method is for its type.
            Err(CheckError::OtherType { .. }) => Err(KeyError::NoBlocks),
        }
    }

    /// The key as cards of the former edition hold it.
    #[must_use]
    pub fn at_former_version(&self) -> Option<Self> {
        let (former, check, former_check) = (None, self.former_check, None);
        self.former.map(|version| Self { version, former, check, former_check, ..self.clone() })
    }

    /// Whether the key can be made only once the real UID is known, in some slot.
    #[must_use]
    pub fn needs_uid(&self) -> bool {
        self.recipe.as_ref().is_some_and(Recipe::needs_uid)
    }

    /// Whether the key can be made only once it is known whose card it is.
    #[must_use]
    pub fn needs_record(&self) -> bool {
        self.recipe.as_ref().is_some_and(Recipe::needs_record)
    }

    /// Whether the whole UID goes into the key of this slot, so that a session of it proves the UID.
    #[must_use]
    pub fn names_card_for(&self, aid: Aid, no: KeyNo) -> bool {
        self.recipe.as_ref().is_some_and(|recipe| recipe.names_card_for(aid, no))
    }

    /// Whether the key of this slot can be made only once the real UID is known.
    #[must_use]
    pub fn needs_uid_for(&self, aid: Aid, no: KeyNo) -> bool {
        self.recipe.as_ref().is_some_and(|recipe| recipe.needs_uid_for(aid, no))
    }
}

/// What there is on a card: the one thing that a profile's chips decide.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "another layout must break every match")]
pub enum Layout {
    /// A PICC level with a master key, and applications and files that are created below it.
    Free {
        /// The PICC level.
        card: CardSpec,
        /// The applications, in the profile's order.
        applications: Vec<Application>,
    },
    /// One application on a card of somebody else, who lets it be created in a slot of the card. Nothing
    /// above it is the profile's.
    Delegated {
        /// The application: one, which has a [`Delegation`].
        applications: Vec<Application>,
    },
    /// Applications and files that are there from the factory, with nothing above them that has a
    /// key. Nobody creates or deletes any.
    Fixed {
        /// The applications, in the profile's order. Each has all files of the chip.
        applications: Vec<Application>,
    },
}

/// What the PICC level must be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is switched by itself")]
pub struct CardSpec {
    /// The PICC master key.
    pub master_key: KeyIndex,
    /// The final key settings.
    pub settings: KeySettings,
    /// Whether the card is to show a random UID, for good.
    pub random_uid: bool,
    /// Whether that begins with `80`, as an EV1's does, and not with `08`.
    pub random_uid_of_ev1: bool,
    /// Whether FormatPICC is to be switched off, for good.
    pub no_format: bool,
    /// Whether D40 and EV1 messaging are to be switched off, for good.
    pub legacy_off: bool,
    /// What it is told besides, which nothing on it shows.
    pub told: CardSettings,
    /// Whether applications that are not the profile's may be on a card.
    pub foreign: Foreign,
}

impl CardSpec {
    /// Whether its cards show something else in place of their UID, which a session alone tells then.
    #[must_use]
    pub const fn hides_uid(&self) -> bool {
        self.random_uid || self.told.nuid
    }
}

/// What a card is told with SetConfiguration and shows under no MAC: it gets its own PICC master key, or its
/// random UID, after it, which then stand for it. Later jobs look at what shows at all: the ATS, the name and the number.
/// SAK and ATQA no reader tells a program, and that a card refuses chained writes shows only to who writes one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CardSettings {
    /// Its answer to select from the next activation on.
    pub ats: Option<Ats>,
    /// What it answers to be selected, in both cascade levels.
    pub sak: Option<[u8; 2]>,
    /// What it answers to the request.
    pub atqa: Option<u16>,
    /// Whether it shows a fixed number of four bytes, which is not unique, in place of its UID.
    pub nuid: bool,
    /// The name by which ISO SELECT selects the card as a whole.
    pub name: Option<DfName>,
    /// Whether it refuses, for good, MACed or enciphered data that come to a standard file in chained commands.
    pub chained_writes_off: bool,
}

/// One of [`CardSettings`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a new setting must break every match")]
pub enum CardSetting {
    /// [`CardSettings::ats`].
    Ats,
    /// [`CardSettings::sak`].
    Sak,
    /// [`CardSettings::atqa`].
    Atqa,
    /// [`CardSettings::nuid`].
    Nuid,
    /// [`CardSettings::name`].
    Name,
    /// [`CardSettings::chained_writes_off`].
    ChainedWrites,
}

impl CardSetting {
    /// All of them, in the order in which a card is told.
    pub const ALL: [Self; 6] =
        [Self::Ats, Self::Sak, Self::Atqa, Self::Nuid, Self::Name, Self::ChainedWrites];

    /// What a card has that was told so, in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Ats => "an ATS of the profile's",
            Self::Sak => "a SAK of the profile's",
            Self::Atqa => "an ATQA of the profile's",
            Self::Nuid => "a number of four bytes shown for its UID",
            Self::Name => "a name of the profile's for ISO SELECT",
            Self::ChainedWrites => "chained writes switched off",
        }
    }
}

impl CardSettings {
    /// Whether a card is told this one.
    #[must_use]
    pub const fn has(&self, setting: CardSetting) -> bool {
        match setting {
            CardSetting::Ats => self.ats.is_some(),
            CardSetting::Sak => self.sak.is_some(),
            CardSetting::Atqa => self.atqa.is_some(),
            CardSetting::Nuid => self.nuid,
            CardSetting::Name => self.name.is_some(),
            CardSetting::ChainedWrites => self.chained_writes_off,
        }
    }

    /// Whether a reader finds the card by other answers than the factory's.
    #[must_use]
    pub const fn answers_otherwise(&self) -> bool {
        self.ats.is_some() || self.sak.is_some() || self.atqa.is_some() || self.nuid
    }

    /// What a card is told, in its order.
    pub fn each(&self) -> impl Iterator<Item = CardSetting> + '_ {
        CardSetting::ALL.into_iter().filter(|setting| self.has(*setting))
    }
}

/// What is made of applications that the profile does not name, the same whatever is done with a
/// card. Those that may be there are left as they are: recycling then deletes the profile's
/// applications one by one instead of formatting the card.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a new answer must break every match")]
pub enum Foreign {
    /// A card with any of them is refused.
    Refused,
    /// They may be there.
    Allowed,
    /// These may be there.
    Named(Vec<Aid>),
}

impl Foreign {
    /// Whether an application that is not the profile's may be on a card.
    #[must_use]
    pub fn allows(&self, aid: Aid) -> bool {
        match self {
            Self::Refused => false,
            Self::Allowed => true,
            Self::Named(aids) => aids.contains(&aid),
        }
    }
}

/// What is made of the [signature](crate::originality) that a chip has, or has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "a new use must break every match")]
pub enum Originality {
    /// The chip is not asked.
    Ignored,
    /// The chip is asked, and whatever it answers goes into the receipt.
    Noted,
    /// A chip whose signature does not verify is refused, and so is one that has none.
    Required,
}

/// What an application must be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Application {
    /// Its identifier.
    pub aid: Aid,
    /// Its names for ISO/IEC 7816-4 commands.
    pub iso: Option<IsoDf>,
    /// Its keys in slot order, 1 to 14; the first is key 0.
    pub keys: Vec<SlotKey>,
    /// The type of all of them.
    pub key_type: KeyType,
    /// The final key settings, the change-key right included.
    pub settings: KeySettings,
    /// Its files, in the profile's order.
    pub files: Vec<FileSpec>,
    /// Its transaction MAC file, where it comes with one from the factory or gets one.
    pub transaction_mac: Option<TransactionMacSpec>,
    /// Who may ask what its chip found of the wire in its seal, where the chip is to look at it, for good;
    /// `None` where that is left as it is.
    pub seal: Option<Access>,
    /// The key sets that it is created with, on chips that have any.
    pub key_sets: Option<KeySetsSpec>,
    /// Where it is on a card of somebody else, who lets it be created.
    pub delegation: Option<Delegation>,
    /// Whether its chip is to be in LRP, for good, in all that it does.
    pub lrp: bool,
}

/// Where a delegated application is: a slot of the card, with a part of its memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delegation {
    /// The slot.
    pub slot: u16,
    /// The version of the slot, which is higher than that of any application that was in it before.
    pub slot_version: u8,
    /// How much memory it and its files may take, in blocks of 32 bytes.
    pub quota: u16,
    /// `DAMAuthKey` of the card, key `10` of the PICC: in its session the application is created. It is made as the
    /// PICC master key is.
    pub key: KeyIndex,
}

/// A transaction MAC file: one that an application comes with from the factory, under a key of zeros, or one that
/// a job makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransactionMacSpec {
    /// Its number.
    pub no: FileNo,
    /// What becomes of it.
    pub fate: TransactionMacFate,
    /// Who names the reader of each transaction; [`Access::Never`] where none is named.
    pub reader: Access,
    /// As whom jobs commit, where a reader is named.
    pub reader_id: Option<ReaderId>,
}

/// What becomes of a transaction MAC file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "another fate must break every match")]
pub enum TransactionMacFate {
    /// It stays as it comes.
    Kept,
    /// It is deleted before anything is written.
    Deleted,
    /// It is deleted before anything is written, where there is one, and made behind everything that is written.
    Keyed {
        /// The key of its MACs, made as those of contents are: without an AID and a key number.
        key: KeyIndex,
        /// Its settings.
        settings: TransactionMacSettings,
        /// How many transactions it counts before nothing but itself can be read any more.
        limit: Option<u32>,
    },
}

impl Application {
    /// The transaction MAC file that stays as it comes.
    #[must_use]
    pub fn kept_transaction_mac(&self) -> Option<FileNo> {
        let kept = |file: &TransactionMacSpec| file.fate == TransactionMacFate::Kept;
        self.transaction_mac.filter(kept).map(|file| file.no)
    }

    /// The transaction MAC file that the profile does not want.
    #[must_use]
    pub fn unwanted_transaction_mac(&self) -> Option<FileNo> {
        let deleted = |file: &TransactionMacSpec| file.fate == TransactionMacFate::Deleted;
        self.transaction_mac.filter(deleted).map(|file| file.no)
    }

    /// The transaction MAC file that is made, with its key and settings.
    #[must_use]
    pub fn keyed_transaction_mac(&self) -> Option<(FileNo, KeyIndex, TransactionMacSettings)> {
        let file = self.transaction_mac?;
        match file.fate {
            TransactionMacFate::Keyed { key, settings, .. } => Some((file.no, key, settings)),
            TransactionMacFate::Kept | TransactionMacFate::Deleted => None,
        }
    }

    /// How many transactions are counted at the most, where the profile says.
    #[must_use]
    pub fn transaction_limit(&self) -> Option<u32> {
        match self.transaction_mac?.fate {
            TransactionMacFate::Keyed { limit, .. } => limit,
            TransactionMacFate::Kept | TransactionMacFate::Deleted => None,
        }
    }

    /// The key that sets that limit.
    pub(crate) fn limiter(&self) -> Option<KeyNo> {
        let (.., settings) = self.keyed_transaction_mac()?;
        match settings.change {
            Access::Key(no) => Some(no),
            Access::Free | Access::Never => None,
        }
    }

    /// As whom a job commits while the transaction MAC file is there.
    pub(crate) fn reader_id(&self) -> Option<ReaderId> {
        let file = self.transaction_mac.filter(|file| file.reader != Access::Never)?;
        file.reader_id
    }

    /// How many keys of which type it is created with.
    #[must_use]
    pub fn slots(&self) -> KeySlots {
        let count = self.keys.len().try_into().unwrap_or(u8::MAX);
        let iso_file_ids = self.files.iter().any(|file| file.iso_id.is_some());
        KeySlots { count, key_type: self.key_type, iso_file_ids }
    }
}

/// What a file must be and hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileSpec {
    /// Its number; of one that is there from the factory the chip's own.
    pub no: FileNo,
    /// Its ISO identifier, likewise.
    pub iso_id: Option<IsoFileId>,
    /// What one that is there from the factory is called instead, once and for good.
    pub renamed: Option<FileName>,
    /// Its final settings.
    pub settings: FileSettings,
    /// What it holds first: bytes from offset 0, the rest as the card made it, zero; records, the
    /// oldest first; or a value in four bytes, least significant first.
    pub content: Option<Content>,
    /// By what the chip enciphers and makes MACs of what it mirrors: AES unless named.
    pub suite: SdmCipher,
    /// Whether it is there from the factory. Else a job creates it, and it has no secure dynamic messaging
    /// before it is given its final settings.
    pub from_factory: bool,
}

/// What a file is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileName {
    /// Its number.
    pub no: FileNo,
    /// Its ISO identifier, where it has one.
    pub iso_id: Option<IsoFileId>,
}

impl FileName {
    /// By its number and identifier.
    pub(super) const fn new(no: FileNo, iso_id: Option<IsoFileId>) -> Self {
        Self { no, iso_id }
    }
}

impl FileSpec {
    /// What it is called on a finished card.
    #[must_use]
    pub const fn called(&self) -> FileName {
        match self.renamed {
            Some(name) => name,
            None => FileName { no: self.no, iso_id: self.iso_id },
        }
    }
}
