"""What a monitor reads, and what it never can.

Promises:
1. A running bot shows every metric that has a row in the operators' guide, and no other; its health over HTTP is
   200 when all is well and 503 when not.
2. No mark names a person or a wave; marks come from small fixed sets.
3. Counts that people move go up in whole hundreds, so that one interview does not show; what fails shows at once.
4. Without the package, with a taken address: one clear sentence, and the bot does not start half-blind.
"""

from __future__ import annotations

import asyncio
import builtins
import json
import re
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot import counts, metrics
from bot.heartbeat import Heartbeat
from tests.blackbox.dumpscan import plain_forms
from tests.rig import Rig, free_port, id_of, installed, wait_for

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WELL = Heartbeat(written=NOW, started=NOW, version="1", heard=NOW, ticked=NOW)
GUIDE = Path(__file__).parent.parent / "docs" / "operators.md"


def fetched(url: str) -> tuple[int, str]:
    """Status and body."""
    try:
        with urllib.request.urlopen(url, timeout=20) as reply:  # noqa: S310 - our own listener on loopback
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def shown(*paths: str, beat: Heartbeat = WELL) -> list[tuple[int, str]]:
    """What a listener of its own answers."""

    async def story() -> list[tuple[int, str]]:
        port = free_port()
        async with metrics.listening(("127.0.0.1", port), lambda: beat):
            return [await asyncio.to_thread(fetched, f"http://127.0.0.1:{port}{path}") for path in paths]

    return asyncio.run(story())


@pytest.mark.slow
def test_a_running_bot_shows_every_metric_and_nobody(tmp_path: Path) -> None:
    port = free_port()
    with installed(tmp_path, AITBAR_METRICS_LISTEN=str(port)) as rig:
        wave = rig.open_wave("community-trust")
        rig.start_bot()
        asyncio.run(_somebody_begins(rig, wave))
        wait_for(lambda: "aitbar_ticks_total 0.0" not in fetched(f"http://127.0.0.1:{port}/metrics")[1])
        status, text = fetched(f"http://127.0.0.1:{port}/metrics")
        assert (status, fetched(f"http://127.0.0.1:{port}/health")[0]) == (200, 200)
        assert rig.stop_bot() == 0

    families = list(text_string_to_metric_families(text))
    assert {_full_name(family) for family in families} == set(metrics.names())
    assert wave not in text
    assert not [name for name, form in plain_forms(id_of(3)).items() if form in text.encode()]
    assert re.search(r'(?m)^aitbar_updates_total\{kind="message"\} 0\.0$', text), "one person does not show"


def _full_name(family: Any) -> str:
    name: str = family.name
    return f"{name}_total" if family.type == "counter" else name


async def _somebody_begins(rig: Rig, wave: str) -> None:
    async with rig.person(3) as one:
        await one.start(wave)


def test_every_metric_has_a_row_in_the_operators_guide() -> None:
    first_cells = [line.split("|")[1] for line in GUIDE.read_text().splitlines() if line.startswith("|")]
    explained = {name for cell in first_cells for name in re.findall(r"`(aitbar_\w+)`", cell)}

    assert explained == set(metrics.names())


def test_health_over_http_is_200_when_all_is_well_and_503_when_not() -> None:
    assert shown("/health")[0][0] == 200
    silent = replace(WELL, heard=NOW - timedelta(hours=1))
    ((status, said), (_, text)) = shown("/health", "/metrics", beat=silent)
    assert status == 503
    assert "Telegram has not been heard for 3600 s." in json.loads(said)["wrong"]
    assert "aitbar_healthy 0.0" in text


# -- what is counted ------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _own_counts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """These tests begin at nothing, and leave nothing."""
    kept = [(one, dict(vars(one))) for one in counts.ALL]
    for one in counts.ALL:
        fresh = type(one)(one.name, one.what)
        vars(one).update({k: v for k, v in vars(fresh).items() if k in ("sums", "within", "seconds", "value")})
    yield
    for one, before in kept:
        vars(one).update(before)


def test_counts_that_people_move_go_up_in_whole_hundreds() -> None:
    for _ in range(99):
        counts.came([{"update_id": 1, "message": {"from": {"id": id_of(1)}}}])
        counts.TRANSACTIONS.add(0.002)
    assert counts.UPDATES.shown() == {"message": 0}
    assert counts.TRANSACTIONS.shown() == ([0] * (len(counts.BUCKETS) + 1), 0.0)
    counts.came([{"update_id": 1, "message": {}}])
    counts.TRANSACTIONS.add(0.002)
    upto, seconds = counts.TRANSACTIONS.shown()
    assert counts.UPDATES.shown() == {"message": 100}
    assert (upto[:3], upto[-1], round(seconds, 6)) == ([0, 100, 100], 100, 0.2)


def test_what_people_move_is_marked_as_such() -> None:
    assert {one.name for one in counts.ALL if isinstance(one, counts.Count) and one.people} == {
        "updates",
        "turns",
        "replies",
    }


def test_marks_come_from_fixed_sets_whatever_came_in() -> None:
    counts.came([{"message": 1}, {"callback_query": 1}, {str(id_of(4)): 1}, "nonsense", None])
    counts.called("sendMessage", 200)
    counts.called("EditMessageText", 200)
    counts.called("getUpdates", 200)
    counts.called("sendMessage", 403)
    counts.called("sendMessage", None)
    counts.failed(ValueError(f"chat {id_of(5)}"))

    assert set(counts.UPDATES.sums) == {"message", "callback_query", "other"}
    assert set(counts.REPLIES.sums) == {"sent", "edited"}
    assert counts.REFUSALS.shown() == {"403": 1, "none": 1}
    assert counts.FAILURES.shown() == {"ValueError": 1}


def test_nothing_counts_interviews_submissions_or_withdrawals() -> None:
    told = " ".join(f"{one.name} {one.what}" for one in counts.ALL) + " ".join(metrics.GAUGES)
    assert not re.search(r"submi|withdr|finish|interview|wave|district|block|answers\b", told)


# -- trouble --------------------------------------------------------------------------------------------


def test_without_the_package_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *more: Any, **named: Any) -> Any:
        if name.startswith("prometheus_client"):
            raise ImportError(name)
        return real(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(metrics.MetricsTrouble, match="extra `metrics`"):
        shown("/metrics")


def test_an_address_that_is_taken_is_said() -> None:
    async def story(port: int) -> None:
        async with metrics.listening(("127.0.0.1", port), lambda: WELL):
            raise AssertionError("it is taken")

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(metrics.MetricsTrouble, match=f"127.0.0.1:{port} of AITBAR_METRICS_LISTEN"):
            asyncio.run(story(port))


def test_nothing_listens_unless_told_to() -> None:
    async def story() -> None:
        async with metrics.listening(None, lambda: WELL):
            pass

    asyncio.run(story())
