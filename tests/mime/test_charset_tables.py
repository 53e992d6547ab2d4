"""Tables of charsets that are never guessed are let go of, and no guess is another for it. In a process of its own:
what is gone is gone for all tests after it."""

import json
import random
import subprocess
import sys

from tests.mime.test_text import UNLABELLED

GUESSING = """
import json, sys
from chardet.models import load_models
from webmail.mime.charsets import _guess, load_tables
samples = [bytes.fromhex(line) for line in json.load(sys.stdin)]
all_tables, before = len(load_models()), [_guess(sample) for sample in samples]
load_tables()
print(json.dumps([all_tables, len(load_models()), before, [_guess(sample) for sample in samples]]))
"""


def test_no_guess_is_another_without_them():
    chance = random.Random(5)
    texts = [text.encode(codec) for codec, text in UNLABELLED]
    mixed = [b" ".join(chance.sample(texts, 3)) for _ in range(40)]
    noise = [chance.randbytes(chance.randrange(1, 300)) for _ in range(100)]
    samples = json.dumps([sample.hex() for sample in texts + mixed + noise])
    done = subprocess.run([sys.executable, "-c", GUESSING], input=samples, capture_output=True, text=True, check=True)
    tables, left, before, after = json.loads(done.stdout)
    assert left < tables / 2
    assert after == before
