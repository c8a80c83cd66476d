import os
import random
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from textpipe.corrections import CorrectedModel, Journal, Operation, in_force, journal_beside
from textpipe.corrections.schema import JOURNAL
from textpipe.errors import SourceError


def learn(number, document='{"text":"Hi"}'):
    return Operation("learn", f"digest {number}", f"id {number}", "spam", document=document)


def test_what_was_written_is_read_again(tmp_path):
    written = [
        Operation("learn", "d1", "\x00", "é", (), None, '{"text":"Hi"}', "Ann"),
        Operation("relabel", "d2", "b", 2.5, (1, 2), None, None, ""),
        Operation("unlearn", "d1", "a", None, ("é",)),
        Operation("rollback", to=1),
    ]
    with Journal(tmp_path / "folder" / "j.sqlite") as journal:
        with journal.writing("model") as book:
            returned = book.append(written)
        found = journal.operations("model")
        assert found == returned
        assert [one.sequence for one in found] == [1, 2, 3, 4]
        assert [one.stored for one in found] == [True, False, False, False]
        assert [(one.kind, one.id, one.label, one.before, one.to) for one in found] == [
            (one.kind, one.id, one.label, one.before, one.to) for one in written
        ]
        assert journal.documents("model", [1]) == {1: '{"text":"Hi"}'}
        assert journal.operations("model", after=3) == found[3:]
        assert found[0].time.endswith("+00:00")


def test_models_do_not_see_each_others_operations(tmp_path):
    with Journal(tmp_path / "j.sqlite") as journal:
        for model in ("one", "two", "one"):
            with journal.writing(model) as book:
                book.append([learn(1)])
        assert journal.models() == {"one": 2, "two": 1}
        assert [one.sequence for one in journal.operations("two")] == [1]
        assert journal.operations("three") == []


def test_a_transaction_that_fails_leaves_nothing(tmp_path):
    with Journal(tmp_path / "j.sqlite") as journal:
        with pytest.raises(ZeroDivisionError), journal.writing("model") as book:  # noqa: PT012
            book.append([learn(1)])
            raise ZeroDivisionError
        assert journal.operations("model") == []


def test_more_documents_than_a_query_takes(tmp_path):
    with Journal(tmp_path / "j.sqlite") as journal:
        with journal.writing("model") as book:
            book.append([learn(n, f'{{"text":"{n}"}}') for n in range(1, 1202)])
        found = journal.documents("model", range(1, 1202))
        assert found == {n: f'{{"text":"{n}"}}' for n in range(1, 1202)}


def test_it_is_synced_at_every_commit(tmp_path):
    with Journal(tmp_path / "j.sqlite") as journal, journal.writing("model") as book:
        connection = book._connection
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL


def test_an_address_of_sqlite_is_a_file_too(tmp_path):
    with Journal(f"sqlite:///{tmp_path / 'j.sqlite'}") as journal:
        with journal.writing("model") as book:
            book.append([learn(1)])
        assert journal.path() == tmp_path / "j.sqlite"
    with Journal(tmp_path / "j.sqlite") as journal:
        assert len(journal.operations("model")) == 1


# -- what is no journal -------------------------------------------------------------------------------


def test_another_programs_database_is_left_alone(tmp_path):
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE customers (name)")
    other.close()
    before = path.read_bytes()
    journal = Journal(path)
    with pytest.raises(
        SourceError, match=r"another program's database \(it has a table customers\)"
    ):
        journal.operations("model")
    with pytest.raises(SourceError, match="another program's"), journal.writing("model"):
        pass
    journal.close()
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused(tmp_path):
    path = tmp_path / "text.sqlite"
    path.write_text("This is a text, and longer than the header of a database. " * 20)
    with pytest.raises(SourceError, match=r"text\.sqlite: file is not a database\. It is damaged"):
        Journal(path).operations("model")


def test_a_newer_format_is_refused(tmp_path):
    with Journal(tmp_path / "j.sqlite") as journal, journal.writing("model") as book:
        book._connection.execute(JOURNAL.update().values(schema_version=2))
    with pytest.raises(
        SourceError, match="has format version 2, and this textpipe reads version 1"
    ):
        Journal(tmp_path / "j.sqlite").operations("model")


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("nonsense://", "no address of a database"),
        ("no_such_database://host/name", "no address of a database"),
        ("oracle+cx_oracle://u:secret@host/name", "needs the driver cx_Oracle"),
    ],
)
def test_a_wrong_address_is_refused_and_shows_no_password(where, why):
    with pytest.raises(SourceError, match=why) as error:
        Journal(where).operations("model")
    assert "secret" not in str(error.value)


