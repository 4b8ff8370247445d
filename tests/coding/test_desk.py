"""The steward's page over HTTP: whom it lets in, what it says, what it keeps.

1. Nobody without the secret, by another name, or from another site's page gets anything.
2. No reply may be cached, framed or sent elsewhere; the page's files fetch nothing from anywhere else.
3. A text is shown with what was decided of it; a sound is played; what is decided is kept.
4. What is no decision is refused, and changes nothing.
5. Codes are written where they were asked for, and what came of it is said.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.coding.desk import PAGE, Desk, opened
from bot.coding.work import CodingTrouble, Mark
from bot.core import codes
from tests.coding.sample import K, Village, code, told
from tests.sounds import voice


@dataclass
class Visit:
    """A visit to an open desk."""

    url: str
    session: ClientSession
    village: Village

    async def get(self, path: str = "", **headers: str) -> tuple[int, Any]:
        """What a path answers."""
        async with self.session.get(self.url + path, headers=headers) as answer:
            return answer.status, await (answer.json() if "json" in answer.content_type else answer.read())

    async def post(self, path: str, said: Any, **headers: str) -> tuple[int, Any]:
        """What an act answers."""
        async with self.session.post(self.url + path, json=said, headers=headers) as answer:
            return answer.status, await (answer.json() if "json" in answer.content_type else answer.read())


@asynccontextmanager
async def visit(folder: Path, people: int = 7, sounds: tuple[bytes, ...] = ()) -> AsyncIterator[Visit]:
    """A desk with so many texts."""
    village = Village(folder)
    village.answer(people, sounds)
    async with opened(Desk(village.work(), folder / "out.json")) as url, ClientSession() as session:
        yield Visit(url, session, village)


# -- promise 1 --------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_nobody_without_the_secret_or_from_elsewhere_is_let_in(tmp_path: Path) -> None:
    async with visit(tmp_path) as here:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[0-9a-f]{32}/", here.url)
        host, secret = here.url.split("/")[2:4]
        assert (await here.get("state"))[0] == 200
        for path in ("/", "/state", f"/{secret[:-1]}/state", f"/{'0' * 32}/state", f"//{secret}/state"):
            async with here.session.get(f"http://{host}{path}") as answer:
                assert (answer.status, await answer.read()) == (404, b"")
        for headers in (
            {"Host": "example.org"},
            {"Host": "127.0.0.1.example.org"},
            {"Origin": "http://example.org"},
            {"Origin": "null"},
            {"Origin": "http://127.0.0.1:1"},
        ):
            assert await here.get("state", **headers) == (404, b"")
            assert await here.post("theme", {"question": "more", "language": "en", "title": "x"}, **headers) == (
                404,
                b"",
            )
        assert (await here.get("state", Origin=f"http://{host}"))[0] == 200
        assert not (tmp_path / "coding-abcd2345.json").exists()


@pytest.mark.asyncio
async def test_each_start_has_a_secret_of_its_own(tmp_path: Path) -> None:
    async with visit(tmp_path) as one:
        first = one.url
    async with visit(tmp_path) as another:
        assert another.url.split("/")[3] != first.split("/")[3]


@pytest.mark.asyncio
async def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    async with visit(tmp_path) as here:
        port = int(here.url.split(":")[2].split("/")[0])
        with pytest.raises(CodingTrouble, match="--port"):
            async with opened(Desk(here.village.work(), tmp_path / "out.json"), port):
                pass


# -- promise 2 --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["", "state", "text/more/0", "page/desk.js", "page/NotoSans-Regular.ttf", "nothing"]
)
@pytest.mark.asyncio
async def test_no_reply_may_be_cached_framed_or_sent_elsewhere(tmp_path: Path, path: str) -> None:
    async with visit(tmp_path) as here, here.session.get(here.url + path) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert "server" not in answer.headers


def test_the_pages_files_name_no_other_host_and_build_no_markup() -> None:
    for path in PAGE.iterdir():
        content = path.read_text("utf-8")
        assert not re.search(r"[\"'(:]//", content), path
        assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", content), path


@pytest.mark.parametrize("name", ["desk.py", "../desk.py", "%2e%2e/desk.py", "index.html", "OFL.txt"])
@pytest.mark.asyncio
async def test_only_the_files_of_the_page_are_shown(tmp_path: Path, name: str) -> None:
    async with visit(tmp_path) as here:
        assert (await here.get(f"page/{name}"))[0] == 404


# -- promise 3 --------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_text_is_shown_and_what_is_decided_is_kept(tmp_path: Path) -> None:
    async with visit(tmp_path) as here:
        shown = [(await here.get(f"text/more/{place}"))[1]["words"] for place in range(7)]
        assert sorted(shown) == [told(number) for number in range(7)]
        status, answer = await here.post("theme", {"question": "more", "language": "en", "title": "Water"})
        assert (status, answer["theme"]) == (200, "t01")
        status, answer = await here.post(
            "code", {"question": "more", "place": 2, "themes": ["t01"], "remove": False}
        )
        assert answer["state"]["questions"][0]["coded"] == [False, False, True, *[False] * 4]
        again = here.village.work()
        assert again.mark("more", again.names("more")[2]) == Mark(frozenset({"t01"}))
        assert (await here.get("text/more/2"))[1] == {
            "words": shown[2],
            "coded": True,
            "themes": ["t01"],
            "remove": False,
            "given": False,
        }
        await here.post("code", {"question": "more", "place": 2, "undo": True})
        assert (await here.get("text/more/2"))[1]["coded"] is False
        await here.post("theme", {"question": "more", "language": "ur", "title": "پانی", "theme": "t01"})
        assert (await here.get("state"))[1]["questions"][0]["themes"] == [
            {"id": "t01", "title": {"en": "Water", "ur": "پانی"}}
        ]


@pytest.mark.asyncio
async def test_a_sound_is_played(tmp_path: Path) -> None:
    sounds = tuple(voice(seconds) for seconds in (1, 2))
    async with visit(tmp_path, sounds=sounds) as here:
        heard = [await here.get(f"sound/said/{place}") for place in range(2)]
        assert sorted(heard) == sorted((200, sound) for sound in sounds)
        assert (await here.get("text/said/0"))[1]["words"] == ""
        assert (await here.get("sound/more/0"))[0] == 404
        assert (await here.get("sound/said/2"))[0] == 404


# -- promise 4 --------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_what_is_no_decision_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    async with visit(tmp_path) as here:
        for path, said, status in (
            ("code", {"question": "more", "place": 0, "themes": ["t01"], "remove": False}, 409),
            ("code", {"question": "nothing", "place": 0, "themes": [], "remove": False}, 400),
            ("code", {"question": "more", "place": 7, "themes": [], "remove": False}, 400),
            ("code", {"question": "more", "place": -1, "themes": [], "remove": False}, 400),
            ("code", {"question": "more", "place": "x", "themes": [], "remove": False}, 400),
            ("code", [], 400),
            ("code", {}, 400),
            ("theme", {"question": "more", "language": "en", "title": ""}, 409),
            ("theme", {"question": "more", "language": "en", "title": "x" * 20_000}, 400),
            ("finish", {}, 409),
        ):
            assert (await here.post(path, said))[0] == status, (path, said)
        async with here.session.post(here.url + "finish", data={"a": "form"}) as answer:
            assert answer.status == 415
        async with here.session.get(here.url + "finish") as answer:
            assert answer.status == 405
        assert (await here.get("text/more/7"))[0] == 404
        assert not (tmp_path / "coding-abcd2345.json").exists()
        assert not (tmp_path / "out.json").exists()


# -- promise 5 --------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_codes_are_written_where_they_were_asked_for(tmp_path: Path) -> None:
    async with visit(tmp_path) as here:
        await here.post("theme", {"question": "more", "language": "en", "title": "Water"})
        for place in range(K):
            await here.post("code", {"question": "more", "place": place, "themes": ["t01"], "remove": False})
        status, answer = await here.post("finish", {})
        assert (status, answer["file"]) == (200, "out.json")
        assert answer["given"] == {"more": {"coded": 5, "themes": {"t01": 5}, "agreement": None}}
        assert answer["state"]["questions"][0]["given"].count(True) == K
        assert codes.read((tmp_path / "out.json").read_bytes()).questions["more"].counted.n == K


@pytest.mark.asyncio
async def test_a_second_steward_is_told_the_agreement_and_writes_no_codes(tmp_path: Path) -> None:
    village = Village(tmp_path)
    village.answer(12)
    first = village.work()
    first.add_theme("more", "en", "Water")
    code(first, 6, "t01")
    code(first, 6)
    second = village.work(second=True)
    async with (
        opened(Desk(second, tmp_path / "out.json", first.path)) as url,
        ClientSession() as session,
    ):
        here = Visit(url, session, village)
        state = (await here.get("state"))[1]
        assert (state["second"], state["questions"][0]["coded"]) == (True, [False] * 12)
        for place in range(12):
            assert (await here.get(f"text/more/{place}"))[1]["themes"] == []
            themes = ["t01"] if first.mark("more", second.names("more")[place]) != Mark() else []
            await here.post("code", {"question": "more", "place": place, "themes": themes, "remove": False})
        _, answer = await here.post("finish", {})
        assert answer["agreement"] == {"more": {"n": 12, "kappa": 1.0, "themes": {"t01": 1.0}}}
        assert not (tmp_path / "out.json").exists()
