// SPDX-License-Identifier: MIT OR Apache-2.0
//! Everything that the man in the middle works on: each profile on every chip that it fits, in every
//! messaging, with everything that is done with its cards and every card to begin with.

mod life;

use core::fmt;
use std::sync::{Arc, OnceLock};

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Encoded, Encoder, Job, OneWay, Outcome, Task};
use cardwright::iso14443::{RealUid, Uid as Shown};
use cardwright::keys::KeyFile;
use cardwright::profile::{AppTransport, Layout, Profile, Record, Records};
use cardwright::transport::{InField, LinkError, ReplyBuf, Transport};
use cardwright::wire::{Generation, Messaging};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::Value;

use super::editions::{next_edition, next_keys};
use super::judge::{NEITHER, look};
use super::owner::permitted;
use super::papers::{PAPERS, Paper, keys};
use super::sheet::{Sheet, Uid};
pub(crate) use life::{Life, Start};

/// One card and what is done with it.
pub(crate) struct Case {
    pub(crate) profile: &'static str,
    pub(crate) model: Model,
    pub(crate) messaging: Messaging,
    pub(crate) life: Life,
    pub(crate) job: Arc<Job>,
    pub(crate) record: Record,
    pub(crate) sheet: Arc<Sheet>,
    /// The card before.
    pub(crate) start: SoftCard,
    /// Other cards, with another UID: a blank one, a finished one.
    pub(crate) others: [SoftCard; 2],
    /// Whether it is called done though nobody stands in the middle, and is not.
    pub(crate) deceives_itself: bool,
    /// Whether an undisturbed card ends as written: its profile proves no more.
    pub(crate) written: bool,
    /// Whether an undisturbed card is left for a reader to roll its key sets.
    pub(crate) prepared: bool,
    /// The instructions that the undisturbed card is given.
    pub(crate) instructions: Vec<u8>,
    /// What the undisturbed card answers.
    pub(crate) replies: Vec<Vec<u8>>,
    /// What the referee sees on a card that is done.
    pub(crate) wanted: Vec<String>,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { profile, model, messaging, life, .. } = self;
        write!(f, "{life:?} {profile} on {model} in {messaging}")
    }
}

pub(crate) const UID: Uid = [0x04, 0x5E, 0xED, 0x0F, 0x7E, 0xA2, 0x51];
pub(crate) const OTHER_UID: Uid = [0x04, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66];

/// Listens, and keeps the card as it was before each exchange.
struct Listener<'c> {
    card: &'c mut SoftCard,
    instructions: Vec<u8>,
    replies: Vec<Vec<u8>>,
    before: Vec<SoftCard>,
    keeps: bool,
}

impl Transport for Listener<'_> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        if self.keeps {
            self.before.push(self.card.clone());
        }
        self.instructions.push(command.get(1).copied().unwrap_or_default());
        let answered = self.card.exchange(command, reply);
        self.replies.push(reply.to_vec());
        answered
    }

    fn uid_in_field(&mut self) -> Result<Option<Shown>, LinkError> {
        self.card.uid_in_field()
    }

    fn is_software(&self) -> bool {
        true
    }
}

/// The randomness of the engine, the same whether or not somebody stands in the middle.
pub(crate) fn encoder(job: &Job) -> Encoder<&Job, StdRng> {
    Encoder::new(job).with_rng(StdRng::seed_from_u64(1))
}

struct Run {
    encoded: Encoded,
    instructions: Vec<u8>,
    replies: Vec<Vec<u8>>,
    before: Vec<SoftCard>,
}

fn run(job: &Job, card: &mut SoftCard, record: &Record, keeps: bool) -> Run {
    let uid = card.uid();
    let (instructions, replies, before) = (Vec::new(), Vec::new(), Vec::new());
    let mut listener = Listener { card, instructions, replies, before, keeps };
    let encoded = encoder(job).encode(InField::new(uid, &mut listener), record);
    let Listener { instructions, replies, before, .. } = listener;
    Run { encoded, instructions, replies, before }
}

