#!/usr/bin/python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Batches on virtual readers: real processes of the examples, a private pcscd, and trouble."""
import collections
import datetime
import os
import statistics
import threading
import time

from station import KEYS, Batch, Card, Mute, check, door_records, holds, lines, on_four_readers
from station import seeded, until

# How long the service takes to see that a card has left.
SEEN = 0.5


def feed(batch, reader, cards, trouble=None):
    """Puts cards on a reader one after the other, each until a receipt for it is there."""
    for card in cards:
        before = len(batch.receipts())
        if not batch.running():
            return
        card.insert(reader["port"])
        if trouble is not None:
            trouble(card, reader)
        until(
            lambda: len(batch.receipts()) > before or not batch.running(), 30, "a receipt for a card"
        )
        card.remove()
        time.sleep(SEEN)


def once_each(batch, count):
    """Every record has exactly one receipt of this run, and no card is counted twice."""
    receipts = batch.receipts()
    counted = collections.Counter(receipt["record"] for receipt in receipts)
    check(len(counted) == count, f"{len(counted)} records have receipts, of {count}")
    check(set(counted.values()) == {1}, f"more than one receipt: {counted.most_common(3)}")
    done = [receipt for receipt in receipts if receipt["outcome"] in ("done", "already-done")]
    references = collections.Counter(receipt["card"] for receipt in done)
    check(not done or set(references.values()) == {1}, "a card was counted twice")
    return done


def right_cards(batch, cards):
    """Each card that was read out holds the record that it was read out for."""
    by_uid = {card.uid: card for card in cards}
    for uid, record in batch.readouts().items():
        check(holds(by_uid[uid], record), f"card {uid} does not hold record {record}")


def hundred(service, directory):
    """A hundred cards, of which each tenth is of another kind and each tenth is pulled half-way. Every
    receipt fits its schema (`Batch.end`), whatever became of its card."""
    reader = service.readers[0]
    batch = Batch(service, directory, "hundred", door_records(directory, 100), [reader])
    batch.start()
    cards = [Card(directory, "d40-4k" if number % 10 == 3 else "ev2-8k") for number in range(100)]
    chance = seeded()

    def pull(card, _reader):
        if cards.index(card) % 10 == 7:
            began = os.path.getmtime(card.state)
            until(lambda: os.path.getmtime(card.state) != began, 20, "the card is written to")
            time.sleep(chance.uniform(0, 0.003))
            card.remove(hard=True)

    began = time.monotonic()
    feed(batch, reader, cards, pull)
    code, _ = batch.end()
    check(code == 1, f"exit {code}")
    done = once_each(batch, 100)
    outcomes = collections.Counter(receipt["outcome"] for receipt in batch.receipts())
    check(outcomes["refused"] == 10, f"{outcomes}")
    check(outcomes["failed"] >= 3 and len(done) + outcomes["failed"] == 90, f"{outcomes}")
    check({receipt["exchanges"] for receipt in done} <= {28, 32}, "another number of exchanges")
    right_cards(batch, cards)
    took = time.monotonic() - began
    return f"100 cards in {took:.0f} s, {dict(outcomes)}, cards changed by hand included"


