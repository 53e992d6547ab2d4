"""Addresses of the installed application. The worker's decides what it may serve: all below its folder."""

from django.urls import path

from webmail.installable import views

app_name = "installable"
urlpatterns = [
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("worker.js", views.worker, name="worker"),
    path("session/", views.session, name="session"),
]
