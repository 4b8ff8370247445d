"""From what people wrote to what a summary says of it, the whole way through the commands.

1. `aitbar code` opens the steward's page with key and passphrase only; a wrong one shows nothing.
2. What comes back is taken in once; the digest then tells the themes in three languages, as does the report.
3. Not one word of a text is in the database, the coding or the codes; a text marked for removal is gone.
4. What was done stands in the log of acts, and no number with it.
5. Where the page's libraries are missing that is said, and what to install.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.core import steward_key
from bot.files.shelf import pinned
from bot.files.surveys import load
from bot.store import Terms, seal_apart
from bot.store.opentext import release
from bot.store.sealing import make_key
from bot.store.tables import block
from tests import nursery
from tests.rig import ROOT, Rig, installed, wait_for
from tests.store.sample import kept

SURVEY = ROOT / "surveys" / "examples" / "text.yaml"
MARKER = "zebrastory"
PEOPLE = 12


def asked(url: str, said: Any = None) -> Any:
    """What the page's server answers."""
    data = None if said is None else json.dumps(said).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        return json.loads(answer.read())


def written(rig: Rig, key: bytes) -> str:
    """A wave in which twelve people wrote, all of them released in one block."""
    loaded = load(SURVEY)
    assert loaded.survey is not None
    with kept(rig.folder, pinned) as store, store.transaction() as tx:
        wave = tx.waves.open(loaded.document, Terms(k=5, steward_key=key), datetime.now(UTC))
        people = [
            seal_apart(loaded.survey, wave, key, str(n), {"road": "yes", "more": f"{MARKER} {n}"})[1]
            for n in range(PEOPLE)
        ]
        tx.connection.execute(block.insert().values(wave=wave, no=1, node="", n=PEOPLE, burst=0, release=1))
        release(tx.connection, wave, 1, people)
    return wave


def test_what_the_page_needs_is_said_where_it_is_missing(tmp_path: Path) -> None:
    without = "import sys; sys.modules['uvicorn'] = None; from bot.cli import app; app()"
    done = subprocess.run(
        [sys.executable, "-c", without, "code", str(tmp_path / "x.json"), "--key", str(tmp_path / "x.pem")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 1
    assert "starlette and uvicorn are not installed. They belong to the extra 'emulator'." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_from_what_people_wrote_to_what_a_summary_says(tmp_path: Path) -> None:
    home = tmp_path / "steward"
    home.mkdir()
    key = make_key(home / "steward.pem")
    with installed(tmp_path / "server", AITBAR_STEWARD_KEY=steward_key.written(key)) as rig:
        wave = written(rig, key)
        file = home / "answers.json"
        rig.console("opentext", wave, "--out", str(file))
        make_key(home / "other.pem")
        refused = rig.console("code", str(file), "--key", str(home / "other.pem"), code=1)
        assert "sealed to another key" in refused

        with (home / "said").open("wb") as said:
            desk = nursery.start(
                ["code", str(file), "--key", str(home / "steward.pem")], rig.env, home, said, said
            )
            try:
                wait_for(lambda: "http://" in (home / "said").read_text())
                url = re.findall(r"http://\S+", (home / "said").read_text())[0]
                removed = _code(url)
            finally:
                desk.send_signal(signal.SIGTERM)
                assert desk.wait(20) == 0

        codes = home / "answers.codes.json"
        for path in (codes, home / f"coding-{wave}.json", home / "said"):
            assert MARKER not in path.read_text()
        assert "more: counted" in rig.console("themes", "import", wave, str(codes))
        assert "counted before; nothing changes" in rig.console("themes", "import", wave, str(codes))
        assert "no file of codes" in rig.console("themes", "import", wave, str(file), code=1)
        assert MARKER not in (rig.folder / "data" / "aitbar.db").read_bytes().decode("latin-1")
        assert len(rig.rows("opentext")) == PEOPLE - 1
        assert removed.startswith(MARKER)
        rig.console("opentext", wave, "--out", str(home / "later.json"))
        left = rig.console("steward", "read", str(home / "later.json"), "--key", str(home / "steward.pem"))
        assert removed not in left.splitlines()[1:]
        assert f"- {removed}" not in left.splitlines()

        told = rig.digest(wave)["themes"]["more"]
        assert (told["n"], told["kappa"]) == (10, None)
        assert {one["title"]["en"]: one["share"] for one in told["themes"].values()} == {"Water & <wells>": 55}
        for language, heading in (("en", "in their own words"), ("ur", "اپنے الفاظ"), ("ps", "په خپلو خبرو")):
            text = rig.console("digest", wave, "--lang", language)
            assert heading in text
            assert "Water & <wells>" in text
            assert "Roads" not in text
        html = rig.console("digest", wave, "--format", "html")
        assert "Water &amp; &lt;wells&gt;" in html

        acts = [
            one for one in json.loads(rig.console("audit", "list", "--format", "json")) if one["act"] == "themes"
        ]
        assert [(one["who"], one["what"]) for one in acts] == [("console", f"wave {wave}")] * 2


def _code(url: str) -> str:
    """Code all texts on the page: six of water, four of roads, one of neither, one to be removed: says which."""
    for title in ("Water & <wells>", "Roads"):
        asked(f"{url}theme", {"question": "more", "language": "en", "title": title})
    for place in range(PEOPLE - 1):
        themes = ["t01"] if place < 6 else ["t02"] if place < 10 else []
        asked(f"{url}code", {"question": "more", "place": place, "themes": themes, "remove": False})
    gone = {"question": "more", "place": PEOPLE - 1, "themes": ["t01"], "remove": True}
    asked(f"{url}code", gone)
    assert asked(f"{url}finish", {})["given"]["more"]["coded"] == PEOPLE - 1
    words: str = asked(f"{url}text/more/{PEOPLE - 1}")["words"]
    return words
