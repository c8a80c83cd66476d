import io

from rich.console import Console

from textpipe import Lowercase, Tokenize
from textpipe.cli import progress as module
from textpipe.cli.progress import Bar, progress
from textpipe.run import Work


def test_nothing_is_shown_where_standard_error_is_no_terminal(capsys):
    with progress() as bar:
        bar("reading", 1, 2)
        bar.reading(3)
    assert capsys.readouterr().err == ""


def terminal_with(monkeypatch, patience):
    screen = io.StringIO()
    monkeypatch.setattr(module, "PATIENCE", patience)
    monkeypatch.setattr(
        module, "err", lambda: Console(file=screen, force_terminal=True, width=100, _environ={})
    )
    return screen


def test_what_is_done_at_once_shows_no_bar(monkeypatch):
    screen = terminal_with(monkeypatch, 60)
    with progress() as bar:
        bar("reading", 1, 2)
    assert "reading" not in screen.getvalue()


def test_what_takes_long_shows_how_far_it_is(monkeypatch):
    screen = terminal_with(monkeypatch, 0)
    with progress() as bar:
        for thread in __import__("threading").enumerate():
            if type(thread).__name__ == "Timer":
                thread.join()
        bar("reading [red]", 1_000, 0)
        bar("folds", 2, 5)
        bar._progress.refresh()
    assert "2 / 5" in screen.getvalue()


def test_training_is_one_bar_over_all_stages():
    told = []

    class Listening(Bar):
        def __call__(self, what, done, total):
            told.append((what, done, total))

    stages = [Tokenize("words"), Lowercase()]
    observe = Listening(None).training(10, stages)
    observe(Work(0, 5, 0.1))
    observe(Work(0, 5, 0.1))
    assert told == [
        ("training tokenize", 0, 10),
        ("training tokenize", 5, 10),
        ("training lowercase", 10, 10),
    ]