/// One profile on one chip in one messaging.
pub(crate) struct Combination {
    number: usize,
    paper: &'static Paper,
    model: Model,
    messaging: Messaging,
    /// This edition and the next.
    jobs: [Arc<Job>; 2],
    sheets: [Arc<Sheet>; 2],
    records: Vec<Record>,
    cases: OnceLock<Vec<Case>>,
}

/// All of them, which are put together once.
pub(crate) fn combinations() -> &'static [Combination] {
    static ALL: OnceLock<Vec<Combination>> = OnceLock::new();
    ALL.get_or_init(put_together)
}

fn put_together() -> Vec<Combination> {
    let all_keys = next_keys(&keys());
    let file = KeyFile::parse(&all_keys).unwrap();
    let mut found = Vec::new();
    for paper in &PAPERS {
        let text = paper.text();
        let texts = [text.clone(), next_edition(&text)];
        let jobs = texts.each_ref().map(|text| {
            let profile =
                Profile::parse(text).unwrap_or_else(|why| panic!("{}: {why}", paper.name));
            permitted(Job::new(profile, &file).unwrap().allowing(&OneWay::ALL), &file)
        });
        let sheets = texts.each_ref().map(|text| Arc::new(Sheet::read(text, &all_keys)));
        let records = paper.records(jobs[0].profile());
        let models = Model::ALL.into_iter().filter(|model| !UNUSUAL.contains(model));
        for model in models.chain([Model::Test]) {
            for messaging in [Messaging::D40, Messaging::Ev1, Messaging::Ev2] {
                // On the latest chips what is preferred may be refused, and the next is taken.
                let generation = model.generation();
                let first = jobs.iter().all(|job| job.messaging_for(generation) == Ok(messaging));
                let falls_back = generation == Generation::Ev3 && first;
                let speaking = |job: &Job| match falls_back {
                    true => Some(job.clone()),
                    false => job.clone().with_messaging(messaging).ok(),
                };
                let (Some(this), Some(next)) = (speaking(&jobs[0]), speaking(&jobs[1])) else {
                    continue;
                };
                if this.messaging_for(model.generation()).is_ok() {
                    found.push(Combination {
                        number: found.len(),
                        paper,
                        model,
                        messaging,
                        jobs: [Arc::new(this), Arc::new(next)],
                        sheets: sheets.clone(),
                        records: records.clone(),
                        cases: OnceLock::new(),
                    });
                }
            }
        }
    }
    found
}

impl Paper {
    fn records(&self, profile: &Profile) -> Vec<Record> {
        let bytes = self.records.as_bytes();
        let records = if self.records.starts_with('{') {
            Records::json_lines(profile, bytes)
        } else {
            Records::csv(profile, bytes)
        };
        records.unwrap().entries.into_iter().map(Result::unwrap).collect()
    }
}

