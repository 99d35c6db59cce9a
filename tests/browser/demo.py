#!/usr/bin/python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The service's own program as a stranger sees it: signs in, sees four readers work, and does everything by keyboard.
What came of it is asked of the books, over HTTP."""
import glob
import sqlite3
import sys

from driver import Browser, check, told, until
from service import CANARY, NAME, Configured, Service


def sign_in(service, browser):
    """By keyboard, with a wrong token first."""
    until("the door", lambda: "textbox Token" in browser.heard())
    for token in ["cw_nobody", service.token]:
        browser.tab_to("textbox", "Token")
        browser.keys(token, "enter")
        if token != service.token:
            until("a refusal", lambda: "text Nobody has this token." in browser.heard())
    until("the page", lambda: "heading Station demo" in browser.heard())
    cookie = browser.ask("GET", f"{browser.session}/cookie")[0]
    check(cookie["httpOnly"] and cookie["sameSite"] == "Strict", f"{cookie}")


def linked(service, browser):
    """By the link that the program prints, which leaves no token where anybody looks."""
    browser.go(service.link)
    until("the page", lambda: "heading Station demo" in browser.heard())
    check("#" not in browser.url(), browser.url())
    browser.tab_to("button", "Sign out")
    browser.keys("enter")
    until("the door", lambda: browser.url().endswith("/login"))
    return "in and out"


def works(service, browser):
    """Four readers at work, without a word of explanation."""
    browser.screen(1280, 800, 100, False)
    browser.go(service.url)
    sign_in(service, browser)
    browser.run("window.stayed = true;")
    heads = [line for line in browser.heard() if line.startswith("heading Reader ")]
    check(len(heads) == 4, f"{heads}")
    seen = set()
    wanted = {"text Put a blank card on", "text Wait", "text Into the good tray"}

    def look():
        seen.update(browser.heard())
        return wanted <= seen

    until("cards to be made", look, 60)
    browser.picture("demo-1280-100-light")
    return f"{len(heads)} readers, {len(wanted)} instructions"


def appears(service, browser):
    """An order that is put over HTTP is on the page without loading it."""
    order = service.put()
    until("the order on the page", lambda: f"link Order {order}" in browser.heard(), 60)
    service.stands(order, "done")
    row = f"return !!document.querySelector('#ends a[href=\"/order/{order}\"]')"
    until("its end on the page", lambda: browser.run(row))
    check(browser.run("return window.stayed"), "the page was loaded again")
    return f"order {order}"


def send(browser, opener, typed, yes):
    """Opens a form, chooses a reason, and sends it, by keyboard."""
    until(opener, lambda: f"opener {opener}" in browser.heard(), 20)
    browser.tab_to("DisclosureTriangle", opener)
    browser.keys("enter", "tab", *([typed, "tab", "tab"] if typed else []))
    check(browser.focused() == ("button", yes), f"{browser.focused()} and not {yes}")
    browser.keys("enter")


def station(service, browser):
    """Pause and resume, take away and bring back."""
    floor = lambda: service.ask("v1/floor")
    for button, paused in [("Pause the station", True), ("Resume the station", False)]:
        browser.tab_to("button", button)
        browser.keys("enter")
        until(button, lambda paused=paused: floor()["paused"] is paused)
    gone = lambda: any(one["name"] == "D" and one["doing"]["is"] == "gone" for one in floor()["readers"])
    browser.tab_to("button", "Take away reader D")
    browser.keys("enter")
    until("reader D to be away", gone, 30)
    until("that on the page", lambda: "text This reader is not there" in browser.heard("article", "Reader D"))
    browser.tab_to("button", "Bring back reader D")
    browser.keys("enter")
    until("reader D to be back", lambda: not gone(), 30)
    return "paused, resumed, away, back"


def orders(service, browser):
    """Release, spoiled, another card, lost, cancel and retry change the books."""
    released, spoiled, lost, stale = (service.put(released_by_word=True) for _ in range(4))
    for order in (released, spoiled, lost, stale):
        service.stands(order, "encoded", 90)
    # Nothing else ends meanwhile.
    service.ask("v1/station/pause", {})
    button = f"Release order {released}"
    until(button, lambda: f"button {button}" in browser.heard(), 20)
    browser.tab_to("button", button)
    browser.keys("enter")
    service.stands(released, "done")
    send(browser, f"Card spoiled order {spoiled}", "The c", f"Report the card spoiled of order {spoiled}")
    until("the spoiled card", lambda: service.order(spoiled)["cards"][0]["state"] == "spoiled")
    check(service.order(spoiled)["held"], "the order is not held")
    send(browser, f"Another card order {spoiled}", "The c", f"Give another card to order {spoiled}")
    until("another card", lambda: not service.order(spoiled)["held"])
    send(browser, f"Card lost order {lost}", "Miss", f"Report the card lost of order {lost}")
    until("the lost card", lambda: service.order(lost)["cards"][0]["state"] == "lost")
    # Somebody else was faster: what this page saw is not true any more, and nothing happens.
    opener = f"Card lost order {stale}"
    browser.tab_to("DisclosureTriangle", opener)
    browser.keys("enter", "tab", "Miss", "tab", "tab")
    service.ask(f"v1/orders/{stale}/release", {})
    browser.keys("enter")
    until("the refusal", lambda: f"Order {stale} is done by now: look again." in browser.run(
        "return document.getElementById('answer').innerText"))
    check(service.order(stale)["cards"][0]["state"] == "good", "a card was reported by a page that was old")
    check(browser.run("return window.stayed"), "the page was loaded again")
    # An order that no reader here makes, on its own page.
    elsewhere, poison = (service.put(place="elsewhere") for _ in range(2))
    browser.go(f"{service.url}order/{elsewhere}")
    send(browser, f"Cancel order {elsewhere}", "", f"Yes, cancel order {elsewhere}")
    service.stands(elsewhere, "cancelled")
    until("that on its page", lambda: "text cancelled: withdrawn" in browser.heard())
    # Five tries in vain take long: the books are told so.
    (books,) = glob.glob(f"{service.folder}/cardwright-demo-*/orders.db")
    with sqlite3.connect(books, timeout=20) as base:
        changed = base.execute("UPDATE orders SET state = 'poison' WHERE id = ?", (poison,)).rowcount
    base.close()
    check(changed == 1, f"{changed} orders are poison")
    browser.go(f"{service.url}order/{poison}")
    until("retry", lambda: f"button Retry order {poison}" in browser.heard())
    browser.tab_to("button", f"Retry order {poison}")
    browser.keys("enter")
    service.stands(poison, "waiting")
    service.ask("v1/station/resume", {})
    return "released, spoiled, another card, lost, refused, cancelled, retried"


def nobody(service, browser):
    """Nothing of what an order is for is on a page; how its card is made is."""
    order = service.put()
    service.stands(order, "done")
    for path in ["", f"order/{order}"]:
        browser.go(service.url + path)
        until("the page", lambda: len(browser.heard()) > 20)
        browser.run("for (const one of document.querySelectorAll('details')) one.open = true;")
        source = browser.source()
        for word in [CANARY, CANARY.encode().hex(), NAME, service.token]:
            check(word.lower() not in source.lower(), f"{word} is on /{path}")
        check("authenticate" in source and "F48120" in source, f"no pictures on /{path}")
    browser.picture("demo-order-100-light")
    return "2 pages"


def killed(service, browser):
    """Killed, and started again with other books: the page says so, and asks for a token by itself."""
    browser.go(service.url)
    service.program.kill()
    until("the banner", lambda: "No word from the station" in browser.run(
        "return document.getElementById('away').innerText"), 10)
    service.start()
    until("the door", lambda: browser.url().endswith("/login"), 15)
    sign_in(service, browser)
    browser.tab_to("button", "Sign out")
    browser.keys("enter")
    until("the door", lambda: browser.url().endswith("/login"))
    browser.go(service.url)
    check(browser.url().endswith("/login"), "whoever signed out is in")
    return "banner, door, in and out"


def again(_, browser):
    """Killed in the middle of a card, and started again with the same books: the page is back by itself, and
    tells the same orders."""
    service = Configured()
    try:
        browser.go(service.url)
        sign_in(service, browser)
        browser.run("window.stayed = true;")
        orders = [service.put() for _ in range(4)]
        service.stands(orders[0], "done")
        until("a card in hand", lambda: "text Wait" in browser.heard("article", "Reader trial"), 20)
        service.program.kill()
        until("the banner", lambda: "No word from the station" in browser.run(
            "return document.getElementById('away').innerText"), 10)
        service.start()
        until("the page", lambda: browser.run("return document.getElementById('away').hidden"), 20)
        heard = browser.heard()
        check(f"link Order {orders[0]}" in heard, "what ended before is not told any more")
        check(browser.run("return window.stayed"), "the page was loaded again")
        check(service.order(orders[0])["state"] == "done", "the books tell something else")
        # Whoever may only look finds nothing to press.
        browser.tab_to("button", "Sign out")
        browser.keys("enter")
        until("the door", lambda: browser.url().endswith("/login"))
        browser.tab_to("textbox", "Token")
        browser.keys(service.looks, "enter")
        until("the page", lambda: "heading Station demo" in browser.heard())
        buttons = [line for line in browser.heard() if line.startswith(("button", "opener"))]
        check(buttons == ["button Sign out", "opener How a card of door is made"], f"{buttons}")
        return f"{len(orders)} orders"
    finally:
        service.end()


def main():
    browser = Browser()
    service = None
    try:
        service = Service()
        wanted = sys.argv[1:]
        for part in [linked, works, appears, station, orders, nobody, killed, again]:
            if wanted and part is not works and part.__name__ not in wanted:
                continue
            told("demo", part, service, browser)
            complaints = [line for line in browser.complaints() if not any(
                status in line for status in ("401", "409", "ERR_CONNECTION", "ERR_INCOMPLETE", "ERR_EMPTY"))]
            check(not complaints, f"{part.__name__}: {complaints}")
    except AssertionError:
        if service:
            print(browser.heard(), file=sys.stderr)
        raise
    finally:
        browser.end()
        if service:
            service.end()


if __name__ == "__main__":
    main()
