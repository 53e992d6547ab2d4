"""A scripted POP3 server for the faults that no real one makes on demand. It keeps a maildrop as RFC 1939 says: locked
while a session is open, and nothing is removed before QUIT."""

import contextlib
import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

USERNAME, PASSWORD = "alice@demo.test", "secret"
HANG_UP = b""


@dataclass(slots=True)
class Mail:
    raw: bytes
    uidl: str = ""
    size: int | None = None  # what LIST says, when it lies
    gone: bool = False


@dataclass(slots=True)
class Script:
    """`override(verb, argument)` answers in the server's place: octets to send, HANG_UP, or None for the usual
    answer."""

    mails: list[Mail] = field(default_factory=list)
    override: Callable[[str, str], bytes | None] = lambda verb, argument: None
    uidl: bool = True
    password: str = PASSWORD
    commands: list[str] = field(default_factory=list)
    logins: int = 0
    sessions: int = 0

    def add(self, *raws: bytes, uidl: str = "u{}") -> None:
        for raw in raws:
            self.mails.append(Mail(raw, uidl.format(len(self.mails) + 1)))

    def renumber(self, pattern: str) -> None:
        """Give every message another UIDL."""
        for number, mail in enumerate(self.mails, 1):
            mail.uidl = pattern.format(number)

    def retrieved(self) -> list[str]:
        return [command for command in self.commands if command.startswith("RETR")]


class ScriptedPop3(socketserver.ThreadingTCPServer):
    """Listens on loopback without TLS. `script` says what it holds and how it errs."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.script = Script()
        self.lock = threading.Lock()
        self.host: str = "127.0.0.1"
        self.port: int = self.server_address[1]
        threading.Thread(target=self.serve_forever, args=(0.05,), name="scripted pop3", daemon=True).start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


class Session(socketserver.StreamRequestHandler):
    server: ScriptedPop3

    def handle(self) -> None:
        self.script = self.server.script
        self.script.sessions += 1
        self.marked: set[int] = set()
        self.locked = False
        with contextlib.suppress(OSError):
            self.talk()
        if self.locked:
            self.server.lock.release()

    def talk(self) -> None:
        greeting = self.script.override("greeting", "")
        self.wfile.write(b"+OK ready\r\n" if greeting is None else greeting)
        while line := self.rfile.readline(1000):
            verb, _, argument = line.decode("latin-1").strip().partition(" ")
            self.script.commands.append(f"{verb} {argument}".strip() if verb != "PASS" else verb)
            answer = self.script.override(verb.upper(), argument)
            if answer is None:
                answer = self.answer(verb.upper(), argument)
            if answer is HANG_UP:
                return
            self.wfile.write(answer)
            if verb.upper() == "QUIT":
                return

    def answer(self, verb: str, argument: str) -> bytes:
        method = getattr(self, f"do_{verb.lower()}", None)
        return method(argument) if method else b"-ERR what\r\n"

    # -- commands (RFC 1939, RFC 2449) ---------------------------------------------------------------------------------

    def do_capa(self, _: str) -> bytes:
        return b"+OK\r\nUSER\r\nTOP\r\n" + (b"UIDL\r\n" if self.script.uidl else b"") + b"RESP-CODES\r\n.\r\n"

    def do_user(self, _: str) -> bytes:
        return b"+OK\r\n"

    def do_pass(self, argument: str) -> bytes:
        self.script.logins += 1
        if argument != self.script.password:
            return b"-ERR [AUTH] wrong\r\n"
        self.locked = self.server.lock.acquire(blocking=False)
        return b"+OK\r\n" if self.locked else b"-ERR [IN-USE] another session\r\n"

    def do_stat(self, _: str) -> bytes:
        return b"+OK %d %d\r\n" % (len(self.listed()), sum(size(mail) for _, mail in self.listed()))

    def do_list(self, _: str) -> bytes:
        return b"+OK\r\n" + b"".join(b"%d %d\r\n" % (number, size(mail)) for number, mail in self.listed()) + b".\r\n"

    def do_uidl(self, _: str) -> bytes:
        if not self.script.uidl:
            return b"-ERR no such command\r\n"
        lines = [f"{number} {mail.uidl}".rstrip().encode("latin-1") for number, mail in self.listed()]
        return b"\r\n".join([b"+OK", *lines, b".", b""])

    def do_retr(self, argument: str) -> bytes:
        return b"+OK\r\n" + stuffed(self.mail(argument).raw)

    def do_top(self, argument: str) -> bytes:
        head, _, _ = self.mail(argument.split()[0]).raw.partition(b"\r\n\r\n")
        return b"+OK\r\n" + stuffed(head + b"\r\n\r\n")

    def do_dele(self, argument: str) -> bytes:
        self.marked.add(int(argument))
        return b"+OK\r\n"

    def do_noop(self, _: str) -> bytes:
        return b"+OK\r\n"

    def do_quit(self, _: str) -> bytes:
        for number in self.marked:
            self.mail(str(number)).gone = True
        self.script.mails[:] = [mail for mail in self.script.mails if not mail.gone]
        self.marked.clear()
        if self.locked:
            self.locked = False
            self.server.lock.release()
        return b"+OK bye\r\n"

    def listed(self) -> list[tuple[int, Mail]]:
        return [(number, mail) for number, mail in enumerate(self.script.mails, 1) if number not in self.marked]

    def mail(self, number: str) -> Mail:
        return self.script.mails[int(number) - 1]


def size(mail: Mail) -> int:
    return len(mail.raw) if mail.size is None else mail.size


def stuffed(raw: bytes) -> bytes:
    """A multi-line answer (RFC 1939, 3): a dot before a line's own, CRLF at the end, the final dot."""
    if not raw:
        return b".\r\n"
    lines = raw.split(b"\r\n")
    body = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)
    return body + (b"" if raw.endswith(b"\r\n") else b"\r\n") + b".\r\n"
