"""A way to Telegram that goes bad when told to: it lets everything pass, or stalls, or resets every connection."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

LINGER_NOT = struct.pack("ii", 1, 0)


class Relay:
    """Stands between a bot and the server at `url`."""

    def __init__(self, url: str) -> None:
        self._to = urlsplit(url)
        self._loop = asyncio.new_event_loop()
        self._flows = asyncio.Event()
        self._flows.set()
        self._refuses = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.accepted = 0
        """Connections so far."""
        self.url = ""

    def pass_all(self) -> None:
        """Everything passes; what was held up arrives now."""
        self._tell(self._set, True, False)

    def stall(self) -> None:
        """Connections are taken, and nothing passes."""
        self._tell(self._set, False, False)

    def reset(self) -> None:
        """Every connection ends at once, and every new one."""
        self._tell(self._set, True, True)

    def _tell(self, what: Callable[[bool, bool], None], flows: bool, refuses: bool) -> None:
        done = threading.Event()
        self._loop.call_soon_threadsafe(what, flows, refuses)
        self._loop.call_soon_threadsafe(done.set)
        assert done.wait(10)

    def _set(self, flows: bool, refuses: bool) -> None:
        self._refuses = refuses
        self._flows.set() if flows else self._flows.clear()
        if refuses:
            for writer in tuple(self._writers):
                _abort(writer)

    def run(self, ready: threading.Event) -> None:
        """Relay on a free port of loopback until stopped; in a thread of its own."""
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(asyncio.start_server(self._take, "127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        ready.set()
        self._loop.run_forever()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    def stop(self) -> None:
        """End every connection and the thread."""
        self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in tuple(self._writers):
            _abort(writer)
        self._loop.stop()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        self._writers.add(writer)
        try:
            if self._refuses:
                _abort(writer)
                return
            await self._flows.wait()
            far_reader, far_writer = await asyncio.open_connection(self._to.hostname, self._to.port)
            self._writers.add(far_writer)
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        except OSError:
            pass
        finally:
            _abort(writer)
            self._writers.discard(writer)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while content := await reader.read(65536):
                await self._flows.wait()
                writer.write(content)
                await writer.drain()
        except OSError:
            pass
        finally:
            with suppress(OSError):
                writer.close()
            self._writers.discard(writer)


def _abort(writer: asyncio.StreamWriter) -> None:
    """A reset, not a polite end."""
    raw = writer.get_extra_info("socket")
    with suppress(OSError):
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    writer.transport.abort()


@contextmanager
def relayed(url: str) -> Iterator[Relay]:
    """A relay before the server at `url`."""
    relay, ready = Relay(url), threading.Event()
    thread = threading.Thread(target=relay.run, args=(ready,))
    thread.start()
    assert ready.wait(10)
    try:
        yield relay
    finally:
        relay.stop()
        thread.join(10)
