// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where cards cut their replies: the exchanges of a command before it is sent.

use crate::host::Protection;
use crate::host::command::Command;
use crate::wire::Generation;

/// The lengths of the command and response APDUs of a command under this protection on a card of
/// this generation, whose frames take so many bytes of parameters, exchange by exchange. Where the host does not tell how much it wants, `expected`
/// bytes come.
pub(crate) fn apdus<C: Command>(
    protection: Protection,
    (generation, frame): (Generation, usize),
    command: &C,
    expected: usize,
) -> Vec<(usize, usize)> {
    let silicon = generation.silicon();
    let (commands, reply) = protection.lengths(command, (silicon, frame), expected);
    let mut apdus: Vec<_> = commands.into_iter().map(|sent| (sent, STATUS)).collect();
    if command.rule().on(Some(silicon)).is_whole() {
        if let Some(last) = apdus.last_mut() {
            last.1 = reply.saturating_add(STATUS);
        }
        return apdus;
    }
    let mut pieces = pieces(protection, generation, reply);
    if let (Some(last), Some(first)) = (apdus.last_mut(), pieces.next()) {
        last.1 = first.saturating_add(STATUS);
    }
    apdus.extend(pieces.map(|piece| (CONTINUATION, piece.saturating_add(STATUS))));
    apdus
}

/// A protected reply of so many bytes as a card cuts it: one piece where it fits a frame; where it
/// does not, pieces of whole blocks until the rest fits one. At least one piece. AES sessions in EV1
/// messaging are recorded of an EV1 and an EV3; DES is two foreign cards' word, EV2 messaging
/// inferred. A prediction only: the host takes replies as they are cut.
fn pieces(
    protection: Protection,
    generation: Generation,
    reply: usize,
) -> impl Iterator<Item = usize> {
    let room = generation.silicon().frame;
    let piece = match protection {
        Protection::Bare => room,
        Protection::D40 | Protection::Ev1 { block: 8 } => 56,
        Protection::Ev1 { .. } | Protection::Ev2 => 48,
    };
    let whole = reply.saturating_sub(room).div_ceil(piece);
    let rest = reply.saturating_sub(whole.saturating_mul(piece));
    core::iter::repeat_n(piece, whole).chain([rest])
}

/// A continuation in an APDU: CLA INS P1 P2 Le.
const CONTINUATION: usize = 5;
/// The status word.
const STATUS: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_cut_as_cards_cut_it() {
        let [aes, des] = [16, 8].map(|block| Protection::Ev1 { block });
        for (protection, generation, reply, expected) in [
            (Protection::Bare, Generation::Ev1, 0, &[0][..]),
            (Protection::Bare, Generation::Ev1, 60, &[59, 1]),
            (Protection::Bare, Generation::Ev3, 59, &[58, 1]),
            // A real EV1: 48 bytes and a MAC; a real EV3: 328 bytes and a MAC.
            (aes, Generation::Ev1, 56, &[56]),
            (aes, Generation::Ev3, 336, &[48; 7]),
            (aes, Generation::Ev1, 59, &[59]),
            (aes, Generation::Ev3, 59, &[48, 11]),
            (aes, Generation::Ev1, 107, &[48, 59]),
            (Protection::Ev2, Generation::Ev2, 108, &[48, 48, 12]),
            (des, Generation::Ev1, 72, &[56, 16]),
            (Protection::D40, Generation::D40, 60, &[56, 4]),
        ] {
            let found: Vec<_> = pieces(protection, generation, reply).collect();
            assert_eq!(found, expected, "{protection:?} {generation} {reply}");
        }
    }
}
