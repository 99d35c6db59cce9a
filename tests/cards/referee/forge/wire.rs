// SPDX-License-Identifier: MIT OR Apache-2.0
//! Frames of wrapped commands, and what a card tells of its files.

use cardwright::emulator::SoftCard;
use cardwright::transport::LinkError;
use serde_json::Value;

use super::super::man::raw;
use super::super::session::Form;

/// How the files of a card travel, which whoever has a session can ask.
pub(super) fn file_forms(card: &SoftCard) -> Vec<(([u8; 3], u8), Form)> {
    let saved: Value = serde_json::from_slice(&card.save()).unwrap();
    let digits = |value: &Value| hex::decode(value.as_str().unwrap()).unwrap();
    let applications = saved["applications"].as_array().unwrap().iter();
    applications
        .flat_map(|application| {
            let mut aid: [u8; 3] = digits(&application["aid"]).try_into().unwrap();
            // As it is sent.
            aid.reverse();
            let form = move |file: &Value| {
                let no = u8::try_from(file["no"].as_u64().unwrap()).unwrap();
                ((aid, no), Form::of_byte(digits(&file["settings"])[1]))
            };
            application["files"].as_array().unwrap().iter().map(form).collect::<Vec<_>>()
        })
        .collect()
}

/// The application that a card with one of them lets itself be entered by name, as its AID is sent.
pub(super) fn named(card: &SoftCard) -> [u8; 3] {
    let saved: Value = serde_json::from_slice(&card.save()).unwrap();
    let aid = saved["applications"][0]["aid"].as_str().unwrap_or_default();
    let mut aid: [u8; 3] = hex::decode(aid).unwrap().try_into().unwrap_or_default();
    aid.reverse();
    aid
}

/// Sends a command in frames as the engine cut it, and fetches the whole reply with the lengths of
/// all its frames but the last.
pub(super) fn forward(
    card: &mut SoftCard,
    body: &[u8],
    lengths: &[usize],
) -> Result<(Vec<u8>, Vec<usize>), LinkError> {
    let (mut ins, mut rest) = (body[0], &body[1..]);
    let mut reply;
    let mut number = 0;
    loop {
        let last = number + 1 >= lengths.len();
        let length = if last { rest.len() } else { lengths[number].min(rest.len()) };
        let (frame, behind) = rest.split_at(length);
        reply = raw(card, &wrapped(ins, frame))?;
        (ins, rest, number) = (0xAF, behind, number + 1);
        if last || reply.last_chunk() != Some(&[0x91, 0xAF]) {
            break;
        }
    }
    let (mut whole, mut cuts) = (Vec::new(), Vec::new());
    while let [data @ .., 0x91, 0xAF] = &reply[..]
        && cuts.len() < 64
    {
        cuts.push(data.len());
        whole.extend_from_slice(data);
        reply = raw(card, &wrapped(0xAF, &[]))?;
    }
    whole.extend(reply);
    Ok((whole, cuts))
}

/// Instruction and data of a wrapped command.
pub(super) fn parts(command: &[u8]) -> Option<(u8, Vec<u8>)> {
    let [0x90, ins, 0x00, 0x00, rest @ ..] = command else { return None };
    match rest {
        [0x00] => Some((*ins, Vec::new())),
        [length, data @ .., 0x00] if data.len() == usize::from(*length) => {
            Some((*ins, data.to_vec()))
        }
        _ => None,
    }
}

pub(super) fn wrapped(ins: u8, data: &[u8]) -> Vec<u8> {
    let mut command = vec![0x90, ins, 0x00, 0x00];
    if let Some(length) = u8::try_from(data.len()).ok().filter(|&length| length > 0) {
        command.push(length);
        command.extend(data);
    }
    command.push(0x00);
    command
}
