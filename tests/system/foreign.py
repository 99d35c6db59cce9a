#!/usr/bin/python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""PC/SC programs that know nothing of this project, on software cards: OpenSC's and pcsc-tools'
commands, a DESFire reader in pyscard with its own cryptography, one that makes the MACs of transactions
again, a phone as the NFC Forum specifies one, and boltlib, which reads and writes NTAG 424 DNA tags."""
import json
import os
import re
import subprocess
import sys
import tempfile
import zlib

from Cryptodome.Cipher import AES
from Cryptodome.Hash import CMAC

import transaction
from station import HERE, KEYS, ROOT, Card, Service, check, until

CAMPUS = os.path.join(ROOT, "examples/data/profiles/campus.toml")
CAMPUS_RECORDS = os.path.join(ROOT, "examples/data/campus-records.jsonl")
SUN = os.path.join(ROOT, "examples/data/profiles/sun.toml")
SUN_RECORDS = os.path.join(ROOT, "examples/data/sun-records.csv")


def tool(service, *command, timeout=30):
    ran = subprocess.run(
        command, env=service.environment, capture_output=True, text=True, timeout=timeout, check=False
    )
    return ran.stdout + ran.stderr


def away(card, reader):
    """Takes a card out of the field, and waits until the service has seen it go: a program that comes before that
    wakes a card that is no more, and the reader stays deaf to the next one."""
    from smartcard import scard  # only now: it connects to the service when it is loaded

    card.remove()
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)

    def empty():
        _, [(_, state, _)] = scard.SCardGetStatusChange(context, 0, [(reader["name"], scard.SCARD_STATE_UNAWARE)])
        return state & scard.SCARD_STATE_EMPTY

    until(empty, 20, "the service sees that the card is gone")
    scard.SCardReleaseContext(context)


def index(service, reader):
    """OpenSC counts readers in its own order."""
    for line in tool(service, "opensc-tool", "-l").splitlines():
        if line.endswith(reader["name"]):
            return line.split()[0]
    raise AssertionError("OpenSC does not list the reader")


def opensc(service, directory):
    """OpenSC reads version and applications of a card that `encode --reader` made."""
    reader = service.readers[0]
    card = Card(directory, "ev1-4k")
    card.insert(reader["port"])
    ran = service.run(
        "encode", "--reader", reader["name"], "--once", "--wait", "20",
        "--profile", CAMPUS, "--records", CAMPUS_RECORDS, "--keys", KEYS,
    )
    check(ran.returncode == 0, ran.stderr)
    number = index(service, reader)
    said = tool(service, "opensc-tool", "-r", number, "-s", "90:60:00:00:00", "-s", "90:AF:00:00:00",
                "-s", "90:AF:00:00:00", "-s", "90:6A:00:00:00")
    away(card, reader)
    for wanted in ["04 01 01 01 00 18 05", "04 01 01 01 04 18 05", "01 C0 F5 02 C0 F5"]:
        check(wanted in said, f"no {wanted} in {said}")
    check(said.count("SW2=0xAF") == 2 and said.count("SW2=0x00") == 2, said)
    return "version and applications F5C001, F5C002 of a card that encode made"


def scan(service, directory):
    reader = service.readers[1]
    card = Card(directory)
    card.insert(reader["port"])
    said = tool(service, "timeout", "5", "pcsc_scan", "-n")
    away(card, reader)
    said = re.sub(r"\x1b\[[0-9;]*m", "", said)
    check("3B 81 80 01 80 80" in said, said)
    return "the answer to reset 3B 81 80 01 80 80"


class Host:
    """EV1 messaging under an AES key, as the published conversations have it."""

    def __init__(self, connection):
        self.connection, self.key, self.iv = connection, None, bytes(16)

    def raw(self, ins, data=b""):
        command = [0x90, ins, 0, 0] + ([len(data), *data] if data else []) + [0]
        reply, sw1, sw2 = self.connection.transmit(command)
        assert sw1 == 0x91, f"{ins:02X}: {sw1:02X}{sw2:02X}"
        return bytes(reply), sw2

    def plain(self, ins, data=b""):
        reply, status = self.raw(ins, data)
        assert status == 0, f"{ins:02X}: {status:02X}"
        return reply

    def authenticate(self, number, key):
        challenge, status = self.raw(0xAA, bytes([number]))
        assert status == 0xAF
        rnd_b = AES.new(key, AES.MODE_CBC, bytes(16)).decrypt(challenge)
        rnd_a = os.urandom(16)
        token = AES.new(key, AES.MODE_CBC, challenge).encrypt(rnd_a + rnd_b[1:] + rnd_b[:1])
        proof = AES.new(key, AES.MODE_CBC, token[16:]).decrypt(self.plain(0xAF, token))
        assert proof == rnd_a[1:] + rnd_a[:1], "the card does not know the key"
        self.key = rnd_a[:4] + rnd_b[:4] + rnd_a[12:] + rnd_b[12:]
        self.iv = bytes(16)

    def mac(self, message):
        """CMAC whose chain goes on from the last one."""
        zero = AES.new(self.key, AES.MODE_ECB).encrypt(bytes(16))

        def double(block):
            number = int.from_bytes(block, "big") << 1
            return ((number ^ 0x87 if number >> 128 else number) & (1 << 128) - 1).to_bytes(16, "big")

        subkey = double(zero)
        if not message or len(message) % 16:
            subkey = double(subkey)
            message += b"\x80"
            message += bytes(-len(message) % 16)
        last = bytes(a ^ b for a, b in zip(message[-16:], subkey))
        self.iv = AES.new(self.key, AES.MODE_CBC, self.iv).encrypt(message[:-16] + last)[-16:]
        return self.iv

    def maced(self, ins, data=b""):
        self.mac(bytes([ins]) + data)
        reply = self.plain(ins, data)
        assert reply[-8:] == self.mac(reply[:-8] + b"\0")[:8], f"the MAC of {ins:02X}"
        return reply[:-8]

    def write(self, header, data):
        crc = zlib.crc32(b"\x3D" + header + data) ^ 0xFFFFFFFF
        message = data + crc.to_bytes(4, "little")
        message += bytes(-len(message) % 16)
        sent = AES.new(self.key, AES.MODE_CBC, self.iv).encrypt(message)
        self.iv = sent[-16:]
        reply = self.plain(0x3D, header + sent)
        assert reply == self.mac(b"\0")[:8], "the MAC of the write"

    def read(self, header, length):
        self.mac(b"\xBD" + header)
        reply = self.plain(0xBD, header)
        plain = AES.new(self.key, AES.MODE_CBC, self.iv).decrypt(reply)
        self.iv = reply[-16:]
        crc = zlib.crc32(plain[:length] + b"\0") ^ 0xFFFFFFFF
        assert plain[length : length + 4] == crc.to_bytes(4, "little"), "the checksum of the data"
        return plain[:length]


def pyscard(service, directory):
    """Creates an application and a file, writes and reads it enciphered."""
    from smartcard.System import readers  # only now: it connects to the service when it is loaded

    # The cipher library's own CMAC holds this program's.
    host = Host(None)
    host.key, host.iv = bytes(range(16)), bytes(16)
    for message in [b"", b"message", bytes(16), bytes(40)]:
        host.iv = bytes(16)
        check(host.mac(message) == CMAC.new(host.key, message, AES).digest(), "the CMAC")
    count = 0
    for place, model in zip(service.readers[2:4], ["ev1-8k", "ev2-4k"]):
        card = Card(directory, model)
        card.insert(place["port"])
        named = [reader for reader in readers() if str(reader) == place["name"]]
        connection = named[0].createConnection()
        until(lambda: connect(connection), 20, "the card is there")
        host = Host(connection)
        host.plain(0xCA, bytes.fromhex("0102F50F83"))
        host.plain(0x5A, bytes.fromhex("0102F5"))
        host.authenticate(2, bytes(16))
        host.authenticate(0, bytes(16))
        check(host.maced(0x64, b"\x01") == b"\0", "the version of key 1")
        check(host.maced(0xCD, bytes.fromhex("0503000040 0000".replace(" ", ""))) == b"", "the file")
        check(host.maced(0x6F) == b"\x05", "the list of files")
        for length in [1, 12, 16, 28]:
            data = os.urandom(length)
            header = bytes([5, 0, 0, 0, length, 0, 0])
            host.write(header, data)
            check(host.read(header, length) == data, f"{length} bytes")
            count += 1
        connection.disconnect()
        away(card, place)
    return f"{count} files written and read under two keys"


def made(service, directory, reader):
    """A tag that `encode --reader` made, for the first record."""
    card = Card(directory, "ntag424")
    card.insert(reader["port"])
    ran = service.run(
        "encode", "--reader", reader["name"], "--once", "--wait", "20",
        "--profile", SUN, "--records", SUN_RECORDS, "--keys", KEYS,
    )
    check(ran.returncode == 0, ran.stderr)
    return card


def judged(service, directory, address):
    """What `sdm verify` says to an address."""
    return service.run(
        "sdm", "verify", address, "--profile", SUN, "--keys", KEYS,
        "--counters", os.path.join(directory, "counters"),
    )


def scanned(service, reader):
    """The message that a phone reads, or nothing as long as the reader has not seen a new card."""
    said = tool(service, sys.executable, os.path.join(HERE, "phone.py"), reader["name"]).strip()
    if said.endswith("Card is unpowered.") or "No smart card inserted" in said:
        return None
    check(re.fullmatch("[0-9A-F]+", said), said)
    return bytes.fromhex(said)


def phone(service, directory):
    """Two readings of a tag are two addresses, which the server takes once each."""
    reader = service.readers[0]
    card = made(service, directory, reader)
    seen = set()
    for _ in range(2):
        message = until(lambda: scanned(service, reader), 20, "the reader sees the tag")
        # One record: a URI that begins with https://
        check(message[:5] == bytes([0xD1, 1, len(message) - 4, 0x55, 4]), message.hex())
        address = "https://" + message[5:].decode("ascii")
        check(address.startswith("https://example.com/t/00101?e="), address)
        seen.add(address)
        ran = judged(service, directory, address)
        check(ran.returncode == 0, ran.stderr)
        ran = judged(service, directory, address)
        check(ran.returncode == 1, f"taken twice: {ran.stdout}")
        # In the field anew, as for a phone that comes back.
        away(card, reader)
        card.insert(reader["port"])
    check(len(seen) == 2, f"{seen}")
    number = index(service, reader)
    said = tool(service, "opensc-tool", "--wait", "-r", number, "-s", "FF:CA:00:00:00")
    away(card, reader)
    check(" ".join(re.findall("..", card.uid)) in said, f"no {card.uid} in {said}")
    return "two addresses of a tag that encode made, each taken once"


def bolt(service, directory):
    """What boltlib reads of a tag that encode made, and writes onto a blank one."""
    place = os.path.join(ROOT, "target/boltlib")
    boltcard = os.path.join(place, "bin/boltcard")
    if not os.path.exists(boltcard):
        python = [os.path.join(place, "bin/python"), "-m", "pip", "--quiet", "install"]
        subprocess.run([sys.executable, "-m", "venv", "--system-site-packages", place], check=True)
        subprocess.run([*python, "-r", os.path.join(HERE, "boltlib.txt")], check=True)
    reader = service.readers[0]

    def told(*arguments):
        return tool(service, boltcard, "--silent", *arguments).strip()

    card = made(service, directory, reader)
    seen = json.loads(told("read"))
    away(card, reader)
    check(seen["uid"] == card.uid, f"{seen}")
    ran = judged(service, directory, seen["uri"])
    check(ran.returncode == 0, f"{seen}: {ran.stderr}")
    blank = Card(directory, "ntag424tt")
    blank.insert(reader["port"])
    written = "https://example.com/written"
    said = told("write", written)
    check("Success" in said, said)
    seen = json.loads(told("read"))
    away(blank, reader)
    check(seen == {"uid": blank.uid, "uri": written}, f"{seen}")
    return "a tag that encode made read, a blank one written"


COUNTS = f"""use = "test"
receipt = "3512226608DBD9E44724B9B6B40C438BE8E3B98D861FEF7735CE34A6F1BC17C9"

