"""The same bytes however many cores work, and no work is lost, doubled or left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import textpipe as tp
from textpipe.documents import Documents
from textpipe.errors import DefinitionError, InputError, ProcessError, TextpipeWarning
from textpipe.run import Chain, batches, threaded
from textpipe.run.spreading import jobs
from textpipe.stage import FormStage
from textpipe.text_stage import TextStage

NAMES = [f"{chr(97 + i % 26)}{chr(97 + i // 26)}x" for i in range(60)]
TEXTS = [
    f"Win a <b>prize</b>, {name} {i}, call {i % 7} now"
    if i % 3
    else f"See you, {name}, at lunch {i}"
    for i, name in enumerate(NAMES)
]
LABELS = ["spam" if i % 3 else "ham" for i in range(60)]


@pytest.fixture(autouse=True)
def many_small_batches_at_once(monkeypatch):
    monkeypatch.setattr("textpipe.run.spreading.PATIENCE", 0.0)
    monkeypatch.setattr("textpipe.run.batching.MOST_DOCUMENTS", 7)


class Deadly(TextStage):
    """Kills the process that works on some words, as a crash in a library does; not the one that asks."""

    def __init__(self, at_home: int, marks: str = "", word: str = "poison") -> None:
        self.at_home = at_home
        self.marks = marks
        self.word = word

    def of(self, text: str) -> str:
        if self.word in text and os.getpid() != self.at_home:
            once = Path(self.marks)
            if not self.marks or not once.exists():
                if self.marks:
                    once.write_text("killed")
                os.kill(os.getpid(), signal.SIGKILL)
        return text


class WhereItWorks(TextStage):
    def of(self, text: str) -> str:
        return str(os.getpid())


class Complaining(FormStage):
    in_threads = False

    def of(self, form: str) -> str:
        if form == "42":
            import warnings

            warnings.warn("there is a 42", TextpipeWarning, stacklevel=2)
        return form


class Clumsy(FormStage):
    def of(self, form: str) -> str:
        return form * (1 // (form != "666"))


class Clumsier(Clumsy):
    def of(self, form: str) -> str:
        return form * (1 // (form != "777"))


def spam(**options):
    stages = [
        tp.CleanHtml(),
        tp.Tokenize(),
        tp.Lowercase(),
        tp.TfIdf(),
        tp.WeighByLabel(),
        tp.StretchByLabel(folds=2),
        tp.KnnClassifier(k="auto"),
    ]
    return tp.Pipeline(stages, **options)


def test_batches_end_after_so_many_documents_or_bytes(monkeypatch):
    assert [len(part) for part in batches(Documents.of(["a"] * 15))] == [7, 7, 1]
    monkeypatch.setattr("textpipe.run.batching.MOST_BYTES", 4)
    texts = ["aaaaaaaaa", "a", "bb", "ü", "cc", "", "", "d" * 10, "e"]
    parts = [part.texts() for part in batches(Documents.of(texts))]
    assert [text for part in parts for text in part] == texts
    assert parts == [["aaaaaaaaa"], ["a", "bb", "ü"], ["cc", "", "", "d" * 10], ["e"]]
    assert [len(part) for part in batches(Documents.of([]))] == [0]


def test_there_are_as_many_batches_as_shares_unless_they_would_be_small(monkeypatch):
    documents = Documents.of(["aaaa", "b", "cc", "d", "eeee"])
    assert [len(part) for part in batches(documents, shares=3)] == [5]
    monkeypatch.setattr("textpipe.run.batching.LEAST_BYTES", 2)
    parts = [part.texts() for part in batches(documents, shares=3)]
    assert parts == [["aaaa"], ["b", "cc", "d"], ["eeee"]]
    assert [len(part) for part in batches(Documents.of([]), shares=3)] == [0]


def test_processes_that_are_there_are_asked_at_once(monkeypatch):
    pipe = tp.Pipeline([WhereItWorks()], n_jobs=2)
    pipe.run(TEXTS)  # they are started
    monkeypatch.setattr("textpipe.run.spreading.PATIENCE", 1000.0)
    assert set(pipe.run(TEXTS).texts()) - {str(os.getpid())}
    monkeypatch.setattr("textpipe.run.workers._asked", {})
    assert set(pipe.run(TEXTS).texts()) == {str(os.getpid())}


def test_a_whole_batch_is_not_copied():
    documents = Documents.of(["a", "b"])
    assert next(batches(documents)) is documents


@pytest.mark.parametrize("n_jobs", [2])
def test_training_and_verdicts_are_the_same_bytes_for_any_number_of_jobs(n_jobs):
    one, many = spam().fit(TEXTS, LABELS), spam(n_jobs=n_jobs).fit(TEXTS, LABELS)
    assert one[3].vocabulary_.equals(many[3].vocabulary_)
    assert one[5].coef_.tobytes() == many[5].coef_.tobytes()
    assert one[6].rows_.data.tobytes() == many[6].rows_.data.tobytes()
    a, b = one.decide(TEXTS), many.decide(TEXTS)
    assert a.scores.tobytes() == b.scores.tobytes()
    assert a.known.tolist() == b.known.tolist()
    assert list(one[:4].run(TEXTS).matrix.features) == list(many[:4].run(TEXTS).matrix.features)


def test_all_columns_come_back_from_other_processes():
    pipe = tp.Pipeline([tp.CleanHtml(), tp.Tokenize(), tp.TagPartsOfSpeech(), tp.Count()])
    pipe.fit(TEXTS)
    one, many = pipe.run(TEXTS), pipe.set_params(n_jobs=2).run(TEXTS)
    assert one.texts() == many.texts()
    assert one.tokens.to_lists() == many.tokens.to_lists()
    assert one.tokens.tags.tolist() == many.tokens.tags.tolist()
    assert (one.matrix.values != many.matrix.values).nnz == 0
    assert one.ids.to_pylist() == many.ids.to_pylist()


def test_everything_is_told_once():
    seen = []
    pipe = tp.Pipeline([tp.CleanHtml(), tp.Tokenize(), tp.Count()], n_jobs=2)
    pipe.fit(TEXTS).run(TEXTS, seen.append)
    assert [sum(w.documents for w in seen if w.position == i) for i in range(3)] == [60] * 3
    assert sum(w.bytes for w in seen if w.position == 0) == sum(map(len, TEXTS))
    assert sum(w.tokens for w in seen if w.position == 1) == len(pipe.run(TEXTS).tokens.codes)
    assert all(w.seconds > 0 for w in seen)


def test_threads_give_results_in_order_and_take_few_values_ahead():
    taken = []

    def values():
        for i in range(20):
            taken.append(i)
            yield i

    found = []
    for value in threaded(lambda i: (time.sleep(0.01 * (i % 3)), i)[1], values(), 2):
        found.append(value)
        assert len(taken) - len(found) <= 4
    assert found == list(range(20))


def test_a_killed_process_costs_nothing_but_time(tmp_path):
    stages = [Deadly(os.getpid(), str(tmp_path / "mark")), tp.Tokenize("words")]
    texts = [*TEXTS, "poison", *TEXTS]
    found = tp.Pipeline(stages, n_jobs=2).run(texts)
    assert (tmp_path / "mark").exists()
    assert found.texts() == texts


def test_few_documents_of_a_slow_stage_are_shared_too():
    script = """
