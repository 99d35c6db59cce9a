// SPDX-License-Identifier: MIT OR Apache-2.0
//! `uid`: the card's own UID, as bytes or as text.

use zeroize::Zeroizing;

use crate::profile::error::mistake;

use super::{
    Around, Entries, Given, Kind, Layout, Order, Piece, ProfileError, Told, Unmade, read_uint, tell,
};

/// The card's own UID, or the last of its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Uid {
    reversed: bool,
    /// How many bytes of it, those at the end of the anticollision.
    last: usize,
    form: Form,
}

/// How the bytes stand there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Bytes,
    /// Two digits a byte, `0` to `F`.
    Hex,
    /// Two digits a byte, `0` to `f`.
    SmallHex,
    /// The number that the bytes are, the first one most significant, with zeros in front.
    Decimal,
}

/// How many bytes the UID of a DESFire card has (ISO/IEC 14443-3, double size).
const UID: usize = 7;

impl Kind for Uid {
    const NAME: &'static str = "uid";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ uid = \"written\", form = \"bytes\", last = 7 }` | the card's own UID, 7 bytes as in \
         the anticollision, `04` first on NXP cards; `\"reversed\"`: the last one first. \
         `last = N` takes the last ones of the anticollision only. `form`: `\"bytes\"` (unless \
         named); in ASCII `\"hex\"`, `\"small-hex\"`, or `\"decimal\"`, the number that the bytes \
         are in their order, with zeros in front. Where the card hides its UID, no file that \
         anyone may read takes it |",
    ];

    fn read(entries: &mut Entries<'_, '_, '_>, _: &mut Layout<'_>) -> Result<Self, ProfileError> {
        let orders = [("written", false), ("reversed", true)];
        let instead = "write uid = \"written\" or uid = \"reversed\"";
        let Some(reversed) = entries.choice("uid", &orders)? else {
            return Err(entries.error(mistake::MISSING, "uid is missing", instead));
        };
        let forms = [
            ("bytes", Form::Bytes),
            ("hex", Form::Hex),
            ("small-hex", Form::SmallHex),
            ("decimal", Form::Decimal),
        ];
        let form = entries.choice("form", &forms)?.unwrap_or(Form::Bytes);
        let last = if entries.has("last") { entries.number("last", UID)? } else { UID };
        entries.check.hidden_uid(entries.at, entries.no_personal)?;
        Ok(Self { reversed, last, form })
    }
}

impl Uid {
    /// How many digits the largest number of so many bytes has.
    fn digits(&self) -> usize {
        let bits = u32::try_from(self.last).unwrap_or(8).saturating_mul(8);
        let most = 1_u64.checked_shl(bits).map_or(u64::MAX, |limit| limit.saturating_sub(1));
        usize::try_from(most.checked_ilog10().unwrap_or(0)).unwrap_or(0).saturating_add(1)
    }
}

impl Piece for Uid {
    fn length(&self) -> usize {
        match self.form {
            Form::Bytes => self.last,
            Form::Hex | Form::SmallHex => self.last.saturating_mul(2),
            Form::Decimal => self.digits(),
        }
    }

    fn shows_uid(&self) -> bool {
        true
    }

    fn render(&self, given: &Given<'_>, _: &Around<'_>, out: &mut Vec<u8>) -> Result<(), Unmade> {
        let first = UID.saturating_sub(self.last);
        let taken = given.uid.expose().iter().skip(first).copied();
        let mut bytes = Zeroizing::new(taken.collect::<Vec<_>>());
        if self.reversed {
            bytes.reverse();
        }
        let digits = match self.form {
            Form::Bytes => {
                out.extend_from_slice(&bytes);
                return Ok(());
            }
            Form::Hex => hex::encode_upper(&*bytes),
            Form::SmallHex => hex::encode(&*bytes),
            Form::Decimal => {
                let number = read_uint(&bytes, Order::Big).unwrap_or_default();
                format!("{number:0width$}", width = self.digits())
            }
        };
        out.extend_from_slice(Zeroizing::new(digits).as_bytes());
        Ok(())
    }

    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        let text = || here.iter().copied().map(char::from).collect::<String>();
        let digits = |allowed: fn(&u8) -> bool| here.iter().all(allowed).then(text);
        let name = if self.last == UID { "UID" } else { "end of the UID" };
        let value = match self.form {
            Form::Bytes => {
                let mut uid = here.to_vec();
                if self.reversed {
                    uid.reverse();
                }
                Some(hex::encode_upper(uid))
            }
            Form::Hex | Form::SmallHex => digits(u8::is_ascii_hexdigit),
            Form::Decimal => digits(u8::is_ascii_digit),
        };
        tell(told, name, value.unwrap_or_else(|| hex::encode_upper(here)));
    }
}
