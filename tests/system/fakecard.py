#!/usr/bin/python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Cards in a virtual reader that no program of this project plays: one that answers what a file says a
real card answered, and one that stands in front of a software card and changes what it likes.

    fakecard.py SPEC.json PORT      puts a card into the virtual reader that listens at this port

The file is a JSON object:

| "atr"              | answer to reset, hexadecimal as everything below                              |
| "uid"              | what the reader says to FF CA 00 00 00, or {"sw": status}                     |
| "ats"              | what it says to FF CA 01 00 00; null: 6A81                                    |
| "version"          | the three parts of GetVersion, or {"sw": status}                              |
| "picc"             | native commands at card level: instruction and parameters, or the instruction |
|                    | alone, to data and status byte, or to a list of them for a chain, or {"sw"}   |
| "apps"             | the same for each application, by its AID as it is sent                       |
| "refuse5a"         | true: SelectApplication is no command of this card (911C)                     |
| "iso"              | whole APDUs to whole answers                                                  |
| "otherwise"        | the answer to any other native command                                        |
"""
import json
import socket
import struct
import sys
import threading
import time

QUICKACK = getattr(socket, "TCP_QUICKACK", 12)


def octets(text):
    return bytes.fromhex(text.replace(" ", ""))


class Messages:
    """The vpcd protocol on a connection: two bytes of length, and as many bytes."""

    def __init__(self, connection):
        self.connection = connection
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def receive(self):
        """The next message, or nothing where the connection has ended."""
        length = self.exactly(2)
        return None if length is None else self.exactly(struct.unpack(">H", length)[0])

    def exactly(self, count):
        taken = b""
        while len(taken) < count:
            # The driver sends length and bytes apart, and the second waits for the first's
            # acknowledgement.
            self.connection.setsockopt(socket.IPPROTO_TCP, QUICKACK, 1)
            part = self.connection.recv(count - len(taken))
            if not part:
                return None
            taken += part
        return taken

    def send(self, message):
        self.connection.sendall(struct.pack(">H", len(message)) + message)


def connected(port, seconds=20):
    """A connection to a reader, which may still have the last card."""
    end = time.monotonic() + seconds
    while True:
        try:
            return Messages(socket.create_connection(("127.0.0.1", port)))
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


class Slot(threading.Thread):
    """A card in the reader at a port until it is removed. `exchanges` has its commands and answers."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.exchanges = []
        self.reader = connected(port)
        self.start()

    def run(self):
        try:
            while (message := self.reader.receive()) is not None:
                answer = self.controlled(message) if len(message) == 1 else self.asked(message)
                if answer is not None:
                    self.reader.send(answer)
        except OSError:
            pass

    def asked(self, command):
        answer = self.answer(command)
        self.exchanges.append((command.hex().upper(), answer.hex().upper()))
        return answer

    def controlled(self, message):
        raise NotImplementedError

    def answer(self, command):
        raise NotImplementedError

    def commands(self):
        """What went to the card: not what a reader answers itself."""
        return [command for command, _ in self.exchanges if not command.startswith("FF")]

    def remove(self):
        try:
            self.reader.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.join(10)
        self.reader.connection.close()


class FakeCard(Slot):
    """A card that answers what its file says."""

    def __init__(self, spec, port):
        self.spec = spec
        self.selected, self.chain = None, []
        super().__init__(port)

    def controlled(self, message):
        if message[0] in (0, 1, 2):
            self.selected, self.chain = None, []
        return octets(self.spec["atr"]) if message[0] == 4 else None

    def answer(self, command):
        whole = command.hex().upper()
        if whole in self.spec.get("iso", {}):
            return octets(self.spec["iso"][whole])
        if command[:2] == b"\xff\xca":
            return self.of_the_reader("uid" if command[2] == 0 else "ats")
        if command[0] == 0x90:
            return self.native(command[1], command[5:5 + command[4]] if len(command) > 5 else b"")
        return octets(self.spec.get("iso_otherwise", "6A82"))

    def of_the_reader(self, what):
        told = self.spec.get(what)
        if isinstance(told, dict):
            return octets(told["sw"])
        return octets(told + "9000") if told else octets("6A81")

    def native(self, instruction, parameters):
        if instruction == 0xAF and self.chain:
            return self.link()
        self.chain = []
        if instruction == 0x5A:
            return self.select(parameters.hex().upper())
        if instruction == 0x60:
            told = self.spec["version"]
            if not isinstance(told, dict):
                return self.chained([part + "00" for part in told])
            return octets(told["sw"])
        level = self.spec["picc"] if self.selected is None else self.spec["apps"][self.selected]
        name = f"{instruction:02X}"
        told = level.get(name + parameters.hex().upper(), level.get(name))
        if told is None:
            return octets(self.spec.get("otherwise", "911C"))
        if isinstance(told, dict):
            return octets(told["sw"])
        if isinstance(told, list):
            return self.chained(told)
        data = octets(told)
        return data[:-1] + b"\x91" + data[-1:]

    def select(self, aid):
        if self.spec.get("refuse5a"):
            return octets("911C")
        if aid != "000000" and aid not in self.spec["apps"]:
            return octets("91A0")
        self.selected = None if aid == "000000" else aid
        return octets("9100")

    def chained(self, parts):
        self.chain = [octets(part) for part in parts]
        return self.link()

    def link(self):
        part = self.chain.pop(0)
        return part[:-1] + (b"\x91\xaf" if self.chain else b"\x91" + part[-1:])


class Between(Slot):
    """Stands between a reader and a software card. `change(command, ask)` gives the answer to a command;
    `ask` is the card. `powered(ask)` is what happens whenever the card is powered."""

    def __init__(self, port, card, change=None, powered=None):
        self.change, self.powered = change, powered
        self.card = card
        with socket.create_server(("127.0.0.1", 0)) as listener:
            card.insert(listener.getsockname()[1])
            self.inner = Messages(listener.accept()[0])
        super().__init__(port)

    def ask(self, command):
        self.inner.send(command)
        answer = self.inner.receive()
        if answer is None:
            raise OSError("the card is gone")
        return answer

    def controlled(self, message):
        if message[0] == 4:
            return self.ask(message)
        self.inner.send(message)
        if message[0] in (1, 2) and self.powered is not None:
            self.powered(self.ask)
        return None

    def answer(self, command):
        return self.ask(command) if self.change is None else self.change(command, self.ask)

    def remove(self):
        super().remove()
        self.inner.connection.close()
        self.card.remove()


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = json.load(file)
    card = FakeCard(spec, int(sys.argv[2]))
    try:
        card.join()
    except KeyboardInterrupt:
        card.remove()


if __name__ == "__main__":
    main()
