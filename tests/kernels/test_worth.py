"""Compiled loops are asked for where they are worth it, and nobody waits for a compiler for little work."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

import textpipe
from textpipe.kernels import worth as deciding
from textpipe.kernels.worth import worth

NONE_ASKED = "from textpipe.kernels.worth import compiled_before, kept_in, worth\n"


def run(script, folder, **settings):
    """What a script prints, run by another Python, with no cache but those that are named."""
    kept = {k: v for k, v in os.environ.items() if k not in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME")}
    environment = kept | settings | {"PYTHONPATH": str(folder)}
    done = subprocess.run(  # noqa: S603  # our own script
        [sys.executable, "-c", NONE_ASKED + script],
        env=environment,
        capture_output=True,
        text=True,
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


ASK = "import sys; print(compiled_before('strings.refill'), kept_in(), 'numba' in sys.modules)"
COMPILE = """
import numpy as np
from textpipe.kernels.strings import refill
refill(1, 0, np.full(4, -1, np.int32), np.zeros(1, np.uint64))
print(worth(0.0, 'strings.refill'))
"""


def here():
    return pathlib.Path(textpipe.__file__).parent.parent


def test_machine_code_is_found_in_the_folder_that_the_user_of_numba_names(tmp_path):
    settings = {"NUMBA_CACHE_DIR": str(tmp_path)}
    assert run(ASK, here(), **settings)[::2] == ["False", "False"]
    assert run(COMPILE, here(), **settings) == ["True"]
    found, folder, numba = run(ASK, here(), **settings)
    assert (found, numba) == ("True", "False")
    assert pathlib.Path(folder).parent == tmp_path


def test_machine_code_is_found_in_the_users_cache_where_the_package_cannot_be_written_to(tmp_path):
    package = tmp_path / "installed"
    without = shutil.ignore_patterns("__pycache__")
    shutil.copytree(here() / "textpipe", package / "textpipe", ignore=without)
    (package / "textpipe" / "kernels" / "__pycache__").touch()  # no folder, not even for root
    home = tmp_path / "home"
    home.mkdir()
    settings = {"HOME": str(home), "LOCALAPPDATA": str(home)}
    assert run(ASK, package, **settings)[0] == "False"
    assert run(COMPILE, package, **settings) == ["True"]
    found, folder, numba = run(ASK, package, **settings)
    assert (found, numba) == ("True", "False")
    assert home in pathlib.Path(folder).parents


def test_a_little_text_is_worked_on_without_numba_on_a_fresh_machine(tmp_path):
    script = """
import sys
from textpipe import CleanHtml, Count, Pipeline, Tokenize
text = '<p>one <b>word</b> and another, ' * 10
pipe = Pipeline([CleanHtml(), Tokenize('words'), Count()])
print(pipe.fit_transform([text] * 300).sum(), 'numba' in sys.modules)
"""
    assert run(script, here(), NUMBA_CACHE_DIR=str(tmp_path)) == ["12000.0", "False"]


@pytest.fixture
def nothing_spent(monkeypatch):
    monkeypatch.setattr(deciding, "_spent", {})
    monkeypatch.setattr(deciding, "_cost", {})


def test_who_comes_with_little_work_many_times_gets_the_loop(nothing_spent):
    asked = 0
    while not worth(0.1, "strings.not_compiled"):
        asked += 1
    least = (deciding.FIRST + deciding.NEXT) / deciding.USES
    assert 0.1 * asked <= least + deciding.IMPORTING + 0.1
    assert 0.1 * asked >= least - 0.1


def test_a_loop_that_was_called_is_always_worth_it(nothing_spent):
    import numpy as np

    from textpipe.kernels.strings import refill

    refill(1, 0, np.full(4, -1, np.int32), np.zeros(1, np.uint64))
    assert worth(0.0, "strings.refill")
    assert not worth(0.0, "strings.refill", "strings.not_compiled")


def test_large_loops_are_those_that_exist():
    import importlib

    for name in deciding.LARGE:
        module, _, loop = name.partition(".")
        assert hasattr(importlib.import_module(f"textpipe.kernels.{module}"), loop)
