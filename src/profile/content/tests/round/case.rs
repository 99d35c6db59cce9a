// SPDX-License-Identifier: MIT OR Apache-2.0
//! Contents of every kind of part, as profiles and records write them, nested and one behind the other, and
//! what has to be told of them. The tests of finished cards have them from here too.

use super::UID;

macro_rules! kinds {
    ($($kind:ident,)+) => {
        /// The kinds. Whoever tells those of parts by them has to have all.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Each { $($kind,)+ }

        impl Each {
            pub(super) const ALL: &[Self] = &[$(Self::$kind,)+];
        }
    };
}

kinds! {
    Bits,
    Raw,
    Uint,
    Int,
    Text,
    Hex,
    Digits,
    Date,
    Uuid,
    Uid,
    Pack,
    Checksum,
    Digest,
    Mac,
    Ciphered,
    Length,
    Tlv,
    Ndef,
    Fragment,
    Copy,
    Random,
    Hooked,
    Constant,
    Pad,
}

/// Parts of a kind with fields of their own.
#[derive(Default)]
pub(super) struct Case {
    /// Lines of `[fields]`.
    pub(super) fields: String,
    /// Whole `[[item]]` tables.
    pub(super) items: String,
    /// The parts.
    pub(super) parts: String,
    /// Entries of the record.
    pub(super) values: Vec<String>,
    /// Names and how what is told of them has to end; an empty text where anything may be told.
    pub(super) told: Vec<(String, String)>,
}

impl Case {
    /// A part of one field.
    fn of(name: &str, field: &str, part: &str, value: &str, told: &dyn ToString) -> Self {
        Self {
            fields: format!("{name} = {{ {field} }}\n"),
            parts: format!("{{ {part} }}"),
            values: vec![format!("{name:?}: {value}")],
            told: vec![(name.to_owned(), told.to_string())],
            ..Self::default()
        }
    }

    /// A part without a field.
    fn fixed(parts: String) -> Self {
        Self { parts, ..Self::default() }
    }

    /// This one with other parts around it.
    fn within(self, front: &str, behind: &str) -> Self {
        Self { parts: format!("{front}{}{behind}", self.parts), ..self }
    }

    /// This one, and another behind it.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.fields += &other.fields;
        self.items += &other.items;
        self.parts += ", ";
        self.parts += &other.parts;
        self.values.extend(other.values);
        self.told.extend(other.told);
        self
    }
}

/// Where a profile's numbers come from (`SplitMix64`, so that a failure is found again by its seed).
pub(super) struct Dice {
    pub(super) state: u64,
    /// How many names are taken.
    pub(super) names: usize,
}

impl Dice {
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    /// A number from 0 to this one, and these two more often than others.
    fn up_to(&mut self, most: u64) -> u64 {
        match self.next() % 4 {
            0 => 0,
            1 => most,
            _ => most.checked_add(1).map_or(self.next(), |count| self.next() % count),
        }
    }

    fn coin(&mut self) -> bool {
        self.next().is_multiple_of(2)
    }

    fn usize(&mut self, least: usize, most: usize) -> usize {
        least + usize::try_from(self.up_to(u64::try_from(most - least).unwrap())).unwrap()
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.next()).unwrap() % of.len()]
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("f{}", self.names)
    }

    fn letters(&mut self, count: usize, of: &str) -> String {
        let of: Vec<char> = of.chars().collect();
        (0..count).map(|_| self.one(&of)).collect()
    }
}

const LETTERS: &str = "abcdefgXYZ0123";

/// Parts of a kind, and what else it takes.
pub(super) fn case(kind: Each, dice: &mut Dice, depth: usize) -> Case {
    let name = dice.name();
    match kind {
        Each::Bits => bits(&name, dice),
        Each::Raw => raw(&name, dice),
        Each::Uint => uint(&name, dice),
        Each::Int => int(&name, dice),
        Each::Text => text(&name, dice),
        Each::Hex => hex(&name, dice),
        Each::Digits => digits(&name, dice),
        Each::Date => date(&name, dice),
        Each::Uuid => uuid(&name, dice),
        Each::Uid => uid(dice),
        Each::Pack => pack(&name, dice),
        Each::Checksum => checksum(&name, dice, depth),
        Each::Digest => digest(&name, dice, depth),
        Each::Mac => mac(&name, dice, depth),
        Each::Ciphered => cipher(&name, dice, depth),
        Each::Random => Case::fixed(format!("{{ random = {} }}", dice.usize(1, 9))),
        Each::Hooked => {
            let mut case = Case::fixed(format!("{{ hook = {name:?}, bytes = 3 }}"));
            case.told.push((name, "000000".to_owned()));
            case
        }
        Each::Length => length(&name, dice),
        Each::Tlv => tlv(dice, depth),
        Each::Ndef => ndef(&name, dice),
        Each::Fragment => item(&name, dice, depth),
        Each::Copy => copy(&name, dice, depth),
        Each::Constant => constant(dice),
        Each::Pad => Case::fixed(format!("{{ pad = \"FF\", bytes = {} }}", dice.usize(1, 5))),
    }
}

