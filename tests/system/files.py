#!/usr/bin/python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""An error, and a kill, at each open, write, sync, cut and rename of the files of a run, one by one.

`strace` puts it in. Whatever fails: what was kept is still there, what is said to be lost is not
there, the program says so and ends, and the next run does what is left."""
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from station import Failed, check, program

CALLS = ("openat", "write", "fdatasync", "fsync", "ftruncate", "rename", "unlink")
FAULTS = ("error=EIO", "error=ENOSPC", "signal=KILL")
RECORDS = 4
# The card of a record that was begun is gone with its run where its state was not kept.
OTHER = ("--accept", "other")


def run(*arguments, name="encode"):
    return subprocess.run(
        program(name, *arguments), capture_output=True, text=True, timeout=60, check=False
    )


def traced(directory, inject, paths, arguments):
    """Runs `encode` under strace, which looks at these paths alone, and gives what it saw."""
    log = os.path.join(directory, "..", "trace.txt")
    of = [word for path in paths for word in ("-P", path)]
    command = ["strace", "-f", "-o", log, *of, "-e", "trace=" + ",".join(CALLS), *inject]
    ran = subprocess.run(
        command + program("encode", *arguments),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    with open(log, encoding="utf-8") as trace:
        return ran, trace.read()


def lines(path):
    if not os.path.exists(path):
        return []
    with open(path, "rb") as file:
        return [line for line in file.read().split(b"\n")[:-1] if line]


class World:
    """The files that a run finds, made anew for each fault."""

    def __init__(self, top):
        self.directory = os.path.join(top, "run")
        self.before = os.path.join(top, "before")
        os.mkdir(self.before)
        self.receipts, self.readout, self.state = (
            os.path.join(self.directory, name) for name in ("out.jsonl", "uids.jsonl", "card.json")
        )
        self.paths = [self.directory, self.receipts, self.receipts + ".begun", self.readout]
        self.paths += [self.state, self.state + ".new"]

    def anew(self):
        shutil.rmtree(self.directory, ignore_errors=True)
        shutil.copytree(self.before, self.directory)

    def every_call(self, arguments):
        """How often the run makes each call on its files."""
        self.anew()
        ran, trace = traced(self.directory, [], self.paths, arguments)
        check(ran.returncode == 0, f"without a fault: {ran.stderr}")
        return collections.Counter(re.findall(r"^\d+ +(\w+)\(", trace, re.M))

    def faults(self, arguments, after):
        """Each fault at each of those calls; `after` checks what is left."""
        tried = collections.Counter()
        for call, times in sorted(self.every_call(arguments).items()):
            for number in range(1, times + 1):
                for fault in FAULTS:
                    self.anew()
                    inject = ["-e", f"inject={call}:{fault}:when={number}"]
                    ran, trace = traced(self.directory, inject, self.paths, arguments)
                    what = f"{call} {number} of {times}, {fault}"
                    killed = fault.startswith("signal")
                    check(killed or "(INJECTED)" in trace, f"{what}: nothing was put in")
                    expected = (-9, 137) if killed else (2,)
                    check(ran.returncode in expected, f"{what}: exit {ran.returncode} {ran.stderr}")
                    try:
                        after(ran, killed)
                    except Failed as error:
                        raise Failed(f"{what}: {error}; it said {ran.stderr!r}") from error
                    tried[call] += 1
        check(min(tried[call] for call in ("openat", "write")) > 0, f"too little: {tried}")
        return ", ".join(f"{call} {count}" for call, count in sorted(tried.items()))

    def verified(self, cut):
        """The receipts are a chain; after a kill the last line may be cut."""
        if not os.path.exists(self.receipts):
            return
        ran = run("verify", self.receipts, "--json", name="receipts")
        faults = [fault["fault"] for fault in json.loads(ran.stdout)["faults"]]
        check(faults == [] or (cut and faults == ["cut"]), f"the chain is broken: {ran.stdout}")


def batches(top):
    """Receipts and read-outs of a batch that goes on behind lines that were cut."""
    world = World(top)
    before = [os.path.join(world.before, name) for name in ("out.jsonl", "uids.jsonl")]
    ran = run("--limit", 2, "--receipts", before[0], "--readout", before[1])
    check(ran.returncode == 0, ran.stderr)
    first = []
    for path in before:
        first.append(lines(path)[0])
        with open(path, "r+b") as file:
            file.truncate(len(first[-1]) + 30)
    arguments = ["--limit", RECORDS - 1, "--receipts", world.receipts, "--readout", world.readout]

    def after(ran, killed):
        kept = lines(world.receipts)
        check(kept[:1] == first[:1] and lines(world.readout)[:1] == first[1:], "a line is gone")
        begun = len(kept) > 1
        # What was cut before the run is still there where the run did not come to it.
        world.verified(cut=killed or not begun)
        lost = re.search(r"the line of record (\S+) is lost", ran.stderr)
        names = [json.loads(line)["record"] for line in kept]
        check(not lost or lost[1] not in names, "a line that is said to be lost is there")
        check("cards done" not in ran.stdout, "a run that failed says what it did as if it had not")
        # It has one record less to do for each that is kept.
        left = RECORDS - len(kept)
        again = run("--limit", left, *arguments[2:], *OTHER)
        check(again.returncode == 0, f"the next run: {again.stderr}")
        world.verified(cut=False)
        names = collections.Counter(json.loads(line)["record"] for line in lines(world.receipts))
        check(len(names) == RECORDS and set(names.values()) == {1}, f"receipts: {names}")
        read = {json.loads(line)["record"] for line in lines(world.readout)}
        check(set(names) <= read, f"no read-out of {set(names) - read}")

    return world.faults(arguments, after)


def states(top, exists):
    """The state of a software card, made or replaced, with a receipt and a read-out made."""
    world = World(top)
    if exists:
        ran = run("--limit", 1, "--seed", 1, "--state", os.path.join(world.before, "card.json"))
        check(ran.returncode == 0, ran.stderr)
    arguments = ["--limit", 1, "--receipts", world.receipts, "--readout", world.readout]
    arguments += ["--state", world.state]

    def after(_ran, killed):
        check(exists <= os.path.exists(world.state), "the state is gone")
        if os.path.exists(world.state):
            ran = run("--state", world.state, name="inspect")
            check(ran.returncode == 0, f"the state is none: {ran.stderr}")
            check(os.stat(world.state).st_mode & 0o777 == 0o600, "others may read the state")
        check(killed or not os.path.exists(world.state + ".new"), "half of a state is left")
        world.verified(cut=killed)
        check(not lines(world.receipts) or os.path.exists(world.state), "a receipt without its card")
        # A record that is done is not done again; its card is.
        done = len(lines(world.receipts)) > 0
        again = ["--job", "verify", "--state", world.state] if done else [*arguments, *OTHER]
        again = run(*again)
        check(again.returncode == 0, f"the next run: {again.stderr}")
        check(not os.path.exists(world.state + ".new"), "something is left beside the state")

    return world.faults(arguments, after)


def order(top):
    """Nothing is told as kept before it is on the disk: each line by itself, which card is begun
    before it is changed, the read-out before the receipt, a new file's name before its first line, the state before it takes its name."""
    world = World(top)
    world.anew()
    arguments = ["--limit", 1, "--receipts", world.receipts, "--readout", world.readout]
    arguments += ["--state", world.state]
    ran, trace = traced(world.directory, ["-y"], world.paths, arguments)
    check(ran.returncode == 0, ran.stderr)
    seen = []
    for call, rest in re.findall(r"^\d+ +(\w+)\((.*)$", trace, re.M):
        name = re.search(r"/run(?:/([\w.]+))?[>\"]", rest)[1] or "directory"
        if call in ("write", "fdatasync", "fsync", "rename") or "O_EXCL" in rest:
            seen.append(f"{'make' if call == 'openat' else call} {name}")
    expected = [
        *("make out.jsonl", "fsync directory", "make uids.jsonl", "fsync directory"),
        *("make out.jsonl.begun", "fsync directory"),
        *("write out.jsonl.begun", "fdatasync out.jsonl.begun"),
        *("make card.json.new", "write card.json.new", "fsync card.json.new"),
        *("rename card.json.new", "fsync directory"),
        *("write uids.jsonl", "fdatasync uids.jsonl", "write out.jsonl", "fdatasync out.jsonl"),
        *("fdatasync out.jsonl.begun",),
    ]
    check(seen == expected, f"{seen}")
    return f"{len(seen)} calls"


def main():
    if shutil.which("strace") is None:
        sys.exit("strace is missing: install it, or run tests/system/run as root")
    tests = (
        ("order", order),
        ("batches", batches),
        ("new states", lambda top: states(top, exists=False)),
        ("states replaced", lambda top: states(top, exists=True)),
    )
    for name, test in tests:
        with tempfile.TemporaryDirectory(prefix="cardwright-files-") as top:
            try:
                print(f"ok   files: {name}: {test(top)}", flush=True)
            except Failed as error:
                sys.exit(f"FAIL files: {name}: {error}")


if __name__ == "__main__":
    main()