def four(service, directory):
    readers = service.readers[:4]
    batch = Batch(service, directory, "four", door_records(directory, 24), readers)
    batch.start()
    cards, errors = [], []

    def one(reader):
        try:
            while batch.running():
                card = Card(directory)
                cards.append(card)
                card.insert(reader["port"])
                until(lambda: card.uid in batch.readouts() or not batch.running(), 30, "a read-out")
                card.remove()
                time.sleep(SEEN)
        except Exception as error:  # told by the main thread
            errors.append(error)

    threads = [threading.Thread(target=one, args=[reader]) for reader in readers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in errors:
        raise error
    code, _ = batch.end()
    check(code == 0, f"exit {code}")
    check(len(once_each(batch, 24)) == 24, "some are not done")
    right_cards(batch, cards)
    return "24 cards on four readers at once, each with its own record"


def torn(service, directory):
    """Cards are pulled in the middle of their encoding; a second run completes them."""
    reader = service.readers[1]
    records = door_records(directory, 20)
    chance = seeded()
    pulled = []

    def pull(card, _reader):
        began = os.path.getmtime(card.state)
        until(lambda: os.path.getmtime(card.state) != began, 20, "the card is written to")
        time.sleep(chance.uniform(0, 0.006))
        card.remove(hard=True)
        pulled.append(card)

    first = Batch(service, directory, "torn", records, [reader])
    first.start()
    cards = [Card(directory) for _ in range(20)]
    feed(first, reader, cards, pull)
    check(first.end()[0] in (0, 1), "the batch broke off")
    once_each(first, 20)
    right_cards(first, cards)
    failed = [receipt["record"] for receipt in first.receipts() if receipt["outcome"] == "failed"]
    check(len(failed) >= 5, f"{len(failed)} cards torn: too few to tell anything")
    # The receipts of the first run say what is left; the cards come in the same order.
    second = Batch(service, directory, "torn", records, [reader])
    second.start()
    by_record = dict(zip((f"r{number:03}" for number in range(20)), cards))
    feed(second, reader, [by_record[record] for record in failed])
    code, _ = second.end()
    check(code == 0, f"exit {code}")
    done = [receipt for receipt in second.receipts() if "done" in receipt["outcome"]]
    check(len({receipt["record"] for receipt in done}) == 20, "some are not done")
    check(len(done) == 20, "a record was counted twice")
    right_cards(second, cards)
    return f"{len(failed)} of 20 torn, one receipt each, completed by a second run"


def restarted(service, directory):
    """The service is killed and started again in the middle of a batch."""
    reader = service.readers[2]
    batch = Batch(service, directory, "restarted", door_records(directory, 6), [reader])
    batch.start()
    cards = [Card(directory) for _ in range(6)]
    feed(batch, reader, cards[:3])
    service.command("kill")
    time.sleep(1.5)
    check(batch.running(), "the batch ended with the service")
    service.command("start")
    until(lambda: len(service.listed()) >= 4, 20, "the readers are listed again")
    feed(batch, reader, cards[3:])
    code, _ = batch.end()
    check(code == 0, f"exit {code}")
    check(len(once_each(batch, 6)) == 6, "some are not done")
    right_cards(batch, cards)
    return "6 cards around a restart of the service"


def swapped(service, directory):
    """Another card within 50 ms, so that the service reports no event."""
    reader = service.readers[3]
    chance = seeded()
    batch = Batch(service, directory, "swapped", door_records(directory, 10), [reader])
    batch.start()
    cards = []
    gaps = []
    card = Card(directory)
    cards.append(card)
    card.insert(reader["port"])
    while batch.running():
        time.sleep(chance.uniform(0.02, 0.6))
        following = Card(directory)
        cards.append(following)
        left = time.monotonic()
        card.remove(hard=chance.random() < 0.5)
        following.insert(reader["port"])
        gaps.append(time.monotonic() - left)
        card = following
        check(len(cards) < 200, "the batch does not end")
    card.remove()
    code, _ = batch.end()
    check(code in (0, 1), f"exit {code}")
    once_each(batch, 10)
    right_cards(batch, cards)
    short = sum(gap < 0.05 for gap in gaps)
    return f"{len(cards)} cards, {short} of {len(gaps)} swaps within 50 ms"


def hung(service, directory):
    """A reader that gives no answer loses its card and holds nobody up, and works again later."""
    stuck, other = service.readers[0], service.readers[2]
    batch = Batch(service, directory, "hung", door_records(directory, 5), [stuck, other])
    batch.start()
    mute = Mute(stuck["port"])
    until(batch.receipts, 20, "the reader is given up")
    check("the reader hangs" in batch.receipts()[0]["reason"], f"{batch.receipts()}")
    check(f"{stuck['name']}: no answer; unplug" in batch.told(), "the operator was not told")
    cards = [Card(directory) for _ in range(4)]
    # The other reader goes on, while the call into the first one has not returned.
    feed(batch, other, cards[:2])
    check(f"{stuck['name']}: back" not in batch.told(), "the reader is back too early")
    mute.remove()
    until(lambda: f"{stuck['name']}: back" in batch.told(), 20, "the reader is back")
    feed(batch, stuck, cards[2:3])
    feed(batch, other, cards[3:])
    code, _ = batch.end()
    check(code == 1, f"exit {code}")
    check(len(once_each(batch, 5)) == 4, "some are not done")
    right_cards(batch, cards)
    return "a mute card given up, four others encoded, one of them on its reader"


def refusals(service, directory):
    """A wrong card gets a receipt, the next one is asked for, and the end is 1."""
    reader = service.readers[0]
    batch = Batch(service, directory, "refused", door_records(directory, 3), [reader])
    batch.start()
    classic = Card(directory, atr="3B8F8001804F0CA000000306030001000000006A")
    feed(batch, reader, [Card(directory, "d40-4k"), classic, Card(directory)])
    code, _ = batch.end()
    check(code == 1, f"exit {code}")
    outcomes = [receipt["outcome"] for receipt in batch.receipts()]
    check(outcomes == ["refused", "refused", "done"], f"{outcomes}")
    check("a MIFARE Classic 1K card, and no ISO 14443-4 card; take it off" in batch.told(), batch.told())
    one = ["--reader", reader["name"], "--once", "--wait", "2"]
    for arguments, wanted in [
        (["--reader", "Nobody", "--once"], "no reader is called"),
        (["--reader", "Virtual", "--once"], "write more of the name"),
        (one, "no card came to"),
        ([*one, "--seed", "1"], "cannot be used with"),
        ([*one, "--keys", marked_live(directory)], "is marked live"),
    ]:
        refused(service.run("encode", *arguments), wanted)
    card = Card(directory)
    card.insert(reader["port"])
    holder = exclusively(service, reader)
    refused(service.run("encode", *one), "another program uses the card")
    holder.disconnect()
    card.remove()
    service.environment["PCSCLITE_CSOCK_NAME"] = os.path.join(directory, "nobody")
    for name, arguments in [("encode", one), ("inspect", one[:2]), ("readers", [])]:
        refused(service.run(name, *arguments), "the smart card service does not run")
    service.environment["PCSCLITE_CSOCK_NAME"] = service.socket
    return "wrong cards, and what keeps a run from starting"


def marked_live(directory):
    path = os.path.join(directory, "live.toml")
    with open(KEYS, encoding="utf-8") as test, open(path, "w", encoding="utf-8") as live:
        live.write(test.read().replace('use = "test"', 'use = "live"'))
    os.chmod(path, 0o600)
    return path


def refused(ran, wanted):
    check(ran.returncode == 2 and wanted in ran.stderr, f"{ran}: no {wanted!r}")


def exclusively(service, reader, mode=None):
    """Takes the card in a reader, and keeps it from others, unless another mode is asked for."""
    os.environ["PCSCLITE_CSOCK_NAME"] = service.socket
    from smartcard.Exceptions import CardConnectionException, NoCardException
    from smartcard.scard import SCARD_SHARE_EXCLUSIVE
    from smartcard.System import readers  # only now: it connects to the service when it is loaded

    (found,) = [there for there in readers() if str(there) == reader["name"]]
    connection = found.createConnection()

    def taken():
        try:
            connection.connect(mode=SCARD_SHARE_EXCLUSIVE if mode is None else mode)
            return True
        except (CardConnectionException, NoCardException):
            return False

    until(taken, 20, "the card is there")
    return connection


def overhead(service, directory):
    """What the whole stack adds to an exchange: a software card answers in next to no time."""
    reader = service.readers[0]
    took = []
    for number in range(20):
        card = Card(directory, kept=False)
        card.insert(reader["port"])
        receipts = os.path.join(directory, f"{number}.receipts")
        ran = service.run(
            "encode", "--reader", reader["name"], "--once", "--wait", "10", "--receipts", receipts
        )
        check(ran.returncode == 0, ran.stderr)
        card.remove()
        time.sleep(SEEN)
        (receipt,) = lines(receipts)
        began, ended = (time_of(receipt[name]) for name in ("started", "finished"))
        took.append((ended - began) / receipt["exchanges"])
    return f"{statistics.mean(took) * 1e6:.0f} us an exchange, from encode to the card and back"


def time_of(stamp):
    return datetime.datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()


TESTS = [hundred, four, torn, restarted, swapped, hung, refusals, overhead]


if __name__ == "__main__":
    on_four_readers(TESTS, 15200)