def test_who_waits_too_long_is_told(tmp_path):
    with Journal(tmp_path / "j.sqlite") as one, Journal(tmp_path / "j.sqlite", wait=0.1) as other:
        with one.writing("model") as book:
            book.append([learn(1)])
            with (
                pytest.raises(SourceError, match=r"locked\. Another program"),
                other.writing("model"),
            ):
                pass
            assert other.operations("model") == []  # readers need not wait
        assert len(other.operations("model")) == 1


# -- processes ----------------------------------------------------------------------------------------

WRITER = """
import sys
from textpipe.corrections import Journal, Operation
with Journal(sys.argv[1]) as journal:
    for n in range(int(sys.argv[3])):
        with journal.writing("model") as book:
            new = book.append([
                Operation("learn", f"{sys.argv[2]} {n} {part}", label="spam", document='"' + "x" * 5000 + '"')
                for part in range(3)
            ])
        print(f"{sys.argv[2]} {n} {new[-1].sequence}", flush=True)
"""


def writer(path, name, count):
    command = [sys.executable, "-c", WRITER, str(path), name, str(count)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)  # noqa: S603  # our own


def test_two_processes_write_at_once(tmp_path):
    path = tmp_path / "j.sqlite"
    writers = [writer(path, name, 15) for name in "ab"]
    outputs = [process.communicate(timeout=100) for process in writers]
    assert [process.returncode for process in writers] == [0, 0], outputs
    with Journal(path) as journal:
        found = journal.operations("model")
    assert [one.sequence for one in found] == list(range(1, 91))
    for name in "ab":
        own = [one.digest for one in found if one.digest.startswith(name)]
        assert own == [f"{name} {n} {part}" for n in range(15) for part in range(3)]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_what_was_acknowledged_survives_sigkill_at_any_moment(tmp_path):
    path = tmp_path / "j.sqlite"
    moment = random.Random(5)  # noqa: S311  # no secret
    acknowledged = []
    for run in range(4):
        process = writer(path, str(run), 100_000)
        first = process.stdout.readline()
        time.sleep(moment.uniform(0, 0.05))
        os.kill(process.pid, signal.SIGKILL)
        rest = process.stdout.read()  # communicate would lose what is buffered
        process.communicate()
        lines = [line for line in (first + rest).splitlines(keepends=True) if line.endswith("\n")]
        acknowledged += [line.split() for line in lines]
    assert len(acknowledged) >= 4
    with Journal(path) as journal:
        found = {one.sequence: one.digest for one in journal.operations("model")}
        documents = journal.documents("model", found)
    assert sorted(found) == list(range(1, len(found) + 1))
    for run, n, last in acknowledged:
        for part in range(3):
            assert found[int(last) - 2 + part] == f"{run} {n} {part}"
    whole = {digest.rpartition(" ")[0] for digest in found.values()}
    assert len(found) == 3 * len(whole)  # no transaction is there in part
    assert set(documents.values()) == {'"' + "x" * 5000 + '"'}


TEACHER = """
import sys
from textpipe.corrections import CorrectedModel
with CorrectedModel(sys.argv[1]) as model:
    for n in range(100_000):
        model.learn([f"Ann {n}", f"lunch {n}"], ["spam", "ham"])
        if n % 3 == 2:
            model.unlearn([f"Ann {n - 1}"])
        print(n, flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_model_that_was_killed_while_it_learned_opens_as_it_was_taught(bundle):
    path = bundle()
    command = [sys.executable, "-c", TEACHER, str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own
    first = process.stdout.readline()
    time.sleep(0.3)
    os.kill(process.pid, signal.SIGKILL)
    rest = process.stdout.read()  # communicate would lose what is buffered
    process.communicate()
    last = max(int(line) for line in (first + rest).splitlines(keepends=True) if line[-1] == "\n")
    with CorrectedModel(path) as model:
        texts = [f"lunch {n}" for n in range(last + 1)]
        outcomes = model.learn(texts, ["ham"] * len(texts))
        assert {outcome.happened for outcome in outcomes} == {"already known"}
        gone = [f"Ann {n}" for n in range(1, last, 3)]
        assert {outcome.happened for outcome in model.unlearn(gone)} <= {"not known"}
        assert model.counts()["learned"] == len(in_force(model.history()))
    assert journal_beside(path).exists()
