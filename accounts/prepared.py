"""Queries that every request makes, their SQL composed once: to compose one costs twice as much as to run it.

Prepared(model, field) → at the first call the SQL of the ORM for it, which is kept → at each call the rows that have
this value there, in the model's order. Nothing that was read is kept.
"""

from functools import cached_property
from typing import Generic, TypeVar

from django.db.models import Model

Row = TypeVar("Row", bound=Model)


class Prepared(Generic[Row]):
    """For the default database."""

    def __init__(self, model: type[Row], field: str):
        self._model, self._field = model, field

    def __call__(self, value: int | str) -> list[Row]:
        return list(self._model._default_manager.raw(self._sql, [value]))

    @cached_property
    def _sql(self) -> str:
        found = self._model._default_manager.filter(**{self._field: "0"})
        return found.query.sql_with_params()[0]
