"""``textpipe explain``: why does a model say what it says?"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated

import typer

from textpipe.cli import reading
from textpipe.cli.terminal import out
from textpipe.printable import json_text

if TYPE_CHECKING:
    from textpipe.explanation import Explanation


def explain(
    model: reading.ModelPath,
    file: reading.OneFile = None,
    text: reading.OneText = None,
    as_json: Annotated[bool, typer.Option("--json", help="All of it as JSON.")] = False,
    format: reading.OneFormat = None,  # noqa: A002  # the option's name
    encoding: reading.Encoding = None,
) -> None:
    """Why? The neighbours of a text, how similar they are, and the words that make them so.

    \b
    textpipe explain spam.tpipe --text "You have won a prize"
    textpipe explain spam.tpipe letter.eml --json
    textpipe explain spam.tpipe - --format mail < letter
    """
    from textpipe.explanation import explain as reasons
    from textpipe.explanation.show import show_explanation

    pipeline = reading.deciding(model)
    explanation = reasons(pipeline, reading.one_document(text, file, format, encoding))
    if as_json:
        typer.echo(json_text(explanation.as_json(), indent=1))
    else:
        out().print(show_explanation(rounded(explanation)))


def rounded(explanation: Explanation) -> Explanation:
    """The same with the numbers of a regression as a person reads them: four significant digits."""
    neighbours = [
        dataclasses.replace(neighbour, label=_short(neighbour.label))
        for neighbour in explanation.neighbours
    ]
    return dataclasses.replace(
        explanation, verdict=_short(explanation.verdict), neighbours=neighbours
    )


def _short(value: str | float) -> str:
    """The value as text.

    >>> _short(3.3333333333333335), _short(12345.6), _short("ham")
    ('3.333', '1.235e+04', 'ham')
    """
    return value if isinstance(value, str) else f"{value:.4g}"
