"""The journal's tables, and how a database is opened so that nothing acknowledged is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    insert,
    inspect,
    select,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from textpipe.corrections.operation import Operation, encoded
from textpipe.errors import SourceError

SCHEMA = 1
MOST_PARAMETERS = 500
"""So many values are asked for at once; SQLite takes 999 in its oldest builds."""

TABLES = MetaData()

JOURNAL = Table(
    "textpipe_journal",
    TABLES,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("schema_version", Integer, nullable=False),
)
"""One row: the version of the format. A writer locks it."""

OPERATIONS = Table(
    "textpipe_operations",
    TABLES,
    Column("model", String(64), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("time", String(40), nullable=False),
    Column("operation", String(20), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("id", Text, nullable=False),
    Column("label", Text),
    Column("before", Text, nullable=False),
    Column("target", Integer),
    Column("document", Text),
    Column("source", Text, nullable=False),
)
"""id, label, before, document and source are JSON, so that any text can stand in them."""


def engine_of(where: Path | str, wait: float) -> Engine:
    """A database, to be opened when it is first used."""
    if isinstance(where, str):
        return create_engine(where)
    engine = create_engine(
        URL.create("sqlite", database=str(where)), connect_args={"timeout": wait}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: the driver would not before CREATE
    connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def is_ready(connection: Connection, shown: str) -> bool:
    """Are our tables there? Raises SourceError for another program's database, or a newer format."""
    names = set(inspect(connection).get_table_names())
    if JOURNAL.name not in names:
        if names and connection.dialect.name == "sqlite":
            raise SourceError(
                f"{shown}: is another program's database (it has a table {min(names)}); it is left "
                "alone. Name another file for the journal"
            )
        return False
    version = connection.scalar(select(JOURNAL.c.schema_version))
    if version != SCHEMA:
        raise SourceError(
            f"{shown}: has format version {version!r}, and this textpipe reads version {SCHEMA}: use "
            "the textpipe that wrote it"
        )
    return True


def make_ready(engine: Engine, shown: str) -> None:
    """Create our tables, whole or not at all; another process may do the same at this moment."""
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode = WAL")  # cannot be said inside a transaction
        finally:
            raw.close()
    try:
        with engine.execution_options(writes=True).begin() as connection:
            if not is_ready(connection, shown):
                TABLES.create_all(connection)
                connection.execute(insert(JOURNAL), {"only": 1, "schema_version": SCHEMA})
    except DBAPIError:
        with engine.execution_options(writes=False).begin() as connection:
            if not is_ready(connection, shown):
                raise


def lock(connection: Connection, wait: float) -> None:
    """Keep other writers out until the transaction ends; wait so many seconds for one that is in it.
    (SQLite's own lock is taken already.)
    """
    if connection.dialect.name == "postgresql":  # would wait for ever
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {max(1, round(1000 * wait))}")
    connection.execute(select(JOURNAL.c.only).with_for_update())


def row_of(operation: Operation) -> dict[str, Any]:
    """The operation as a row."""
    return {
        "sequence": operation.sequence,
        "time": operation.time,
        "operation": operation.kind,
        "digest": operation.digest,
        "id": encoded(operation.id),
        "label": None if operation.label is None else encoded(operation.label),
        "before": encoded(list(operation.before)),
        "target": operation.to,
        "document": operation.document,
        "source": encoded(operation.source),
    }


def operation_of(row: Mapping[str, Any]) -> Operation:
    """The operation that a row holds, without its document."""
    return Operation(
        row["operation"],
        row["digest"],
        json.loads(row["id"]),
        None if row["label"] is None else json.loads(row["label"]),
        tuple(json.loads(row["before"])),
        row["target"],
        None,
        json.loads(row["source"]),
        row["sequence"],
        row["time"],
        bool(row["stored"]),
    )
