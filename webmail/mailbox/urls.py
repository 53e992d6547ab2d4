"""Addresses of reading mail. A folder is one reversible segment (converters.py), a message is folder, uidvalidity
and uid."""

from django.urls import path

import webmail.mailbox.converters  # noqa: F401 (registers "folder")
from webmail.mailbox.views import acts, files, folders, keyboard, lists, messages, pictures, previews, within

app_name = "mailbox"
MESSAGE = "mail/<int:account_id>/<folder:folder>/<int:uidvalidity>/<int:uid>/"

urlpatterns = [
    path("", lists.home, name="home"),
    path("settings/pictures/", pictures.pictures, name="pictures"),
    path("settings/keyboard/", keyboard.keyboard, name="keyboard"),
    path("settings/keyboard/keys/", keyboard.keyboard_keys, name="keyboard_keys"),
    path("side/<int:account_id>/", lists.side, name="side"),
    path("folders/<int:account_id>/new/", folders.folder_create, name="folder_create"),
    path("folders/<int:account_id>/<folder:folder>/rename/", folders.folder_rename, name="folder_rename"),
    path("folders/<int:account_id>/<folder:folder>/delete/", folders.folder_delete, name="folder_delete"),
    path("mail/<int:account_id>/<folder:folder>/", lists.folder, name="folder"),
    path("mail/<int:account_id>/<folder:folder>/<int:uidvalidity>/act/", acts.act, name="act"),
    path("undo/<int:account_id>/", acts.undo, name="undo_last"),
    path("undo/<int:account_id>/<uuid:key>/", acts.undo, name="undo"),
    path(MESSAGE, messages.message, name="message"),
    path(f"{MESSAGE}body/", messages.body, name="body"),
    path(f"{MESSAGE}part/<str:section>/", files.part, name="part"),
    path(f"{MESSAGE}part/<str:section>/<int:number>/", files.enclosed, name="enclosed"),
    path(f"{MESSAGE}part/<str:section>/preview/", previews.preview, name="preview"),
    path(f"{MESSAGE}part/<str:section>/embedded/", previews.embedded, name="embedded"),
    path(f"{MESSAGE}files/", files.all_files, name="all_files"),
    path(f"{MESSAGE}pictures/", pictures.allow, name="allow_pictures"),
    path(f"{MESSAGE}remote/<str:token>/", pictures.remote, name="remote"),
    path(f"{MESSAGE}within/<str:section>/", within.within, name="within"),
    path(f"{MESSAGE}within/<str:section>/body/", within.within_body, name="within_body"),
    path(f"{MESSAGE}raw/", files.raw, name="raw"),
    path(f"{MESSAGE}source/", previews.source, name="source"),
    path(f"{MESSAGE}print/", previews.printed, name="printed"),
]
