# SPDX-License-Identifier: MIT OR Apache-2.0
"""A browser by the plain WebDriver protocol, its accessibility tree, and the programs that it looks at."""
import base64
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
PICTURES = os.environ.get("PICTURES", "target/browser")
# What is told by its name, and not by what is inside it.
WHOLE = {"heading", "link", "button", "progressbar", "DisclosureTriangle", "columnheader", "combobox", "textbox"}
SPOKEN = {"StaticText": "text", "DisclosureTriangle": "opener"}
KEYS = {"tab": "\ue004", "enter": "\ue007", "space": " ", "escape": "\ue00c", "down": "\ue015"}


def check(holds, words):
    if not holds:
        raise AssertionError(words)


def told(kind, part, *of):
    """Runs a part, and prints what it says and how long it took."""
    began = time.monotonic()
    said = part(*of)
    print(f"{kind} {part.__name__}: {said} ({time.monotonic() - began:.0f} s)", flush=True)


def until(what, holds, seconds=60):
    """Waits until it holds, and gives what it gave."""
    end = time.monotonic() + seconds
    while True:
        found = holds()
        if found:
            return found
        check(time.monotonic() < end, f"{what}: not within {seconds} s")
        time.sleep(0.05)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Program:
    """A process of the test's own, which ends with it."""

    def __init__(self, *command, stdin=None, **more):
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=stdin, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True, **more)
        self.said = ""

    def line(self, pattern, seconds=30):
        """What a line that it prints has in the pattern's first group."""
        end = time.monotonic() + seconds
        while True:
            found = re.search(pattern, self.said)
            if found:
                return found.group(1)
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
            more = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            check(more, f"no {pattern!r} in what was printed:\n{self.said}")
            self.said += more.decode(errors="replace")

    def kill(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()


class Browser:
    """Headless Chromium with a folder of its own."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="cardwright-browser-")
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        self.driver = Program("chromedriver", f"--port={port}", f"--log-path={self.folder}/driver.log",
                              env={**os.environ, "TZ": "UTC"})
        try:
            until("the driver", self.ready, 30)
            options = {
                "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                         "--force-device-scale-factor=1", f"--user-data-dir={self.folder}/data",
                         "--force-renderer-accessibility", "--no-first-run", "--lang=en"],
            }
            wanted = {"browserName": "chrome", "goog:chromeOptions": options,
                      "goog:loggingPrefs": {"browser": "ALL"}}
            answer = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
            self.session = f"/session/{answer['sessionId']}"
        except BaseException:
            self.end()
            raise

    def ready(self):
        try:
            return self.ask("GET", "/status")["ready"]
        except OSError:
            return False

    def end(self):
        try:
            if hasattr(self, "session"):
                self.ask("DELETE", self.session)
        except (OSError, AssertionError):
            pass
        self.driver.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"},
                                         method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()[:600]}") from None

    def cdp(self, command, **parameters):
        body = {"cmd": command, "params": parameters}
        return self.ask("POST", f"{self.session}/goog/cdp/execute", body)

    def go(self, url):
        self.ask("POST", f"{self.session}/url", {"url": url})

    def url(self):
        return self.ask("GET", f"{self.session}/url")

    def source(self):
        return self.ask("GET", f"{self.session}/source")

    def run(self, script, *arguments):
        return self.ask("POST", f"{self.session}/execute/sync", {"script": script, "args": arguments})

    def keys(self, *keys):
        """Presses keys, one after the other, wherever the focus is."""
        actions = []
        for key in keys:
            for one in [KEYS[key]] if key in KEYS else key:
                actions += [{"type": "keyDown", "value": one}, {"type": "keyUp", "value": one}]
        body = {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]}
        self.ask("POST", f"{self.session}/actions", body)

    def touch(self, selector):
        """A finger on the middle of an element."""
        element = self.ask("POST", f"{self.session}/element", {"using": "css selector", "value": selector})
        self.ask("POST", f"{self.session}/element/{element[ELEMENT]}/click", {})

    def tab_to(self, role, name, most=200):
        """Presses the tabulator until that has the focus, as somebody without a mouse does."""
        self.run("document.activeElement.blur(); getSelection().removeAllRanges();")
        for _ in range(most):
            self.keys("tab")
            if self.focused() == (role, name):
                return
        raise AssertionError(f"no tabulator leads to {role} {name!r}")

    def focused(self):
        """Role and name of what has the focus."""
        for node in self.tree().values():
            if any(entry["name"] == "focused" and entry["value"].get("value") for entry in
                   node.get("properties", [])) and role(node) != "RootWebArea":
                return role(node), name(node)
        return None

    def tree(self):
        """The accessibility tree by the numbers of its nodes."""
        nodes = self.cdp("Accessibility.getFullAXTree")["nodes"]
        return {node["nodeId"]: node for node in nodes}

    def heard(self, wanted_role=None, wanted_name=None):
        """What is told of a part of the page, in its order: what it is and what it
        says. Nothing where it is not there once."""
        tree = self.tree()
        roots = [node for node in tree.values() if
                 (role(node) == "RootWebArea" if wanted_role is None else
                  (role(node), name(node)) == (wanted_role, wanted_name)) and not node.get("ignored")]
        if len(roots) != 1:
            return []
        told = []

        def walk(node):
            heard = role(node) in WHOLE or (role(node) == "StaticText" and name(node))
            if not node.get("ignored") and heard:
                told.append(f"{SPOKEN.get(role(node), role(node))} {name(node)}")
                return
            for child in node.get("childIds", []):
                if child in tree:
                    walk(tree[child])

        for child in roots[0].get("childIds", []):
            walk(tree[child])
        return told

    def screen(self, width, height, zoom, dark):
        """A window, and the zoom of a browser: as many dots, and each thing so much larger."""
        scale = zoom / 100
        self.cdp("Emulation.setDeviceMetricsOverride", width=round(width / scale),
                 height=round(height / scale), deviceScaleFactor=scale, mobile=False)
        self.cdp("Emulation.setScrollbarsHidden", hidden=True)
        self.medium("dark" if dark else "light")

    def medium(self, scheme, media=""):
        self.cdp("Emulation.setEmulatedMedia", media=media, features=[
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"}])

    def picture(self, called):
        """Keeps what is to be seen, the whole length of the page."""
        os.makedirs(PICTURES, exist_ok=True)
        size = self.cdp("Page.getLayoutMetrics")["cssContentSize"]
        shot = self.cdp("Page.captureScreenshot", captureBeyondViewport=True, clip={**size, "scale": 1})
        with open(os.path.join(PICTURES, f"{called}.png"), "wb") as file:
            file.write(base64.b64decode(shot["data"]))

    def complaints(self):
        """What the console of the browser says of the page since it was asked last."""
        return [entry["message"] for entry in
                self.ask("POST", f"{self.session}/se/log", {"type": "browser"})
                if entry["level"] == "SEVERE"]


def role(node):
    """Its role; those of a group of which one is open at a time are none of their own."""
    return node.get("role", {}).get("value", "").removesuffix("Grouped")


def name(node):
    return " ".join(str(node.get("name", {}).get("value", "")).split())
