#!/usr/bin/python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Cards that people met, by their names: other products, sizes under one Kbyte, random UIDs of the
first generation, and files of later generations than one knows."""
import time

from odd_cards import Met, untouched
from readers import SEEN
from station import check, on_four_readers


def other_products(service, directory):
    """Refused as what they are, before any key is tried; and shown."""
    for name, product in [("light", "Light"), ("ntag424", "NTAG 424"), ("duox", "DUOX")]:
        met = Met(service, directory, name)
        untouched(met)
        check(met.receipt["outcome"] == "refused", f"{name}: {met.receipt}")
        check(product in met.receipt["reason"], f"{name}: {met.receipt['reason']}")
        check(met.authentications == 0, f"{name}: {met.authentications} authentications")
        met.shows(product, "04A1B2C3D4E580")
    time.sleep(SEEN)
    return "light, ntag424 and duox are refused by name"


def small(service, directory):
    met = Met(service, directory, "ev1-256")
    untouched(met)
    met.shows("256", "128 bytes")
    check("0k" not in met.inspect.stdout, met.inspect.stdout)
    return "256 bytes are no 0k"


def random_uid_of_ev1(service, directory):
    """Eighty, and not zero eight, comes first in a random UID of an EV1."""
    met = Met(service, directory, "ev1-random-80")
    untouched(met)
    met.shows("80726BE8", "random", "4864 bytes")
    check(met.receipt["outcome"] == "refused", f"{met.receipt}")
    check("random UID" in met.receipt["reason"], f"{met.receipt}")
    return "80726BE8 is a random UID"


def files_of_later_generations(service, directory):
    """A file whose settings nobody knows is shown as bytes, and the look goes on behind it."""
    for name, wanted in [
        ("ev2-more-rights", ["ev2-8k", "F51CD8", "file 2", "FF2F"]),
        ("ev3-sdm", ["ev3-8k", "000001", "file 1", "file 2"]),
        ("mode-43", ["ev1-4k", "010203", "file 1"]),
    ]:
        met = Met(service, directory, name)
        untouched(met)
        check(met.inspect.returncode in (0, 1), f"{met.inspect}")
        met.shows(*wanted)
    time.sleep(SEEN)
    return "further rights, SDM and an unknown mode"


def narrow(service, directory):
    """Every table fits 80 columns."""
    for name in ["app-integrity", "owok-light", "ev3-sdm"]:
        met = Met(service, directory, name)
        widest = max(map(len, met.inspect.stdout.splitlines()), default=0)
        check(0 < widest <= 80, f"{name}: {widest} columns")
    time.sleep(SEEN)
    return "at most 80 columns"


TESTS = [other_products, small, random_uid_of_ev1, files_of_later_generations, narrow]


if __name__ == "__main__":
    on_four_readers(TESTS, 45700)