import os, time, textpipe as tp
class Slow(tp.TextStage):
    def of(self, text):
        time.sleep(0.03)
        return f"{text} {os.getpid()}"
given = [f"{'a word ' * 70} {i}" for i in range(200)]  # 100 kB
texts = tp.Pipeline([Slow()], n_jobs=2).run(given).texts()
assert [text.split()[-2] for text in texts] == [str(i) for i in range(200)]
print(len({text.split()[-1] for text in texts}))
"""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    assert int(done.stdout) >= 2, "another process beside the one that asks"


def test_where_others_do_all_the_work_it_is_the_same():
    stages = [Deadly(os.getpid()), tp.Tokenize("words"), tp.Count(), tp.KnnClassifier(k=1)]
    pipe = tp.Pipeline(stages).fit(TEXTS, LABELS)
    here = list(pipe.decisions(Documents.of(TEXTS)))
    aside = []
    documents = Documents.of([*TEXTS[:30], "poison", *TEXTS[30:]])
    there = list(pipe.decisions(documents, set_aside=aside.append, apart=True))
    assert [one.position for one in aside] == [30]
    found = [said for _, decided in there for said in decided.answers().tolist()]
    assert found == [said for _, decided in here for said in decided.answers().tolist()]


def test_a_document_that_kills_is_named(monkeypatch):
    monkeypatch.setattr("textpipe.run.batching.MOST_DOCUMENTS", 2)
    stages = [Deadly(os.getpid()), tp.Tokenize("words")]
    documents = Documents.of([*TEXTS, "poison", *TEXTS], [f"file:{i}" for i in range(121)])
    with pytest.raises(ProcessError, match=r"'file:60' was killed, twice"):
        tp.Pipeline(stages, n_jobs=2).run(documents)
    again = tp.Pipeline(stages, n_jobs=2).run(TEXTS)  # others are not harmed by it
    assert again.texts() == TEXTS


def test_errors_of_another_process_say_where():
    pipe = tp.Pipeline([tp.Tokenize("words"), Clumsy()], n_jobs=2)
    with pytest.raises(ZeroDivisionError) as caught:
        pipe.run([*TEXTS, "666"])
    assert "in stage 2, clumsy" in caught.value.__notes__


def test_warnings_of_another_process_are_heard():
    pipe = tp.Pipeline([tp.Tokenize("words"), Complaining()], n_jobs=2)
    with pytest.warns(TextpipeWarning, match="there is a 42"):
        pipe.run(TEXTS)


@pytest.mark.parametrize("n_jobs", [0, "all", 1.5])
def test_what_is_no_number_of_jobs_is_refused(n_jobs):
    with pytest.raises(DefinitionError, match="n_jobs must be a number of cores"):
        spam(n_jobs=n_jobs).check()


def test_jobs_are_counted_as_scikit_learn_does():
    assert (jobs(None), jobs(1), jobs(3)) == (1, 1, 3)
    assert jobs(-1) >= 1


SCRIPT = """
import sys, time, textpipe as tp, textpipe.run.spreading as spreading, textpipe.run.batching as batching
from textpipe.text_stage import TextStage
spreading.PATIENCE, batching.MOST_DOCUMENTS = 0.0, 1
class Marking(TextStage):
    def __init__(self, folder=""):
        self.folder = folder
    def of(self, text):
        import os
        open(f"{self.folder}/{os.getpid()}", "w").close()
        time.sleep(0.2)
        return text
