// SPDX-License-Identifier: MIT OR Apache-2.0
//! What of a profile and its keys together is allowed but worth a second look.

use core::fmt;

use crate::code::Code;
use crate::encode::job::Job;
use crate::encode::job::bound::Bound;
use crate::encode::job::transport::TransportKey;
use crate::key::{KeyError, Way};
use crate::secret::{Secret, ct_eq};
use crate::shown::Shown;
use crate::wire::{KeyType, KeyVersion};

/// Something in a job that is allowed but worth a second look.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobWarning {
    /// Two names or versions of the key store stand for one value: who has one of the keys has both, and a
    /// new version of a key is no new key.
    OneValue {
        /// The profile's line that declares the second key.
        line: usize,
        /// Name in the key store and version of the first.
        first: (String, KeyVersion),
        /// The same of the second.
        second: (String, KeyVersion),
    },
    /// A key is in a place that could keep it, and lets it be read or taken away: who may use it can have it.
    Readable {
        /// The profile's line that declares it.
        line: usize,
        /// Its name in the key store and version.
        key: (String, KeyVersion),
    },
}

impl JobWarning {
    /// The codes of warnings about jobs.
    pub const CODES: &'static [Code] = table::ALL;

    /// What it is called by machines.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::OneValue { .. } => table::ONE_VALUE,
            Self::Readable { .. } => table::READABLE,
        }
    }

    /// The profile's line that it is about.
    #[must_use]
    pub const fn line(&self) -> usize {
        match self {
            Self::OneValue { line, .. } | Self::Readable { line, .. } => *line,
        }
    }
}

impl fmt::Display for JobWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneValue { line, first, second } => write!(
                f,
                "line {line} of the profile: version {} of `{}` in the key store has the value of version \
                 {} of `{}`",
                second.1,
                Shown(&second.0),
                first.1,
                Shown(&first.0)
            ),
            Self::Readable { line, key } => write!(
                f,
                "line {line} of the profile: version {} of `{}` can be read out of its token: put it in as \
                 sensitive and not extractable",
                key.1,
                Shown(&key.0)
            ),
        }
    }
}

impl Job {
    /// By what means keys that are elsewhere do what they can: name in the key store, version and means, in
    /// the profile's order.
    #[must_use]
    pub fn ways(&self) -> Vec<(String, KeyVersion, Vec<Way>)> {
        let mut told: Vec<(String, KeyVersion, Vec<Way>)> = Vec::new();
        for bound in self.all_bound() {
            let (name, version) = (&bound.spec.reference, bound.spec.version);
            let ways = bound.issuer.ways();
            if !ways.is_empty() && !told.iter().any(|(of, at, _)| (of, *at) == (name, version)) {
                told.push((name.clone(), version, ways));
            }
        }
        told
    }

    /// What is worth a second look, asked of the keys themselves: one call for each that can make a mark. A
    /// key that cannot, or does not answer, is passed over.
    #[must_use]
    pub fn warnings(&self) -> Vec<JobWarning> {
        let mut seen: Vec<(&Bound, KeyType, Secret<[u8; 16]>)> = Vec::new();
        let mut warnings = Vec::new();
        for bound in self.all_bound() {
            let name = |bound: &Bound| (bound.spec.reference.clone(), bound.spec.version);
            if seen.iter().any(|(other, ..)| name(other) == name(bound)) {
                continue;
            }
            if bound.issuer.is_readable() {
                warnings.push(JobWarning::Readable { line: bound.spec.line, key: name(bound) });
            }
            let Ok(mark) = mark(bound) else { continue };
            let key_type = bound.spec.key_type;
            let same = |(_, of, known): &&(&Bound, KeyType, Secret<[u8; 16]>)| {
                *of == key_type && ct_eq(known.expose_secret(), mark.expose_secret())
            };
            if let Some((first, ..)) = seen.iter().find(same) {
                let (line, first, second) = (bound.spec.line, name(first), name(bound));
                warnings.push(JobWarning::OneValue { line, first, second });
            }
            seen.push((bound, key_type, mark));
        }
        warnings
    }

    /// Every key that was taken out of the store.
    fn all_bound(&self) -> impl Iterator<Item = &Bound> {
        let transport = self.transport.iter().filter_map(|key| match key {
            TransportKey::Factory => None,
            TransportKey::Issuer(bound) => Some(&**bound),
        });
        let former = self.former.iter().flatten();
        former.chain(self.keys.iter()).chain(transport).chain(&self.start)
    }
}

/// What only a key of this value makes.
fn mark(bound: &Bound) -> Result<Secret<[u8; 16]>, KeyError> {
    let mut mark = Secret::new([0; 16]);
    let block = mark.expose_secret_mut();
    match bound.spec.key_type {
        KeyType::Aes => bound.issuer.cmac(b"cardwright: one value", block)?,
        KeyType::Des | KeyType::Tdes3 => bound.issuer.cbc(&[0; 8], block)?,
    }
    Ok(mark)
}

mod table {
    crate::code::codes! {
        ONE_VALUE = "warning-one-value", "two names or versions in the key store stand for one key value",
            "make a new key for one of them";
        READABLE = "warning-key-readable", "a key can be read out of the token that it is in",
            "put it in as sensitive and not extractable";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::KeyFile;
    use crate::profile::Profile;

    #[test]
    fn one_value_under_two_names_is_warned_of_and_not_shown() {
        let profile = include_str!("../../../examples/data/profiles/door-2.toml");
        let profile = Profile::parse(profile).unwrap();
        let keys = include_str!("../../../examples/data/test-keys.toml");
        let well = Job::new(profile.clone(), &KeyFile::parse(keys).unwrap()).unwrap();
        assert_eq!(well.warnings(), []);
        // The second version of a key gets the bytes of the first, and another one those of a third.
        let value = |name: &str, version: u8| {
            let at =
                format!("name = \"{name}\"\ntype = \"aes128\"\nversion = {version}\nvalue = \"");
            let (_, behind) = keys.split_once(&at).unwrap_or_else(|| panic!("{at}"));
            behind.split('"').next().unwrap()
        };
        for (first, second, line) in
            [(("app0", 1), ("app0", 2), "app0"), (("app0", 2), ("app1", 2), "app1")]
        {
            let (one, other) = (value(first.0, first.1), value(second.0, second.1));
            let equal = keys.replacen(other, one, 1);
            let job = Job::new(profile.clone(), &KeyFile::parse(&equal).unwrap()).unwrap();
            let [warning] = &job.warnings()[..] else { panic!("{:?}", job.warnings()) };
            let named = |(name, version): (&str, u8)| (name.to_owned(), KeyVersion(version));
            let JobWarning::OneValue { first: told, second: too, .. } = warning else {
                panic!("{warning:?}")
            };
            let mut told = [told.clone(), too.clone()];
            let mut meant = [named(first), named(second)];
            told.sort();
            meant.sort();
            assert_eq!(told, meant);
            let said = format!("{warning} {warning:?}");
            assert!(said.contains(line) && !said.contains(one), "{said}");
            assert_eq!(warning.code().name(), "warning-one-value");
        }
    }
}
