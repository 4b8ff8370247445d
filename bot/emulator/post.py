"""How an update leaves for a webhook: one POST, to this computer only, and what comes back of it."""

import contextlib
import ipaddress
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
MAX_ANSWER = 2**20  # bytes of a reply that are read


@dataclass(eq=False)
class Webhook:
    """Where a bot wants its updates, and how the last deliveries went."""

    url: str
    secret_token: str = ""
    max_connections: int = 40
    ip_address: str = ""
    certificate: bytes | None = field(default=None, repr=False)
    last_error_date: int = 0
    last_error_message: str = ""
    gone_since: float | None = None  # the first of an unbroken row of 410

    def asks_the_same(self, other: "Webhook") -> bool:
        mine = (self.url, self.secret_token, self.max_connections, self.ip_address, self.certificate)
        return mine == (other.url, other.secret_token, other.max_connections, other.ip_address, other.certificate)


@dataclass(frozen=True)
class Answer:
    """What a webhook replied. Header names are in lower case."""

    status: int
    reason: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Unreachable(Exception):
    """No reply; the message is what getWebhookInfo will say."""


# Delivers a body and raises Unreachable without a reply. A simulation brings one that needs no socket.
Post = Callable[[Webhook, Mapping[str, str], bytes], Awaitable[Answer]]


class HttpPost:
    """Over HTTP, one connection a delivery: a connection kept alive could be closed under an update."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def __call__(self, webhook: Webhook, headers: Mapping[str, str], body: bytes) -> Answer:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, force_close=True)
            self._session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=None))
        try:
            async with self._session.post(
                webhook.url, data=body, headers=headers, allow_redirects=False, ssl=_trust(webhook)
            ) as reply:
                received = await _read(reply.content)
                names = {name.lower(): value for name, value in reply.headers.items()}
                return Answer(reply.status, reply.reason or "", names, received)
        except (aiohttp.ClientSSLError, ssl.SSLError):
            raise Unreachable("SSL error") from None
        except aiohttp.ClientConnectorError:
            raise Unreachable("Connection refused") from None
        except (aiohttp.ClientError, OSError):
            raise Unreachable("Webhook connection closed") from None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


async def _read(stream: aiohttp.StreamReader) -> bytes:
    """To the end, or as far as anybody would want it."""
    received = b""
    while len(received) < MAX_ANSWER:
        chunk = await stream.read(MAX_ANSWER - len(received))
        if not chunk:
            break
        received += chunk
    return received


def _trust(webhook: Webhook) -> ssl.SSLContext | bool:
    """An uploaded certificate is trusted beside the usual ones (Bot API documentation, setWebhook)."""
    if webhook.certificate is None:
        return True
    context = ssl.create_default_context()
    context.load_verify_locations(cadata=webhook.certificate.decode("ascii", "replace"))
    return context


def is_url(url: str) -> bool:
    """Whether this is an address by HTTP or HTTPS at all."""
    with contextlib.suppress(ValueError):
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    return False


def is_here(host: str) -> bool:
    """Whether a host is this computer."""
    if host == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False
