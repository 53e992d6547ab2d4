"""What the worker does for POP3 accounts. The rows say what is due; a task that is lost, late or doubled does no harm
(lease.py)."""

from webmail.celery import app, ring
from webmail.popimport import importer, lease


# A bell nobody heard in time is silent: the sweep rings again, so that a busy queue does not fill with the same
# accounts.
@app.task(ignore_result=True, expires=60)
def import_account(account_id: int) -> None:
    importer.run(account_id)


@app.task(ignore_result=True)
def sweep_imports() -> None:
    """Every due account, also those a dead worker left behind."""
    for account_id in lease.due_accounts():
        ring(import_account, account_id)