impl Combination {
    /// What its profile is called here.
    pub(crate) const fn name(&self) -> &'static str {
        self.paper.name
    }

    /// Whether it is this profile on this chip.
    pub(crate) fn is(&self, profile: &str, model: Model) -> bool {
        (self.paper.name, self.model) == (profile, model)
    }

    /// Whether what is on its chip is there from the factory.
    pub(crate) fn is_fixed(&self) -> bool {
        matches!(self.jobs[0].profile().layout(), Layout::Fixed { .. })
    }

    /// All that is done with its cards; nothing where the card is too small.
    pub(crate) fn cases(&self) -> &[Case] {
        self.cases.get_or_init(|| self.play())
    }

    fn play(&self) -> Vec<Case> {
        let blank = |uid: Uid, seed| blank(self.model, uid, seed, &self.sheets[0]);
        let [this, next] = &self.jobs;
        let [mut done, mut other] = [blank(UID, 0x7EA2), blank(OTHER_UID, 0x0DD)];
        let made = run(this, &mut done, &self.records[0], true);
        if matches!(made.encoded.outcome, Outcome::Refused(_)) {
            return Vec::new();
        }
        assert!(whole(&made.encoded.outcome), "{}: {:?}", self.paper.name, made.encoded.outcome);
        let _made = run(this, &mut other, &self.records[0], false);
        // A random UID shows from the next time in the field.
        done.reset();
        other.reset();
        let mut upgraded = done.clone();
        let upgrade = run(next, &mut upgraded, &self.records[0], true);
        let others = [blank(OTHER_UID, 0x0B1), other];
        let case = |(place, life): (usize, Life), start: &SoftCard| {
            self.case(life, start, &done, &others, (self.number + place).is_multiple_of(2))
        };
        let mut cases = Vec::new();
        for (place, life) in Life::ALL.into_iter().enumerate() {
            let torn = if life.is_next() { &upgrade.before } else { &made.before };
            // Two points of each, others in each combination, and one near the end, where the own
            // keys are changed.
            let point = self.number * 7 + place * 3;
            let points = [point, point * 5 + 11].map(|point| point % torn.len().max(1));
            let late = torn.len().saturating_sub(1 + point % 6);
            match life.start() {
                Start::Blank => cases.extend(case((place, life), &blank(UID, 0x7EA2))),
                Start::Done | Start::Former => cases.extend(case((place, life), &done)),
                Start::Prepared if upgrade.encoded.outcome == Outcome::Prepared => {
                    cases.extend(case((place, life), &upgraded));
                }
                Start::Prepared => {}
                Start::Torn => {
                    let torn = points.into_iter().chain([late]).filter_map(|at| torn.get(at));
                    cases.extend(torn.filter_map(|card| case((place, life), card)));
                }
            }
        }
        cases
    }

    /// `None` where the undisturbed card is refused what verification would not refuse.
    fn case(
        &self,
        life: Life,
        start: &SoftCard,
        done: &SoftCard,
        others: &[SoftCard; 2],
        second: bool,
    ) -> Option<Case> {
        let edition = usize::from(life.is_next());
        let other = matches!(life, Life::Update) || (life == Life::Replace && second);
        let record = &self.records[usize::from(other)];
        let job = Job::clone(&self.jobs[edition]).with_task(life.task()).unwrap();
        let job = Arc::new(job);
        let sheet = &self.sheets[edition];
        let mut card = start.clone();
        card.reset();
        let start = card.clone();
        let run = run(&job, &mut card, record, false);
        let wanted = match (life, whole(&run.encoded.outcome)) {
            (Life::VerifyTorn | Life::VerifyBlank, _) => look(done, sheet, UID),
            (_, true) => look(&card, sheet, UID),
            (_, false) => return None,
        };
        // Where the judge himself is refused he has seen nothing.
        let refused = ["opens false", NEITHER, "own key false", "right false", "[", "not open"];
        let odd = [&refused[..], &[": 6A82"]].concat();
        let closed = |line: &&String| odd.iter().any(|odd| line.contains(odd));
        let closed = wanted.iter().find(closed);
        assert!(life.task() == Task::Recycle || closed.is_none(), "{closed:?}");
        Some(Case {
            profile: self.paper.name,
            model: self.model,
            messaging: self.messaging,
            life,
            job,
            record: record.clone(),
            sheet: Arc::clone(sheet),
            start,
            others: others.clone(),
            deceives_itself: finished(&run.encoded.outcome) && look(&card, sheet, UID) != wanted,
            written: matches!(run.encoded.outcome, Outcome::Written(_)),
            prepared: run.encoded.outcome == Outcome::Prepared,
            instructions: run.instructions,
            replies: run.replies,
            wanted,
        })
    }
}

impl Case {
    /// Whether the key that the card is known by is the factory's, which everybody knows: the PICC
    /// master key, or, where there is none, key 0 of its first application.
    pub(crate) fn is_open(&self) -> bool {
        let saved: Value = serde_json::from_slice(&self.start.save()).unwrap();
        let above = &saved["picc"]["keys"][0]["value"];
        let first = &saved["applications"][0]["keys"][0]["value"];
        let key = above.as_str().or_else(|| first.as_str()).unwrap();
        key.chars().all(|digit| digit == '0')
    }

