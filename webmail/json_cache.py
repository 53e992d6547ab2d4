"""What the cache holds, as JSON: Django's own choice, pickle, would run what somebody manages to write into Redis."""

import json
from typing import Any


class JsonSerializer:
    """settings.CACHES: for plain values only, as JSON has them. Anything else found there counts as nothing."""

    def dumps(self, value: Any) -> bytes:
        return json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        try:
            return json.loads(data)
        except ValueError:
            return None
