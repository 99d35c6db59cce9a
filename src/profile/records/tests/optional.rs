// SPDX-License-Identifier: MIT OR Apache-2.0
//! Fields that a record may lack.

use super::*;

const OPTIONAL: &str = r#"
[profile]
name = "optional"
chips = ["ev1"]
[transport]
picc = ["factory"]
[keys]
picc = { ref = "picc", version = 1 }
[card]
master_key = "picc"
[fields]
n = { type = "uint", max = 9, class = "technical" }
dept = { type = "uint", max = 9, class = "technical", optional = true }
name = { type = "text", max_length = 4, class = "technical", optional = true }
token = { type = "hex", length = 2, class = "technical", optional = true }
bits = { type = "bits", length = 8, class = "technical", optional = true }
uuid = { type = "uuid", class = "technical", optional = true }
until = { type = "date", class = "technical", optional = true, default = "2099-12-31" }
level = { type = "uint", max = 9, class = "technical", optional = true, default = 7 }
[[application]]
aid = "F48120"
keys = ["picc"]
[[application.file]]
no = 1
type = "standard"
mode = "full"
read_write = "picc"
size = 64
content = [
    { uint = "n", bytes = 1 }, { uint = "dept", bytes = 1 }, { text = "name", bytes = 4, fill = "20" },
    { hex = "token" }, { raw = "bits" }, { uuid = "uuid" }, { date = "until", form = "bcd:yyyymmdd" },
    { uint = "level", bytes = 1 },
]
"#;

/// The bytes of the first record, or what is wrong with the file.
fn optional(import: &str, file: &str) -> String {
    let profile = Profile::parse(&OPTIONAL.replace("[fields]", &format!("{import}\n[fields]")));
    let profile = profile.unwrap_or_else(|error| panic!("{error}"));
    let read = Records::read(&profile, profile.import(), None, file.as_bytes());
    let record = match read {
        Ok(read) => {
            read.entries.into_iter().next().unwrap().unwrap_or_else(|error| panic!("{error}"))
        }
        Err(error) => return error.to_string(),
    };
    let content = profile.applications()[0].files[0].content.as_ref().unwrap();
    let uid = RealUid::new([4; 7]);
    hex::encode_upper(content.render(&record, &uid).unwrap().expose_secret())
}

#[test]
fn a_field_that_may_be_missing_has_its_default_or_zeros() {
    let zeros = format!("010020202020000000{}2099123107", "00".repeat(16));
    let full = "n,dept,name,token,bits,uuid,until,level\n";
    for (import, file) in [
        ("", "n\n1\n".to_owned()),
        ("", format!("{full}1,,,,,,,\n")),
        ("", "{\"n\": 1}\n{\"n\": 2}\n".to_owned()),
        ("", "{\"n\": 1, \"dept\": null, \"until\": null, \"level\": \"\"}\n".to_owned()),
        // The profile's own date is not written as the file writes them.
        ("[import]\ndate = \"dd.mm.yyyy\"", format!("{full}1,,,,,,,\n")),
        ("[import]\ncolumns.dept = { column = \"x\", optional = true }", "n\n1\n".to_owned()),
        ("[import]\ncolumns.dept = { column = \"x\" }\ncolumns.n = \"y\"", "y\n1\n".to_owned()),
    ] {
        assert_eq!(optional(import, &file), zeros, "{file}");
    }
    let given =
        optional("", &format!("{full}1,2,ab,A55A,11110000,{},2030-01-02,3\n", "ab".repeat(16)));
    assert_eq!(given, format!("010261622020A55AF0{}2030010203", "AB".repeat(16)));
    // The table's default goes before the profile's.
    let own = optional("[import]\ncolumns.dept = { default = \"5\" }", "n\n1\n");
    assert!(own.starts_with("0105"), "{own}");
    let needed = optional("", "dept\n1\n");
    assert!(needed.contains("\"n\""), "{needed}");
}

#[test]
fn a_default_that_the_field_does_not_take_is_a_mistake_of_the_profile() {
    for (from, to, said) in [
        (
            "default = \"2099-12-31\"",
            "default = \"31.12.2099\"",
            "a default that the field does not take: ",
        ),
        (
            ", default = \"2099-12-31\"",
            "",
            "nothing stands for a value that is missing: write default = ",
        ),
        ("default = 7", "default = 10", "a default that the field does not take: "),
        (
            "optional = true, default = 7",
            "default = 7",
            "a default for a value that may not be missing: ",
        ),
        (
            "optional = true, default = 7",
            "unique = true, optional = true",
            "two records without a value",
        ),
    ] {
        let text = OPTIONAL.replacen(from, to, 1);
        assert_ne!(text, OPTIONAL, "{from}");
        let error = Profile::parse(&text).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn a_uuid_may_lack_its_hyphens() {
    let (plain, with) =
        ("0123456789abcdef0123456789ABCDEF", "01234567-89ab-cdef-0123-456789ABCDEF");
    let of = |uuid: &str| optional("", &format!("n,uuid\n1,{uuid}\n"));
    assert_eq!(of(plain), of(with));
    assert!(of(plain).contains("0123456789ABCDEF0123456789ABCDEF"), "{}", of(plain));
}
