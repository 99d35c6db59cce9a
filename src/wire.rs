// SPDX-License-Identifier: MIT OR Apache-2.0
//! The DESFire vocabulary: one family of values a file, with their wire forms and no behaviour.

mod access;
mod aid;
mod chip;
mod configuration;
mod file;
mod ins;
mod iso;
mod key_settings;
mod key_type;
mod messaging;
mod mode;
mod number;
mod product;
mod seal;
mod status;
mod uid_form;
mod version;

pub use access::{Access, AccessRights, FurtherRights};
pub use aid::{Aid, AidError};
pub use chip::{
    Chip, ChipSize, Commands, Enter, Factory, FixedApplication, FixedFile, FixedTransactionMac,
    FreeRoom, Generation, Layout, PiccLevel, Silicon,
};
pub use configuration::PiccConfiguration;
pub use file::{
    DetailedKind, DynamicMessaging, FileDetails, FileKind, FileReport, FileSettings, FileSize,
    FileState, FileType, NewFile, RecordCount, RecordLayout, Sdm, SdmCounter, SdmFile, SdmMeta,
    ValueLimits,
};
pub use ins::Ins;
pub use iso::{DfEntry, DfName, IsoDf, IsoFileId, IsoNameError};
pub use key_settings::{ChangeKeyRight, KeyDetails, KeySets, KeySettings, KeySlots};
pub use key_type::{KeyType, KeyVersion};
pub use messaging::{Messaging, MessagingError, Opening};
pub use mode::CommMode;
pub use number::{FileNo, KeyNo, PiccKey};
pub use product::Product;
pub use seal::{TtState, TtStatus};
pub use status::Status;
pub use uid_form::UidForm;
pub use version::{ModuleVersion, Version};
