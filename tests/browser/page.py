#!/usr/bin/python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The operator's page over chosen floors: every state of a reader, every deed, in a real browser.

What is demanded is what the accessibility tree says: what somebody who does not see the page, or has no
mouse, can read and do."""
import itertools
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

from driver import Browser, Program, check, free_port, told, until

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.environ.get("PROGRAMS", os.path.join(HERE, "../../target/debug/examples"))
with open(os.path.join(HERE, "judge.js"), encoding="utf-8") as file:
    JUDGE = file.read()

HEAD, ORDER = "heading Reader left", "link Order 17"
SINCE = ["text since", "text 08:00:00"]
AWAY, BACK = "button Take away reader left", "button Bring back reader left"

# What is told of the reader in each state, whole.
STATES = {
    "idle": [HEAD, "text Nothing to do", "text No order waits for this reader.", *SINCE, AWAY],
    "blank": [HEAD, ORDER, "text Put a blank card on", *SINCE, AWAY],
    "same": [HEAD, ORDER, "text Put the same card back: 04…C2",
             "text This order was begun with that card, and takes no other.", *SINCE, AWAY],
    "encoding": [HEAD, ORDER, "text Wait", "text : step 3 of 9",
                 "progressbar Reader left: step 3 of 9", "text Leave the card on: create the application F48120", *SINCE, AWAY],
    "encoding-begun": [HEAD, ORDER, "text Wait", "text Leave the card on.", *SINCE, AWAY],
    "good": [HEAD, ORDER, "text Into the good tray", *SINCE, AWAY],
    "reject": [HEAD, ORDER, "text Into the reject tray", "text unknown-keys",
               "text None of the keys at hand opens it: it is somebody else's card.", *SINCE, AWAY],
    "aside": [HEAD, ORDER, "text Keep this card aside", "text link-lost",
              "text The card left the field too early, and may bear keys.", *SINCE, AWAY],
    "back-on": [HEAD, ORDER, "text Put this card on again", "text link-lost",
                "text The card left the field too early.", *SINCE, AWAY],
    "trouble": [HEAD, "text This reader is in trouble", "text reader-failed",
                "text The reader's driver says: no power. Plug the reader in again.", *SINCE, AWAY],
    "hung": [HEAD, "text This reader does not answer",
             "text Keep its card aside, unplug the reader and plug it in again.", *SINCE, AWAY],
    "gone": [HEAD, "text This reader is not there", "text It was taken away, or its plug is out.", *SINCE,
             BACK],
    "paused": [HEAD, "text Paused: put no card on", "text It goes on when somebody says so.", *SINCE, AWAY],
}
# Windows and zooms, as dots of the screen.
LOOKS = [(1280, 800, 80), (1280, 800, 200)]
TABLETS = [(1024, 768, 100), (768, 1024, 100), (768, 1024, 200)]


class Page:
    """The example that shows chosen floors, and a browser at it."""

    def __init__(self, browser):
        self.browser = browser
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.program = None
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


def states(page):
    """Each state of a reader: what is told of it, and that it can be read, at two zooms and in two schemes."""
    check(set(page.ask("floors").split()) >= set(STATES), "a state that there is no floor for")
    looks = list(itertools.product(LOOKS, [False, True]))
    for (width, height, zoom), dark in looks:
        page.browser.screen(width, height, zoom, dark)
        page.open("nothing")
        for state, wanted in STATES.items():
            page.floor(state)
            heard = []
            hear = lambda heard=heard: heard.append(page.browser.heard("article", "Reader left")) or heard[-1]
            try:
                until(state, lambda wanted=wanted, hear=hear: hear() == wanted, 3)
            except AssertionError:
                raise AssertionError(f"{state} at {zoom} %: {heard[-1]}") from None
            page.looks_well(f"{state}-{zoom}-{'dark' if dark else 'light'}")
    return f"{len(STATES)} states, each {len(looks)} times"


def stations(page):
    """What else a station can be, on screens of several sizes."""
    words = {"nothing": "No reader is there.", "draining": "Ending", "full": "tray D",
             "halted": "No card is begun. The database is full: make room on its disk."}
    for (width, height, zoom), dark in itertools.product(LOOKS + TABLETS, [False, True]):
        page.browser.screen(width, height, zoom, dark)
        for called, wanted in words.items():
            page.open(called)
            page.shows(wanted)
            page.looks_well(f"{called}-{width}-{zoom}-{'dark' if dark else 'light'}")
        page.browser.run("for (const one of document.querySelectorAll('details')) one.open = true;")
        page.looks_well(f"opened-{width}-{zoom}-{'dark' if dark else 'light'}")
        page.browser.go(page.url + "order/17")
        page.browser.run("document.querySelector('details.drawn').open = true;")
        page.looks_well(f"order-{width}-{zoom}-{'dark' if dark else 'light'}")
    page.browser.screen(1280, 800, 100, False)
    page.open("halted")
    check("button Pause the station" in page.browser.heard(), "no way to pause a halted station")
    page.open("draining")
    check("button Pause the station" not in page.browser.heard(), "a station that ends can be paused")
    return f"{len(words)} stations and an order, on {len(LOOKS + TABLETS)} screens, light and dark"


def outline(page):
    """Headings, landmarks, the table and its heads, the figures."""
    page.browser.screen(1280, 800, 100, False)
    page.open("full")
    tree = page.browser.tree().values()
    told = {(node.get("role", {}).get("value"), node.get("name", {}).get("value")) for node in tree
            if not node.get("ignored")}
    for wanted in [("banner", ""), ("main", ""), ("navigation", "Station"), ("region", "Readers"),
                   ("region", "Last twenty"), ("region", "The last hour"), ("region", "The line"),
                   ("region", "Stock"), ("table", "Last twenty"), ("table", "Lot 2026-05"),
                   ("article", "Reader tray A"), ("rowheader", "Order 60"), ("rowheader", "issued"),
                   ("columnheader", "Code and words"), ("link", "Skip to the content")]:
        check(wanted in told, f"{wanted} is not in the tree")
    heads = [line for line in page.browser.heard() if line.startswith("heading ")]
    check(heads == ["heading Station one", "heading Readers", "heading Reader tray A", "heading Reader tray B",
                    "heading Reader tray C", "heading Reader tray D", "heading Last twenty",
                    "heading The last hour", "heading The line", "heading Cards that are asked for",
                    "heading Stock"], f"{heads}")
    rows = page.browser.run("return document.querySelectorAll('#ends tbody tr').length")
    check(rows == 20, f"{rows} rows")
    # Each is said once: nobody has to guess which of two is meant.
    names = [line for line in page.browser.heard() if line.startswith(("button ", "opener "))]
    check(len(names) == len(set(names)), f"{names}")
    # On a tablet the table is none to look at, and one to hear.
    page.browser.screen(768, 1024, 200, False)
    told = {(node.get("role", {}).get("value"), node.get("name", {}).get("value"))
            for node in page.browser.tree().values()}
    check({("table", "Last twenty"), ("rowheader", "Order 60"), ("columnheader", "Time")} <= told, f"{told}")
    page.browser.screen(1280, 800, 100, False)
    page.browser.go(page.url + "order/17")
    heard = page.browser.heard()
    for wanted in ["heading Order 17", "text poison: out of the line until somebody says retry",
                   "button Retry order 17", "opener Card spoiled order 17", "text wrong-card",
                   "text ours, and not done", "link To the station"]:
        check(wanted in heard, f"{wanted} is not told of an order: {heard}")
    page.browser.run("document.querySelector('details.drawn').open = true;")
    drawn = page.browser.run("return document.querySelector('details.drawn').textContent")
    check("authenticate" in drawn and "F48120" in drawn, "the pictures' texts are none")
    return f"{len(names)} names of buttons, each once"


def quiet(page):
    """What is read aloud: an instruction when it changes, and no step."""
    page.browser.screen(1280, 800, 100, False)
    page.open("encoding")
    page.browser.run("""
        window.spoken = [];
        new MutationObserver((changes) => {
          for (const change of changes) {
            const element = change.target.nodeType === 1 ? change.target : change.target.parentElement;
            const region = element && element.closest("[aria-live], [role=status], [role=alert]");
            if (region) window.spoken.push(region.id);
          }
        }).observe(document.body, { subtree: true, childList: true, characterData: true });""")
    page.floor("encoding-later")
    page.shows(": step 7 of 9")
    check(page.browser.run("return window.spoken") == [], "a step is read aloud")
    page.floor("good")
    page.shows("Into the good tray")
    check(set(page.browser.run("return window.spoken.splice(0)")) == {"reader-left-calm"}, "not one instruction")
    page.floor("hung")
    page.shows("This reader does not answer")
    spoken = set(page.browser.run("return window.spoken.splice(0)"))
    check(spoken == {"reader-left-calm", "reader-left-alarm"}, f"{spoken}")
    live = {}
    for node in page.browser.tree().values():
        entries = {entry["name"]: entry["value"].get("value") for entry in node.get("properties", [])}
        if entries.get("live") in ("polite", "assertive"):
            live[entries["live"]] = live.get(entries["live"], 0) + 1
    check(live.get("polite", 0) >= 2 and live.get("assertive", 0) >= 2, f"{live}")
    page.floor("halted")
    page.shows("No card is begun.")
    check("halt" in page.browser.run("return window.spoken"), "why nothing is begun is not read aloud")
    return "a step is quiet, an instruction is polite, trouble is not"


def swaps(page):
    """What changes comes without loading, and takes nothing out of anybody's hands."""
    browser = page.browser
    page.open("idle")
    browser.run("window.stayed = true;")
    browser.tab_to("button", "Retry order 17")
    page.floor("another")
    page.shows("Order 21")
    check("article" in {node.get("role", {}).get("value") for node in browser.tree().values()}, "no reader")
    check(browser.heard("article", "Reader third")[0] == "heading Reader third", "the reader that came")
    check(browser.focused() == ("button", "Retry order 17"), f"the focus is at {browser.focused()}")
    page.open("full")
    browser.run("window.stayed = true;")
    browser.tab_to("DisclosureTriangle", "Card lost order 60")
    browser.keys("enter", "tab", "St")
    page.floor("full-later")
    page.floor("another")
    page.shows("Reader third")
    check(browser.run("return document.querySelector('details[open].deed select').value") == "stolen",
          "what was chosen is gone")
    check(browser.focused() == ("combobox", "Why"), f"the focus is at {browser.focused()}")
    browser.keys("tab", "tab", "enter")
    until("what was sent", lambda: acts(page, 'seen: Some(("waiting", 2))', "deed: Lost", "Some(Stolen)"))
    # What stayed for its sake goes when the focus does.
    row = "return document.getElementById('end-60') !== null"
    until("the form to close", lambda: browser.focused() == ("DisclosureTriangle", "Card lost order 60"))
    check(browser.run(row), "the row went under somebody's hands")
    browser.keys("tab")
    browser.run("document.activeElement.blur();")
    until("the row to go", lambda: not browser.run(row))
    # Opened after it changed, it says what is there by now.
    page.floor("full-later")
    page.shows("Order 60")
    browser.tab_to("DisclosureTriangle", "Card lost order 60")
    browser.keys("enter", "tab", "St", "tab", "tab", "enter")
    until("what was sent", lambda: acts(page, 'seen: Some(("waiting", 3))'))
    check(browser.run("return window.stayed"), "the page was loaded again")
    return "focus, an open form and what was chosen in it stay"


