#!/usr/bin/python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Keys that stay in a token: the cards are those of a key file, whichever way the token goes."""
import json
import os
import random
import re
import signal
import subprocess
import threading
import time
import tomllib

from readers import SEEN
from softhsm import CLIENT, SPY, MODULE, PIN, Server, Token
from station import KEYS, Batch, Card, check, door_records, lines, on_four_readers, program, until

# So many cards on four readers.
MANY = 24
# At so many moments the program is stopped and looked into.
MOMENTS = 50
PAGE = 4096
BLANK = bytes(PAGE)


def run(environment, *arguments, seconds=120):
    """`encode` on software cards, to its end."""
    return subprocess.run(program("encode", *arguments), env=environment, capture_output=True, text=True,
                          timeout=seconds, check=False)


def told(path):
    """Receipts without their times and what hangs on them."""
    passing = ("started", "finished", "previous", "mac")
    return [{name: value for name, value in line.items() if name not in passing} for line in lines(path)]


def demonstration(directory, name, keys, environment, code=0):
    """The demonstration batch with these keys: its receipts, and what was said."""
    receipts = os.path.join(directory, f"{name}.receipts")
    ran = run(environment, "--seed", 7, "--keys", keys, "--receipts", receipts)
    check(ran.returncode == code, f"{name}: exit {ran.returncode}: {ran.stderr[-600:]}")
    return told(receipts), ran.stderr


def on_readers(service, directory, name, keys, environment, trouble=None):
    """A batch on four readers at once: what each card has by its UID, and what it has by its record."""
    place = os.path.join(directory, name)
    os.mkdir(place)
    uids = [f"04{number:08X}F00D" for number in range(MANY)]
    batch = Batch(service, place, name, door_records(place, MANY), service.readers[:4], "--keys", keys)
    batch.start(environment)
    waiting, states, errors = list(uids), {}, []

    def one(reader):
        try:
            while waiting and batch.running():
                uid = waiting.pop(0)
                card = Card(place)
                card.uid = uid
                card.insert(reader["port"])
                until(lambda: uid in batch.readouts() or not batch.running(), 40, "a read-out")
                card.remove()
                with open(card.state, encoding="ascii") as file:
                    states[uid] = json.load(file)
                time.sleep(SEEN)
        except Exception as error:  # told by the main thread
            errors.append(error)

    threads = [threading.Thread(target=one, args=[reader]) for reader in service.readers[:4]]
    for thread in threads:
        thread.start()
    if trouble is not None:
        trouble(batch)
    for thread in threads:
        thread.join()
    for error in errors:
        raise error
    code, _ = batch.end()
    check(code == 0, f"{name}: exit {code}: {batch.told()[-600:]}")
    check(len(states) == MANY, f"{len(states)} cards")
    # Which reader gets which record is chance: keys and settings hang on the card, contents on the record.
    contents = {}
    for uid, state in states.items():
        files = [file for app in state["applications"] for file in app["files"]]
        contents[batch.readouts()[uid]] = [file.pop("contents") for file in files]
    return states, contents


def inside(service, directory):
    """SoftHSM in the process: the same cards, by CMAC in the token; four readers share it."""
    token = Token(os.path.join(directory, "token"), KEYS)
    expected, _ = demonstration(directory, "file", KEYS, os.environ)
    got, said = demonstration(directory, "token", token.uri(), token.environment)
    check(len(expected) == 200 and got == expected, "the demonstration batch has other receipts")
    ways(said, "CMAC by CKM_AES_CMAC")
    by_file = on_readers(service, directory, "by-file", KEYS, {})
    log = os.path.join(directory, "spy.log")
    spied = {**token.environment, "PKCS11SPY": MODULE, "PKCS11SPY_OUTPUT": log}
    by_token = on_readers(service, directory, "by-token", token.uri(SPY), spied)
    check(by_token == by_file, "a card has another state")
    calls = spied_calls(log)
    check(calls["C_Login"] == 1, f"{calls['C_Login']} logins")
    check(calls["CKA_VALUE"] == 0 and calls["C_WrapKey"] == 0, "a value was asked for")
    check(calls["C_Sign"] >= MANY, f"only {calls['C_Sign']} signatures")
    return f"200 receipts and {MANY} cards as by file, one login, {calls['C_Sign']} signatures"


def spied_calls(log):
    with open(log, encoding="utf-8", errors="replace") as file:
        text = file.read()
    calls = {name: len(re.findall(rf"^\d+: {name}$", text, re.M)) for name in ("C_Login", "C_WrapKey", "C_Sign")}
    # The spy names each attribute that is asked for; lengths have a name that begins alike.
    return {**calls, "CKA_VALUE": len(re.findall(r"CKA_VALUE\b(?!_)", text))}


def ways(said, way):
    """Each key's way is told once, when the job is made."""
    check(re.search(rf"^key picc, version 1: .*{way}", said, re.M), f"the way of picc is not told: {said[-600:]}")


def elsewhere(service, directory):
    """SoftHSM behind a server that passes neither CMAC nor CBC: the same cards by ECB."""
    token = Token(os.path.join(directory, "token"), KEYS)
    server = Server(token)
    try:
        environment = {**os.environ, **server.environment}
        expected, _ = demonstration(directory, "file", KEYS, os.environ)
        got, said = demonstration(directory, "token", token.uri(CLIENT), environment)
        check(got == expected, "the demonstration batch has other receipts")
        ways(said, "CMAC by CKM_AES_ECB")
        by_file = on_readers(service, directory, "by-file", KEYS, {})

        def kill(batch):
            until(lambda: len(batch.receipts()) >= 6 or not batch.running(), 60, "some cards")
            server.kill()
            time.sleep(1)
            server.start()

        by_token = on_readers(service, directory, "by-token", token.uri(CLIENT), server.environment, kill)
        check(by_token == by_file, "a card has another state")
    finally:
        server.kill()
    return f"200 receipts and {MANY} cards as by file, by ECB; the server killed and started again in between"


