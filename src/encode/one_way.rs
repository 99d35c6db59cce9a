// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a job does for good, and only where its caller says so.

use core::fmt;
use core::str::FromStr;

use crate::alike::{nearest, write};
use crate::profile::{CardSpec, Profile};

/// What a profile may name and no command can take back. A job does it only where its caller says
/// so ([`Job::allowing`](crate::encode::Job::allowing)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a new option must break every match")]
pub enum OneWay {
    /// The card shows a random UID from then on (SetConfiguration).
    RandomUid,
    /// FormatPICC is refused from then on (SetConfiguration).
    NoFormat,
    /// The PICC master key can never be changed again (key settings, bit 0).
    FrozenKey,
    /// The PICC key settings can never be changed again (key settings, bit 3).
    FrozenSettings,
    /// The chip takes authentications in LRP only from then on (SetConfiguration, option `05`).
    Lrp,
    /// D40 and EV1 messaging are refused from then on (SetConfiguration, option `04`), and DES keys with them.
    LegacyOff,
    /// MACed and enciphered data that come to a standard file in chained commands are refused from then on
    /// (SetConfiguration, option `04`).
    ChainedWritesOff,
    /// The card answers otherwise when a reader finds it (SetConfiguration, options `02`, `03` and `0C`), or shows a
    /// number in place of its UID (option `00`, bit 6). That can be told anew as long as readers find it.
    Answers,
    /// A value file that comes from the factory has other limits from then on (SetConfiguration, once).
    ValueLimits,
    /// A TagTamper looks at the wire of its seal from then on (SetConfiguration, option `07`).
    Seal,
    /// An application counts so many transactions, and then its data can neither be read nor written
    /// (ChangeFileSettings of its transaction MAC file).
    TransactionLimit,
    /// A transaction MAC file is made anew under a key's new version, so that counter and MAC of the old one are
    /// gone (DeleteFile, CreateTransactionMACFile).
    CounterAnew,
    /// An application that comes from the factory has another name from then on, or its files have other numbers
    /// (SetConfiguration, once).
    Names,
}

impl OneWay {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::RandomUid,
        Self::NoFormat,
        Self::FrozenKey,
        Self::FrozenSettings,
        Self::Lrp,
        Self::LegacyOff,
        Self::ChainedWritesOff,
        Self::Answers,
        Self::ValueLimits,
        Self::Seal,
        Self::TransactionLimit,
        Self::CounterAnew,
        Self::Names,
    ];

    /// The name on command lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RandomUid => "random-uid",
            Self::NoFormat => "no-format",
            Self::FrozenKey => "frozen-key",
            Self::FrozenSettings => "frozen-settings",
            Self::Lrp => "lrp",
            Self::LegacyOff => "legacy-off",
            Self::ChainedWritesOff => "chained-writes-off",
            Self::Answers => "answers",
            Self::ValueLimits => "value-limits",
            Self::Seal => "seal",
            Self::TransactionLimit => "transaction-limit",
            Self::CounterAnew => "counter-anew",
            Self::Names => "names",
        }
    }

    /// Whether a profile asks for it.
    #[must_use]
    pub fn is_named_by(self, profile: &Profile) -> bool {
        let of_card = |named: fn(&CardSpec) -> bool| profile.card().is_some_and(named);
        match self {
            Self::RandomUid => of_card(|card| card.random_uid),
            Self::NoFormat => of_card(|card| card.no_format),
            Self::FrozenKey => of_card(|card| !card.settings.key_changeable),
            Self::FrozenSettings => of_card(|card| !card.settings.settings_changeable),
            Self::Lrp => profile.is_in_lrp(),
            Self::LegacyOff => of_card(|card| card.legacy_off),
            Self::ChainedWritesOff => of_card(|card| card.told.chained_writes_off),
            Self::Answers => of_card(|card| card.told.answers_otherwise()),
            Self::ValueLimits => profile.limits_values(),
            Self::Seal => profile.watches_seal(),
            Self::TransactionLimit => {
                profile.applications().iter().any(|spec| spec.transaction_limit().is_some())
            }
            Self::CounterAnew => profile.applications().iter().any(|spec| {
                let counted = spec.keyed_transaction_mac();
                counted.is_some_and(|(_, key, _)| profile[key].former.is_some())
            }),
            Self::Names => {
                let renamed = |at| profile.renames(at) || profile.renumbers(at);
                profile.each_application().any(|(at, _)| renamed(at))
            }
        }
    }
}

impl fmt::Display for OneWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no such option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{}what can be allowed is random-uid, no-format, frozen-key, frozen-settings, lrp, legacy-off, \
     chained-writes-off, answers, value-limits, seal, transaction-limit, counter-anew and names",
    write(self.0)
)]
#[non_exhaustive]
pub struct OneWayError(Option<&'static str>);

impl FromStr for OneWay {
    type Err = OneWayError;

    fn from_str(text: &str) -> Result<Self, OneWayError> {
        let found = Self::ALL.into_iter().find(|option| option.name() == text);
        found.ok_or_else(|| OneWayError(nearest(text, Self::ALL.map(Self::name))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for option in OneWay::ALL {
            assert_eq!(option.name().parse(), Ok(option));
        }
        assert_eq!("".parse::<OneWay>(), Err(OneWayError(None)));
        assert_eq!("random_uid".parse::<OneWay>(), Err(OneWayError(Some("random-uid"))));
    }
}
