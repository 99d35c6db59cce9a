# SPDX-License-Identifier: MIT OR Apache-2.0
"""Every receipt of every batch and every inspection of a card fits its schema in `schemas/`, and no receipt
does with an entry taken out."""
import json
import os

import jsonschema

HERE = os.path.dirname(os.path.abspath(__file__))


def schema(name):
    """The validator of a schema that is checked in, which is itself one."""
    with open(os.path.join(HERE, f"../../schemas/{name}.json"), encoding="utf-8") as file:
        checked = json.load(file)
    validator = jsonschema.validators.validator_for(checked)
    validator.check_schema(checked)
    return validator(checked)


RECEIPT, INSPECTION = schema("receipt"), schema("inspect")

# What a receipt always has, and what one has that did not end well.
ALWAYS = ["record", "schema", "program", "job", "outcome", "wrote", "profile", "keys", "settings",
          "files", "started", "finished", "exchanges", "sent", "received", "sequence", "previous", "mac"]
BECAUSE = {"refused": ["reason", "code", "recovery"], "failed": ["reason", "code", "recovery"],
           "written": ["reason", "code"]}


def odd(seen):
    """What of an inspection does not fit its schema, in words."""
    return [f"{error.json_path}: {error.message}" for error in INSPECTION.iter_errors(seen)]


def faults(receipts):
    """What is wrong with these receipts, in words."""
    for receipt in receipts:
        for error in RECEIPT.iter_errors(receipt):
            yield f"record {receipt.get('record')}: {error.json_path}: {error.message}"
        for entry in ALWAYS + BECAUSE.get(receipt["outcome"], []):
            if RECEIPT.is_valid({name: told for name, told in receipt.items() if name != entry}):
                yield f"record {receipt.get('record')} is taken without {entry}"
