// SPDX-License-Identifier: MIT OR Apache-2.0
//! Commands about the card as a whole.

use crate::bytes::{Cursor, u24_le};
use crate::iso14443::{Ats, Uid};
use crate::secret::Secret;
use crate::wire::{Ins, IsoDf, Messaging, PiccConfiguration, Status};

use super::{light, read, tag};
use crate::emulator::behaviour::Candidate;
use crate::emulator::card::Card;
use crate::emulator::channel::Mode;
use crate::emulator::configuration::{Closed, Configuration, DefaultKey, UidForm};
use crate::emulator::frames::{Cut, Reply};
use crate::emulator::grant::Grant;
use crate::emulator::rule::{Level, Rule, Size};

/// Nothing has to be proven.
const fn anybody(_card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    Ok(Grant::MANAGE)
}

/// GetCardUID.
pub(in crate::emulator) static GET_CARD_UID: Rule = Rule::new(
    Ins::GetCardUid,
    Level::Any,
    Mode::FullReply,
    Size::UpTo(uid_option),
    (authenticated, card_uid),
    "public captures of an EV1 and an EV3; AN12343, table 7; the option: a library",
);

/// An option, where the chip can show a number for its UID.
fn uid_option(card: &Card) -> usize {
    usize::from(card.model().silicon().chooses_uid)
}

/// Any session will do.
const fn authenticated(card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    if card.session.is_some() { Ok(Grant::MANAGE) } else { Err(Status::AuthenticationError) }
}

/// FormatPICC.
pub(in crate::emulator) static FORMAT_PICC: Rule = Rule::new(
    Ins::FormatPicc,
    Level::Any,
    Mode::Mac,
    Size::Exactly(0, 0),
    (may_format, format),
    "public captures of EV1 cards; EV2: belief",
);

/// FormatPICC needs the PICC master key, whatever the settings, and must not be switched off; in a delegated
/// application its master key.
fn may_format(card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    if let Ok(application) = card.application() {
        application.slot.ok_or(Status::PermissionDenied)?;
        return card.require_master();
    }
    if card.memory.configuration.picc.no_format {
        return Err(Status::PermissionDenied);
    }
    card.require_master()
}

/// SetConfiguration.
pub(in crate::emulator) static SET_CONFIGURATION: Rule = Rule::new(
    Ins::SetConfiguration,
    Level::Any,
    Mode::Full,
    Size::AtLeast(1),
    (may_configure, configure),
    "AN12196, table 27; EV1: belief",
);

/// SetConfiguration: with the PICC master key, or with the application's where no level is above it. Tells how
/// long the data of the option are.
fn may_configure(card: &Card, body: &[u8]) -> Result<Grant, Status> {
    let at_picc = card.model().silicon().picc.is_some();
    if at_picc != card.selected.is_none() {
        return Err(Status::PermissionDenied);
    }
    let option = read(body, Cursor::u8)?;
    if !at_picc {
        let grant = if card.is_light() {
            light::grant(card, option, body.len().saturating_sub(1))
        } else {
            tag::data_of(card, option).map(|data| Grant { data, ..Grant::MANAGE })
        };
        let grant = grant.ok_or(Status::ParameterError)?;
        card.require_master()?;
        return Ok(grant);
    }
    let later = card.model().silicon().speaks(Messaging::Ev2);
    let grant = match option {
        SWITCHES => Grant { data: 1, ..Grant::MANAGE },
        DEFAULT_KEY => Grant { data: 25, ..Grant::MANAGE },
        Configuration::MESSAGING | SAK if later => Grant { data: 2, ..Grant::MANAGE },
        Configuration::NAME if later => Grant { data: 17, ..Grant::MANAGE },
        ATQA if card.model().silicon().chooses_uid => Grant { data: 2, ..Grant::MANAGE },
        Configuration::CAPABILITIES if later => {
            // Nine bytes are as long as ten in a cryptogram; in an EV2 session padding tells them apart.
            let marked = card.session.as_ref().is_some_and(|open| open.channel.thread().is_some());
            let data = if marked { body.len().saturating_sub(1) } else { 10 };
            Grant { data, marked, ..Grant::MANAGE }
        }
        ATS => Grant { data: body.len().saturating_sub(1), marked: true, ..Grant::MANAGE },
        _ => return Err(Status::ParameterError),
    };
    card.require_master()?;
    Ok(grant)
}

