// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a transaction consists of, and how it goes under the MAC (MF2DL(H)x0, transaction MAC input).

use core::fmt;

use super::error::OperationError;
use crate::bytes::u24_le;
use crate::wire::FileNo;

/// A block of the MAC; each operation begins one.
const BLOCK: usize = 16;

/// In which of two commands data went: the MAC is over the instruction that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there are these two")]
pub enum Form {
    /// In frames: `BD`, `3D`, `BB`, `3B`, `DB`.
    Frames,
    /// In one APDU, as files that are told so ([`File::in_one_apdu`](crate::host::File::in_one_apdu)):
    /// `AD`, `8D`, `AB`, `8B`, `BA`.
    OneApdu,
}

/// Who committed, as readers name themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the bytes of the command")]
pub struct ReaderId(pub [u8; 16]);

impl ReaderId {
    /// What a file holds before any reader has committed.
    pub const NONE: Self = Self([0; 16]);
}

/// A command of a transaction that the card has executed, with data in clear, whatever the communication
/// mode; one that went in several frames is one command. Reads of the transaction MAC file do not count.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation<'a> {
    /// ReadData.
    ReadData {
        /// In which command.
        form: Form,
        /// Which file.
        file: FileNo,
        /// From where.
        offset: u32,
        /// What was read.
        data: &'a [u8],
    },
    /// WriteData.
    WriteData {
        /// In which command.
        form: Form,
        /// Which file.
        file: FileNo,
        /// From where.
        offset: u32,
        /// What was written.
        data: &'a [u8],
    },
    /// ReadRecords.
    ReadRecords {
        /// In which command.
        form: Form,
        /// Which file.
        file: FileNo,
        /// The newest record read, counted back from the newest there is.
        newest: u32,
        /// How many came, also where all were asked for.
        records: u32,
        /// What was read.
        data: &'a [u8],
    },
    /// WriteRecord.
    WriteRecord {
        /// In which command.
        form: Form,
        /// Which file.
        file: FileNo,
        /// From where in the record.
        offset: u32,
        /// What was written.
        data: &'a [u8],
    },
    /// UpdateRecord.
    UpdateRecord {
        /// In which command.
        form: Form,
        /// Which file.
        file: FileNo,
        /// Which record, counted back from the newest.
        record: u32,
        /// From where in the record.
        offset: u32,
        /// What was written.
        data: &'a [u8],
    },
    /// ClearRecordFile.
    ClearRecordFile {
        /// Which file.
        file: FileNo,
    },
    /// GetValue.
    GetValue {
        /// Which file.
        file: FileNo,
        /// What was told: the value of the last commit.
        value: i32,
    },
    /// Credit.
    Credit {
        /// Which file.
        file: FileNo,
        /// By how much.
        amount: u32,
    },
    /// Debit.
    Debit {
        /// Which file.
        file: FileNo,
        /// By how much.
        amount: u32,
    },
    /// LimitedCredit.
    LimitedCredit {
        /// Which file.
        file: FileNo,
        /// By how much.
        amount: u32,
    },
    /// RestoreTransfer.
    RestoreTransfer {
        /// Which file gets the value.
        target: FileNo,
        /// Which file has it.
        source: FileNo,
    },
    /// CommitReaderID.
    CommitReaderId {
        /// The reader.
        reader: ReaderId,
        /// What the card answered in a session: the reader before, enciphered. Without a session nothing.
        previous: Option<[u8; 16]>,
    },
}

