from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from textpipe.cli import app

SPAM = """\
name = "spam"

[[stages]]
use = "tokenize"
engine = "words"

[[stages]]
use = "lowercase"

[[stages]]
use = "tf_idf"

[[stages]]
use = "knn_classifier"
k = 3
"""

MESSAGES = """\
label,text
spam,"Win a prize, win money now"
spam,Claim your free prize money
spam,Free money if you claim now
spam,You win a free prize
ham,See you at lunch tomorrow
ham,Lunch tomorrow at noon with Ann
ham,Ann is late for dinner
ham,Dinner tomorrow with the team
"""


class Result:
    """What a command wrote, and how it ended."""

    def __init__(self, result: Any) -> None:
        self.code: int = result.exit_code
        self.out: str = result.stdout
        self.err: str = result.stderr
        self.exception = result.exception

    def ok(self) -> Result:
        assert self.code == 0, (self.out, self.err, self.exception)
        return self

    def refused(self) -> str:
        """The one message on standard error of a command that ended with exit code 2."""
        assert self.code == 2, (self.out, self.err, self.exception)
        assert "Traceback" not in self.err
        return self.err


@pytest.fixture(scope="session")
def textpipe() -> Callable[..., Result]:
    """Runs the command line on arguments."""

    def command(*arguments: object, stdin: str | bytes | None = None) -> Result:
        return Result(CliRunner().invoke(app, [str(a) for a in arguments], input=stdin))

    return command


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a definition (spam.toml) and its data (messages.csv). Nothing is to be changed in it."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "spam.toml").write_text(SPAM, encoding="utf-8")
    (folder / "messages.csv").write_text(MESSAGES, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def model(home: Path, textpipe: Callable[..., Result]) -> Path:
    """A model trained by spam.toml."""
    path = home / "spam.tpipe"
    textpipe("fit", home / "spam.toml", "--data", home / "messages.csv", "--out", path).ok()
    return path
