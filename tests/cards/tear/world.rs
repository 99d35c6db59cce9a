// SPDX-License-Identifier: MIT OR Apache-2.0
//! Everything that is torn: each profile of `tests/profiles/`, on every chip that it fits, in every
//! messaging, with everything that is done with its cards.

use core::fmt;
use std::path::Path;

use crate::former::{Torn, torn};
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Encoder, Job, OneWay, Outcome, Refusal, Task};
use cardwright::iso14443::{Ats, RealUid, Uid};
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};
use cardwright::transport::{Exchange, InField, Trace, Transport};
use cardwright::wire::Messaging;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::Value;

/// What is done, and with which card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    /// A blank card is encoded.
    Make,
    /// A card of the former edition is encoded with its record.
    Upgrade,
    /// A card of the former edition gets the new keys.
    Rekey,
    /// A card of the former edition gets the new keys and another record.
    Replace,
    /// A finished card gets another record.
    Update,
    /// A finished card is made blank.
    Recycle,
    /// A finished card is verified.
    Verify,
    /// A finished card that was not told what nothing but a later look shows is told it.
    Retell,
    /// A card that was torn in the former order of steps is finished.
    Mend,
}

const LIVES: [Life; 8] = [
    Life::Make,
    Life::Upgrade,
    Life::Rekey,
    Life::Replace,
    Life::Update,
    Life::Recycle,
    Life::Verify,
    Life::Retell,
];

impl Life {
    const fn task(self) -> Task {
        match self {
            Self::Make | Self::Upgrade | Self::Mend => Task::Encode,
            Self::Rekey => Task::Rekey,
            Self::Replace | Self::Update | Self::Retell => Task::Update,
            Self::Recycle => Task::Recycle,
            Self::Verify => Task::Verify,
        }
    }

    /// Why it cannot be done with cards of a profile.
    fn refusal(self, profile: &str) -> Option<&'static str> {
        match (profile, self) {
            ("frozen", Self::Upgrade | Self::Rekey | Self::Replace) => Some("settings are frozen"),
            ("frozen" | "random-uid" | "no-format" | "legacy-off" | "nuid", Self::Recycle) => {
                Some("cannot be made blank")
            }
            ("fixed-closed", Self::Recycle) => Some("a file cannot be written any more"),
            // The key that reads is made from the record that is on the card.
            ("record-keys", Self::Replace | Self::Update) => Some("key refused"),
            ("fixed-closed", Self::Replace | Self::Update) => {
                Some("a file cannot be written any more")
            }
            _ => None,
        }
    }
}

/// One card and what is done with it.
pub(crate) struct Case {
    pub(crate) profile: String,
    model: Model,
    messaging: Messaging,
    life: Life,
    pub(crate) job: Job,
    pub(crate) record: Record,
    /// The card before.
    pub(crate) start: SoftCard,
    /// Whether the profile asks for less proof than done takes.
    pub(crate) written: bool,
    /// Whether its keys wait for a reader to roll.
    pub(crate) prepared: bool,
    /// The exchanges of it where nobody tears.
    pub(crate) exchanges: Vec<Exchange>,
    /// What the card holds then.
    pub(crate) whole: Value,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { profile, model, messaging, life, .. } = self;
        write!(f, "{life:?} {profile} on {model} in {messaging}")
    }
}

impl Case {
    /// Whether every point is torn: cards with a layout from the factory, but for tags, take few exchanges.
    /// Of those that are told what they lack two chips are enough; of those whose files have several sets of rights, or their
    /// keys several sets, and of those that count their transactions, one chip is enough.
    pub(crate) fn is_fixed(&self) -> bool {
        let whole = ["several-keys", "key-sets", "key-sets-later", "counts", "counts-limit"];
        let whole = whole.contains(&self.profile.as_str()) && self.model == Model::Ev3_8k;
        let told = self.life == Life::Retell && matches!(self.model, Model::Ev2_8k | Model::Ev3_8k);
        whole || told || matches!(self.model, Model::Test | Model::Light)
    }

    /// Whether a finished card is told again what it says that it was told.
    pub(crate) fn tells_once_more(&self) -> bool {
        self.profile == "legacy-off" && matches!(self.job.task(), Task::Encode | Task::Update)
    }

