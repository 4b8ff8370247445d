"""What is kept, table by table.

Laws of the tables that hold answers, who took part, or how to reach somebody (`CORE`):
1. WITHOUT ROWID: an ordinary SQLite table remembers the order of arrival in its hidden row number.
2. No time and no counter; `expiry_day`, a whole day on a row nobody can tie to a person, is the only date.
3. Nothing joins them: no value of ledger or session stands in pool or response, but for the wave's name.
The tables of coordinators, who are known on purpose, may hold chat ids and moments.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


CHAT = BigInteger().with_variant(Integer, "sqlite")
"""Where Telegram's numbers of chats go: they have up to 52 bits."""

LARGE = BigInteger().with_variant(Integer, "sqlite")
"""Where squares go that many people add to."""


def _table(name: str, *columns: Column[object] | PrimaryKeyConstraint | UniqueConstraint) -> Table:
    return Table(name, METADATA, *columns, sqlite_with_rowid=False)


ledger = _table(
    "ledger",
    Column("wave", String, nullable=False),
    Column("tag", LargeBinary(16), nullable=False),
    Column("done", Integer, nullable=False),
    PrimaryKeyConstraint("wave", "tag"),
)

session = _table(
    "session",
    Column("loc", LargeBinary(16), primary_key=True),
    Column("wave", String, nullable=False),
    Column("box", LargeBinary, nullable=False),
    Column("expiry_day", String(10), nullable=False),
)

