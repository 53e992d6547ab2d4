"""Queries that every request makes, their SQL composed once: to compose one costs twice as much as to run it.

Prepared(model, field, …) → at the first call the SQL of the ORM for it, which is kept → at each call the rows that have
these values there, in the model's order. Nothing that was read is kept.
"""

from functools import cached_property
from typing import Generic, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model

Row = TypeVar("Row", bound=Model)


class Prepared(Generic[Row]):
    """For the default database."""

    def __init__(self, model: type[Row], *fields: str):
        self._model, self._fields = model, fields

    def __call__(self, *values: int | str | UUID) -> list[Row]:
        return list(self._model._default_manager.raw(self._sql, [_stored(value) for value in values]))

    @cached_property
    def _sql(self) -> str:
        found = self._model._default_manager.all()
        for field in self._fields:  # one by one: their order is that of the values
            found = found.filter(**{field: f"{0:032}"})  # reads as a number, a text and a UUID
        return found.query.sql_with_params()[0]


def _stored(value: int | str | UUID) -> int | str | UUID:
    """As UUIDField stores it, whose values the drivers of some databases do not know."""
    return value.hex if isinstance(value, UUID) and not connection.features.has_native_uuid_field else value