ACTS = []


def acts(page, *words):
    """Whether something with these words was done since."""
    ACTS.extend(page.ask("acts").split("\n"))
    found = [act for act in ACTS if all(word in act for word in words)]
    if found:
        ACTS.clear()
    return found


def deeds(page):
    """Each thing that an operator does, by keyboard alone."""
    browser = page.browser
    browser.screen(1280, 800, 100, False)
    page.open("full")
    answer = "return document.getElementById('answer').innerText"
    reasons = {"Card spoiled order 60": ("Print", "Misprinted", "Spoiled"),
               "Card lost order 60": ("Missing", "MissingInHouse", "Lost"),
               "Card destroyed order 60": ("What", "WrongData", "Destroyed"),
               "Another card order 59": ("The c", "Faulty", "AnotherCard"),
               "Card returned order 59": ("Needed", "NoLongerNeeded", "Returned")}
    for opener, (typed, reason, deed) in reasons.items():
        browser.tab_to("DisclosureTriangle", opener)
        browser.keys("enter", "tab", typed, "tab", "desk-2", "tab", "enter")
        until(opener, lambda: acts(page, f"deed: {deed}", f"Some({reason})", 'second: Some("desk-2")',
                                   opener.split()[-1]))
        until("the form to close", lambda: browser.focused() == ("DisclosureTriangle", opener))
        check(opener.split()[-1] in browser.run(answer), "no answer is told")
    browser.tab_to("DisclosureTriangle", "Cancel order 59")
    browser.keys("space", "escape")
    check(browser.focused() == ("DisclosureTriangle", "Cancel order 59"), "Escape leaves the focus elsewhere")
    check(not browser.run("return document.querySelector('details[open].deed') !== null"), "still open")
    browser.keys("enter", "tab")
    check(browser.focused() == ("button", "Yes, cancel order 59"), f"{browser.focused()}")
    browser.keys("enter")
    until("cancelled", lambda: acts(page, "OrderId(59)", "deed: Cancel", "reason: None"))
    for button, deed in {"Retry order 57": "Retry", "Release order 58": "Release"}.items():
        browser.tab_to("button", button)
        browser.keys("enter")
        until(button, lambda: acts(page, f"deed: {deed}", "reason: None", "second: None"))
    browser.tab_to("button", "Take away reader tray A")
    browser.keys("space")
    until("taken away", lambda: acts(page, 'Away { reader: "tray A" }'))
    # What is refused is told in one line, and nothing has happened.
    browser.tab_to("button", "Retry order 99")
    browser.keys("enter")
    until("a refusal", lambda: "There is no order 99" in browser.run(answer))
    check("text Not done:" in browser.heard() and not acts(page, "OrderId(99)"), "a refusal that is none")
    # One that asks for a reason is not sent without one.
    browser.tab_to("DisclosureTriangle", "Card spoiled order 60")
    browser.keys("enter", "tab", "tab", "tab", "enter")
    check(not acts(page, "Spoiled"), "sent without a reason")
    page.open("gone")
    browser.tab_to("button", "Bring back reader left")
    browser.keys("enter")
    until("brought back", lambda: acts(page, 'Back { reader: "left" }'))
    browser.tab_to("button", "Pause the station")
    browser.keys("enter")
    until("the pause", lambda: browser.focused() == ("button", "Resume the station"))
    check("text Paused" in browser.heard() and acts(page, "Pause"), "not told to be paused")
    browser.keys("enter")
    until("going on", lambda: browser.focused() == ("button", "Pause the station"))
    return f"{len(reasons) + 8} deeds by keyboard"


