"""The front door: `aitbar ...`. Each command imports what it needs inside itself, so that help is quick."""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import resource
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec

import typer

from bot import nature

if TYPE_CHECKING:
    from bot.core.cells import Layout, Node
    from bot.core.sensitive import Device
    from bot.core.survey import Survey
    from bot.digest import Digest
    from bot.files.surveys import Loaded
    from bot.settings import Settings
    from bot.store import Store, Terms, Wave

P = ParamSpec("P")

app = typer.Typer(
    help="Aitbar: ask a community, unseen, how far it trusts those around it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
wave_app = typer.Typer(help="Waves: open, close, list.", no_args_is_help=True)
steward_app = typer.Typer(help="For stewards, on their own computer: keys, and reading.", no_args_is_help=True)
member_app = typer.Typer(help="Coordinators and their roles.", no_args_is_help=True)
app.add_typer(wave_app, name="wave")
app.add_typer(member_app, name="member")
app.add_typer(steward_app, name="steward")
audio_app = typer.Typer(help="Recordings: what can be heard, and a sheet to read out from.", no_args_is_help=True)
app.add_typer(audio_app, name="audio")
estimate_app = typer.Typer(
    help="Sensitive questions whose answers hide each person: what counts say of all.",
    no_args_is_help=True,
)
app.add_typer(estimate_app, name="estimate")
audit_app = typer.Typer(help="The log of what coordinators and the console did.", no_args_is_help=True)
app.add_typer(audit_app, name="audit")
org_app = typer.Typer(help="Organisations that one bot serves.", no_args_is_help=True)
app.add_typer(org_app, name="org")
programme_app = typer.Typer(help="Programmes of an organisation, to which waves belong.", no_args_is_help=True)
app.add_typer(programme_app, name="programme")

CONSOLE = "console"
PR_SET_DUMPABLE = 4  # prctl(2)


def main() -> None:
    """Start the program: files for this user's eyes only, no memory dumps on disk."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0)
    app()


def explained(command: Callable[P, None]) -> Callable[P, None]:
    """Say in one sentence what is wrong and what to do; no traceback reaches a user."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (typer.Exit, typer.Abort, typer.BadParameter, KeyboardInterrupt):
            raise
        except Exception as error:
            _explain(error)
            raise typer.Exit(1) from None

    return run


def _explain(error: Exception) -> None:
    from bot.logs import redact

    if type(error).__name__.endswith("Trouble"):
        say(redact(str(error)), err=True)
        return
    if isinstance(error, OSError) and error.filename and error.strerror:
        say(f"{error.filename} cannot be used ({error.strerror}).", err=True)
        return
    say(
        f"Something went wrong that should not ({type(error).__name__}). Nothing confirmed is lost. "
        "Run the command again with AITBAR_LOG_LEVEL=DEBUG and report what it prints.",
        err=True,
    )
    if os.environ.get("AITBAR_LOG_LEVEL", "").upper() == "DEBUG":
        import traceback

        say(redact("".join(traceback.format_exception(error))), err=True)


def say(words: str, err: bool = False) -> None:
    """Print plain words."""
    typer.echo(words, err=err)


def _prepared() -> tuple[Settings, Store]:
    from bot import installation
    from bot.logs import set_up
    from bot.settings import read

    settings = read()
    set_up(settings.log_level, settings.log_format)
    return settings, installation.open_store(settings)


def _moment(text: str | None, settings: Settings) -> datetime | None:
    """An ISO 8601 moment; without an offset it is local."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no moment; write one such as 2026-11-23T09:00") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=settings.zone)
    return moment.astimezone(UTC)


def _local(text: str | None, settings: Settings) -> datetime | None:
    """The same, kept with the zone: people read its day."""
    moment = _moment(text, settings)
    return None if moment is None else moment.astimezone(settings.zone)


# -- the bot ------------------------------------------------------------------------------------------------


@app.command()
@explained
def run() -> None:
    """Run the bot, from settings."""
    from bot import app as house
    from bot.logs import set_up
    from bot.settings import read

    settings = read()
    set_up(settings.log_level, settings.log_format)
    settings.token()
    asyncio.run(house.run(settings))


@app.command()
@explained
def tick(
    at: Annotated[str | None, typer.Option(help="The moment, ISO 8601; now when left out.")] = None,
) -> None:
    """Do once all that is due at a moment (blocks, digests), then exit."""
    from bot import app as house
    from bot.logs import set_up
    from bot.settings import read

    settings = read()
    set_up(settings.log_level, settings.log_format)
    moment = _moment(at, settings) or nature.now()
    done = asyncio.run(house.tick_once(settings, moment))
    say("done" if done else "nothing to do: a later tick was done already")


@app.command()
@explained
def health(format: Annotated[str, typer.Option(help="text or json")] = "text") -> None:
    """Say whether the running bot is well, and what is wrong if it is not (exit 1)."""
    from bot import heartbeat, installation
    from bot.settings import read

    folder, now = installation.data_folder(read()), nature.now()
    beat = None if folder is None else heartbeat.read(folder)
    wrong = heartbeat.wrongs(beat, now)
    if format == "json":
        say(json.dumps(heartbeat.as_dict(beat, now)))
    else:
        say("\n".join(wrong) or "The bot is well: it hears from Telegram, ticks, and can write.")
    if wrong:
        raise typer.Exit(1)


@app.command()
@explained
def doctor(format: Annotated[str, typer.Option(help="text or json")] = "text") -> None:
    """Look at everything: settings, keys, database, Telegram, files; say what is wrong and what to do (exit 1)."""
    from rich.console import Console
    from rich.status import Status

    from bot import doctor as ward
    from bot.logs import redact, set_up

    set_up("ERROR")
    with Status("", console=Console(stderr=True)) as status:
        results = list(ward.examine(ward.Patient(), lambda name: status.update(f"looking at: {name}")))
    if format == "json":
        rows = [{"check": one.check, **vars(one.finding)} for one in results]
        say(redact(json.dumps(rows, ensure_ascii=False, indent=2)))
    else:
        for one in results:
            say(redact(f"{one.finding.level:8} {one.check}: {one.finding.what}"))
            if one.finding.todo:
                say(redact(f"         -> {one.finding.todo}"))
    if any(one.finding.level == "bad" for one in results):
        raise typer.Exit(1)


@app.command()
@explained
def emulator(
    port: int = 8081,
    limits: Annotated[str, typer.Option(help="real: at most as fast as Telegram allows; or off.")] = "off",
) -> None:
    """Run the local Bot API alone, with phones on a web page."""
    from bot.emulator.server import serve

    serve(port=port, limits=limits)


@app.command()
@explained
def demo(
    port: int = 8080,
    people: Annotated[int, typer.Option(help="How many simulated people answer first.")] = 200,
    seed: Annotated[int, typer.Option(help="The same seed gives the same answers.")] = 7,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Open the demo: emulator, bot, and a page with a respondent's and a coordinator's phone."""
    from bot.demo import play

    play(port=port, people=people, seed=seed, browser=browser)


@app.command("try")
@explained
def try_survey(
    survey: Annotated[Path, typer.Argument(help="The survey file.")],
    port: int = 8080,
    lang: Annotated[str, typer.Option(help="One phone in this language (ur, ps or en), not one for each.")] = "",
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Try a survey file on phones in a browser; saved again, it is asked anew."""
    from bot.core.survey import LANGUAGES
    from bot.files.check import SURVEYS
    from bot.files.check import check as check_files

    if lang not in ("", *LANGUAGES):
        raise typer.BadParameter("--lang is ur, ps or en")
    report = check_files([survey])
    if report.errors:
        say(report.as_text())
        raise typer.Exit(1)
    if survey.is_dir() or survey.suffix not in SURVEYS:
        raise typer.BadParameter("name one survey file, such as surveys/community-trust.yaml")
    from bot.demo import try_out

    try_out(survey, port, [lang] if lang else [], browser)


@app.command("claim-code")
@explained
def claim_code(
    org: Annotated[str, typer.Option(help="Whose owner it makes; AITBAR_ORGANISATION when left out.")] = "",
) -> None:
    """Print a one-time code for an owner, to be sent to the bot as /claim CODE within 15 minutes."""
    settings, store = _prepared()
    organisation, now = org or settings.organisation, nature.now()
    with store.transaction() as tx:
        tx.organisations.ensure(organisation, now)
        code = tx.desk.make_claim_code(now, organisation)
        tx.desk.note(CONSOLE, "claim-code", "a code for the owner", now, organisation)
    say(code)


# -- surveys ------------------------------------------------------------------------------------------------


@app.command()
@explained
def check(
    paths: Annotated[list[Path], typer.Argument(help="Survey files, catalogues, or folders of them.")],
    format: Annotated[str, typer.Option(help="text, json, or sarif for code hosts")] = "text",
    population: Annotated[
        int | None, typer.Option(help="Say too which groups so many people are too few for.", min=0)
    ] = None,
    k: Annotated[int, typer.Option("--k", help="The smallest group, for --population.", min=5)] = 10,
    audio: Annotated[bool, typer.Option("--audio", help="Name every recording that is missing.")] = False,
) -> None:
    """Say every problem of survey files and catalogues; exit 1 if there is any."""
    from bot.files.check import Outlook
    from bot.files.check import check as check_files

    if format not in ("text", "json", "sarif"):
        raise typer.BadParameter("--format is text, json or sarif")
    report = check_files(paths, Outlook(audio, population, k))
    say({"text": report.as_text, "json": report.as_json, "sarif": report.as_sarif}[format]())
    if any(problem.level == "error" for problem in report.problems):
        raise typer.Exit(1)


@app.command()
@explained
def schema(
    out: Annotated[Path | None, typer.Option(help="Where to write it; printed when left out.")] = None,
) -> None:
    """Print the JSON Schema of a survey file, with which an editor helps to write one."""
    from bot.files.schema import schema as of_survey_files

    text = json.dumps(of_survey_files(), ensure_ascii=False, indent=2)
    if out is None:
        say(text)
    else:
        out.write_text(f"{text}\n", encoding="utf-8")


@app.command()
@explained
def xlsform(
    survey: Annotated[Path, typer.Argument(help="The survey file.")],
    out: Annotated[Path | None, typer.Option(help="Where to write; beside the survey when left out.")] = None,
) -> None:
    """Write a survey as an XLSForm, the spreadsheet of Kobo and ODK."""
    from bot.files.xlsform import carry

    content, problems = carry.out(survey)
    for problem in problems:
        say(str(problem), err=True)
    if not content:
        say(f"{survey} is not written as a form until its errors are mended.", err=True)
        raise typer.Exit(1)
    target = out or survey.with_suffix(".xlsx")
    target.write_bytes(content)
    say(f"Written to {target}. Read again, it is the same survey.")


@app.command("rehearse")
@explained
def rehearse_wave(
    survey: Annotated[str, typer.Argument(help="A survey file, or a survey's id.")],
    population: Annotated[int, typer.Option(help="How many people could be asked.")],
    answers: Annotated[int | None, typer.Option(help="How many of them answer; all when left out.")] = None,
    release: Annotated[str, typer.Option(help="weekly or daily")] = "weekly",
    leftovers: Annotated[str, typer.Option(help="show or wait")] = "show",
    k: Annotated[int | None, typer.Option(help="The smallest group, if larger than usual.")] = None,
    lang: Annotated[str, typer.Option(help="ur, ps or en")] = "en",
    seed: Annotated[int, typer.Option(help="The same seed draws the same answers.")] = 1,
    out: Annotated[Path | None, typer.Option(metavar="FILE.png", help="Where to write the picture.")] = None,
) -> None:
    """Let invented people answer, and print what the block rule would show; opens and keeps nothing."""
    from bot import installation
    from bot.chat.desk.rehearsal import rehearsed
    from bot.core.blocks import Rule
    from bot.core.cells import SmallPopulation
    from bot.core.rehearsal import DAYS, Plan
    from bot.digest import png
    from bot.files.phrases import Phrases
    from bot.files.surveys import from_document
    from bot.settings import read

    settings = read()
    terms = installation.terms(settings)
    answering, least = population if answers is None else answers, terms.k if k is None else k
    if release not in DAYS or leftovers not in ("show", "wait") or lang not in ("ur", "ps", "en"):
        raise typer.BadParameter("--release is weekly or daily, --leftovers show or wait, --lang ur, ps or en")
    if not 0 < answering <= population or least < terms.k:
        raise typer.BadParameter(f"--answers is 1 to {population} (--population), --k {terms.k} or more")
    plan = Plan(population, answering, release, Rule(least, terms.leave_behind, wait=leftovers == "wait"))
    asked, today = from_document(_loaded(survey, settings).document), nature.now().astimezone(settings.zone).date()
    try:
        weeks, digest = rehearsed(asked, plan, Phrases.load(), lang, today, settings.organisation, seed)
    except SmallPopulation as error:
        say(str(error), err=True)
        raise typer.Exit(1) from None
    say(f"{weeks}\n\n{digest.text}")
    if out is not None:
        _put(png(digest), out)


@app.command("import")
@explained
def import_form(
    form: Annotated[Path, typer.Argument(metavar="FORM.xlsx", help="An XLSForm, as Kobo and ODK use them.")],
    out: Annotated[Path | None, typer.Option(help="Where to write the survey; printed when left out.")] = None,
) -> None:
    """Make a survey of an XLSForm; say what was changed, refused, or must still be decided (exit 1)."""
    from bot.files.xlsform import carry

    if out is not None and out.exists():
        raise typer.BadParameter(f"{out} is there already; name a new file, so that nothing of yours is lost")
    made = carry.bring(form, Path() if out is None else out.parent)
    say(made.report(), err=True)
    if made.text:
        _put(made.text.encode(), out)
    if made.refused:
        raise typer.Exit(1)


@audio_app.command("list")
@explained
def audio_list(survey: Annotated[str, typer.Argument(help="A survey file, or a survey's id.")]) -> None:
    """Say which questions can be heard, and which are still to be recorded."""
    from bot import audio
    from bot.files.surveys import from_document
    from bot.settings import read

    for line in audio.listed(from_document(_loaded(survey, read()).document)):
        say(line)


@audio_app.command("sheet")
@explained
def audio_sheet(
    survey: Annotated[str, typer.Argument(help="A survey file, or a survey's id.")],
    out: Annotated[Path, typer.Option(help="The PDF file to write.")],
    lang: Annotated[str, typer.Option(help="ur, ps or en; the survey's first language when left out.")] = "",
) -> None:
    """Write a sheet from which the questions are read out and recorded."""
    from bot.digest.sheet import pdf
    from bot.files.phrases import Phrases
    from bot.files.surveys import from_document
    from bot.settings import read

    asked = from_document(_loaded(survey, read()).document)
    if lang and lang not in asked.offered:
        raise typer.BadParameter(f"--lang is one of {', '.join(asked.offered)}")
    out.write_bytes(pdf(asked, Phrases.load(), lang or asked.offered[0], nature.now().replace(microsecond=0)))
    say(f"wrote {out}")


# -- waves --------------------------------------------------------------------------------------------------


@wave_app.command("open")
@explained
def wave_open(
    survey: Annotated[str, typer.Argument(help="A survey file, or a survey's id.")],
    org: Annotated[str, typer.Option(help="The organisation that asks.")] = "",
    programme: Annotated[str, typer.Option(help="The programme it belongs to.")] = "",
    population: Annotated[int | None, typer.Option(help="How many people could be asked.")] = None,
    population_of: Annotated[
        list[str] | None,
        typer.Option(metavar="GROUP:N", help="People of one group, such as district=swat:1200; repeatable."),
    ] = None,
    target: Annotated[
        list[str] | None,
        typer.Option(metavar="GROUP=N", help="A share aimed at: women=50, district=swat:30; repeatable."),
    ] = None,
    release: Annotated[str, typer.Option(help="weekly or daily")] = "weekly",
    leftovers: Annotated[str, typer.Option(help="show or wait")] = "show",
    starts_at: Annotated[str | None, typer.Option(help="No interview begins before.")] = None,
    starts_until: Annotated[str | None, typer.Option(help="No interview begins after.")] = None,
    phones: Annotated[int, typer.Option(help="People who may answer on one phone, 1 to 4.")] = 1,
    minors: Annotated[bool, typer.Option(help="Ages 15 to 17 take part (guardians agreed).")] = False,
    invited: Annotated[bool, typer.Option(help="Only who comes by an invitation can answer.")] = False,
    cohorts: Annotated[bool, typer.Option(help="Count answers by kind of group invited; --invited too.")] = False,
    k: Annotated[int | None, typer.Option(help="The smallest group of this wave, if larger than usual.")] = None,
    steward_key: Annotated[str, typer.Option(help="Whose key answers in own words are sealed to.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
) -> None:
    """Open a wave of a survey; prints its id and its start payload."""
    from dataclasses import replace

    from bot import installation
    from bot.store import PERIOD

    settings, store = _prepared()
    if release not in PERIOD or leftovers not in ("show", "wait") or not 1 <= phones <= 4:
        raise typer.BadParameter("--release is weekly or daily, --leftovers show or wait, --phones 1 to 4")
    populations = dict(_populations(population_of or []))
    if population is None and not populations and not yes:
        population = typer.prompt("About how many people could be asked?", type=int, err=True)
    terms = replace(
        installation.terms(settings),
        organisation=org or settings.organisation,
        programme=programme,
        population=population,
        populations=populations,
        targets=_targets(target or []),
        schedule=release,
        leftovers=leftovers,
        slots=phones,
        minors=minors,
        starts_from=_local(starts_at, settings),
        starts_until=_local(starts_until, settings),
        alone=True,
        invited=invited,
        cohorts=cohorts,
        k=settings.min_block if k is None else k,
        steward_key=_steward_key(steward_key) if steward_key else settings.steward,
    )
    if terms.k < settings.min_block:
        raise typer.BadParameter(f"--k is {settings.min_block} (AITBAR_MIN_BLOCK) or more")
    loaded = _loaded(survey, settings)
    document = loaded.document
    for sentence in (*_drafts(loaded), *_what_opening_means(document, terms)):
        say(sentence, err=True)
    if not yes:
        typer.confirm("Open this wave?", abort=True, err=True)
    now = nature.now()
    with store.transaction() as tx:
        tx.organisations.ensure(terms.organisation, now)
        wave = tx.waves.open(document, terms, now)
        tx.desk.note(CONSOLE, "open", f"wave {wave}, alone", now)
    say(f"wave {wave}")
    say(f"start {wave}")


def _own_time(survey: Survey, terms: Terms, now: datetime) -> list[str]:
    """Until when one may begin, and when the wave closes by itself."""
    from bot.core.clocks import closes, starts_until

    until = starts_until(survey.clocks, now, terms.starts_from, terms.starts_until)
    end = closes(survey.clocks, until)
    if until is None or end is None:
        return []
    return [f"Interviews begin until {until:%Y-%m-%d %H:%M %Z}; it closes by itself at {end:%Y-%m-%d %H:%M %Z}."]


def _steward_key(line: str) -> bytes:
    from bot.core import steward_key

    try:
        return steward_key.read(line)
    except ValueError as error:
        raise typer.BadParameter(f"--steward-key: {error}") from None


def _loaded(survey: str, settings: Settings) -> Loaded:
    """The survey to pin; every problem is said before anything is opened."""
    from bot.files.shelf import find, surveys_folder
    from bot.files.surveys import load
    from bot.installation import recordings_folder

    folder = settings.surveys_dir or surveys_folder()
    path = find(survey, folder)
    if path is None:
        say(f"There is no survey '{survey}' in {folder}, and no such file. See: aitbar check {folder}", err=True)
        raise typer.Exit(1)
    loaded = load(path, recordings_folder(settings))
    if loaded.survey is None:
        for problem in loaded.problems:
            say(str(problem), err=True)
        raise typer.Exit(1)
    return loaded


def _drafts(loaded: Loaded) -> Iterator[str]:
    """That people will read words which fewer than two readers have reviewed."""
    if loaded.drafts:
        languages = ", ".join(loaded.drafts)
        yield f"A draft in {languages}: fewer than two readers have reviewed these words (docs/translators.md)."


def _populations(said: list[str]) -> Iterator[tuple[Node, int]]:
    """The groups and people of `--population-of`: district=swat/gender=woman:300."""
    from bot.store import read_node

    for one in said:
        group, _, people = one.rpartition(":")
        if not people.isdecimal() or "=" not in group:
            raise typer.BadParameter(f"'{one}' should be a group and its people, such as district=swat:1200")
        yield read_node(group), int(people)


def _targets(said: list[str]) -> dict[str, int]:
    """The aims of `--target`."""
    from bot.core.inclusion import WrongTarget, read_targets

    try:
        return read_targets(said)
    except WrongTarget as error:
        raise typer.BadParameter(f"--target: {error}") from None


def _what_opening_means(document: dict[str, object], terms: Terms) -> list[str]:
    """What cannot be changed once the wave is open, and what the block rule will show."""
    from bot.audio import sums
    from bot.core.cells import SmallPopulation, WrongPopulation, layout
    from bot.core.inclusion import WrongTarget, check_targets
    from bot.core.survey import MINORS_CODE
    from bot.files.surveys import from_document

    survey = from_document(document)
    if terms.minors and not any(option.code == MINORS_CODE for q in survey.questions for option in q.options):
        say(f"No question of this survey has the answer {MINORS_CODE}, so --minors changes nothing.", err=True)
        say(f"Leave --minors out, or add the answer {MINORS_CODE} to the question on age.", err=True)
        raise typer.Exit(1)
    try:
        plan = layout(survey, terms.population, terms.k, terms.populations)
        check_targets(terms.targets, survey, plan.partition)
    except (SmallPopulation, WrongPopulation, WrongTarget) as error:
        say(str(error), err=True)
        raise typer.Exit(1) from None
    groups = ", ".join(part.name for part in plan.partition.parts) or "nothing: everyone together only"
    sentences = [
        f"Answers are released {terms.schedule}, in groups of {terms.k} or more, never sooner than a day.",
        *_arithmetic(survey, plan),
        f"Shown by: {groups}." + (f" Too small to show by: {', '.join(plan.left_out)}." if plan.left_out else ""),
        sums(survey),
        "Answers not yet released live on this one server only.",
        "Once open, the survey and these rules cannot be changed.",
    ]
    if terms.population is None and not terms.populations:
        sentences.append(
            "The population was not stated: make sure that no group asked is under a few dozen people."
        )
    if terms.targets:
        aims = ", ".join(f"{key} {share} %" for key, share in terms.targets.items())
        sentences.append(f"Aims: {aims} of those who answer. Nobody is turned away when one is reached.")
    sentences += _own_time(survey, terms, nature.now())
    if terms.invited:
        sentences.append("Only who comes by an invitation can answer. Then make some: aitbar invite")
    if terms.cohorts:
        sentences.append(
            "Answers are counted by which kind of group people were invited. The consent and the poster say so: "
            f"some may stay away because of it. A kind is shown only once {terms.k} people or more came by it."
        )
    if terms.leftovers == "wait":
        sentences.append("Small groups wait for the third release, so that more can be shown by group.")
    elif plan.partition.parts:
        sentences.append(
            "Where a release could show nothing, small groups are put together at once, and are never shown by "
            "group. With few answers at each release that is most of them: let them wait (--leftovers wait)."
        )
    return sentences


def _arithmetic(survey: Survey, plan: Layout) -> Iterator[str]:
    """Which groups are large enough to be shown, with the numbers; groups that are all alike in one sentence."""
    from bot.core.cells import JOINED, SHOWN, SMALL, label

    ends = {
        SHOWN: "shown by itself.",
        SMALL: "not shown by itself.",
        JOINED: "not shown by itself either, or the groups too small could be told from the rest.",
    }
    for name in dict.fromkeys(size.node[0][0] for size in plan.sizes):
        sizes = [size for size in plan.sizes if size.node[0][0] == name]
        alike = len({(size.people, size.fate) for size in sizes}) == 1
        for size in sizes[:1] if alike else sizes:
            who = f"Each {name}" if alike else label(survey, size.node, "en")
            needs = f"a {name} needs {size.least} ({size.times} x {size.k})"
            yield f"{who}: about {size.people} people; {needs}: {ends[size.fate]}"


@wave_app.command("close")
@explained
def wave_close(wave: str, yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False) -> None:
    """Stop answers at once; after two days the last groups are released and the wave's key is destroyed."""
    _settings, store = _prepared()
    if not yes:
        typer.confirm("This stops answers and cannot be undone. Close it?", abort=True, err=True)
    now = nature.now()
    with store.transaction() as tx:
        tx.waves.close(wave)
        tx.desk.note(CONSOLE, "close", f"wave {wave}, alone", now)
    say(f"closing {wave}: the last release comes at the second daily tick")


@wave_app.command("pause")
@explained
def wave_pause(wave: str) -> None:
    """Let nobody begin for now; whoever began can finish, and releases go on."""
    say(f"paused {wave}" if _rest(wave, "pause") else f"{wave} is paused already")


@wave_app.command("resume")
@explained
def wave_resume(wave: str) -> None:
    """Let people begin again after a pause."""
    say(f"{wave} goes on" if _rest(wave, "resume") else f"{wave} is not paused")


def _rest(wave: str, act: str) -> bool:
    from bot.chat.desk.spans import rest

    _settings, store = _prepared()
    with store.transaction() as tx:
        return rest(tx, CONSOLE, wave, act, nature.now())


@wave_app.command("extend")
@explained
def wave_extend(
    wave: str,
    until: Annotated[str, typer.Option(help="Until when interviews may begin: later than now stated.")],
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
) -> None:
    """Move the last moment at which an interview may begin later, and with it the wave's own end."""
    settings, store = _prepared()
    moment = _local(until, settings)
    assert moment is not None
    if not yes:
        typer.confirm("This cannot be taken back. Move the last day?", abort=True, err=True)
    now = nature.now()
    with store.transaction() as tx:
        tx.waves.extend(wave, moment, now)
        tx.desk.note(CONSOLE, "extend", f"wave {wave}, until {moment:%Y-%m-%d}, alone", now)
        end = tx.waves.known(wave).closes
    say(f"interviews of {wave} begin until {moment:%Y-%m-%d %H:%M %Z}")
    say(f"it closes by itself at {end:%Y-%m-%d %H:%M %Z}")


@wave_app.command("list")
@explained
def wave_list(format: Annotated[str, typer.Option(help="text or json")] = "text") -> None:
    """List all waves."""
    _settings, store = _prepared()
    with store.transaction() as tx:
        waves = [_listed(wave) for wave in tx.waves.all()]
    if format == "json":
        say(json.dumps(waves))
        return
    for one in waves:
        rests = "  paused" if "paused" in one else ""
        until = f"  until {one['until']}" if "until" in one else ""
        say(f"{one['wave']}  {one['state']:8}  {one['survey']}{rests}{until}")


def _listed(wave: Wave) -> dict[str, object]:
    """A wave in the list; that it is paused, and until when one may begin, where that is so."""
    rests = {"paused": True} if wave.paused else {}
    ends = wave.state == "open" and wave.until is not None
    until = {"until": f"{wave.until:%Y-%m-%dT%H:%M%z}"} if ends else {}
    return {"wave": wave.id, "survey": wave.survey.id, "state": wave.state, "start": wave.id, **rests, **until}


# -- figures ------------------------------------------------------------------------------------------------


@app.command()
@explained
def digest(
    wave: str,
    lang: Annotated[str, typer.Option(help="ur, ps or en")] = "en",
    format: Annotated[str, typer.Option(help="text, json, png, pdf or html")] = "text",
    picture: Annotated[
        str,
        typer.Option(
            help="With png or pdf: bars, change, pairs, districts or multiples. Png: bars; pdf: the page."
        ),
    ] = "",
    out: Annotated[Path | None, typer.Option(help="Where to write; pictures need it.")] = None,
) -> None:
    """Print the digest of what has been released of a wave."""
    from bot import installation

    settings, store = _prepared()
    if lang not in ("ur", "ps", "en") or format not in ("text", "json", "png", "pdf", "html"):
        raise typer.BadParameter("--lang is ur, ps or en; --format is text, json, png, pdf or html")
    _check_picture(picture, format)
    if format == "json":
        figures = installation.released(settings, store, wave).figures
        _put(json.dumps(figures.as_json(), ensure_ascii=False, sort_keys=True).encode(), out)
        return
    from bot.digest import html
    from bot.files.phrases import Phrases
    from bot.summaries import written

    now = nature.now().replace(microsecond=0)
    words = written(settings, store, Phrases.load(), wave, lang, now)
    if format in ("text", "html"):
        _put(words.text.encode() if format == "text" else html(words), out)
    else:
        _put(_drawn(words, format, picture, now), out)


def _check_picture(picture: str, format: str) -> None:
    from bot.digest import KINDS

    if picture and (picture not in KINDS or format not in ("png", "pdf")):
        raise typer.BadParameter(f"--picture is {', '.join(KINDS)}, with --format png or pdf")


def _drawn(words: Digest, format: str, picture: str, now: datetime) -> bytes:
    """The picture or page that was asked for; says in words why there is none."""
    from bot.digest import BARS, PAGE, NotDrawn, nothing, pdf, png

    if picture and (why := nothing(words, picture)):
        say(why, err=True)
        raise typer.Exit(1)
    try:
        return png(words, picture or BARS) if format == "png" else pdf(words, now, picture or PAGE)
    except (NotDrawn, RuntimeError) as error:
        say(f"The digest cannot be drawn: {error}. Its words: --format text", err=True)
        raise typer.Exit(1) from None


def _put(content: bytes, out: Path | None) -> None:
    if out is not None:
        out.write_bytes(content)
    elif sys.stdout.isatty() and content[:1] in (b"\x89", b"%"):
        say("A picture does not fit into a terminal: name a file with --out.", err=True)
        raise typer.Exit(1)
    else:
        sys.stdout.buffer.write(content + (b"" if content[:1] in (b"\x89", b"%") else b"\n"))


@app.command()
@explained
def export(
    wave: str,
    rows: Annotated[bool, typer.Option("--rows", help="Released answers, a row for each person.")] = False,
    format: Annotated[
        str, typer.Option(help="Figures: csv, xlsx, json-stat. Rows: csv, xlsx, sav (SPSS), dta (Stata).")
    ] = "csv",
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="A folder that does not exist yet.")] = None,
    lang: Annotated[str, typer.Option(help="Labels in sav and dta: ur, ps or en. The survey's first.")] = "",
    check: Annotated[
        str, typer.Option(metavar="Q1,Q2", help="Rows: say also who is rare by these questions together.")
    ] = "",
    approval: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="A coordinator's code; once for each of two. Without: they are asked."),
    ] = None,
) -> None:
    """Write the figures of a wave as they are shown; or released answers as rows, if two coordinators agree."""
    from bot import export as leaving

    known = leaving.rows.FORMATS if rows else leaving.figures.FORMATS
    if format not in known:
        what = "Rows" if rows else "Figures (without --rows)"
        raise typer.BadParameter(f"{what} are written as {', '.join(known)}, not as '{format}'")
    if not rows:
        if approval or check or lang:
            raise typer.BadParameter("--approval, --check and --lang are for --rows")
        _export_figures(wave, format, out)
        return
    leaving.can_write(format)
    _settings, store = _prepared()
    named = [id.strip() for id in check.split(",") if id.strip()]
    if approval:
        _export_rows(store, wave, format, out, lang, named, approval)
    else:
        _ask_for_rows(store, wave, format)


