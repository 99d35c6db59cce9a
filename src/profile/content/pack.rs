// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bits side by side: numbers of a few bits each, filled up to whole bytes.

use super::super::record::{FieldError, Value};
use super::{Given, Number, Order, Source};

/// Numbers of a few bits, the first at the most significant bit of the first byte. Bits that are
/// left over stand behind them and are 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Pack {
    pub(in super::super) slots: Vec<Slot>,
    /// Little: the bytes in reverse.
    pub(in super::super) order: Order,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Slot {
    pub(in super::super) what: What,
    /// In bits, 1 to 64.
    pub(in super::super) width: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum What {
    Number(Number),
    /// How many years after this one.
    Year(Source, u16),
    Month(Source),
    Day(Source),
}

impl Pack {
    pub(super) fn length(&self) -> usize {
        let bits = self.slots.iter().map(|slot| slot.width).fold(0, u32::saturating_add);
        usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX)
    }

    pub(super) fn render(&self, given: Given<'_>, out: &mut Vec<u8>) -> Result<(), FieldError> {
        let start = out.len();
        out.extend(core::iter::repeat_n(0, self.length()));
        let bytes = out.get_mut(start..).unwrap_or_default();
        let mut at = 0_usize;
        for slot in &self.slots {
            let value = slot.what.value(given)?;
            for place in (0..slot.width).rev() {
                let bit = value.checked_shr(place).unwrap_or(0) & 1 == 1;
                let mask = 0x80_u8 >> (at % 8);
                if let Some(byte) = bytes.get_mut(at / 8).filter(|_| bit) {
                    *byte |= mask;
                }
                at = at.saturating_add(1);
            }
        }
        if self.order == Order::Little {
            bytes.reverse();
        }
        Ok(())
    }
}

impl What {
    pub(super) const fn source(&self) -> Option<&Source> {
        match self {
            Self::Number(number) => number.source(),
            Self::Year(source, _) | Self::Month(source) | Self::Day(source) => Some(source),
        }
    }

    fn value(&self, given: Given<'_>) -> Result<u64, FieldError> {
        let day = |source: &Source| match source.value(given.record) {
            Some(Value::Date(day)) => Ok(*day),
            _ => Err(source.not_allowed()),
        };
        Ok(match self {
            Self::Number(number) => number.value(given.record)?,
            Self::Year(source, since) => {
                let years = day(source)?.year().checked_sub(*since);
                years.ok_or_else(|| source.not_allowed())?.into()
            }
            Self::Month(source) => day(source)?.month().into(),
            Self::Day(source) => day(source)?.day().into(),
        })
    }
}
