from django.urls import path

from webmail.mailbox import converters, views

assert converters.FolderConverter  # imported to register "folder"

app_name = "mailbox"
MESSAGE = "mail/<int:account_id>/<folder:folder>/<int:uidvalidity>/<int:uid>/"

urlpatterns = [
    path("", views.home, name="home"),
    path("side/<int:account_id>/", views.side, name="side"),
    path("folders/<int:account_id>/new/", views.folder_create, name="folder_create"),
    path("folders/<int:account_id>/<folder:folder>/rename/", views.folder_rename, name="folder_rename"),
    path("folders/<int:account_id>/<folder:folder>/delete/", views.folder_delete, name="folder_delete"),
    path("mail/<int:account_id>/<folder:folder>/", views.folder, name="folder"),
    path("mail/<int:account_id>/<folder:folder>/<int:uidvalidity>/act/", views.act, name="act"),
    path(MESSAGE, views.message, name="message"),
    path(MESSAGE + "body/", views.body, name="body"),
    path(MESSAGE + "part/<str:section>/", views.part, name="part"),
    path(MESSAGE + "raw/", views.raw, name="raw"),
]
