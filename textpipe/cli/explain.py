"""``textpipe explain``: why does a model say what it says?"""

from __future__ import annotations

from typing import Annotated

import typer

from textpipe.cli import reading
from textpipe.cli.terminal import out
from textpipe.printable import json_text


def explain(
    model: reading.ModelPath,
    file: reading.OneFile = None,
    text: reading.OneText = None,
    as_json: Annotated[bool, typer.Option("--json", help="All of it as JSON.")] = False,
    encoding: reading.Encoding = None,
) -> None:
    """Why? The neighbours of a text, how similar they are, and the words that make them so.

    \b
    textpipe explain spam.tpipe --text "You have won a prize"
    textpipe explain spam.tpipe letter.eml --json
    """
    from textpipe.explanation import explain as reasons
    from textpipe.explanation.show import show_explanation

    pipeline = reading.deciding(model)
    explanation = reasons(pipeline, reading.one_document(text, file, encoding))
    if as_json:
        typer.echo(json_text(explanation.as_json(), indent=1))
    else:
        out().print(show_explanation(explanation))
