"""Looks at an installation from all sides and says of each what is well, what is not, and what to do.

Laws:
1. Nothing is changed or made: no folder, no key, no migration; whoever is ill can be looked at twice.
2. Each look stands alone: when one breaks, or half of the installation is missing, the others go on.
3. No secret is said: of addresses and proxies the host only, of the token nothing, of people nothing.
"""

from __future__ import annotations

import asyncio
import ctypes
import fcntl
import hashlib
import hmac
import os
import resource
import shutil
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property, partial
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine, inspect, text
from telegram import Bot, WebhookInfo
from telegram.error import InvalidToken, TelegramError

from bot import heartbeat, nature
from bot.chat.http import AiohttpRequest
from bot.files.check import check as check_files
from bot.files.helplines import load as load_helplines
from bot.files.phrases import Phrases, locales
from bot.files.shelf import surveys_folder
from bot.settings import DOTENV, Settings, SettingsTrouble, read
from bot.store import Desk, Keys, KeyTrouble, StoreTrouble, folder_of, is_postgres, postgres
from bot.store.engine import NEWEST, PRAGMAS, explained, open_engine
from bot.store.retention import back

SECONDS = 10.0
"""Patience with the network, each step."""

LEAST_SPACE, LITTLE_SPACE = 50 * 2**20, 500 * 2**20
"""Bytes: a scrub writes the whole file anew beside the old one; under the first the next answer may not fit."""

LARGE_WAL = 64 * 2**20
"""The scrub empties the log within a minute; what grows so large is held by a reader that does not let go."""

SKEW_WARNING, SKEW_BAD = 30, 300
"""Seconds: digests go out by the hour and leases by the minute; five minutes are more than any good clock has."""

FONTS = {
    "NotoNaskhArabic-Bold.ttf": "b5cbcb561b4b540ff11d7b6934577dbbbbb9e1d152d47f6f31f19176d58ff39c",
    "NotoNaskhArabic-Regular.ttf": "8c67eaa2f0086872628fc3f7f760386f83c8be5c5e9a1ba3a38891237b2ac7cb",
    "NotoSans-Bold.ttf": "e83493c945848ecd4a9ad0f6d19164541a0d3e23a9c952304a00a46e00272ac5",
    "NotoSans-Regular.ttf": "89c3c497f618fdaa0b2d1e98fef93582f28c71debd2c4a8cdf41f190ced2909d",
}
"""SHA-256 of the fonts that pictures are drawn with; another font may lack letters of Pashto."""

LATE = timedelta(days=3)
"""A daily tick may be a day away, and a weekend without the bot is nobody's fault."""

PR_GET_DUMPABLE = 3  # prctl(2)

READ_BACK = {"WAL": "wal", "FULL": "2", "ON": "1", "OFF": "0", "MEMORY": "2", "NONE": "0"}
"""How SQLite reads back what was set by name."""


@dataclass(frozen=True)
class Finding:
    """What a look saw: `ok`, `warning` or `bad`; `todo` says what to do about it."""

    level: str
    what: str
    todo: str = ""


@dataclass(frozen=True)
class Result:
    """The finding of one check, by name."""

    check: str
    finding: Finding


class Missing(Exception):
    """This look needs something that another look has found wrong."""


def ok(what: str) -> Finding:
    """All is well."""
    return Finding("ok", what)


def warning(what: str, todo: str) -> Finding:
    """It works, and could be better."""
    return Finding("warning", what, todo)


def bad(what: str, todo: str) -> Finding:
    """It does not work, or is not safe."""
    return Finding("bad", what, todo)


