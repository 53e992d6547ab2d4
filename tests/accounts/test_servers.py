import pytest

from accounts.models import Preset
from accounts.servers import INCOMING_SCHEMES, OUTGOING_SCHEMES, parse_url, sending_host, split_pasted, suggest
from webmail.protocols.endpoint import Protocol, Security


@pytest.mark.parametrize(
    ("pasted", "host", "port"),
    [
        ("imap.example.org", "imap.example.org", None),
        ("  IMAP.Example.ORG\t", "imap.example.org", None),
        ("https://mail.example.org/", "mail.example.org", None),
        ("https://mail.example.org:8443/owa?x=1#y", "mail.example.org", 8443),
        ("imaps://ann@mail.example.org:993", "mail.example.org", 993),
        ("//mail.example.org", "mail.example.org", None),
        ("mail.example.org:993", "mail.example.org", 993),
        ("mail.example.org:993/", "mail.example.org", 993),
        ("192.0.2.1:143", "192.0.2.1", 143),
        ("[2001:db8::1]:143", "2001:db8::1", 143),
        ("[2001:db8::1]", "2001:db8::1", None),
        ("2001:db8::1", "2001:db8::1", None),
        ("münchen.example", "münchen.example", None),
        ("", "", None),
    ],
)
def test_split_pasted(pasted: str, host: str, port: int | None) -> None:
    assert split_pasted(pasted) == (host, port)


@pytest.mark.parametrize("nonsense", ["mail example", "mail.example:port", "a:b:c"])
def test_split_pasted_leaves_nonsense_to_the_validator(nonsense: str) -> None:
    assert split_pasted(nonsense) == (nonsense, None)


@pytest.mark.parametrize(
    ("receiving", "sending"),
    [
        ("imap.example.org", "smtp.example.org"),
        ("pop3.example.org", "smtp.example.org"),
        ("pop.example.org", "smtp.example.org"),
        ("mail.example.org", "mail.example.org"),
        ("popular.example.org", "popular.example.org"),
    ],
)
def test_sending_host(receiving: str, sending: str) -> None:
    assert sending_host(receiving) == sending


@pytest.mark.parametrize(
    ("url", "protocol", "security", "port"),
    [
        ("imaps://u@h", Protocol.IMAP, Security.TLS, 993),
        ("imap://u@h", Protocol.IMAP, Security.STARTTLS, 143),
        ("imap+insecure://u@h", Protocol.IMAP, Security.NONE, 143),
        ("pop3s://u@h", Protocol.POP3, Security.TLS, 995),
        ("pop3://u@h", Protocol.POP3, Security.STARTTLS, 110),
        ("pop3+insecure://u@h", Protocol.POP3, Security.NONE, 110),
        ("imaps://u@h:1993", Protocol.IMAP, Security.TLS, 1993),
    ],
)
def test_incoming_urls(url: str, protocol: Protocol, security: Security, port: int) -> None:
    parsed = parse_url(url, INCOMING_SCHEMES)
    assert (parsed.protocol, parsed.security, parsed.host, parsed.port, parsed.username) == (
        protocol,
        security,
        "h",
        port,
        "u",
    )


@pytest.mark.parametrize(
    ("url", "security", "port"),
    [
        ("smtps://h", Security.TLS, 465),
        ("smtp://h", Security.STARTTLS, 587),
        ("smtp+insecure://h", Security.NONE, 25),
    ],
)
def test_outgoing_urls(url: str, security: Security, port: int) -> None:
    parsed = parse_url(url, OUTGOING_SCHEMES)
    assert (parsed.security, parsed.port, parsed.username) == (security, port, "")


def test_the_user_is_percent_decoded() -> None:
    assert parse_url("imaps://a%40b%2Fc%25@[::1]:993", INCOMING_SCHEMES).username == "a@b/c%"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://u@h", "must begin with one of: imaps://"),
        ("imaps://u:swordfish@h", "standard input"),
        ("imaps://u@h:99999", "Port out of range"),
        ("imaps://u@h:port", "not a server's URL"),
        ("imaps://u@h/INBOX", "must look like"),
        ("imaps://", "must look like"),
        ("smtps://h", "must begin"),
    ],
)
def test_bad_urls_are_refused_in_words(url: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as error:
        parse_url(url, INCOMING_SCHEMES)
    assert "swordfish" not in str(error.value)


@pytest.mark.django_db
def test_a_preset_fills_the_form() -> None:
    Preset.objects.create(
        domain="@Example.ORG ",
        protocol="pop3",
        incoming_host="in.example.net",
        incoming_port=995,
        outgoing_host="out.example.net",
        outgoing_port=587,
        outgoing_security="starttls",
        full_address_login=False,
    )
    found = suggest("Ann@example.org", "Ann")
    assert not found.is_guess
    assert found.initial["incoming_host"] == "in.example.net"
    assert found.initial["incoming_username"] == "Ann"
    assert found.initial["outgoing_security"] == "starttls"
    assert "example.org" in found.source


@pytest.mark.django_db
def test_without_a_preset_the_usual_names_are_guessed() -> None:
    found = suggest("ann@example.org")
    assert found.is_guess
    assert (found.initial["incoming_host"], found.initial["outgoing_host"]) == ("imap.example.org", "smtp.example.org")
