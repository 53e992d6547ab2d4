from django.urls import path

from webmail.popimport import views

app_name = "popimport"
urlpatterns = [
    path("import/<int:account_id>/check/", views.check, name="check"),
    path("import/<int:account_id>/status/", views.status, name="status"),
]
