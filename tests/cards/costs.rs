// SPDX-License-Identifier: MIT OR Apache-2.0
//! The costs of a plan against what is then really done: each profile of `tests/profiles/` and
//! `examples/data/profiles/`, on every chip that it fits, in every messaging, with every job, on
//! cards in every state that a torn encoding leaves. Exchanges, bytes and memory are equal; the
//! time is that of the software card's clock.

use core::time::Duration;
use std::path::Path;

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{
    Encoder, FileAct, Job, OneWay, Outcome, Plan, PlannedStep, Refusal, Step, Task,
};
use cardwright::iso7816::StatusWord;
use cardwright::iso14443::{Ats, RealUid, Uid};
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};
use cardwright::timing::{BitRate, Timing};
use cardwright::transport::{Exchange, InField, Moment, Tear, Trace, Transport};
use cardwright::wire::Messaging;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::Value;

/// The slowest and the fastest of the bit rates.
const RATES: [usize; 2] = [0, 3];

/// A profile with its keys and two records.
struct World {
    name: String,
    text: String,
    keys: KeyFile,
    records: Vec<Record>,
}

fn worlds() -> Vec<World> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let mut worlds = Vec::new();
    let profiles = std::fs::read_dir(root.join("tests/profiles")).unwrap();
    let mut names: Vec<String> = profiles
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".toml") && name != "keys.toml")
        .collect();
    names.sort_unstable();
    for name in names {
        let profile = format!("tests/profiles/{name}");
        worlds.push((profile, "tests/profiles/keys.toml", "tests/profiles/records.csv"));
    }
    for (name, records) in [
        ("door", "door-records.csv"),
        ("door-2", "door-records.csv"),
        ("barrier", "door-records.csv"),
        ("campus", "campus-records.jsonl"),
        ("canteen", "canteen-records.csv"),
        ("legacy", "legacy-records.csv"),
        ("agency", "agency-records.csv"),
        ("directory", "directory-records.csv"),
        ("fleet", "fleet-records.csv"),
        ("library", "library-records.csv"),
        ("log", "log-records.csv"),
        ("parking", "parking-records.csv"),
        ("site", "site-records.csv"),
        ("staff", "staff-records.csv"),
        ("ticket", "ticket-records.jsonl"),
        ("visitor", "visitor-records.csv"),
        ("purse", "purse-records.csv"),
        ("purse-ev2", "purse-records.csv"),
        ("badge", "badge-records.csv"),
        ("bolt", "bolt-records.csv"),
        ("seal", "seal-records.csv"),
        ("sun", "sun-records.csv"),
        ("sun-lrp", "sun-records.csv"),
    ] {
        let profile = format!("examples/data/profiles/{name}.toml");
        let records: &str = Box::leak(format!("examples/data/{records}").into_boxed_str());
        worlds.push((profile, "examples/data/test-keys.toml", records));
    }
    let world = |(name, keys, records): (String, &str, &str)| {
        let profile = text(&name);
        let keys = KeyFile::parse(&text(keys)).unwrap();
        let checked = Profile::parse(&profile).unwrap_or_else(|error| panic!("{name}: {error}"));
        let bytes = text(records);
        let read = match records.ends_with(".jsonl") {
            true => Records::json_lines(&checked, bytes.as_bytes()).unwrap(),
            false => Records::csv(&checked, bytes.as_bytes()).unwrap(),
        };
        let records = read.entries.into_iter().take(2).map(Result::unwrap).collect();
        World { name, text: profile, keys, records }
    };
    worlds.into_iter().map(world).collect()
}

impl World {
    fn job(&self, text: &str) -> Option<Job> {
        let profile = Profile::parse(text).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        Job::new(profile, &self.keys).ok().map(|job| job.allowing(&OneWay::ALL))
    }

    /// The edition before: every key in its former version.
    fn former(&self) -> Option<Job> {
        let mut pieces = self.text.split("version = 2, former = ");
        let first = pieces.next().unwrap_or_default().to_owned();
        let text = pieces.fold(first, |text, piece| format!("{text}version = {piece}"));
        if text == self.text { None } else { self.job(&text) }
    }
}