    /// Whether the card lies about itself, too: one chip is enough for that.
    pub(crate) fn is_lied_about(&self) -> bool {
        let profiles = ["one-file", "many-applications", "no-format", "change-same", "d40"];
        let one = profiles.contains(&self.profile.as_str()) && self.model == Model::Ev2_8k;
        one || self.profile == "fixed"
    }
}

/// All cases. What a profile cannot do is seen to be refused, with the card as it was.
pub(crate) fn cases() -> Vec<Case> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/profiles");
    let text = |name: &str| std::fs::read_to_string(directory.join(name)).unwrap();
    let (keys, records) = (KeyFile::parse(&text("keys.toml")).unwrap(), text("records.csv"));
    let mut names: Vec<String> = std::fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".toml") && name != "keys.toml")
        .collect();
    names.sort_unstable();
    let mut cases = Vec::new();
    for name in names {
        let edition = text(&name);
        let profile = name.trim_end_matches(".toml");
        let of = |text: String| {
            let profile = Profile::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            Job::new(profile, &keys).unwrap().allowing(&OneWay::ALL)
        };
        let makers = Makers {
            former: of(former_edition(&edition)),
            untold: untold(profile, &edition).map(of),
        };
        let next = of(edition);
        let records = Records::csv(next.profile(), records.as_bytes()).unwrap();
        let records: Vec<Record> = records.entries.into_iter().map(Result::unwrap).collect();
        let models = Model::ALL.into_iter().filter(|model| !UNUSUAL.contains(model));
        for model in models.chain([Model::Test]) {
            for messaging in [Messaging::D40, Messaging::Ev1, Messaging::Ev2] {
                let speaking = |job: &Job| job.clone().with_messaging(messaging).ok();
                let (Some(next), Some(former)) = (speaking(&next), speaking(&makers.former)) else {
                    continue;
                };
                let untold = makers.untold.as_ref().and_then(speaking);
                let makers = Makers { former, untold };
                if next.messaging_for(model.generation()).is_err() {
                    continue;
                }
                let lives = LIVES.iter();
                let of =
                    |life: &Life| case(profile, model, messaging, *life, &next, &makers, &records);
                cases.extend(lives.filter_map(of));
            }
        }
    }
    cases.extend(torn().iter().filter_map(mended));
    cases
}

/// `None` where the card was torn after the last change.
fn mended(torn: &Torn) -> Option<Case> {
    let job = torn.job(torn.text);
    let record = torn.record(&job);
    let mut whole = torn.card.clone();
    let (outcome, exchanges) = run(&job, &mut whole, &record);
    (outcome == Outcome::Done).then(|| Case {
        profile: torn.profile.to_owned(),
        model: torn.card.model(),
        messaging: job.messaging_for(torn.card.model().generation()).unwrap(),
        life: Life::Mend,
        job,
        record,
        start: torn.card.clone(),
        written: false,
        prepared: false,
        exchanges,
        whole: held(&whole),
    })
}

/// The edition before: every key in its former version.
fn former_edition(text: &str) -> String {
    let mut pieces = text.split("version = 2, former = ");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| format!("{text}version = {piece}"))
}

/// What a finished card lacks that was made before the profile said it, where a later job looks at that.
fn untold(profile: &str, text: &str) -> Option<String> {
    let said: &[&str] = match profile {
        "told" => &["ats = ", "name = \"F05A"],
        "legacy-off" => &["legacy = "],
        "nuid" => &["nuid = "],
        _ => return None,
    };
    let lines = text.lines().filter(|line| !said.iter().any(|said| line.starts_with(said)));
    Some(lines.map(|line| format!("{line}\n")).collect())
}

/// By whom the card was made that something is done with, where not by the profile itself.
struct Makers {
    /// The edition before.
    former: Job,
    /// One that says less of the card as a whole.
    untold: Option<Job>,
}