tp.Pipeline([Marking(sys.argv[1])], n_jobs=2).run(["text"] * 500)
"""


@pytest.mark.skipif(os.name != "posix", reason="killing is asked of POSIX")
def test_no_process_outlives_the_one_that_asked(tmp_path):
    """Without a guard for __main__, with a stage of the script's own, and killed without notice."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    marks = tmp_path / "marks"
    marks.mkdir()
    asked = subprocess.Popen([sys.executable, str(script), str(marks)])  # noqa: S603  # ours
    try:
        started = until(lambda: len(list(marks.iterdir())) == 3, 60)
        assert started, "two processes beside the one that asks"
        workers = [int(mark.name) for mark in marks.iterdir() if int(mark.name) != asked.pid]
        assert len(workers) == 2
    finally:
        asked.kill()
        asked.wait()
    assert until(lambda: not any(map(alive, workers)), 20)


def until(condition, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
    except OSError:
        os.kill(pid, 0)
        return True


def test_numbers_are_the_same_bytes_too():
    pipe = tp.Pipeline([tp.Tokenize(), tp.Word2Vec(dimensions=8, min_count=1, epochs=1)])
    pipe.fit(TEXTS)
    one = pipe.run(TEXTS).matrix.values
    assert np.array_equal(one, pipe.set_params(n_jobs=2).run(TEXTS).matrix.values)


# -- documents that are set aside ----------------------------------------------------------------------


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_document_that_a_stage_fails_at_is_set_aside_and_named(n_jobs):
    texts = [*TEXTS[:30], "666 is a number", *TEXTS[30:], "and 666 again"]
    ids = [f"file:{i}" for i in range(62)]
    labels = [*LABELS[:30], "ham", *LABELS[30:], "spam"]
    stages = [tp.Tokenize("words"), Clumsy(), tp.Count(), tp.KnnClassifier(k=1)]
    pipe, aside = tp.Pipeline(stages, n_jobs=n_jobs), []
    pipe.learn(Documents.of(texts, ids), labels, set_aside=aside.append)
    assert [(one.position, one.id) for one in aside] == [(30, "file:30"), (61, "file:61")]
    assert "ZeroDivisionError" in aside[0].why
    assert "stage 2, clumsy" in aside[0].why
    plain = tp.Pipeline([*stages[:1], stages[2], stages[3]]).fit(TEXTS, LABELS)
    assert pipe.stages[2].vocabulary_.equals(plain.stages[1].vocabulary_)
    told = []
    found = list(pipe.decisions(Documents.of(texts, ids), set_aside=told.append))
    assert told == aside
    assert [name for batch, _ in found for name in batch.ids.to_pylist()] == [
        name for name in ids if name not in ("file:30", "file:61")
    ]
    verdicts = [verdict for _, decided in found for verdict in decided.answers().tolist()]
    assert verdicts == LABELS


def test_a_document_that_kills_is_set_aside_too(monkeypatch):
    monkeypatch.setattr("textpipe.run.batching.MOST_DOCUMENTS", 2)
    stages = [Deadly(os.getpid()), tp.Tokenize("words"), tp.Count(), tp.KnnClassifier(k=1)]
    pipe, aside = tp.Pipeline(stages, n_jobs=2), []
    pipe.learn(Documents.of([*TEXTS[:9], "poison"]), [*LABELS[:9], "ham"], set_aside=aside.append)
    assert [one.position for one in aside] == [9]
    assert "was killed" in aside[0].why


def test_a_stage_that_fails_at_no_documents_says_so():
    class Needy(TextStage):
        def apply(self, documents):
            if not len(documents):
                raise InputError("there must be one")
            return documents

    with pytest.raises(InputError, match="there must be one"):
        Chain([Needy()], forgiving=True)(Documents.of([]))


def test_where_too_many_fail_it_is_an_error():
    pipe = tp.Pipeline([tp.Tokenize("words"), Clumsy(), tp.Count(), tp.KnnClassifier(k=1)])
    with pytest.raises(InputError, match="it is not the documents that are wrong"):
        pipe.learn(Documents.of(["666"] * 200), ["a", "b"] * 100, set_aside=lambda failed: None)
    with pytest.raises(InputError, match="no document is left to learn from"):
        pipe.learn(Documents.of(["666"] * 20), ["a", "b"] * 10, set_aside=lambda failed: None)


@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
def test_whether_too_many_fail_does_not_depend_on_batches(monkeypatch, size):
    monkeypatch.setattr("textpipe.run.batching.MOST_DOCUMENTS", size)
    monkeypatch.setattr("textpipe.run.runner.MOST_FAILED", 10)
    pipe = tp.Pipeline([tp.Tokenize("words"), Clumsy(), tp.Count()])
    late = [
        *["fine"] * 120,
        *["666"] * 12,
    ]  # 12 of 132 is fewer than one in ten of the first 132 ...
    aside = []
    pipe.learn(Documents.of([*late, "fine"]), set_aside=aside.append)
    assert len(aside) == 12
    early = [*["666"] * 11, *["fine"] * 500]  # ... and 11 of the first 11 is more
    with pytest.raises(InputError, match="11 of the first 11 documents"):
        pipe.learn(Documents.of(early), set_aside=lambda failed: None)


class AwkwardError(Exception):
    """Cannot be sent to another process."""

    def __init__(self, line, why):
        super().__init__(f"line {line}: {why}")


class Odd(TextStage):
    def of(self, text):
        if text == "odd":
            raise AwkwardError(3, "no bracket")
        return text


def test_an_error_that_cannot_travel_is_told_all_the_same():
    with pytest.raises(RuntimeError, match="AwkwardError: line 3: no bracket"):
        tp.Pipeline([Odd(), tp.Tokenize()], n_jobs=2).run([*TEXTS, "odd"])


def test_positions_are_those_of_what_was_given():
    texts = [*TEXTS[:5], "666 once", *TEXTS[5:9], "777 twice"]
    aside = []
    stages = [tp.Tokenize("words"), Clumsy(), tp.Phrases(min_count=1), Clumsier(), tp.Count()]
    pipe = tp.Pipeline([*stages, tp.KnnClassifier(k=1)])
    pipe.learn(Documents.of(texts), ["a", "b"] * 5 + ["a"], set_aside=aside.append)
    assert [one.position for one in aside] == [5, 10]
