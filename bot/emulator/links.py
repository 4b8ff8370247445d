"""Links in a text as Telegram reads them: what counts as an address, and what names a person instead."""

import re
from urllib.parse import urlsplit

_PERSON = re.compile(r"tg:(?://)?user\?(?:.*&)?id=([0-9]{1,19})(?:[&#].*)?", re.IGNORECASE)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+|localhost")


def person_of(url: str) -> int:
    """The account id in a `tg://user?id=...` link; 0 if it is none (Bot API documentation, Formatting options)."""
    found = _PERSON.fullmatch(url.strip())
    return int(found[1]) if found else 0


def checked_link(url: str) -> str:
    """An address made whole, or empty if it is none: then its words stay without a link (TDLib, LinkManager)."""
    url = url.strip()
    scheme, _, rest = url.partition(":")
    if scheme.lower() in ("tg", "ton", "tonsite") and rest.strip("/"):
        return url
    whole = url if "://" in url else f"http://{url}"
    try:
        parts = urlsplit(whole)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not _HOST.fullmatch(host) or " " in whole:
        return ""
    if host == "localhost" and not url.lower().startswith("http"):
        return ""
    return whole if parts.path or parts.query or parts.fragment else f"{whole}/"
