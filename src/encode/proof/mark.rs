// SPDX-License-Identifier: MIT OR Apache-2.0
//! What stands for a card, a records file or what a record says, where nobody may tell which it is.

use core::fmt;
use core::hash::{Hash, Hasher};

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::encode::job::Job;
use crate::iso14443::RealUid;
use crate::key::KeyError;
use crate::keys::NameKey;
use crate::profile::{NAMELESS, Record, RecordError};

/// The mark of a records file whose records have no `id`: its HMAC under the receipt key.
///
/// # Errors
/// [`KeyError`] of a receipt key that is elsewhere.
pub fn batch_mark(job: &Job, records: &[u8]) -> Result<[u8; 32], KeyError> {
    job.receipt_key().hmac("records", records)
}

/// The mark of a card, as receipts and [intents](crate::encode::Intent) have it: the HMAC of its UID under
/// the receipt key, hexadecimal.
///
/// # Errors
/// [`KeyError`] of a receipt key that is elsewhere.
pub fn card_mark(job: &Job, uid: &RealUid) -> Result<String, KeyError> {
    job.receipt_key().hmac("card", uid.expose()).map(hex::encode)
}

/// The mark of what a record says: an HMAC of its values, salted by its reference where it has one, so
/// that equal values of two people have two marks. Equality takes the same time whatever it finds.
#[derive(Clone, Copy)]
pub(crate) struct ContentsMark([u8; 32]);

impl ContentsMark {
    /// As a receipt has it.
    pub(crate) fn parse(digits: &str) -> Option<Self> {
        let mut mark = [0; 32];
        hex::decode_to_slice(digits, &mut mark).ok()?;
        Some(Self(mark))
    }
}

impl PartialEq for ContentsMark {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for ContentsMark {}

impl Hash for ContentsMark {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Display for ContentsMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for ContentsMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Makes the marks of a job's records.
pub(crate) struct Marker<'j> {
    job: &'j Job,
    key: &'j NameKey,
}

impl<'j> Marker<'j> {
    pub(crate) const fn of(job: &'j Job) -> Self {
        Self { job, key: job.contents_key() }
    }

    /// The mark that a record has; `None` for the record of a card that no record is for.
    pub(crate) fn own(&self, record: &Record) -> Option<ContentsMark> {
        self.salted(record, record.reference())
    }

    /// The mark that its values have where nothing else tells whose they are.
    pub(crate) fn without_reference(&self, record: &Record) -> Option<ContentsMark> {
        self.salted(record, None)
    }

    fn salted(&self, record: &Record, reference: Option<&str>) -> Option<ContentsMark> {
        let values = record.canonical(self.job.profile())?;
        // Two steps, so that the salt needs no frame: a key for each reference, and one for none.
        let key = match reference {
            Some(reference) => {
                let salted = self.key.hmac("reference", reference.as_bytes());
                NameKey::new(&Zeroizing::new(salted))
            }
            None => self.key.derive("no reference"),
        };
        Some(ContentsMark(key.hmac("values", values.expose_secret())))
    }
}

/// By what a receipt knows its record.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    /// The reference, or what people call it by.
    pub(crate) label: String,
    /// Whether that is no reference.
    pub(crate) unnamed: bool,
    /// Nothing where the record could not be read, or there is none.
    pub(crate) contents: Option<ContentsMark>,
}

impl Named {
    pub(crate) fn record(job: &Job, record: &Record) -> Self {
        let contents = Marker::of(job).own(record);
        let unnamed = record.reference().is_none() && contents.is_some();
        Self { label: record.id().to_owned(), unnamed, contents }
    }

