// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sessions under keys that everybody knows, or that were read in such sessions: the man in the
//! middle opens what passes, and seals it again. Towards the engine he is the card, towards the
//! card he is the host; the two ends part where he changes something.

mod changed;
mod wire;

use std::collections::{BTreeMap, VecDeque};

use cardwright::emulator::SoftCard;

use super::cipher::{Family, Key};
use super::handshake::{BEGINNINGS, Handshake};
use super::knowledge::{Knowledge, Slot};
use super::man::{Answer, changes, raw};
use super::session::{Form, Opened, Session, Speech, forms};
use super::tricks::{Ploy, Trick, WRITES};
use changed::{Setting, fewer, shorter};
use wire::{file_forms, forward, named, parts, wrapped};

#[derive(Default)]
pub(crate) struct Forge {
    pub(crate) known: Knowledge,
    aid: [u8; 3],
    opening: Option<Opening>,
    ends: Option<Ends>,
    /// How data of files travel.
    files: BTreeMap<([u8; 3], u8), Form>,
    /// A command of which more is to come, and how long its frames were.
    collected: Option<(Vec<u8>, Vec<usize>)>,
    /// Frames of a reply that the engine has not fetched yet.
    waiting: VecDeque<Vec<u8>>,
    /// What he plays that the card was never told.
    played: Option<Setting>,
    /// The first byte of what the last SetConfiguration sets.
    set: u8,
}

/// An authentication under way.
struct Opening {
    ins: u8,
    no: u8,
    challenge: Vec<u8>,
    /// Where the card holds another key than the engine believes: both.
    planted: Option<[Key; 2]>,
}

/// Both ends of a session, and under which key it was opened.
struct Ends {
    host: Session,
    card: Session,
    family: Family,
    /// Whether everybody knows the key, not only who has listened.
    public: bool,
}

/// What he does in this exchange.
struct Deed<'p> {
    ploys: &'p [Ploy],
    fired: &'p mut [bool],
    at: usize,
}

impl Deed<'_> {
    /// The ploy of a trick that is due.
    fn due(&mut self, trick: Trick) -> Option<Ploy> {
        let (at, fired) = (self.at, &mut *self.fired);
        let mut ploys = self.ploys.iter().zip(fired);
        let (ploy, fired) = ploys.find(|(ploy, fired)| {
            ploy.trick == trick && at >= ploy.at && (ploy.lasting || !**fired)
        })?;
        *fired = true;
        Some(*ploy)
    }
}

impl Forge {
    /// With what he knows, and no session.
    pub(crate) fn again(self) -> Self {
        Self { known: self.known, ..Self::default() }
    }

    pub(crate) fn knows_all_of(&self, card: &SoftCard) -> bool {
        self.waiting.is_empty() && self.opening.is_none() && self.known.covers(card)
    }

    pub(crate) fn pass(
        &mut self,
        card: &mut SoftCard,
        command: &[u8],
        ploys: &[Ploy],
        fired: &mut [bool],
        at: usize,
    ) -> Answer {
        if command.starts_with(&[0x00, 0xA4, 0x04]) {
            (self.aid, self.ends) = (named(card), None);
        }
        let Some((ins, data)) = parts(command) else { return raw(card, command) };
        if BEGINNINGS.contains(&ins) {
            return self.begin(card, command, ins, &data);
        }
        if ins == 0xAF && self.opening.is_some() {
            return self.complete(card, command, &data);
        }
        if ins == 0x5A {
            self.aid = data.as_slice().try_into().unwrap_or_default();
            self.ends = None;
        }
        let mut deed = Deed { ploys, fired, at };
        match self.ends.take() {
            None if ins == 0x5C && deed.due(Trick::Setting).is_some() => {
                self.played = Setting::of(&[], 0);
                Ok(vec![0x91, 0x00])
            }
            None if WRITES.contains(&ins) => match deed.due(Trick::ShortWrite) {
                Some(ploy) => raw(card, &wrapped(ins, &shorter(ploy, &data))),
                None => raw(card, command),
            },
            None => raw(card, command),
            Some(ends) => self.message(ends, card, (ins, data), &mut deed),
        }
    }

