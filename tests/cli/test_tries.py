"""A document that kills its process is found in the end, wherever it stands."""

import signal
import subprocess
import sys

import pytest

from textpipe.cli.tries import OFTEN, Tries

SCRIPT = """
import os, signal, sys
from pathlib import Path
import textpipe as tp
from textpipe.cli.parts import Parts
from textpipe.documents import Documents

class Deadly(tp.TextStage):
    def of(self, text):
        if "poison" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        return text

texts = [f"{'win' if i % 2 else 'lunch'} {i}" for i in range(30)]
stages = [Deadly(), tp.Tokenize("words"), tp.Count(), tp.KnnClassifier(k=1)]
pipe = tp.Pipeline(stages).fit(texts, ["ham", "spam"] * 15)
texts[3] = "poison"
parts, failed = Parts(Path(sys.argv[1]), "made-by"), []
batches = [Documents.of(texts[at : at + 5], [str(i) for i in range(at, at + 5)]) for at in range(0, 30, 5)]

def decide(given):
    return pipe.decisions(given, set_aside=failed.append, apart=parts.tries.is_deadly)

def written(batch, decisions):
    return "".join(f"{name} {said}\\n" for name, said in zip(batch.ids.to_pylist(), decisions.answers()))

print("".join(parts.lines(batches, decide, written, failed)), end="")
print([one.id for one in failed], "was killed" in failed[0].why)
parts.remove()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_part_at_which_runs_are_killed_again_and_again_is_done_elsewhere(tmp_path):
    script, folder = tmp_path / "script.py", tmp_path / "parts"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), str(folder)]
    for _ in range(OFTEN):
        killed = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        assert killed.returncode == -signal.SIGKILL, killed.stderr
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    *lines, failed = done.stdout.splitlines()
    expected = [f"{i} {'spam' if i % 2 else 'ham'}" for i in range(30) if i != 3]
    assert lines == expected
    assert failed == "['3'] True"
    assert not folder.exists()


def test_what_was_done_or_stopped_does_not_count(tmp_path):
    path = tmp_path / "deep" / "tries"
    for end in (lambda tries: tries.end("a"), lambda tries: tries.stop()):
        for _ in range(OFTEN + 1):
            tries = Tries(path)
            tries.begin("a")
            end(tries)
            assert not path.exists()
    Tries(path).begin("a")
    Tries(path).begin("b")  # another part each time is an accident
    assert not Tries(path).is_deadly
    Tries(path).begin("a")
    assert Tries(path).is_deadly
    Tries(path).end("a")
    assert not Tries(path).is_deadly


@pytest.mark.parametrize("content", ["", "{", '{"a": 2', "[1]", '{"a": "x"}', '{"a": null}'])
def test_a_file_that_is_not_whole_says_nothing(tmp_path, content):
    path = tmp_path / "tries"
    path.write_text(content)
    assert not Tries(path).is_deadly
