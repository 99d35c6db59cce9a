// SPDX-License-Identifier: MIT OR Apache-2.0
//! SELECT: the card, an application by identifier or name, a file of the selected application.

use crate::iso7816::{Command, StatusWord};
use crate::transport::ReplyBuf;
use crate::wire::{Access, IsoDf, IsoFileId};

use crate::emulator::behaviour::Candidate;
use crate::emulator::card::Card;

/// SELECT. The reply has no file control information, whether it was asked for or not, but that of the
/// application of a DESFire Light.
pub(super) fn select(
    card: &mut Card,
    command: &Command<'_>,
    out: &mut ReplyBuf,
) -> Result<StatusWord, StatusWord> {
    if !matches!(command.p2, 0x00 | 0x0C) {
        return Err(StatusWord::WRONG_P1_P2);
    }
    let word = by_command(card, command)?;
    if card.iso.file.is_none() && card.selected.is_some() {
        if card.is_light() {
            inform(card, command, out)?;
        }
        let exhausted = card.require_transactions().is_err();
        return Ok(if exhausted { INVALIDATED } else { word });
    }
    Ok(word)
}

/// The file control information of a DESFire Light's application: what its file 1F holds, where anybody
/// may read that.
fn inform(card: &Card, command: &Command<'_>, out: &mut ReplyBuf) -> Result<(), StatusWord> {
    let asked = command.le.filter(|_| command.p2 == 0x00);
    let file = card.application().and_then(|found| found.file(INFORMATION));
    let (Some(asked), Ok(file)) = (asked, file) else { return Ok(()) };
    if file.settings.rights.read != Access::Free || card.follows(Candidate::SilentSelect) {
        return Ok(());
    }
    let contents = file.data().map_err(|_| StatusWord::CONDITIONS_OF_USE)?.contents();
    let told = contents.get(..usize::from(asked)).unwrap_or(contents);
    out.try_extend_from_slice(told).map_err(|_| StatusWord::WRONG_LENGTH)
}

/// The file that holds it.
const INFORMATION: u8 = 0x1F;
/// The application is selected, and no transaction follows in it.
const INVALIDATED: StatusWord = StatusWord(0x6283);

fn by_command(card: &mut Card, command: &Command<'_>) -> Result<StatusWord, StatusWord> {
    match (command.p1, command.data) {
        (0x00, []) | (0x03, []) => enter(card, None),
        (0x00, &[high, low]) => by_identifier(card, [high, low], true, true),
        (0x01, &[high, low]) => by_identifier(card, [high, low], true, false),
        (0x02, &[high, low]) => by_identifier(card, [high, low], false, true),
        (0x04, name) if (1..=16).contains(&name.len()) => by_name(card, name),
        (0x00..=0x04, _) => Err(StatusWord::WRONG_LC),
        _ => Err(StatusWord::WRONG_P1_P2),
    }
}

/// Files of the selected application come before applications.
fn by_identifier(
    card: &mut Card,
    bytes: [u8; 2],
    applications: bool,
    files: bool,
) -> Result<StatusWord, StatusWord> {
    let id = u16::from_be_bytes(bytes);
    if id == IsoFileId::MASTER_FILE && applications {
        return enter(card, None);
    }
    let id = IsoFileId::new(id).ok_or(StatusWord::FILE_NOT_FOUND)?;
    let file = card.application().ok().filter(|_| files).and_then(|found| found.iso_file(id));
    if let Some(number) = file.map(|file| file.number) {
        card.iso.file = Some(number);
        return Ok(StatusWord::OK);
    }
    let position = card.memory.iso_position(|iso| iso.id == id).filter(|_| applications);
    enter(card, Some(position.ok_or(StatusWord::FILE_NOT_FOUND)?))
}

fn by_name(card: &mut Card, name: &[u8]) -> Result<StatusWord, StatusWord> {
    // The same option names the application of a DESFire Light.
    let given =
        card.memory.configuration.name().filter(|_| card.model().silicon().layout.is_free());
    if name == PICC_NAME || given == Some(name) {
        return enter(card, None);
    }
    let named = |iso: &IsoDf| iso.name.as_ref().is_some_and(|known| known.as_bytes() == name);
    enter(card, Some(card.memory.iso_position(named).ok_or(StatusWord::FILE_NOT_FOUND)?))
}

/// Session and pending writes go, as with SelectApplication.
fn enter(card: &mut Card, position: Option<usize>) -> Result<StatusWord, StatusWord> {
    card.end_session();
    card.iso.clear();
    card.selected = position;
    card.entered = position.is_some();
    Ok(StatusWord::OK)
}

/// The name of the card itself.
pub(in crate::emulator) const PICC_NAME: &[u8] = &[0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x00];

#[cfg(test)]
mod tests {
    use crate::emulator::tests::support::{card, send};
    use crate::emulator::{Model, SoftCard};

    /// An APDU in hex, and the answer to it.
    fn apdu(card: &mut SoftCard, command: &str) -> String {
        hex::encode_upper(send(card, &hex::decode(command).unwrap()))
    }

    /// P2 asks for file control information or for none, Le for an answer or not: no tag has any
    /// (`hw-trace-424-read-plain` and `hw-ntag424-cc-file` with Le; without it NT4H2421Gx, 10.9.1).
    #[test]
    fn tags_select_with_and_without_information_that_they_do_not_have() {
        for model in [Model::Ntag424, Model::Ntag424Tt] {
            for p2 in ["00", "0C"] {
                for le in ["", "00"] {
                    let mut card = card(model);
                    for (command, reply) in [
                        // The card itself is selected, where there are no files.
                        (format!("00A400{p2}02E104{le}"), "6A82"),
                        ("00B0840004".to_owned(), "6A86"),
                        (format!("00A404{p2}07D2760000850101{le}"), "9000"),
                        ("00B0000002".to_owned(), "6985"),
                        (format!("00A400{p2}02E103{le}"), "9000"),
                        ("00B0000003".to_owned(), "0017209000"),
                        (format!("00A402{p2}02E104{le}"), "9000"),
                        ("00B0000003".to_owned(), "0000009000"),
                        // What there is not leaves selected what was.
                        (format!("00A400{p2}02E106{le}"), "6A82"),
                        (format!("00A404{p2}07D2760000850102{le}"), "6A82"),
                        (format!("00A404{p2}06D27600008501{le}"), "6A82"),
                        ("00B0000003".to_owned(), "0000009000"),
                        (format!("00A400{p2}02E110{le}"), "9000"),
                        (format!("00A400{p2}02E103{le}"), "9000"),
                        (format!("00A400{p2}023F00{le}"), "9000"),
                        (format!("00A401{p2}02E110{le}"), "9000"),
                        (format!("00A403{p2}{le}"), "9000"),
                        (format!("00A400{p2}02E103{le}"), "6A82"),
                        (format!("00A404{p2}07D2760000850100{le}"), "9000"),
                        (format!("00A405{p2}02E110{le}"), "6A86"),
                        (format!("00A400{p2}03E11000{le}"), "6A87"),
                    ] {
                        assert_eq!(apdu(&mut card, &command), reply, "{command}");
                    }
                    assert_eq!(apdu(&mut card, "00A4040407D276000085010100"), "6A86");
                }
            }
        }
    }
}
