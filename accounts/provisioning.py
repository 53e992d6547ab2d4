"""What the commands for scripts have in common: passwords from standard input, and what a form found wrong as
sentences.
"""

import sys

from django.core.management.base import CommandError
from django.forms import BaseForm


def read_passwords(limit: int) -> list[str]:
    """Up to `limit` lines of standard input without their line ends; CommandError when there is none."""
    lines = [line.rstrip("\r\n") for line in sys.stdin.read().splitlines()][:limit]
    if not lines or not lines[0]:
        raise CommandError("No password came in on standard input.")
    return lines


def refusal(form: BaseForm) -> CommandError:
    """What was wrong, one line per field, with the field's name in front."""
    lines = []
    for name, errors in form.errors.items():
        lines += [str(error) if name == "__all__" else f"{name}: {error}" for error in errors]
    return CommandError("\n".join(lines))
