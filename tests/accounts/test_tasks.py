"""What nobody needs any more goes, what somebody does stays."""

from datetime import timedelta

from axes.models import AccessLog
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.tasks import SIGN_INS_KEPT, prune


def test_expired_sessions_go_and_live_ones_stay(alice_client: Client) -> None:
    live = Session.objects.get().pk
    yesterday = timezone.now() - timedelta(days=1)
    Session.objects.create(session_key="over", session_data="", expire_date=yesterday)
    prune()
    assert [session.pk for session in Session.objects.all()] == [live]


def test_old_sign_ins_are_forgotten(db: None) -> None:
    for age in (timedelta(), SIGN_INS_KEPT + timedelta(days=1)):
        row = AccessLog.objects.create(username="alice", ip_address="127.0.0.1")
        AccessLog.objects.filter(pk=row.pk).update(attempt_time=timezone.now() - age)
    prune()
    assert AccessLog.objects.count() == 1
