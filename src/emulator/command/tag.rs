// SPDX-License-Identifier: MIT OR Apache-2.0
//! What only chips with a fixed layout have: configuration of their application, and a seal (NT4H2421Gx,
//! NT4H2421Tx).

use crate::wire::{Access, Ins, KeyNo, PiccConfiguration, Status};

use crate::emulator::card::Card;
use crate::emulator::channel::Mode;
use crate::emulator::configuration::Configuration;
use crate::emulator::failures::FailureLimit;
use crate::emulator::frames::Reply;
use crate::emulator::grant::Grant;
use crate::emulator::rule::{Level, Rule, Size};

/// How many bytes an option of SetConfiguration has; `None` where the chip has no such option.
pub(super) fn data_of(card: &Card, option: u8) -> Option<usize> {
    match option {
        SWITCHES | STRONG_MODULATION => Some(1),
        SECURE_MESSAGING => Some(2),
        Configuration::CAPABILITIES => Some(10),
        FailureLimit::OPTION => Some(5),
        SEAL if has_seal(card) => Some(2),
        _ => None,
    }
}

pub(super) fn has_seal(card: &Card) -> bool {
    card.model().silicon().has(Ins::GetTtStatus)
}

/// SetConfiguration of the application.
pub(super) fn configure(
    card: &mut Card,
    option: u8,
    data: &[u8],
    reply: &mut Reply,
) -> Result<(), Status> {
    let keys = card.keys().count();
    let in_lrp = card.in_lrp();
    let configuration = &mut card.memory.configuration;
    match (option, data) {
        (SWITCHES, &[byte]) => {
            let set = PiccConfiguration::from_byte(byte).filter(|set| !set.no_format);
            let set = set.ok_or(Status::ParameterError)?;
            configuration.picc.random_uid |= set.random_uid;
        }
        (SEAL, &[enable, asks]) => {
            if enable > 1 {
                return Err(Status::ParameterError);
            }
            configuration.seal.asks = match (asks, KeyNo::new(asks)) {
                (0x0E, _) => Access::Free,
                (0x0F, _) => Access::Never,
                (_, Some(key)) if asks < keys => Access::Key(key),
                (_, _) => return Err(Status::ParameterError),
            };
            configuration.seal.enabled |= enable == 1;
        }
        (Configuration::CAPABILITIES, &[0, 0, 0, 0, first @ (0 | LRP), 0, 0, 0, fifth, sixth]) => {
            // What it once was, it stays.
            let first = if in_lrp { LRP } else { first };
            let told = vec![0, 0, 0, 0, first, 0, 0, 0, fifth, sixth];
            configuration.told.insert(option, told);
            if first == LRP && !in_lrp {
                reply.ends_session = true;
                become_lrp(card)?;
            }
        }
        (Configuration::CAPABILITIES, _) => return Err(Status::ParameterError),
        // A limit of 0 would block every key.
        (FailureLimit::OPTION, &[on, low, high, ..]) if on > 1 || (on, low, high) == (1, 0, 0) => {
            return Err(Status::ParameterError);
        }
        (STRONG_MODULATION, &[byte]) if byte > 1 => return Err(Status::ParameterError),
        (_, data) => {
            configuration.told.insert(option, data.to_vec());
        }
    }
    Ok(())
}

/// Into LRP: PICC data have another length there, so secure dynamic messaging goes off on every file
/// (MF2DL(H)x0), and transactions are counted in 16 bits. What is pending goes; keys and contents stay.
fn become_lrp(card: &mut Card) -> Result<(), Status> {
    card.roll_back();
    let application = card.application_mut()?;
    for file in &mut application.files {
        (file.settings.sdm, file.reads) = (None, 0);
    }
    if let Some(mac) = &mut application.transaction_mac {
        mac.switch_to_lrp();
    }
    Ok(())
}

/// GetTTStatus.
pub(in crate::emulator) static GET_TT_STATUS: Rule = Rule::new(
    Ins::GetTtStatus,
    Level::Application,
    Mode::FullReply,
    Size::Exactly(0, 0),
    (may_see_seal, seal),
    "a public capture of an NTAG 424 DNA TagTamper",
);

/// GetTTStatus: by whoever the chip was told.
fn may_see_seal(card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    match card.memory.configuration.seal.asks {
        Access::Never => Err(Status::PermissionDenied),
        Access::Free => Ok(Grant::MANAGE),
        Access::Key(key) if Some(u8::from(key)) == card.authenticated() => Ok(Grant::MANAGE),
        Access::Key(_) => Err(Status::AuthenticationError),
    }
}

/// GetTTStatus: what was ever found, and what is found now.
fn seal(card: &mut Card, _parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    reply.data.extend(card.seal_status());
    Ok(())
}

/// The options of SetConfiguration.
const SWITCHES: u8 = 0x00;
const SECURE_MESSAGING: u8 = 0x04;
const SEAL: u8 = 0x07;
const STRONG_MODULATION: u8 = 0x0B;
const LRP: u8 = Configuration::LRP;