pool = _table(
    "pool",
    Column("rid", LargeBinary(16), primary_key=True),
    Column("wave", String, nullable=False),
    Column("cell", String, nullable=False),
    Column("dwell", Integer, nullable=False),
    Column("first", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("rhash", LargeBinary(32), nullable=False),
    UniqueConstraint("rhash"),
)

response = _table(
    "response",
    Column("rid", LargeBinary(16), primary_key=True),
    Column("wave", String, nullable=False),
    Column("block", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("rhash", LargeBinary(32), nullable=False),
    UniqueConstraint("rhash"),
)

block = _table(
    "block",
    Column("wave", String, nullable=False),
    Column("no", Integer, nullable=False),
    Column("node", String, nullable=False),
    Column("n", Integer, nullable=False),
    Column("burst", Integer, nullable=False),
    Column("release", Integer, nullable=False, server_default="0"),  # which one closed it; 0: not yet kept
    PrimaryKeyConstraint("wave", "no"),
)

cell = _table(
    "cell",
    Column("wave", String, nullable=False),
    Column("cell", String, nullable=False),
    Column("burst", Integer, nullable=False),
    PrimaryKeyConstraint("wave", "cell"),
)

block_count = _table(
    "block_count",
    Column("wave", String, nullable=False),
    Column("no", Integer, nullable=False),
    Column("question", String, nullable=False),
    Column("code", String, nullable=False),
    Column("n", Integer, nullable=False),
    PrimaryKeyConstraint("wave", "no", "question", "code"),
)

block_sum = _table(
    "block_sum",
    Column("wave", String, nullable=False),
    Column("no", Integer, nullable=False),
    Column("name", String, nullable=False),
    Column("value", LARGE, nullable=False),
    PrimaryKeyConstraint("wave", "no", "name"),
)
"""What a block keeps of the survey's indexes, frozen with its counts; names as `bot.core.indexes` gives them."""

running_node = _table(
    "running_node",
    Column("wave", String, nullable=False),
    Column("node", String, nullable=False),
    Column("n", Integer, nullable=False),
    Column("burst", Integer, nullable=False),
    Column("earlier", Integer, nullable=False),
    Column("earlier_burst", Integer, nullable=False),
    PrimaryKeyConstraint("wave", "node"),
)
"""The people of all blocks of one node, and those of before the latest release that closed a block."""

running_sum = _table(
    "running_sum",
    Column("wave", String, nullable=False),
    Column("view", String, nullable=False),  # the whole wave, or one group of one dimension
    Column("question", String, nullable=False),
    Column("code", String, nullable=False),
    Column("shown", LARGE, nullable=False),
    Column("held", LARGE, nullable=False),  # until k more people were asked (R7)
    Column("earlier", LARGE, nullable=False),
    PrimaryKeyConstraint("wave", "view", "question", "code"),
)
"""The sums of `block_count` and `block_sum` over the blocks of one view."""

contact = _table(
    "contact",
    Column("cid", LargeBinary(16), primary_key=True),
    Column("wave", String, nullable=False),
    Column("box", LargeBinary, nullable=False),
)
"""Who agreed to be written to, sealed; written at the daily tick in random order, apart from all else."""

invite = _table(
    "invite",
    Column("wave", String, nullable=False),
    Column("h", LargeBinary(32), nullable=False),
    Column("cohort", String, nullable=False),
    Column("kind", String, nullable=False, server_default="other"),
    Column("left", Integer, nullable=False),  # read only to say open or full
    Column("expiry_day", String(10), nullable=False),
    PrimaryKeyConstraint("wave", "h"),
)

opentext = _table(
    "opentext",
    Column("tid", LargeBinary(16), primary_key=True),
    Column("wave", String, nullable=False),
    Column("block", Integer, nullable=False),
    Column("question", String, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("thash", LargeBinary(32), nullable=False),
    UniqueConstraint("thash"),
)
"""Released open answers, sealed to a steward's public key and torn from the other answers of their person."""

theme = _table(
    "theme",
    Column("wave", String, nullable=False),
    Column("question", String, nullable=False),
    Column("theme", String, nullable=False),
    Column("title", Text, nullable=False),  # JSON: by the language it was written in
    PrimaryKeyConstraint("wave", "question", "theme"),
)
"""What a steward calls a theme; kept from its first count on, and not changed by later ones."""

theme_count = _table(
    "theme_count",
    Column("wave", String, nullable=False),
    Column("question", String, nullable=False),
    Column("theme", String, nullable=False),  # or all texts that were counted, or the sample of a second steward
    Column("release", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("kappa", Integer),  # hundredths
    PrimaryKeyConstraint("wave", "question", "theme", "release"),
)
"""In how many of the texts counted together each theme is, written once a release and question."""

theme_text = _table(
    "theme_text",
    Column("wave", String, nullable=False),
    Column("question", String, nullable=False),
    Column("text", LargeBinary(32), nullable=False),
    PrimaryKeyConstraint("wave", "question", "text"),
)
"""The hashes of the sealed texts that were counted, so that none is counted twice."""

outcome = _table(
    "outcome",
    Column("wave", String, nullable=False),
    Column("state", String, nullable=False),
    Column("n", Integer, nullable=False),
    Column("shown", Integer, nullable=False),  # rounded down, as of the last release
    PrimaryKeyConstraint("wave", "state"),
)
"""How many interviews of a wave ended without answers, and how reminders fared: bare numbers, of nobody."""

reminder = _table(
    "reminder",
    Column("wave", String, nullable=False),
    Column("part", Integer, nullable=False),  # of the day
    Column("number", Integer, nullable=False),
    Column("upto", LargeBinary(16)),  # the last row of contact that was taken; they lie in random order
    Column("done", Integer, nullable=False),
    PrimaryKeyConstraint("wave", "part"),
)
"""How far the reminders of a wave have come; of no single person."""

CORE = (
    ledger,
    session,
    pool,
    response,
    block,
    cell,
    block_count,
    block_sum,
    running_node,
    running_sum,
    contact,
    invite,
    opentext,
    theme,
    theme_count,
    theme_text,
    outcome,
    reminder,
)
"""The tables that hold answers, who took part, or how to reach somebody."""

definition = _table(
    "definition",
    Column("hash", String(64), primary_key=True),
    Column("body", Text, nullable=False),
)

wave = _table(
    "wave",
    Column("wave", String, primary_key=True),
    Column("definition", String(64), ForeignKey("definition.hash"), nullable=False),
    Column("survey", String, nullable=False),
    Column("organisation", String, nullable=False),
    Column("programme", String, nullable=False),
    Column("population", Integer),
    Column("k", Integer, nullable=False),
    Column("leave_behind", Integer, nullable=False),
    Column("slots", Integer, nullable=False),
    Column("minors", Integer, nullable=False),
    Column("schedule", String, nullable=False),  # weekly or daily
    Column("leftovers", String, nullable=False),  # show or wait
    Column("state", String, nullable=False),  # open, closing, closed
    Column("opened", String, nullable=False),
    Column("starts_from", String),
    Column("starts_until", String),
    Column("next_release", String, nullable=False),
    Column("releases", Integer, nullable=False),
    Column("ticks_left", Integer),  # daily ticks until the last release, once closing
    Column("finished_shown", Integer, nullable=False),  # people who ever finished, rounded down (R1)
    Column("alone", Integer, nullable=False),  # opened by one person without a second
    Column("invited", Integer, nullable=False, server_default="0"),  # only with an invitation
    Column("cohorts", Integer, nullable=False, server_default="0"),  # counted by the kind of group
    Column("steward_key", LargeBinary(32)),  # open answers are sealed to it
    Column("ended", String(10)),  # the day of the last release: from it the time counts that answers are kept
    Column("populations", Text),  # people of single nodes, as JSON; what is not named is shared out evenly
    Column("paused", Integer, nullable=False, server_default="0"),  # for now nobody can begin
    Column("extended_until", String),  # the last moment to begin, once it was moved later
    Column("targets", Text),  # aims stated for this wave beside the survey's, in per cent, as JSON
)

organisation = _table(
    "organisation",
    Column("name", String, primary_key=True),
    Column(
        "key", String, nullable=False
    ),  # what its key file is called; empty: the installation's keys are its own
    Column("since", String, nullable=False),
)

programme = _table(
    "programme",
    Column("organisation", String, nullable=False),
    Column("no", Integer, nullable=False),
    Column("name", String, nullable=False),
    Column("focus", String, nullable=False),
    Column("people", String, nullable=False),  # whom it is for, in words
    Column("districts", Text, nullable=False),  # codes, apart by spaces
    Column("starts", String(10), nullable=False),
    Column("ends", String(10), nullable=False),
    PrimaryKeyConstraint("organisation", "no"),
    UniqueConstraint("organisation", "name"),
)

coordinator = _table(
    "coordinator",
    Column("chat", CHAT, primary_key=True, autoincrement=False),
    Column("role", String, nullable=False),
    Column("language", String, nullable=False),
    Column("since", String, nullable=False),
    Column("organisation", String, nullable=False, server_default=""),
    Column("name", String, nullable=False, server_default=""),  # as their owner calls them
    Column("districts", Text, nullable=False, server_default=""),  # codes, apart by spaces; empty: all
)

colleague = _table(
    "colleague",
    Column("id", String, primary_key=True),
    Column("hash", String(64), nullable=False),
    Column("organisation", String, nullable=False),
    Column("role", String, nullable=False),
    Column("districts", Text, nullable=False),
    Column("inviter", String, nullable=False),  # a coordinator's chat, or the console
    Column("until", String, nullable=False),
    Column("state", String, nullable=False),  # open, taken, admitted
    Column("chat", CHAT),  # who took it
    Column("language", String),
    Column("number", String),  # what they say to the inviter, so that it is they
    Column("told", Text, nullable=False, server_default=""),  # chats that know of this state
    UniqueConstraint("hash"),
)
"""One-time invitations of colleagues that are not over."""

subscription = _table(
    "subscription",
    Column("chat", CHAT, nullable=False),
    Column("wave", String, nullable=False),
    Column("cadence", String, nullable=False),
    Column("weekday", Integer, nullable=False),
    Column("hour", Integer, nullable=False),
    Column("since", String, nullable=False),
    Column("sponsor", CHAT),  # of a group: the coordinator who answers for it
    PrimaryKeyConstraint("chat", "wave"),
)

group_code = _table(
    "group_code",
    Column("hash", String(64), primary_key=True),
    Column("wave", String, nullable=False),
    Column("sponsor", CHAT, nullable=False),
    Column("until", String, nullable=False),
)
"""One-time codes that lead a summary into a group."""

claim_code = _table(
    "claim_code",
    Column("hash", String(64), primary_key=True),
    Column("until", String, nullable=False),
    Column("tries_left", Integer, nullable=False),
    Column("organisation", String, nullable=False, server_default=""),
)

proposal = _table(
    "proposal",
    Column("id", String, primary_key=True),
    Column("act", String, nullable=False),
    Column("what", Text, nullable=False),  # JSON: all that the act needs
    Column("proposer", String, nullable=False),  # a coordinator's chat, or the console
    Column("until", String, nullable=False),
    Column("state", String, nullable=False),  # waiting, done, refused, lapsed
    Column("told", Text, nullable=False),  # chats that know of this state
)
"""A grave act that waits for a second coordinator, or was decided not long ago."""

approval = _table(
    "approval",
    Column("hash", String(64), primary_key=True),
    Column("proposal", String, nullable=False),
    Column("chat", CHAT, nullable=False),
    Column("until", String, nullable=False),
    Column("tries_left", Integer, nullable=False),
)
"""One-time codes that coordinators got in the chat for a row export on the console."""

upload = _table(
    "upload",
    Column("bot", CHAT, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("kind", String, nullable=False),  # voice, audio, photo
    Column("file_id", String, nullable=False),
    PrimaryKeyConstraint("bot", "sha256", "kind"),
)
"""What our own recordings and pictures are called at Telegram: no person stands here."""

digest = _table(
    "digest",
    Column("wave", String, nullable=False),
    Column("chat", CHAT, nullable=False),
    Column("period", String, nullable=False),
    Column("state", String, nullable=False),  # claimed, sent, gave_up
    Column("claimed", String, nullable=False),
    Column("tries", Integer, nullable=False),
    PrimaryKeyConstraint("wave", "chat", "period"),
)

alert = _table(
    "alert",
    Column("wave", String, nullable=False),
    Column("chat", CHAT, nullable=False),
    Column("release", Integer, nullable=False),  # the last one that was looked at
    Column("state", String, nullable=False),  # the SHA-256 of the figures that were behind; empty: none was
    Column("told", String),  # when this coordinator was told last
    PrimaryKeyConstraint("wave", "chat"),
)
"""What a coordinator knows of the groups that are behind: of released figures only."""

audit = _table(
    "audit",
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("moment", String, nullable=False),
    Column("who", String, nullable=False),
    Column("act", String, nullable=False),
    Column("what", String, nullable=False),
    Column("chain", String(64), nullable=False),
    Column("organisation", String, nullable=False, server_default=""),  # whose owners read it; *: everybody's
)

report = _table(
    "report",
    Column("file", String(64), primary_key=True),
    Column("figures", String(64), nullable=False),
    Column("kind", String, nullable=False),
    Column("wave", String, nullable=False),
    Column("language", String, nullable=False),
    Column("format", String, nullable=False),
    Column("day", String(10), nullable=False),
    Column("version", Integer, nullable=False),
    Column("k", Integer, nullable=False),
    Column("who", String, nullable=False),  # console or coordinator
)
"""Which files were made of which figures, both by their SHA-256: a changed report can be told from a true one."""

heard = _table(
    "heard",
    Column("wave", String, nullable=False),
    Column("no", Integer, nullable=False),  # 0: what was heard; from 1 on: what was done since
    Column("figures", Text, nullable=False),  # JSON: names of indicators that are released
    Column("words", Text, nullable=False),  # JSON: language -> what a coordinator typed
    Column("approved", String(10)),  # the day, from which on nothing of it changes
    PrimaryKeyConstraint("wave", "no"),
)
"""The way back: public words about a wave that has ended. Nobody's answer stands here."""

announcement = _table(
    "announcement",
    Column("wave", String, nullable=False),
    Column("state", String, nullable=False),  # paused or cancelled; no row: the lines leave in their time
    PrimaryKeyConstraint("wave"),
)
"""Whether the lines to those who asked to hear of a result may leave."""

mark = _table(
    "mark",
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)
"""Small facts of the installation: last tick, last daily tick, not-before time, last scrub, heartbeat."""
