"""The pages of jobs on whole folders: begun, watched, stopped, taken back; by nobody else."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from tests.bulk.conftest import fill, fresh, subjects
from webmail.bulk import jobs, starting
from webmail.bulk.models import Job, State

HTMX = {"HX-Request": "true", "HX-Target": "rows"}


def started(account: Account, box, number: int = 2) -> Job:
    fill(box, number)
    return starting.start(account, "INBOX", "archive")


def address(name: str, job: Job) -> str:
    return reverse(f"bulk:{name}", args=[job.account_id, job.pk])


def test_the_list_s_form_leads_there(alice_client: Client, account, box):
    fill(box, 2)
    validity = box.find("INBOX")[0]
    act = reverse("mailbox:act", args=[account.pk, "INBOX", validity])
    answer = alice_client.post(act, {"everything": "on", "action": "archive", "q": "", "page": 1}, headers=HTMX)
    start = reverse("bulk:start", args=[account.pk, "INBOX", validity])
    assert (answer.status_code, answer["Location"]) == (307, start)
    answer = alice_client.post(start, {"everything": "on", "action": "archive", "q": "", "page": 1}, headers=HTMX)
    assert answer["HX-Trigger"] == f"job-started, mail-changed-{account.pk}"
    assert Job.objects.get().total == 2


def test_a_folder_s_own_button(alice_client: Client, account, box, work):
    fill(box, 2)
    start = reverse("bulk:start", args=[account.pk, "INBOX"])
    answer = alice_client.post(start, {"action": "read"}, headers={"HX-Request": "true"})
    assert "job-started" in answer["HX-Trigger"]
    work()
    assert box.list_messages("INBOX").unread == 0


def test_what_can_t_be_done_is_said(alice_client: Client, account, box):
    fill(box, 1)
    start = reverse("bulk:start", args=[account.pk, "INBOX"])
    said = alice_client.post(start, {"empty": "on"}, headers=HTMX).content.decode()
    assert "Only mail in the trash or in the spam folder can be deleted for good." in said
    assert alice_client.post(start, {"action": "nonsense"}).status_code == 400
    said = alice_client.post(start, {"action": "move"}, follow=True).content.decode()
    assert "Choose the folder to move to." in said
    stale = reverse("bulk:start", args=[account.pk, "INBOX", 1])
    assert alice_client.post(stale, {"action": "read"}).status_code == 409
    assert not Job.objects.exists()


def test_cards_follow_a_job_to_its_end(alice_client: Client, account, box, work):
    job, cards = started(account, box), reverse("bulk:jobs")
    shown = alice_client.get(cards, headers=HTMX).content.decode()
    assert f'hx-get="{cards}?watched={job.pk}&amp;told="' in shown
    assert "0 of 2" in shown
    work()
    answer = alice_client.get(cards, {"watched": f"{job.pk},x,4711"}, headers=HTMX)
    assert answer["HX-Trigger"] == f"mail-changed-{account.pk}, undone"
    assert "2 messages moved to Archive." in answer.content.decode()
    assert address("undo", job) in answer.content.decode()
    alice_client.post(address("dismiss", job))
    assert "moved" not in alice_client.get(cards, headers=HTMX).content.decode()


def test_the_end_of_a_job_that_nobody_saw_move_is_told_once(alice_client: Client, account, box, work):
    job, cards = started(account, box), reverse("bulk:jobs")
    work()
    answer = alice_client.get(cards, headers=HTMX)
    assert answer["HX-Trigger"] == f"mail-changed-{account.pk}, undone"
    assert f'hx-get="{cards}?watched=&amp;told={job.pk}"' in answer.content.decode()
    assert "HX-Trigger" not in alice_client.get(cards, {"watched": "", "told": str(job.pk)}, headers=HTMX)


def test_stopped_and_taken_back(alice_client: Client, account, box, work):
    job = started(account, box)
    alice_client.post(address("stop", job), headers=HTMX)
    assert fresh(job).state == State.STOPPED
    Job.objects.all().delete()
    job = starting.start(account, "INBOX", "archive")
    work()
    alice_client.post(reverse("bulk:undo_last", args=[account.pk]), headers=HTMX)
    work()
    assert len(subjects(box, "INBOX")) == 2
    said = alice_client.post(address("undo", job), headers=HTMX).content.decode()
    assert "undone already" in said


def test_the_last_act_is_taken_back_if_it_is_later(alice_client: Client, account, box, work):
    started(account, box)
    work()
    fill(box, 1)
    [row] = box.list_messages("INBOX").rows
    act = reverse("mailbox:act", args=[account.pk, "INBOX", row.ref.uidvalidity])
    alice_client.post(act, {"action": "trash", "uid": row.ref.uid}, headers=HTMX)
    last = reverse("bulk:undo_last", args=[account.pk])
    assert "1 message is back in Inbox." in alice_client.post(last, headers=HTMX).content.decode()
    alice_client.post(last, headers=HTMX)
    work()
    assert len(subjects(box, "INBOX")) == 3


def test_failed_and_tried_again(alice_client: Client, account, box, work):
    job = started(account, box)
    claimed = jobs.claim(job.pk)
    assert claimed is not None
    jobs.fail(claimed, "rejected", "NO quota")
    assert "NO quota" in alice_client.get(reverse("bulk:jobs"), headers=HTMX).content.decode()
    alice_client.post(address("go_on", job))
    work()
    assert fresh(job).state == State.DONE


@pytest.mark.parametrize("name", ["stop", "undo", "go_on", "dismiss"])
def test_strangers_and_get(alice_client: Client, bob_client: Client, bob_account, account, box, name):
    job = started(account, box)
    assert bob_client.post(address(name, job)).status_code == 404
    assert bob_client.post(reverse(f"bulk:{name}", args=[bob_account.pk, job.pk])).status_code == 404
    assert alice_client.get(address(name, job)).status_code == 405
    assert "messages" not in bob_client.get(reverse("bulk:jobs"), {"watched": job.pk}, headers=HTMX).content.decode()
    assert fresh(job).state == State.WAITING
