"""A manage.py that stays: it runs one command after another in one process, because starting Python and Django
costs more than most commands.

A request is one line of JSON on standard input, {"arguments": […], "input": "…"}; the answer is one line,
{"error": null} or {"error": "what the command said"}. It ends with its standard input.
"""

import io
import json
import subprocess
import sys
from collections.abc import Mapping

import django
from django.core.management import CommandError, call_command

from deploy.product import ROOT, CommandFailed


class StandingManage:
    """Commands run in the order of calls, one at a time."""

    def __init__(self, environment: Mapping[str, str]):
        command = [sys.executable, "-m", "tests.servers.standing"]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, env=dict(environment), cwd=ROOT, text=True, start_new_session=True
        )

    def __call__(self, *arguments: str, standard_input: str) -> None:
        """Raises CommandFailed."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps({"arguments": arguments, "input": standard_input}), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        error = json.loads(answer)["error"] if answer else "the process ended"
        if error:
            raise CommandFailed(f"manage.py {arguments[0]}: {error}")

    def close(self) -> None:
        self.process.communicate(timeout=10)


def serve() -> None:
    django.setup()
    requests = sys.stdin
    for line in requests:
        request = json.loads(line)
        sys.stdin = io.StringIO(request["input"])
        error = None
        try:
            call_command(*request["arguments"], stdout=io.StringIO())
        except CommandError as refusal:
            error = str(refusal)
        print(json.dumps({"error": error}), flush=True)


if __name__ == "__main__":
    serve()