@dataclass
class Patient:
    """The installation that is looked at; what several looks need is found out once."""

    fonts: Path = field(default_factory=lambda: Path(str(files("bot").joinpath("assets", "fonts"))))
    catalogues: Path = field(default_factory=locales)
    journal: Path = Path("/etc/systemd")
    now: Callable[[], datetime] = nature.now

    @cached_property
    def settings(self) -> Settings:
        """The settings; Missing when they cannot be read."""
        try:
            return read()
        except SettingsTrouble:
            raise Missing("the settings") from None

    @cached_property
    def database(self) -> Path:
        """The database file; Missing where there is none yet."""
        url = self.settings.database_url
        folder = folder_of(url)
        path = None if folder is None else folder / Path(urlsplit(url).path).name
        if path is None or not path.exists():
            raise Missing("a database")
        return path

    @cached_property
    def engine(self) -> Engine:
        """The database, opened for reading only; Missing where there is none yet."""
        if self.on_a_server:
            engine = open_engine(self.settings.database_url, writes=False)
            with explained(self.settings.database_url), engine.connect() as connection:
                empty = not inspect(connection).has_table("alembic_version")
            if empty:
                raise Missing("a database that the bot has begun with")
            return engine
        assert self.database
        return open_engine(self.settings.database_url, writes=False)

    @property
    def on_a_server(self) -> bool:
        """Whether the database lies on a server of PostgreSQL."""
        return is_postgres(self.settings.database_url)

    @cached_property
    def telegram(self) -> Telegram:
        """What Telegram says when it is asked who the bot is."""
        try:
            token = self.settings.token()
        except SettingsTrouble:
            raise Missing("a token") from None
        return asyncio.run(_ask(self.settings, token, self.now))

    @property
    def keys(self) -> Path:
        """The folder of the keys."""
        return self.settings.keys_dir

    def close(self) -> None:
        """Let go of the database."""
        if "engine" in vars(self):
            self.engine.dispose()


@dataclass(frozen=True)
class Telegram:
    """What came back: the bot's name or the error, the webhook, how far its clock is ahead of ours."""

    name: str = ""
    error: TelegramError | None = None
    webhook: WebhookInfo | None = None
    ahead: timedelta | None = None


async def _ask(settings: Settings, token: str, now: Callable[[], datetime]) -> Telegram:
    request = AiohttpRequest(4, settings.telegram_proxy)
    bot = Bot(token, base_url=f"{settings.telegram_api_url}/bot", request=request, get_updates_request=request)
    name, webhook = "", None
    try:
        async with asyncio.timeout(3 * SECONDS):
            name = (await bot.get_me()).username or ""
            ahead = None if request.dated is None else parsedate_to_datetime(request.dated) - now()
            webhook = await bot.get_webhook_info()
    except TelegramError as error:
        return Telegram(name, error)
    except TimeoutError:
        return Telegram(name, TelegramError("it took too long"))
    finally:
        await request.shutdown()
    return Telegram(name, None, webhook, ahead)


# -- settings -------------------------------------------------------------------------------------------


def settings(_patient: Patient) -> Iterator[Finding]:
    try:
        found = read()
    except SettingsTrouble as trouble:
        for line in str(trouble).splitlines():
            yield bad(line, "Every setting is explained in docs/operators.md.")
        return
    yield ok(f"read; at least {found.min_block} people stand behind a figure")


def dotenv(_patient: Patient) -> Iterator[Finding]:
    path = Path(DOTENV)
    if not path.exists():
        yield ok("there is none; the environment and files of secrets are used")
    elif path.stat().st_mode & 0o077:
        yield bad(f"{path} can be read by others", f"Run: chmod 600 {path}")
    else:
        yield ok("it belongs to its owner alone")


def token(patient: Patient) -> Iterator[Finding]:
    try:
        patient.settings.token()
    except SettingsTrouble as trouble:
        yield bad("there is no token, or it has no token's shape", str(trouble))
        return
    yield ok("it has a token's shape")


def zone(patient: Patient) -> Iterator[Finding]:
    local = patient.now().astimezone(patient.settings.zone)
    yield ok(f"{patient.settings.timezone}, where it is {local:%H:%M on %A}")


def user(_patient: Patient) -> Iterator[Finding]:
    if os.geteuid() == 0:
        yield warning("this runs as root", "Give the bot a user of its own; see docs/operators.md.")
    else:
        yield ok("an ordinary user")


