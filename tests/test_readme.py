"""The README's table of settings and the settings agree."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_every_variable_is_documented() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', (ROOT / "webmail" / "settings.py").read_text()))
    documented = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert documented == read
