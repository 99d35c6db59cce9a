// SPDX-License-Identifier: MIT OR Apache-2.0
//! The man in the middle: a transport between the engine and honest cards.

mod replies;

use cardwright::emulator::SoftCard;
use cardwright::iso14443::Uid as Shown;
use cardwright::transport::{LinkError, ReplyBuf, Transport};

use super::cipher::Key;
use super::forge::Forge;
use super::handshake::BEGINNINGS;
use super::knowledge::Slot;
use super::tricks::{Ploy, Trick};

/// Bytes that were answered, or why there are none.
pub(crate) type Answer = Result<Vec<u8>, LinkError>;

pub(crate) struct Man {
    /// The cards in his hands, the one that was presented first.
    pub(crate) cards: Vec<SoftCard>,
    /// Which of them is in the field.
    pub(crate) inside: usize,
    /// Which of them have been.
    pub(crate) fielded: Vec<usize>,
    /// The UID that he shows instead of the card's.
    pub(crate) shows: Option<Shown>,
    /// The same in the card's own words.
    pub(crate) tells: Option<[u8; 7]>,
    pub(crate) ploys: Vec<Ploy>,
    fired: Vec<bool>,
    count: usize,
    pub(crate) heard: Vec<(Vec<u8>, Vec<u8>)>,
    /// What the engine saw.
    pub(crate) shown: Vec<Vec<u8>>,
    forge: Option<Forge>,
    /// The key number of the latest authentication.
    key_no: u8,
    /// Frames that are still to come of a command that he swallows.
    swallowing: Option<Vec<u8>>,
    /// Which frame of GetVersion comes next.
    version_frame: usize,
}

/// After so many exchanges the card leaves, whatever is asked of it.
const PATIENCE: usize = 400;

/// Commands that change what a card holds.
pub(crate) fn changes(ins: u8) -> bool {
    crate::common::CHANGING.contains(&ins)
}

impl Man {
    /// With these cards, the first of them in the field.
    pub(crate) fn new(cards: Vec<SoftCard>) -> Self {
        Self {
            cards,
            inside: 0,
            fielded: vec![0],
            shows: None,
            tells: None,
            ploys: Vec::new(),
            fired: Vec::new(),
            count: 0,
            heard: Vec::new(),
            shown: Vec::new(),
            forge: None,
            key_no: 0,
            swallowing: None,
            version_frame: usize::MAX,
        }
    }

    /// The card that is in the field comes again, and he does these things. What he knows he
    /// keeps.
    pub(crate) fn comes(&mut self, ploys: &[Ploy]) {
        if !self.shown.is_empty() {
            self.cards[self.inside].reset();
        }
        (self.shows, self.tells, self.swallowing) = (None, None, None);
        (self.count, self.fired) = (0, vec![false; ploys.len()]);
        self.ploys = ploys.to_vec();
        self.shown.clear();
        let forges = ploys.iter().any(|ploy| ploy.trick.opens_sessions());
        self.forge = match self.forge.take() {
            Some(forge) => Some(forge.again()),
            None => forges.then(Forge::default),
        };
    }

    /// He knows a key of the card from elsewhere.
    pub(crate) fn learns(&mut self, slot: Slot, key: &Key) {
        let forge = self.forge.get_or_insert_default();
        forge.known.changed(slot, key.clone(), key.clone());
    }

    /// Whether he knows every key on the card that is in the field.
    pub(crate) fn knows_all(&self) -> bool {
        let card = &self.cards[self.inside];
        self.forge.as_ref().is_some_and(|forge| forge.known.covers(card))
    }

    /// How many keys he has read in sessions.
    pub(crate) fn keys_read(&self) -> usize {
        self.forge.as_ref().map_or(0, |forge| forge.known.read())
    }