/// Where in a file, as a command says it.
enum Place {
    /// Two numbers, and eight zeros in front of the data.
    Two([(&'static str, u32); 2]),
    /// Three numbers, and five zeros.
    Three([(&'static str, u32); 3]),
}

impl Operation<'_> {
    /// How many bytes it is under the MAC at most.
    pub(super) const fn room(&self) -> usize {
        // A block in front of the data, and one begun behind; a reader's identifiers are less than three.
        4 * BLOCK + self.data().len()
    }

    const fn data(&self) -> &[u8] {
        match self {
            Self::ReadData { data, .. }
            | Self::WriteData { data, .. }
            | Self::ReadRecords { data, .. }
            | Self::WriteRecord { data, .. }
            | Self::UpdateRecord { data, .. } => data,
            Self::ClearRecordFile { .. }
            | Self::GetValue { .. }
            | Self::Credit { .. }
            | Self::Debit { .. }
            | Self::LimitedCredit { .. }
            | Self::RestoreTransfer { .. }
            | Self::CommitReaderId { .. } => &[],
        }
    }

    /// Appends it as the card does: instruction, file, where, data; zeros until a block is full.
    pub(super) fn append(&self, out: &mut Vec<u8>) -> Result<(), OperationError> {
        let length = || length(self.data().len());
        match *self {
            Self::ReadData { form, file, offset, .. } => {
                let place = Place::Two([("the offset", offset), ("the length", length()?)]);
                self.put(out, [0xBD, 0xAD], form, file, &place)?;
            }
            Self::WriteData { form, file, offset, .. } => {
                let place = Place::Two([("the offset", offset), ("the length", length()?)]);
                self.put(out, [0x3D, 0x8D], form, file, &place)?;
            }
            Self::ReadRecords { form, file, newest, records, data } => {
                let size = data.len().checked_rem(usize::try_from(records).unwrap_or_default());
                if size != Some(0) {
                    return Err(OperationError::Records { bytes: data.len(), records });
                }
                let place = Place::Two([("the record", newest), ("the count", records)]);
                self.put(out, [0xBB, 0xAB], form, file, &place)?;
            }
            Self::WriteRecord { form, file, offset, .. } => {
                let place = Place::Two([("the offset", offset), ("the length", length()?)]);
                self.put(out, [0x3B, 0x8B], form, file, &place)?;
            }
            Self::UpdateRecord { form, file, record, offset, .. } => {
                let within = [("the offset", offset), ("the length", length()?)];
                let [offset, length] = within;
                let place = Place::Three([("the record", record), offset, length]);
                self.put(out, [0xDB, 0xBA], form, file, &place)?;
            }
            Self::ClearRecordFile { file } => out.extend([0xEB, file.into()]),
            Self::GetValue { file, value } => number(out, 0x6C, file, value),
            Self::Credit { file, amount } => number(out, 0x0C, file, raised(amount)?),
            Self::Debit { file, amount } => number(out, 0xDC, file, raised(amount)?),
            Self::LimitedCredit { file, amount } => number(out, 0x1C, file, raised(amount)?),
            Self::RestoreTransfer { target, source } => {
                out.extend([0xB1, target.into(), source.into()]);
            }
            Self::CommitReaderId { reader, previous } => {
                out.push(0xC8);
                out.extend(reader.0);
                out.extend(previous.into_iter().flatten());
            }
        }
        out.resize(out.len().next_multiple_of(BLOCK), 0x00);
        Ok(())
    }

    /// Instruction, file and place, zeros until a block is full, and the data.
    fn put(
        &self,
        out: &mut Vec<u8>,
        [in_frames, in_one]: [u8; 2],
        form: Form,
        file: FileNo,
        place: &Place,
    ) -> Result<(), OperationError> {
        let data = self.data();
        if data.is_empty() {
            return Err(OperationError::NoData);
        }
        let ins = match form {
            Form::Frames => in_frames,
            Form::OneApdu => in_one,
        };
        out.extend([ins, file.into()]);
        let numbers: &[_] = match place {
            Place::Two(numbers) => numbers,
            Place::Three(numbers) => numbers,
        };
        for &(what, number) in numbers {
            if number > MOST {
                let found = usize::try_from(number).unwrap_or(usize::MAX);
                return Err(OperationError::TooLarge { what, found });
            }
            out.extend(u24_le(number));
        }
        out.resize(out.len().next_multiple_of(BLOCK), 0x00);
        out.extend_from_slice(data);
        Ok(())
    }
}

/// Instruction, file and a number of four bytes.
fn number(out: &mut Vec<u8>, ins: u8, file: FileNo, number: i32) {
    out.extend([ins, file.into()]);
    out.extend(number.to_le_bytes());
}

fn raised(amount: u32) -> Result<i32, OperationError> {
    i32::try_from(amount).map_err(|_| OperationError::Amount(amount))
}

/// The largest number of three bytes.
const MOST: u32 = 0x00FF_FFFF;

fn length(found: usize) -> Result<u32, OperationError> {
    let fits = u32::try_from(found).ok().filter(|&length| length <= MOST);
    fits.ok_or(OperationError::TooLarge { what: "the length", found })
}

impl fmt::Debug for Operation<'_> {
    /// Contents and amounts may be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::ReadData { .. } => "ReadData",
            Self::WriteData { .. } => "WriteData",
            Self::ReadRecords { .. } => "ReadRecords",
            Self::WriteRecord { .. } => "WriteRecord",
            Self::UpdateRecord { .. } => "UpdateRecord",
            Self::ClearRecordFile { .. } => "ClearRecordFile",
            Self::GetValue { .. } => "GetValue",
            Self::Credit { .. } => "Credit",
            Self::Debit { .. } => "Debit",
            Self::LimitedCredit { .. } => "LimitedCredit",
            Self::RestoreTransfer { .. } => "RestoreTransfer",
            Self::CommitReaderId { .. } => "CommitReaderId",
        };
        f.debug_struct(name).finish_non_exhaustive()
    }
}
