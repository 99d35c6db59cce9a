# SPDX-License-Identifier: MIT OR Apache-2.0
"""The service's own program: the demonstration, and one with books that stay."""
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import urllib.request

from driver import Program, free_port, until

HERE = os.path.dirname(os.path.abspath(__file__))
BINARY = os.environ.get("SPOOLER", os.path.join(HERE, "../../target/debug/cardwright-spooler"))
# What no page may have of an order: a value of its record, and what the portal calls it.
CANARY, NAME = "Xq7Canary9Z", "portal-says-Mallory"
FIRST = 30_000


class Service:
    """The service's own program, with a folder for its books."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="cardwright-browser-")
        self.port = free_port()
        self.numbers = iter(range(FIRST, FIRST + 1000))
        self.start()

    def start(self):
        environment = {**os.environ, "TMPDIR": self.folder}
        self.program = Program(BINARY, "--demo", "--port", self.port, env=environment)
        self.url = self.program.line(r"(http://\S+)").rstrip("/") + "/"
        self.token = self.program.line(r"token (\S+)")
        self.link = self.program.line(r"(http\S+#\S+)")

    def end(self):
        self.program.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, path, body=None):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def put(self, **more):
        """An order that goes before the others."""
        number = next(self.numbers)
        record = {"facility": 42, "number": number, "issue": 1, "valid_until": 20281231, "site": CANARY}
        body = {"reference": f"{NAME}-{number}", "profile": "door", "record": record, "priority": 100, **more}
        return self.ask("v1/orders", body)["order"]

    def order(self, order):
        return self.ask(f"v1/orders/{order}")

    def stands(self, order, state, seconds=60):
        until(f"order {order} to be {state}", lambda: self.order(order)["state"] == state, seconds)


class Configured(Service):
    """A service with books that stay, and a token that only looks beside one that does everything."""

    def start(self):
        if not os.path.exists(self.at("service.toml")):
            self.configure()
        self.program = Program(BINARY, "--config", self.at("service.toml"))
        self.url = self.program.line(r"(http://\S+)").rstrip("/") + "/"

    def at(self, name):
        return os.path.join(self.folder, name)

    def configure(self):
        subprocess.run([BINARY, "tenant-key", self.at("tenant.key")], check=True, capture_output=True)
        self.token, self.looks = "cw_everything-0123456789", "cw_looks-0123456789"
        data = os.path.join(HERE, "../../examples/data")
        shutil.copy(f"{data}/profiles/door.toml", self.at("door.toml"))
        shutil.copy(f"{data}/test-keys.toml", self.at("keys.toml"))
        tokens = "".join(
            f"[[token]]\nname = \"{name}\"\nrights = {json.dumps(rights)}\n"
            f"sha256 = \"{hashlib.sha256(token.encode()).hexdigest()}\"\n"
            for name, rights, token in [
                ("all", ["put", "see", "operate"], self.token), ("looks", ["see"], self.looks)])
        with open(self.at("service.toml"), "w", encoding="utf-8") as file:
            file.write(f"""address = "127.0.0.1:{self.port}"
station = "demo"
store = "orders.db"
[tenant]
name = "somebody"
key = "tenant.key"
[[profile]]
file = "door.toml"
keys = "keys.toml"
[[reader]]
name = "trial"
software = {{ exchange_ms = 30, hand_ms = 300, mishaps = false, cards = "cards" }}
{tokens}""")