def _export_figures(wave: str, format: str, out: Path | None) -> None:
    from bot import export as leaving
    from bot.files.phrases import Phrases
    from bot.store import disk

    if out is None:
        raise typer.BadParameter("name a folder that does not exist yet: --out DIR (for rows add --rows)")
    _settings, store = _prepared()
    with store.transaction() as tx:
        found, shown = tx.waves.known(wave), tx.waves.published(wave)
    contents = leaving.figures.files(shown, found.survey, Phrases.load(), format)
    disk.place(leaving.put(out, contents), out)
    say(f"Written to {out}: {', '.join(contents)}.")
    if not shown.n:
        say(f"No figure can be shown yet: each needs {shown.k} people whose answers were released.")


def _export_rows(
    store: Store, wave: str, format: str, out: Path | None, lang: str, check: list[str], codes: list[str]
) -> None:
    from bot import export as leaving
    from bot.files.phrases import Phrases
    from bot.store import disk

    if out is None:
        raise typer.BadParameter("name a folder that does not exist yet: --out DIR")
    with store.transaction() as tx:
        found = tx.waves.known(wave)
        if lang and lang not in found.survey.languages:
            raise typer.BadParameter(f"--lang is one of {', '.join(found.survey.languages)}")
        checked = leaving.checked(found.survey, tx.waves.released(wave), found.terms.k, check)
        agreed = leaving.agree(tx, found, codes, nature.now())
        if not isinstance(agreed, str):
            leaving.settle(tx, agreed, nature.now())
            contents = leaving.rows.files(found, checked, Phrases.load(), format, lang)
            aside = leaving.put(out, contents)
    if isinstance(agreed, str):
        say(agreed, err=True)
        raise typer.Exit(1)
    disk.place(aside, out)
    say(f"Written to {out}: {', '.join(contents)}.")
    for sentence in leaving.said(checked):
        say(sentence)
    if len(agreed.chats) == 1:
        say("There is one coordinator: this console counts as the second. The log of acts says so.")
    say("These rows lie outside the proof of anonymity: read README.txt before you pass them on.")