def without_script(page):
    """The page without its script: forms, and the line that comes back."""
    browser = page.browser
    browser.cdp("Emulation.setScriptExecutionDisabled", value=True)
    try:
        page.floor("full")
        browser.go(page.url)
        browser.touch("#switch button")
        until("the pause", lambda: "Resume the station" in browser.source())
        check(acts(page, "Pause") and browser.url() == page.url, "the page is elsewhere")
        browser.touch("#end-56 button")
        until("the refusal", lambda: "There is no order 99" in browser.source())
        browser.go(page.url)
        browser.touch("#deed-59-cancel summary")
        browser.touch("#deed-59-cancel button")
        until("cancelled", lambda: acts(page, "deed: Cancel"))
    finally:
        browser.cdp("Emulation.setScriptExecutionDisabled", value=False)
    return "pause, refusal, cancel"


def away(page):
    """The server is killed: the page says so, and comes back by itself."""
    browser = page.browser
    page.open("good")
    browser.run("window.stayed = true;")
    page.program.kill()
    until("the banner", lambda: "No word from the station" in browser.run(
        "return document.getElementById('away').innerText"), 5)
    check(any(line.startswith("text No word from the station.") for line in browser.heard()), "not told")
    page.looks_well("away-100-light")
    browser.tab_to("button", "Pause the station")
    browser.keys("enter")
    until("what was not sent", lambda: "Not sent" in browser.run(
        "return document.getElementById('answer').innerText"))
    page.start()
    page.floor("reject")
    page.shows("Into the reject tray", 10)
    check(browser.run("return document.getElementById('away').hidden && window.stayed"), "still away")
    browser.complaints()
    return "banner and back"


