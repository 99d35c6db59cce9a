// SPDX-License-Identifier: MIT OR Apache-2.0
//! Headers as they are written.

use core::fmt::Write as _;

use super::{BlockVersion, Exportability, FILLING, Header};
use crate::keys::block::error::BlockError;

/// How many characters an optional block has besides its data.
const AROUND: usize = 4;
/// Characters of a header without optional blocks.
const LEAST: usize = 16;

impl Header {
    /// The header, filled up to whole blocks, of a block that has so many characters behind it.
    pub(in crate::keys::block) fn write(
        &self,
        version: BlockVersion,
        behind: usize,
    ) -> Result<String, BlockError> {
        let mut optional = String::new();
        for block in &self.optional {
            let [first, second] = block.id.map(char::from);
            let length = block.data.len().saturating_add(AROUND);
            let written = match length <= 0xFF {
                true => write!(optional, "{first}{second}{length:02X}{}", block.data),
                // Of a length that two bytes tell: eight characters more than its data.
                false => {
                    let length = length.saturating_add(6);
                    write!(optional, "{first}{second}0002{length:04X}{}", block.data)
                }
            };
            written.map_err(|_| BlockError::Long)?;
        }
        let mut count = self.optional.len();
        let block = version.block();
        if !optional.len().is_multiple_of(block) {
            let room = optional.len().saturating_add(AROUND).next_multiple_of(block);
            let filling = room.saturating_sub(optional.len()).saturating_sub(AROUND);
            let [first, second] = FILLING.map(char::from);
            let length = filling.saturating_add(AROUND);
            write!(optional, "{first}{second}{length:02X}{:0<filling$}", "")
                .map_err(|_| BlockError::Long)?;
            count = count.saturating_add(1);
        }
        let length = LEAST.saturating_add(optional.len()).saturating_add(behind);
        if length > 9999 || count > 99 {
            return Err(BlockError::Long);
        }
        let [first, second] = self.key_version.map(char::from);
        let exportability = match self.exportability {
            Exportability::Trusted => 'E',
            Exportability::Not => 'N',
            Exportability::Sensitive => 'S',
        };
        let [algorithm, mode] = [self.algorithm, self.mode].map(char::from);
        Ok(format!(
            "{version}{length:04}{}{algorithm}{mode}{first}{second}{exportability}{count:02}00{optional}",
            self.usage
        ))
    }
}
