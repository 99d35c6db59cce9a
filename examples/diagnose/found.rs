// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a search found, as it goes into the table and the JSON. No key is in it, and no UID.

use cardwright::diagnose::{
    AidOrder, Candidate, Left, Outcome, Report, Search, SlotReport, Tried, UidOrder, Why,
};
use cardwright::diversify::Scheme;
use cardwright::wire::Aid;
use serde::Serialize;

/// All of it.
#[derive(Debug, Serialize)]
pub(crate) struct Found {
    /// Whether a key opened each level.
    pub(crate) opened: bool,
    pub(crate) refused: u16,
    pub(crate) refused_at_most: u16,
    /// Why the search ended before its time.
    pub(crate) stopped: Option<String>,
    pub(crate) levels: Vec<Level>,
}

/// The PICC level or an application.
#[derive(Debug, Serialize)]
pub(crate) struct Level {
    pub(crate) aid: String,
    /// Whether it was named with its bytes in the other order.
    pub(crate) aid_was_turned: bool,
    pub(crate) keys: Vec<Slot>,
}

/// A key slot.
#[derive(Debug, Serialize)]
pub(crate) struct Slot {
    pub(crate) no: u8,
    /// As the card tells them.
    pub(crate) version: Option<u8>,
    pub(crate) key_type: Option<String>,
    pub(crate) opened_by: Option<Key>,
    /// In order, the one that opened it last.
    pub(crate) tried: Vec<Attempt>,
    pub(crate) not_tried: Vec<NotTried>,
}

/// A key and how it is made.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Key {
    /// The name in the key file, or what a public key is called.
    pub(crate) key: String,
    pub(crate) version: u8,
    pub(crate) key_type: String,
    /// Whether everybody knows it.
    pub(crate) public: bool,
    /// `None` for the key itself.
    pub(crate) scheme: Option<&'static str>,
    /// What goes in by name, where the scheme lets it be chosen.
    pub(crate) input: Vec<String>,
    pub(crate) aid_order: Option<&'static str>,
    pub(crate) uid_order: Option<&'static str>,
}

/// An authentication.
#[derive(Debug, Serialize)]
pub(crate) struct Attempt {
    #[serde(flatten)]
    pub(crate) key: Key,
    /// The command.
    pub(crate) by: String,
    pub(crate) opened: bool,
    /// What the card answered instead.
    pub(crate) says: Option<String>,
}

/// What was not tried for one reason.
#[derive(Debug, Serialize)]
pub(crate) struct NotTried {
    /// The reason by name, and in words.
    pub(crate) why: &'static str,
    pub(crate) says: &'static str,
    pub(crate) candidates: usize,
    /// The keys, each with the ways in which it was not tried.
    pub(crate) keys: Vec<Remaining>,
}

/// A key that was not tried in so many ways.
#[derive(Debug, Serialize)]
pub(crate) struct Remaining {
    pub(crate) key: String,
    pub(crate) version: u8,
    pub(crate) ways: Vec<String>,
}

impl Found {
    pub(crate) fn new(search: &Search, report: &Report) -> Self {
        let levels = report.targets.iter().map(|level| Level {
            aid: level.aid.to_string(),
            aid_was_turned: level.turned,
            keys: level.slots.iter().map(|found| slot(search, found)).collect(),
        });
        Self {
            opened: report.opened(),
            refused: report.refused,
            refused_at_most: report.most,
            stopped: report.stop.map(|stop| stop.to_string()),
            levels: levels.collect(),
        }
    }
}

impl Level {
    /// What it is called.
    pub(crate) fn name(&self) -> String {
        if self.aid == Aid::PICC.to_string() {
            "PICC level".to_owned()
        } else {
            format!("application {}", self.aid)
        }
    }
}