    /// A record that could not be read.
    pub(crate) fn unread(error: &RecordError) -> Self {
        let place = match error.line() {
            0 => NAMELESS.to_owned(),
            line => line.to_string(),
        };
        let label = error.id().map_or(place, str::to_owned);
        Self { label, unnamed: error.id().is_none(), contents: None }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::keys::KeyFile;
    use crate::profile::{Profile, Records};

    fn job() -> Job {
        let profile = include_str!("../../../examples/data/profiles/door.toml");
        let keys = include_str!("../../../examples/data/test-keys.toml");
        Job::new(Profile::parse(profile).unwrap(), &KeyFile::parse(keys).unwrap()).unwrap()
    }

    fn alone(job: &Job, entries: &str) -> Record {
        let object = format!("{{{entries}}}");
        Record::alone(job.profile(), object.as_bytes()).unwrap()
    }

    const VALUES: &str =
        r#""facility":42,"number":7,"issue":1,"valid_until":20281231,"site":"North""#;

    #[test]
    fn a_record_that_comes_alone_is_never_called_by_a_line() {
        let job = job();
        let record = alone(&job, VALUES);
        assert_eq!((record.id(), record.reference(), record.line()), ("-", None, 0));
        let named = alone(&job, &format!(r#""id":"1",{VALUES}"#));
        assert_eq!((named.id(), named.reference(), named.line()), ("1", Some("1"), 0));
        let error = Record::alone(job.profile(), b"{\"id\":\"a\"}").unwrap_err();
        assert_eq!((error.id(), error.line()), (Some("a"), 0));
        assert!(error.to_string().starts_with("field \"facility\": missing"), "{error}");
        let error = Record::alone(job.profile(), b"{\"facility\":1}").unwrap_err();
        assert_eq!(Named::unread(&error).label, "-");
        let twice = format!("{{{VALUES}}}\n{{{}}}\n", VALUES.replace('7', "8"));
        for none in ["", "\n", "facility", &twice] {
            let error = Record::alone(job.profile(), none.as_bytes()).unwrap_err();
            assert_eq!((error.id(), error.line()), (None, 0), "{none}");
        }
    }

    /// The reference and every value are in the mark, and what the file looks like is not.
    #[test]
    fn a_mark_is_of_reference_and_values() {
        let job = job();
        let marker = Marker::of(&job);
        let mark = |entries: &str| marker.own(&alone(&job, entries)).unwrap().to_string();
        let plain = mark(VALUES);
        let turned: Vec<_> = VALUES.split(',').rev().collect();
        assert_eq!(mark(&turned.join(",")), plain);
        assert_eq!(mark(&VALUES.replace("42", "\"42\"")), plain);
        let mut marks = BTreeSet::from([plain.clone()]);
        for (old, new) in [("42", "43"), ("7", "8"), ("North", "Nort"), ("", "\"id\":\"a\",")] {
            assert!(marks.insert(mark(&VALUES.replacen(old, new, 1))), "{new}");
        }
        assert!(marks.insert(mark(&format!("\"id\":\"b\",{VALUES}"))));
        let named = alone(&job, &format!("\"id\":\"b\",{VALUES}"));
        assert_eq!(marker.without_reference(&named).unwrap().to_string(), plain);
        assert_eq!(marker.own(&Record::none()), None);
        let file = "facility,number,issue,valid_until,site\n42,7,1,20281231,North\n";
        let records = Records::csv(job.profile(), file.as_bytes()).unwrap();
        let named = Named::record(&job, records.entries[0].as_ref().unwrap());
        assert_eq!((&*named.label, named.unnamed), ("2", true));
        assert_eq!(named.contents.unwrap().to_string(), plain);
    }

    /// What the documentation of receipts says, computed by Python's `hmac`.
    #[test]
    fn another_program_makes_the_same_marks() {
        let job = job();
        let marker = Marker::of(&job);
        let named = alone(&job, &format!("\"id\":\"a\",{VALUES}"));
        assert_eq!(marker.own(&named).unwrap().to_string(), WITH);
        assert_eq!(marker.without_reference(&named).unwrap().to_string(), WITHOUT);
    }

    const WITH: &str = "7b9afa45e3e81d73ad3266a8142d72b56cde630b72dd7c79ed058e287dde4cb8";
    const WITHOUT: &str = "791b9afe306136a60be6c7396a5fb65408ccfe9620647bb6255e91b2d2f6eb34";
}
