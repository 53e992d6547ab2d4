"""Addresses of writing and sending. A draft is named by the id its page made, a mail on its way by its row."""

from django.urls import path, register_converter

import webmail.mailbox.converters  # noqa: F401 - knows <folder:…>
from webmail.compose.views import attaching, invitations, outbox, writing

app_name = "compose"


class ModeConverter:
    regex = "reply|all|forward|edit"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ModeConverter, "mode")
MESSAGE = "<int:account_id>/<folder:folder>/<int:uidvalidity>/<int:uid>"

urlpatterns = [
    path("compose/", writing.new, name="new"),
    path("compose/convert/", writing.convert, name="convert"),
    path("compose/<uuid:draft_id>/", writing.draft, name="draft"),
    path("compose/<uuid:draft_id>/files/<uuid:key>/", attaching.attach, name="attach"),
    path(f"compose/{MESSAGE}/<mode:mode>/", writing.reply, name="reply"),
    path(f"compose/{MESSAGE}/answer/", invitations.answer, name="answer"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/count/", outbox.count, name="count"),
    path("outbox/<int:outgoing_id>/", outbox.outgoing, name="outgoing"),
    path("outbox/<int:outgoing_id>/state/", outbox.state, name="state"),
    path("outbox/<int:outgoing_id>/act/", outbox.act, name="act"),
]
