// SPDX-License-Identifier: MIT OR Apache-2.0
//! One trial: a card, a task, one trick or two, and what the referee says of the end.

use core::cmp::Reverse;
use core::fmt;

use cardwright::emulator::SoftCard;
use cardwright::encode::{Encoded, Job, Outcome, Task, Unproven};
use cardwright::iso14443::{RealUid, Uid as Shown};
use cardwright::transport::InField;
use cardwright::wire::Messaging;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

use super::judge::{is_of_other_set, look};
use super::man::Man;
use super::sheet::Uid;
use super::told::untold;
use super::tricks::{Ploy, TRICKS, Trick};
use super::world::{Case, OTHER_UID, UID, encoder, finished, honest, one_by_one};

/// What cannot be proven away: which trick against which card. Whoever stands between the engine
/// and a card whose keys everybody knows may as well hold another such card. The card is told its
/// settings for good under a key that traveled in the factory key's session, or under that itself.
pub(crate) const UNPROVABLE: [(Trick, Kind); 4] = [
    (Trick::Between, Kind::Factory),
    (Trick::Between, Kind::Zero),
    (Trick::InPlace, Kind::Factory),
    (Trick::Setting, Kind::Factory),
];

/// What cannot be proven away either, and comes up too seldom to be demanded of a sample: tests of
/// their own show them. The PICC settings are given in the session of the factory's key; a D40 card
/// names its UID in no reply that anything protects, and nothing there ties an application to the
/// card's own key, so that two cards of one UID make up one between which he goes back and forth. Nor does
/// anything where that key comes last.
pub(crate) const SELDOM: [(Trick, Kind); 6] = [
    (Trick::Reseal, Kind::Factory),
    (Trick::SealedSwallow, Kind::Factory),
    (Trick::Uid, Kind::D40),
    (Trick::Swap, Kind::D40),
    (Trick::Swap, Kind::Late),
    (Trick::Generation, Kind::D40),
];

/// Whether it is of what a card is told for good, in the session of the key that it then has.
fn is_for_good(deceit: &str) -> bool {
    deceit.starts_with("random UID") || deceit.starts_with("told ")
}

/// Whether no job looks at it, not even one that verifies, as its receipt says: FormatPICC switched off, SAK, ATQA,
/// chained writes, and what was never asked for. An ATS, a name and a number in place of the UID are looked at.
pub(crate) fn shows_nowhere(case: &Case, deceit: &str) -> bool {
    let of = |begin: &str| case.wanted.iter().find_map(|line| line.strip_prefix(begin));
    let shown = |line: &str| {
        let (told, ats) = line.split_once(", ATS ").unwrap();
        let told: Value = serde_json::from_str(told).unwrap();
        let numbered = case.sheet.shows_number().then(|| told["5"].clone());
        (ats.to_owned(), told["6"].clone(), numbered)
    };
    match (deceit.strip_prefix("told "), deceit.strip_suffix("no format false")) {
        (Some(line), _) => of("told ").is_some_and(|wanted| shown(wanted) == shown(line)),
        (_, Some(before)) => of(before) == Some("no format true"),
        (None, None) => false,
    }
}

/// What makes a card open to the tricks that cannot be proven away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Its PICC master key is the factory's, or that of a card which he puts in its place.
    Factory,
    /// Applications that are made on it start with keys that everybody knows.
    Zero,
    /// No key that is on it or comes onto it is.
    Secret,
    /// It is talked to in D40 messaging, whatever its keys.
    D40,
    /// Its own PICC master key comes when its applications are done.
    Late,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Factory => "a card with the factory's key",
            Self::Zero => "applications that start with zero keys",
            Self::Secret => "a card with secret keys only",
            Self::D40 => "a card in D40 messaging",
            Self::Late => "a card whose own key comes last",
        })
    }
}

/// A card, what is done with it, and what the man does meanwhile.
pub(crate) struct Trial<'c> {
    pub(crate) seed: usize,
    pub(crate) case: &'c Case,
    /// What he did when the card was presented before.
    pub(crate) before: Vec<Ploy>,
    pub(crate) ploys: Vec<Ploy>,
}