def strict(page):
    """What a browser is told of each answer, and forms that are not the page's."""
    for path in ["", "page.css", "page.js", "icon.svg", "order/17"]:
        with urllib.request.urlopen(page.url + path, timeout=10) as answer:
            headers = {key.lower(): value for key, value in answer.getheaders()}
        check(headers["content-security-policy"].startswith("default-src 'self';"), f"{headers}")
        check((headers["x-content-type-options"], headers["referrer-policy"], headers["cache-control"])
              == ("nosniff", "no-referrer", "no-store"), f"{headers}")
    acts(page, "none")
    for fields in ["deed=pause&proof=another", "deed=dance&proof=proof-of-this-page",
                   "deed=retry&order=57&proof=proof-of-this-page"]:
        try:
            urllib.request.urlopen(page.url + "do", fields.encode(), timeout=10)
            raise AssertionError(f"{fields} was taken")
        except urllib.error.HTTPError as error:
            check(error.code in (403, 422), f"{fields}: {error.code}")
    check(not acts(page, "Pause") and not acts(page, "Retry"), "something was done")
    page.open("full")
    source = page.browser.source()
    check("<b>ACS" not in source and "style=" not in source.split("<main")[0], "something in the page itself")
    return "5 answers, 3 forms"


def printed(page):
    """On paper: nothing to press, nothing dark."""
    page.open("full")
    page.browser.medium("dark", "print")
    seen = page.browser.run("return [...document.querySelectorAll('button, nav, summary')]"
                            ".filter((one) => one.checkVisibility() && !one.closest('.drawn')).length")
    wrong = page.browser.run(JUDGE)
    page.browser.picture("print")
    page.browser.medium("light")
    check(seen == 0 and not wrong, f"{seen} to press, {wrong}")
    return "nothing to press"


def main():
    browser = Browser()
    page = None
    try:
        page = Page(browser)
        wanted = sys.argv[1:]
        for part in [states, stations, outline, quiet, swaps, deeds, without_script, printed, strict]:
            if wanted and part.__name__ not in wanted:
                continue
            told("page", part, page)
            complaints = [line for line in browser.complaints() if "409" not in line and "404" not in line]
            check(not complaints, f"{part.__name__}: {complaints}")
        if not wanted or "away" in wanted:
            told("page", away, page)
    finally:
        browser.end()
        if page:
            page.program.kill()


if __name__ == "__main__":
    main()
