"""What the worker does for people who want no more of a list. The journal says what is due (asking.py)."""

from webmail.celery import app, ring
from webmail.unsubscribing import asking


# A bell that nobody heard in time is silent: the sweep rings again.
@app.task(ignore_result=True, expires=60)
def ask(row_id: int) -> None:
    """Ask the sender of one message, if that is still to be done."""
    if row := asking.claim(row_id):
        asking.perform(row)


@app.task(ignore_result=True)
def sweep_unsubscriptions() -> None:
    """Every row whose time has come."""
    for row_id in asking.due():
        ring(ask, row_id)
