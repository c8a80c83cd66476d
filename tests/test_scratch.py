"""Folders go when they are not used any more, also those of processes that were killed."""

import os
import signal
import subprocess
import sys
import tempfile
import time

import pytest

from textpipe.scratch import LOCK, PREFIX, scratch_folder

pytestmark = pytest.mark.skipif(os.name == "nt", reason="nobody can tell there what is in use")


@pytest.fixture(autouse=True)
def _temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_a_folder_goes_with_what_is_in_it(tmp_path):
    with scratch_folder() as folder:
        (folder / "a").write_text("text")
        assert [path.parent for path in tmp_path.rglob("a")] == [folder]
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_has_left_goes_with_the_next_one(tmp_path):
    script = """
import sys
from textpipe.scratch import scratch_folder
with scratch_folder() as folder:
    (folder / "large").write_text("text")
    print("ready", flush=True)
    sys.stdin.read()
"""
    command = [sys.executable, "-c", script]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe) as process:  # noqa: S603
        assert process.stdout.readline() == b"ready\n"
        (lock,) = tmp_path.glob(f"{PREFIX}*/{LOCK}")
        os.utime(lock, (0, 0))  # it is old, and in use
        with scratch_folder():
            assert (lock.parent / "work" / "large").exists()
        process.send_signal(signal.SIGKILL)
    with scratch_folder():
        assert not lock.parent.exists()


def test_a_new_folder_and_others_of_that_name_are_left_alone(tmp_path):
    mine, new = tmp_path / f"{PREFIX}mine", tmp_path / f"{PREFIX}new"
    for path in (mine, new):
        path.mkdir()
    (mine / "thesis.txt").write_text("...")
    (new / LOCK).write_text("")
    os.utime(new / LOCK, 2 * (time.time() + 100,))  # about to be taken
    with scratch_folder():
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == [mine.name, new.name]


def test_a_pipe_of_somebody_s_makes_nobody_wait(tmp_path):
    (tmp_path / f"{PREFIX}pipe").mkdir()
    os.mkfifo(tmp_path / f"{PREFIX}pipe" / LOCK)
    with scratch_folder() as folder:
        assert folder.is_dir()
