// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reports as readers write them, one JSON object a line.

use cardwright::host::SdmCipher;
use cardwright::host::transaction::{
    Form, Operation, ReaderId, TransactionCounter, TransactionMac,
};
use cardwright::iso14443::RealUid;
use cardwright::wire::FileNo;
use serde::{Deserialize, Deserializer, de};
use zeroize::Zeroizing;

/// What a reader says that it has committed.
#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a report, { \"uid\": …, \"counter\": …, \"mac\": …, \"operations\": […] }"
)]
pub(crate) struct Report {
    #[serde(deserialize_with = "array")]
    uid: [u8; 7],
    #[serde(default)]
    cipher: Suite,
    counter: u32,
    #[serde(deserialize_with = "array")]
    mac: [u8; 8],
    operations: Vec<Done>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Suite {
    #[default]
    Aes,
    Lrp,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Sent {
    Frames,
    OneApdu,
}

/// Data and amounts may be personal: they show nowhere, and are wiped.
#[derive(Deserialize)]
#[serde(
    tag = "op",
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "an operation, { \"op\": …, … }"
)]
enum Done {
    ReadData { form: Sent, file: u8, offset: u32, data: Bytes },
    WriteData { form: Sent, file: u8, offset: u32, data: Bytes },
    ReadRecords { form: Sent, file: u8, newest: u32, records: u32, data: Bytes },
    WriteRecord { form: Sent, file: u8, offset: u32, data: Bytes },
    UpdateRecord { form: Sent, file: u8, record: u32, offset: u32, data: Bytes },
    ClearRecordFile { file: u8 },
    GetValue { file: u8, value: i32 },
    Credit { file: u8, amount: u32 },
    Debit { file: u8, amount: u32 },
    LimitedCredit { file: u8, amount: u32 },
    RestoreTransfer { target: u8, source: u8 },
    CommitReaderId { reader: Block, previous: Option<Block> },
}

struct Bytes(Zeroizing<Vec<u8>>);

#[derive(Clone, Copy, Deserialize)]
#[serde(transparent)]
struct Block {
    #[serde(deserialize_with = "array")]
    bytes: [u8; 16],
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let digits = Zeroizing::new(String::deserialize(from)?);
        // What stands there may be personal, and is not repeated.
        let bytes =
            hex::decode(&*digits).map_err(|_| de::Error::custom("no hexadecimal digits"))?;
        Ok(Self(Zeroizing::new(bytes)))
    }
}

fn array<'de, D: Deserializer<'de>, const N: usize>(from: D) -> Result<[u8; N], D::Error> {
    let Bytes(bytes) = Bytes::deserialize(from)?;
    let array = bytes.as_slice().try_into();
    array.map_err(|_| de::Error::custom(format_args!("not {} hexadecimal digits", 2 * N)))
}

impl Report {
    /// The report of a line.
    pub(crate) fn read(line: &str) -> Result<Self, String> {
        serde_json::from_str(line).map_err(|error| told(&error))
    }

    pub(crate) const fn uid(&self) -> RealUid {
        RealUid::new(self.uid)
    }

    pub(crate) const fn cipher(&self) -> SdmCipher {
        match self.cipher {
            Suite::Aes => SdmCipher::Aes,
            Suite::Lrp => SdmCipher::Lrp,
        }
    }

    pub(crate) const fn mac(&self) -> TransactionMac {
        TransactionMac { counter: TransactionCounter(self.counter), value: self.mac }
    }

    pub(crate) fn operations(&self) -> Result<Vec<Operation<'_>>, String> {
        self.operations.iter().map(Done::operation).collect()
    }
}

impl Done {
    fn operation(&self) -> Result<Operation<'_>, String> {
        let file = |no: u8| FileNo::new(no).ok_or_else(|| format!("{no} is no file: 0 to 31"));
        Ok(match *self {
            Self::ReadData { form, file: no, offset, ref data } => {
                Operation::ReadData { form: form.into(), file: file(no)?, offset, data: &data.0 }
            }
            Self::WriteData { form, file: no, offset, ref data } => {
                Operation::WriteData { form: form.into(), file: file(no)?, offset, data: &data.0 }
            }
            Self::ReadRecords { form, file: no, newest, records, ref data } => {
                let (form, file) = (form.into(), file(no)?);
                Operation::ReadRecords { form, file, newest, records, data: &data.0 }
            }
            Self::WriteRecord { form, file: no, offset, ref data } => {
                Operation::WriteRecord { form: form.into(), file: file(no)?, offset, data: &data.0 }
            }
            Self::UpdateRecord { form, file: no, record, offset, ref data } => {
                let (form, file) = (form.into(), file(no)?);
                Operation::UpdateRecord { form, file, record, offset, data: &data.0 }
            }
            Self::ClearRecordFile { file: no } => Operation::ClearRecordFile { file: file(no)? },
            Self::GetValue { file: no, value } => Operation::GetValue { file: file(no)?, value },
            Self::Credit { file: no, amount } => Operation::Credit { file: file(no)?, amount },
            Self::Debit { file: no, amount } => Operation::Debit { file: file(no)?, amount },
            Self::LimitedCredit { file: no, amount } => {
                Operation::LimitedCredit { file: file(no)?, amount }
            }
            Self::RestoreTransfer { target, source } => {
                Operation::RestoreTransfer { target: file(target)?, source: file(source)? }
            }
            Self::CommitReaderId { reader, previous } => Operation::CommitReaderId {
                reader: ReaderId(reader.bytes),
                previous: previous.map(|block| block.bytes),
            },
        })
    }
}

impl From<Sent> for Form {
    fn from(sent: Sent) -> Self {
        match sent {
            Sent::Frames => Self::Frames,
            Sent::OneApdu => Self::OneApdu,
        }
    }
}

/// What is the matter, without what stands there.
fn told(error: &serde_json::Error) -> String {
    let all = error.to_string();
    let all = all.split(" at line ").next().unwrap_or_default();
    let why = match (error.classify(), all.split_once(", expected ")) {
        (serde_json::error::Category::Data, Some((_, expected))) => {
            let expected = match expected {
                "a string" | "string or map" => "a text",
                "u8" => "a whole number from 0 to 255",
                "u32" => "a whole number from 0 to 4294967295",
                "i32" => "a whole number from -2147483648 to 2147483647",
                other => other,
            };
            format!("expected {expected}")
        }
        (serde_json::error::Category::Data, None) | (_, _) => all.to_owned(),
    };
    format!("column {}: {why}", error.column())
}
