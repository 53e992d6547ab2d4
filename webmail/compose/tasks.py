"""What the worker does for mail on its way. The rows say what is due; a task that is lost, late or doubled does no
harm (outbox.py)."""

from webmail.celery import app, ring
from webmail.compose import delivery, outbox, recovery, uploading


# A bell that nobody heard in time is silent: the sweep rings again, so that a busy queue does not fill with the same
# rows.
@app.task(ignore_result=True, expires=60)
def deliver(outgoing_id: int) -> None:
    """Send the mail if it waits, file it if it was sent."""
    if outgoing := outbox.claim(outgoing_id):
        delivery.send(outgoing)
        if waiting := outbox.next_to_send():  # there is room at that server now
            ring(deliver, waiting)
    if outgoing := outbox.claim_filing(outgoing_id):
        delivery.file(outgoing)


@app.task(ignore_result=True)
def sweep_outbox() -> None:
    """Every row whose time has come, also those that a dead worker left behind."""
    recovery.recover()
    for outgoing_id in outbox.due():
        ring(deliver, outgoing_id)


@app.task(ignore_result=True)
def sweep_uploads() -> None:
    """Once a day: files that a process which died left behind."""
    uploading.sweep()


@app.task(ignore_result=True)
def prune_outbox() -> None:
    """Once a day: mail that was sent long ago."""
    recovery.forget_refused()
    recovery.forget_old()
