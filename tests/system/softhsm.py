#!/usr/bin/python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""A token of software, its keys out of a key file, and the server that keeps it in another process.

    softhsm.py KEYS     loads the keys into the token of SOFTHSM2_CONF; a process of its own, since a module
                        reads its configuration once
"""
import os
import signal
import subprocess
import sys
import time
import tomllib

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
CLIENT = "/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so"
SPY = "/usr/lib/x86_64-linux-gnu/pkcs11-spy.so"
LABEL, PIN = "cards", "1234"


class Token:
    """A token whose keys neither show themselves nor leave: those of a file, where one is named."""

    def __init__(self, directory, keys):
        self.directory = directory
        os.makedirs(os.path.join(directory, "tokens"))
        configuration = os.path.join(directory, "softhsm2.conf")
        with open(configuration, "w", encoding="ascii") as file:
            file.write(f"directories.tokendir = {directory}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
        self.pin = os.path.join(directory, "pin")
        with open(self.pin, "w", encoding="ascii", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(PIN + "\n")
        self.environment = {**os.environ, "SOFTHSM2_CONF": configuration}
        made = ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--so-pin", "5678", "--pin", PIN]
        filled = [[sys.executable, os.path.abspath(__file__), keys]] if keys else []
        for command in (made, *filled):
            subprocess.run(command, env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def uri(self, module=MODULE, label=LABEL, pin=None):
        """What `--keys` takes."""
        return f"pkcs11:token={label}?module-path={module}&pin-source=file:{pin or self.pin}&x-use=test"


class Server:
    """The token in a process of its own."""

    def __init__(self, token):
        self.socket = os.path.join(token.directory, "socket")
        self.token, self.child = token, None
        self.environment = {"P11_KIT_SERVER_ADDRESS": f"unix:path={self.socket}"}
        self.start()

    def start(self):
        if os.path.exists(self.socket):
            os.unlink(self.socket)
        self.child = subprocess.Popen(
            ["p11-kit", "server", "--provider", MODULE, "-f", "-n", self.socket, f"pkcs11:token={LABEL}"],
            env=self.token.environment, stdout=subprocess.DEVNULL, start_new_session=True)
        end = time.monotonic() + 10
        while not os.path.exists(self.socket):
            if time.monotonic() > end or self.child.poll() is not None:
                raise RuntimeError("no server of the token")
            time.sleep(0.01)

    def kill(self):
        """It and those that it began for its clients."""
        os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait(10)


def load(path):
    """Puts the keys of a file into the token: the convention is that of `cardwright::keys::token`."""
    # pylint: disable=import-outside-toplevel
    import PyKCS11 as p

    module = p.PyKCS11Lib()
    module.load(MODULE)
    slots = module.getSlotList(tokenPresent=True)
    (slot,) = [slot for slot in slots if module.getTokenInfo(slot).label.strip(" \0") == LABEL]
    session = module.openSession(slot, p.CKF_SERIAL_SESSION | p.CKF_RW_SESSION)
    session.login(PIN)

    def make(kind, label, number, value, *may):
        session.createObject([
            (p.CKA_CLASS, p.CKO_SECRET_KEY), (p.CKA_KEY_TYPE, kind), (p.CKA_TOKEN, True), (p.CKA_PRIVATE, True),
            (p.CKA_LABEL, label), (p.CKA_ID, number), (p.CKA_SENSITIVE, True), (p.CKA_EXTRACTABLE, False),
            (p.CKA_VALUE, bytes.fromhex(value)), *[(right, True) for right in may]])

    with open(path, "rb") as file:
        keys = tomllib.load(file)
    kinds = {"aes128": p.CKK_AES, "2k3des": p.CKK_DES2, "3k3des": p.CKK_DES3}
    for key in keys["key"]:
        number = bytes([key["version"]])
        make(kinds[key["type"]], key["name"], number, key["value"], p.CKA_SIGN, p.CKA_ENCRYPT)
    make(p.CKK_GENERIC_SECRET, "receipt", b"", keys["receipt"], p.CKA_SIGN)
    session.logout()


if __name__ == "__main__":
    load(sys.argv[1])
