# SPDX-License-Identifier: MIT OR Apache-2.0
"""What comes of what somebody does, and what is kept out of their way."""
import urllib.error
import urllib.request

from driver import check, until


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
    until("what was sent", lambda: page.acts('seen: Some((Waiting, 2))', "deed: Lost", "Some(Stolen)"))
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
    until("what was sent", lambda: page.acts('seen: Some((Waiting, 3))'))
    check(browser.run("return window.stayed"), "the page was loaded again")
    return "focus, an open form and what was chosen in it stay"


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
        until(opener, lambda: page.acts(f"deed: {deed}", f"Some({reason})", 'second: Some("desk-2")',
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
    until("cancelled", lambda: page.acts("OrderId(59)", "deed: Cancel", "reason: None"))
    for button, deed in {"Retry order 57": "Retry", "Release order 58": "Release"}.items():
        browser.tab_to("button", button)
        browser.keys("enter")
        until(button, lambda: page.acts(f"deed: {deed}", "reason: None", "second: None"))
    browser.tab_to("button", "Take away reader tray A")
    browser.keys("space")
    until("taken away", lambda: page.acts('Away { reader: "tray A" }'))
    # What is refused is told in one line, and nothing has happened.
    browser.tab_to("button", "Retry order 99")
    browser.keys("enter")
    until("a refusal", lambda: "There is no order 99" in browser.run(answer))
    check("text Not done:" in browser.heard() and not page.acts("OrderId(99)"), "a refusal that is none")
    # One that asks for a reason is not sent without one.
    browser.tab_to("DisclosureTriangle", "Card spoiled order 60")
    browser.keys("enter", "tab", "tab", "tab", "enter")
    check(not page.acts("Spoiled"), "sent without a reason")
    page.open("gone")
    browser.tab_to("button", "Bring back reader left")
    browser.keys("enter")
    until("brought back", lambda: page.acts('Back { reader: "left" }'))
    browser.tab_to("button", "Pause the station")
    browser.keys("enter")
    until("the pause", lambda: browser.focused() == ("button", "Resume the station"))
    check("text Paused" in browser.heard() and page.acts("Pause"), "not told to be paused")
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
        check(page.acts("Pause") and browser.url() == page.url, "the page is elsewhere")
        browser.touch("#end-56 button")
        until("the refusal", lambda: "There is no order 99" in browser.source())
        browser.go(page.url)
        browser.touch("#deed-59-cancel summary")
        browser.touch("#deed-59-cancel button")
        until("cancelled", lambda: page.acts("deed: Cancel"))
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
    page.acts("none")
    for fields in ["deed=pause&proof=another", "deed=dance&proof=proof-of-this-page",
                   "deed=retry&order=57&proof=proof-of-this-page"]:
        try:
            urllib.request.urlopen(page.url + "do", fields.encode(), timeout=10)
            raise AssertionError(f"{fields} was taken")
        except urllib.error.HTTPError as error:
            check(error.code in (403, 422), f"{fields}: {error.code}")
    check(not page.acts("Pause") and not page.acts("Retry"), "something was done")
    page.open("full")
    source = page.browser.source()
    check("<b>ACS" not in source and "style=" not in source.split("<main")[0], "something in the page itself")
    return "5 answers, 3 forms"
