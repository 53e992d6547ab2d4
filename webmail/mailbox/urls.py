"""Addresses of reading mail. A folder is one reversible segment (converters.py), a message is folder, uidvalidity
and uid."""

from django.urls import path

import webmail.mailbox.converters  # noqa: F401 (registers "folder")
from webmail.mailbox.views import (
    acts,
    files,
    folder_acts,
    folders,
    keyboard,
    lists,
    messages,
    pictures,
    previews,
    search,
    within,
)

app_name = "mailbox"
FOLDER = "folders/<int:account_id>/<folder:folder>/"
MESSAGE = "mail/<int:account_id>/<folder:folder>/<int:uidvalidity>/<int:uid>/"

urlpatterns = [
    path("", lists.home, name="home"),
    path("settings/pictures/", pictures.pictures, name="pictures"),
    path("settings/keyboard/", keyboard.keyboard, name="keyboard"),
    path("settings/keyboard/keys/", keyboard.keyboard_keys, name="keyboard_keys"),
    path("side/<int:account_id>/", lists.side, name="side"),
    path("folders/<int:account_id>/", folders.folder_list, name="folder_list"),
    path("folders/<int:account_id>/new/", folders.folder_create, name="folder_create"),
    path(f"{FOLDER}menu/", folders.folder_menu, name="folder_menu"),
    path(f"{FOLDER}rename/", folders.folder_rename, name="folder_rename"),
    path(f"{FOLDER}move/", folders.folder_move, name="folder_move"),
    path(f"{FOLDER}delete/", folder_acts.folder_delete, name="folder_delete"),
    path(f"{FOLDER}back/<folder:original>/", folder_acts.folder_back, name="folder_back"),
    path(f"{FOLDER}empty/", folder_acts.folder_empty, name="folder_empty"),
    path(f"{FOLDER}read/", folder_acts.folder_read, name="folder_read"),
    path(f"{FOLDER}shown/", folder_acts.folder_shown, name="folder_shown"),
    path("mail/<int:account_id>/<folder:folder>/", lists.folder, name="folder"),
    path("mail/<int:account_id>/<folder:folder>/<int:uidvalidity>/act/", acts.act, name="act"),
    path("mail/<int:account_id>/<folder:folder>/search/", search.search, name="search"),
    path("mail/<int:account_id>/<folder:folder>/search/panel/", search.panel, name="search_panel"),
    path("mail/<int:account_id>/<folder:folder>/search/act/", search.act, name="act_on_hits"),
    path("searches/", search.history, name="search_history"),
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
