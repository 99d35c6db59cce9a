# SPDX-License-Identifier: MIT OR Apache-2.0
"""Transactions with a card that makes a MAC over each, by a host that knows nothing of this project: EV2
messaging and the MAC as MF2DL(H)x0 and AN12343 describe them."""
import os

from Cryptodome.Cipher import AES
from Cryptodome.Hash import CMAC

LIGHT = bytes.fromhex("A00000039656434103F015400000000B")


def turned(data):
    return data[1:] + data[:1]


def cbc(key, iv=bytes(16)):
    return AES.new(key, AES.MODE_CBC, iv)


def cmac(key, message):
    return CMAC.new(key, message, AES).digest()


def padded(data):
    return data + b"\x80" + bytes(-(len(data) + 1) % 16)


class Host:
    """A session in EV2 messaging."""

    def __init__(self, connection):
        self.connection = connection

    def raw(self, ins, data=b""):
        reply, sw1, sw2 = self.connection.transmit([0x90, ins, 0, 0, *([len(data), *data] if data else []), 0])
        assert sw1 == 0x91, f"{ins:02X}: {sw1:02X}{sw2:02X}"
        return bytes(reply), sw2

    def select(self, name):
        _, *status = self.connection.transmit([0x00, 0xA4, 0x04, 0x0C, len(name), *name, 0])
        assert status == [0x90, 0x00], bytes(status).hex()

    def authenticate(self, number, key, first):
        challenge, status = self.raw(0x71 if first else 0x77, bytes([number, 0] if first else [number]))
        assert status == 0xAF, f"{status:02X}"
        rnd_b, rnd_a = cbc(key).decrypt(challenge), os.urandom(16)
        reply, status = self.raw(0xAF, cbc(key).encrypt(rnd_a + turned(rnd_b)))
        assert status == 0, f"{status:02X}"
        reply = cbc(key).decrypt(reply)
        if first:
            self.identifier, self.counter, reply = reply[:4], 0, reply[4:]
        assert reply[:16] == turned(rnd_a), "the card does not know the key"
        mixed = bytes(a ^ b for a, b in zip(rnd_a[2:8], rnd_b[:6]))
        context = rnd_a[:2] + mixed + rnd_b[6:] + rnd_a[8:]
        self.enc = cmac(key, bytes.fromhex("A55A00010080") + context)
        self.mac = cmac(key, bytes.fromhex("5AA500010080") + context)

    def vector(self, label):
        block = label + self.identifier + self.counter.to_bytes(2, "little") + bytes(8)
        return AES.new(self.enc, AES.MODE_ECB).encrypt(block)

    def maced(self, code, data):
        message = bytes([code]) + self.counter.to_bytes(2, "little") + self.identifier + data
        return cmac(self.mac, message)[1::2]

    def command(self, ins, header=b"", data=b""):
        """Header in clear, data enciphered, a MAC behind them; the answer has a MAC."""
        if data:
            data = cbc(self.enc, self.vector(b"\xA5\x5A")).encrypt(padded(data))
        reply, status = self.raw(ins, header + data + self.maced(ins, header + data))
        assert status == 0, f"{ins:02X}: {status:02X}"
        self.counter += 1
        assert reply[-8:] == self.maced(0, reply[:-8]), f"the MAC of {ins:02X}"
        return reply[:-8]


def credited(host, uid, reader, amount, key=bytes(16)):
    """Raises the value of file 3 under a reader's name; the report of it, its MAC made here."""
    host.authenticate(3, bytes(16), first=True)
    host.command(0x0C, bytes([3]), amount.to_bytes(4, "little"))
    host.authenticate(1, bytes(16), first=False)
    told = host.command(0xC8, reader)
    committed = host.command(0xC7, b"\x01")
    counter, mac = committed[:4], committed[4:]
    done = bytes([0x0C, 3]) + amount.to_bytes(4, "little") + bytes(10)
    done += b"\xC8" + reader + told
    done += bytes(-len(done) % 16)
    label = bytes.fromhex("00010080") + counter + uid
    assert cmac(cmac(key, b"\x5A" + label), done)[1::2] == mac, "the MAC of the transaction"
    before = cbc(cmac(key, b"\xA5" + label)).decrypt(told)
    operations = [
        {"op": "credit", "file": 3, "amount": amount},
        {"op": "commit-reader-id", "reader": reader.hex(), "previous": told.hex()},
    ]
    report = {"uid": uid.hex(), "counter": int.from_bytes(counter, "little"), "mac": mac.hex()}
    return {**report, "operations": operations}, before
