// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys in a token: Debian's `softhsm2`, filled with OpenSC's `pkcs11-tool` as the documentation says it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use crate::site::{Running, Site};

const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const PIN: &str = "975310";

/// A service that takes its keys from a token.
struct Tokened {
    site: Site,
    configuration: PathBuf,
}

impl Tokened {
    fn new(name: &str) -> Self {
        let site = Site::new(name, 4, "exchange_ms = 1");
        let place = site.folder.display().to_string();
        let configuration = site.folder.join("softhsm2.conf");
        fs::create_dir(site.folder.join("tokens")).unwrap();
        let text = format!("directories.tokendir = {place}/tokens\nlog.level = ERROR\n");
        fs::write(&configuration, text).unwrap();
        let tokened = Self { site, configuration };
        let pins = ["--so-pin", "13579246", "--pin", PIN];
        let made = ["--init-token", "--free", "--label", "cards"];
        tokened.run(Command::new("softhsm2-util").args(made).args(pins));
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/tokens.md");
        let page = fs::read_to_string(page).unwrap();
        let (_, behind) = page.split_once("<!-- fill-commands -->\n```sh\n").unwrap();
        let (commands, _) = behind.split_once("```").unwrap();
        let mut shell = Command::new("bash");
        let shell = shell.args(["-euo", "pipefail", "-c", commands]);
        tokened.run(shell.env("MODULE", MODULE).env("PIN", PIN));
        let written = fs::read_to_string(tokened.config()).unwrap();
        let line = written.lines().find(|line| line.starts_with("keys = ")).unwrap();
        let uri = format!("pkcs11:token=cards?module-path={MODULE}&x-use=test&x-tenant=t");
        let keys = format!("keys = '{uri}'\nkeys_secret = 'pin'");
        fs::write(tokened.config(), written.replacen(line, &keys, 1)).unwrap();
        tokened.pin(PIN);
        tokened
    }

    fn config(&self) -> PathBuf {
        self.site.folder.join("service.toml")
    }

    fn pin(&self, pin: &str) {
        let file = self.site.folder.join("pin");
        fs::write(&file, format!("{pin}\n")).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    }

    fn run(&self, command: &mut Command) -> Output {
        let ran = command.env("SOFTHSM2_CONF", &self.configuration).output();
        let ran = ran.expect("softhsm2 and opensc of Debian");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        ran
    }

    fn command(&self) -> Command {
        let mut command = self.site.command("service");
        command.env("SOFTHSM2_CONF", &self.configuration);
        command
    }
}

#[test]
fn a_service_makes_cards_with_keys_that_stay_in_a_token() {
    let tokened = Tokened::new("outside-token");
    let site = &tokened.site;
    let mut running = Running::start(tokened.command(), &site.log(), &site.token);
    let put = running.ask("POST /v1/batches", &Site::batch(1..=24));
    assert_eq!(put.status, 201, "{}", put.body);
    running.until("all cards are done", |running| running.count("done") == 24);
    let receipts = running.receipts();
    assert_eq!(receipts.len(), 24);
    running.signal("-TERM");
    assert_eq!(running.ended(Duration::from_secs(60)).code(), Some(0));
    let log = fs::read_to_string(site.log()).unwrap();
    assert!(log.contains("CMAC by CKM_AES_CMAC"), "{log}");
    assert!(!log.contains(PIN), "{log}");
}

#[test]
fn a_wrong_pin_is_one_line_before_any_order() {
    let tokened = Tokened::new("outside-token-pin");
    tokened.pin("246813");
    let ran = tokened.command().output().unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(1), "{said}");
    assert!(said.lines().count() == 1 && said.contains("PIN"), "{said}");
    assert!(!said.contains("246813"), "{said}");
}
