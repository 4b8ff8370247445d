"""How much memory `aitbar run` takes at most: `python -m bench.memory --people 1000 --at-once 100 --flood 100`.

The real process, the local Bot API and people with phones, all on this machine. The first figure is the bot
at rest, the second the most it ever had (VmHWM of /proc/<pid>/status, proc(5)), after all have answered
everything beside one person who writes so many messages a second. Linux only.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from aiohttp import ClientError

from tests.faults.crowd import Alive, Respondent
from tests.faults.fire import open_kill_wave
from tests.rig import AITBAR, Rig, id_of, installed

BAR_MEGABYTES = 256
FLOODER = id_of(900_000)
MOST_OUTSTANDING = 500
"""Messages of the one person that are on their way to the local Bot API at a time."""


def main(words: Sequence[str] | None = None) -> int:
    """Print what was measured; 1 when it is above the bar."""
    asked = argparse.ArgumentParser(prog="python -m bench.memory", description=__doc__)
    asked.add_argument("--people", type=int, default=1_000, help="who answer, in all")
    asked.add_argument("--at-once", type=int, default=100, help="who answer at any moment")
    asked.add_argument("--flood", type=int, default=100, help="messages a second of one more person")
    asked.add_argument("--seconds", type=float, default=600.0, help="nobody new begins after so long")
    given = asked.parse_args(words)
    with (
        tempfile.TemporaryDirectory(prefix="aitbar-bench-") as folder,
        installed(Path(folder), AITBAR_LOG_LEVEL="INFO") as rig,
    ):
        wave = open_kill_wave(rig)
        rig.start_bot(*AITBAR, "run")
        at_rest = megabytes(rig, "VmRSS")
        begun = time.monotonic()
        sent, done = asyncio.run(_answered(rig, wave, given))
        seconds = time.monotonic() - begun
        most = megabytes(rig, "VmHWM")
    print(f"at rest {at_rest} MB; at most {most} MB (bar {BAR_MEGABYTES} MB)")
    print(f"{done} people answered everything, {sent} further messages from one, in {seconds:.0f} s")
    return int(most > BAR_MEGABYTES)


def megabytes(rig: Rig, what: str) -> int:
    """A line of the bot's /proc/<pid>/status that is given in kB, in MB."""
    assert rig._bot is not None
    lines = Path(f"/proc/{rig._bot.pid}/status").read_text().splitlines()
    return round(int(next(line for line in lines if line.startswith(what)).split()[1]) / 1024)


async def _answered(rig: Rig, wave: str, given: argparse.Namespace) -> tuple[int, int]:
    """Let the crowd answer beside the flood; how many messages that was, and how many people finished."""
    alive, until = Alive(), time.monotonic() + given.seconds
    alive.set()
    crowd: list[Respondent] = []

    async def one_after_another() -> None:
        while len(crowd) < given.people and time.monotonic() < until:
            crowd.append(Respondent(rig.url, wave, len(crowd), alive))
            with suppress(ClientError):  # a busy machine closes a connection: that person is not among the done
                await crowd[-1].answer()

    over = asyncio.Event()
    flood = asyncio.create_task(_flood(rig, given.flood, over))
    await asyncio.gather(*(one_after_another() for _ in range(given.at_once)))
    over.set()
    return await flood, sum(one.done for one in crowd)


async def _flood(rig: Rig, a_second: int, over: asyncio.Event) -> int:
    """One person writes without end, and waits for nothing; how many messages went out."""
    begun, started, sent = time.monotonic(), 0, 0
    outstanding: set[asyncio.Task[None]] = set()
    async with rig.at(FLOODER, "en", "Flooder") as phone:

        async def say() -> None:
            nonlocal sent
            with suppress(ClientError):
                await phone.say("salaam", wait=False)
                sent += 1

        while not over.is_set():
            while started < (time.monotonic() - begun) * a_second and len(outstanding) < MOST_OUTSTANDING:
                outstanding.add(task := asyncio.create_task(say()))
                task.add_done_callback(outstanding.discard)
                started += 1
            await asyncio.sleep(0.005)
        await asyncio.gather(*outstanding)
    return sent


if __name__ == "__main__":
    raise SystemExit(main())
