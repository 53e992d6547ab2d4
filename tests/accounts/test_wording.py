import pytest

from accounts.fields import WrongKey
from accounts.wording import WORDS, explain, explain_reason, reason_of
from webmail.protocols import errors
from webmail.protocols.errors import LoginRefused, MailServerError, Rejected, TlsRefused, Unreachable

# Of the docstrings in errors.py.
DOCUMENTED = {
    *("name", "refused", "timeout", "network", "lost", "not_allowed", "wrong_protocol", "silent", "busy", "pool"),
    *("not_offered", "plain", "expired", "name_mismatch", "self_signed", "unknown_issuer", "certificate", "changed"),
    *("injected", "handshake", "credentials", "app_password", "needs_tls", "disabled"),
}


@pytest.mark.parametrize("reason", sorted(DOCUMENTED))
def test_every_documented_reason_has_its_own_words(reason: str) -> None:
    explanation = explain_reason(reason)
    assert explanation.title
    assert explanation.text.endswith(".")
    assert explanation != explain_reason("never heard of")


@pytest.mark.parametrize("kind", [Unreachable, TlsRefused, LoginRefused, Rejected, errors.OutcomeUnknown])
def test_every_class_has_words(kind: type[MailServerError]) -> None:
    assert reason_of(kind("text")) in WORDS
    assert reason_of(kind("text", reason="brand_new")) in WORDS


def test_a_closed_port_and_a_silent_one_read_alike() -> None:
    words = {explain_reason(reason) for reason in ("refused", "timeout", "network", "silent", "wrong_protocol")}
    assert len(words) == 1


def test_the_server_is_never_quoted() -> None:
    explanation = explain(Unreachable("text", reason="refused", reply="<b>BANNER</b>"))
    assert "BANNER" not in explanation.text + explanation.title


def test_a_wrong_key() -> None:
    assert explain(WrongKey("text")) == explain_reason("wrong_key")