fn slot(search: &Search, found: &SlotReport) -> Slot {
    let attempt = |tried: &Tried| {
        Some(Attempt {
            key: key(search, tried.candidate)?,
            by: tried.opening.ins().to_string(),
            opened: tried.outcome == Outcome::Opened,
            says: match tried.outcome {
                Outcome::Opened => None,
                Outcome::Refused(error) => Some(error.to_string()),
            },
        })
    };
    Slot {
        no: found.slot.no.into(),
        version: found.slot.version.map(|version| version.0),
        key_type: found.slot.key_type.map(|kind| kind.to_string()),
        opened_by: found.opened().and_then(|tried| key(search, tried.candidate)),
        tried: found.tried.iter().filter_map(attempt).collect(),
        not_tried: not_tried(search, &found.left),
    }
}

fn key(search: &Search, candidate: Candidate) -> Option<Key> {
    let issuer = search.issuers.get(candidate.issuer)?;
    let form = search.forms.get(candidate.form)?;
    Some(Key {
        key: issuer.name().to_owned(),
        version: issuer.version().0,
        key_type: issuer.key_type().to_string(),
        public: issuer.is_public(),
        scheme: form.scheme().map(Scheme::name),
        input: form.parts().iter().map(ToString::to_string).collect(),
        aid_order: form.aid_order().map(|order| match order {
            AidOrder::Written => "as-written",
            AidOrder::Sent => "as-sent",
        }),
        uid_order: form.uid_order().map(|order| match order {
            UidOrder::Shown => "as-shown",
            UidOrder::Reversed => "reversed",
        }),
    })
}

/// Reason by reason, key by key.
fn not_tried(search: &Search, left: &[Left]) -> Vec<NotTried> {
    let mut whys: Vec<Why> = left.iter().map(|left| left.why).collect();
    whys.sort_unstable();
    whys.dedup();
    let group = |why: Why| {
        let mut keys: Vec<(usize, Remaining)> = Vec::new();
        let of_this = left.iter().filter(|left| left.why == why);
        for Candidate { issuer: at, form } in of_this.clone().map(|left| left.candidate) {
            let (Some(issuer), Some(form)) = (search.issuers.get(at), search.forms.get(form))
            else {
                continue;
            };
            let way = form.to_string();
            match keys.iter_mut().find(|(known, _)| *known == at) {
                Some((_, remaining)) => remaining.ways.push(way),
                None => {
                    let (key, version) = (issuer.name().to_owned(), issuer.version().0);
                    keys.push((at, Remaining { key, version, ways: vec![way] }));
                }
            }
        }
        let keys = keys.into_iter().map(|(_, remaining)| remaining).collect();
        let candidates = of_this.count();
        let (why, says) = reason(why);
        NotTried { why, says, candidates, keys }
    };
    whys.into_iter().map(group).collect()
}

/// A reason by name, and in words.
const fn reason(why: Why) -> (&'static str, &'static str) {
    match why {
        Why::Version => ("version", "another version than the card reports (--any-version)"),
        Why::KeyType => ("type", "another type than the card reports"),
        Why::NeedsUid => ("uid", "made of the UID, which the card hides (--uid)"),
        Why::NoKey => ("no-key", "the issuer key cannot be had, or does no such thing"),
        Why::SameKey => (SAME_KEY, "the same key as another one"),
        Why::Opened => ("opened", "the key was found before"),
        Why::NotAsked => (NOT_ASKED, "another key was found before (--all)"),
        Why::BudgetOfKey => {
            ("key-budget", "past the budget of this key (--per-key; fewer with --key)")
        }
        Why::Budget => ("budget", "past the budget of the search (--budget; fewer with --key)"),
        Why::InARow => ("in-a-row", "40 refused in a row, which is the most for any card"),
        Why::Stopped => ("stopped", "the card takes no such authentication here"),
        _ => ("other", "not tried"),
    }
}

/// The key was tried, or has its turn, as another candidate.
pub(crate) const SAME_KEY: &str = "same-key";

/// Nothing was asked of this slot.
pub(crate) const NOT_ASKED: &str = "not-asked";