    /// The card's challenge, in the words of the key that the engine believes in.
    fn begin(&mut self, card: &mut SoftCard, command: &[u8], ins: u8, data: &[u8]) -> Answer {
        if ins != 0x77 {
            self.ends = None;
        }
        (self.collected, self.opening) = (None, None);
        self.waiting.clear();
        let no = data.first().copied().unwrap_or_default();
        let slot = Slot { aid: self.aid, set: 0, no };
        let plays_lrp = self.played == Some(Setting::Lrp);
        let mut reply = match (self.played, ins) {
            (Some(Setting::Older), 0x0A | 0x1A | 0xAA) => return Ok(vec![0x91, 0x9D]),
            (Some(Setting::Lrp), 0x71) if data.get(1) == Some(&0) => return Ok(vec![0x91, 0x9D]),
            (Some(Setting::Lrp), 0x71) => raw(card, &wrapped(0x71, &[no, 0x00]))?,
            _ => raw(card, command)?,
        };
        let [challenge @ .., 0x91, 0xAF] = &reply[..] else { return Ok(reply) };
        let mut opening = Opening { ins, no, challenge: challenge.to_vec(), planted: None };
        let both = || plays_lrp.then(|| self.known.replaced(slot, Family::Aes));
        if let Some([believed, held]) = self.known.planted(slot).cloned().or_else(both) {
            let on_card = Handshake::hearing(ins, &held, challenge);
            // Another family has another length of challenge.
            if let Some((lrp, b)) = on_card.map(|shake| (shake.lrp || plays_lrp, shake.b)) {
                let shown = Handshake::challenging(ins, &believed, lrp, &b);
                reply = [shown.challenge(), &[0x91, 0xAF]].concat();
                opening.planted = Some([believed, held]);
            }
        }
        self.opening = Some(opening);
        Ok(reply)
    }

    /// The engine's token: under a key that he knows he listens, and answers where the card holds
    /// another.
    fn complete(&mut self, card: &mut SoftCard, command: &[u8], token: &[u8]) -> Answer {
        let Some(opening) = self.opening.take() else { return raw(card, command) };
        let Opening { ins, no, challenge, planted } = &opening;
        let before =
            self.ends.take().map(|ends| [ends.host, ends.card].map(|end| end.transaction()));
        if let Some([believed, held]) = planted {
            let on_card = Handshake::hearing(*ins, held, challenge);
            let Some(on_card) = on_card else { return raw(card, command) };
            let lrp = on_card.lrp || self.played == Some(Setting::Lrp);
            let shown = Handshake::challenging(*ins, believed, lrp, &on_card.b);
            let Some(a) = shown.heard(token) else { return raw(card, command) };
            let reply = raw(card, &wrapped(0xAF, &on_card.token(&a)))?;
            let [proof @ .., 0x91, 0x00] = &reply[..] else { return Ok(reply) };
            let Some(session) = on_card.session(*no, &a, proof, before.map(|both| both[1])) else {
                return Ok(reply);
            };
            let proof = shown.proof(&a, token, session.transaction().0);
            let host = shown.session(*no, &a, &proof, before.map(|both| both[0]));
            self.ends = host.map(|host| Ends {
                host,
                card: session,
                family: held.family,
                public: held.is_zero(),
            });
            return Ok([&proof[..], &[0x91, 0x00]].concat());
        }
        let reply = raw(card, command)?;
        let [proof @ .., 0x91, 0x00] = &reply[..] else { return Ok(reply) };
        for key in self.known.keys_for(*ins) {
            let Some(shake) = Handshake::hearing(*ins, key, challenge) else { continue };
            let Some(a) = shake.heard(token) else { continue };
            let end = |which: usize| shake.session(*no, &a, proof, before.map(|both| both[which]));
            if let (Some(host), Some(card)) = (end(0), end(1)) {
                self.ends = Some(Ends { host, card, family: key.family, public: key.is_zero() });
            }
            break;
        }
        if self.ends.is_some() {
            self.files.extend(file_forms(card));
        }
        Ok(reply)
    }

    /// What a card answers that has done it, where he has done nothing. What ends the session has no MAC.
    fn done_with_nothing(&mut self, mut ends: Ends, form: Form, ended: bool) -> Vec<u8> {
        if ended {
            return vec![0x91, 0x00];
        }
        let nothing = Opened { data: Vec::new(), marked: false };
        let mut reply = ends.host.seal_reply(&nothing, form);
        reply.extend([0x91, 0x00]);
        self.ends = Some(ends);
        reply
    }

