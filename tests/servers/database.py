"""A look into the database of a running product, past the product: what tests count is what is stored there."""

import sqlite3
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import psycopg


def ask(database_url: str, query: str, *values: object) -> list[tuple[Any, ...]]:
    """The rows of a query, none of what is no query; values stand for its question marks."""
    if database_url.startswith("postgres"):
        with psycopg.connect(database_url) as server:
            cursor = server.execute(query.replace("?", "%s"), values)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []
    with closing(sqlite3.connect(urlsplit(database_url).path, timeout=20)) as file, file:
        return file.execute(query, values).fetchall()
