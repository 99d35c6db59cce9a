// SPDX-License-Identifier: MIT OR Apache-2.0
//! Encrypted key files: made, opened by every program, and shown on a terminal to whoever asks twice.

use cardwright::keys::sealed::{Opener, Sealed};

use super::*;

const PASSPHRASE: &str = "Zanzibar invented for tests";

/// An identity of age's own tests, and its recipient.
const IDENTITY: &str = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";
const RECIPIENT: &str = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";

/// A place with the same keys in the clear and encrypted, and the passphrase in a file.
fn place() -> Place {
    let place = Place::new();
    place.write("keys.toml", KEYS);
    place.write("secret", format!("{PASSPHRASE}\n"));
    let ran = keys(&place, "encrypt keys.toml --out keys.age --work-factor 4 --keys-secret secret");
    let told = "keys.age: encrypted; keys.toml stays in the clear\n";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), told, ""));
    place
}

fn text(place: &Place, name: &str, opener: &Opener) -> String {
    let bytes = std::fs::read(place.path(name)).unwrap();
    Sealed::read(&bytes).unwrap().text(opener).unwrap().to_string()
}

fn passphrase() -> Opener {
    Opener::passphrase(PASSPHRASE).unwrap()
}

#[test]
fn a_key_file_is_encrypted_under_a_passphrase_or_for_recipients() {
    let place = place();
    assert_eq!(text(&place, "keys.age", &passphrase()), KEYS);
    assert_eq!(place.mode("keys.age") & 0o777, 0o600);
    let typed = |lines: &str| {
        keys_typing(&place, "encrypt keys.toml --out typed.age --work-factor 4 --armor", lines)
    };
    refused(&typed("one passphrase\nanother\n"), "the passphrases differ: nothing is encrypted");
    refused(&typed("\n\n"), "this passphrase is empty");
    assert!(!place.exists("typed.age"));
    let ran = typed(&format!("{PASSPHRASE}\n{PASSPHRASE}\n"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(!format!("{ran:?}").contains("Zanzibar"));
    assert!(place.read("typed.age").starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n"));
    assert_eq!(text(&place, "typed.age", &passphrase()), KEYS);
    refused(&typed("x\nx\n"), "typed.age: this file is there");
    let ran = keys(&place, &format!("encrypt keys.toml --out to.age --to {RECIPIENT}"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(text(&place, "to.age", &Opener::identities(IDENTITY).unwrap()), KEYS);
    refused(&keys(&place, "encrypt keys.toml --out no.age --to age1qq"), "recipient 1 is none");
    refused(
        &keys(&place, "encrypt keys.age --out no.age"),
        "keys.age: this file is encrypted already",
    );
    let hard = "encrypt keys.toml --out no.age --keys-secret secret --work-factor 21";
    refused(&keys(&place, hard), "a work factor is 1 to 20");
    place.write("broken.toml", "use = \"test\"\n");
    let ran = keys(&place, "encrypt broken.toml --out no.age --keys-secret secret");
    refused(&ran, "broken.toml: no.age: line 1");
    assert!(!place.exists("no.age"));
}

#[test]
fn a_file_may_be_made_encrypted() {
    let place = place();
    let make = "make --out made.age --key picc:aes128:1 --use live --passphrase --keys-secret secret --work-factor 4";
    let ran = keys(&place, make);
    assert_eq!((ran.code, &*ran.out), (Some(0), "made.age: a key and a receipt key, use live\n"));
    let file = KeyFile::parse(&text(&place, "made.age", &passphrase())).unwrap();
    assert!(file.issuer("picc", KeyVersion(1)).is_ok());
}

/// Every program that takes keys takes them encrypted, and comes to the same.
#[test]
fn every_program_opens_an_encrypted_key_file() {
    let place = place();
    place.write("door.toml", DOOR);
    place.write("identity", format!("# invented\n{IDENTITY}\n"));
    let to = format!("encrypt keys.toml --out to.age --to {RECIPIENT}");
    assert_eq!(keys(&place, &to).code, Some(0));
    let ran = place.run("--keys keys.toml --limit 1 --state card.json --seed 1");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let run = |program: &str, arguments: &str| {
        let mut command = Command::new(another_program(program));
        let command = place.at(&mut command).args(arguments.split_whitespace());
        Ran::of(&command.env("KEYS_PASSPHRASE", PASSPHRASE).stdin(Stdio::null()).output().unwrap())
    };
    for (program, arguments) in [
        ("encode", "--job verify --state card.json"),
        ("plan", "--check door.toml"),
        ("plan", "--reader-sheet --profile door.toml"),
        ("inspect", "--state card.json --profile door.toml"),
        ("diagnose", "--state card.json --key picc"),
        ("diversify", "--scheme an10922 --key staff0 --uid 04782E21801D80"),
    ] {
        let clear = run(program, &format!("{arguments} --keys keys.toml"));
        assert_ne!(clear.code, Some(2), "{program}: {clear:?}");
        for secret in [
            "keys.age --keys-secret secret",
            "keys.age --keys-secret env:KEYS_PASSPHRASE",
            "to.age --keys-secret identity",
        ] {
            let ran = run(program, &format!("{arguments} --keys {secret}"));
            assert_eq!((ran.code, &ran.err), (clear.code, &clear.err), "{program}: {ran:?}");
            if program != "encode" {
                assert_eq!(ran.out, clear.out, "{program}");
            }
        }
    }
}

#[test]
fn what_does_not_open_is_told_in_one_line() {
    let place = place();
    let to = format!("encrypt keys.toml --out to.age --to {RECIPIENT}");
    assert_eq!(keys(&place, &to).code, Some(0));
    place.write("wrong", "Zanzibar wrong\n");
    place.write("others", IDENTITY.replace("33", "34"));
    place.write("open", PASSPHRASE);
    place.chmod("open", 0o644);
    let bytes = std::fs::read(place.path("keys.age")).unwrap();
    place.write("cut.age", &bytes[..bytes.len() - 9]);
    for (arguments, why) in [
        (
            "keys.age",
            "the passphrase of keys.age has to be asked for, and this is no terminal: say --keys-secret",
        ),
        ("keys.age --keys-secret wrong", "keys.age: this passphrase does not open it"),
        ("keys.age --keys-secret others", "keys.age: line 1 is no identity"),
        ("keys.age --keys-secret none", "none: "),
        ("keys.age --keys-secret open", "open: others may read or write this secret (mode 644)"),
        (
            "keys.age --keys-secret env:NO_SUCH_NAME",
            "--keys-secret env:NO_SUCH_NAME: there is no such variable",
        ),
        ("cut.age --keys-secret secret", "cut.age: this age file was changed or is cut off"),
        (
            "to.age",
            "to.age: this is encrypted for recipients: name the identity file of one with --keys-secret",
        ),
        (
            "to.age --keys-secret secret",
            "to.age: this age file takes the identity of one of its recipients",
        ),
    ] {
        let mut command = place.command(&format!("--keys {arguments}"));
        let ran = Ran::of(&command.stdin(Stdio::null()).output().unwrap());
        refused(&ran, why);
        assert_eq!(ran.err.lines().count(), 1, "{ran:?}");
        assert!(!ran.err.contains("Zanzibar") && !ran.err.contains("SECRET-KEY-1G"), "{ran:?}");
    }
}

#[test]
fn a_receipt_key_is_replaced_within_an_encrypted_file() {
    let place = place();
    let ran = keys(&place, "rotate keys.age --yes --keys-secret secret --work-factor 4");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let after = text(&place, "keys.age", &passphrase());
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let changed = lines(KEYS).iter().zip(&lines(&after)).filter(|(old, new)| old != new).count();
    assert_eq!((changed, after.len()), (1, KEYS.len()));
    place.write("identity", IDENTITY);
    let to = format!("encrypt keys.toml --out to.age --armor --to {RECIPIENT}");
    assert_eq!(keys(&place, &to).code, Some(0));
    let rotate = "rotate to.age --yes --keys-secret identity";
    refused(
        &keys(&place, rotate),
        "to.age: it does not say for whom it is encrypted: name all recipients",
    );
    let ran = keys(&place, &format!("{rotate} --to {RECIPIENT}"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(place.read("to.age").starts_with("-----BEGIN"));
    let after = text(&place, "to.age", &Opener::identities(IDENTITY).unwrap());
    assert!(after != KEYS && after.len() == KEYS.len());
}

#[test]
fn the_text_is_shown_on_a_terminal_alone() {
    let place = place();
    let decrypt = "decrypt keys.age --keys-secret secret --to-terminal";
    let ran = keys_typing(&place, decrypt, "yes\n");
    refused(&ran, "the text goes to a terminal only, and this is none");
    let ran = keys(&place, "decrypt keys.age --keys-secret secret");
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{ran:?}");
    for (typed, shown) in [("yes\n", true), ("y\n", false), ("", false)] {
        let terminal = nix::pty::openpty(None, None).unwrap();
        let mut command = Command::new(another_program("keys"));
        let command = place.at(&mut command).args(decrypt.split_whitespace());
        let command = command.stdin(Stdio::piped()).stdout(terminal.slave);
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        command.stdout(Stdio::null());
        // Its text is more than the terminal holds: it is read while it is written.
        let reader = std::thread::spawn(move || {
            let mut said = Vec::new();
            let _closed =
                std::io::Read::read_to_end(&mut std::fs::File::from(terminal.master), &mut said);
            String::from_utf8(said).unwrap()
        });
        let ended = child.wait().unwrap();
        let said = reader.join().unwrap();
        assert_eq!((ended.success(), has_values(&said, KEYS)), (shown, shown), "{said}");
    }
}

/// Typed on a terminal, nothing shows, and the terminal shows again what is typed after.
#[test]
fn a_terminal_does_not_show_a_passphrase() {
    use nix::sys::termios::{LocalFlags, tcgetattr};

    let place = place();
    let terminal = nix::pty::openpty(None, None).unwrap();
    let mut command = Command::new(another_program("keys"));
    let command = place.at(&mut command).args(["show", "keys.age"]);
    let slave = terminal.slave.try_clone().unwrap();
    let command = command.stdin(slave).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut prompt = String::new();
    let mut said = std::io::BufReader::new(child.stderr.take().unwrap());
    std::io::BufRead::read_line(&mut said, &mut prompt).unwrap();
    assert_eq!(prompt, "passphrase of keys.age:\n");
    // Unseen from the prompt on, as the terminal itself says.
    let unseen = || !tcgetattr(&terminal.slave).unwrap().local_flags.contains(LocalFlags::ECHO);
    while !unseen() {
        std::thread::yield_now();
    }
    let mut master = std::fs::File::from(terminal.master.try_clone().unwrap());
    // With a slip that is rubbed out, and a beginning that is given up.
    master.write_all(format!("wrong\x15{PASSPHRASE}x\x7f\r").as_bytes()).unwrap();
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("cmac-aes:") && !unseen(), "{ran:?}");
}
