# SPDX-License-Identifier: MIT OR Apache-2.0
"""What the system tests share: a private pcscd, cards in its readers, and runs of `encode`."""
import itertools
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback

import contract

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAMS = os.environ.get("PROGRAMS", os.path.join(ROOT, "target/release/examples"))
HERE = os.path.dirname(os.path.abspath(__file__))


class Failed(Exception):
    """A check that did not hold."""


def check(holds, what):
    if not holds:
        raise Failed(what)


def program(name, *arguments):
    return [os.path.join(PROGRAMS, name), *map(str, arguments)]


def until(condition, seconds, what):
    """Waits until a condition holds, and gives what it gave."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        check(time.monotonic() < end, f"not in {seconds} s: {what}")
        time.sleep(0.005)


class Service:
    """A private pcscd with virtual readers."""

    def __init__(self, directory, readers, base, names=()):
        os.mkdir(directory)
        program = [sys.executable, os.path.join(HERE, "pcscd.py"), directory]
        self.child = subprocess.Popen(
            [*program, str(readers), str(base), *names],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        told = json.loads(self.child.stdout.readline())
        self.socket, self.readers = told["socket"], told["readers"]
        self.environment = {**os.environ, "PCSCLITE_CSOCK_NAME": self.socket}
        until(lambda: len(self.listed()) >= readers, 20, "the readers are listed")

    def listed(self):
        ran = self.run("readers")
        return ran.stdout.splitlines() if ran.returncode == 0 else []

    def run(self, name, *arguments, timeout=60):
        return subprocess.run(
            program(name, *arguments),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def command(self, line):
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()
        self.child.stdout.readline()

    def end(self):
        self.child.stdin.close()
        self.child.wait(10)
        self.child.stdout.close()


class Card:
    """A software card, which stays the same from one insertion to the next."""

    numbers = itertools.count(1)

    def __init__(self, directory, model="ev2-8k", kept=True, atr=None):
        number = next(Card.numbers)
        self.uid = f"04{number:08X}CAFE"
        self.model = model
        self.kept = kept
        self.more = [] if atr is None else ["--atr", atr]
        self.state = os.path.join(directory, f"card{number}.json")
        self.child = None

    def insert(self, port):
        until(lambda: self.try_insert(port), 20, "the reader takes the card")

    def try_insert(self, port):
        new = [] if os.path.exists(self.state) else ["--card", self.model, "--uid", self.uid]
        kept = ["--state", self.state] if self.kept else []
        self.child = subprocess.Popen(
            program("emulate", "--vpcd", f"127.0.0.1:{port}", *kept, *new, *self.more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        if self.child.stdout.readline():
            return True
        self.gone()
        return False

    def remove(self, hard=False):
        """Out of the field: between two commands, or `hard` in the middle of one."""
        if self.child is not None and self.child.poll() is None:
            self.child.send_signal(signal.SIGKILL if hard else signal.SIGTERM)
        self.gone()

    def gone(self):
        if self.child is not None:
            self.child.communicate(timeout=10)
            self.child = None

    def contents(self, profile, keys):
        """What the example `inspect` reads of each file: file number and bytes."""
        ran = subprocess.run(
            program(
                "inspect", "--state", self.state, "--profile", profile, "--keys", keys, "--json"
            ),
            capture_output=True,
            text=True,
            check=False,
        )
        check(ran.returncode == 0, ran.stderr)
        seen = json.loads(ran.stdout)
        check(not contract.odd(seen), f"{contract.odd(seen)}")
        files = [file for app in seen["applications"]["is"] for file in app["files"]["is"]]
        return [file["contents"]["is"]["data"]["hex"] for file in files]


class Mute(threading.Thread):
    """A card that comes, tells its UID, and answers no command until it is taken out."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.connection = until(lambda: self.connect(port), 20, "the reader takes the card")
        self.start()

    @staticmethod
    def connect(port):
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            return None

    def run(self):
        replies = {b"\x04": "3B8180018080", bytes.fromhex("FFCA000000"): "04AABBCCDDEEFF9000"}
        try:
            while True:
                (length,) = struct.unpack(">H", self.connection.recv(2, socket.MSG_WAITALL))
                message = self.connection.recv(length, socket.MSG_WAITALL)
                reply = bytes.fromhex(replies.get(message, "6A81" if message[0] == 0xFF else ""))
                if reply:
                    self.connection.sendall(struct.pack(">H", len(reply)) + reply)
        except (OSError, struct.error):
            pass

    def remove(self):
        self.connection.shutdown(socket.SHUT_RDWR)
        self.join(10)
        self.connection.close()


