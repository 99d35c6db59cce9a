# SPDX-License-Identifier: MIT OR Apache-2.0
"""What is to be seen and read of each floor: states, stations, outline, paper."""
import itertools

from chosen import JUDGE
from driver import check, until

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