def _ask_for_rows(store: Store, wave: str, format: str) -> None:
    from bot import export as leaving

    with store.transaction() as tx:
        found = tx.waves.known(wave)
        if not tx.waves.released(wave):
            say(f"Nothing of the wave {wave} has been released yet.", err=True)
            raise typer.Exit(1)
        asked = leaving.request(tx, found, nature.now())
    say("The coordinators are asked in the chat." if asked else "The coordinators have been asked already.")
    say(
        f"Who agrees gets a code, good for 24 hours. With two: aitbar export {wave} --rows --format {format} "
        "--out DIR --approval CODE --approval CODE"
    )
    say(
        "That writes one row for each person whose answers were released, without answers about group that fewer "
        f"than {found.terms.k} share. It is entered in the log of acts, and cannot be called back."
    )
    say("Where there is only one coordinator, one code is enough: this console counts as the second.")


@app.command()
@explained
def report(
    wave: Annotated[str, typer.Argument(help="The wave, or `verify FILE`, or `list [WAVE]`.")],
    of: Annotated[str, typer.Argument(metavar="[FILE|WAVE]", help="The file to verify, the wave to list.")] = "",
    kind: Annotated[
        str, typer.Option(help="donor, meeting, or comparison: all waves that asked the same.")
    ] = "donor",
    lang: Annotated[str, typer.Option(help="ur, ps or en")] = "en",
    format: Annotated[str, typer.Option(help="pdf or xlsx")] = "pdf",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write it.")] = None,
) -> None:
    """Write a report of released figures; say whether a file is one, and unchanged (else exit 1); list them."""
    if wave == "verify":
        _verify_report(of)
    elif wave == "list":
        _list_reports(of)
    else:
        _write_report(wave, kind, lang, format, out)


