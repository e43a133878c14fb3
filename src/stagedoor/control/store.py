"""What control must know again after a restart: SQLite, written behind by one thread of its own.

Rows are put into a map that the thread empties, so that what waits to be written is bounded by what there
is, and the loop never waits for the disk.
"""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Self, TypeVar

from stagedoor.control.mixer.board import Board
from stagedoor.control.mixer.board_rows import COLUMNS as BOARD_COLUMNS
from stagedoor.control.mixer.board_rows import TABLES as BOARD_TABLES
from stagedoor.control.mixer.board_rows import changed_rows, read_board
from stagedoor.control.rows import Row, guest_row, invite_row, read_guest, read_invite
from stagedoor.domain.errors import UnavailableError
from stagedoor.domain.house import House

log = logging.getLogger(__name__)

RETRY_AFTER_S = 1.0
BUSY_WITHIN_S = 1.0
"""How long another program may hold the database before a write counts as failed."""

MIGRATIONS = (
    """
    CREATE TABLE guests (
        id TEXT PRIMARY KEY, invite TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, seat TEXT,
        instance TEXT, met INTEGER NOT NULL, ended_ms INTEGER, reason TEXT
    );
    CREATE TABLE invites (
        id TEXT PRIMARY KEY, seat TEXT, name TEXT, admit TEXT NOT NULL, origin TEXT NOT NULL,
        expires_ms INTEGER, revoked INTEGER NOT NULL
    );
    CREATE TABLE blocks (id TEXT PRIMARY KEY);
    CREATE TABLE consents (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, notice TEXT NOT NULL, given_ms INTEGER NOT NULL
    );
    CREATE TABLE notices (id TEXT PRIMARY KEY, text TEXT NOT NULL, first_ms INTEGER NOT NULL);
    """,
    "ALTER TABLE guests ADD COLUMN leave_ms INTEGER;",
    "ALTER TABLE guests ADD COLUMN carrier TEXT; ALTER TABLE invites ADD COLUMN carrier TEXT;",
    """
    CREATE TABLE sources (id TEXT PRIMARY KEY, place INTEGER NOT NULL, thing TEXT NOT NULL);
    CREATE TABLE scenes (id TEXT PRIMARY KEY, place INTEGER NOT NULL, thing TEXT NOT NULL);
    CREATE TABLE strips (id TEXT PRIMARY KEY, place INTEGER NOT NULL, thing TEXT NOT NULL);
    CREATE TABLE outputs (id TEXT PRIMARY KEY, place INTEGER NOT NULL, thing TEXT NOT NULL);
    CREATE TABLE air (id TEXT PRIMARY KEY, place INTEGER NOT NULL, thing TEXT NOT NULL);
    """,
    "CREATE TABLE take (id TEXT PRIMARY KEY, thing TEXT NOT NULL);",
    "CREATE TABLE overlays (id TEXT PRIMARY KEY, place INTEGER NOT NULL, thing TEXT NOT NULL);",
    "ALTER TABLE guests ADD COLUMN hand_ms INTEGER;",
    "CREATE TABLE chat (id TEXT PRIMARY KEY, thing TEXT NOT NULL);",
    "CREATE TABLE media (id TEXT PRIMARY KEY, thing TEXT NOT NULL);",
    "CREATE TABLE returns (id TEXT PRIMARY KEY, place INTEGER NOT NULL, thing TEXT NOT NULL);",
    "ALTER TABLE guests ADD COLUMN visit TEXT;",
)
"""One script for each schema version; `user_version` counts those that were run."""

COLUMNS = {
    "guests": 13,
    "invites": 8,
    "blocks": 1,
    "consents": 4,
    "notices": 3,
    "take": 2,
    "chat": 2,
    "media": 2,
    **dict.fromkeys(BOARD_TABLES, BOARD_COLUMNS),
}

CONSENTS_KEPT = 10_000
CONSENTS_KEPT_MS = 30 * 86_400_000
"""Of those who are not here any more."""

PRUNE = (
    """
    DELETE FROM consents WHERE id NOT IN (SELECT invite FROM guests)
    AND given_ms < (SELECT max(given_ms) FROM consents) - :kept_ms
    """,
    """
    DELETE FROM consents WHERE id IN (
        SELECT id FROM consents WHERE id NOT IN (SELECT invite FROM guests)
        ORDER BY given_ms DESC LIMIT -1 OFFSET :kept
    )
    """,
)

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Consent:
    """That somebody agreed to a notice.

    Attributes:
        invite: Whose guest; the newest consent of each is kept.
        notice: The version of the notice.
    """

    invite: str
    name: str
    notice: str
    given_ms: int


