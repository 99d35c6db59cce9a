# SPDX-License-Identifier: MIT OR Apache-2.0
"""Every receipt of every batch fits `schemas/receipt.json`, and none does with an entry taken out."""
import json
import os

import jsonschema

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "../../schemas/receipt.json"), encoding="utf-8") as file:
    SCHEMA = json.load(file)
jsonschema.Draft202012Validator.check_schema(SCHEMA)
RECEIPT = jsonschema.Draft202012Validator(SCHEMA)

# What a receipt always has, and what one has that did not end well.
ALWAYS = ["record", "schema", "program", "job", "outcome", "wrote", "profile", "keys", "settings",
          "files", "started", "finished", "exchanges", "sent", "received", "sequence", "previous", "mac"]
BECAUSE = {"refused": ["reason", "code", "recovery"], "failed": ["reason", "code", "recovery"],
           "written": ["reason", "code"]}


def faults(receipts):
    """What is wrong with these receipts, in words."""
    for receipt in receipts:
        for error in RECEIPT.iter_errors(receipt):
            yield f"record {receipt.get('record')}: {error.json_path}: {error.message}"
        for entry in ALWAYS + BECAUSE.get(receipt["outcome"], []):
            if RECEIPT.is_valid({name: told for name, told in receipt.items() if name != entry}):
                yield f"record {receipt.get('record')} is taken without {entry}"