def _write_report(wave: str, kind: str, language: str, format: str, out: Path | None) -> None:
    from bot import reports
    from bot.digest import NotDrawn
    from bot.files.phrases import Phrases

    if kind not in reports.KINDS or language not in ("ur", "ps", "en") or format not in reports.FORMATS:
        kinds = ", ".join(reports.KINDS)
        raise typer.BadParameter(f"--kind is {kinds}; --lang ur, ps or en; --format pdf or xlsx")
    if out is None:
        raise typer.BadParameter("name a file: --out FILE")
    settings, store = _prepared()
    phrases, now = Phrases.load(), nature.now()
    try:
        made = reports.make(settings, store, phrases, wave, now, kind=kind, language=language, format=format)
    except (NotDrawn, RuntimeError) as error:
        say(f"The report cannot be drawn: {error}. Its figures as a table: --format xlsx", err=True)
        raise typer.Exit(1) from None
    out.write_bytes(made.content)
    say(f"Written to {out}, and noted in the record. Whether it is unchanged says: aitbar report verify {out}")


def _verify_report(file: str) -> None:
    from bot import reports

    if not file:
        raise typer.BadParameter("name the file: aitbar report verify FILE")
    content = Path(file).read_bytes()
    settings, store = _prepared()
    verdict = reports.verify(settings, store, content)
    for sentence in verdict.said:
        say(sentence)
    if not verdict.unchanged:
        raise typer.Exit(1)


