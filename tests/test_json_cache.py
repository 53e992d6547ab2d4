"""W18 of the security checklist: who can write into the cache runs nothing here."""

import json
import pickle
import tracemalloc
import zlib
from pathlib import Path

import pytest
import redis
from django.core.cache import cache

from webmail.json_cache import READ_LIMIT


class Payload:
    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def test_values_come_back(redis_servers: tuple[redis.Redis, redis.Redis]) -> None:
    cache.set("page", {"html": "é", "is_text": True, "count": 3})
    assert cache.get("page") == {"html": "é", "is_text": True, "count": 3}
    cache.add("turns", 0)
    assert cache.incr("turns") == 1
    assert cache.get("turns") == 1


def test_what_somebody_else_wrote_is_not_run(redis_servers: tuple[redis.Redis, redis.Redis], tmp_path: Path) -> None:
    cache.set("page", {"html": ""})
    [key] = redis_servers[1].keys()
    redis_servers[1].set(key, pickle.dumps(Payload(tmp_path / "ran")))
    assert cache.get("page") is None
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("value", ["é" * 5000, {"rows": ["\ud800", "\0", 1.5, None]}, "x" * 700, []])
def test_long_and_odd_values_come_back(value: object) -> None:
    cache.set("page", value)
    assert cache.get("page") == value


def test_long_values_are_compressed(redis_servers: tuple[redis.Redis, redis.Redis]) -> None:
    cache.set("page", "words " * 10_000)
    [key] = redis_servers[1].keys()
    assert redis_servers[1].strlen(key) < 1000


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"x",
        b"x\x9c not zlib",
        zlib.compress(b"not json"),
        zlib.compress(json.dumps("words " * 1000).encode())[:-9],
        b"[" * 100_000,
        b"\xff\xfe\xfd",
    ],
)
def test_what_does_not_read_counts_as_nothing(redis_servers: tuple[redis.Redis, redis.Redis], octets: bytes) -> None:
    cache.set("page", 1)
    [key] = redis_servers[1].keys()
    redis_servers[1].set(key, octets)
    assert cache.get("page") is None
    assert cache.get_many(["page"]) == {"page": None}


def test_a_bomb_does_not_fill_the_memory(redis_servers: tuple[redis.Redis, redis.Redis]) -> None:
    cache.set("page", 1)
    [key] = redis_servers[1].keys()
    redis_servers[1].set(key, zlib.compress(b'"' + b"0" * 10 * READ_LIMIT))
    tracemalloc.start()
    try:
        assert cache.get("page") is None
        assert tracemalloc.get_traced_memory()[1] < 3 * READ_LIMIT
    finally:
        tracemalloc.stop()
