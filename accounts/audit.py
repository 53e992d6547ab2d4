"""The record of who did what: one row per act, in the same transaction as the act itself."""

from accounts.models import AuditEntry, User
from webmail.protocols.errors import one_line

COMMAND_LINE = "manage.py"


def record(actor: User | None, action: str, subject: str, detail: str = "") -> AuditEntry:
    """Write one entry. `actor` is None for the command line; `action` is a stable word, `subject` who or what it was
    done to.

    Texts are cut to one printable line, so that nothing typed elsewhere can forge a second entry.
    """
    return AuditEntry.objects.create(
        actor=actor,
        actor_name=actor.get_username() if actor else COMMAND_LINE,
        action=action,
        subject=one_line(subject)[:254],
        detail=one_line(detail),
    )