def _list_reports(wave: str) -> None:
    _settings, store = _prepared()
    with store.transaction() as tx:
        for one in tx.reports.of_wave(tx.waves.known(wave).id if wave else ""):
            made = (one.wave, one.day, f"{one.kind:10}", one.language, f"{one.format:4}", f"{one.who:11}")
            say("  ".join((*made, one.file[:12])))


@estimate_app.command("list")
@explained
def estimate_list(
    short: Annotated[str, typer.Option(metavar="N,N,...", help="How many counted 0, 1, ... items of the list.")],
    long: Annotated[str, typer.Option(metavar="N,N,...", help="The same, of the list with the sensitive item.")],
) -> None:
    """From a list experiment: two halves count items, and one half's list has the sensitive one too."""
    from bot import estimates

    _told(estimates.of_list, _counts("--short", short), _counts("--long", long))


@estimate_app.command("device")
@explained
def estimate_device(
    yes: Annotated[int, typer.Option(help="How many said yes.")],
    of: Annotated[int, typer.Option(help="Of how many.")],
    rule: Annotated[
        str,
        typer.Option(
            help="forced:TRUTH:YES (by a die: forced:4/6:1/6), mirrored:ASKED (also the crosswise model), or "
            "unrelated:ASKED:OTHER (the share that says yes to the harmless question)."
        ),
    ],
) -> None:
    """From randomised answers: a device in the person's hand, such as a die, says what is answered."""
    from bot import estimates

    _told(estimates.of_device, yes, of, _device(rule))


def _told(estimate: Callable[..., Iterable[str]], *given: object) -> None:
    try:
        lines = list(estimate(*given))
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong)) from wrong
    for line in lines:
        say(line)


def _counts(option: str, said: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in said.split(","))
    except ValueError as wrong:
        raise typer.BadParameter(f"{option} is how many counted 0, 1, ... items, such as 8,132,222,227") from wrong


def _device(rule: str) -> Device:
    from fractions import Fraction

    from bot.core.sensitive import Device

    kinds: dict[str, tuple[Callable[..., Device], int]] = {
        "forced": (Device.forced, 2),
        "mirrored": (Device.mirrored, 1),
        "unrelated": (Device.unrelated, 2),
    }
    name, *said = rule.split(":")
    try:
        made, number = kinds[name]
        shares = [float(Fraction(part)) for part in said]
    except (KeyError, ValueError, ZeroDivisionError) as wrong:
        raise typer.BadParameter("--rule is such as forced:4/6:1/6, mirrored:1/6 or unrelated:2/3:0.4") from wrong
    if len(shares) != number or not all(0 <= share <= 1 for share in shares):
        raise typer.BadParameter(f"--rule {name} takes {number} shares between 0 and 1")
    return made(*shares)


@app.command()
@explained
def invite(
    wave: Annotated[str, typer.Argument(help="The wave, or `list WAVE`.")],
    listed: Annotated[str, typer.Argument(metavar="[WAVE]", help="The wave to list.")] = "",
    cohort: Annotated[str, typer.Option(help="A school, a group, an event; never a person.")] = "",
    kind: Annotated[
        str,
        typer.Option(help="event, school, women_group, mosque_committee, youth_group, facilitator or other"),
    ] = "other",
    cap: Annotated[int, typer.Option(help="For how many people; at least twice the wave's smallest group.")] = 0,
    days: Annotated[int, typer.Option(help="How many days it works, 1 to 90.")] = 30,
) -> None:
    """Make an invitation for a cohort (prints its start payload), or list those of a wave."""
    _settings, store = _prepared()
    today = nature.now().date()
    if wave == "list":
        with store.transaction() as tx:
            for one in tx.invites.cohorts(tx.waves.known(listed).id, today):
                say(f"{one.state:8} {one.name} ({one.kind})")
        return
    with store.transaction() as tx:
        code = tx.invites.make(tx.waves.known(wave), cohort, cap, days, today, kind)
        tx.desk.note(CONSOLE, "invite", f"wave {wave}, {kind}, cohort {cohort}", nature.now())
    say(f"start {wave}-{code}")
    say("The link is t.me/<bot>?start=<this>. It is printed only now.", err=True)


