"""``--n-jobs``, ``--cache`` and ``--profile``: who works, what need not be done again, where time goes."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from textpipe.cli.terminal import err, say
from textpipe.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from textpipe.pipeline import Pipeline
    from textpipe.run import Spent

RUNNING = "How it runs"


def _some_cores(n_jobs: int) -> int:
    if n_jobs == 0:
        raise InputError("--n-jobs must be a number of cores, -1 for all of them, and 0 was given")
    return n_jobs


NJobs = Annotated[
    int,
    typer.Option(
        "--n-jobs",
        metavar="N",
        help="Cores to use; -1: all of them. What comes out is the same.",
        rich_help_panel=RUNNING,
        callback=_some_cores,
    ),
]
ShowProfile = Annotated[
    bool,
    typer.Option(
        "--profile", help="Say where the time went, stage by stage.", rich_help_panel=RUNNING
    ),
]
ProfileFile = Annotated[
    Path | None,
    typer.Option(
        "--profile-file",
        metavar="FILE",
        help="Write it: figures (.json) or a picture (.svg, .png).",
        rich_help_panel=RUNNING,
    ),
]

CacheFolder = Annotated[
    Path | None,
    typer.Option(
        "--cache",
        metavar="FOLDER",
        envvar="TEXTPIPE_CACHE",
        help="Where results of stages are kept from run to run. See textpipe cache.",
        rich_help_panel=RUNNING,
    ),
]
NoCache = Annotated[
    bool,
    typer.Option("--no-cache", help="Keep nothing, and use nothing kept.", rich_help_panel=RUNNING),
]

WRITTEN = (".json", ".svg", ".png")


def cache_folder(folder: Path | None, no_cache: bool = False) -> str | None:
    """The folder that was named, else the user's own for caches; None if there is to be none."""
    if no_cache:
        return None
    if folder is not None:
        return str(folder)
    import platformdirs

    return str(platformdirs.user_cache_path("textpipe", appauthor=False))


def run_by(pipeline: Pipeline, n_jobs: int, folder: Path | None, no_cache: bool) -> None:
    """Tell a pipeline how to run. Raises InputError for a named folder that can hold no results."""
    if folder is not None and not no_cache:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"--cache {folder}: is no folder to keep results in: {error.strerror}"
            ) from error
    pipeline.set_params(n_jobs=n_jobs, memory=cache_folder(folder, no_cache))


def check_profile_file(path: Path | None) -> None:
    """Raise InputError for a file that no profile can be written to, before any work is done."""
    if path is not None and path.suffix.lower() not in WRITTEN:
        raise InputError(
            f"--profile-file {path}: the name must end in {', '.join(WRITTEN[:-1])} or {WRITTEN[-1]}"
        )


def profile_table(stages: Sequence[Spent]) -> RenderableType:
    """Seconds, speed and counts of each stage, with a bar."""
    from textpipe.cli.show_report import table

    cached = any(stage.cached for stage in stages)
    shown = table(
        *("stage", ">seconds", ">learning", ">documents", ">MB/s", ">tokens", ">distinct"),
        *([">from cache"] if cached else []),
        "",
    )
    most = max((stage.seconds for stage in stages), default=0.0) or 1.0
    for stage in stages:
        speed = stage.megabytes_per_second
        shown.add_row(
            Text(stage.name),
            f"{stage.seconds:.2f}",
            f"{stage.learning:.2f}" if stage.learning else "",
            f"{stage.documents:,}" if stage.documents else "",
            "" if speed is None else f"{speed:,.1f}" if speed < 1000 else f"{speed:,.0f}",
            f"{stage.tokens:,}" if stage.tokens else "",
            f"{stage.forms:,}" if stage.forms else "",
            *([f"{stage.cached:,}" if stage.cached else ""] if cached else []),
            Text("█" * round(30 * stage.seconds / most), "cyan"),
        )
    return shown


def tell_profile(stages: Sequence[Spent], shown: bool, path: Path | None) -> None:
    """Show the profile on standard error and write it, where asked for."""
    if shown:
        err().print(profile_table(stages))
    if path is not None:
        write_profile(stages, path)
        say(str(path))


def write_profile(stages: Sequence[Spent], path: Path) -> None:
    """Write figures or a picture, by the file's name."""
    if path.suffix.lower() == ".json":
        figures = {"stages": [stage.as_json() for stage in stages]}
        path.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    else:
        path.write_bytes(picture(stages, path.suffix.lower()[1:]))


def picture(stages: Sequence[Spent], kind: str) -> bytes:
    """A bar for each stage: seconds that it learned, and seconds that it worked."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    names = [stage.name for stage in stages]
    learning = [stage.learning for stage in stages]
    working = [stage.working for stage in stages]
    style: Any = {"svg.hashsalt": "textpipe", "font.size": 9, "axes.spines.top": False}
    with rc_context(style | {"axes.spines.right": False}):
        figure = Figure(figsize=(7, 1 + 0.32 * len(stages)), layout="constrained")
        axes = figure.subplots()
        positions = range(len(stages))
        axes.barh(positions, working, label="working on documents", color="#2f7fb5")
        axes.barh(positions, learning, left=working, label="learning", color="#e0953a")
        for at, stage in enumerate(stages):
            speed = stage.megabytes_per_second
            said = f" {stage.seconds:.2f} s" + ("" if speed is None else f", {speed:,.1f} MB/s")
            axes.text(stage.seconds, at, said, va="center", fontsize=8)
        axes.set_yticks(positions, names)
        axes.invert_yaxis()
        axes.set_xlabel("seconds")
        axes.margins(x=0.25)
        axes.legend(frameon=False, loc="lower right")
        drawn = io.BytesIO()
        figure.savefig(
            drawn, format=kind, dpi=150, metadata={"Date": None} if kind == "svg" else None
        )
    return drawn.getvalue()
