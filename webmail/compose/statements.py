"""Statements that each mail needs several times on its way, their SQL composed once: to put one of the outbox's
conditions together takes Django longer than the database takes to answer.

Given(…) where a value will stand → Statement.to_update(rows, …) or .to_read(rows), which keeps the ORM's SQL and its
parameters → at each call the values go where the Given are. Nothing that was read is kept.
"""

from typing import Any, Self

from django.db import connection
from django.db.models import Expression, Field, QuerySet
from django.db.models.sql import Query, UpdateQuery


class Given(Expression):
    """A value that is known at the call only, under this name there; `field` says how the database has it."""

    def __init__(self, name: str, field: "Field[Any, Any]"):
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: object, connection: object) -> tuple[str, list[Self]]:  # type: ignore[override]
        """Itself in place of its value, which Statement puts there."""
        return "%s", [self]


class Statement:
    """For the default database."""

    def __init__(self, query: Query):
        self._sql, self._parameters = query.get_compiler(connection=connection).as_sql()

    @classmethod
    def to_update(cls, rows: QuerySet[Any], **values: Any) -> Self:
        query: UpdateQuery = rows.query.chain(UpdateQuery)  # type: ignore[assignment]
        query.add_update_values(values)
        return cls(query)

    @classmethod
    def to_read(cls, rows: "QuerySet[Any, Any]") -> Self:
        return cls(rows.query)

    def changed(self, **given: Any) -> int:
        """How many rows it updated."""
        with connection.cursor() as cursor:
            cursor.execute(self._sql, self._filled(given))
            return int(cursor.rowcount)

    def first(self, **given: Any) -> tuple[Any, ...] | None:
        with connection.cursor() as cursor:
            cursor.execute(self._sql, self._filled(given))
            return cursor.fetchone()  # type: ignore[no-any-return]

    def _filled(self, given: dict[str, Any]) -> list[Any]:
        return [_stored(each, given) if isinstance(each, Given) else each for each in self._parameters]


def _stored(place: Given, given: dict[str, Any]) -> Any:
    return place.output_field.get_db_prep_save(given[place.name], connection)
