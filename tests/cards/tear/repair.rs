// SPDX-License-Identifier: MIT OR Apache-2.0
//! One card that is torn at a point, twice more while it is repaired, and then left in peace.

use cardwright::emulator::SoftCard;
use cardwright::encode::{Encoded, Encoder, Outcome, Task, Wrote};
use cardwright::transport::Exchange;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::disturbed::{Disturbed, Moment};
use super::world::{Case, held, run, shown};

/// Where the first tear is, and the second where it does not follow from the seed too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    exchange: usize,
    moment: Moment,
    second: Option<(usize, Moment)>,
    seed: u64,
}

impl Point {
    /// Beyond the end of everything.
    pub(crate) const NEVER: Self =
        Self { exchange: usize::MAX, moment: Moment::Before, second: None, seed: u64::MAX };

    /// Every moment of every exchange.
    pub(crate) fn all(exchanges: &[Exchange]) -> Vec<Self> {
        let mut points = Vec::new();
        for (exchange, done) in exchanges.iter().enumerate() {
            let mut add = |moment| {
                let seed = points.len() as u64;
                points.push(Self { exchange, moment, second: None, seed });
            };
            add(Moment::Before);
            add(Moment::After);
            // Every bit of what is hardly protected, a version say; some of what has a MAC.
            let bits = done.received * 8;
            let apart = if done.received <= 3 { 1 } else { bits / 4 + 1 };
            (exchange % apart..bits).step_by(apart).for_each(|bit| add(Moment::Damaged(bit)));
            add(Moment::Cut);
            if matches!(done.ins, Some(0x3D | 0xAF)) {
                (0..4).for_each(|pages| add(Moment::Within(pages)));
            }
        }
        points
    }

    /// A tear at every exchange, and every bit turned of what the card then tells of itself before
    /// there is a session: its version, and those of its keys.
    pub(crate) fn lies(exchanges: &[Exchange]) -> Vec<Self> {
        let torn = 0..exchanges.len();
        let lie = |exchange| {
            let lies =
                (IDENTIFICATION - 1..LOOK).flat_map(|reply| (0..24).map(move |bit| (reply, bit)));
            lies.map(move |(reply, bit)| Self {
                exchange,
                moment: Moment::After,
                second: Some((reply, Moment::Damaged(bit))),
                seed: (reply * 24 + bit) as u64,
            })
        };
        torn.flat_map(lie).collect()
    }
}

/// GetKeyVersion.
const IDENTIFICATION: usize = 1;

/// So many exchanges a torn card is looked at before anything is written again.
const LOOK: usize = 12;

/// How many tears the card survived, or what went wrong.
pub(crate) fn survive(case: &Case, point: Point) -> Result<usize, String> {
    let mut rng = StdRng::seed_from_u64(point.seed);
    let mut card = case.start.clone();
    let mut tears = 0;
    let mut history = Vec::new();
    let mut next = (point.exchange, point.moment);
    for presentation in 0..3 {
        if next.0 != usize::MAX {
            history.push(next);
        }
        let (encoded, torn) = present(case, &mut card, next, presentation);
        tears += usize::from(torn);
        done_is_done(case, &card, &encoded).map_err(|why| format!("{why} after {history:?}"))?;
        if point.exchange != usize::MAX {
            let exchange = rng.random_range(0..case.exchanges.len() + 8);
            let moment = match rng.random_range(0..5) {
                0 => Moment::Before,
                1 => Moment::After,
                2 => Moment::Within(rng.random_range(0..4)),
                3 => Moment::Cut,
                _ => Moment::Damaged(rng.random_range(0..2048)),
            };
            next = point.second.filter(|_| presentation == 0).unwrap_or((exchange, moment));
        }
    }
    let (encoded, _) = present(case, &mut card, (usize::MAX, Moment::Before), 3);
    done_is_done(case, &card, &encoded).map_err(|why| format!("{why} after {history:?}"))?;
    if !ends_well(case, &encoded.outcome) {
        return Err(format!("{:?} after {history:?}", encoded.outcome));
    }
    let (again, _) = present(case, &mut card, (usize::MAX, Moment::Before), 4);
    let at_rest = match again.outcome {
        Outcome::AlreadyDone => !case.prepared,
        Outcome::Done => match again.receipt.wrote {
            Wrote::Nothing => case.job.task() == Task::Verify,
            // What a card says that it was told, it is told once more.
            Wrote::Maybe => case.tells_once_more(),
            Wrote::Yes => false,
        },
        Outcome::Prepared => case.prepared && again.receipt.wrote == Wrote::Nothing,
        Outcome::Written(_) => case.written && again.receipt.wrote == Wrote::Nothing,
        Outcome::Refused(_) | Outcome::Failed(_) => false,
    };
    if at_rest { Ok(tears) } else { Err(format!("{:?} once done, {history:?}", again.outcome)) }
}

/// Whether it is done, or, where the profile asks for less proof than that takes, written.
const fn ends_well(case: &Case, outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Done | Outcome::AlreadyDone => !case.prepared,
        Outcome::Prepared => case.prepared,
        Outcome::Written(_) => case.written,
        Outcome::Refused(_) | Outcome::Failed(_) => false,
    }
}

/// Whether it is the card that nobody tore. Of files with random filling no two are alike: what is in them
/// is what a verification says of it.
fn is_whole(case: &Case, card: &SoftCard) -> bool {
    let (mut now, mut whole) = (held(card), case.whole.clone());
    if case.job.profile().name() != FILLED {
        return now == whole;
    }
    let mut files = 0;
    for state in [&mut now, &mut whole] {
        for application in state["applications"].as_array_mut().unwrap() {
            for file in application["files"].as_array_mut().unwrap() {
                files += 1;
                for held in ["contents", "records"] {
                    if let Some(held) = file.get_mut(held) {
                        held.take();
                    }
                }
            }
        }
    }
    let verify = case.job.clone().with_task(Task::Verify).unwrap();
    let verified = |card: &SoftCard| run(&verify, &mut card.clone(), &case.record).0;
    now == whole && (files == 0 || matches!(verified(card), Outcome::Done))
}

/// The profile whose cards have random filling.
const FILLED: &str = "made";

/// Success is only ever reported of the card that nobody tore.
fn done_is_done(case: &Case, card: &SoftCard, encoded: &Encoded) -> Result<(), String> {
    let done = matches!(
        encoded.outcome,
        Outcome::Done | Outcome::AlreadyDone | Outcome::Prepared | Outcome::Written(_)
    );
    if done && !is_whole(case, card) {
        return Err(format!("{:?} is reported, and the card is another one", encoded.outcome));
    }
    Ok(())
}

/// Puts the card into the field, and tells whether it was torn away.
fn present(
    case: &Case,
    card: &mut SoftCard,
    (left, moment): (usize, Moment),
    seed: u64,
) -> (Encoded, bool) {
    card.reset();
    let shown = shown(&case.job, card);
    let mut encoder = Encoder::new(&case.job).with_rng(StdRng::seed_from_u64(seed));
    let mut transport = Disturbed { card, left, moment, happened: false };
    let encoded = encoder.encode(shown.with(&mut transport), &case.record);
    let happened = transport.happened;
    (encoded, happened)
}
