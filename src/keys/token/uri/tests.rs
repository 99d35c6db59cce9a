// SPDX-License-Identifier: MIT OR Apache-2.0
use proptest::prelude::*;

use super::*;

const MODULE: &str = "module-path=/m.so";

fn with(path: &str, query: &str) -> Result<TokenUri, TokenUriError> {
    let query = if query.is_empty() { MODULE.to_owned() } else { format!("{MODULE}&{query}") };
    TokenUri::parse(&format!("pkcs11:{path}?{query}"))
}

#[test]
fn everything_that_may_be_said_is_understood() {
    let path = "token=north%20%C3%A9;manufacturer=m%3Bn;model=v2;serial=00ff;slot-id=17";
    let uri = with(path, "pin-source=file:/etc/pin&x-use=test&x-tenant=a%26b").unwrap();
    let fits = Fits {
        token: Some("north é".to_owned()),
        manufacturer: Some("m;n".to_owned()),
        model: Some("v2".to_owned()),
        serial: Some("00ff".to_owned()),
        slot: Some(17),
    };
    assert_eq!(uri.fits, fits);
    assert_eq!((uri.purpose(), uri.tenant()), (Purpose::Test, Some("a&b")));
    assert_eq!(uri.module_files(), [PathBuf::from("/m.so")]);
    for source in ["file:/etc/pin", "file:///etc/pin", "/etc/pin"] {
        let uri = with("", &format!("pin-source={source}")).unwrap();
        let Some(PinSource::File(path)) = uri.pin_source() else { panic!("{source}") };
        assert_eq!(path, PathBuf::from("/etc/pin"));
        assert_eq!((uri.token(), uri.purpose(), uri.tenant()), (None, Purpose::Live, None));
    }
    let named = TokenUri::parse("PKCS11:?module-name=softhsm2").unwrap();
    let files = named.module_files();
    assert!(files.iter().any(|file| file.ends_with("softhsm/libsofthsm2.so")), "{files:?}");
}

#[test]
fn every_mistake_is_one_line_with_its_place() {
    use UriProblem as P;
    for (path, query, at, problem) in [
        ("token", "", 7, P::NoValue),
        ("token=a;;serial=1", "", 15, P::NoValue),
        ("=a", "", 7, P::NoValue),
        ("token=a;token=b", "", 15, P::Twice),
        ("tokn=a", "", 7, P::Unknown(Some("tokn".to_owned()))),
        ("ToKeN=a", "", 7, P::Unknown(None)),
        ("x-use=test", "", 7, P::BelongsInQuery),
        ("", "token=a", 26, P::BelongsInPath),
        ("object=a", "", 7, P::Object),
        ("token=%2", "", 7, P::NoCode),
        ("token=%zz", "", 7, P::NoCode),
        ("token=%+1", "", 7, P::NoCode),
        ("token=%FF", "", 7, P::NoText),
        ("token=%00", "", 7, P::NoText),
        ("token=", "", 7, P::Empty),
        ("serial=12345678901234567", "", 7, P::TooLong(16)),
        ("slot-id=+1", "", 7, P::NoNumber),
        ("slot-id=99999999999999999999", "", 7, P::NoNumber),
        ("", "pin-value=1234", 26, P::PinValue),
        ("", "pin-source=|/bin/pin", 26, P::Program),
        ("", "pin-source=pin", 26, P::NotFromRoot),
        ("", "module-name=x", 26, P::TwoModules),
        ("", "x-use=both", 26, P::NoUse),
        ("", "pin-sauce=/x", 26, P::Unknown(Some("pin-sauce".to_owned()))),
    ] {
        let error = with(path, query).unwrap_err();
        assert_eq!((error.at(), error.problem()), (at, &problem), "{path}?{query}");
        let told = error.to_string();
        assert!(told.starts_with(&format!("byte {} of the URI: ", at + 1)), "{told}");
        assert!(!told.contains('\n') && !told.contains("1234"), "{told}");
        assert_eq!(error.code().name(), "token-uri");
    }
    for (text, problem) in [
        ("keys.toml", P::NoScheme),
        ("", P::NoScheme),
        ("pkcs11:token=a", P::NoModule),
        ("pkcs11:?module-name=../x", P::NoModuleName),
        ("pkcs11:?module-path=m.so", P::NotFromRoot),
    ] {
        assert_eq!(TokenUri::parse(text).unwrap_err().problem(), &problem, "{text}");
    }
}

#[test]
fn debug_shows_no_place_of_a_pin() {
    let told = format!("{:?}", with("token=a", "pin-source=/secret/place").unwrap());
    assert!(told.contains("\"a\"") && !told.contains("secret"), "{told}");
}

proptest! {
    #[test]
    fn no_text_breaks_it(text in "(pkcs11:)?[a-z%=;&?/|.0-9é -]{0,60}") {
        if let Err(error) = TokenUri::parse(&text) {
            prop_assert!(error.at() <= text.len());
            prop_assert!(!error.to_string().contains('\n'));
        }
    }
}
