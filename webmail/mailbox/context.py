"""What the folder column of every page needs."""

from django.http import HttpRequest


def side(request: HttpRequest) -> dict[str, object]:
    return {}