def memory(_patient: Patient) -> Iterator[Finding]:
    dumpable = sys.platform == "linux" and ctypes.CDLL(None).prctl(PR_GET_DUMPABLE) != 0
    if dumpable or resource.getrlimit(resource.RLIMIT_CORE)[0] != 0:
        yield bad("a crash would write memory to the disk", "Start it by its own command, `aitbar`.")
    else:
        yield ok("a crash writes no memory to the disk")
    swaps = Path("/proc/swaps")
    if swaps.exists() and len(swaps.read_text().splitlines()) > 1:
        yield warning("this computer swaps memory to a disk", "Run: swapoff -a; or encrypt the swap.")


# -- Telegram -------------------------------------------------------------------------------------------


def way(patient: Patient) -> Iterator[Finding]:
    """Name, connection, encryption, one after the other, so that the sentence tells which of them fails."""
    proxy = patient.settings.telegram_proxy
    parts = urlsplit(proxy or patient.settings.telegram_api_url)
    role = "the proxy" if proxy else "Telegram"
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    blocked = "See 'Telegram is blocked' in docs/operators.md."
    try:
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        yield bad(
            f"the name {host} of {role} is not known here (DNS)", f"Check the name and the resolver. {blocked}"
        )
        return
    try:
        raw = socket.create_connection((host, port), SECONDS)
    except OSError as error:
        reason = (
            "nothing answers in time" if isinstance(error, TimeoutError) else error.strerror or "no connection"
        )
        yield bad(f"no connection to {role} at {host}:{port} (TCP: {reason})", f"Check the network. {blocked}")
        return
    with raw:
        if parts.scheme == "https":
            try:
                ssl.create_default_context().wrap_socket(raw, server_hostname=host).close()
            except OSError as error:
                yield bad(
                    f"no safe connection to {role} at {host}:{port} (TLS: {type(error).__name__})",
                    f"Somebody may stand between, or the clock or the certificates are wrong. {blocked}",
                )
                return
    yield ok(f"{role} can be reached at {host}:{port}")


def telegram(patient: Patient) -> Iterator[Finding]:
    error = patient.telegram.error
    if isinstance(error, InvalidToken):
        yield bad("Telegram does not know this token", "Compare it with what @BotFather shows for your bot.")
    elif error is not None:
        yield bad(
            f"Telegram does not answer ({type(error).__name__})", "Check the way to Telegram, and any proxy."
        )
    else:
        yield ok(f"it knows the bot as @{patient.telegram.name}")


def webhook(patient: Patient) -> Iterator[Finding]:
    info = patient.telegram.webhook
    if info is None:
        raise Missing("an answer of Telegram")
    wanted = patient.settings.webhook_url
    if info.url and not wanted:
        yield bad(
            "a webhook is set, so nothing can be fetched",
            "Stop the program that uses it. Or set AITBAR_WEBHOOK_URL, if this bot shall be brought its messages.",
        )
    elif wanted and not info.url.startswith(wanted):
        yield warning("Telegram brings messages elsewhere, or nowhere", "The bot sets its webhook when it starts.")
    elif info.last_error_message:
        yield warning(
            f"Telegram could not bring a message of late; {info.pending_update_count} wait",
            "Check that AITBAR_WEBHOOK_URL leads to the bot from outside, with a valid certificate.",
        )
    else:
        yield ok("set, and ours" if wanted else "none is set; the bot fetches")


def clock(patient: Patient) -> Iterator[Finding]:
    ahead = patient.telegram.ahead
    if ahead is None:
        raise Missing("an answer of Telegram with its time")
    seconds = round(abs(ahead.total_seconds()))
    todo = "Set the clock by network time: timedatectl set-ntp true. Summaries go out by this clock."
    if seconds > SKEW_BAD:
        yield bad(f"the clock is {seconds} s off Telegram's", todo)
    elif seconds > SKEW_WARNING:
        yield warning(f"the clock is {seconds} s off Telegram's", todo)
    else:
        yield ok("as Telegram's, within half a minute")


# -- what is kept ---------------------------------------------------------------------------------------


