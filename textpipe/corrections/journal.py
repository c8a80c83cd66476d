"""The journal: every operation on a model's training documents, in a database."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textpipe.corrections.operation import Operation
from textpipe.errors import SourceError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

WAIT = 30.0
"""Seconds that a process waits for another one to finish its writing."""


class Journal:
    """The operations on one model or several, each under the model's fingerprint.

    ``where`` is a path (SQLite; the file appears with the first operation) or an address such as
    ``postgresql+psycopg://host/database``, which needs that driver. An operation is there whole or not
    at all, and what was acknowledged survives the end of the process at any moment: SQLite's log is
    written ahead and synced at every commit. Several processes may write; one waits for the other.

    Raises SourceError for a database that cannot be opened, is another program's, or has a newer
    format.

    >>> import tempfile
    >>> with Journal(Path(tempfile.mkdtemp()) / "m.journal.sqlite") as journal:
    ...     with journal.writing("fingerprint of the model") as book:
    ...         new = book.append([Operation("learn", "d1", "a.txt", "spam", document='{"text":"Hi"}')])
    ...     [(one.sequence, one.kind, one.label) for one in journal.operations("fingerprint of the model")]
    [(1, 'learn', 'spam')]
    """

    def __init__(self, where: str | Path, wait: float = WAIT) -> None:
        self.where = where
        self.wait = wait
        self._engine: Engine | None = None
        self._ready = False

    # -- reading --------------------------------------------------------------------------------------

    def operations(self, model: str, after: int = 0) -> list[Operation]:
        """The operations on a model in order, without their documents, that follow number ``after``."""
        if not self.exists():
            return []
        with self._transaction(writes=False) as connection:
            return Book(connection, model).operations(after)

    def documents(self, model: str, sequences: Iterable[int]) -> dict[int, str]:
        """The documents that these operations keep, as JSON, by sequence number."""
        wanted = list(sequences)
        if not wanted or not self.exists():
            return {}
        with self._transaction(writes=False) as connection:
            return Book(connection, model).documents(wanted)

    def models(self) -> dict[str, int]:
        """How many operations there are on each model, by fingerprint."""
        from sqlalchemy import func, select

        from textpipe.corrections.schema import OPERATIONS

        if not self.exists():
            return {}
        model = OPERATIONS.c.model
        with self._transaction(writes=False) as connection:
            rows = connection.execute(select(model, func.count()).group_by(model).order_by(model))
            return {str(name): int(count) for name, count in rows}

    def exists(self) -> bool:
        """Has anything been written? A database other than SQLite is asked."""
        from textpipe.corrections.schema import is_ready

        if self._ready:
            return True
        if (path := self.path()) is not None and not path.exists():
            return False
        with self._transaction(writes=False) as connection:
            self._ready = is_ready(connection, str(self))
        return self._ready

    # -- writing --------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def writing(self, model: str) -> Iterator[Book]:
        """One transaction, which no other writer is in: what is appended is kept when it ends well."""
        from textpipe.corrections.schema import lock, make_ready

        if (path := self.path()) is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        if not self.exists():
            with self._errors():
                make_ready(self._connected(), str(self))
        with self._transaction(writes=True) as connection:
            lock(connection, self.wait)
            yield Book(connection, model)

    # -- the database ---------------------------------------------------------------------------------

    def path(self) -> Path | None:
        """The file, if it is SQLite; None where it is something else."""
        from sqlalchemy.engine import make_url

        if isinstance(self.where, Path) or "://" not in self.where:
            return Path(self.where)
        with self._errors():
            url = make_url(self.where)
        is_file = url.get_backend_name() == "sqlite" and url.database
        return Path(str(url.database)) if is_file else None

    def close(self) -> None:
        """Let go of the database. The journal opens again when it is used again."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
            self._ready = False

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __str__(self) -> str:
        """Where it is; without a password."""
        if isinstance(self.where, Path) or "://" not in self.where:
            return str(self.where)
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError

        try:
            return make_url(self.where).render_as_string(hide_password=True)
        except ArgumentError:
            return "the journal"

    def _connected(self) -> Engine:
        from textpipe.corrections.schema import engine_of

        if self._engine is None:
            with self._errors():
                self._engine = engine_of(self.path() or str(self.where), self.wait)
        return self._engine

    @contextlib.contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        engine = self._connected()
        with self._errors(), engine.execution_options(writes=writes).begin() as connection:
            yield connection

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """What the database complains of, as a SourceError that says what to do."""
        from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

        try:
            yield
        except (ArgumentError, NoSuchModuleError) as error:
            raise SourceError(
                f"{self}: is no path and no address of a database such as "
                "postgresql+psycopg://host/database"
            ) from error
        except ModuleNotFoundError as error:
            raise SourceError(
                f"{self}: needs the driver {error.name}, which is not installed: pip install {error.name}"
            ) from error
        except SQLAlchemyError as error:
            said = error.orig if isinstance(error, DBAPIError) else error
            raise SourceError(
                f"{self}: {' '.join(str(said).split())}{_advice(str(said))}"
            ) from error


class Book:
    """The journal of one model, inside a transaction."""

    def __init__(self, connection: Connection, model: str) -> None:
        self._connection = connection
        self.model = model

    def operations(self, after: int = 0) -> list[Operation]:
        """See :meth:`Journal.operations`."""
        from sqlalchemy import select

        from textpipe.corrections.schema import OPERATIONS, operation_of

        table = OPERATIONS.c
        columns = [column for column in table if column.name != "document"]
        rows = self._connection.execute(
            select(*columns, table.document.is_not(None).label("stored"))
            .where(table.model == self.model, table.sequence > after)
            .order_by(table.sequence)
        )
        return [operation_of(dict(row._mapping)) for row in rows]

    def documents(self, sequences: Sequence[int]) -> dict[int, str]:
        """See :meth:`Journal.documents`."""
        from sqlalchemy import select

        from textpipe.corrections.schema import MOST_PARAMETERS, OPERATIONS

        table = OPERATIONS.c
        found: dict[int, str] = {}
        for start in range(0, len(sequences), MOST_PARAMETERS):
            part = list(sequences[start : start + MOST_PARAMETERS])
            rows = self._connection.execute(
                select(table.sequence, table.document).where(
                    table.model == self.model, table.sequence.in_(part)
                )
            )
            found |= {int(row.sequence): str(row.document) for row in rows}
        return found

    def append(self, operations: Sequence[Operation]) -> list[Operation]:
        """Write the operations down; they come back with their sequence numbers and the time."""
        from dataclasses import replace

        from sqlalchemy import func, insert, select

        from textpipe.corrections.schema import OPERATIONS, row_of

        if not operations:
            return []
        last = self._connection.scalar(
            select(func.max(OPERATIONS.c.sequence)).where(OPERATIONS.c.model == self.model)
        )
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        numbered = [
            replace(one, sequence=number, time=time, stored=one.document is not None)
            for number, one in enumerate(operations, (last or 0) + 1)
        ]
        rows: list[dict[str, Any]] = [{"model": self.model, **row_of(one)} for one in numbered]
        self._connection.execute(insert(OPERATIONS), rows)
        return [replace(one, document=None) for one in numbered]


def _advice(said: str) -> str:
    """What to do about an error of the database; empty where it is not known."""
    if "locked" in said or "lock timeout" in said:
        return ". Another program is writing in it for too long: end it, or try again"
    if "unable to open" in said or "readonly" in said:
        return ". The file and its folder must be readable and writable"
    if "malformed" in said or "not a database" in said:
        return ". It is damaged, or it is no journal of textpipe: put the right file in its place"
    return ""
