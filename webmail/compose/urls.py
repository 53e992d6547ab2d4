from django.urls import URLPattern

app_name = "compose"
urlpatterns: list[URLPattern] = []
