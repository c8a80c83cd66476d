"""``textpipe explain``: why does a model say what it says?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from textpipe.cli import correcting, reading
from textpipe.cli.terminal import out, say
from textpipe.printable import json_text
from textpipe.whole_file import whole_file


def explain(
    model: reading.ModelPath,
    file: reading.OneFile = None,
    text: reading.OneText = None,
    as_json: Annotated[bool, typer.Option("--json", help="All of it as JSON.")] = False,
    html: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write it as a page as well, which loads nothing and runs nothing.",
        ),
    ] = None,
    tries: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=0,
            help="How many texts with words taken out may be decided, to find what would change the "
            "verdict. 0: none.",
        ),
    ] = 2000,
    format: reading.OneFormat = None,  # noqa: A002  # the option's name
    encoding: reading.Encoding = None,
    journal: correcting.JournalPath = None,
    without_corrections: correcting.WithoutCorrections = False,
) -> None:
    """Why? The neighbours of a text, the words that make them so, and what would change the verdict.

    \b
    textpipe explain spam.tpipe --text "You have won a prize"
    textpipe explain spam.tpipe letter.eml --html letter.html
    textpipe explain spam.tpipe - --format mail --json < letter
    """
    from textpipe.explanation import explain as reasons
    from textpipe.explanation.show import show_explanation

    pipeline = correcting.deciding(model, journal, without_corrections)
    explanation = reasons(pipeline, reading.one_document(text, file, format, encoding), tries)
    if html is not None:
        is_new = not html.parent.exists()
        with whole_file(html) as page:
            page.write(explanation.as_html())
        say(f"{html}: the same as a page{', in a new folder' if is_new else ''}")
    if as_json:
        typer.echo(json_text(explanation.as_json(), indent=1))
    else:
        out().print(show_explanation(explanation))
