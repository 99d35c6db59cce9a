# SPDX-License-Identifier: MIT OR Apache-2.0
"""A PN532 on a pseudo-terminal, as libnfc's driver pn532_uart knows it: it passes APDUs on to the
software card that `emulate --vpcd` put into it.

Frames and commands are those of NXP's UM0701-02 (PN532 user manual), sections 6.2.1 and 7. The card
comes over TCP, the reader's side of the vpcd protocol: two bytes of length, then a message.
"""
import os
import pty
import select
import socket
import struct
import threading
import tty

START = b"\x00\xff"
ACK = bytes.fromhex("0000FF00FF00")
HOST, CHIP = 0xD4, 0xD5

# Messages of one byte to the card.
POWER_OFF, RESET, GET_ATR = b"\x00", b"\x02", b"\x04"

# What all DESFire cards show: ATQA, SAK, ATS but for its historical bytes, which the card tells.
ATQA, SAK, ATS = bytes.fromhex("0344"), 0x20, bytes.fromhex("75778102")

# States of a target's exchange: done, no answer in time, wrong context for the command.
DONE, NO_ANSWER, NO_TARGET = 0x00, 0x01, 0x27


class Card:
    """The card in the field, at the other end of the connection."""

    def __init__(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(10)
        self.connection = connection

    def send(self, message):
        self.connection.sendall(struct.pack(">H", len(message)) + message)

    def receive(self, count):
        data = b""
        while len(data) < count:
            part = self.connection.recv(count - len(data))
            if not part:
                raise ConnectionError("the card has left")
            data += part
        return data

    def exchange(self, message):
        self.send(message)
        (length,) = struct.unpack(">H", self.receive(2))
        return self.receive(length)

    def told(self, what):
        """A pseudo-APDU of the reader: 0 the UID, 1 the historical bytes of the ATS."""
        reply = self.exchange(bytes([0xFF, 0xCA, what, 0, 0]))
        assert reply[-2:] == b"\x90\x00", reply.hex()
        return reply[:-2]


class Pn532(threading.Thread):
    """The chip: `device` is what libnfc opens, `port` where cards are put in."""

    def __init__(self):
        super().__init__(name="pn532", daemon=True)
        self.chip, self.host = pty.openpty()
        tty.setraw(self.host)
        self.device = "pn532_uart:" + os.ttyname(self.host)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.stopping, self.stopper = os.pipe()
        self.card = None
        self.selected = False
        # Whether the card was talked to since it was powered.
        self.used = False
        # Commands seen, by their codes, for the tests.
        self.seen = set()
        self.trouble = None
        self.start()

    def end(self):
        os.close(self.stopper)
        self.join(10)
        for end in (self.chip, self.host, self.stopping):
            os.close(end)
        self.listener.close()
        if self.trouble is not None:
            raise self.trouble

    def run(self):
        buffer = b""
        try:
            while True:
                ready, _, _ = select.select([self.chip, self.listener, self.stopping], [], [])
                if self.stopping in ready:
                    return
                if self.listener in ready:
                    self.put_in(self.listener.accept()[0])
                if self.chip in ready:
                    buffer = self.frames(buffer + os.read(self.chip, 4096))
        except Exception as error:  # pylint: disable=broad-except
            self.trouble = error
        finally:
            self.take_out()

    def put_in(self, connection):
        self.take_out()
        self.card = Card(connection)
        self.selected = self.used = False

    def take_out(self):
        if self.card is not None:
            self.card.connection.close()
            self.card = None

    def frames(self, buffer):
        """Answers every whole frame, and gives the rest. What stands before a start code is the
        preamble that wakes the chip up."""
        while True:
            start = buffer.find(START)
            if start < 0:
                return buffer[-1:]
            body, rest = split(buffer[start:])
            if body is None:
                return buffer[start:]
            if body:
                assert body[0] == HOST, "a frame to the chip"
                self.write(ACK)
                reply = self.command(body[1], body[2:])
                self.write(framed(bytes([CHIP, body[1] + 1]) + reply))
            buffer = rest

    def write(self, data):
        while data:
            data = data[os.write(self.chip, data) :]

    def command(self, code, data):
        self.seen.add(code)
        if code == 0x00:  # Diagnose: the communication line is echoed, all else is well
            return data if data[:1] == b"\0" else self.attention()
        if code == 0x02:  # GetFirmwareVersion: PN532 1.6, ISO 14443 A, B and ISO 18092
            return bytes.fromhex("32010607")
        if code == 0x06:  # ReadRegister: each address has two bytes
            return bytes(len(data) // 2)
        if code in (0x08, 0x12, 0x14):  # WriteRegister, SetParameters, SAMConfiguration
            return b""
        if code == 0x16:  # PowerDown
            self.field(False)
            return bytes([DONE])
        if code == 0x32:  # RFConfiguration: item 1 switches the field
            if data[0] == 0x01:
                self.field(bool(data[1] & 1))
            return b""
        if code == 0x4A:
            return self.list_targets(data)
        if code == 0x40:
            return self.data_exchange(data[1:])
        if code in (0x44, 0x52):  # InDeselect, InRelease
            self.selected = False
            return bytes([DONE])
        if code == 0x42:  # InCommunicateThru: nothing but this card is in the field
            return bytes([NO_ANSWER])
        raise ValueError(f"a command {code:02X} that this PN532 does not know")

    def attention(self):
        """Diagnose, test 6: whether the selected card still answers."""
        return bytes([DONE if self.selected and self.alive() else NO_ANSWER])

    def alive(self):
        try:
            return bool(self.card) and bool(self.card.exchange(GET_ATR))
        except OSError:
            self.take_out()
            return False

    def field(self, on):
        self.selected = False
        if not on and self.card is not None:
            try:
                self.card.send(POWER_OFF)
            except OSError:
                self.take_out()

    def list_targets(self, data):
        """InListPassiveTarget: one card, of ISO 14443 A only; with a UID only the card that has it."""
        kind, wanted = data[1], data[2:]
        self.selected = False
        if kind != 0 or not self.alive():
            return b"\0"
        # A card that was only deselected keeps its random UID, but none of its sessions.
        if self.used:
            self.card.send(RESET)
            self.used = False
        uid, historical = self.card.told(0), self.card.told(1)
        # A UID of seven bytes is sent in two levels, the first with the cascade tag.
        if wanted and wanted not in (uid, b"\x88" + uid):
            return b"\0"
        self.selected = True
        ats = ATS + historical
        target = ATQA + bytes([SAK, len(uid)]) + uid + bytes([len(ats) + 1]) + ats
        return b"\x01\x01" + target

    def data_exchange(self, apdu):
        if not self.selected or self.card is None:
            return bytes([NO_TARGET])
        self.used = True
        try:
            return bytes([DONE]) + self.card.exchange(apdu)
        except OSError:
            self.take_out()
            return bytes([NO_ANSWER])


def split(frame):
    """What a frame holds, and what follows it; None where it is not whole. An acknowledgement holds
    nothing: the host breaks off what it began, and nothing is under way here."""
    if frame[2:4] in (b"\x00\xff", b"\xff\x00"):
        return b"", frame[4:]
    if len(frame) < 7:
        return None, frame
    if frame[2:4] == b"\xff\xff":
        length, at = frame[4] << 8 | frame[5], 7
        assert sum(frame[4:7]) & 0xFF == 0, "the checksum of a length"
    else:
        length, at = frame[2], 4
        assert sum(frame[2:4]) & 0xFF == 0, "the checksum of a length"
    if len(frame) <= at + length:
        return None, frame
    body = frame[at : at + length]
    assert (sum(body) + frame[at + length]) & 0xFF == 0, "the checksum of a frame"
    return body, frame[at + length + 1 :]


def framed(body):
    """A normal frame, or an extended one where its length needs two bytes."""
    count = len(body)
    if count < 0x100:
        head = bytes([count, -count & 0xFF])
    else:
        head = b"\xff\xff" + bytes([count >> 8, count & 0xFF, -(count >> 8) - count & 0xFF])
    return b"\x00\x00\xff" + head + body + bytes([-sum(body) & 0xFF, 0])
