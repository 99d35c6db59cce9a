#!/usr/bin/python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Cards that people met, as files say they answered (`cards/`): whatever one is, it is shown as far as
it can be, and nothing is done to it that was not asked for."""
import itertools
import json
import os
import time

from fakecard import FakeCard
from readers import SEEN
from station import HERE, check, lines, on_four_readers

# Every command that changes something: what creates, deletes, writes, commits, formats or configures.
CHANGING = {"CA", "CD", "CB", "3D", "8D", "C7", "C4", "C6", "54", "DA", "DF", "FC", "CC", "C1", "C0", "3B",
            "8B", "5F", "5C", "0C", "DC", "1C", "EB"}
AUTHENTICATING = {"0A", "1A", "AA", "71", "77"}

numbers = itertools.count()


def spec(name):
    with open(os.path.join(HERE, "cards", f"{name}.json"), encoding="utf-8") as file:
        return json.load(file)


class Met:
    """What the programs made of a card, and what was sent to it by `encode`."""

    def __init__(self, service, directory, name):
        number = next(numbers)
        reader = service.readers[number % len(service.readers)]
        card = FakeCard(spec(name), reader["port"])
        try:
            self.inspect = service.run("inspect", "--reader", reader["name"], "--wait", "10")
            looked = len(card.commands())
            receipts = os.path.join(directory, f"{name}{number}.receipts")
            self.encode = service.run(
                "encode", "--reader", reader["name"], "--once", "--wait", "10", "--receipts", receipts
            )
        finally:
            card.remove()
        self.name = name
        self.looked = card.commands()[:looked]
        sent = card.commands()[looked:]
        self.changing = [command for command in self.looked + sent if command[2:4] in CHANGING]
        self.authentications = sum(command[2:4] in AUTHENTICATING for command in sent)
        found = lines(receipts)
        check(len(found) == 1, f"{name}: {len(found)} receipts; {self.encode.stderr}")
        (self.receipt,) = found

    def shows(self, status, *wanted):
        """Each of these stands in the table, wherever its lines are broken, and the table fits 80
        columns."""
        check(self.inspect.returncode == status, f"{self.name}: {self.inspect}")
        told = " ".join(self.inspect.stdout.split())
        for text in wanted:
            check(text in told, f"{self.name}: no {text!r} in {self.inspect}")
        widest = max(self.inspect.stdout.splitlines(), key=len)
        check(len(widest) <= 80, f"{self.name}: {len(widest)} columns: {widest!r}")


def untouched(met, authentications=2):
    """Nothing was changed, and hardly a key tried."""
    check(met.changing == [], f"{met.name}: {met.changing}")
    check(
        met.authentications <= authentications,
        f"{met.name}: {met.authentications} authentications",
    )
    check(met.encode.returncode == 1, f"{met.name}: exit {met.encode.returncode} {met.encode.stderr}")
    outcome, wrote = met.receipt["outcome"], met.receipt["wrote"]
    check(outcome in ("refused", "failed") and wrote == "nothing", f"{met.name}: {met.receipt}")


# The exit status of `inspect` for each, and what stands in its table.
SHOWN = {
    "app-integrity": (
        1,
        [
            "ev1-2k",
            "application 123456",
            "A1 application integrity error",
            "application 000001",
            "F1 file integrity",
        ],
    ),
    "ev1-256": (0, ["ev1-256: DESFire EV1, 256 bytes", "hardware 01.00", "128 bytes"]),
    "ev2-32k": (0, ["ev2-32k: DESFire EV2 XL, 32 Kbytes", "32512 bytes"]),
    "ishield": (0, ["DESFire EV3 on a microcontroller", "43.01", "04A1B2C3D4E580"]),
    "owok-light": (0, ["ev1-8k", "application 008380", "AES keys", "AE authentication error"]),
    # Further sets of rights, and the look goes on behind them.
    "ev2-more-rights": (
        0,
        [
            "ev2-8k",
            "application F51CD8",
            "file 2 standard, 144 bytes, full; read key 1, write never, both key 0, change key 0",
            "rights 2 read key 2, write never, both never",
            "rights 8 read key 8",
        ],
    ),
    # SDM, and a reply that is too short for its file.
    "ev3-sdm": (
        1,
        [
            "ev3-8k",
            "application 000001",
            "file 1",
            "file 2",
            "SDM options C1, counter key 1, UID and counter under key 2, MAC under key 1",
        ],
    ),
    # A mode that nobody knows.
    "mode-43": (0, ["ev1-4k", "application 010203", "file 1", "option 43, of which 40"]),
}


def shown(service, directory):
    for name, (status, wanted) in SHOWN.items():
        met = Met(service, directory, name)
        met.shows(status, *wanted)
        untouched(met)
    time.sleep(SEEN)
    return f"{len(SHOWN)} cards shown within 80 columns, and none of them changed"


# What `inspect` shows of cards that `encode` refuses, and why it does: other products by their names,
# and cards that the demonstration profile does not take. Eighty, and not zero eight, comes first in a
# random UID of an EV1.
REFUSED = {
    "light": (["DESFire Light", "hardware 30.00", "04A1B2C3D4E580"], "the chip of the card is light"),
    "ntag424": (["NTAG 424 DNA", "hardware 30.00", "04A1B2C3D4E580"], "the chip of the card is ntag424"),
    "duox": (
        ["MIFARE DUOX", "hardware A0.00", "04A1B2C3D4E580", "6656 bytes"],
        "another product: MIFARE DUOX",
    ),
    "ev1-random-80": (["ev1-4k", "random UID 80726BE8", "4864 bytes"], "shows a random UID"),
    "ev2-random-08": (["ev2-4k", "random UID 08726BE8", "4864 bytes"], "shows a random UID"),
    "version-c0": (["ev1-4k", "version 192", "6656 bytes"], "has version 192"),
}


def refused(service, directory):
    for name, (wanted, reason) in REFUSED.items():
        met = Met(service, directory, name)
        met.shows(0, *wanted)
        # The factory's key may be tried once on a card that shows its version.
        untouched(met, authentications=1)
        check(met.receipt["outcome"] == "refused", f"{name}: {met.receipt}")
        check(reason in met.receipt["reason"], f"{name}: {met.receipt['reason']}")
    time.sleep(SEEN)
    return f"{len(REFUSED)} cards, by name, before any key was tried"


TESTS = [shown, refused]


if __name__ == "__main__":
    on_four_readers(TESTS, 15500)
