// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a profile means, whatever its text looks like: comments, spaces, line ends, the order of entries
//! and how a number or a text is written change nothing, nor does an entry that says what holds without
//! it.

use sha2::{Digest, Sha256};
use toml::{Table, Value};

/// What the digest begins with: another form of it gets another name.
const FORM: &[u8] = b"cardwright profile 1\0";

/// Entries that say what holds without them, whatever chips a profile is for: the last names on the way
/// to them, and their value. Rights and sizes are none of these, as chips may have their own.
const UNSAID: [(&str, &str, Unsaid); 16] = [
    ("profile", "verify", Unsaid::Word("read-back")),
    ("profile", "failed_authentications", Unsaid::Number(2)),
    ("transport", "app", Unsaid::Word("zero")),
    ("transport", "stock", Unsaid::Word("new")),
    ("transport", "identify", Unsaid::Word("first")),
    ("transport", "random_uid", Unsaid::No),
    ("card", "random_uid", Unsaid::No),
    ("card", "nuid", Unsaid::No),
    ("card", "no_format", Unsaid::No),
    ("card", "legacy", Unsaid::Word("on")),
    ("card", "chained_writes", Unsaid::Word("on")),
    ("card", "foreign", Unsaid::Word("refused")),
    ("key_sets", "roll", Unsaid::Word("now")),
    ("diversify", "aid_order", Unsaid::Word("written")),
    ("scheme", "padding", Unsaid::Word("none")),
    ("file", "allow_public", Unsaid::No),
];

/// A value that an entry has without being named.
#[derive(Clone, Copy)]
enum Unsaid {
    Word(&'static str),
    Number(i64),
    No,
}

impl Unsaid {
    fn is(self, value: &Value) -> bool {
        match self {
            Self::Word(word) => value.as_str() == Some(word),
            Self::Number(number) => value.as_integer() == Some(number),
            Self::No => value.as_bool() == Some(false),
        }
    }
}

/// SHA-256 over the profile in one form. `None` where it is no TOML.
pub(super) fn meaning(text: &str) -> Option<[u8; 32]> {
    let mut root: Table = toml::from_str(text).ok()?;
    // Lists for others are on no card.
    let _listed = root.remove("export");
    let mut hash = Sha256::new();
    hash.update(FORM);
    table(&mut hash, "", &root);
    Some(hash.finalize().into())
}

fn table(hash: &mut Sha256, name: &str, table: &Table) {
    let said = |entry: &(&String, &Value)| {
        let unsaid = |row: &(&str, &str, Unsaid)| {
            row.0 == name && row.1 == entry.0.as_str() && row.2.is(entry.1)
        };
        !UNSAID.iter().any(unsaid)
    };
    let mut entries: Vec<_> = table.iter().filter(said).collect();
    entries.sort_unstable_by(|one, other| one.0.cmp(other.0));
    framed(hash, b't', &(entries.len() as u64).to_be_bytes());
    for (name, held) in entries {
        framed(hash, b'n', name.as_bytes());
        value(hash, name, held);
    }
}

fn value(hash: &mut Sha256, name: &str, held: &Value) {
    match held {
        Value::String(text) => framed(hash, b's', text.as_bytes()),
        Value::Integer(number) => framed(hash, b'i', &number.to_be_bytes()),
        Value::Boolean(yes) => framed(hash, b'b', &[u8::from(*yes)]),
        Value::Array(list) => {
            framed(hash, b'a', &(list.len() as u64).to_be_bytes());
            for held in list {
                value(hash, name, held);
            }
        }
        Value::Table(entries) => table(hash, name, entries),
        // Profiles have neither.
        Value::Float(_) | Value::Datetime(_) => framed(hash, b'x', held.to_string().as_bytes()),
    }
}

/// Bytes with their kind and length in front, so that no two profiles run together.
fn framed(hash: &mut Sha256, kind: u8, bytes: &[u8]) {
    hash.update([kind]);
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

#[cfg(test)]
mod tests {
    use super::super::Profile;

    const DOOR: &str = include_str!("../../examples/data/profiles/door.toml");

    fn meaning(text: &str) -> [u8; 32] {
        Profile::parse(text).unwrap().meaning()
    }

    /// In a form that another program can make: the digest stands in receipts that are kept for years.
    #[test]
    fn the_form_is_kept() {
        let digest = super::meaning("b = 2\n[a]\nc = [\"d\", true]\n").unwrap();
        assert_eq!(hex::encode(digest), KEPT);
    }

    /// By Python's `hashlib`, from what the documentation of receipts says.
    const KEPT: &str = "bc71618b7a0ac7679bf6f04416984fa20d4a7686321be5fe72e94b8dee4b4a45";

    #[test]
    fn what_a_text_looks_like_changes_nothing() {
        let swapped = DOOR.replacen("size = 28\nmode = ", "mode = ", 1).replacen(
            "mode = \"full\"",
            "mode = 'full' # enciphered\nsize = 0x1C",
            1,
        );
        assert_ne!(swapped, DOOR);
        for text in [
            format!("{DOOR}# one byte more\n"),
            DOOR.replace('\n', "\r\n"),
            DOOR.replace(" = ", "  =  "),
            swapped,
            DOOR.replacen("[card]", "[card]\nno_format = false\nrandom_uid = false", 1),
        ] {
            assert_ne!(
                Profile::parse(&text).unwrap().sha256(),
                Profile::parse(DOOR).unwrap().sha256()
            );
            assert_eq!(meaning(&text), meaning(DOOR), "{text}");
        }
    }

    #[test]
    fn what_it_means_changes_everything() {
        for (old, new) in [
            ("size = 28", "size = 32"),
            ("free_list = false", "free_list = true"),
            ("version = 1", "version = 3"),
            ("\"uid\", \"aid\"", "\"aid\", \"uid\""),
            ("\"ascii:DOOR\"", "\"ascii:GATE\""),
        ] {
            let text = DOOR.replacen(old, new, 1);
            assert_ne!(text, DOOR, "{old}");
            let changed = super::meaning(&text).unwrap();
            assert_ne!(changed, meaning(DOOR), "{new}");
        }
    }
}