def keys(patient: Patient) -> Iterator[Finding]:
    folder, found = patient.keys, Keys(patient.keys)
    if folder.exists() and folder.stat().st_mode & 0o077:
        yield bad(f"the folder {folder} is open to others", f"Run: chmod 700 {folder}")
    if (folder / "server.key").exists():
        yield from _usable(found.server)
    elif _exists(patient):
        yield bad(
            f"there is a database, and no server.key in {folder}",
            "Put it back from where you keep it, or name the right folder in AITBAR_KEYS_DIR.",
        )
    if (folder / "contact.key").exists():
        yield from _usable(found.contact)
    elif _has_contacts(patient):
        yield bad(
            f"somebody asked to hear of a result, and there is no contact.key in {folder}",
            "Put it back from where you keep it. If it is lost, nobody of them can be written to; they need do "
            "nothing, and what is kept of them opens for nobody.",
        )
    for wave in sorted(_wave_keys(patient, found)):
        yield from _usable(partial(found.wave, wave))
    yield ok("every key is there, whole, and its owner's alone" if folder.exists() else "made at the first start")


def _usable(key: Callable[[], bytes]) -> Iterator[Finding]:
    try:
        key()
    except KeyTrouble as trouble:
        yield bad("a key cannot be used", str(trouble))


def _exists(patient: Patient) -> bool:
    try:
        return patient.engine is not None if patient.on_a_server else patient.database.exists()
    except (Missing, StoreTrouble):
        return False


def _has_contacts(patient: Patient) -> bool:
    try:
        with patient.engine.connect() as connection:
            return connection.execute(text("SELECT 1 FROM contact LIMIT 1")).scalar() is not None
    except Exception:
        return False  # said by the looks at the database


def _wave_keys(patient: Patient, found: Keys) -> set[str]:
    """Waves whose keys lie here, and those that need one."""
    try:
        with patient.engine.connect() as connection:
            rows = connection.execute(text("SELECT wave FROM wave WHERE state != 'closed'")).scalars().all()
    except Exception:
        rows = []  # said by the looks at the database
    return {*found.waves(), *map(str, rows)}


def places(patient: Patient) -> Iterator[Finding]:
    folder = folder_of(patient.settings.database_url)
    if folder is None or not folder.exists():
        yield ok("no folder yet; it is made at the first start")
        return
    open_ones = [path for path in (folder, *folder.glob("*.db*")) if path.stat().st_mode & 0o077]
    for path in open_ones:
        yield bad(f"{path} is open to others", f"Run: chmod {'700' if path.is_dir() else '600'} {path}")
    free = shutil.disk_usage(folder).free
    if free < LITTLE_SPACE:
        judge = bad if free < LEAST_SPACE else warning
        yield judge(
            f"{free // 2**20} MB are free on the disk of {folder}", "Make room: logs and old releases first."
        )
    for path in folder.glob("*.db-wal"):
        if path.stat().st_size > LARGE_WAL:
            yield warning(
                f"{path} has grown to {path.stat().st_size // 2**20} MB",
                "End whatever program has the database open for long; traces stay on the disk meanwhile.",
            )
    if not open_ones:
        yield ok(f"{folder} is its owner's alone; {free // 2**20} MB are free")


def database(patient: Patient) -> Iterator[Finding]:
    if patient.on_a_server:
        yield from _server(patient)
        return
    try:
        with explained(patient.settings.database_url), patient.engine.connect() as connection:
            verdict = str(connection.execute(text("PRAGMA quick_check(1)")).scalar())
            version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            wrong = [
                name
                for name, wanted in PRAGMAS.items()
                if str(connection.execute(text(f"PRAGMA {name}")).scalar()) != READ_BACK.get(wanted, wanted)
            ]
    except StoreTrouble as trouble:
        yield bad("it cannot be used", str(trouble))
        return
    if verdict != "ok":
        yield bad("it is damaged", "Stop the bot, move the file away, and restore a backup.")
    elif version != NEWEST:
        yield warning(
            f"its version is {version}, this program's is {NEWEST}", "It is brought up to date at a start."
        )
    elif wrong:
        yield bad(f"these pragmas are not as they must be: {', '.join(wrong)}", "Install the release anew.")
    else:
        yield ok(f"it opens, is whole, and has version {version}")