# -- answers in own words -----------------------------------------------------------------------------------


@app.command()
@explained
def poster(
    wave: Annotated[str, typer.Argument(help="The wave.")],
    bot: Annotated[str, typer.Option(metavar="NAME", help="The bot's name at Telegram, without @.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The PDF to write.")],
    code: Annotated[str, typer.Option(help="The code of an invitation: the part behind the hyphen.")] = "",
    lang: Annotated[list[str] | None, typer.Option(help="ur, ps, en; several times. All when left out.")] = None,
    size: Annotated[str, typer.Option(help="a4 or a5")] = "a4",
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day.")] = None,
) -> None:
    """Write a poster with the link as a QR, and behind it what to say aloud."""
    from bot import poster
    from bot.core.threshold import joined
    from bot.files.phrases import Phrases

    settings, store = _prepared()
    with store.transaction() as tx:
        found = tx.waves.known(wave)
        before = poster.since(tx, found.terms)
    languages = tuple(lang or found.survey.offered)
    if size not in poster.SIZES or not set(languages) <= set(found.survey.offered):
        raise typer.BadParameter(f"--size is a4 or a5; --lang is one of {', '.join(found.survey.offered)}")
    last = until.date() if until else poster.last_day(found, settings.zone)
    address = poster.Address(f"https://t.me/{bot.removeprefix('@')}?start={joined(wave, code)}", last)
    columns = poster.columns(found.survey, found.terms, address, Phrases.load(), languages, before)
    _put(poster.pdf(columns, address, found.terms.organisation, nature.now().replace(microsecond=0), size), out)


