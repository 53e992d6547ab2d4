"""What the cache holds, as JSON: Django's own choice, pickle, would run what somebody manages to write into Redis.

Longer values are compressed (zlib's first byte, "x", begins no JSON). Whatever does not read as either counts as
nothing, and nothing becomes larger than READ_LIMIT on the way in.
"""

import json
import zlib
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient

COMPRESSED_FROM = 600  # octets; below, less is gained than a call costs
READ_LIMIT = 16 * 2**20
_ZLIB = b"x"


class _Client(RedisCacheClient):
    """Django makes a new client for each call, which costs more than the call; one may serve many."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self._clients: dict[bool, Any] = {}  # for reading, for writing

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if write not in self._clients:
            self._clients[write] = super().get_client(key, write=write)
        return self._clients[write]


class JsonCache(RedisCache):
    """settings.CACHES: Django's cache over Redis."""

    def __init__(self, server: str | list[str], params: dict[str, Any]):
        super().__init__(server, {**params, "OPTIONS": {**params["OPTIONS"], "serializer": JsonSerializer}})
        self._class = _Client


class JsonSerializer:
    """For plain values only, as JSON has them. Anything else found there counts as nothing."""

    def dumps(self, value: Any) -> bytes:
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        return zlib.compress(plain, 1) if len(plain) >= COMPRESSED_FROM else plain

    def loads(self, data: bytes) -> Any:
        try:
            return json.loads(_unpacked(data) if data[:1] == _ZLIB else data)
        except (ValueError, zlib.error, RecursionError):
            return None


def _unpacked(data: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    plain = unpacking.decompress(data, READ_LIMIT)
    if not unpacking.eof:
        raise ValueError("longer than anything kept here, or cut")
    return plain