    fn answer(&mut self, command: &[u8]) -> Answer {
        let at = self.count;
        if at >= PATIENCE {
            return Err(LinkError::CardRemoved);
        }
        self.count += 1;
        let ins = command.get(1).copied().unwrap_or_default();
        if BEGINNINGS.contains(&ins) {
            self.key_no = command.get(5).copied().unwrap_or_default();
        }
        self.version_frame = match ins {
            0x60 => 0,
            0xAF => self.version_frame.saturating_add(1),
            _ => usize::MAX,
        };
        let mut command = command.to_vec();
        let mut own = None;
        for number in 0..self.ploys.len() {
            let ploy = self.ploys[number];
            if own.is_none() && at >= ploy.at && (ploy.lasting || !self.fired[number]) {
                own = self.before(number, ploy, at, &mut command);
            }
        }
        let mut reply = match own {
            Some(own) => own?,
            None => self.pass(&command)?,
        };
        for number in 0..self.ploys.len() {
            let ploy = self.ploys[number];
            if at >= ploy.at && (ploy.lasting || !self.fired[number]) {
                self.after(number, ploy, ins, &mut reply)?;
            }
        }
        self.heard.push((command, reply.clone()));
        Ok(reply)
    }

    /// To the card, through sessions that he can open.
    fn pass(&mut self, command: &[u8]) -> Answer {
        let card = &mut self.cards[self.inside];
        match &mut self.forge {
            Some(forge) => forge.pass(card, command, &self.ploys, &mut self.fired, self.count - 1),
            None => raw(card, command),
        }
    }

    /// What he does with a command; what he answers in the card's place.
    fn before(
        &mut self,
        number: usize,
        ploy: Ploy,
        at: usize,
        command: &mut Vec<u8>,
    ) -> Option<Answer> {
        let ins = command.get(1).copied().unwrap_or_default();
        let mut fire = true;
        let mut own = None;
        match ploy.trick {
            Trick::DropCommand => own = Some(Err(LINKS[ploy.pick(0, LINKS.len())])),
            Trick::Swallow | Trick::SwallowAtLength => own = self.swallow(ploy, command),
            Trick::Invent => {
                let length = [0, 1, 2, 7, 8, 9, 14, 16, 24, 32][ploy.pick(0, 10)];
                own = Some(Ok(noise(ploy, length, [0x00, 0xAF][ploy.pick(9, 2)])));
            }
            Trick::Replay => own = self.earlier(ploy, ins, command),
            Trick::ReplayCommand => {
                if let Some((old, _)) = self.heard.get(ploy.pick(0, self.heard.len())) {
                    let old = old.clone();
                    match ploy.pick(1, 2) {
                        0 => *command = old,
                        _ => drop(self.pass(&old)),
                    }
                }
            }
            Trick::FlipCommand => ploy.flip(command),
            Trick::CutCommand => rework(command, |data| {
                let _last = data.pop();
            }),
            Trick::LengthenCommand => rework(command, |data| data.push(ploy.byte(0))),
            Trick::StripMac if ploy.pick(1, 2) == 0 && command.len() > 14 => {
                rework(command, |data| data.truncate(data.len() - 8));
            }
            Trick::Twice => {
                let first = self.pass(command);
                own = (ploy.pick(0, 2) == 0).then(|| self.pass(command).and(first));
            }
            Trick::Reflect => {
                let mut reply = command.get(5..command.len() - 1).unwrap_or_default().to_vec();
                reply.extend([0x91, [0x00, 0xAF][ploy.pick(0, 2)]]);
                own = Some(Ok(reply));
            }
            Trick::Swap => {
                self.swap(ploy, at);
                // Back again later, where it lasts.
                fire = !ploy.lasting;
            }
            Trick::InPlace => fire = self.put_own_in_place(ins),
            Trick::NoEv2 if ins == 0x71 => own = Some(Ok(vec![0x91, 0x1C])),
            _ => return None,
        }
        if fire && !matches!(ploy.trick, Trick::Swallow | Trick::SwallowAtLength | Trick::StripMac)
        {
            self.fired[number] = true;
        }
        if own.is_some() && self.swallowing.is_none() {
            self.fired[number] = true;
        }
        own
    }