/// What finished cards lack that were made before a profile said it, where a later job looks at that.
const UNTOLD: [(&str, &[&str]); 3] = [
    ("tests/profiles/told.toml", &["ats = ", "name = \"F05A"]),
    ("tests/profiles/legacy-off.toml", &["legacy = "]),
    ("tests/profiles/nuid.toml", &["nuid = "]),
];

impl World {
    /// The profile before it said so.
    fn untold(&self) -> Option<Job> {
        let (_, said) = UNTOLD.into_iter().find(|(name, _)| *name == self.name)?;
        let lines =
            self.text.lines().filter(|line| !said.iter().any(|said| line.starts_with(said)));
        self.job(&lines.map(|line| format!("{line}\n")).collect::<String>())
    }
}

/// A reader that shows a card: with its answer to select where the profile names one, as nobody looks at it otherwise.
fn in_field<T: Transport>(job: &Job, (uid, ats): (Uid, Ats), transport: T) -> InField<T> {
    let field = InField::new(uid, transport);
    if job.profile().name() == "told" { field.with_ats(ats) } else { field }
}

/// Whether everything is written, however much of it is proven.
const fn made(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Done | Outcome::AlreadyDone | Outcome::Written(_))
}

fn encoder(job: &Job) -> Encoder<&Job, StdRng> {
    Encoder::new(job).with_rng(StdRng::seed_from_u64(1))
}

fn plan(job: &Job, card: &mut SoftCard, record: &Record) -> Result<Plan, Outcome> {
    card.reset();
    encoder(job).plan(in_field(job, (card.uid(), card.ats()), card), record)
}

fn blank(model: Model) -> SoftCard {
    SoftCard::new(model, RealUid::new([0x04, 0x5E, 0xED, 0x0F, 0x7E, 0xA2, 0x51]), 0x7EA2)
}

/// The card's state, but for what a chip counts of keys that were tried, and in LRP of transactions that were
/// begun: a plan may have to try one, and a chip begins one where a file is read.
fn but_failures(card: &SoftCard) -> Value {
    let mut state: Value = serde_json::from_slice(&card.save()).unwrap();
    for application in state["applications"].as_array_mut().unwrap() {
        for key in application["keys"].as_array_mut().unwrap() {
            let _count = key.as_object_mut().unwrap().remove("failures");
        }
        if let Some(mac) = application["transaction_mac"].as_object_mut() {
            let _begun = mac.remove("begun");
        }
    }
    state
}

/// Plans, then does it, and compares. Gives the outcome.
fn compare(job: &Job, card: &mut SoftCard, record: &Record, at: &str) -> Outcome {
    let before = but_failures(card);
    let planned = plan(job, card, record);
    assert!(but_failures(card) == before, "{at}: planning has changed the card");
    let timing = Timing::default();
    let mut twins = RATES.map(|rate| card.clone().with_timing(timing.at(BitRate::ALL[rate])));
    let ends = twins.each_mut().map(|twin| done(job, twin, record));
    let (outcome, exchanges, _) = &ends[0];
    let plan = match (planned, outcome) {
        (Err(ended), outcome) => {
            assert_eq!(&ended, outcome, "{at}");
            return ended;
        }
        (
            Ok(plan),
            Outcome::Done | Outcome::AlreadyDone | Outcome::Prepared | Outcome::Written(_),
        ) => plan,
        (Ok(_), Outcome::Refused(_) | Outcome::Failed(_)) => panic!("{at}: {outcome:?}"),
    };
    let steps = exchanges.len() - usize::try_from(plan.total.exchanges).unwrap();
    let sum = |part: fn(&Exchange) -> usize| exchanges[steps..].iter().map(part).sum::<usize>();
    let found = (sum(|one| one.sent) as u64, sum(|one| one.received) as u64);
    let shown: Vec<_> = plan.steps.iter().map(|step| (&step.text, step.cost)).collect();
    assert_eq!((plan.total.sent, plan.total.received), found, "{at}: {shown:#?}");
    assert_eq!(plan.look.exchanges, steps as u64, "{at}");
    // Where the first creation is refused, a card was taken for new that is torn.
    if exchanges.iter().all(|exchange| exchange.status != Some(StatusWord(0x91DE))) {
        let look = (
            exchanges[..steps].iter().map(|one| one.sent).sum::<usize>() as u64,
            exchanges[..steps].iter().map(|one| one.received).sum::<usize>() as u64,
        );
        assert_eq!((plan.look.sent, plan.look.received), look, "{at}");
        for (rate, (_, _, took)) in RATES.into_iter().zip(&ends) {
            let told = plan.look.time[rate] + plan.total.time[rate];
            let off = told.abs_diff(*took);
            assert!(off < Duration::from_micros(1), "{at}: {told:?}, and it took {took:?}");
        }
    }
    let memory = &plan.memory;
    let [before, after] = [&*card, &twins[0]].map(free);
    assert_eq!((memory.before.free, memory.after.free), (before, after), "{at}: {memory:?}");
    assert_eq!(i64::from(before) - i64::from(after), plan.total.memory, "{at}");
    let outcome = outcome.clone();
    *card = twins[0].clone();
    outcome
}

