"""The journal in PostgreSQL: run where TEXTPIPE_TEST_DATABASE names an empty database, such as
postgresql+psycopg://user@localhost/test. Each test has a schema of its own there, which it drops.
"""

import os
import signal
import subprocess
import sys
import time
import uuid

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from textpipe.corrections import CorrectedModel, Journal, Operation, journal_beside
from textpipe.errors import SourceError

DATABASE = os.environ.get("TEXTPIPE_TEST_DATABASE")
pytestmark = pytest.mark.skipif(
    not DATABASE, reason="TEXTPIPE_TEST_DATABASE names no PostgreSQL database"
)


@pytest.fixture
def address():
    """The address of a schema that nobody else writes in."""
    name = f"textpipe_{uuid.uuid4().hex}"
    engine = create_engine(DATABASE)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    own = make_url(DATABASE).update_query_dict({"options": f"-csearch_path={name}"})
    yield own.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()


def learn(number, document='{"text":"Hi"}'):
    return Operation("learn", f"digest {number}", f"id {number}", "spam", document=document)


def test_what_was_written_is_read_again(address):
    written = [
        Operation("learn", "d1", "\x00 \ud800", "é", (), None, '{"text":"Hi"}', "Ann"),
        Operation("relabel", "d2", "b", 2.5, (1, 2), None, None, ""),
        Operation("rollback", to=1),
    ]
    with Journal(address) as journal:
        assert journal.operations("model") == []
        with journal.writing("model") as book:
            returned = book.append(written)
        with journal.writing("other") as book:
            book.append([learn(n, f'{{"text":"{n}"}}') for n in range(1, 1202)])
    with Journal(address) as journal:
        found = journal.operations("model")
        assert found == returned
        assert [(one.id, one.label, one.before, one.to) for one in found] == [
            (one.id, one.label, one.before, one.to) for one in written
        ]
        assert journal.models() == {"model": 3, "other": 1201}
        assert journal.documents("other", range(1, 1202))[1201] == '{"text":"1201"}'


def test_a_transaction_that_fails_leaves_nothing(address):
    with Journal(address) as journal:
        with pytest.raises(ZeroDivisionError), journal.writing("model") as book:  # noqa: PT012
            book.append([learn(1)])
            raise ZeroDivisionError
        assert journal.operations("model") == []


def test_a_model_is_taught_as_with_sqlite(bundle, address):
    path = bundle()
    hostile = "win \x00 a prize \ud800 \U0001f4b0"
    taught = {}
    for where in (None, address):
        with CorrectedModel(path, where) as model:
            model.learn([hostile, "dinner with Ann"], ["spam", "ham"])
            model.unlearn(["See you at lunch"])
            model.relabel([hostile], "ham")
            model.rollback(3)
        with CorrectedModel(path, where) as model:
            history = [(one.kind, one.digest, one.label, one.to) for one in model.history()]
            scores = model.pipeline.decide([hostile, "lunch at noon"]).scores.tobytes()
            taught[where] = (model.counts(), history, scores)
    assert taught[None] == taught[address]
    assert taught[address][0] == {"learned": 2, "unlearned": 1, "relabelled": 0}
    assert journal_beside(path).exists()


def test_who_waits_too_long_is_told(address):
    with Journal(address) as one, Journal(address, wait=0.1) as other:
        with one.writing("model") as book:
            book.append([learn(1)])
            with (
                pytest.raises(SourceError, match=r"lock timeout.*Another program"),
                other.writing("model"),
            ):
                pass
            assert other.operations("model") == []  # readers need not wait
        assert len(other.operations("model")) == 1


WRITER = """
import sys
from textpipe.corrections import Journal, Operation
with Journal(sys.argv[1]) as journal:
    for n in range(int(sys.argv[3])):
        with journal.writing("model") as book:
            new = book.append([
                Operation("learn", f"{sys.argv[2]} {n} {part}", label="spam") for part in range(3)
            ])
        print(f"{sys.argv[2]} {n} {new[-1].sequence}", flush=True)
"""


def writer(address, name, count):
    command = [sys.executable, "-c", WRITER, address, name, str(count)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)  # noqa: S603  # our own


def test_two_processes_begin_a_journal_at_once(address):
    writers = [writer(address, name, 15) for name in "ab"]
    outputs = [process.communicate(timeout=100) for process in writers]
    assert [process.returncode for process in writers] == [0, 0], outputs
    with Journal(address) as journal:
        found = journal.operations("model")
    assert [one.sequence for one in found] == list(range(1, 91))
    for name in "ab":
        own = [one.digest for one in found if one.digest.startswith(name)]
        assert own == [f"{name} {n} {part}" for n in range(15) for part in range(3)]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_what_was_acknowledged_survives_sigkill(address):
    process = writer(address, "a", 100_000)
    first = process.stdout.readline()
    time.sleep(0.1)
    os.kill(process.pid, signal.SIGKILL)
    rest = process.stdout.read()  # communicate would lose what is buffered
    process.communicate()
    acknowledged = [line for line in (first + rest).splitlines(keepends=True) if line[-1] == "\n"]
    # waits until the killed writer's transaction is over
    with Journal(address) as journal, journal.writing("model") as book:
        found = {one.sequence: one.digest for one in book.operations()}
    assert sorted(found) == list(range(1, len(found) + 1))
    assert len(found) % 3 == 0  # no transaction is there in part
    for line in acknowledged:
        name, n, last = line.split()
        assert [found[int(last) - 2 + part] for part in range(3)] == [
            f"{name} {n} {part}" for part in range(3)
        ]
