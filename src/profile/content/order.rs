// SPDX-License-Identifier: MIT OR Apache-2.0
//! In which order parts are made that look at each other.

use super::Placed;

/// The parts that look at others, each behind those that it needs, by their places among all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::profile) struct Orders {
    /// Those that are as long as others make them.
    pub(super) sizes: Vec<usize>,
    /// All of them.
    pub(super) bytes: Vec<usize>,
}

/// The orders of parts whose neighbours are known.
///
/// # Errors
/// The place of a part that would have to be made before itself.
pub(in crate::profile) fn orders(parts: &[Placed]) -> Result<Orders, usize> {
    let sizes =
        order(parts, |placed| placed.part.looks().sizes(), |placed| placed.part.looks().sizes())?;
    let bytes = order(
        parts,
        |placed| placed.part.looks().anywhere(),
        |placed| placed.part.looks().bytes(),
    )?;
    Ok(Orders { sizes, bytes })
}

/// The parts of `which`, those that one of them needs before it.
fn order(
    parts: &[Placed],
    which: impl Fn(&Placed) -> bool,
    needs: impl Fn(&Placed) -> bool,
) -> Result<Vec<usize>, usize> {
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Mark {
        New,
        Begun,
        Done,
    }
    let mut marks = vec![Mark::New; parts.len()];
    let mut ordered = Vec::new();
    for first in 0..parts.len() {
        // Each with the places that it still waits for: as deep as parts look at each other, and
        // profiles come from outside, so not on the stack of the program.
        let mut begun: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut next = Some(first);
        loop {
            if let Some(at) = next.take() {
                let Some(placed) = parts.get(at).filter(|placed| which(placed)) else { break };
                match marks.get_mut(at) {
                    Some(mark @ Mark::New) => *mark = Mark::Begun,
                    _ => break,
                }
                let over = placed.over.iter().filter(|_| needs(placed)).cloned().flatten();
                begun.push((at, over.collect()));
            }
            let Some((at, waits)) = begun.last_mut() else { break };
            match waits.pop() {
                Some(covered) => match (marks.get(covered), parts.get(covered).map(&which)) {
                    (Some(Mark::Begun), _) => return Err(covered),
                    (Some(Mark::New), Some(true)) => next = Some(covered),
                    _ => {}
                },
                None => {
                    if let Some(mark) = marks.get_mut(*at) {
                        *mark = Mark::Done;
                    }
                    ordered.push(*at);
                    begun.pop();
                }
            }
        }
    }
    Ok(ordered)
}