/// How a trial ended.
pub(crate) struct End {
    pub(crate) encoded: Encoded,
    /// Whether the engine saw anything else than it sees of an honest card.
    pub(crate) seen: bool,
    /// What the referee sees that should not be there, where the engine claims that the card is
    /// done.
    pub(crate) deceit: Option<String>,
    /// Whether another station, where nobody stands in the middle, finds it when it verifies the
    /// card.
    pub(crate) found: bool,
    /// Commands as he passed them on or answered them, and what came back.
    pub(crate) talk: Vec<(Vec<u8>, Vec<u8>)>,
    /// How many of them are of the presentation before.
    pub(crate) begun: usize,
}

/// Whom a deceit is put down to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Blame {
    /// It is told of a card that nobody disturbs.
    Nobody,
    /// One trick by itself.
    Trick(Trick),
    /// Several that do nothing without each other.
    Together(Vec<Trick>),
}

impl fmt::Display for Blame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.write_str("nobody"),
            Self::Trick(trick) => trick.fmt(f),
            Self::Together(tricks) => {
                let tricks: Vec<_> = tricks.iter().map(Trick::to_string).collect();
                f.write_str(&tricks.join(" + "))
            }
        }
    }
}

impl fmt::Display for Trial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.case)?;
        for ploy in &self.before {
            write!(f, ", in a presentation before this {ploy}")?;
        }
        for ploy in &self.ploys {
            write!(f, ", {ploy}")?;
        }
        Ok(())
    }
}

