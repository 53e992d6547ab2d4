"""Addresses of jobs on whole folders."""

from django.urls import path

import webmail.mailbox.converters  # noqa: F401 (registers "folder")
from webmail.bulk import views

app_name = "bulk"
JOB = "jobs/<int:account_id>/<int:job_id>/"

urlpatterns = [
    path("mail/<int:account_id>/<folder:folder>/all/", views.start, name="start"),
    path("mail/<int:account_id>/<folder:folder>/<int:uidvalidity>/all/", views.start, name="start"),
    path("undo/<int:account_id>/last/", views.undo_last, name="undo_last"),
    path("jobs/", views.jobs, name="jobs"),
    path(f"{JOB}stop/", views.stop, name="stop"),
    path(f"{JOB}undo/", views.undo, name="undo"),
    path(f"{JOB}go-on/", views.go_on, name="go_on"),
    path(f"{JOB}dismiss/", views.dismiss, name="dismiss"),
]