fn bits(name: &str, dice: &mut Dice) -> Case {
    let (facility, number) = (dice.up_to(255), dice.up_to(65535));
    let mut case = Case::of(
        name,
        "type = \"uint\", max = 255",
        &format!("bits = \"h10301\", facility = {name:?}, number = {number}"),
        &facility.to_string(),
        &facility,
    );
    case.told.push(("number".to_owned(), number.to_string()));
    case
}

fn raw(name: &str, dice: &mut Dice) -> Case {
    let length = dice.usize(1, 40);
    let bits = dice.letters(length, "01");
    let field = format!("type = \"bits\", length = {length}");
    let order = dice.one(&["forward", "reversed"]);
    let part = format!("raw = {name:?}, bit_order = {order:?}");
    Case::of(name, &field, &part, &format!("{bits:?}"), &bits)
}

fn uint(name: &str, dice: &mut Dice) -> Case {
    let bytes = dice.usize(1, 7);
    let max = (1_u64 << (8 * bytes)) - 1;
    let (value, order) = (dice.up_to(max), dice.one(&["big", "little"]));
    let part = format!("uint = {name:?}, bytes = {bytes}, order = {order:?}");
    Case::of(name, &format!("type = \"uint\", max = {max}"), &part, &value.to_string(), &value)
}

fn int(name: &str, dice: &mut Dice) -> Case {
    let bytes = dice.usize(1, 7);
    let max = (1_i64 << (8 * bytes - 1)) - 1;
    let value = i64::try_from(dice.up_to(max.unsigned_abs())).unwrap();
    let value = if dice.coin() { value } else { -value - 1 };
    let order = dice.one(&["big", "little"]);
    let field = format!("type = \"int\", min = {}, max = {max}", -max - 1);
    let part = format!("int = {name:?}, bytes = {bytes}, order = {order:?}");
    Case::of(name, &field, &part, &value.to_string(), &value)
}

fn hex(name: &str, dice: &mut Dice) -> Case {
    let (least, most) = (dice.usize(1, 4), dice.usize(4, 9));
    let length = dice.usize(least, most);
    let value = dice.letters(2 * length, "0123456789ABCDEF");
    if dice.coin() {
        let field = format!("type = \"hex\", length = {length}");
        let part = format!("hex = {name:?}");
        return Case::of(name, &field, &part, &format!("{value:?}"), &value);
    }
    let field = format!("type = \"hex\", min_length = {least}, max_length = {most}");
    let part = format!("hex = {name:?}, length = \"variable\"");
    let case = Case::of(name, &field, &part, &format!("{value:?}"), &value);
    case.within("{ tlv = \"5A\", parts = [", "] }")
}

fn digits(name: &str, dice: &mut Dice) -> Case {
    let (count, form) = (dice.usize(5, 9), dice.one(&["bcd", "ascii", "bcd-left"]));
    let value = dice.up_to(99999).to_string();
    let room = if form == "bcd" { count.next_multiple_of(2) } else { count };
    let told = if form == "bcd-left" { value.clone() } else { format!("{value:0>room$}") };
    let part = format!("digits = {name:?}, count = {count}, form = {form:?}");
    Case::of(name, "type = \"uint\", max = 99999", &part, &value, &told)
}

