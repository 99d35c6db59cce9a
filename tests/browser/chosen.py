# SPDX-License-Identifier: MIT OR Apache-2.0
"""The example that shows chosen floors, and a browser at it."""
import os
import urllib.request

from driver import Program, check, free_port, until

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.environ.get("PROGRAMS", os.path.join(HERE, "../../target/debug/examples"))
with open(os.path.join(HERE, "judge.js"), encoding="utf-8") as file:
    JUDGE = file.read()


class Page:
    """The example that shows chosen floors, and a browser at it."""

    def __init__(self, browser):
        self.browser = browser
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.program = None
        self.done = []
        self.start()

    def start(self):
        self.program = Program(os.path.join(PROGRAMS, "floors"), self.port)
        self.program.line(r"(http://\S+/)")

    def ask(self, path, method="GET"):
        request = urllib.request.Request(self.url + path, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read().decode()

    def floor(self, called):
        self.ask(f"floor/{called}", "POST")

    def open(self, called, path=""):
        self.floor(called)
        self.browser.go(self.url + path)
        self.live()

    def live(self):
        """Waits until the page has had its first parts."""
        wanted = "return document.querySelector('[data-live]') !== null"
        until("the page's first parts", lambda: self.browser.run(wanted))

    def shows(self, words, seconds=5):
        until(f"{words!r} on the page", lambda: words in self.browser.run(
            "return document.body.innerText"), seconds)

    def looks_well(self, called):
        wrong = self.browser.run(JUDGE)
        self.browser.picture(called)
        check(not wrong, f"{called}: " + "; ".join(wrong[:8]))

    def acts(self, *words):
        """What with these words was done since it was asked last, where anything was."""
        self.done.extend(self.ask("acts").split("\n"))
        found = [act for act in self.done if all(word in act for word in words)]
        if found:
            self.done.clear()
        return found