fn free(card: &SoftCard) -> u32 {
    let state: Value = serde_json::from_slice(&card.save()).unwrap();
    state["free"].as_u64().unwrap().try_into().unwrap()
}

/// Does it; gives the outcome, the exchanges and how long it took.
fn done(job: &Job, card: &mut SoftCard, record: &Record) -> (Outcome, Vec<Exchange>, Duration) {
    card.reset();
    let (shown, clock) = ((card.uid(), card.ats()), card.clock());
    let mut trace = Trace::new(&mut *card);
    let encoded = encoder(job).encode(in_field(job, shown, &mut trace), record);
    let exchanges = trace.exchanges().to_vec();
    (encoded.outcome, exchanges, card.clock() - clock)
}

#[test]
fn a_plan_costs_what_doing_it_takes() {
    let mut compared = 0;
    for world in worlds() {
        let Some(next) = world.job(&world.text) else { continue };
        let former = world.former();
        // On the smallest some profiles lie between the readings of what they take.
        for model in models().filter(|&model| model != Model::Ev1_256) {
            for messaging in [Messaging::D40, Messaging::Ev1, Messaging::Ev2] {
                let speaking = |job: &Job| job.clone().with_messaging(messaging).ok();
                let Some(next) = speaking(&next) else { continue };
                if next.messaging_for(model.generation()).is_err() {
                    continue;
                }
                let former = former.as_ref().and_then(speaking);
                let untold = world.untold().and_then(|untold| speaking(&untold));
                let makers = [former.as_ref(), untold.as_ref()];
                compared += life(&world, model, &next, makers, messaging);
            }
        }
    }
    println!("{compared} plans cost what was foreseen");
    assert!(compared > 700, "{compared}");
}

fn models() -> impl Iterator<Item = Model> {
    Model::ALL.into_iter().chain([Model::Test])
}

