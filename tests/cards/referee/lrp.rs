// SPDX-License-Identifier: MIT OR Apache-2.0
//! The primitive that leaks little of its key (NXP AN12304), in steps of four bits: what a key is made into,
//! the walk through a value, and blocks under a counter.

use super::cipher::{Cipher, Family};

type Block = [u8; 16];

/// A key as it is walked with: sixteen plaintexts, and one of the updated keys to start from.
#[derive(Clone)]
pub(crate) struct Lrp {
    plaintexts: [Block; 16],
    start: Block,
}

impl Lrp {
    /// With the updated key of this number.
    pub(crate) fn new(key: &[u8], updated: usize) -> Self {
        let mut chain = under(key, [0x55; 16]);
        let plaintexts = core::array::from_fn(|_| step(&mut chain));
        let mut chain = under(key, [0xAA; 16]);
        let start = (0..=updated).map(|_| step(&mut chain)).last().unwrap();
        Self { plaintexts, start }
    }

    /// The end of the walk through half bytes, most significant first.
    pub(crate) fn walk(&self, halves: impl IntoIterator<Item = u8>) -> Block {
        halves
            .into_iter()
            .fold(self.start, |at, half| under(&at, self.plaintexts[usize::from(half)]))
    }

    /// The value of bytes: their walk, and one more step.
    pub(crate) fn value(&self, bytes: &[u8]) -> Block {
        under(&self.walk(bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0F])), [0; 16])
    }
}

/// Blocks under a counter of which each has one value, whichever way it goes.
#[derive(Clone)]
pub(crate) struct Counted {
    lrp: Lrp,
    counter: Vec<u8>,
}

impl Counted {
    /// Most significant byte first; it goes around at its length.
    pub(crate) fn from(lrp: Lrp, counter: &[u8]) -> Self {
        Self { lrp, counter: counter.to_vec() }
    }

    pub(crate) fn encrypt(&mut self, data: &[u8]) -> Vec<u8> {
        self.each(data, Cipher::encrypt)
    }

    pub(crate) fn decrypt(&mut self, data: &[u8]) -> Vec<u8> {
        self.each(data, Cipher::decrypt)
    }

    fn each(&mut self, data: &[u8], act: impl Fn(&Cipher, &mut [u8])) -> Vec<u8> {
        let mut out = data.to_vec();
        for block in out.chunks_exact_mut(16) {
            act(&Cipher::new(Family::Aes, &self.lrp.value(&self.counter)), block);
            for digit in self.counter.iter_mut().rev() {
                *digit = digit.wrapping_add(1);
                if *digit != 0 {
                    break;
                }
            }
        }
        out
    }
}

/// What a session in LRP has: MACs, and blocks whose counter begins at zero.
pub(super) fn session(key: &[u8], challenges: &[u8]) -> (Cipher, Counted) {
    let message = [&[0x00, 0x01, 0x00, 0x80], challenges, &[0x96, 0x69]].concat();
    let master = Cipher::Lrp(Box::new(Lrp::new(key, 0))).cmac(&[0; 16], &message);
    of_master(&master)
}

/// The same of the master key that the challenges make.
pub(crate) fn of_master(master: &[u8]) -> (Cipher, Counted) {
    let macs = Cipher::Lrp(Box::new(Lrp::new(master, 0)));
    (macs, Counted::from(Lrp::new(master, 1), &[0; 4]))
}

/// Gives one block of a chain, and goes on.
fn step(chain: &mut Block) -> Block {
    let given = under(chain, [0xAA; 16]);
    *chain = under(chain, [0x55; 16]);
    given
}

fn under(key: &[u8], mut block: Block) -> Block {
    Cipher::new(Family::Aes, key).encrypt(&mut block);
    block
}
