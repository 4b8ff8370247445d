"""What a monitor reads over HTTP: `/metrics` for Prometheus, `/health` for whoever only asks if all is well.

Laws:
1. Nothing that is shown tells of a person, a wave or an answer (`bot/counts.py`, `bot/heartbeat.py`).
2. It listens on this computer only, unless the operator says otherwise, and only when told to.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from aiohttp import web

from bot import counts, heartbeat
from bot.heartbeat import Heartbeat

if TYPE_CHECKING:
    from prometheus_client import Metric

State = Callable[[], Heartbeat]
Answer = Callable[[web.Request], Awaitable[web.Response]]

PREFIX = "aitbar_"

GAUGES = {
    "healthy": "1 when nothing is wrong, else 0",
    "start_seconds": "when the bot started, in seconds since 1970",
    "last_poll_age_seconds": "how long ago Telegram was last heard",
    "last_tick_age_seconds": "how long ago the clock last ticked",
    "waiting_replies": "replies that have not left yet",
    "oldest_unsent_seconds": "how long the oldest of them has waited; 0 when none waits",
    "next_digest_seconds": "when the next summary is due, in seconds since 1970; 0 when none is ordered",
    "database_trouble_seconds": "for how long the database has refused writes; 0 when it takes them",
}


class MetricsTrouble(Exception):
    """The metrics cannot be shown; the text says why and what to do."""


@asynccontextmanager
async def listening(place: tuple[str, int] | None, state: State) -> AsyncIterator[None]:
    """Show metrics at host and port meanwhile; nothing when there is no place. Raises MetricsTrouble."""
    if place is None:
        yield
        return
    render = _renderer(state)
    application = web.Application()
    application.router.add_get("/metrics", _metrics(render))
    application.router.add_get("/health", _health(state))
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await _open(runner, *place)
        yield
    finally:
        await runner.cleanup()


async def _open(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise MetricsTrouble(
            f"The address {host}:{port} of AITBAR_METRICS_LISTEN cannot be listened on ({error.strerror}). "
            "Choose another, or end the program that uses it."
        ) from None


def _metrics(render: Callable[[], bytes]) -> Answer:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=render(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    return answer


def _health(state: State) -> Answer:
    async def answer(_request: web.Request) -> web.Response:
        beat = state()
        report = heartbeat.as_dict(beat, beat.written)
        return web.json_response(text=json.dumps(report), status=200 if report["healthy"] else 503)

    return answer


def _renderer(state: State) -> Callable[[], bytes]:
    try:
        from prometheus_client import CollectorRegistry, generate_latest
    except ImportError:
        raise MetricsTrouble(
            "AITBAR_METRICS_LISTEN needs the package prometheus-client, which is not installed. "
            "Install Aitbar with its extra `metrics`, or leave the setting empty; `aitbar health` needs neither."
        ) from None

    class Collector:
        """Asked by the library whenever somebody reads."""

        def collect(self) -> Iterator[Metric]:
            """Everything, as it is now."""
            yield from _counted()
            yield from _gauges(state())

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Collector())
    return lambda: generate_latest(registry)


def _counted() -> Iterator[Metric]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

    for one in counts.ALL:
        name = PREFIX + one.name
        if isinstance(one, counts.Count):
            family = CounterMetricFamily(name, one.what, labels=[one.mark] if one.mark else [])
            for mark, value in one.shown().items():
                family.add_metric([mark] if one.mark else [], value)
            yield family
        elif isinstance(one, counts.Times):
            upto, seconds = one.shown()
            bounds = [*map(str, counts.BUCKETS), "+Inf"]
            yield HistogramMetricFamily(
                name, one.what, buckets=list(zip(bounds, map(float, upto), strict=True)), sum_value=seconds
            )
        else:
            yield GaugeMetricFamily(name, one.what, value=one.value)


def _gauges(beat: Heartbeat) -> Iterator[Metric]:
    from prometheus_client.core import GaugeMetricFamily

    now = beat.written
    values = {
        "healthy": float(not heartbeat.wrongs(beat, now)),
        "start_seconds": beat.started.timestamp(),
        "last_poll_age_seconds": _age(beat.heard or beat.started, now),
        "last_tick_age_seconds": _age(beat.ticked or beat.started, now),
        "waiting_replies": float(beat.waiting),
        "oldest_unsent_seconds": beat.oldest_unsent or 0.0,
        "next_digest_seconds": 0.0 if beat.next_digest is None else beat.next_digest.timestamp(),
        "database_trouble_seconds": _age(beat.database_trouble_since or now, now),
    }
    for name, what in GAUGES.items():
        yield GaugeMetricFamily(PREFIX + name, what, value=values[name])


def _age(moment: datetime, now: datetime) -> float:
    return (now - moment).total_seconds()


def names() -> list[str]:
    """Every metric's name, as Prometheus shows it."""
    counted = [f"{one.name}_total" if isinstance(one, counts.Count) else one.name for one in counts.ALL]
    return [PREFIX + name for name in (*counted, *GAUGES)]
