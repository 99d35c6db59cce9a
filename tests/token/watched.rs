// SPDX-License-Identifier: MIT OR Apache-2.0
//! Modules between the store and the token: OpenSC's, which writes down each call, and p11-kit's, which hands
//! them to a server.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use cardwright::Profile;
use cardwright::emulator::Model;
use cardwright::encode::{Job, OneWay, Outcome};
use cardwright::keys::{KeyFile, Store};
use cardwright::wire::KeyVersion;

use crate::bed::{Bed, SOFTHSM, alone};
use crate::common::{self, KEYS, card, door, door_records};
use crate::filled::Token;

const SPY: &str = "/usr/lib/x86_64-linux-gnu/pkcs11/pkcs11-spy.so";
const CLIENT: &str = "/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so";

/// A job whose keys are in the token, on a card of this number; its state.
fn door_card(store: &dyn Store, number: u8) -> Vec<u8> {
    let job = Job::new(Profile::parse(&door(&[])).unwrap(), store).unwrap();
    let (job, mut card) = (job.allowing(&OneWay::ALL), card(Model::Ev2_8k, number));
    let made = common::present(&job, &mut card, &door_records(&job)[0]);
    assert_eq!(made.outcome, Outcome::Done);
    card.save().to_vec()
}

#[test]
fn there_is_one_login_and_no_value_is_read() {
    let spied = [("PKCS11SPY", SOFTHSM), ("PKCS11SPY_OUTPUT", "FOLDER/calls")];
    alone("watched::there_is_one_login_and_no_value_is_read", &spied, |bed| {
        bed.token("door", Token::demonstration);
        let bed = bed.through(SPY);
        for number in 1..=3 {
            door_card(&*bed.open(), number);
        }
        let store = bed.open();
        thread::scope(|scope| {
            for number in 4..8 {
                let store = &store;
                scope.spawn(move || door_card(&**store, number));
            }
        });
        drop(store);
        let calls = fs::read_to_string(bed.folder.join("calls")).unwrap();
        let count = |name: &str| calls.lines().filter(|line| line.ends_with(name)).count();
        // One for each store that was opened.
        assert_eq!(count(": C_Login"), 4);
        assert!(count(": C_SignInit") > 10 && count(": C_GetAttributeValue") > 10);
        let read = calls.lines().filter(|line| line.trim_start().starts_with("CKA_VALUE "));
        assert_eq!(read.collect::<Vec<_>>(), [""; 0]);
        assert!(calls.contains("CKA_VALUE_LEN "), "attributes are written down");
    });
}

/// A server of p11-kit's over the token; it and what it began end with it.
struct Server(Child);

impl Server {
    fn begin(bed: &Bed) -> Self {
        let socket = bed.folder.join("socket");
        let _old = fs::remove_file(&socket);
        let mut server = Command::new("setsid");
        server.args(["p11-kit", "server", "--provider", SOFTHSM, "-f", "-n"]).arg(&socket);
        let server = Self(server.arg("pkcs11:token=door").stdout(Stdio::null()).spawn().unwrap());
        for _ in 0..200 {
            if Path::exists(&socket) && UnixStream::connect(&socket).is_ok() {
                return server;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("p11-kit server does not come up");
    }

    fn kill(mut self) {
        // The group: each connection has a process of its own.
        let group = format!("-{}", self.0.id());
        assert!(Command::new("kill").args(["-9", "--", &group]).status().unwrap().success());
        self.0.wait().unwrap();
    }
}

#[test]
fn a_server_that_is_killed_and_begun_again_loses_nothing() {
    let address = [("P11_KIT_SERVER_ADDRESS", "unix:path=FOLDER/socket")];
    alone("watched::a_server_that_is_killed_and_begun_again_loses_nothing", &address, |bed| {
        bed.token("door", Token::demonstration);
        let mut server = Server::begin(&bed);
        let bed = bed.through(CLIENT);
        let store = bed.open();
        let file = KeyFile::parse(KEYS).unwrap();
        let key = store.issuer("app0", KeyVersion(1)).unwrap();
        let told = key.ways().iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(told, ["CMAC by CKM_AES_ECB", "CBC by CKM_AES_ECB", "ECB by CKM_AES_ECB"]);
        for number in 1..=3 {
            assert_eq!(door_card(&*store, number), door_card(&file, number));
            server.kill();
            server = Server::begin(&bed);
            let mut mac = [0; 16];
            key.cmac(b"is it back", &mut mac).unwrap();
        }
        server.kill();
    });
}
