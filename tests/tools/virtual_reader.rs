// SPDX-License-Identifier: MIT OR Apache-2.0
//! The card's side of a virtual reader, with a driver that is played here.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use cardwright::emulator::{Model, SoftCard};
use cardwright::iso14443::RealUid;
use cardwright::reader::vpcd::{Slot, SlotError};

/// A driver with a card in its slot.
struct Driver {
    stream: TcpStream,
    card: JoinHandle<(SlotError, usize)>,
}

impl Driver {
    fn with(card: SoftCard, atr: Option<&'static [u8]>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let card = thread::spawn(move || {
            let mut card = card;
            let mut slot = Slot::connect(&address).unwrap();
            if let Some(atr) = atr {
                slot = slot.with_atr(atr).unwrap();
            }
            let mut changes = 0;
            let end = slot.serve(&mut card, |_| {
                changes += 1;
                Ok(())
            });
            (end.unwrap_err(), changes)
        });
        let (stream, _) = listener.accept().unwrap();
        Self { stream, card }
    }

    fn new() -> Self {
        Self::with(blank(), None)
    }

    /// Sends a message without waiting for an answer.
    fn tell(&mut self, message: &str) {
        let message = hex::decode(message).unwrap();
        let mut bytes = u16::try_from(message.len()).unwrap().to_be_bytes().to_vec();
        bytes.extend(message);
        self.stream.write_all(&bytes).unwrap();
    }

    fn ask(&mut self, message: &str) -> String {
        self.tell(message);
        let mut length = [0; 2];
        self.stream.read_exact(&mut length).unwrap();
        let mut reply = vec![0; u16::from_be_bytes(length).into()];
        self.stream.read_exact(&mut reply).unwrap();
        hex::encode_upper(reply)
    }

    /// Closes the connection; gives why the card left, and how many commands it executed.
    fn close(self) -> (SlotError, usize) {
        drop(self.stream);
        self.card.join().unwrap()
    }
}

fn blank() -> SoftCard {
    SoftCard::new(Model::Ev1_8k, RealUid::new([0x04, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66]), 1)
}

#[test]
fn the_driver_gets_the_answer_to_reset_also_of_an_idle_card() {
    let mut driver = Driver::new();
    assert_eq!(driver.ask("04"), "3B8180018080");
    driver.tell("01");
    assert_eq!(driver.ask("04"), "3B8180018080");
    assert!(matches!(driver.close(), (SlotError::Closed, 0)));
    let mut driver = Driver::with(blank(), Some(&[0x3B, 0x00]));
    assert_eq!(driver.ask("04"), "3B00");
}

#[test]
fn what_a_reader_answers_itself_does_not_reach_the_card() {
    let mut driver = Driver::new();
    for (command, reply) in [
        ("FFCA000000", "041122334455669000"),
        ("FFCA000007", "041122334455669000"),
        ("FFCA000004", "6C07"),
        ("FFCA00000A", "041122334455666282"),
        ("FFCA010000", "809000"),
        ("FFCA020000", "6A81"),
        ("FFCA", "6A81"),
        ("FF", ""),
        ("FF00000000", "6E00"),
    ] {
        if reply.is_empty() {
            // One byte is no APDU, and not answered.
            driver.tell(command);
        } else {
            assert_eq!(driver.ask(command), reply, "{command}");
        }
    }
    assert!(matches!(driver.close(), (SlotError::Closed, 0)));
}

#[test]
fn a_random_uid_is_shown_and_changes_with_the_power() {
    let mut driver = Driver::with(blank().with_random_uid(), None);
    let uid = driver.ask("FFCA000000");
    assert!(uid.len() == 12 && uid.starts_with("80") && uid.ends_with("9000"), "{uid}");
    assert_eq!(driver.ask("FFCA000000"), uid);
    driver.tell("02");
    assert_ne!(driver.ask("FFCA000000"), uid);
}

#[test]
fn commands_are_answered_and_power_ends_what_was_begun() {
    let mut driver = Driver::new();
    assert!(driver.ask("9060000000").ends_with("91AF"));
    assert!(driver.ask("90AF000000").ends_with("91AF"));
    assert!(driver.ask("90AF000000").ends_with("9100"));
    for power in ["00", "01", "02"] {
        assert!(driver.ask("9060000000").ends_with("91AF"));
        driver.tell(power);
        assert_eq!(driver.ask("90AF000000"), "911C", "{power}");
    }
    assert!(matches!(driver.close(), (SlotError::Closed, 9)));
}

#[test]
fn bytes_that_are_no_command_are_answered_with_a_status() {
    let mut driver = Driver::new();
    for command in ["9060", "906000", "0000", "90FF000000", "00A40000020000"] {
        let reply = driver.ask(command);
        assert!(reply.len() >= 4, "{command}: {reply}");
    }
    let long = "90".repeat(5000);
    assert!(driver.ask(&long).len() >= 4);
}

#[test]
fn a_driver_that_misbehaves_loses_the_card() {
    let mut driver = Driver::new();
    driver.tell("");
    assert!(matches!(driver.close(), (SlotError::Empty, 0)));
    let mut driver = Driver::new();
    driver.stream.write_all(&[0x00, 0x05, 0x90]).unwrap();
    assert!(matches!(driver.close(), (SlotError::Closed, 0)));
    let mut driver = Driver::new();
    driver.stream.write_all(&[0x00]).unwrap();
    assert!(matches!(driver.close(), (SlotError::Closed, 0)));
}

#[test]
fn what_must_not_be_lost_is_kept_before_the_answer_leaves() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let card = thread::spawn(move || {
        let full = |_: &SoftCard| Err(std::io::Error::other("no room"));
        Slot::connect(&address).unwrap().serve(&mut blank(), full)
    });
    let (mut stream, _) = listener.accept().unwrap();
    stream.write_all(&[0x00, 0x05, 0x90, 0x60, 0x00, 0x00, 0x00]).unwrap();
    let mut reply = Vec::new();
    let _ended = stream.read_to_end(&mut reply);
    assert!(reply.is_empty());
    let end = card.join().unwrap().unwrap_err();
    assert_eq!(end.to_string(), "no room");
}

#[test]
fn where_no_driver_listens_is_said_so() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let said = Slot::connect(&address).unwrap_err().to_string();
    assert!(said.starts_with(&format!("no virtual reader listens at {address}: ")), "{said}");
    assert!(said.ends_with("start pcscd with the vpcd driver, or name its port"), "{said}");
}

#[test]
fn an_answer_to_reset_has_a_first_byte_and_a_length() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    for atr in [&[][..], &[0x3B], &[0x3C, 0x00], &[0x3B; 34]] {
        let slot = Slot::connect(&address).unwrap();
        let said = slot.with_atr(atr).unwrap_err().to_string();
        assert_eq!(said, "an ATR has 2 to 33 bytes, the first 3B or 3F", "{atr:02X?}");
    }
}