class Batch:
    """A run of `encode` on readers, with its receipts and read-outs."""

    def __init__(self, service, directory, name, records, readers, *arguments):
        self.receipts_file = os.path.join(directory, f"{name}.receipts")
        self.readout_file = os.path.join(directory, f"{name}.readout")
        self.service, self.records, self.readers = service, records, readers
        self.arguments = arguments
        self.errors = os.path.join(directory, f"{name}.errors")
        self.child = None

    def start(self, environment=None):
        named = [part for reader in self.readers for part in ("--reader", reader["name"])]
        files = ["--receipts", self.receipts_file, "--readout", self.readout_file]
        with open(self.errors, "ab") as errors:
            self.child = subprocess.Popen(
                program("encode", "--records", self.records, *named, *files, *self.arguments),
                env={**(environment or {}), **self.service.environment},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def receipts(self):
        return lines(self.receipts_file)

    def readouts(self):
        return {line["uid"]: line["record"] for line in lines(self.readout_file)}

    def told(self):
        with open(self.errors, encoding="utf-8") as file:
            return file.read()

    def end(self, seconds=60):
        out, _ = self.child.communicate(timeout=seconds)
        wrong = list(contract.faults(self.receipts()))
        check(not wrong, f"receipts that do not fit their schema: {wrong[:3]}")
        return self.child.returncode, out

    def running(self):
        return self.child.poll() is None


def lines(path):
    """The whole lines of a file that grows. It is read once: of a line that is seen half, the rest would pass for
    the next one."""
    try:
        with open(path, encoding="utf-8") as file:
            whole, _, _ = file.read().rpartition("\n")
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in whole.splitlines()]


def door_records(directory, count):
    """So many records of the door profile: id, facility, number, issue, valid until, site."""
    path = os.path.join(directory, f"records{count}.csv")
    with open(path, "w", encoding="ascii") as file:
        file.write("id,facility,number,issue,valid_until,site\n")
        for number in range(count):
            file.write(f"r{number:03},7,{number + 1000},1,20281231,Test\n")
    return path


def number_of(record):
    """The number in the door record of this name."""
    return int(record[1:]) + 1000


PROFILE = os.path.join(ROOT, "examples/data/profiles/door.toml")
KEYS = os.path.join(ROOT, "examples/data/test-keys.toml")


def holds(card, record):
    """Whether a door card holds this record: its number is in bytes 4 to 7 of file 0."""
    badge = card.contents(PROFILE, KEYS)[0]
    return int(badge[8:16], 16) == number_of(record)


def seeded():
    """The same pulls and tears in every run."""
    return random.Random(20)


def on_four_readers(tests, port):
    """Runs the tests named on the command line, or all, on four readers, and exits. The port is below those that
    the system hands to clients, of which each card that is put on is one: else one of them may have it."""
    named = {test.__name__: test for test in tests}
    unknown = [name for name in sys.argv[1:] if name not in named]
    if unknown:
        sys.exit(f"no such test: {', '.join(unknown)}; there are {', '.join(named)}")
    chosen = [named[name] for name in sys.argv[1:]] or tests
    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        service = Service(os.path.join(directory, "pcscd"), 4, port)
        try:
            for test in chosen:
                place = os.path.join(directory, test.__name__)
                os.mkdir(place)
                try:
                    print(f"{test.__name__}: {test(service, place)}", flush=True)
                except Exception:  # pylint: disable=broad-except
                    failed += 1
                    traceback.print_exc()
                    for name in os.listdir(place):
                        if name.endswith(".errors"):
                            with open(os.path.join(place, name), encoding="utf-8") as file:
                                print(file.read()[-2000:], file=sys.stderr)
                    print(f"{test.__name__}: FAILED", flush=True)
        finally:
            service.end()
    sys.exit(1 if failed else 0)