    /// A frame within a session that he can open.
    fn message(
        &mut self,
        mut ends: Ends,
        card: &mut SoftCard,
        (ins, data): (u8, Vec<u8>),
        deed: &mut Deed<'_>,
    ) -> Answer {
        if ins == 0xAF
            && let Some(next) = self.waiting.pop_front()
        {
            self.ends = Some(ends);
            return Ok(next);
        }
        self.waiting.clear();
        let (body, lengths) = match (ins, self.collected.take()) {
            (0xAF, Some((mut body, mut lengths))) => {
                lengths.push(data.len());
                body.extend(data);
                (body, lengths)
            }
            (0xAF, None) => return raw(card, &wrapped(ins, &data)),
            _ => ([&[ins], &data[..]].concat(), vec![data.len()]),
        };
        // What the owner of a card permits is a frame of its own.
        if ins == 0xC9 || self.wants_more(ends.host.how, ends.family, &body) {
            self.collected = Some((body, lengths));
            self.ends = Some(ends);
            return Ok(vec![0x91, 0xAF]);
        }
        let file = self.form(&body);
        let ins = body[0];
        // After a roll the session's key opens nothing any more.
        let own = ins == 0x55
            || ins == 0xC4 && body.get(1).is_some_and(|no| no & 0x3F == ends.host.key_no);
        let unsent = ends.card.clone();
        let Some(sealed) = self.reseal(&mut ends, &body, file, deed) else {
            // It cannot be opened: from here on he only listens.
            return forward(card, &body, &lengths).map(|(reply, _)| self.frames(&reply, &[]));
        };
        let (_, form, _) = forms(ends.host.how, ins, file);
        let swallows = ends.public && changes(ins) && deed.due(Trick::SealedSwallow).is_some();
        let plays = ins == 0x5C && deed.due(Trick::Setting).is_some();
        if plays {
            self.played = Setting::of(&body[1..2], self.set);
        }
        if swallows || plays {
            // In EV1 messaging and LRP what is sealed and not sent would tear the chain.
            ends.card = unsent;
            let ended = own || plays && self.played == Some(Setting::Lrp);
            return Ok(self.done_with_nothing(ends, form, ended));
        }
        let (mut reply, cuts) = forward(card, &[&[ins], &sealed[..]].concat(), &lengths)?;
        let Some([0x91, 0x00]) = reply.last_chunk() else { return Ok(reply) };
        if own {
            return Ok(reply);
        }
        reply.truncate(reply.len() - 2);
        let Some(mut opened) = ends.card.open_reply(&reply, form) else {
            reply.extend([0x91, 0x00]);
            return Ok(self.frames(&reply, &cuts));
        };
        if ends.public
            && !opened.data.is_empty()
            && let Some(ploy) = deed.due(Trick::ResealReply)
        {
            ploy.flip(&mut opened.data);
        }
        let mut reply = ends.host.seal_reply(&opened, form);
        reply.extend([0x91, 0x00]);
        self.ends = Some(ends);
        Ok(self.frames(&reply, &cuts))
    }

    /// The command as the card is to get it, behind its instruction.
    fn reseal(
        &mut self,
        ends: &mut Ends,
        body: &[u8],
        file: Form,
        deed: &mut Deed<'_>,
    ) -> Option<Vec<u8>> {
        let (ins, rest) = body.split_first()?;
        let (form, _, clear) = forms(ends.host.how, *ins, file);
        if matches!(*ins, 0xC4 | 0xC6) {
            return self.reseal_key(ends, *ins, rest.split_at_checked(clear)?, deed);
        }
        let mut opened = ends.host.open_command(*ins, rest, clear, form)?;
        let mut header = rest.get(..clear)?.to_vec();
        self.note_file(*ins, &header, &opened.data);
        if *ins == 0x5C {
            self.set = opened.data.first().copied().unwrap_or_default();
        }
        self.known.note_set(self.aid, *ins, &opened.data);
        let changing = changes(*ins) && !(header.is_empty() && opened.data.is_empty());
        if ends.public
            && changing
            && let Some(ploy) = deed.due(Trick::Reseal)
        {
            let target = if opened.data.is_empty() { &mut header } else { &mut opened.data };
            ploy.flip(target);
        }
        if WRITES.contains(ins)
            && (ends.public || form == Form::Plain)
            && let Some(ploy) = deed.due(Trick::ShortWrite)
        {
            let both = shorter(ploy, &[&header[..], &opened.data].concat());
            opened.data = both.get(clear..).unwrap_or_default().to_vec();
            header = both.get(..clear).unwrap_or_default().to_vec();
        }
        if *ins == 0x5F
            && ends.public
            && opened.data.first().is_some_and(|option| option & 0x80 != 0)
            && let Some(ploy) = deed.due(Trick::FewerRights)
        {
            fewer(ploy, &mut opened.data);
        }
        Some(ends.card.seal_command(*ins, &header, &opened, form))
    }