def by_hand(_service, directory):
    """Keys that are made in the token as the documentation says it."""
    token = Token(os.path.join(directory, "token"), None)
    with open("docs/tokens.md", encoding="utf-8") as file:
        commands = file.read().split("<!-- fill-commands -->\n```sh\n")[1].split("```")[0]
    environment = {**token.environment, "MODULE": MODULE, "PIN": PIN}
    subprocess.run(["bash", "-euo", "pipefail", "-c", commands], env=environment, check=True, capture_output=True)
    got, said = demonstration(directory, "token", token.uri(), token.environment)
    check(len(got) == 200, f"{len(got)} receipts")
    ways(said, "CMAC by CKM_AES_CMAC")
    check("warning" not in said, said)
    return "200 receipts"


def patterns():
    """The halves of every master key, as bytes and as digits."""
    with open(KEYS, "rb") as file:
        keys = tomllib.load(file)["key"]
    found = []
    for key in keys:
        value = bytes.fromhex(key["value"])
        for half in (value[: len(value) // 2], value[len(value) // 2:]):
            found += [half, half.hex().encode(), half.hex().upper().encode()]
    return sorted(set(found))


def looked_into(pid, wanted):
    """How many bytes of keys a stopped process has in what it may write, and how many bytes were searched."""
    hits = searched = 0
    with open(f"/proc/{pid}/maps", encoding="ascii", errors="replace") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            (start, end), rights = (int(n, 16) for n in line.split()[0].split("-")), line.split()[1]
            if not rights.startswith("rw"):
                continue
            try:
                memory.seek(start)
                block = memory.read(end - start)
            except OSError:  # the guard of a stack
                continue
            searched += len(block)
            # Most pages were never written to.
            pages = (block[at:at + PAGE] for at in range(0, len(block), PAGE))
            used = b"".join(page for page in pages if page != BLANK[: len(page)])
            hits += sum(used.count(one) for one in wanted)
    return hits, searched


def stopped_at(moments, wanted, keys, environment, chance):
    """Stops runs of the demonstration batch at random moments: how many keys were seen, and how often looked."""
    seen = looked = 0
    while looked < moments:
        child = subprocess.Popen(program("encode", "--keys", keys), env=environment, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        try:
            while looked < moments:
                time.sleep(chance.uniform(0.01, 0.15))
                if child.poll() is not None:
                    break
                child.send_signal(signal.SIGSTOP)
                until(lambda: stands(child.pid), 5, "the program stands")
                if child.poll() is not None or not stands(child.pid):
                    break
                try:
                    hits, searched = looked_into(child.pid, wanted)
                except ProcessLookupError:  # it was about to end
                    break
                check(searched > 100_000, f"{searched} bytes searched")
                seen, looked = seen + hits, looked + 1
                child.send_signal(signal.SIGCONT)
        finally:
            child.kill()
            child.wait(10)
    return seen


def stands(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] in ("T", "Z")
    except FileNotFoundError:
        return True


def memory(_service, directory):
    """No key of the token is in the program's memory at any moment; those of a file are, which shows the search."""
    token = Token(os.path.join(directory, "token"), KEYS)
    server, chance, wanted = Server(token), random.Random(24), patterns()
    try:
        environment = {**os.environ, **server.environment}
        seen = stopped_at(MOMENTS, wanted, token.uri(CLIENT), environment, chance)
        check(seen == 0, f"{seen} halves of master keys in memory")
        control = stopped_at(5, wanted, KEYS, os.environ, chance)
        check(control > 0, "the search finds no key of a file either")
    finally:
        server.kill()
    return f"stopped at {MOMENTS} moments, no master key; {control} halves with a file"


def bad(_service, directory):
    """One line that says what and what to do, before any card."""
    token = Token(os.path.join(directory, "token"), KEYS)
    wrong = os.path.join(directory, "wrong")
    with open(wrong, "w", encoding="ascii", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write("9999\n")
    cases = {
        "no module": (token.uri("/nowhere/module.so"), "/nowhere/module.so"),
        "no such token": (token.uri(label="nobody"), "token"),
        "wrong PIN": (token.uri(pin=wrong), "PIN"),
        "no PIN file": (token.uri(pin="/nowhere/pin"), "/nowhere/pin"),
        "a PIN in the URI": (f"pkcs11:token=cards?module-path={MODULE}&pin-value=1234", "pin"),
        "no URI": ("pkcs11:token=%zz", "%"),
    }
    for name, (uri, word) in cases.items():
        ran = run(token.environment, "--keys", uri, "--limit", 1)
        last = [line for line in ran.stderr.splitlines() if line.strip()]
        check(ran.returncode == 2, f"{name}: exit {ran.returncode}: {ran.stderr}")
        check(last and word in last[-1], f"{name}: {ran.stderr}")
        check("9999" not in ran.stderr and "1234" not in ran.stderr.replace(uri, ""), f"{name}: a PIN is shown")
    return f"{len(cases)} kinds, each exit 2 and a line"


if __name__ == "__main__":
    on_four_readers([inside, elsewhere, by_hand, memory, bad], 15600)
