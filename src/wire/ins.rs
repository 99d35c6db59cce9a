// SPDX-License-Identifier: MIT OR Apache-2.0
//! Instruction bytes of native commands.

use core::fmt;

macro_rules! instructions {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)+) => {
        /// A native instruction byte. Total: a byte that is no known instruction stays itself.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Ins {
            $($(#[$doc])* $name,)+
            /// Any other byte.
            Unknown(u8),
        }

        impl Ins {
            /// Every instruction that has a name.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The byte.
            #[must_use]
            pub const fn code(self) -> u8 {
                match self {
                    $(Self::$name => $code,)+
                    Self::Unknown(code) => code,
                }
            }
        }

        impl From<u8> for Ins {
            fn from(code: u8) -> Self {
                match code {
                    $($code => Self::$name,)+
                    other => Self::Unknown(other),
                }
            }
        }

        impl From<Ins> for u8 {
            fn from(ins: Ins) -> Self {
                ins.code()
            }
        }

        impl fmt::Display for Ins {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$name => f.write_str(stringify!($name)),)+
                    Self::Unknown(code) => write!(f, "{code:02X}"),
                }
            }
        }
    };
}

instructions! {
    /// Authenticate with DES or 2K3DES, then D40 messaging.
    Authenticate = 0x0A,
    /// Authenticate with AES, then EV1 messaging.
    AuthenticateAes = 0xAA,
    /// Authenticate with a DES-family key in ISO mode, then EV1 messaging.
    AuthenticateIso = 0x1A,
    /// Authenticate with AES, then EV2 messaging in a new transaction.
    AuthenticateEv2First = 0x71,
    /// Authenticate with AES inside an EV2 transaction.
    AuthenticateEv2NonFirst = 0x77,
    /// Continue a chain, in either direction.
    AdditionalFrame = 0xAF,
    /// Change the settings byte of the PICC or of the selected application.
    ChangeKeySettings = 0x54,
    /// Read the settings and key slots of the PICC or of the selected application.
    GetKeySettings = 0x45,
    /// Replace a key.
    ChangeKey = 0xC4,
    /// Replace a key of any key set.
    ChangeKeyEv2 = 0xC6,
    /// Make a key set ready for keys.
    InitializeKeySet = 0x56,
    /// Close a key set that is ready, and give it its version.
    FinalizeKeySet = 0x57,
    /// Make another key set the active one.
    RollKeySet = 0x55,
    /// Read the version of a key.
    GetKeyVersion = 0x64,
    /// Create an application.
    CreateApplication = 0xCA,
    /// Create an application for somebody else, in a slot and with a quota.
    CreateDelegatedApplication = 0xC9,
    /// Read slot, quota and AID of a delegated application.
    GetDelegatedInfo = 0x69,
    /// Delete an application.
    DeleteApplication = 0xDA,
    /// List the applications.
    GetApplicationIds = 0x6A,
    /// Select an application, or the PICC level.
    SelectApplication = 0x5A,
    /// Delete all applications and give their memory back.
    FormatPicc = 0xFC,
    /// Read hardware, software and production data.
    GetVersion = 0x60,
    /// Read the real UID, enciphered.
    GetCardUid = 0x51,
    /// Read the chip maker's signature over the UID.
    ReadSig = 0x3C,
    /// Configure the card: formatting and random UID, default key, ATS.
    SetConfiguration = 0x5C,
    /// Prepare for a check of how near the card is.
    PreparePc = 0xF0,
    /// Exchange random bytes, as fast as both can.
    ProximityCheck = 0xF2,
    /// Prove which bytes were exchanged.
    VerifyPc = 0xFD,
    /// List the applications that have ISO identifiers or names.
    GetDfNames = 0x6D,
    /// Read how much memory is left.
    FreeMemory = 0x6E,
    /// List the files of the selected application.
    GetFileIds = 0x6F,
    /// List the ISO identifiers of the files.
    GetIsoFileIds = 0x61,
    /// Read the settings of a file.
    GetFileSettings = 0xF5,
    /// Replace the communication mode and the rights of a file.
    ChangeFileSettings = 0x5F,
    /// Read the counter of a file for secure dynamic messaging.
    GetFileCounters = 0xF6,
    /// Read whether the seal of an NTAG 424 DNA TagTamper is whole.
    GetTtStatus = 0xF7,
    /// Create a file that is written at once.
    CreateStdDataFile = 0xCD,
    /// Create a file that is written at commit.
    CreateBackupDataFile = 0xCB,
    /// Create a file that holds one number.
    CreateValueFile = 0xCC,
    /// Create a record file that is full at its last record.
    CreateLinearRecordFile = 0xC1,
    /// Create a record file whose oldest record gives way.
    CreateCyclicRecordFile = 0xC0,
    /// Create the file that holds the MAC over the last transaction.
    CreateTransactionMacFile = 0xCE,
    /// Delete a file.
    DeleteFile = 0xDF,
    /// Read from a data file.
    ReadData = 0xBD,
    /// Write to a data file.
    WriteData = 0x3D,
    /// Read from a data file, on chips that carry more than a frame by ISO chaining.
    ReadDataIso = 0xAD,
    /// Write to a data file, on chips that carry more than a frame by ISO chaining.
    WriteDataIso = 0x8D,
    /// Read a value.
    GetValue = 0x6C,
    /// Raise a value.
    Credit = 0x0C,
    /// Lower a value.
    Debit = 0xDC,
    /// Give back what was debited last.
    LimitedCredit = 0x1C,
    /// Take over the value of another value file.
    RestoreTransfer = 0xB1,
    /// Write to the record of this transaction.
    WriteRecord = 0x3B,
    /// Write into a record that is there.
    UpdateRecord = 0xDB,
    /// Read records.
    ReadRecords = 0xBB,
    /// Write to the record of this transaction, on chips that carry more than a frame by ISO chaining.
    WriteRecordIso = 0x8B,
    /// Read records, on chips that carry more than a frame by ISO chaining.
    ReadRecordsIso = 0xAB,
    /// Write into a record that is there, on chips that carry more than a frame by ISO chaining.
    UpdateRecordIso = 0xBA,
    /// Remove all records.
    ClearRecordFile = 0xEB,
    /// Make the writes of this transaction valid.
    CommitTransaction = 0xC7,
    /// Say which reader makes this transaction, for the MAC over it.
    CommitReaderId = 0xC8,
    /// Drop the writes of this transaction.
    AbortTransaction = 0xA7,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives_the_round_trip() {
        for code in 0..=u8::MAX {
            assert_eq!(u8::from(Ins::from(code)), code);
        }
    }
}
