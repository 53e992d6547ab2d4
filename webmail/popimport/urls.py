from django.urls import URLPattern

app_name = "popimport"
urlpatterns: list[URLPattern] = []
