"""Killed at any moment and run again, a command writes the same bytes, and does only what is left."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import textpipe as tp
from textpipe.cli.parts import made_by

SLOW = """
import sys, time
import textpipe.stage, textpipe.cli, textpipe.run.batching as batching
from textpipe.normalize.lowercase import Lowercase
batching.MOST_DOCUMENTS = 10
real, log = Lowercase.work, sys.argv[1]
def slow(self, tokens):
    with open(log, "a") as file:
        file.write("x" * len(tokens) + "\\n")
    time.sleep(0.05)
    return real(self, tokens)
Lowercase.work = slow
sys.argv = ["textpipe", *sys.argv[2:]]
textpipe.cli.main()
"""


def command(tmp_path: Path, name: str, *arguments: str) -> list[str]:
    script = tmp_path / "slow.py"
    script.write_text(SLOW)
    return [sys.executable, str(script), str(tmp_path / name), *arguments, "--n-jobs", "1"]


def worked_on(tmp_path: Path, name: str) -> int:
    path = tmp_path / name
    return path.read_text().count("x") if path.exists() else 0


@pytest.fixture
def messages(tmp_path):
    path = tmp_path / "messages.tsv"
    names = [f"{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(200)]
    rows = [
        f"{'spam' if i % 2 else 'ham'}\t{'win' if i % 2 else 'lunch'} {n}"
        for i, n in enumerate(names)
    ]
    path.write_text("label\ttext\n" + "\n".join(rows) + "\n")
    return path


def killed_after(arguments: list[str], seen: Path, lines: int) -> None:
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        if seen.exists() and seen.read_text().count("\n") >= lines:
            process.send_signal(signal.SIGKILL)
            break
        time.sleep(0.005)
    _, said = process.communicate()
    assert process.returncode == -signal.SIGKILL, said


def done(arguments: list[str]) -> str:
    result = subprocess.run(arguments, capture_output=True, text=True, check=False)  # noqa: S603
    assert result.returncode == 0, result.stderr
    return result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_predict_that_is_killed_goes_on_where_it_was(home, messages, tmp_path):
    model = tmp_path / "m.tpipe"
    corpus = tp.read(messages)
    tp.save(tp.from_toml(home / "spam.toml").pipeline.fit(corpus.documents, corpus.labels), model)
    out, other = tmp_path / "out.txt", tmp_path / "other.txt"
    whole = ["predict", str(model), str(messages), "--json", "--out"]
    for kill in (2, 3):
        seen = worked_on(tmp_path, "log") // 10
        killed_after(command(tmp_path, "log", *whole, str(out)), tmp_path / "log", seen + kill)
        assert not out.exists()
        assert (tmp_path / "out.txt.parts").is_dir()
    before = worked_on(tmp_path, "log")
    said = done(command(tmp_path, "log", *whole, str(out)))
    done(command(tmp_path, "once", *whole, str(other)))
    assert out.read_bytes() == other.read_bytes()
    assert worked_on(tmp_path, "once") == 200
    again = worked_on(tmp_path, "log") - before
    assert 0 < again < 200
    assert f"{200 - again} documents were done by an earlier run" in said
    assert not (tmp_path / "out.txt.parts").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_fit_that_is_killed_goes_on_where_it_was(home, messages, tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTPIPE_CACHE", str(tmp_path / "cache"))
    fit = ["fit", str(home / "spam.toml"), "--data", str(messages), "--out"]
    killed_after(command(tmp_path, "log", *fit, str(tmp_path / "a")), tmp_path / "log", 5)
    assert not (tmp_path / "a").exists()
    before = worked_on(tmp_path, "log")
    done(command(tmp_path, "log", *fit, str(tmp_path / "a")))
    assert 0 < worked_on(tmp_path, "log") - before < 200
    done([*command(tmp_path, "once", *fit, str(tmp_path / "b")), "--no-cache"])
    assert worked_on(tmp_path, "once") == 200 + 1  # and one text to try the stages on
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == sorted(path.name for path in (tmp_path / "b").iterdir())
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_other_models_and_options_have_parts_of_their_own(textpipe, home, messages, tmp_path):
    corpus = tp.read(messages)
    pipe = tp.from_toml(home / "spam.toml").pipeline.fit(corpus.documents, corpus.labels)
    one = made_by(pipe, True)
    assert one == made_by(pipe, True)
    assert one != made_by(pipe, False)
    other = tp.from_toml(home / "spam.toml").pipeline.fit(
        corpus.documents[:100], corpus.labels[:100]
    )
    assert one != made_by(other, True)


def test_the_cache_can_be_seen_and_cleared(textpipe, home, messages, tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTPIPE_CACHE", str(tmp_path / "cache"))
    assert "0 results" in textpipe("cache").ok().out
    textpipe("fit", home / "spam.toml", "--data", messages, "--out", tmp_path / "m")
    assert "1 result, " in textpipe("cache").ok().out
    profiled = textpipe(
        "fit", home / "spam.toml", "--data", messages, "--out", tmp_path / "m2", "--profile"
    )
    assert "from cache" in profiled.err
    assert "1 result removed" in textpipe("cache", "--clear").ok().out
    assert "0 results" in textpipe("cache").ok().out
    textpipe("fit", home / "spam.toml", "--data", messages, "--out", tmp_path / "m3", "--no-cache")
    assert "0 results" in textpipe("cache").ok().out


@pytest.mark.parametrize("ending", ["json", "svg", "png"])
def test_a_profile_can_be_written(textpipe, home, messages, tmp_path, ending):
    file = tmp_path / f"profile.{ending}"
    textpipe("evaluate", home / "spam.toml", "--data", messages, "--profile-file", file)
    content = file.read_bytes()
    beginnings = {"json": b'{\n  "stages": [', "svg": b"<?xml", "png": b"\x89PNG"}
    assert content.startswith(beginnings[ending])
    assert ending == "png" or b"lowercase" in content


def test_a_profile_of_another_kind_is_refused_before_any_work(textpipe, home, messages, tmp_path):
    result = textpipe(
        "fit",
        home / "spam.toml",
        "--data",
        messages,
        "--out",
        tmp_path / "m",
        "--profile-file",
        "p.txt",
    )
    assert "must end in .json, .svg or .png" in result.refused()
    assert not (tmp_path / "m").exists()