fn date(name: &str, dice: &mut Dice) -> Case {
    let (year, month, day) = (2000 + dice.up_to(99), 1 + dice.up_to(11), 1 + dice.up_to(27));
    let value = format!("{year:04}-{month:02}-{day:02}");
    let (form, whole) = dice.one(&[
        ("\"bcd:yyyymmdd\"", true),
        ("\"ascii:dd.mm.yy\"", true),
        ("\"bcd:yyddd\"", true),
        ("\"bcd:mmyyyy\"", false),
        ("\"days:1990-01-01\", bytes = 3, order = \"big\"", true),
        ("\"seconds:1990-01-01\", bytes = 5, order = \"little\"", true),
    ]);
    let told = if whole { value.clone() } else { format!("{month:02}{year:04}") };
    let part = format!("date = {name:?}, form = {form}");
    Case::of(name, "type = \"date\"", &part, &format!("{value:?}"), &told)
}

fn uuid(name: &str, dice: &mut Dice) -> Case {
    let digits = dice.letters(32, "0123456789abcdef");
    let mut spelled = digits.clone();
    for at in [20, 16, 12, 8] {
        spelled.insert(at, '-');
    }
    let form = dice.one(&["rfc9562", "guid"]);
    let part = format!("uuid = {name:?}, form = {form:?}");
    Case::of(name, "type = \"uuid\"", &part, &format!("{digits:?}"), &spelled)
}

fn uid(dice: &mut Dice) -> Case {
    let mut case = Case::fixed(format!("{{ uid = {:?} }}", dice.one(&["written", "reversed"])));
    case.told.push(("UID".to_owned(), hex::encode_upper(UID)));
    case
}

fn pack(name: &str, dice: &mut Dice) -> Case {
    let (value, constant) = (dice.up_to(31), dice.up_to(7));
    let order = dice.one(&["big", "little"]);
    let part = format!(
        "pack = [{{ constant = {constant}, width = 3 }}, {{ uint = {name:?}, width = 9 }}], \
         order = {order:?}"
    );
    Case::of(name, "type = \"uint\", max = 31", &part, &value.to_string(), &value)
}

fn checksum(name: &str, dice: &mut Dice, depth: usize) -> Case {
    let sum = dice.one(&["xor", "CRC-8/SMBUS"]);
    let covered = inner(dice, depth);
    let front = format!(
        "{{ checksum = {sum:?}, over = [{name:?}] }}, {{ tlv = \"E0\", name = {name:?}, parts = ["
    );
    let mut case = covered.within(&front, "] }");
    case.told.push(("checksum".to_owned(), ", right".to_owned()));
    case
}

fn length(name: &str, dice: &mut Dice) -> Case {
    let (bytes, order) = (dice.usize(2, 3), dice.one(&["big", "little"]));
    let add = dice.one(&[0, 2, 300]);
    let (field, least) = (dice.name(), dice.usize(1, 3));
    let length = dice.usize(least, 9);
    let value = dice.letters(2 * length, "0123456789ABCDEF");
    Case::of(
        &field,
        &format!("type = \"hex\", min_length = {least}, max_length = 9"),
        &format!("hex = {field:?}, length = \"variable\", name = {name:?}"),
        &format!("{value:?}"),
        &value,
    )
    .within(
        &format!("{{ length = [{name:?}], bytes = {bytes}, order = {order:?}, add = {add} }}, "),
        "",
    )
}

fn tlv(dice: &mut Dice, depth: usize) -> Case {
    let tag = dice.one(&["53", "5F24", "DF8101"]);
    inner(dice, depth).within(&format!("{{ tlv = {tag:?}, parts = ["), "] }")
}

fn ndef(name: &str, dice: &mut Dice) -> Case {
    let first = variable_text(name, dice);
    let second = dice.name();
    let second = variable_text(&second, dice);
    let begin = dice.one(&["https://www.example.com/", "urn:nfc:", "x-own:", ""]);
    first
        .within(&format!("{{ ndef = [{{ uri = [{begin:?}, "), ", \"&c=0\"] }")
        .and(second.within("{ text = [", "], lang = \"de\" }] }"))
}

fn digest(name: &str, dice: &mut Dice, depth: usize) -> Case {
    let front = format!(
        "{{ digest = \"sha-256\", over = [{name:?}], bytes = 5 }}, {{ tlv = \"E0\", name = {name:?}, \
         parts = ["
    );
    let mut case = inner(dice, depth).within(&front, "] }");
    case.told.push(("digest".to_owned(), ", right".to_owned()));
    case
}