/// Everything that is done with the cards of a profile; gives how often.
fn life(
    world: &World,
    model: Model,
    next: &Job,
    [former, untold]: [Option<&Job>; 2],
    messaging: Messaging,
) -> usize {
    let at = format!("{} on {model} in {messaging}", world.name);
    let [first, second] = &world.records[..] else { panic!("two records") };
    let blank = blank(model);
    let mut card = blank.clone();
    if let Outcome::Refused(Refusal::TooSmall { .. }) =
        compare(next, &mut card, first, &format!("encode {at}"))
    {
        return 1;
    }
    let mut compared = 1;
    let mut go = |job: &Job, task: Task, card: &SoftCard, record: &Record, what: &str| {
        let Ok(job) = job.clone().with_task(task) else {
            assert!(task == Task::Recycle && model == Model::Test, "{at}");
            return;
        };
        let _outcome = compare(&job, &mut card.clone(), record, &format!("{what} {at}"));
        compared += 1;
    };
    go(next, Task::Encode, &card, first, "encode again");
    go(next, Task::Encode, &card, second, "encode another record");
    go(next, Task::Verify, &card, first, "verify");
    go(next, Task::Verify, &card, second, "verify another record");
    go(next, Task::Update, &card, second, "update");
    go(next, Task::Update, &card, first, "update again");
    go(next, Task::Rekey, &card, first, "rekey again");
    go(next, Task::Recycle, &card, first, "recycle");
    go(next, Task::Recycle, &blank, first, "recycle a blank card");
    if let Some(untold) = untold {
        let mut card = blank.clone();
        let (outcome, ..) = done(untold, &mut card, first);
        assert!(made(&outcome), "{at}: {outcome:?}");
        go(next, Task::Encode, &card, first, "encode what was not told");
        go(next, Task::Update, &card, first, "update what was not told");
        go(next, Task::Verify, &card, first, "verify what was not told");
    }
    if let Some(former) = former {
        let mut card = blank.clone();
        let outcome = compare(former, &mut card, first, &format!("encode former {at}"));
        assert!(made(&outcome), "{at}: {outcome:?}");
        go(next, Task::Encode, &card, first, "upgrade");
        go(next, Task::Rekey, &card, first, "rekey");
        go(next, Task::Update, &card, second, "replace");
        go(next, Task::Recycle, &card, first, "recycle the former");
        go(next, Task::Verify, &card, first, "verify the former");
    }
    compared
}

#[test]
fn what_is_left_of_a_torn_card_costs_what_doing_it_takes() {
    let mut compared = 0;
    for world in worlds() {
        let job = world.job(&world.text).unwrap();
        let generation = *job.profile().chips().last().unwrap();
        let fits = |model: &Model| model.generation() == generation;
        let model = models().filter(fits).last().unwrap();
        for tear in 4.. {
            let mut card = blank(model);
            let uid = card.uid();
            let mut leaving = Tear::new(&mut card, tear, Moment::AfterExecution);
            let presented = InField::new(uid, &mut leaving);
            let torn = encoder(&job).encode(presented, &world.records[0]).outcome;
            if made(&torn) {
                break;
            }
            let at = format!("{} on {model} torn after {tear}", world.name);
            let outcome = compare(&job, &mut card, &world.records[0], &at);
            assert!(made(&outcome), "{at}: {outcome:?}");
            compared += 1;
        }
    }
    println!("{compared} torn cards cost what was foreseen");
    assert!(compared > 300, "{compared}");
}

/// A plan asks every card what it is; the job takes a card of a known stock for what its stock is,
/// unless its key shows that it is another.
#[test]
fn the_cards_of_a_known_stock_are_planned_for_in_full() {
    let worlds = worlds();
    let world = worlds.iter().find(|world| world.name.ends_with("/door.toml")).unwrap();
    let text = world.text.replacen("[transport]", "[transport]\nidentify = \"first\"", 1);
    let job = world.job(&text).unwrap();
    let (mut encoder, record) = (encoder(&job), &world.records[0]);
    let model = Model::Ev2_8k;
    let encoded =
        encoder.encode(InField::new(blank(model).uid(), &mut blank(model)), record).outcome;
    assert_eq!(encoded, Outcome::Done);
    let mut torn = blank(model);
    let uid = torn.uid();
    let mut tear = Tear::new(&mut torn, 4, Moment::AfterExecution);
    let _torn = encoder.encode(InField::new(uid, &mut tear), record);
    for (card, look, steps, fewer) in [(blank(model), 7, 25, 4), (torn, 7, 20, 0)] {
        let mut planned = card.clone();
        planned.reset();
        let presented = InField::new(card.uid(), &mut planned);
        let plan = encoder.plan(presented, record).unwrap();
        assert_eq!((plan.look.exchanges, plan.total.exchanges), (look, steps), "{plan:#?}");
        let mut card = card;
        card.reset();
        let uid = card.uid();
        let mut trace = Trace::new(&mut card);
        let encoded = encoder.encode(InField::new(uid, &mut trace), record);
        assert_eq!(encoded.outcome, Outcome::Done);
        assert_eq!(trace.exchanges().len() as u64, look + steps - fewer);
    }
}