class Store:
    """The database; made by `Store.open`."""

    def __init__(self, path: Path, on_trouble: Callable[[bool], None]) -> None:
        self._path = path
        self._on_trouble = on_trouble
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._pending: dict[tuple[str, str], Row | None] = {}
        self._dirty = asyncio.Event()
        self._flushing = asyncio.Lock()
        self._database: sqlite3.Connection | None = None

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path, on_trouble: Callable[[bool], None]) -> AsyncIterator[Self]:
        """Open the database, bring its schema up to date, and write what waits when the block ends.

        Args:
            path: The file; its directory must exist.
            on_trouble: Called with whether the last write failed, whenever that changes.

        Raises:
            UnavailableError: The file cannot be used.
        """
        store = cls(path, on_trouble)
        try:
            await store._run(store._connect)
            yield store
        except sqlite3.Error as error:
            raise UnavailableError(
                f"{path}: {error}",
                code="database_unusable",
                hint="server.data_dir must be writable, with room on its disk.",
            ) from error
        finally:
            await store._close()

    async def load(self, house: House) -> House:
        """Return the house with the guests and invites of the last run."""
        rows = await self._run(self._read)
        blocked = {str(row[0]) for row in rows["blocks"]}
        invites = {invite.id: invite for invite in (read_invite(row, blocked) for row in rows["invites"])}
        guests = {guest.id: guest for guest in (read_guest(row) for row in rows["guests"])}
        return House(house.seats, house.open, MappingProxyType(guests), MappingProxyType(invites))

    async def load_board(self) -> Board:
        """Return the board of the last run; an empty one at the first start."""
        return read_board(await self._run(self._read))

    def put_board(self, before: Board, after: Board) -> None:
        """Have written what differs between two boards."""
        for table, key, row in changed_rows(before, after):
            self._put(table, key, row)

    async def load_take(self) -> str | None:
        """Return the take that was being recorded, as it was put; None if there was none."""
        rows = (await self._run(self._read))["take"]
        return str(rows[0][1]) if rows else None

    def put_take(self, take: str | None) -> None:
        """Have written which take is being recorded."""
        self._put("take", "now", None if take is None else ("now", take))

    async def load_things(self, table: str) -> list[str]:
        """Return what was put into a table of things, in no order."""
        return [str(row[1]) for row in (await self._run(self._read))[table]]

    def put_thing(self, table: str, key: str, thing: str | None) -> None:
        """Have a thing written, or forgotten."""
        self._put(table, key, None if thing is None else (key, thing))

    def put_house(self, before: House, after: House) -> None:
        """Have written what differs between two houses."""
        for key, guest in after.guests.items():
            if before.guests.get(key) is not guest:
                self._put("guests", key, guest_row(guest))
        for key, invite in after.invites.items():
            if before.invites.get(key) is not invite:
                self._put("invites", key, invite_row(invite))
                if invite.blocked:
                    self._put("blocks", key, (key,))
        for key in before.guests.keys() - after.guests.keys():
            self._put("guests", key, None)
        for key in before.invites.keys() - after.invites.keys():
            self._put("invites", key, None)
            self._put("blocks", key, None)

    def put_consent(self, consent: Consent) -> None:
        """Have written that somebody agreed."""
        row = (consent.invite, consent.name, consent.notice, consent.given_ms)
        self._put("consents", consent.invite, row)

    def put_notice(self, version: str, text: str, now_ms: int) -> None:
        """Have written what a version of the notice says."""
        self._put("notices", version, (version, text, now_ms))

    async def consents(self) -> list[Row]:
        """Return who agreed to what and when, in order of time."""
        await self.flush()
        return sorted((await self._run(self._read))["consents"], key=lambda row: int(row[3] or 0))

    async def run(self) -> None:
        """Write what waits, until cancelled; a disk that is full is tried again every second."""
        failed = False
        while True:
            await self._dirty.wait()
            try:
                await self.flush()
            except sqlite3.Error as error:
                log.error("The database cannot be written: %s", error)  # noqa: TRY400
                self._on_trouble(True)
                failed = True
                await asyncio.sleep(RETRY_AFTER_S)
            else:
                if failed:
                    self._on_trouble(False)
                failed = False

    async def written(self) -> None:
        """Return once what waits is written, or cannot be, which is tried again."""
        with suppress(sqlite3.Error):
            await self.flush()

    async def flush(self) -> None:
        """Write what waits now."""
        # One after the other: what failed is put back among what is newer, and never comes after it.
        async with self._flushing:
            self._dirty.clear()
            batch, self._pending = self._pending, {}
            try:
                await self._run(lambda: self._write(batch))
            except BaseException:
                self._pending = {**batch, **self._pending}
                self._dirty.set()
                raise

    def _put(self, table: str, key: str, row: Row | None) -> None:
        self._pending[table, key] = row
        self._dirty.set()

    async def _run(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _close(self) -> None:
        try:
            if self._database is not None:
                await self.flush()
                await self._run(self._database.close)
        except sqlite3.Error:
            log.exception("The last changes could not be written")
        finally:
            self._thread.shutdown(wait=False)

    def _connect(self) -> None:
        self._database = sqlite3.connect(
            self._path, timeout=BUSY_WITHIN_S, isolation_level=None, check_same_thread=False
        )
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        version = self._database.execute("PRAGMA user_version").fetchone()[0]
        for number, script in enumerate(MIGRATIONS[version:], version + 1):
            self._database.executescript(f"BEGIN; {script} PRAGMA user_version = {number}; COMMIT;")

    def _read(self) -> dict[str, list[Row]]:
        assert self._database is not None
        return {
            table: self._database.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608
            for table in COLUMNS
        }

    def _write(self, batch: dict[tuple[str, str], Row | None]) -> None:
        assert self._database is not None
        self._database.execute("BEGIN")
        try:
            for (table, key), row in batch.items():
                if row is None:
                    self._database.execute(f"DELETE FROM {table} WHERE id = ?", (key,))  # noqa: S608
                else:
                    marks = ", ".join("?" * COLUMNS[table])
                    self._database.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", row)  # noqa: S608
            if any(table == "consents" for table, _ in batch):
                for statement in PRUNE:
                    kept = {"kept": CONSENTS_KEPT, "kept_ms": CONSENTS_KEPT_MS}
                    self._database.execute(statement, kept)
            self._database.execute("COMMIT")
        except sqlite3.Error:
            self._database.execute("ROLLBACK")
            raise