impl<'c> Trial<'c> {
    /// The trial of a seed: cases and tricks in turn, the rest at random.
    pub(crate) fn of(seed: usize, cases: &[&'c Case]) -> Self {
        let mut case = cases[seed % cases.len()];
        let mut rng = StdRng::seed_from_u64(seed as u64);
        let round = seed / cases.len();
        let first = TRICKS[(seed + round) % TRICKS.len()].0;
        // What is for few cards is tried on those.
        if !first.is_for().is_empty() {
            let fits =
                |case: &&&Case| case.instructions.iter().any(|ins| first.is_for().contains(ins));
            let fitting: Vec<_> = cases.iter().filter(fits).collect();
            case = fitting.get(rng.random_range(0..fitting.len().max(1))).map_or(case, |case| case);
        }
        let mut ploys = vec![Self::ploy(first, case, &mut rng)];
        // The second of a pair comes later.
        if rng.random_bool(0.5) {
            let second = TRICKS[rng.random_range(0..TRICKS.len())].0;
            let mut second = Self::ploy(second, case, &mut rng);
            if second.at <= ploys[0].at {
                second.at = ploys[0].at + 1 + second.at % 8;
            }
            ploys.push(second);
        }
        // Some cards were in his hands before.
        let before = if rng.random_bool(0.2) {
            let trick = TRICKS[rng.random_range(0..TRICKS.len())].0;
            vec![Self::ploy(trick, case, &mut rng)]
        } else {
            Vec::new()
        };
        Self { seed, case, before, ploys }
    }

    fn ploy(trick: Trick, case: &Case, rng: &mut StdRng) -> Ploy {
        let always = matches!(trick, Trick::Uid | Trick::Generation | Trick::NoEv2);
        let meant = |ins: &u8| trick.is_for().is_empty() || trick.is_for().contains(ins);
        let last = case.instructions.iter().rposition(meant).unwrap_or_default();
        let at = if always { 0 } else { rng.random_range(0..=last) };
        // Whoever refuses EV2 sessions once lets them pass later.
        let lasting = match trick {
            Trick::NoEv2 => rng.random_bool(0.5),
            _ => always || rng.random_bool(0.25),
        };
        Ploy { trick, at, lasting, turn: rng.random() }
    }

    pub(crate) fn play(&self) -> End {
        let case = self.case;
        let [blank, done] = &case.others;
        let cards = vec![case.start.clone(), blank.clone(), done.clone(), case.twin()];
        let mut man = Man::new(cards);
        if !self.before.is_empty() {
            let _before = self.present(&mut man, &self.before);
        }
        let begun = man.heard.len();
        let encoded = self.present(&mut man, &self.ploys);
        let untold = || untold(&man.heard[begun..], &encoded.receipt);
        let claims = finished(&encoded.outcome);
        let deceit = claims.then(|| self.judge(&man, &encoded).or_else(untold)).flatten();
        let seen = self.before.is_empty() && (man.tells.is_some() || man.shown != case.replies);
        let prepared = encoded.outcome == Outcome::Prepared;
        let verified =
            |(number, _): &(usize, Uid)| self.verified_elsewhere(&man.cards[*number], prepared);
        let found = deceit.is_some() && !self.meant(&man, &encoded).iter().any(verified);
        End { encoded, seen, deceit, found, talk: man.heard, begun }
    }

    /// Whether verification takes a card for what is claimed of it: that it waits for a reader to roll, or not.
    fn verified_elsewhere(&self, card: &SoftCard, prepared: bool) -> bool {
        let job = Job::clone(&self.case.job).with_task(Task::Verify).unwrap();
        let mut card = card.clone();
        card.reset();
        let outcome = encoder(&job).encode(card.in_field(), &self.case.record).outcome;
        // Whoever only looks has nothing but a refusal of older messaging.
        let done = finished(&outcome) || outcome == Outcome::Written(Unproven::Legacy);
        done && prepared == (outcome == Outcome::Prepared)
    }

    /// The card comes into the field, he with it.
    fn present(&self, man: &mut Man, ploys: &[Ploy]) -> Encoded {
        man.comes(ploys);
        if ploys.iter().any(|ploy| ploy.trick == Trick::Uid) {
            man.tells = Some(OTHER_UID);
            man.shows = Some(Shown::Real(RealUid::new(OTHER_UID)));
        }
        let uid = man.shows.clone().unwrap_or_else(|| man.cards[man.inside].uid());
        let presented = InField::new(uid, man);
        encoder(&self.case.job).encode(presented, &self.case.record)
    }

    /// The kind of card that he works on.
    pub(crate) fn kind(&self) -> Kind {
        let swap = |ploy: &Ploy| ploy.trick == Trick::Swap;
        // A card that is recycled has the factory's key when it comes again.
        let again = self.case.life.task() == Task::Recycle && !self.before.is_empty();
        if self.case.is_open() || again || self.before.iter().chain(&self.ploys).any(swap) {
            Kind::Factory
        } else if self.case.starts_with_zeros() {
            Kind::Zero
        } else {
            Kind::Secret
        }
    }

    /// How often he swaps the card in this presentation.
    fn swaps(&self) -> usize {
        self.ploys.iter().filter(|ploy| ploy.trick == Trick::Swap).count()
    }

    /// The trick that cannot be proven away, where it is one.
    pub(crate) fn excuse(&self, blame: &Blame, deceit: &str) -> Option<(Trick, Kind)> {
        let tricks = match blame {
            Blame::Nobody => &[][..],
            Blame::Trick(trick) => core::slice::from_ref(trick),
            Blame::Together(tricks) => tricks,
        };
        let kind = self.kind();
        let listed = |(trick, of): &&(Trick, Kind)| tricks.contains(trick) && *of == kind;
        let d40 = self.case.messaging == Messaging::D40;
        let seldom = |(trick, of): &&(Trick, Kind)| {
            let meant = match of {
                Kind::D40 if *trick == Trick::Swap => {
                    d40 && self.case.starts_with_zeros() && self.swaps() > 1
                }
                Kind::D40 => d40 && deceit.contains("another UID"),
                Kind::Late => {
                    let back = self.ploys.iter().any(|ploy| ploy.lasting);
                    self.case.sheet.is_keyed_last() && (back || self.swaps() > 1)
                }
                _ => *of == kind && (deceit.contains("PICC") || is_for_good(deceit)),
            };
            tricks.contains(trick) && meant
        };
        UNPROVABLE.iter().find(listed).or_else(|| SELDOM.iter().find(seldom)).copied()
    }

    /// Which trick a deceit takes: each is played by itself, with the same exchange and turn.
    pub(crate) fn blame(&self, deceit: &str) -> Blame {
        let Self { seed, case, .. } = *self;
        if case.deceives_itself {
            return Blame::Nobody;
        }
        let deceives = |before: &[Ploy], ploys: &[Ploy]| {
            let (before, ploys) = (before.to_vec(), ploys.to_vec());
            Self { seed, case, before, ploys }.play().deceit.as_deref() == Some(deceit)
        };
        let now = self.ploys.iter().find(|ploy| deceives(&[], &[**ploy]));
        let before = || self.before.iter().find(|ploy| deceives(&[**ploy], &[]));
        match now.or_else(before) {
            Some(ploy) => Blame::Trick(ploy.trick),
            None => {
                let all = self.before.iter().chain(&self.ploys);
                Blame::Together(all.map(|ploy| ploy.trick).collect())
            }
        }
    }

    /// The cards that the engine may mean, with their UIDs: those that were in the field and that it
    /// names.
    fn meant(&self, man: &Man, encoded: &Encoded) -> Vec<(usize, Uid)> {
        let named = encoded.uid.as_ref().map(|uid| *uid.expose());
        // A card that is blank again has nothing on it that tells it from another.
        let any = named.is_none() || self.case.life.task() == Task::Recycle;
        let uids = [UID, OTHER_UID, OTHER_UID, UID];
        let meant = |(number, uid): &(usize, Uid)| {
            man.fielded.contains(number) && (any || named == Some(*uid))
        };
        uids.into_iter().enumerate().filter(meant).collect()
    }

    /// The lines that the engine speaks for. What new applications start with is a means, which nothing shows; a
    /// card that is blank again has none. Key sets beside the active one count where a reader is to roll.
    fn claimed(&self, mut lines: Vec<String>, prepared: bool) -> Vec<String> {
        let blank = self.case.life.task() == Task::Recycle;
        lines.retain(|line| blank || !line.starts_with("default key"));
        lines.retain(|line| prepared || !is_of_other_set(line));
        lines
    }

    /// One of the cards that it may mean has to be what was wanted. Otherwise that is told which the card lacks
    /// that was in the field last.
    fn judge(&self, man: &Man, encoded: &Encoded) -> Option<String> {
        let case = self.case;
        let prepared = encoded.outcome == Outcome::Prepared;
        let mut first = None;
        let mut meant = self.meant(man, encoded);
        meant.sort_by_key(|(number, _)| {
            Reverse(man.fielded.iter().rposition(|came| came == number))
        });
        for (number, uid) in meant {
            let (twin, card) = (case.twin(), &man.cards[number]);
            let (start, wanted) = match number {
                0 => (&case.start, Some((case.wanted.clone(), case.prepared))),
                3 => (&twin, honest(case, &twin, uid)),
                _ => {
                    let other = &case.others[number - 1];
                    (other, honest(case, other, uid))
                }
            };
            let seen = self.claimed(look(card, &case.sheet, uid), prepared);
            // One that waits for a reader to roll has its former keys, which no other has.
            let meant = |wanted: Option<(Vec<String>, bool)>| {
                let lines = wanted.filter(|(_, waits)| *waits == prepared)?.0;
                Some(self.claimed(lines, prepared))
            };
            let wanted = meant(wanted);
            let right = |wanted: &Option<Vec<String>>| wanted.as_ref() == Some(&seen);
            if right(&wanted) || right(&meant(one_by_one(case, start, uid))) {
                return None;
            }
            first = first.or_else(|| {
                let wanted = wanted.unwrap_or_default();
                let odd = seen.iter().find(|line| !wanted.contains(line));
                odd.cloned().or(Some("lines are missing".to_owned()))
            });
        }
        first.or(Some("it is named by another UID".to_owned()))
    }
}

/// Lets everything pass through the man's own sessions: whether the engine sees what it sees of an
/// honest card, and how many keys he reads.
pub(crate) fn listen(case: &Case) -> (bool, usize) {
    let never = Ploy { trick: Trick::Reseal, at: usize::MAX, lasting: false, turn: 0 };
    let mut man = Man::new(vec![case.start.clone()]);
    man.comes(&[never]);
    let _encoded = present(case, &mut man);
    (man.shown == case.replies, man.keys_read())
}

/// The task of a case, with the first card of the man's.
pub(crate) fn present(case: &Case, man: &mut Man) -> Encoded {
    encoder(&case.job).encode(InField::new(case.start.uid(), man), &case.record)
}