/// Frames, blocks and padding: contents of every length up to two frames and a half, in every mode.
#[test]
fn contents_of_every_length_cost_what_was_foreseen() {
    let worlds = worlds();
    let world = worlds.iter().find(|world| world.name.ends_with("/one-file.toml")).unwrap();
    let (head, _) = world.text.split_once("[[application.file]]").unwrap();
    let record = &world.records[0];
    for mode in ["plain", "mac", "full"] {
        for length in 1..=140 {
            let file = |no: usize, rest: String| {
                let rights = "read = \"master\"\nwrite = \"master\"\n";
                format!("[[application.file]]\nno = {no}\nmode = \"{mode}\"\n{rights}{rest}\n")
            };
            let number = "{ uint = \"number\", bytes = 4, order = \"big\" }";
            let constant = format!("{{ constant = \"hex:{}\" }}", "5A".repeat(length));
            let files = [
                format!("type = \"standard\"\nsize = 8\ncontent = [{number}, {{ hex = \"tag\" }}]"),
                format!("type = \"backup\"\nsize = {length}\ncontent = [{constant}]"),
                format!(
                    "type = \"linear-record\"\nrecord_size = {length}\nmax_records = 1\n\
                     records = [[{constant}]]"
                ),
            ];
            let files: String = (0..).zip(files).map(|(no, rest)| file(no, rest)).collect();
            let job = world.job(&format!("{head}{files}")).unwrap();
            for (messaging, model) in
                [(Messaging::Ev1, Model::Ev1_8k), (Messaging::Ev2, Model::Ev2_8k)]
            {
                let job = job.clone().with_messaging(messaging).unwrap();
                let at = format!("{length} bytes in mode {mode} in {messaging}");
                assert!(made(&compare(&job, &mut blank(model), record, &at)), "{at}");
            }
        }
    }
}

/// A value that is further away than one command can move it takes another.
#[test]
fn a_value_far_away_takes_as_many_commands_as_were_foreseen() {
    let worlds = worlds();
    let world = worlds.iter().find(|world| world.name.ends_with("/every-file.toml")).unwrap();
    let text = world.text.replace("lower = -10", "lower = -2147483648");
    let [far, farther] = ["-2147483648", "-2147483647"].map(|value| {
        let text = text.replace("value = \"number\"", &format!("value = {value}"));
        world.job(&text).unwrap()
    });
    let near = world.job(&text).unwrap().with_task(Task::Update).unwrap();
    let (blank, record) = (blank(Model::Ev2_8k), &world.records[0]);
    let commands = |job: &Job| {
        let mut card = blank.clone();
        assert!(made(&compare(job, &mut card, record, "far")));
        let plan = plan(&near, &mut card.clone(), record).unwrap();
        assert!(made(&compare(&near, &mut card, record, "near")));
        let set =
            |step: &&PlannedStep| matches!(step.step, Step::File { act: FileAct::SetValue, .. });
        plan.steps.iter().find(set).unwrap().cost.exchanges
    };
    // GetValue, one or two of Credit, CommitTransaction; the record has the value 10,203,040.
    assert_eq!((commands(&far), commands(&farther)), (4, 4));
    let text = text.replace("value = \"number\"", "value = 3");
    assert_eq!(commands(&world.job(&text).unwrap()), 3);
}

/// The workload of the performance targets: 25 exchanges after 7 that look, and the bytes that were reckoned by hand.
#[test]
fn the_workload_costs_what_was_reckoned_by_hand() {
    let worlds = worlds();
    let world = worlds.iter().find(|world| world.name.ends_with("/door.toml")).unwrap();
    for (messaging, model, expected) in [
        (Messaging::Ev1, Model::Ev1_8k, (7, 25, 593, 331)),
        (Messaging::Ev2, Model::Ev2_8k, (7, 25, 726, 403)),
    ] {
        let job = world.job(&world.text).unwrap().with_messaging(messaging).unwrap();
        let mut card = blank(model);
        let plan = plan(&job, &mut card, &world.records[0]).unwrap();
        let cost = plan.total;
        assert_eq!((plan.look.exchanges, cost.exchanges, cost.sent, cost.received), expected);
    }
}