fn mac(name: &str, dice: &mut Dice, depth: usize) -> Case {
    let front = format!(
        "{{ mac = \"hmac-sha-256\", over = [{name:?}], key = \"picc\", cut = \"odd\" }}, {{ tlv = \
         \"E0\", name = {name:?}, parts = ["
    );
    let mut case = inner(dice, depth).within(&front, "] }");
    // What it is depends on who has the key.
    case.told.push(("MAC".to_owned(), String::new()));
    case
}

/// What is in it is told to nobody without the key.
fn cipher(name: &str, dice: &mut Dice, depth: usize) -> Case {
    let inside = storable(dice, depth);
    let item = format!("[[item]]\nname = {name:?}\ncontent = [{}]\n", inside.parts);
    let parts = format!("{{ cipher = \"aes-cbc\", item = {name:?}, key = \"picc\" }}");
    let told = vec![("enciphered".to_owned(), String::new())];
    Case { items: inside.items.clone() + &item, parts, told, ..inside }
}

/// Something to stand in an item.
fn storable(dice: &mut Dice, depth: usize) -> Case {
    let plain = |case: &Case| !case.parts.contains("random =") && !case.parts.contains("hook =");
    core::iter::repeat_with(|| inner(dice, depth)).find(plain).unwrap()
}

fn item(name: &str, dice: &mut Dice, depth: usize) -> Case {
    let inside = storable(dice, depth);
    let item = format!("[[item]]\nname = {name:?}\ncontent = [{}]\n", inside.parts);
    Case { items: inside.items.clone() + &item, parts: format!("{{ item = {name:?} }}"), ..inside }
}

fn copy(name: &str, dice: &mut Dice, depth: usize) -> Case {
    let turned = dice.one(&["inverse", "reversed"]);
    let front = format!("{{ tlv = \"E2\", name = {name:?}, parts = [");
    let behind = format!("] }}, {{ copy = [{name:?}], turned = [{turned:?}] }}");
    inner(dice, depth).within(&front, &behind)
}

fn constant(dice: &mut Dice) -> Case {
    let digits = dice.letters(4, "0123456789ABCDEF");
    Case::fixed(format!("{{ constant = \"hex:{digits}\" }}"))
}

/// A text as long as it is, which something else has to count.
fn variable_text(name: &str, dice: &mut Dice) -> Case {
    let (least, most) = (dice.usize(0, 3), dice.usize(3, 12));
    let length = dice.usize(least.max(1), most);
    let value = dice.letters(length, LETTERS);
    let field = format!("type = \"text\", min_length = {least}, max_length = {most}");
    let part = format!("text = {name:?}, bytes = {most}, length = \"variable\"");
    Case::of(name, &field, &part, &format!("{value:?}"), &value)
}

fn text(name: &str, dice: &mut Dice) -> Case {
    match dice.next() % 4 {
        0 => {
            variable_text(name, dice).within("{ tlv = \"5B\", length = \"byte\", parts = [", "] }")
        }
        // It ends where the constant begins, which has none of its letters.
        1 => variable_text(name, dice).within("", ", { constant = \"ascii:?\" }"),
        2 => {
            let other = dice.name();
            let (length, rest) = (dice.usize(1, 6), dice.usize(1, 6));
            let (value, second) = (dice.letters(length, LETTERS), dice.letters(rest, LETTERS));
            let field = "type = \"text\", max_length = 6";
            let part = format!("text = [{name:?}, {other:?}], with = \", \", bytes = 14");
            let mut case = Case::of(name, field, &part, &format!("{value:?}"), &value);
            case.fields += &format!("{other} = {{ {field} }}\n");
            case.values.push(format!("{other:?}: {second:?}"));
            case.told.push((other, second));
            case
        }
        _ => {
            let (bytes, fill) = (dice.usize(1, 12), dice.one(&["00", "20", "FF"]));
            let length = dice.usize(1, bytes);
            let value = dice.letters(length, LETTERS);
            let align = dice.one(&["left", "right"]);
            let field = format!("type = \"text\", max_length = {bytes}");
            let part = format!(
                "text = {name:?}, bytes = {bytes}, charset = \"latin-1\", fill = {fill:?}, align = {align:?}"
            );
            Case::of(name, &field, &part, &format!("{value:?}"), &value)
        }
    }
}

/// Something to stand inside of other parts.
pub(super) fn inner(dice: &mut Dice, depth: usize) -> Case {
    let kind = if depth < 3 { dice.one(Each::ALL) } else { Each::Uint };
    case(kind, dice, depth + 1)
}
