// SPDX-License-Identifier: MIT OR Apache-2.0
//! From bytes to bits to values, by the words of the sheet.

use serde_json::Value;

/// The first record of a file, by the names of its columns.
pub(super) struct Row(Vec<(String, String)>);

impl Row {
    /// The columns that are fields.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str()).filter(|name| !matches!(*name, "id" | "uid"))
    }

    pub(super) fn value(&self, name: &str) -> &str {
        let mut columns = self.0.iter();
        &columns.find(|(column, _)| column == name).unwrap_or_else(|| panic!("no column {name}")).1
    }
}

pub(super) fn first_row(records: &str) -> Row {
    let mut lines = records.lines();
    let first = lines.next().unwrap();
    if first.starts_with('{') {
        let row: serde_json::Map<String, Value> = serde_json::from_str(first).unwrap();
        let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        return Row(row.into_iter().map(|(name, value)| (name, text(value))).collect());
    }
    let values = lines.next().unwrap().split(',');
    Row(first.split(',').map(str::to_owned).zip(values.map(str::to_owned)).collect())
}

/// The bits of a list of ranges, such as `24-31,16-23`.
pub(super) fn bits_of(list: &str, bytes: &[u8]) -> Vec<bool> {
    let mut bits = Vec::new();
    for range in list.split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let [first, last] = [first, last].map(|bit| bit.parse::<usize>().unwrap());
        let mut range: Vec<usize> = (first.min(last)..=first.max(last)).collect();
        if last < first {
            range.reverse();
        }
        bits.extend(range.into_iter().map(|bit| bytes[bit / 8] >> (7 - bit % 8) & 1 == 1));
    }
    bits
}

/// The bytes of a file with what was done to them undone, as far as a part asks for it.
pub(super) fn turned_back(part: &Value, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for turned in part.get("turned").and_then(Value::as_array).into_iter().flatten() {
        let [offset, length] = ["offset", "length"]
            .map(|name| usize::try_from(turned[name].as_u64().unwrap()).unwrap());
        let here = &mut bytes[offset..offset + length];
        for step in turned["steps"].as_array().unwrap().iter().rev() {
            match step.as_str() {
                Some("inverse") => here.iter_mut().for_each(|byte| *byte = !*byte),
                Some("reversed") => here.reverse(),
                Some(other) => panic!("{other}"),
                None => {
                    let back = hex::decode(step["table"]["back"].as_str().unwrap()).unwrap();
                    here.iter_mut().for_each(|byte| *byte = back[usize::from(*byte)]);
                }
            }
        }
    }
    bytes
}

/// Values of which pieces stand in several places: what is said of each but for where it stands, and its
/// bits as far as they were found.
#[derive(Default)]
pub(super) struct Pieces(Vec<(Value, Vec<Option<bool>>)>);

impl Pieces {
    pub(super) fn add(&mut self, part: &Value, bits: Vec<bool>) {
        let mut said = part.clone();
        for name in ["piece", "bits", "offset", "length", "record", "turned"] {
            said.as_object_mut().unwrap().remove(name);
        }
        let [before, of] = ["before", "of"]
            .map(|name| usize::try_from(part["piece"][name].as_u64().unwrap()).unwrap());
        let known = |(known, whole): &(Value, Vec<_>)| *known == said && whole.len() == of;
        let at = self.0.iter().position(known).unwrap_or_else(|| {
            self.0.push((said.clone(), vec![None; of]));
            self.0.len() - 1
        });
        for (place, bit) in self.0[at].1[before..].iter_mut().zip(bits) {
            assert!(place.is_none_or(|other| other == bit), "{part}");
            *place = Some(bit);
        }
    }

    /// The values, of each of which every bit has to be there.
    pub(super) fn put_together(self) -> impl Iterator<Item = (Value, Vec<bool>)> {
        self.0.into_iter().map(|(part, bits)| {
            let whole = bits.into_iter().collect::<Option<_>>();
            let whole = whole.unwrap_or_else(|| panic!("not every bit is said of {part}"));
            (part, whole)
        })
    }
}

