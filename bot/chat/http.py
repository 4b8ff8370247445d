"""The way to Telegram: python-telegram-bot's calls over aiohttp, which serves many at once."""

from __future__ import annotations

from typing import Any

import aiohttp
from aiohttp_socks import ProxyConnectionError, ProxyConnector, ProxyError
from telegram._utils.defaultvalue import DefaultValue
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot import counts

PROXY_WANTS_A_PASSWORD = 407
"""Only a proxy says so (RFC 9110, section 15.5.8)."""

OF_THE_PROXY = (
    aiohttp.ClientProxyConnectionError,
    aiohttp.ClientHttpProxyError,
    ProxyError,
    ProxyConnectionError,
)


class ProxyTrouble(NetworkError):
    """The proxy cannot be reached, or does not let us through. It names neither the proxy nor a password."""

    def __init__(self) -> None:
        super().__init__("the proxy does not let us through")


USER_AGENT = "Aitbar"
READ_TIMEOUT = 20.0
CONNECT_TIMEOUT = 10.0


class AiohttpRequest(BaseRequest):
    """One pool of connections; a proxy (http, socks5) holds for all of them."""

    def __init__(self, connections: int = 64, proxy: str | None = None) -> None:
        self._connections = connections
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None
        self.dated: str | None = None
        """The `Date` of the last answer (RFC 9110), by which a wrong clock can be told."""

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for an answer where a call says nothing else."""
        return READ_TIMEOUT

    async def initialize(self) -> None:
        """Open the pool."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=self._connector(), headers={"User-Agent": USER_AGENT}, trust_env=False
            )

    async def shutdown(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - the library's signature
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - the library's signature
    ) -> tuple[int, bytes]:
        """Make one call. Errors are the library's own, and never carry the address (it holds the token)."""
        await self.initialize()
        assert self._session is not None
        timeout = aiohttp.ClientTimeout(
            total=None,
            sock_read=_seconds(read_timeout, READ_TIMEOUT),
            sock_connect=_seconds(connect_timeout, CONNECT_TIMEOUT),
        )
        try:
            async with self._session.request(
                method, url, data=_body(request_data), timeout=timeout, proxy=self._http_proxy()
            ) as response:
                body = await response.read()
                self.dated = response.headers.get("Date")
        except TimeoutError:
            counts.called(_method(url), None)
            raise TimedOut from None
        except OF_THE_PROXY:
            counts.called(_method(url), None)
            raise ProxyTrouble from None
        except (aiohttp.ClientError, OSError) as error:
            counts.called(_method(url), None)
            raise NetworkError(f"no connection ({type(error).__name__})") from None
        counts.called(_method(url), response.status)
        if response.status == PROXY_WANTS_A_PASSWORD:
            raise ProxyTrouble
        return response.status, body

    def _connector(self) -> aiohttp.BaseConnector:
        if self._proxy and self._proxy.startswith("socks"):
            # Names are always looked up behind the proxy: where Telegram is blocked, name servers lie about it.
            url = self._proxy.replace("socks5h://", "socks5://", 1)
            connector: aiohttp.BaseConnector = ProxyConnector.from_url(url, limit=self._connections, rdns=True)
            return connector
        return aiohttp.TCPConnector(limit=self._connections)

    def _http_proxy(self) -> str | None:
        return self._proxy if self._proxy and not self._proxy.startswith("socks") else None


def _method(url: str) -> str:
    return url.rpartition("/")[2]


def _seconds(given: Any, otherwise: float) -> float | None:
    if isinstance(given, DefaultValue):
        given = given.value
    return otherwise if given is None else float(given)


def _body(data: RequestData | None) -> aiohttp.FormData | None:
    """Form fields, as multipart where a file is among them."""
    if data is None:
        return None
    form = aiohttp.FormData(default_to_multipart=bool(data.contains_files))
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    if data.contains_files and data.multipart_data:
        for name, (filename, content, kind) in data.multipart_data.items():
            form.add_field(name, content, filename=filename, content_type=kind)
    return form