    /// ChangeKey and ChangeKeyEV2: he reads the key, and may put in his own with the same version.
    fn reseal_key(
        &mut self,
        ends: &mut Ends,
        ins: u8,
        body: (&[u8], &[u8]),
        deed: &mut Deed<'_>,
    ) -> Option<Vec<u8>> {
        let header = body.0;
        let (set, no) = match *header {
            [set, no] => (set, no),
            _ => (0, *header.first()?),
        };
        let family = match (self.aid, no >> 6) {
            ([0, 0, 0], 0x02) => Family::Aes,
            ([0, 0, 0], 0x01) => Family::Tdes3,
            ([0, 0, 0], _) => Family::Des,
            _ => ends.family,
        };
        let length = family.length() + usize::from(family == Family::Aes);
        let (mut payload, rest) = ends.host.open_key_change(ins, body, length)?;
        let slot = Slot { aid: self.aid, set, no: no & 0x3F };
        let other = set != 0 || slot.no != ends.host.key_no;
        let (key, version) = payload.split_at_mut(family.length());
        let [believed, held] = match ends.host.how {
            Speech::Ev2 if other => self.known.replaced_in_ev2(slot, family, key, &rest)?,
            _ => self.known.replaced(slot, family),
        };
        if other {
            super::cipher::add(key, &believed.bytes);
        }
        let new = Key::new(family, key.to_vec());
        let mut put = new.clone();
        if ends.public && deed.due(Trick::OwnKey).is_some() {
            put = self.known.own(&new);
        } else if deed.due(Trick::Between).is_some() {
            put = self.known.own(&new);
            self.known.translates = true;
        } else if ends.public
            && let Some(ploy) = deed.due(Trick::Reseal)
        {
            ploy.flip(&mut put.bytes);
        }
        key.copy_from_slice(&put.bytes);
        if other {
            super::cipher::add(key, &held.bytes);
        }
        let sealed = [&key[..], version].concat();
        let tail = other.then_some(put.bytes.as_slice());
        let sealed = ends.card.seal_key_change((ins, header), &sealed, tail);
        self.known.changed(slot, new, put);
        Some(sealed)
    }

    fn wants_more(&self, how: Speech, family: Family, body: &[u8]) -> bool {
        let [0x3D | 0x3B, _, _, _, _, low, high, _, ..] = *body else { return false };
        let data = usize::from(u16::from_le_bytes([low, high]));
        let block = if family == Family::Aes { 16 } else { 8 };
        let sealed = match (how, self.form(body)) {
            (_, Form::Plain) => data,
            (Speech::D40, Form::Mac) => data + 4,
            (_, Form::Mac) => data + 8,
            (Speech::D40, Form::Full) => (data + 2).next_multiple_of(8),
            (Speech::Ev1, Form::Full) => (data + 4).next_multiple_of(block),
            (Speech::Ev2, Form::Full) => (data + 1).next_multiple_of(16) + 8,
        };
        body.len() < 8 + sealed
    }

    /// How the file that a command names travels, where it was seen to be made.
    fn form(&self, body: &[u8]) -> Form {
        if body.first() == Some(&0x5F) {
            // Whatever the file is like: a key has the right.
            return Form::Full;
        }
        let no = body.get(1).copied().unwrap_or_default();
        self.files.get(&(self.aid, no)).copied().unwrap_or(Form::Plain)
    }

    fn note_file(&mut self, ins: u8, header: &[u8], data: &[u8]) {
        if let (0x5F, Some(no), Some(mode)) = (ins, header.first(), data.first()) {
            self.files.insert((self.aid, *no), Form::of_byte(*mode));
        }
        let from_end = match ins {
            0xCD | 0xCB => 6,
            0xC0 | 0xC1 => 9,
            0xCC => 16,
            _ => return,
        };
        let mode = data.len().checked_sub(from_end).and_then(|at| data.get(at));
        if let (Some(no), Some(mode)) = (data.first(), mode) {
            self.files.insert((self.aid, *no), Form::of_byte(*mode));
        }
    }

    /// The first frame of a reply; the others wait.
    fn frames(&mut self, reply: &[u8], cuts: &[usize]) -> Vec<u8> {
        let (mut rest, status) = reply.split_at(reply.len() - 2);
        for cut in cuts {
            let (frame, behind) = rest.split_at((*cut).min(rest.len()));
            self.waiting.push_back([frame, &[0x91, 0xAF]].concat());
            rest = behind;
        }
        self.waiting.push_back([rest, status].concat());
        self.waiting.pop_front().unwrap_or_default()
    }
}
