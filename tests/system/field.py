#!/usr/bin/python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Readers as they are in the field: slow cards, systems that look at a card first, programs that have
it, pseudo-APDUs that are switched off, two cards at once, readers that lose a card and say nothing."""
import itertools
import os
import threading
import time

from fakecard import Between, Slot, octets
from readers import SEEN, exclusively, refused
from station import Batch, Card, Service, check, door_records, lines, on_four_readers, until

CHANGE_KEY = bytes.fromhex("90C4")
GET_VERSION = bytes.fromhex("9060")
GO_ON = bytes.fromhex("90AF")
GET_UID = bytes.fromhex("FFCA0000")

# What Windows asks a card that is put on (a USB trace with a DESFire EV1, emsec/ChameleonMini issue
# 313), and the PIV application, which macOS looks for, too.
PROBES = [
    "00A404000BA0000003974349445F0100",
    "00CA7F6800",
    "00A4040009A00000030800001000",
    "00A4040009A00000039742544659",
    "00A404000BA000000308000010000100",
]


def probed(ask):
    for probe in PROBES:
        ask(octets(probe))


def left_in_the_middle(ask):
    """Somebody selected the NDEF application by its name, and began a GetVersion."""
    probed(ask)
    ask(octets("00A4040007D276000085010100"))
    ask(octets("9060000000"))


def once(service, directory, name, reader, *arguments):
    """Encodes the card that is there, and gives what was printed and the receipts."""
    receipts = os.path.join(directory, f"{name}.receipts")
    ran = service.run(
        "encode", "--reader", reader["name"], "--once", "--receipts", receipts, *arguments
    )
    return ran, lines(receipts)


def done(ran, receipts):
    check(ran.returncode == 0, f"exit {ran.returncode}: {ran.stderr}")
    (receipt,) = receipts
    check(receipt["outcome"] == "done", f"{receipt}")
    return receipt


def slow(service, directory):
    """The time that is waited for a card does not run while one is encoded."""
    reader = service.readers[0]

    def change(command, ask):
        if command.startswith(CHANGE_KEY):
            time.sleep(1)
        return ask(command)

    card = Between(reader["port"], Card(directory), change)
    began = time.monotonic()
    ran, receipts = once(service, directory, "slow", reader, "--wait", 3)
    card.remove()
    time.sleep(SEEN)
    done(ran, receipts)
    took = time.monotonic() - began
    check(took > 5, f"the card took {took:.1f} s only")
    began = time.monotonic()
    ran, receipts = once(service, directory, "none", reader, "--wait", 1)
    refused(ran, "no card came to")
    check(not receipts and time.monotonic() - began < 4, "it waited too long")
    return f"--wait 3 with a card that took {took:.0f} s; --wait 1 without one"


def looked_at_first(service, directory):
    """What a system sends when a card comes disturbs nothing, and costs nothing."""
    reader = service.readers[1]
    exchanges = {}
    for name, powered in [("alone", None), ("probed", probed), ("left", left_in_the_middle)]:
        card = Between(reader["port"], Card(directory), powered=powered)
        receipt = done(*once(service, directory, name, reader, "--wait", 10))
        exchanges[name] = receipt["exchanges"]
        card.remove()
        time.sleep(SEEN)
    check(exchanges["probed"] == exchanges["alone"], f"{exchanges}")
    # A program that shares the card for a moment, as the system's own do.
    card = Card(directory)
    card.insert(reader["port"])
    holder = taken(service, reader, shared=True)
    for probe in PROBES:
        holder.transmit(list(octets(probe)))
    threading.Timer(1, holder.disconnect).start()
    receipt = done(*once(service, directory, "shared", reader, "--wait", 10))
    card.remove()
    time.sleep(SEEN)
    check(receipt["exchanges"] == exchanges["alone"], f"{receipt}")
    return f"{exchanges} exchanges, and as many after a program that shared the card"


def taken(service, reader, shared):
    from smartcard.scard import SCARD_SHARE_SHARED

    return exclusively(service, reader, SCARD_SHARE_SHARED) if shared else exclusively(service, reader)


def in_use(service, directory):
    """A card that another program has is waited for, then the program is named."""
    reader = service.readers[2]
    card = Card(directory)
    card.insert(reader["port"])
    holder = taken(service, reader, shared=False)
    threading.Timer(1.5, holder.disconnect).start()
    done(*once(service, directory, "waited", reader, "--wait", 10))
    holder = taken(service, reader, shared=False)
    for name, arguments in [("encode", ["--once", "--wait", 1]), ("inspect", ["--wait", 1])]:
        ran = service.run(name, "--reader", reader["name"], *arguments)
        refused(ran, "another program uses the card")
        check("the service is open in" in ran.stderr and "python3" in ran.stderr, ran.stderr)
    holder.disconnect()
    card.remove()
    time.sleep(SEEN)
    return "1.5 s were waited, and python3 was named"


def interrupted(service, directory):
    """Somebody else speaks to the card in the middle of its version: once more from the start, and
    then that is what the receipt says."""
    reader = service.readers[3]
    told = []
    for times, status in itertools.product((1, 99), ("911C", "91CA")):
        left = [times]
        version = [False]

        def change(command, ask):
            if command.startswith(GO_ON) and version[0] and left[0] > 0:
                left[0] -= 1
                version[0] = False
                return octets(status)
            version[0] = command.startswith(GET_VERSION) or (version[0] and command.startswith(GO_ON))
            return ask(command)

        card = Between(reader["port"], Card(directory), change)
        ran, receipts = once(service, directory, f"{times}{status}", reader, "--wait", 10)
        card.remove()
        time.sleep(SEEN)
        if times == 1:
            done(ran, receipts)
            continue
        (receipt,) = receipts
        told.append(receipt["reason"])
        check((receipt["outcome"], receipt["recovery"]) == ("failed", "present-again"), f"{receipt}")
        check("somebody else spoke to the card" in receipt["reason"], f"{receipt}")
        check(receipt["wrote"] == "nothing", f"{receipt}")
        check(99 - left[0] == 2, f"it was asked {99 - left[0]} times")
    return f"done after one, then: {told[0]}"


def pseudo_off(service, directory):
    """A reader whose pseudo-APDUs are switched off: the card says its UID."""
    reader = service.readers[0]
    for number, status in enumerate(("6E00", "6A81")):

        def change(command, ask):
            return octets(status) if command[0] == 0xFF else ask(command)

        model = Card(directory)
        card = Between(reader["port"], model, change)
        readout = os.path.join(directory, f"{number}.readout")
        done(*once(service, directory, status, reader, "--wait", 10, "--readout", readout))
        card.remove()
        time.sleep(SEEN)
        check([line["uid"] for line in lines(readout)] == [model.uid], f"{lines(readout)}")
    return "UIDs from the cards themselves"


class Alternating(Slot):
    """A field with two cards in it: now one answers, now the other."""

    def __init__(self, port):
        self.uids = itertools.cycle(("04AAAAAAAAAAAA", "04BBBBBBBBBBBB"))
        self.uid = next(self.uids)
        super().__init__(port)

    def controlled(self, message):
        if message[0] == 4:
            return octets("3B8180018080")
        if message[0] in (1, 2):
            self.uid = next(self.uids)
        return None

    def answer(self, command):
        return octets(self.uid + "9000") if command.startswith(GET_UID) else octets("6A81")


def two_cards(service, directory):
    """Two cards at once are no card, and nothing is sent to either."""
    reader = service.readers[1]
    field = Alternating(reader["port"])
    batch = Batch(service, directory, "two", door_records(directory, 1), [reader])
    batch.start()
    until(lambda: "two cards lie on" in batch.told(), 20, "the operator is told")
    time.sleep(2.5)
    check(batch.told().count("two cards lie on") == 1, batch.told())
    field.remove()
    check(field.commands() == [], f"{field.commands()}")
    time.sleep(SEEN)
    card = Card(directory)
    card.insert(reader["port"])
    code, _ = batch.end()
    card.remove()
    time.sleep(SEEN)
    check(code == 0, f"exit {code}: {batch.told()}")
    field = Alternating(reader["port"])
    ran = service.run("inspect", "--reader", reader["name"], "--wait", 2)
    field.remove()
    time.sleep(SEEN)
    refused(ran, "two cards lie on")
    return "told once, then encoded alone"


def lost(service, directory):
    """A reader that says a card lies on it, which gives no answer any more."""
    reader = service.readers[2]
    records = door_records(directory, 2)
    batch = Batch(service, directory, "lost", records, [reader])
    batch.start()
    count = [0]

    def change(command, ask):
        count[0] += command[0] == 0x90
        # From the middle of it on, the reader has nothing but one byte to tell.
        return b"\x00" if count[0] > 12 else ask(command)

    model = Card(directory)
    card = Between(reader["port"], model, change)
    until(batch.receipts, 20, "the card counts as lost")
    (receipt,) = batch.receipts()
    check(receipt["outcome"] == "failed" and receipt["recovery"] == "present-again", f"{receipt}")
    until(lambda: "gives no answer: take everything off" in batch.told(), 20, "the operator is told")
    card.remove()
    time.sleep(SEEN)
    card = Card(directory)
    card.insert(reader["port"])
    code, _ = batch.end()
    card.remove()
    time.sleep(SEEN)
    check(code == 1, f"exit {code}")
    check([one["outcome"] for one in batch.receipts()] == ["failed", "done"], f"{batch.receipts()}")
    # The same card, and its record, once it is put on again.
    again = Batch(service, directory, "lost", records, [reader])
    again.start()
    model.insert(reader["port"])
    code, _ = again.end()
    model.remove()
    time.sleep(SEEN)
    check(code == 0, f"exit {code}: {again.told()}")
    return "one lost, the next encoded, the lost one finished later"


def two_slots(service, directory):
    """Of a device with a slot for cards and one for a SAM, the first is taken and the other told."""
    names = [f"ACS ACR1252 Dual Reader [ACR1252 Dual Reader {kind}]" for kind in ("PICC", "SAM")]
    own = Service(os.path.join(directory, "s"), 4, 15450, names)
    try:
        picc, _, sam, _ = own.readers
        card = Card(directory)
        card.insert(picc["port"])
        # The driver gives each name two slots, so that ACR1252 alone would fit two for cards.
        ran = own.run("encode", "--reader", "] 00 00", "--once", "--wait", "10")
        card.remove()
        check(ran.returncode == 0, f"{ran}")
        told = own.run("readers", "--reader", "] 00 00").stdout.splitlines()
        check(f"{picc['name']}: taken" in told, f"{told}")
        check(f"{sam['name']}: not taken, a SAM slot" in told, f"{told}")
        listed = own.run("readers").stdout.splitlines()
        check(picc["name"] in listed and f"{sam['name']}: a SAM slot, taken" in str(listed), f"{listed}")
        refused(own.run("encode", "--reader", "ACR1252", "--once"), "write more of the name")
        named = own.run("readers", "--reader", "SAM] 00 00")
        check(named.returncode == 0 and f"{sam['name']}: taken" in named.stdout, f"{named}")
    finally:
        own.end()
    check("SAM" not in str(service.listed()), "the services are mixed up")
    return "the contactless slot, and why not the other"


TESTS = [two_slots, slow, looked_at_first, in_use, interrupted, pseudo_off, two_cards, lost]


if __name__ == "__main__":
    on_four_readers(TESTS, 15400)
