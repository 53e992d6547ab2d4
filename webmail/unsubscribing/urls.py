"""Addresses of unsubscribing; the message is named as everywhere."""

from django.urls import path

import webmail.mailbox.converters  # noqa: F401 (registers "folder")
from webmail.unsubscribing import views

app_name = "unsubscribing"
MESSAGE = "mail/<int:account_id>/<folder:folder>/<int:uidvalidity>/<int:uid>/unsubscribe/"

urlpatterns = [
    path(MESSAGE, views.ask, name="ask"),
    path(f"{MESSAGE}state/", views.state, name="state"),
]