fn numbers(bits: &[bool], size: usize) -> Vec<u64> {
    let number = |group: &[bool]| group.iter().fold(0, |number, bit| number << 1 | u64::from(*bit));
    bits.chunks(size).map(number).collect()
}

fn octets(bits: &[bool]) -> Vec<u8> {
    numbers(bits, 8).into_iter().map(|octet| octet.try_into().unwrap()).collect()
}

pub(super) fn hex_of(bits: &[bool]) -> String {
    hex::encode_upper(octets(bits))
}

/// Whether the bits of a part are what a record has.
pub(super) fn agrees(part: &Value, bits: &[bool], expected: &str) -> bool {
    let word = |name: &str| part.get(name).and_then(Value::as_str);
    match part["coding"].as_str().unwrap() {
        "binary" => {
            let number = numbers(bits, bits.len())[0];
            let day = || day(expected);
            match (word("pattern"), word("since")) {
                (None, None) => Ok(number) == expected.parse(),
                (None, Some(since)) => number == days(day()) - days(self::day(since)),
                (Some("yyyy"), since) => number + since.unwrap().parse::<u64>().unwrap() == day().0,
                (Some("mm"), _) => number == day().1,
                (Some("dd"), _) => number == day().2,
                other => panic!("{other:?}"),
            }
        }
        "decimal-nibbles" => {
            let digits = numbers(bits, 4).into_iter().filter(|digit| *digit != 15);
            let digits: String = digits.map(|digit| digit.to_string()).collect();
            is_written(&digits, word("pattern"), expected)
        }
        "characters" => {
            is_written(&String::from_utf8(octets(bits)).unwrap(), word("pattern"), expected)
        }
        "text" => {
            let fill = u8::from_str_radix(word("fill").unwrap(), 16).unwrap();
            let bytes = octets(bits);
            let mut bytes = bytes.as_slice();
            while let Some((last, rest)) = bytes.split_last().filter(|(last, _)| **last == fill) {
                assert_eq!(*last, fill);
                bytes = rest;
            }
            while let Some((_, rest)) = bytes.split_first().filter(|(first, _)| **first == fill) {
                bytes = rest;
            }
            let text = match word("charset") {
                Some("latin-1") => bytes.iter().copied().map(char::from).collect(),
                _ => String::from_utf8(bytes.to_vec()).unwrap(),
            };
            text == expected
        }
        "bits" => {
            let bits: String = bits.iter().map(|bit| if *bit { '1' } else { '0' }).collect();
            bits == expected.replace(' ', "")
        }
        "bytes" => hex_of(bits) == expected.to_uppercase(),
        "uuid" => hex_of(bits) == expected.replace('-', "").to_uppercase(),
        other => panic!("{other}"),
    }
}

/// Digits of a number, zeros in front, or a date in its pattern.
fn is_written(found: &str, pattern: Option<&str>, expected: &str) -> bool {
    let Some(pattern) = pattern else {
        return found.trim_start_matches('0') == expected.trim_start_matches('0');
    };
    let (year, month, day) = day(expected);
    let of_year = days((year, month, day)) - days((year, 1, 1)) + 1;
    let written = pattern
        .replace("yyyy", &format!("{year:04}"))
        .replace("yy", &format!("{:02}", year % 100))
        .replace("mm", &format!("{month:02}"))
        .replace("ddd", &format!("{of_year:03}"))
        .replace("dd", &format!("{day:02}"));
    // An odd number of digits has a zero in front.
    found == written || found == format!("0{written}")
}

fn day(text: &str) -> (u64, u64, u64) {
    let parts: Vec<u64> = text.split('-').map(|part| part.parse().unwrap()).collect();
    (parts[0], parts[1], parts[2])
}

/// Days since the first of March of the year 0, which has leap days at the ends of its years.
fn days((year, month, day): (u64, u64, u64)) -> u64 {
    let year = if month > 2 { year } else { year - 1 };
    let month = (month + 9) % 12;
    365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1
}
