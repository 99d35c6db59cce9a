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

    def shows(self, *wanted):
        """Each of these stands in the table, which is one that fits its reader's screen or not."""
        for text in wanted:
            check(text in self.inspect.stdout, f"{self.name}: no {text!r} in {self.inspect}")


def untouched(met):
    """Nothing was changed, and hardly a key tried."""
    check(met.changing == [], f"{met.name}: {met.changing}")
    check(met.authentications <= 2, f"{met.name}: {met.authentications} authentications")
    check(met.encode.returncode == 1, f"{met.name}: exit {met.encode.returncode} {met.encode.stderr}")
    outcome, wrote = met.receipt["outcome"], met.receipt["wrote"]
    check(outcome in ("refused", "failed") and wrote == "nothing", f"{met.name}: {met.receipt}")


# What stands in the table of each, whoever lays it out.
SHOWN = {
    "app-integrity": ["ev1-2k", "123456", "A1 application integrity error", "000001", "F1 file integrity"],
    "duox": ["A0.00", "04A1B2C3D4E580", "6656 bytes"],
    "ev1-256": ["01.00", "128 bytes"],
    "ev2-32k": ["ev2-32k", "32512 bytes"],
    "ev2-random-08": ["ev2-4k", "08726BE8", "4864 bytes"],
    "ishield": ["43.01", "04A1B2C3D4E580"],
    "owok-light": ["ev1-8k", "008380", "AES keys", "AE authentication error"],
    "version-c0": ["ev1-4k", "6656 bytes"],
}


def shown(service, directory):
    for name, wanted in SHOWN.items():
        met = Met(service, directory, name)
        met.shows(*wanted)
        untouched(met)
    time.sleep(SEEN)
    return f"{len(SHOWN)} cards shown, and none of them changed"


def refused(service, directory):
    """Cards that the demonstration profile does not take, and why."""
    for name, reason in [
        ("ev2-random-08", "random UID"),
        ("version-c0", "version"),
    ]:
        met = Met(service, directory, name)
        untouched(met)
        check(met.receipt["outcome"] == "refused", f"{name}: {met.receipt}")
        check(reason in met.receipt["reason"], f"{name}: {met.receipt['reason']}")
        check(met.authentications == 0, f"{name}: {met.authentications} authentications")
    time.sleep(SEEN)
    return "by name, before any key was tried"


TESTS = [shown, refused]


if __name__ == "__main__":
    on_four_readers(TESTS, 45500)
