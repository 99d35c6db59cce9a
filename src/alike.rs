// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which name was meant by one that nothing has.

/// How alike two names are, by Jaro and Winkler, from which on the one may be meant by the other.
const ALIKE: f64 = 0.85;

/// The name that is most like this one, where any is alike. Upper and lower case do not count.
pub(crate) fn nearest<'n>(
    wrong: &str,
    names: impl IntoIterator<Item = &'n str>,
) -> Option<&'n str> {
    let wrong = wrong.to_lowercase();
    let likeness = |name: &str| strsim::jaro_winkler(&name.to_lowercase(), &wrong);
    let names = names.into_iter().map(|name| (likeness(name), name));
    let alike = names.filter(|(likeness, _)| *likeness >= ALIKE);
    alike.max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, name)| name)
}

/// What stands in front of a list of words where one of them is meant.
pub(crate) fn write(meant: Option<impl core::fmt::Display>) -> String {
    meant.map_or_else(String::new, |meant| format!("write \"{meant}\": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_alike_name_is_meant_or_none() {
        let names = ["read", "read_write", "write", "master"];
        for (wrong, meant) in [
            ("reed", Some("read")),
            ("READ", Some("read")),
            ("readwrite", Some("read_write")),
            ("wirte", Some("write")),
            ("spare", None),
            ("", None),
        ] {
            assert_eq!(nearest(wrong, names), meant, "{wrong}");
        }
    }
}