/// `None` where the card is too small, or is seen to be refused.
fn case(
    profile: &str,
    model: Model,
    messaging: Messaging,
    life: Life,
    next: &Job,
    makers: &Makers,
    records: &[Record],
) -> Option<Case> {
    let uid = RealUid::new([0x04, 0x5E, 0xED, 0x0F, 0x7E, 0xA2, 0x51]);
    let mut start = SoftCard::new(model, uid, 0x7EA2);
    let maker = match life {
        Life::Make | Life::Mend => None,
        Life::Upgrade | Life::Rekey | Life::Replace => Some(&makers.former),
        Life::Update | Life::Recycle | Life::Verify => Some(next),
        Life::Retell => Some(makers.untold.as_ref()?),
    };
    if let Some(maker) = maker {
        let (outcome, _) = run(maker, &mut start, &records[0]);
        if matches!(outcome, Outcome::Refused(Refusal::TooSmall { .. })) {
            return None;
        }
        let made = matches!(outcome, Outcome::Done | Outcome::Written(_));
        assert!(made, "{profile} {model} {messaging}: {outcome:?}");
    }
    let record = &records[usize::from(matches!(life, Life::Replace | Life::Update))];
    let job = next.clone().with_task(life.task()).unwrap();
    let before = held(&start);
    let mut whole = start.clone();
    let (outcome, exchanges) = run(&job, &mut whole, record);
    let at = format!("{life:?} {profile} on {model} in {messaging}: {outcome:?}");
    match (&outcome, life.refusal(profile)) {
        (Outcome::Refused(Refusal::TooSmall { .. }), _) => return None,
        (Outcome::Refused(refusal), Some(why)) => {
            assert_eq!(refusal.label(), why, "{at}");
            assert_eq!(held(&whole), before, "{at}");
            return None;
        }
        (Outcome::Done | Outcome::Prepared | Outcome::Written(_), None) => {}
        (
            Outcome::Done
            | Outcome::Prepared
            | Outcome::AlreadyDone
            | Outcome::Written(_)
            | Outcome::Refused(_)
            | Outcome::Failed(_),
            _,
        ) => panic!("{at}"),
    }
    Some(Case {
        profile: profile.to_owned(),
        model,
        messaging,
        life,
        job,
        record: record.clone(),
        start,
        exchanges,
        written: matches!(outcome, Outcome::Written(_)),
        prepared: outcome == Outcome::Prepared,
        whole: held(&whole),
    })
}

pub(crate) fn run(job: &Job, card: &mut SoftCard, record: &Record) -> (Outcome, Vec<Exchange>) {
    card.reset();
    let shown = shown(job, card);
    let mut trace = Trace::new(card);
    let mut encoder = Encoder::new(job).with_rng(StdRng::seed_from_u64(1));
    let encoded = encoder.encode(shown.with(&mut trace), record);
    (encoded.outcome, trace.exchanges().to_vec())
}

/// What a reader tells of the card that it finds: its answer to select too where the profile names one, as nobody
/// looks at it otherwise.
pub(crate) struct Shown {
    uid: Uid,
    ats: Option<Ats>,
}

pub(crate) fn shown(job: &Job, card: &SoftCard) -> Shown {
    Shown { uid: card.uid(), ats: (job.profile().name() == "told").then(|| card.ats()) }
}

impl Shown {
    pub(crate) fn with<T: Transport>(self, transport: T) -> InField<T> {
        let field = InField::new(self.uid, transport);
        match self.ats {
            Some(ats) => field.with_ats(ats),
            None => field,
        }
    }
}

/// All that a card holds: keys, versions, settings, configuration, files and contents. A file that
/// was made again takes its room twice and comes last, so free memory and order stay aside.
pub(crate) fn held(card: &SoftCard) -> Value {
    let mut state: Value = serde_json::from_slice(&card.save()).unwrap();
    state["free"].take();
    for application in state["applications"].as_array_mut().unwrap() {
        let files = application["files"].as_array_mut().unwrap();
        files.sort_by_key(|file| file["no"].as_u64());
        // How often something was committed, or in LRP begun, and the MAC over the last.
        if let Some(mac) = application["transaction_mac"].as_object_mut() {
            for counted in ["counter", "begun", "value"] {
                let _counted = mac.remove(counted);
            }
        }
        // What is counted of keys that were tried.
        for key in application["keys"].as_array_mut().unwrap() {
            let _count = key.as_object_mut().unwrap().remove("failures");
        }
    }
    state
}

/// Sizes that differ from others of their generation in nothing but how much fits.
const UNUSUAL: [Model; 4] = [Model::Ev1_256, Model::Ev2_16k, Model::Ev2_32k, Model::Ev3_16k];