    /// Whether applications start with keys that everybody knows.
    pub(crate) fn starts_with_zeros(&self) -> bool {
        self.job.profile().transport().app == AppTransport::Zero
    }

    /// A blank card with the same UID.
    pub(crate) fn twin(&self) -> SoftCard {
        blank(self.model, UID, 0x7131, &self.sheet)
    }
}

/// A card as it comes, with the key of its supplier where it is not the factory's, or those of its owner.
fn blank(model: Model, uid: Uid, seed: u64, sheet: &Sheet) -> SoftCard {
    let card = SoftCard::new(model, RealUid::new(uid), seed);
    let supplied = sheet.supplied().map(|(key, version)| (0, key.clone(), version));
    let keys: Vec<_> = supplied.into_iter().chain(sheet.owners(uid)).collect();
    if keys.is_empty() {
        return card;
    }
    let mut saved: Value = serde_json::from_slice(&card.save()).unwrap();
    for (no, key, version) in keys {
        let value = hex::encode_upper(&key.bytes);
        let key = serde_json::json!({ "value": value, "version": version });
        match no {
            0 => {
                saved["picc"]["type"] = "aes".into();
                saved["picc"]["keys"] = serde_json::json!([key]);
            }
            _ => saved["further"][no.to_string()] = key,
        }
    }
    SoftCard::restore(saved.to_string().as_bytes(), seed).unwrap()
}

/// The first case of a kind.
pub(crate) fn find(profile: &str, model: Model, messaging: Messaging, life: Life) -> &'static Case {
    let mut all = combinations().iter();
    let fits = |one: &&Combination| {
        (one.paper.name, one.model, one.messaging) == (profile, model, messaging)
    };
    let cases = all.find(fits).unwrap().cases();
    cases.iter().find(|case| case.life == life).unwrap()
}

/// The job of a profile in any of its messagings.
pub(crate) fn whole_job(name: &str) -> Job {
    let paper = PAPERS.iter().find(|paper| paper.name == name).unwrap();
    crate::common::job(&paper.text())
}

/// What the referee would see of a card that nobody disturbs, where it would be what it is to be:
/// what its profile does not ask for may be proven when it is presented again. And whether it would be left for a
/// reader to roll its key sets.
pub(crate) fn honest(case: &Case, card: &SoftCard, uid: Uid) -> Option<(Vec<String>, bool)> {
    ends(case, &case.job, card, uid)
}

/// The same of a card whose keys come one by one, as in EV1 messaging, where they might come in a key set.
pub(crate) fn one_by_one(case: &Case, card: &SoftCard, uid: Uid) -> Option<(Vec<String>, bool)> {
    let sets = case.sheet.applications.iter().any(|holding| holding.sets.is_some());
    let job = Job::clone(&case.job).with_messaging(Messaging::Ev1).ok().filter(|_| sets);
    ends(case, &job?, card, uid)
}

fn ends(case: &Case, job: &Job, card: &SoftCard, uid: Uid) -> Option<(Vec<String>, bool)> {
    let mut card = card.clone();
    card.reset();
    let outcome = run(job, &mut card, &case.record, false).encoded.outcome;
    let prepared = outcome == Outcome::Prepared;
    whole(&outcome).then(|| (look(&card, &case.sheet, uid), prepared))
}

/// Whether the card is what it is to be where nobody disturbs it, which the engine may claim or not.
const fn whole(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Done | Outcome::AlreadyDone | Outcome::Prepared | Outcome::Written(_)
    )
}

/// Whether the engine claims that a card is what it is to be, if only once a reader rolls.
pub(crate) const fn finished(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Done | Outcome::AlreadyDone | Outcome::Prepared)
}

/// Sizes that differ from others of their generation in nothing but how much fits.
const UNUSUAL: [Model; 4] = [Model::Ev1_256, Model::Ev2_16k, Model::Ev2_32k, Model::Ev3_16k];