def _server(patient: Patient) -> Iterator[Finding]:
    """A server of PostgreSQL: whether it answers, and whether it keeps more than it should."""
    try:
        with explained(patient.settings.database_url), patient.engine.connect() as connection:
            version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            weak = postgres.weaknesses(connection)
    except StoreTrouble as trouble:
        yield bad("it cannot be used", str(trouble))
        return
    for what, todo in weak:
        yield warning(what, f"{todo} See 'PostgreSQL' in docs/operators.md.")
    if version != NEWEST:
        yield warning(
            f"its version is {version}, this program's is {NEWEST}", "It is brought up to date at a start."
        )
    yield ok(f"the server answers, and the tables have version {version}")


def audit(patient: Patient) -> Iterator[Finding]:
    try:
        with explained(patient.settings.database_url), patient.engine.connect() as connection:
            broken = Desk(connection).broken()
    except StoreTrouble as trouble:
        yield bad("the log of acts cannot be read", str(trouble))
        return
    if broken is None:
        yield ok("no line of the log of acts was changed or taken out")
    else:
        yield bad(
            f"a line of the log of acts was changed or taken out, at number {broken}",
            "Somebody had hands on the database. Keep a copy, ask who, and trust no wave that was open.",
        )


def kept(patient: Patient) -> Iterator[Finding]:
    """Answers whose time is over are deleted at a daily tick: where some are left, no tick came."""
    months = patient.settings.keep_responses_months
    limit = back(patient.now().astimezone(patient.settings.zone).date() - LATE, months)
    over = text(
        "SELECT 1 FROM response JOIN wave ON response.wave = wave.wave "
        "WHERE wave.state = 'closed' AND wave.ended <= :limit LIMIT 1"
    )
    try:
        with explained(patient.settings.database_url), patient.engine.connect() as connection:
            left = connection.execute(over, {"limit": limit.isoformat()}).scalar() is not None
    except StoreTrouble as trouble:
        yield bad("what is kept cannot be looked at", str(trouble))
        return
    if left:
        yield bad(
            f"answers are kept for longer than {months} months after their wave",
            "They go at the next daily tick: start the bot, or run: aitbar tick",
        )
    else:
        yield ok(f"answers go {months} months after their wave has ended; the sums stay")


def journal(patient: Patient) -> Iterator[Finding]:
    """The bot keeps no log itself; how long the system's journal does can be read, where there is one."""
    if not patient.journal.is_dir():
        yield ok("the bot writes its log to whoever started it and keeps none; see 'Logs' in docs/operators.md")
        return
    files = (patient.journal / "journald.conf", *sorted((patient.journal / "journald.conf.d").glob("*.conf")))
    said = [line for path in files if path.exists() for line in path.read_text(errors="replace").splitlines()]
    if any(line.strip().startswith("MaxRetentionSec=") for line in said):
        yield ok("the system's journal keeps lines for a stated time")
    else:
        yield warning(
            "the system's journal keeps the log for as long as it has room",
            "Write MaxRetentionSec=7day under [Journal] in /etc/systemd/journald.conf; see docs/operators.md.",
        )


# -- what is read ---------------------------------------------------------------------------------------


def surveys(patient: Patient) -> Iterator[Finding]:
    yield from _checked(patient.settings.surveys_dir or surveys_folder())


def words(patient: Patient) -> Iterator[Finding]:
    yield from _checked(patient.catalogues)
    if drafts := Phrases.load(patient.catalogues).drafts:
        yield warning(
            f"these words are drafts that fewer than two readers have reviewed: {', '.join(drafts)}",
            "Let somebody who speaks the language read them; see docs/translators.md.",
        )


