"""A mail server that takes connections and never says a word holds up nobody but its own users (I5)."""

import re
import threading
import time
import urllib.error

from deploy.product import WEB_PROCESSES, WEB_THREADS
from tests.compose.visitor import Visitor
from tests.servers.live import Live
from tests.servers.scripted import Peer, scripted

REQUESTS = WEB_PROCESSES * WEB_THREADS + 4  # more than the web server has threads
WAITING = WEB_PROCESSES * 4  # two at the dead server for each process, and two who hope for their places
QUICK = 3.0  # seconds; the dead server's own time limit is 8


def test_a_dead_server_leaves_the_pages_of_others_quick(live: Live) -> None:
    unlucky, lucky = live.new_person("unlucky"), live.new_person("lucky")
    theirs, others = Visitor(live, unlucky), Visitor(live, lucky)
    others.get("/")
    with scripted(Peer.hang) as dead:
        address = f"127.0.0.1:{dead.port}"
        servers = ["--incoming", f"imap+insecure://dead@{address}", "--outgoing", f"smtp+insecure://dead@{address}"]
        arguments = [unlucky.username, "--email", "dead@example.org", *servers, "--password-stdin"]
        live.manage("add_account", *arguments, standard_input="secret\n")
        account = max(map(int, re.findall(r"/settings/accounts/(\d+)/", theirs.get("/settings/accounts/"))))
        answers: list[tuple[int, float]] = []

        def ask() -> None:
            begun, status = time.monotonic(), 200
            try:
                theirs.get(f"/mail/{account}/INBOX/")
            except urllib.error.HTTPError as error:
                status = error.code
            answers.append((status, time.monotonic() - begun))

        threads = [threading.Thread(target=ask, daemon=True) for _ in range(REQUESTS)]
        for thread in threads:
            thread.start()
        time.sleep(0.2)
        for _ in range(5):
            begun = time.monotonic()
            assert "lucky" in others.get("/")
            assert time.monotonic() - begun < QUICK
        for thread in threads:
            thread.join(30)
        assert [status for status, _seconds in answers] == [503] * REQUESTS
        assert sum(seconds < QUICK for _status, seconds in answers) >= REQUESTS - WAITING, "the rest was told at once"
        assert dead.connections <= WEB_PROCESSES * 2
