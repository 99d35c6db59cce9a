#!/usr/bin/python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""libnfc and libfreefare, as Debian has them, on software cards behind a PN532 on a pseudo-terminal:
their tools, and a program (freefare.c) that uses every kind of key and file."""
import os
import re
import subprocess
import sys
import tempfile

from pn532 import Pn532
from station import HERE, KEYS, ROOT, Card, Service, check

CAMPUS = os.path.join(ROOT, "examples/data/profiles/campus.toml")
CAMPUS_RECORDS = os.path.join(ROOT, "examples/data/campus-records.jsonl")
KINDS = ["des-d40", "2k3des-d40", "des", "2k3des", "3k3des", "aes"]
# Commands of the chip without which no tool comes to its end.
NEEDED = {0x00, 0x02, 0x06, 0x08, 0x12, 0x14, 0x16, 0x32, 0x40, 0x44, 0x4A, 0x52}


class Bench:
    """The chip, and the programs on it."""

    def __init__(self, directory):
        self.directory = directory
        self.chip = Pn532()
        self.program = os.path.join(directory, "freefare")
        source = os.path.join(HERE, "freefare.c")
        flags = ["-std=c99", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-O1"]
        command = ["cc", *flags, "-o", self.program, source, "-lfreefare", "-lnfc"]
        subprocess.run(command, check=True)

    def run(self, *command):
        """Exit code and output; without a card most tools say nothing and end well."""
        device = {"LIBNFC_DEFAULT_DEVICE": self.chip.device, "LIBNFC_LOG_LEVEL": "0"}
        ran = subprocess.run(
            command, env={**os.environ, **device}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=60, check=False,
        )
        return ran.returncode, ran.stdout + ran.stderr

    def said(self, *command):
        code, said = self.run(*command)
        check(code == 0, f"{command}: exit {code}: {said}")
        return said

    def card(self, model):
        card = Card(self.directory, model)
        card.insert(self.chip.port)
        return card


def shown(uid):
    """As nfc-list writes it."""
    return "  ".join(uid[at : at + 2].lower() for at in range(0, len(uid), 2))


def listed(bench):
    """nfc-list shows a card as what it is, and nothing where there is none."""
    check("1 ISO14443A passive" not in bench.said("nfc-list"), "a card where there is none")
    check(bench.said("mifare-desfire-info") == "", "information of no card")
    card = bench.card("ev1-8k")
    said = bench.said("nfc-list", "-v")
    card.remove()
    for wanted in [
        "1 ISO14443A passive target(s) found",
        "ATQA (SENS_RES): 03  44",
        f"UID (NFCID1): {shown(card.uid)}",
        "SAK (SEL_RES): 20",
        "ATS: 75  77  81  02  80",
        "Max Frame Size accepted by PICC: 64 bytes",
        "* MIFARE DESFire EV1 2K/4K/8K",
    ]:
        check(wanted in said, f"no {wanted!r} in {said}")
    return "a DESFire card where there is one"


def tools(bench):
    """Each mifare-desfire tool that the package has does what it is for."""
    package = bench.said("dpkg", "-L", "libfreefare-bin")
    there = set(re.findall(r"/bin/(mifare-desfire-\S+)", package))
    card = bench.card("ev1-8k")
    uid = card.uid.lower()
    used = set()

    def does(tool, *arguments, wanted=()):
        used.add(tool)
        said = bench.said(tool, *arguments)
        for text in wanted:
            check(text in said, f"{tool}: no {text!r} in {said}")
        return said

    def applications():
        return bench.said(bench.program, "applications").split()

    does("mifare-desfire-info", wanted=[
        f"UID:                      0x{uid}", "Storage size:         0x1a (=8192 bytes)",
        "Version:              1.4", "Master Key settings (0x0f)", "Free memory: 7936 bytes",
        "Use random UID: no",
    ])
    # It makes an application with files of different rights, and looks whether they hold.
    does("mifare-desfire-access")
    does("mifare-desfire-format", "-y", wanted=[f"with UID {uid}"])
    check(applications() == [], "applications on a card that was formatted")
    does("mifare-desfire-create-ndef", "-y", wanted=[f"with UID {uid} and software v1.4"])
    check(len(applications()) == 1, "no application for NDEF")
    message, back = (os.path.join(bench.directory, name) for name in ("message", "back"))
    payload = bytes(value * 7 & 0xFF for value in range(300))
    with open(message, "wb") as file:
        file.write(payload)
    does("mifare-desfire-write-ndef", "-y", "-i", message, wanted=["NDEF file is 302 bytes long"])
    does("mifare-desfire-read-ndef", "-y", "-o", back, wanted=["NDEF size: 300 bytes"])
    with open(back, "rb") as file:
        check(file.read() == payload, "another message than was written")
    does("mifare-desfire-format", "-y")
    # The key of new applications: the tool makes some, and authenticates with it.
    does("mifare-desfire-ev1-configure-default-key", "-y", wanted=[f"with UID {uid}"])
    # The ATS: another one by the library, then that of the factory by the tool.
    bench.said(bench.program, "ats", "0875778102414243")
    check("ATS: 75  77  81  02  41  42  43" in bench.said("nfc-list"), "the ATS is as before")
    does("mifare-desfire-ev1-configure-ats", "-y", wanted=[f"with UID {uid}"])
    check("ATS: 75  77  81  02  80" in bench.said("nfc-list"), "the ATS is not the factory's")
    # Last, as it cannot be undone.
    does("mifare-desfire-ev1-configure-random-uid", "-y", wanted=[f"with UID {uid}"])
    card.remove()
    card.insert(bench.chip.port)
    # libnfc calls a UID the third kind of number only where it begins with 08.
    check("UID (NFCID1): 80" in bench.said("nfc-list"), "no random UID")
    card.remove()
    check(used == there and len(used) > 7, f"not tried: {there - used}; not there: {used - there}")
    return f"{len(used)} of them"


def kinds(bench):
    """Every kind of key and file through libfreefare; a D40 card has DES keys only."""
    done = 0
    for model, some in [("d40-4k", KINDS[:2]), ("ev1-8k", KINDS), ("ev2-8k", KINDS), ("ev3-8k", KINDS)]:
        for kind in some:
            card = bench.card(model)
            said = bench.said(bench.program, kind)
            card.remove()
            check(said.startswith(f"{kind}: keys changed, 5 kinds of file"), said)
            done += 1
    return f"{done} pairs of card and kind of key, 5 kinds of file each, in 3 modes"


def encoded(bench):
    """What `encode --reader` made is read by libfreefare."""
    service = Service(os.path.join(bench.directory, "pcscd"), 2, 15400)
    try:
        reader = service.readers[0]
        card = Card(bench.directory, "ev1-4k")
        card.insert(reader["port"])
        ran = service.run(
            "encode", "--reader", reader["name"], "--once", "--wait", "20",
            "--profile", CAMPUS, "--records", CAMPUS_RECORDS, "--keys", KEYS,
        )
        check(ran.returncode == 0, ran.stderr)
        card.remove()
    finally:
        service.end()
    card.insert(bench.chip.port)
    said = bench.said("mifare-desfire-info")
    check(f"0x{card.uid.lower()}" in said and "Storage size:         0x18 (=4096 bytes)" in said, said)
    told = bench.said(bench.program, "applications").split()
    card.remove()
    check(sorted(told) == ["F5C001", "F5C002"], f"{told}")
    return "version and applications F5C001, F5C002 of a card that encode made"


def main():
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(directory)
        try:
            for test in [listed, tools, kinds, encoded]:
                print(f"{test.__name__}: {test(bench)}", flush=True)
            check(NEEDED <= bench.chip.seen, f"seen only {bench.chip.seen}")
        finally:
            bench.chip.end()


if __name__ == "__main__":
    sys.exit(main())
