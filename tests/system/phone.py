#!/usr/bin/python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Reads the NDEF message of a tag as a phone does, knowing nothing but the NFC Forum's Type 4 Tag
specification, and prints it in hexadecimal digits: phone.py READER"""
import sys

from smartcard.System import readers


def send(card, header, data=b"", expected=None):
    tail = [len(data), *data] if data else []
    reply, *status = card.transmit([*header, *tail, *([] if expected is None else [expected % 256])])
    assert status == [0x90, 0x00], f"{bytes(header).hex()}: {bytes(status).hex()}"
    return bytes(reply)


def message(card):
    send(card, [0x00, 0xA4, 0x04, 0x00], bytes.fromhex("D2760000850101"), 0)
    send(card, [0x00, 0xA4, 0x00, 0x0C], bytes.fromhex("E103"))
    container = send(card, [0x00, 0xB0, 0x00, 0x00], expected=15)
    assert container[2] >> 4 == 2, "version 2 of the mapping"
    most = int.from_bytes(container[3:5], "big")
    kind, length, file, room, reads, _ = (
        container[7], container[8], container[9:11], container[11:13], container[13], container[14],
    )
    assert (kind, length, reads) == (4, 6, 0), "an NDEF file that anybody reads"
    send(card, [0x00, 0xA4, 0x00, 0x0C], file)
    length = int.from_bytes(send(card, [0x00, 0xB0, 0x00, 0x00], expected=2), "big")
    assert length <= int.from_bytes(room, "big") - 2, "a message that fits its file"
    read = b""
    while len(read) < length:
        at = len(read) + 2
        read += send(card, [0x00, 0xB0, at >> 8, at & 0xFF], expected=min(length - len(read), most, 256))
    return read


if __name__ == "__main__":
    [reader] = [reader for reader in readers() if str(reader) == sys.argv[1]]
    connection = reader.createConnection()
    connection.connect()
    print(message(connection).hex().upper())
