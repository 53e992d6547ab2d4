"""W18 of the security checklist: who can write into the cache runs nothing here."""

import pickle
from pathlib import Path

import redis
from django.core.cache import cache


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
