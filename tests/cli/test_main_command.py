import os
import re
import signal
import subprocess
import sys
import typing

import pytest
import typer
from typer.testing import CliRunner

import textpipe as package
from textpipe.cli import app
from textpipe.cli.reading import DataFormat
from textpipe.cli.terminal import Commands
from textpipe.errors import InputError, TextpipeWarning

HEAVY = (
    "numpy",
    "sklearn",
    "pyarrow",
    "spacy",
    "nltk",
    "gensim",
    "scipy",
    "jinja2",
    "rich.progress",
)


def run_python(*arguments, **options):
    return subprocess.run(  # noqa: S603  # our own command
        [sys.executable, *arguments], capture_output=True, timeout=120, check=False, **options
    )


def test_help_imports_nothing_heavy():
    code = (
        "import sys; sys.argv = ['textpipe', '--help']\n"
        "from textpipe.cli import main\n"
        "try: main()\n"
        f"finally: print('LOADED', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    result = run_python("-c", code)
    assert b"LOADED []" in result.stdout
    assert b"predict" in result.stdout


def test_every_command_explains_itself_with_an_example(textpipe):
    commands = [info.callback.__name__.replace("_", "-") for info in app.registered_commands]
    assert len(commands) == 24
    for command in commands:
        out = textpipe(command, "--help").ok().out
        assert f"textpipe {command} " in out.split("Usage:")[1].split("\n", 1)[1], command
        assert "\x08" not in out


def test_the_version_is_shown(textpipe):
    assert textpipe("--version").ok().out == f"textpipe {package.__version__}\n"


def test_unknown_commands_and_options_are_refused(textpipe):
    assert "foo" in textpipe("foo").refused()
    assert "--foo" in textpipe("check", "x.toml", "--foo").refused()


def test_the_formats_are_those_of_the_readers():
    from textpipe.sources import FORMATS

    assert set(typing.get_args(DataFormat)) == set(FORMATS)


def command_that(raises):
    made = typer.Typer(cls=Commands, pretty_exceptions_enable=False)
    made.callback()(lambda: None)

    @made.command()
    def go():
        raises()

    return CliRunner().invoke(made, ["go"])


def fail(error):
    def raises():
        raise error

    return raises


def test_our_errors_are_one_message_and_exit_code_2():
    result = command_that(fail(InputError("no [red]labels[/] \x1b[2J")))
    assert result.exit_code == 2
    assert result.stderr == "error: no [red]labels[/] ␛[2J\n"


def test_errors_of_files_are_one_message_too():
    result = command_that(lambda: open("/nowhere/x", "w"))  # noqa: PTH123, SIM115
    assert result.exit_code == 2
    assert result.stderr == "error: /nowhere/x: No such file or directory\n"


def test_other_errors_are_not_hidden():
    result = command_that(fail(KeyError("oops")))
    assert result.exit_code == 1
    assert isinstance(result.exception, KeyError)


def test_a_user_who_stops_it_gets_130():
    assert command_that(fail(KeyboardInterrupt())).exit_code == 130


@pytest.mark.filterwarnings("always::textpipe.errors.TextpipeWarning")
def test_our_warnings_are_sentences():
    import warnings

    result = command_that(lambda: warnings.warn("odd [b]", TextpipeWarning, stacklevel=1))
    assert result.exit_code == 0
    assert result.stderr == "warning: odd [b]\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_who_is_told_to_end_ends_without_a_traceback(model, number, code):
    command = [sys.executable, "-m", "textpipe", "predict", str(model), "-"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as process:  # noqa: S603  # our own command
        process.stdin.write(b"prize\n" * 600)
        process.stdin.flush()
        process.stdout.readline()  # the first batch is out: it is at work
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert err == b"stopped\n"


def test_output_is_utf_8_whatever_the_system_says(model):
    table = "prize Grüße 🎾\n".encode()
    command = ["-m", "textpipe", "explain", str(model), "-"]
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    result = run_python(*command, input=table, env=environment)
    assert result.returncode == 0, result.stderr
    assert "Grüße 🎾" in result.stdout.decode("utf-8")


def test_no_colours_where_output_is_piped(model):
    result = run_python("-m", "textpipe", "info", str(model))
    assert not re.search(rb"\x1b", result.stdout)
