"""Text into HTML: nothing that a document, a model, an upload or a browser says is ever markup."""

import html
import json
from typing import Any
from urllib.parse import urlsplit


def escaped(text: object) -> str:
    """`text` as it is safe between tags and in quoted attributes; what template languages read as theirs, too."""
    plain = html.escape(str(text), quote=True)
    return plain.replace("{", "&#123;").replace("}", "&#125;").replace("$", "&#36;").replace("`", "&#96;")


def data(value: Any) -> str:
    """A value as JSON in an attribute."""
    return escaped(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def web_address(url: str) -> str:
    """`url` where it is a plain web address that may be linked, else an empty string."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in ("http", "https") and parts.hostname else ""
