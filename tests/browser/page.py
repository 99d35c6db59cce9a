#!/usr/bin/python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The operator's page over chosen floors: every state of a reader, every deed, in a real browser.

What is demanded is what the accessibility tree says: what somebody who does not see the page, or has no
mouse, can read and do."""
import sys

from chosen import Page
from deeds import away, deeds, quiet, strict, swaps, without_script
from driver import Browser, check, told
from seen import outline, printed, states, stations


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