/// SetConfiguration: `option data`. A switch stays on once it is, but for what an EV3 shows.
fn configure(card: &mut Card, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let (&option, data) = parameters.split_first().ok_or(Status::LengthError)?;
    if card.selected.is_some() {
        let configure = if card.is_light() { light::configure } else { tag::configure };
        return configure(card, option, data, reply);
    }
    let high_first = card.follows(Candidate::HighByteFirst);
    let later = card.model().silicon().speaks(Messaging::Ev2);
    let chooses = card.model().silicon().chooses_uid;
    if option == Configuration::NAME {
        check_name(card, data)?;
    }
    let configuration = &mut card.memory.configuration;
    match option {
        SWITCHES => {
            let byte = read(data, Cursor::u8)?;
            let form = if chooses { byte & UidForm::MASK } else { 0x00 };
            let written = match (later, chooses) {
                (_, true) => byte & (MANDATORY | BOUND_ERRORS),
                (true, false) => byte & MANDATORY,
                (false, false) => 0x00,
            };
            let set = PiccConfiguration::from_byte(byte ^ form ^ written);
            let set = set.ok_or(Status::ParameterError)?;
            if later {
                configuration.told.insert(option, vec![written]);
            }
            configuration.uid_form = UidForm::from_byte(form);
            configuration.picc.no_format |= set.no_format;
            configuration.picc.random_uid |= set.random_uid;
        }
        DEFAULT_KEY => {
            let (bytes, version) = read(data, |cursor| Ok((cursor.array()?, cursor.u8()?)))?;
            configuration.default_key =
                Some(DefaultKey { bytes: Box::new(Secret::new(bytes)), version });
        }
        Configuration::MESSAGING => {
            let [first, second] = read(data, Cursor::array)?;
            let (low, high) = if high_first { (second, first) } else { (first, second) };
            if high != 0 || low & !Closed::MASK != 0 {
                return Err(Status::ParameterError);
            }
            configuration.close(low);
        }
        SAK | ATQA => {
            configuration.told.insert(option, read(data, Cursor::array::<2>)?.to_vec());
        }
        Configuration::NAME => {
            configuration.told.insert(option, data.to_vec());
        }
        Configuration::CAPABILITIES => {
            let told = capabilities(data, chooses)?;
            configuration.told.insert(option, told.to_vec());
        }
        _ => {
            let ats = Ats::new(data).map_err(|_| Status::ParameterError)?;
            configuration.ats = Some(ats);
        }
    }
    Ok(())
}

/// The name of option 06 must be one, and none of an application.
fn check_name(card: &Card, data: &[u8]) -> Result<(), Status> {
    let name = Configuration::name_in(data).ok_or(Status::ParameterError)?;
    let named = |iso: &IsoDf| iso.name.as_ref().is_some_and(|own| own.as_bytes() == name);
    if card.memory.iso_position(named).is_some() { Err(Status::Duplicate) } else { Ok(()) }
}

/// What option 05 tells: ten bytes, or nine without the first. The byte for virtual cards and that of the
/// transaction timer are of an EV3; a DESFire has no LRP.
fn capabilities(data: &[u8], ev3: bool) -> Result<[u8; 10], Status> {
    let mut told = [0; 10];
    let from = match data.len() {
        10 => 0,
        9 => 1,
        _ => return Err(Status::LengthError),
    };
    told.iter_mut().skip(from).zip(data).for_each(|(slot, byte)| *slot = *byte);
    match told {
        [0, 0, 0, _, 0, 0, ..] => Ok(told),
        [0, _, 0, _, 0, ..] if ev3 => Ok(told),
        _ => Err(Status::ParameterError),
    }
}

/// The options of SetConfiguration.
const SWITCHES: u8 = 0x00;
const DEFAULT_KEY: u8 = 0x01;
const ATS: u8 = 0x02;
const SAK: u8 = 0x03;
const ATQA: u8 = 0x0C;

/// Bits of option 00 that are written anew each time: the proximity check and the authentication of a virtual
/// card are mandatory.
const MANDATORY: u8 = 0x0C;
/// The same, of an EV3: errors are bound.
const BOUND_ERRORS: u8 = 0x10;

/// FormatPICC: all applications go, their memory comes back; keys and settings of the PICC stay. In a delegated
/// application its files go.
fn format(card: &mut Card, _parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    match card.selected {
        Some(position) => card.memory.clear_files(position),
        None => card.memory.format(),
    }
    let session = card.session.as_ref();
    reply.ends_session = session.is_some_and(|open| open.channel.ends_with_format(card.behaviour));
    let ev2 = session.is_some_and(|open| open.channel.thread().is_some());
    reply.bare = ev2 && card.follows(Candidate::BareFormat);
    Ok(())
}

/// GetVersion.
pub(in crate::emulator) static GET_VERSION: Rule = Rule::new(
    Ins::GetVersion,
    Level::Any,
    Mode::Mac,
    Size::Exactly(0, 0),
    (anybody, version),
    "public captures of an EV1 card and an NTAG 424 DNA",
);

/// GetVersion: hardware, software, production data in a frame each.
fn version(card: &mut Card, _parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    for module in [card.model().hardware(), card.model().software()] {
        reply.data.extend(module.ok_or(Status::IllegalCommand)?.to_wire());
    }
    reply.data.extend(card.version_uid());
    reply.data.extend(card.production);
    reply.cut = Cut::Version;
    Ok(())
}

/// GetCardUID: `[option]`. The real UID, in random UID mode too; `00`, its length and itself where it has ten
/// bytes. With option `01` the number of four bytes behind it.
fn card_uid(card: &mut Card, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let numbered = match parameters {
        [] | [0x00] => false,
        [0x01] => true,
        _ => return Err(Status::ParameterError),
    };
    match card.uid() {
        Uid::Long(uid) => reply.data.extend([&[0x00, 0x0A][..], uid.expose()].concat()),
        Uid::Real(_) | Uid::Random(_) | Uid::Number(_) | Uid::Untold => {
            reply.data.extend(card.real_uid().expose());
        }
    }
    if numbered {
        reply.data.extend(card.number());
    }
    Ok(())
}

/// FreeMemory.
pub(in crate::emulator) static FREE_MEMORY: Rule = Rule::new(
    Ins::FreeMemory,
    Level::Any,
    Mode::Mac,
    Size::Exactly(0, 0),
    (anybody, free_memory),
    "belief",
);

/// FreeMemory: three bytes, least significant first.
fn free_memory(card: &mut Card, _parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    reply.data.extend(u24_le(card.memory.free()));
    Ok(())
}
