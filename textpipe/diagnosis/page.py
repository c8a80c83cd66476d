"""A diagnosis as one self-contained page: no script, nothing loaded from anywhere."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from textpipe.definition import Definition, to_toml
from textpipe.diagnosis.findings import Diagnosis
from textpipe.diagnosis.pictures import pictures
from textpipe.diagnosis.show import scope
from textpipe.pipeline import Pipeline
from textpipe.printable import one_line, printable
from textpipe.whole_file import whole_file

if TYPE_CHECKING:
    from jinja2 import Environment

MOST = 20
"""So many of each list are shown."""


def write_page(
    found: Diagnosis,
    path: str | Path,
    *,
    definition: Definition | Pipeline | None = None,
    summary: str = "",
) -> Path:
    """Write the diagnosis as one HTML file, whole or not at all.

    ``definition`` is shown as TOML, and gives the page its name; ``summary`` is an account of the data,
    such as ``Corpus.summary()``. Texts of documents are shown as text, whatever they hold. Raises OSError
    where the file cannot be written.
    """
    path = Path(path)
    with whole_file(path) as file:
        file.write(as_html(found, definition=definition, summary=summary))
    return path


def as_html(
    found: Diagnosis, *, definition: Definition | Pipeline | None = None, summary: str = ""
) -> str:
    """The page as a text."""
    from markupsafe import Markup

    named = definition if isinstance(definition, Definition) else None
    drawn = [
        {"title": picture.title, "caption": picture.caption, "svg": Markup(picture.svg)}  # noqa: S704  # numbers only
        for picture in pictures(found)
    ]
    return (
        _environment()
        .from_string(files("textpipe.diagnosis").joinpath("page.html.j2").read_text("utf-8"))
        .render(
            name=named.name if named else "Diagnosis",
            found=found,
            scope=scope(found),
            pictures=drawn,
            most=MOST,
            toml=to_toml(definition) if definition is not None else "",
            summary=summary.strip(),
        )
    )


def _environment() -> Environment:
    """Every value is escaped; control and invisible characters are written out before."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: printable(value) if type(value) is str else value,
    )
    environment.filters["one_line"] = one_line
    return environment
