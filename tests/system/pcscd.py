#!/usr/bin/python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Starts a private pcscd with virtual readers, and ends it when its own input ends.

    pcscd.py DIRECTORY READERS [BASE_PORT [NAME...]]

Each NAME is that of a device of two readers, instead of "Virtual PCD A", "Virtual PCD B" and so on.
Prints one line of JSON: the socket for PCSCLITE_CSOCK_NAME, the process id, and for each reader its
name and port. The daemon takes its socket as systemd would hand it over, so that it needs no root and
disturbs no other. Each line on the input is a command: `kill` ends the daemon, `start` starts it
again on the same socket.
"""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys


def driver():
    for directory, _, files in os.walk("/usr/lib"):
        if "libifdvpcd.so" in files:
            return os.path.join(directory, "libifdvpcd.so")
    sys.exit("libifdvpcd.so is missing: install vsmartcard-vpcd")


def configure(directory, count, base, names):
    """One entry is two readers on consecutive ports; each has its own copy of the driver."""
    configuration = os.path.join(directory, "conf")
    os.mkdir(configuration)
    library = driver()
    readers = []
    for entry in range((count + 1) // 2):
        port = base + 2 * entry
        copy = os.path.join(directory, f"driver{entry}.so")
        shutil.copy(library, copy)
        name = names[entry] if entry < len(names) else f"Virtual PCD {chr(ord('A') + entry)}"
        with open(os.path.join(configuration, f"reader{entry}"), "w", encoding="ascii") as file:
            file.write(
                f'FRIENDLYNAME "{name}"\nDEVICENAME /dev/null:{port}\n'
                f"LIBPATH {copy}\nCHANNELID {port}\n"
            )
        for slot in range(2):
            readers.append({"name": f"{name} 00 0{slot}", "port": port + slot})
    return configuration, readers[:count]


class Daemon:
    def __init__(self, directory, configuration):
        self.path = os.path.join(directory, "s")
        self.configuration = configuration
        self.log = open(os.path.join(directory, "log"), "ab")
        self.child = None

    def start(self):
        if os.path.exists(self.path):
            os.unlink(self.path)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(self.path)
        listener.listen(64)
        command = f"exec env LISTEN_FDS=1 LISTEN_PID=$$ pcscd --foreground -c '{self.configuration}'"

        def hand_over():
            os.dup2(listener.fileno(), 3)

        self.child = subprocess.Popen(
            ["sh", "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            preexec_fn=hand_over,
            pass_fds=(3, listener.fileno()),
        )
        listener.close()

    def kill(self):
        if self.child is not None:
            self.child.kill()
            self.child.wait()
            self.child = None


def main():
    directory, count = sys.argv[1], int(sys.argv[2])
    base = int(sys.argv[3]) if len(sys.argv) > 3 else 35963
    configuration, readers = configure(directory, count, base, sys.argv[4:])
    daemon = Daemon(directory, configuration)
    daemon.start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        known = {"socket": daemon.path, "pid": daemon.child.pid, "readers": readers}
        print(json.dumps(known), flush=True)
        for line in sys.stdin:
            if line.strip() == "kill":
                daemon.kill()
            elif line.strip() == "start":
                daemon.start()
            print("done", flush=True)
    finally:
        daemon.kill()


if __name__ == "__main__":
    main()
