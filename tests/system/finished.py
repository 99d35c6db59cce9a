#!/usr/bin/python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Cards that come back: finished ones, and those whose batch was killed in their middle."""
import collections
import os
import time

from readers import SEEN, feed, once_each, right_cards
from station import ROOT, Batch, Card, check, door_records, on_four_readers, seeded, until


def twice(service, directory):
    """Encoding the same cards again changes nothing."""
    reader = service.readers[0]
    records = door_records(directory, 5)
    cards = [Card(directory) for _ in range(5)]
    outcomes = []
    states = []
    for run in ("first", "second"):
        batch = Batch(service, directory, run, records, [reader])
        batch.start()
        feed(batch, reader, cards)
        code, _ = batch.end()
        check(code == 0, f"exit {code}")
        once_each(batch, 5)
        outcomes.append({(receipt["outcome"], receipt["wrote"]) for receipt in batch.receipts()})
        states.append([open(card.state, "rb").read() for card in cards])
    check(outcomes == [{("done", "yes")}, {("already-done", "nothing")}], f"{outcomes}")
    check(states[0] == states[1], "a card was changed by the second run")
    exchanges = {receipt["exchanges"] for receipt in batch.receipts()}
    check(max(exchanges) <= 13, f"a finished card takes {exchanges} exchanges")
    return f"5 cards twice, the second time {max(exchanges)} exchanges each and no change"


def killed(service, directory):
    """`kill -9` in the middle of a card, again and again, until every record is done."""
    reader = service.readers[1]
    count = 8
    records = door_records(directory, count)
    chance = seeded()
    cards = [Card(directory) for _ in range(count)]
    batch = Batch(service, directory, "killed", records, [reader])
    kills = torn = 0
    for number, card in enumerate(cards):
        while True:
            batch.start()
            known = len(batch.receipts())
            check(known == number, f"{known} receipts before card {number}")
            before = os.path.getmtime(card.state) if os.path.exists(card.state) else None
            card.insert(reader["port"])
            if before is None:
                before = until(
                    lambda: os.path.exists(card.state) and os.path.getmtime(card.state), 10, "a state"
                )
            if kills < 3 * (number + 1):
                until(
                    lambda: os.path.getmtime(card.state) != before or len(batch.receipts()) > number,
                    20,
                    "the card is written to",
                )
                time.sleep(chance.uniform(0, 0.004))
                batch.child.kill()
                batch.child.wait(10)
                kills += 1
                torn += len(batch.receipts()) == number
                card.remove()
                time.sleep(SEEN)
                if len(batch.receipts()) > number:
                    break
                continue
            until(lambda: len(batch.receipts()) > number or not batch.running(), 30, "a receipt")
            batch.child.kill()
            batch.child.wait(10)
            card.remove()
            time.sleep(SEEN)
            break
    receipts = batch.receipts()
    counted = collections.Counter(receipt["record"] for receipt in receipts)
    check(len(counted) == count and set(counted.values()) == {1}, f"{counted.most_common(3)}")
    check({receipt["outcome"] for receipt in receipts} <= {"done", "already-done"}, "not all done")
    check(len({receipt["card"] for receipt in receipts}) == count, "a card was counted twice")
    check(torn >= count, f"only {torn} of {kills} kills hit a card that had no receipt yet")
    right_cards(batch, cards)
    return f"{kills} kills, {torn} of them before the receipt, {count} records with one each"


def lives(service, directory):
    """A finished card is verified, rekeyed and recycled on a reader."""
    reader = service.readers[2]
    records = door_records(directory, 3)
    card = Card(directory)
    second = os.path.join(ROOT, "examples/data/profiles/door-2.toml")

    def once(name, *arguments):
        batch = Batch(service, directory, name, records, [reader], "--once", *arguments)
        batch.start()
        card.insert(reader["port"])
        code, _ = batch.end()
        card.remove()
        time.sleep(SEEN)
        check(code == 0, f"{name}: exit {code}")
        (receipt,) = batch.receipts()
        return receipt

    check(once("made")["outcome"] == "done", "the card is not done")
    card.insert(reader["port"])
    plan = service.run("plan", "--reader", reader["name"], "--wait", "10", "--records", records)
    card.remove()
    time.sleep(SEEN)
    check(plan.returncode == 0 and "nothing is left to do" in plan.stdout, f"{plan}")
    verified = once("verified", "--job", "verify")
    check((verified["record"], verified["wrote"]) == ("r000", "nothing"), f"{verified}")
    rekeyed = once("rekeyed", "--job", "rekey", "--profile", second)
    check({key["grade"] for key in rekeyed["keys"]} == {"used"}, f"{rekeyed}")
    refused = service.run("encode", "--reader", reader["name"], "--job", "recycle")
    check(refused.returncode == 2 and "--yes" in refused.stderr, f"{refused}")
    recycled = once("recycled", "--job", "recycle", "--yes", "--profile", second)
    check(recycled["blank"]["key"] == "used", f"{recycled}")
    check(once("again")["outcome"] == "done", "a recycled card is not done")
    return "verified, rekeyed, recycled and encoded again"


TESTS = [twice, killed, lives]


if __name__ == "__main__":
    on_four_readers(TESTS, 15300)
