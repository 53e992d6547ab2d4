"""What the worker does to whole folders. The jobs say what is due (jobs.py)."""

from webmail.bulk import jobs, running
from webmail.celery import app, ring


# A bell that nobody heard in time is silent: the sweep rings again.
@app.task(ignore_result=True, expires=60)
def run(job_id: int) -> None:
    """Do this job for a while, if that is still to be done; then what its account waits for next."""
    job = jobs.claim(job_id)
    if job is None:
        return
    running.run(job)
    following = jobs.next_of(job.account_id)
    if following:
        ring(run, following)


@app.task(ignore_result=True)
def sweep_jobs() -> None:
    """Every job whose time has come."""
    for job_id in jobs.due():
        ring(run, job_id)


@app.task(ignore_result=True)
def prune_jobs() -> None:
    """Once a day: jobs that can't be taken back any more."""
    jobs.prune()