@app.command()
@explained
def heard(
    wave: Annotated[str, typer.Argument(help="A wave that has ended, whose words were approved.")],
    lang: Annotated[str, typer.Option(help="ur, ps or en")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The page to write: .pdf, or .png for a picture.")],
    size: Annotated[str, typer.Option(help="a4 or a5, of a PDF")] = "a4",
) -> None:
    """Write the page for the notice board: what was heard, and what will be done."""
    from bot.files.phrases import Phrases
    from bot.poster import heard as notice

    _settings, store = _prepared()
    with store.transaction() as tx:
        found, shown, entry = tx.waves.known(wave), tx.waves.published(wave), tx.heard.approved(wave)
    kind = "png" if out.suffix.lower() == ".png" else size
    if kind not in notice.FORMATS or lang not in found.survey.offered:
        raise typer.BadParameter(f"--size is a4 or a5; --lang is one of {', '.join(found.survey.offered)}")
    if entry is None:
        say("Nothing was approved yet: a coordinator writes it at the desk, another one approves it.", err=True)
        raise typer.Exit(1)
    _put(notice.drawn(notice.page(shown, found, entry, Phrases.load(), lang), kind, entry.approved), out)


@app.command()
@explained
def opentext(
    wave: str, out: Annotated[Path, typer.Option(help="A new file; only the steward's computer can open it.")]
) -> None:
    """Write the released answers in own words of a wave into a file, sealed to its steward."""
    from bot.store import disk

    _settings, store = _prepared()
    with store.transaction() as tx:
        found = tx.waves.known(wave)
        content = tx.waves.open_answers(wave)
        if content is not None:
            tx.desk.note(CONSOLE, "open answers", f"wave {wave}", nature.now())
            disk.write(out, content)
    if content is None:
        say(f"Nothing yet: a question is given once {found.terms.k} people or more answered it.", err=True)
        raise typer.Exit(1)
    say(f"Written to {out}. On the steward's computer: aitbar steward read {out.name} --key FILE")
    say(f"To code them there: aitbar code {out.name} --key FILE")


@steward_app.command("keygen")
@explained
def steward_keygen(
    out: Annotated[Path, typer.Option(help="Where the private key goes; it never leaves this computer.")],
    passphrase: Annotated[bool, typer.Option(help="Ask for words that the key waits for.")] = True,
) -> None:
    """Make a steward's key on the steward's own computer; prints the public half as one line."""
    from bot.core import steward_key
    from bot.store.sealing import make_key

    words = ""
    if passphrase:
        words = typer.prompt("Passphrase for the key", hide_input=True, confirmation_prompt=True, err=True)
    say(steward_key.written(make_key(out, words)))
    say(f"Give this line to whoever runs the bot. Keep {out} safe: without it nobody can read them.", err=True)


@steward_app.command("read")
@explained
def steward_read(
    file: Annotated[Path, typer.Argument(help="What the bot sent, or `aitbar opentext` wrote.")],
    key: Annotated[Path, typer.Option(help="The private key, as made by `aitbar steward keygen`.")],
    lang: Annotated[str, typer.Option(help="The language of the questions: ur, ps or en")] = "en",
    voices: Annotated[
        Path | None, typer.Option(help="A new folder for voice answers; beside FILE, unless said otherwise.")
    ] = None,
) -> None:
    """Open the answers of a file and print them, question by question; needs no database and no token.

    Spoken answers are written into a folder as .ogg files.
    """
    from bot.core.survey import worded
    from bot.store.opentext import read_bundle, write_sounds
    from bot.store.sealing import has_passphrase, read_key

    words = typer.prompt("Passphrase for the key", hide_input=True, err=True) if has_passphrase(key) else ""
    opened = read_bundle(file.read_bytes(), read_key(key, words))
    written = write_sounds(opened, voices or file.with_name(f"{file.stem}-voices"))
    for one in opened:
        said = (*one.words, *map(str, written.get(one.id, ())))
        say(f"{worded(one.ask, lang)} ({len(said)})")
        for answer in said:
            say(f"- {answer}")
        say("")


@app.command("code")
@explained
def code_answers(
    file: Annotated[Path, typer.Argument(help="What the bot sent, or `aitbar opentext` wrote.")],
    key: Annotated[Path, typer.Option(help="The private key, as made by `aitbar steward keygen`.")],
    second: Annotated[
        Path | None,
        typer.Option(metavar="CODING", help="For a second steward: the first one's coding, for its codebook."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where the codes go; beside FILE, unless said otherwise.")
    ] = None,
    port: Annotated[int, typer.Option(help="0: any that is free.")] = 0,
) -> None:
    """Code open answers on the steward's own computer, on a page that only it sees; only codes are written."""
    from bot.store.opentext import open_bundle
    from bot.store.sealing import has_passphrase, read_key

    try:
        from bot import coding
    except ImportError:
        say("starlette and uvicorn are not installed. They belong to the extra 'emulator'.", err=True)
        raise typer.Exit(1) from None
    words = typer.prompt("Passphrase for the key", hide_input=True, err=True) if has_passphrase(key) else ""
    work = coding.begin(open_bundle(file.read_bytes(), read_key(key, words)), file, second)
    say(
        "Open this address in a browser on this computer; Ctrl+C ends it. What you decide is kept at once.",
        err=True,
    )
    coding.serve(work, out or file.with_name(f"{file.stem}.codes.json"), port, say, second)


themes_app = typer.Typer(help="Themes of open answers, as stewards give them back.", no_args_is_help=True)
app.add_typer(themes_app, name="themes")


@themes_app.command("import")
@explained
def themes_import(
    wave: str,
    codes: Annotated[Path, typer.Argument(metavar="CODES.json", help="What `aitbar code` wrote.")],
) -> None:
    """Count the themes that a steward gives back, once a release, and delete what is marked for removal."""
    from bot.core.codes import LARGEST

    _settings, store = _prepared()
    with codes.open("rb") as opened:
        content = opened.read(LARGEST + 1)
    with store.transaction() as tx:
        taken = tx.waves.take_codes(wave, content)
        tx.desk.note(CONSOLE, "themes", f"wave {wave}", nature.now())
    if taken.removed:
        store.scrub_now()
    for question, became in taken.questions.items():
        say(f"{question}: {THEMES_SAID[became]}")
    say("Texts marked for removal are deleted." if taken.removed else "No text was to be removed.")


THEMES_SAID = {
    "counted": "counted",
    "already": "this release was counted before; nothing changes",
    "twice": "holds texts that were counted before; nothing is counted",
    "few": "too few of its texts are still here; nothing is counted",
}


# -- backup and restore --------------------------------------------------------------------------------------


@app.command()
@explained
def backup(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that does not exist yet.")],
) -> None:
    """Write what has been released into a folder: no answers that wait, nothing of who took part, no keys."""
    from importlib.metadata import version

    from bot.store.backup import BACKUP_DAYS, back_up, old_backups

    settings, store = _prepared()
    today = nature.now().astimezone(settings.zone).date()
    with store.reading() as source:
        rows = back_up(source, folder, today, version("aitbar")).rows
    say(f"Written to {folder}: waves {rows['wave']}, released answers {rows['response']}.")
    say("Not in it, on purpose: answers not yet released, interviews in progress, who took part, and all keys.")
    say(
        f"Keep it where only you can read it. Delete it after {BACKUP_DAYS} days: it holds answers that are taken "
        "back later."
    )
    for old in old_backups(folder.parent, today):
        say(f"{old} is older than {BACKUP_DAYS} days. Delete it.", err=True)


@app.command()
@explained
def restore(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `aitbar backup` wrote.")],
    continue_waves: Annotated[
        bool, typer.Option("--continue-waves", help="Open waves go on as new ones, with new links.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; what is there is kept aside.")] = False,
) -> None:
    """Bring a backup back. Open waves come back closed, or go on as new ones. The bot must not be running."""
    from bot.files.shelf import pinned
    from bot.logs import set_up
    from bot.settings import read
    from bot.store.backup import read_manifest
    from bot.store.restore import is_there
    from bot.store.restore import restore as bring_back

    settings = read()
    set_up(settings.log_level)
    manifest, there = read_manifest(folder), is_there(settings.database_url)
    say(f"A backup of {manifest.day}, with {manifest.rows.get('response', 0)} released answers.", err=True)
    if there:
        say(
            "There is a database already. It is kept aside with its keys; interviews in progress end, and "
            "answers not yet released are in it alone.",
            err=True,
        )
        if not yes:
            typer.confirm("Put the backup in its place?", abort=True, err=True)
    done = bring_back(
        settings.database_url,
        settings.keys_dir,
        pinned,
        folder,
        nature.now(),
        continue_waves=continue_waves,
        replace=there,
    )
    for one in done.ended:
        follows = f", goes on as {one.goes_on_as}" if one.goes_on_as else ""
        say(f"wave {one.wave} ({one.survey}) is closed{follows}")
    if done.unsure:
        say(f"Answers taken back after {manifest.day} are here again in: {', '.join(done.unsure)}.", err=True)
        say("Whoever took answers back since then must send /withdraw and the code once more.", err=True)
    if done.aside is not None:
        say(
            f"The old database is in {done.aside}, its keys are in {done.keys_aside}. Together they can tell who "
            f"took part in waves that were open: delete both as soon as you know that you do not need them.",
            err=True,
        )
    if not done.unbroken:
        say("The log of coordinators' acts in this backup was changed by somebody.", err=True)
    say("restored; the bot tells the coordinators when it runs again")


@app.command("rebuild-counts")
@explained
def rebuild_counts(
    wave: Annotated[str, typer.Argument(metavar="[WAVE]", help="One wave; every one when left out.")] = "",
) -> None:
    """Make the sums behind the figures anew from the counts of closed blocks; say whether any were wrong."""
    _settings, store = _prepared()
    with store.transaction() as tx:
        waves = [tx.waves.known(wave).id] if wave else [one.id for one in tx.waves.all()]
    wrong = [one for one in waves if store.rebuild_counts(one)]
    said = f"{len(waves)} looked at, mended: {', '.join(wrong) or 'none'}"
    with store.transaction() as tx:
        tx.desk.note(CONSOLE, "rebuild counts", f"waves {said}", nature.now())
    say(f"waves: {said}")


# -- coordinators -------------------------------------------------------------------------------------------


@audit_app.command("list")
@explained
def audit_list(
    last: Annotated[int, typer.Option(min=1, help="So many lines.")] = 50,
    format: Annotated[str, typer.Option(help="text or json")] = "text",
) -> None:
    """Print the log of acts, the newest last."""
    _settings, store = _prepared()
    with store.transaction() as tx:
        acts = tx.desk.acts(most=last)[::-1]
    if format == "json":
        say(json.dumps([{**asdict(one), "moment": one.moment.isoformat()} for one in acts], ensure_ascii=False))
        return
    for one in acts:
        say(f"{one.no:5}  {one.moment:%Y-%m-%d %H:%M}  {one.who}: {one.act}: {one.what}")


@audit_app.command("verify")
@explained
def audit_verify(
    seen: Annotated[
        str,
        typer.Option(
            metavar="NO:CODE", help="A line that an earlier verify named: shows whether any were cut off."
        ),
    ] = "",
) -> None:
    """Say whether a line of the log was changed or taken out; exit 1 where one was."""
    _settings, store = _prepared()
    noted = _noted(seen) if seen else None
    with store.transaction() as tx:
        broken, acts = tx.desk.broken(), tx.desk.acts()
    if broken is not None:
        say(f"Line {broken} of the log was changed, or one before it taken out: somebody touched the database.")
        raise typer.Exit(1)
    if noted is not None and not any((one.no, one.chain[:SEEN_LETTERS]) == noted for one in acts):
        say(f"Line {seen} is not in the log: lines were cut off, or all of it was written anew.")
        raise typer.Exit(1)
    say(f"No line was changed or taken out: {len(acts)} lines.")
    if acts:
        say(
            f"The last one is {acts[0].no}:{acts[0].chain[:SEEN_LETTERS]}. Note it outside this server; later "
            "`aitbar audit verify --seen` with it shows whether lines were cut off at the end."
        )


SEEN_LETTERS = 16
"""So many letters of a line's chain are enough to know it again, and few enough to copy by hand."""


def _noted(seen: str) -> tuple[int, str]:
    no, _, code = seen.partition(":")
    if not no.isdecimal() or len(code) != SEEN_LETTERS:
        raise typer.BadParameter("--seen is what an earlier verify named, such as 41:0123456789abcdef")
    return int(no), code.lower()


@member_app.command("list")
@explained
def member_list() -> None:
    """List who may come to the desk, with their organisation, their districts, and what their owner calls them."""
    _settings, store = _prepared()
    with store.transaction() as tx:
        for who in tx.desk.coordinators():
            whose = f"{who.organisation}" + (f" ({', '.join(who.districts)})" if who.districts else "")
            say(f"{who.chat}  {who.role}  {who.language}  {whose}  {who.name}".rstrip())


@member_app.command("role")
@explained
def member_role(
    chat: int,
    role: Annotated[str, typer.Argument(help="owner, coordinator, author, viewer or steward")],
    org: Annotated[str | None, typer.Option(help="Another organisation; summaries of the old one end.")] = None,
    district: Annotated[
        list[str] | None, typer.Option(help="See only programmes there; repeatable. Without: all.")
    ] = None,
) -> None:
    """Change somebody's role, districts and organisation, at once."""
    from bot.core.roles import ROLES

    _settings, store = _prepared()
    if role not in ROLES:
        raise typer.BadParameter(f"a role is one of: {', '.join(ROLES)}")
    now = nature.now()
    with store.transaction() as tx:
        who, districts = tx.desk.coordinator(chat), _districts(district)
        if who is not None:
            if org is not None:
                tx.organisations.ensure(org, now)
            tx.desk.admit(chat, role, who.language, now, org, districts)
            whose = who.organisation if org is None else org
            tx.desk.note(CONSOLE, "role", f"coordinator {chat}, {role}", now, whose)
    if who is None:
        say(f"There is no coordinator {chat}. See: aitbar member list", err=True)
        raise typer.Exit(1)
    say(role)


@member_app.command("invite")
@explained
def member_invite(
    role: Annotated[str, typer.Argument(help="owner, coordinator, author, viewer or steward")],
    org: Annotated[str, typer.Option(help="Into which organisation; AITBAR_ORGANISATION when left out.")] = "",
    district: Annotated[
        list[str] | None, typer.Option(help="See only programmes there; repeatable. Without: all.")
    ] = None,
) -> None:
    """Make a one-time link for a colleague (prints its start payload); an owner confirms whoever took it."""
    from bot.core.roles import ROLES
    from bot.store import COLLEAGUE

    settings, store = _prepared()
    if role not in ROLES:
        raise typer.BadParameter(f"a role is one of: {', '.join(ROLES)}")
    organisation, now = org or settings.organisation, nature.now()
    with store.transaction() as tx:
        tx.organisations.ensure(organisation, now)
        code = tx.colleagues.make(organisation, role, _districts(district), CONSOLE, now)
        tx.desk.note(CONSOLE, "let in", f"invitation as {role}", now, organisation)
    say(f"start {COLLEAGUE}-{code}")
    say(
        "The link is t.me/<bot>?start=<this>. Whoever takes it gets a number; see: aitbar member waiting", err=True
    )


@member_app.command("waiting")
@explained
def member_waiting() -> None:
    """List the invitations of colleagues that are not over; confirm one with `member confirm`."""
    _settings, store = _prepared()
    with store.transaction() as tx:
        for one in tx.colleagues.all():
            say(f"{one.id}  {one.state:8}  {one.role}  {one.number or '-':4}  {one.organisation}".rstrip())


@member_app.command("confirm")
@explained
def member_confirm(
    invitation: Annotated[str, typer.Argument(help="As `aitbar member waiting` lists it.")],
    number: Annotated[str, typer.Argument(help="What the colleague says their phone shows.")],
) -> None:
    """Let in whoever took an invitation, once they have said their number."""
    _settings, store = _prepared()
    now = nature.now()
    with store.transaction() as tx:
        one = tx.colleagues.get(invitation, now)
        right = one is not None and one.chat is not None and one.number == number
        if one is not None and one.chat is not None and right and tx.colleagues.admitted(one.id):
            tx.desk.admit(one.chat, one.role, one.language or "en", now, one.organisation, one.districts)
            tx.desk.note(CONSOLE, "confirm", f"coordinator {one.chat} as {one.role}", now, one.organisation)
    if not right:
        say("Nobody took this invitation with that number. See: aitbar member waiting", err=True)
        raise typer.Exit(1)
    say("let in; the bot tells them")


@member_app.command("replace")
@explained
def member_replace(
    lost: Annotated[int, typer.Argument(help="The chat of the phone that is lost.")],
    chat: Annotated[int, typer.Argument(help="The chat of the new one; it must not be at a desk.")],
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
) -> None:
    """A lost phone: somebody goes on from another chat with the same role and summaries."""
    _settings, store = _prepared()
    if not yes:
        question = f"{chat} gets the role and the summaries of {lost}, who sees nothing any more. Replace?"
        typer.confirm(question, abort=True, err=True)
    with store.transaction() as tx:
        who = tx.desk.coordinator(lost)
        done = tx.desk.replace(lost, chat)
        if who is not None and done:
            what = f"coordinator {lost} goes on as coordinator {chat}"
            tx.desk.note(CONSOLE, "replace", what, nature.now(), who.organisation)
    if not done:
        say(f"{lost} is no coordinator, or {chat} is one already. See: aitbar member list", err=True)
        raise typer.Exit(1)
    say("replaced")


@member_app.command("remove")
@explained
def member_remove(chat: int, yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False) -> None:
    """Take somebody's role and digests, at once."""
    _settings, store = _prepared()
    if not yes:
        typer.confirm(f"{chat} will see nothing any more. Remove?", abort=True, err=True)
    with store.transaction() as tx:
        who = tx.desk.coordinator(chat)
        gone = tx.desk.remove(chat)
        whose = "" if who is None else who.organisation
        tx.desk.note(CONSOLE, "remove", f"coordinator {chat}", nature.now(), whose)
    if not gone:
        say(f"There is no coordinator {chat}. See: aitbar member list", err=True)
        raise typer.Exit(1)
    say("removed")


def _districts(named: list[str] | None) -> tuple[str, ...]:
    from bot.store.organisations import fit_districts

    districts = tuple(named or ())
    fit_districts(districts)
    return districts


# -- organisations ------------------------------------------------------------------------------------------


@org_app.command("list")
@explained
def org_list() -> None:
    """List the organisations: how many people, programmes and waves each has."""
    _settings, store = _prepared()
    with store.transaction() as tx:
        for name in tx.organisations.names():
            people, programmes = len(tx.desk.colleagues(name)), len(tx.organisations.programmes(name))
            waves = len(tx.organisations.waves(name))
            say(f"{name or '(unnamed)'}: people {people}, programmes {programmes}, waves {waves}")


@org_app.command("add")
@explained
def org_add(name: str) -> None:
    """Add an organisation, with keys of its own; then make its first owner with `aitbar claim-code --org`."""
    _settings, store = _prepared()
    now = nature.now()
    with store.transaction() as tx:
        made = tx.organisations.ensure(name, now)
        if made:
            tx.desk.note(CONSOLE, "organisation", "added", now, name)
    say("added" if made else "It is there already.")


@org_app.command("export")
@explained
def org_export(
    name: str, out: Annotated[Path, typer.Option(metavar="DIR", help="A folder that does not exist yet.")]
) -> None:
    """Write what is an organisation's own: surveys, programmes, released figures, its part of the log of acts."""
    from bot import export as leaving
    from bot.files.phrases import Phrases
    from bot.store import disk

    _settings, store = _prepared()
    now = nature.now()
    with store.transaction() as tx:
        _known_organisation(tx.organisations.names(), name)
        contents = leaving.organisation.files(tx, name, Phrases.load())
        tx.desk.note(CONSOLE, "organisation exported", "figures, surveys, programmes, log", now, name)
    disk.place(leaving.put(out, contents), out)
    say(f"Written to {out}: {len(contents)} files. {leaving.organisation.MEANS}")


@org_app.command("delete")
@explained
def org_delete(
    name: str,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
) -> None:
    """Delete an organisation: its people, programmes, waves and all their answers, and its keys."""
    from bot.store import leaving

    _settings, store = _prepared()
    with store.transaction() as tx:
        _known_organisation(tx.organisations.names(), name)
        means = leaving.means(tx, name)
    for sentence in means:
        say(sentence, err=True)
    if not yes and typer.prompt("To delete it, type its name", err=True) != name:
        say("That is another name. Nothing was deleted.", err=True)
        raise typer.Exit(1)
    leaving.delete_organisation(store, name, CONSOLE, nature.now())
    say(f"{name or 'The unnamed organisation'} is deleted here. Delete its backups too: they hold what they held.")


def _known_organisation(names: list[str], name: str) -> None:
    if name not in names:
        say(f"There is no organisation '{name}'. See: aitbar org list", err=True)
        raise typer.Exit(1)


# -- programmes ---------------------------------------------------------------------------------------------


@programme_app.command("list")
@explained
def programme_list(
    org: Annotated[str, typer.Option(help="Whose; AITBAR_ORGANISATION when left out.")] = "",
) -> None:
    """List the programmes of an organisation."""
    settings, store = _prepared()
    with store.transaction() as tx:
        for one in tx.organisations.programmes(org or settings.organisation):
            days = "-".join(filter(None, (one.starts, one.ends)))
            said = (str(one.no), one.name, one.focus, one.people, ",".join(one.districts), days)
            say("  ".join(filter(None, said)))


@programme_app.command("add")
@explained
def programme_add(
    name: str,
    org: Annotated[str, typer.Option(help="Whose; AITBAR_ORGANISATION when left out.")] = "",
    focus: Annotated[str, typer.Option(help="What it is about, in a few words.")] = "",
    people: Annotated[str, typer.Option(help="Whom it is for, in a few words.")] = "",
    district: Annotated[list[str] | None, typer.Option(help="Where, as a code; repeatable.")] = None,
    starts: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Its first day.")] = None,
    ends: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Its last day.")] = None,
) -> None:
    """Add a programme; waves can then be opened for it."""
    from bot.store import Programme

    settings, store = _prepared()
    organisation, now = org or settings.organisation, nature.now()
    days = ["" if day is None else day.date().isoformat() for day in (starts, ends)]
    if all(days) and days[1] < days[0]:
        raise typer.BadParameter("--ends is before --starts")
    with store.transaction() as tx:
        tx.organisations.ensure(organisation, now)
        made = tx.organisations.add_programme(
            Programme(organisation, 0, name, focus, people, _districts(district), *days)
        )
        tx.desk.note(CONSOLE, "programme", f"number {made.no}", now, organisation)
    say(f"programme {made.no}")