[[key]]
name = "counts"
type = "aes128"
version = 0
value = "{'00' * 16}"
"""


def transactions(service, directory):
    """`transaction verify` agrees with a script about every MAC of a card, and on what is missing."""
    reader = service.readers[0]
    card = Card(directory, "light")
    card.insert(reader["port"])
    from smartcard.System import readers

    [named] = [one for one in readers() if str(one) == reader["name"]]
    connection = named.createConnection()
    until(lambda: connect(connection), 20, "the card is there")
    host = transaction.Host(connection)
    host.select(transaction.LIGHT)
    uid, names = bytes.fromhex(card.uid), [os.urandom(16) for _ in range(4)]
    made = [transaction.credited(host, uid, name, 1000 + at) for at, name in enumerate(names)]
    connection.disconnect()
    away(card, reader)
    check([before for _, before in made] == [bytes(16), *names[:3]], "the readers before")
    keys = os.path.join(directory, "counts.toml")
    with open(keys, "w", encoding="ascii", opener=lambda path, how: os.open(path, how, 0o600)) as file:
        file.write(COUNTS)

    def told(*reports):
        path = os.path.join(directory, "reports")
        with open(path, "w", encoding="ascii") as file:
            file.writelines(json.dumps(report) + "\n" for report in reports)
        ran = service.run(
            "transaction", "verify", path, "--keys", keys, "--key", "counts", "--json",
            "--cards", os.path.join(directory, "cards"),
        )
        check(ran.returncode in [0, 1], ran.stderr)
        return ran.returncode, [json.loads(line) for line in ran.stdout.splitlines()]

    first, second, _, fourth = [report for report, _ in made]
    status, judged = told(first, second)
    check((status, [one["verdict"] for one in judged])
          == (0, ["verified, the first that is known", "verified"]), f"{judged}")
    check(bytes.fromhex(judged[1]["previous_reader"]) == names[0], f"{judged}")
    status, [judged] = told(second)
    check((status, judged["why"]) == (1, "transaction 2 was reported before"), f"{judged}")
    for at in range(8):
        mac = bytearray.fromhex(fourth["mac"])
        mac[at] ^= 1
        status, [judged] = told({**fourth, "mac": mac.hex()})
        check((status, judged["verdict"]) == (1, "refused"), f"{judged}")
    status, [judged] = told(fourth)
    check((status, judged["missing"]) == (1, 1), f"{judged}")
    return "four transactions, eight changed bytes, one that was not reported"


def connect(connection):
    from smartcard.Exceptions import CardConnectionException, NoCardException

    try:
        connection.connect()
        return True
    except (CardConnectionException, NoCardException):
        return False


def main():
    with tempfile.TemporaryDirectory() as directory:
        service = Service(os.path.join(directory, "pcscd"), 4, 15300)
        os.environ["PCSCLITE_CSOCK_NAME"] = service.socket
        try:
            tests = [opensc, scan, pyscard, transactions, phone, bolt]
            wanted = sys.argv[1:] or [test.__name__ for test in tests]
            for test in [test for test in tests if test.__name__ in wanted]:
                place = os.path.join(directory, test.__name__)
                os.mkdir(place)
                print(f"{test.__name__}: {test(service, place)}", flush=True)
        finally:
            service.end()


if __name__ == "__main__":
    sys.exit(main())
