"""The container, as far as it can be judged without an engine.

1. hadolint finds nothing.
2. Two stages; what builds does not travel into what runs.
3. It runs as an ordinary user, and no layer holds a secret.
4. It says whether it is well, and ends at SIGTERM.
5. What is started from it cannot write to its root, gain rights, or be reached.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
HADOLINT = Path(sys.executable).parent / "hadolint"
SECRET = re.compile(r"token|secret|passw|credential|_key\b", re.IGNORECASE)


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile: name and words, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text()
    lines = re.sub(r"\\\n", " ", text).splitlines()
    parts = (line.partition(" ") for line in lines if line.strip() and not line.startswith("#"))
    return [(name.upper(), words.strip()) for name, _, words in parts]


def values(name: str) -> list[str]:
    """The words of each instruction of this name."""
    return [words for found, words in instructions() if found == name]


def compose() -> dict[str, Any]:
    """The one service of compose.yaml."""
    service: dict[str, Any] = YAML(typ="safe").load(ROOT / "compose.yaml")["services"]["bot"]
    return service


def test_hadolint_finds_nothing() -> None:
    if not HADOLINT.exists():
        pytest.skip("hadolint is not installed here")
    done = subprocess.run([HADOLINT, ROOT / "Dockerfile"], capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stdout) == (0, "")


def test_there_are_two_stages_from_one_base() -> None:
    assert values("FROM") == ["${BASE} AS build", "${BASE}"]
    assert values("ARG") == ["BASE=python:3.11-slim"]


def test_packages_are_installed_from_the_hashed_lock_and_the_project_beside_it() -> None:
    installs = [words for words in values("RUN") if "pip install" in words]

    assert len(installs) == 2
    assert "--require-hashes -r requirements.lock" in installs[0]
    assert "--no-deps --no-build-isolation ." in installs[1]
    assert all(" -e " not in words for words in installs)


def test_it_runs_as_an_ordinary_user() -> None:
    assert values("USER") == ["10001:10001"]


def test_no_layer_holds_a_secret() -> None:
    given = [*values("ENV"), *values("ARG"), *values("LABEL")]

    assert [words for words in given if SECRET.search(words)] == []
    assert values("ADD") == []
    assert all(".env" not in words and "keys" not in words.split() for words in values("COPY"))


def test_keys_answers_and_settings_do_not_travel_to_the_builder() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    allowed = {line[1:] for line in lines if line.startswith("!")}

    assert "*" in lines
    assert not allowed & {"data", "keys", "logs", ".env", ".git", "artefacts"}
    copied = {word for words in values("COPY") if "--from" not in words for word in words.split()[:-1]}
    assert copied <= allowed


def test_it_says_whether_it_is_well_and_ends_at_sigterm() -> None:
    assert len(values("HEALTHCHECK")) == 1
    assert values("HEALTHCHECK")[0].endswith('CMD ["aitbar", "health"]')
    assert values("STOPSIGNAL") == ["SIGTERM"]


def test_it_opens_no_port() -> None:
    assert values("EXPOSE") == []
    assert "ports" not in compose()


def test_answers_and_keys_lie_on_two_volumes() -> None:
    assert values("VOLUME") == ['["/data", "/keys"]']
    assert {volume.partition(":")[2] for volume in compose()["volumes"]} == {"/data", "/keys"}


def test_the_service_may_write_only_where_it_must_and_gains_no_rights() -> None:
    service = compose()

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert [mount.partition(":")[0] for mount in service["tmpfs"]] == ["/tmp"]  # noqa: S108 - the container's own
    assert service["ulimits"]["core"] == 0
    assert service["mem_limit"] == service["memswap_limit"], "no swap"


def test_the_token_comes_as_a_file() -> None:
    service = compose()

    assert "AITBAR_TELEGRAM_TOKEN" not in service["environment"]
    assert service["environment"]["AITBAR_TELEGRAM_TOKEN_FILE"] == f"/run/secrets/{service['secrets'][0]}"