    fn swallow(&mut self, ploy: Ploy, command: &[u8]) -> Option<Answer> {
        let ins = command.get(1).copied().unwrap_or_default();
        let data = command.get(5..command.len() - 1).unwrap_or_default();
        let body = match (ins, self.swallowing.take()) {
            (0xAF, Some(before)) => [&before, data].concat(),
            (0xAF, None) => return None,
            _ if !changes(ins) => return None,
            // What ends a session, or changes its key, is answered by a bare 9100.
            _ if ploy.pick(3, 2) == 0
                && ins != 0x55
                && !(ins == 0xC4 && data.first()? & 0x3F == self.key_no) =>
            {
                return None;
            }
            _ => [&[ins], data].concat(),
        };
        // A write that takes more than one frame, and the first one of an application on somebody else's card.
        let more = ins == 0xC9
            || matches!(body.first(), Some(0x3D | 0x3B))
                && data.len() >= 47
                && body.len() < 8 + usize::from(u16::from_le_bytes([body[5], body[6]]));
        if more {
            self.swallowing = Some(body);
            return Some(Ok(vec![0x91, 0xAF]));
        }
        let length = match ploy.trick {
            Trick::Swallow => 0,
            _ => [8, 4, 16][ploy.pick(1, 3)],
        };
        Some(Ok(noise(ploy, length, 0x00)))
    }

    /// An earlier reply: any, or one to the same instruction.
    fn earlier(&mut self, ploy: Ploy, ins: u8, command: &[u8]) -> Option<Answer> {
        let same = |one: &&(Vec<u8>, Vec<u8>)| ploy.pick(1, 2) == 0 || one.0.get(1) == Some(&ins);
        let fitting: Vec<_> = self.heard.iter().filter(same).collect();
        let reply = fitting.get(ploy.pick(0, fitting.len()))?.1.clone();
        if ploy.pick(2, 2) == 0 {
            let _passed = self.pass(command);
        }
        Some(Ok(reply))
    }

    fn swap(&mut self, ploy: Ploy, at: usize) {
        let back = ploy.at + 1 + ploy.pick(1, 12);
        let to = if at >= back { 0 } else { 1 + ploy.pick(0, self.cards.len() - 1) };
        if ploy.pick(2, 2) == 0 && self.shows.is_none() {
            self.shows = Some(self.cards[self.inside].uid());
        }
        self.inside = to;
        self.fielded.push(to);
    }

    /// A copy of the card, where he knows every key on it; the card itself is left as it is.
    fn put_own_in_place(&mut self, ins: u8) -> bool {
        let card = &self.cards[self.inside];
        let knows = |forge: &Forge| ins != 0xAF && forge.knows_all_of(card);
        if !self.forge.as_ref().is_some_and(knows) {
            return false;
        }
        let copy = card.clone();
        self.cards.push(copy);
        self.inside = self.cards.len() - 1;
        true
    }
}

impl Transport for Man {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        let answered = self.answer(command);
        reply.clear();
        self.shown.push(answered.clone().unwrap_or_default());
        reply.try_extend_from_slice(&answered?).map_err(|_| LinkError::AnswerTooLong)
    }

    fn uid_in_field(&mut self) -> Result<Option<Shown>, LinkError> {
        Ok(Some(self.shows.clone().unwrap_or_else(|| self.cards[self.inside].uid())))
    }

    fn is_software(&self) -> bool {
        true
    }
}

/// One exchange with a card.
pub(crate) fn raw(card: &mut SoftCard, command: &[u8]) -> Answer {
    let mut reply = ReplyBuf::new();
    card.exchange(command, &mut reply)?;
    Ok(reply.to_vec())
}

pub(crate) const LINKS: [LinkError; 3] =
    [LinkError::CardRemoved, LinkError::NoStatusWord, LinkError::CardReset];

/// Changes what a wrapped command carries, and keeps its length true.
fn rework(command: &mut Vec<u8>, change: impl FnOnce(&mut Vec<u8>)) {
    let Some(head) = command.get(..4).map(<[u8]>::to_vec) else { return };
    let mut data = command.get(5..command.len() - 1).unwrap_or_default().to_vec();
    change(&mut data);
    *command = head;
    if let Some(length) = u8::try_from(data.len()).ok().filter(|&length| length > 0) {
        command.push(length);
        command.extend(data);
    }
    command.push(0x00);
}

fn noise(ploy: Ploy, length: usize, status: u8) -> Vec<u8> {
    let byte = |at: u32| ploy.byte(100 + at);
    let mut reply: Vec<u8> = (0..64).take(length).map(byte).collect();
    reply.extend([0x91, status]);
    reply
}
