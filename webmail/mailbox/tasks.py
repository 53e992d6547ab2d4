"""What the worker does for mail that is kept here."""

from webmail.celery import app
from webmail.mailbox import local_store


@app.task(ignore_result=True)
def sweep_store() -> None:
    """Once a day: files that a process which died left behind."""
    local_store.sweep()