def helplines(patient: Patient) -> Iterator[Finding]:
    path = patient.settings.helplines
    if path is None:
        yield ok("none named; whoever writes of danger sees the survey's own words only")
        return
    found, problems = load_helplines(path, patient.now().date())
    for problem in problems:
        yield (bad if problem.level == "error" else warning)(f"{problem.what} (line {problem.line})", problem.todo)
    if not problems:
        yield ok(f"{len(found)} numbers, all called within half a year")


def _checked(folder: Path) -> Iterator[Finding]:
    report = check_files([folder])
    if report.errors:
        yield bad(f"{report.errors} mistakes in {folder}", f"Run: aitbar check {folder}")
    elif report.problems:
        yield warning(f"{len(report.problems)} remarks on {folder}", f"Run: aitbar check {folder}")
    else:
        yield ok(f"{len(report.files)} files in {folder} pass")


def fonts(patient: Patient) -> Iterator[Finding]:
    for name, wanted in FONTS.items():
        path = patient.fonts / name
        if not path.exists():
            yield bad(f"the font {name} is missing", "Install the release anew; pictures would lack letters.")
        elif not hmac.compare_digest(hashlib.sha256(path.read_bytes()).hexdigest(), wanted):
            yield bad(f"the font {name} is not the one of this release", "Install the release anew.")
    yield ok(f"{len(FONTS)} files looked at")


# -- the running bot ------------------------------------------------------------------------------------


def running(patient: Patient) -> Iterator[Finding]:
    folder = folder_of(patient.settings.database_url)
    if folder is None or not _runs(patient, folder):
        yield warning("the bot is not running", "Start it: systemctl start aitbar, or docker compose up -d.")
        return
    beat = heartbeat.read(folder)
    if beat is None:
        yield ok("it is just starting")
        return
    for sentence in (wrong := heartbeat.wrongs(beat, patient.now())):
        yield bad(sentence, "See 'Every day' in docs/operators.md.")
    if not wrong:
        yield ok(f"it runs (version {beat.version}), hears from Telegram, and ticks")


def _runs(patient: Patient, folder: Path) -> bool:
    if not patient.on_a_server:
        return _held(folder / "run.lock")
    with explained(patient.settings.database_url), patient.engine.connect() as connection:
        return postgres.is_running(connection)


def _held(lock: Path) -> bool:
    """Whether a running bot holds it; a shared lock for a moment, which a starting bot waits out."""
    try:
        descriptor = os.open(lock, os.O_RDONLY)
    except OSError:
        return False
    with closing(os.fdopen(descriptor)):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


CHECKS: dict[str, Callable[[Patient], Iterator[Finding]]] = {
    "settings": settings,
    ".env": dotenv,
    "token": token,
    "time zone": zone,
    "user": user,
    "memory": memory,
    "way to Telegram": way,
    "Telegram": telegram,
    "webhook": webhook,
    "clock": clock,
    "keys": keys,
    "folders": places,
    "database": database,
    "log of acts": audit,
    "retention": kept,
    "journal": journal,
    "surveys": surveys,
    "words": words,
    "helplines": helplines,
    "fonts": fonts,
    "bot": running,
}
"""Every check by the name that the report gives it, in the order of the report."""


def examine(patient: Patient, says: Callable[[str], None] = lambda _name: None) -> Iterator[Result]:
    """Every finding of every check; `says` is told which one is being made."""
    try:
        for name, look in CHECKS.items():
            says(name)
            yield from (Result(name, finding) for finding in _findings(look, patient))
    finally:
        patient.close()


def _findings(look: Callable[[Patient], Iterator[Finding]], patient: Patient) -> list[Finding]:
    found = []
    try:
        for finding in look(patient):
            found.append(finding)  # noqa: PERF402 - what was found before it broke stays
    except Missing as lack:
        found.append(warning(f"not looked at: this needs {lack}", "Mend that first."))
    except Exception as error:
        found.append(
            bad(f"this look itself failed ({type(error).__name__})", "Report it; all else was looked at.")
        )
    troubles = [finding for finding in found if finding.level != "ok"]
    return troubles or found
