"""What the worker does for mail that is read, and for mail that is kept here."""

from webmail.celery import app
from webmail.mailbox import journal, local_store, preparing


# Mail that was not prepared in time is prepared when it is opened.
@app.task(ignore_result=True, expires=60)
def prepare(account_id: int, version: int, folder: str, uidvalidity: int, uids: list[int]) -> None:
    """Have the HTML of these messages ready before somebody opens them."""
    preparing.prepare(account_id, version, folder, uidvalidity, uids)


@app.task(ignore_result=True)
def sweep_store() -> None:
    """Once a day: files that a process which died left behind."""
    local_store.sweep()


@app.task(ignore_result=True)
def prune_acts() -> None:
    """Once a day: acts that can't be taken back any more."""
    journal.prune()
