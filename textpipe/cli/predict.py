"""``textpipe predict``: what are these documents?"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textpipe.cli import correcting, profiling, reading
from textpipe.cli.progress import progress
from textpipe.cli.taken import Taken, batches
from textpipe.printable import json_text, one_line
from textpipe.whole_file import whole_file

if TYPE_CHECKING:
    from textpipe.documents import Decisions


def predict(
    model: reading.ModelPath,
    documents: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="D",
            help="Files or folders; - or nothing: standard input, a document each line.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="JSON lines instead of ID, VERDICT, SCORE.")
    ] = False,
    to: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write to a file instead.")
    ] = None,
    format: reading.Format = None,  # noqa: A002  # the option's name
    text_column: reading.TextColumn = None,
    id_column: reading.IdColumn = None,
    encoding: reading.Encoding = None,
    journal: correcting.JournalPath = None,
    without_corrections: correcting.WithoutCorrections = False,
    n_jobs: profiling.NJobs = -1,
    profile: profiling.ShowProfile = False,
    profile_file: profiling.ProfileFile = None,
) -> None:
    """What are these documents? One line for each, in their order.

    A verdict is a label, or "unsure" where the model knows no word of the document. With --json, a line
    is an object: id, label (null without evidence), verdict, score (of the verdict), probabilities (of
    each label; null without evidence, or if the classifier has none), known_words, words. What the model
    was taught since training (textpipe learn) counts.

    \b
    textpipe predict spam.tpipe inbox.mbox --json
    echo "You have won" | textpipe predict spam.tpipe
    """
    from textpipe.run import Profile

    profiling.check_profile_file(profile_file)
    sources = reading.standard_input(documents, f'echo "a text" | textpipe predict {model}')
    pipeline = correcting.deciding(model, journal, without_corrections).set_params(n_jobs=n_jobs)
    spent = Profile(pipeline.named_stages())
    options = {
        "format": format,
        "text_column": text_column,
        "id_column": id_column,
        "encoding": encoding,
        "label_column": "",
    }
    line_of = json_line if as_json else plain_line
    taken = Taken()
    lines_are_seen = to is None and sys.stdout.isatty()
    with (
        whole_file(to) if to else nullcontext(sys.stdout) as file,
        progress(not lines_are_seen) as bar,
    ):
        given = batches(taken.records(sources, options))
        for batch, decisions in pipeline.decisions(given, spent):
            for row, name in enumerate(batch.ids.to_pylist()):
                file.write(line_of(name, decisions, row) + "\n")
            file.flush()
            bar("predicting", taken.documents, 0)
    taken.tell("predicted")
    profiling.tell_profile(spent.stages, profile, profile_file)


def plain_line(name: str, decisions: Decisions, row: int) -> str:
    """Id, verdict and score, with a tab between them; a dash where there is no score."""
    found = decision(name, decisions, row)
    verdict = found["verdict"]
    verdict = one_line(verdict) if isinstance(verdict, str) else f"{verdict:.6g}"
    score = "-" if found["score"] is None else f"{found['score']:.3f}"
    return f"{one_line(name)}\t{verdict}\t{score}"


def json_line(name: str, decisions: Decisions, row: int) -> str:
    """The decision as one line of JSON."""
    return json_text(decision(name, decisions, row))


def decision(name: str, decisions: Decisions, row: int) -> dict[str, Any]:
    """What was decided about one document, as JSON knows it."""
    unsure = bool(decisions.unsure[row])
    label = None if unsure else decisions.values[row].item()
    classes = decisions.classes.tolist()
    scores = decisions.scores[row].tolist()
    return {
        "id": name,
        "label": label,
        "verdict": "unsure" if unsure else label,
        "score": scores[classes.index(label)] if label in classes else None,
        "probabilities": dict(zip(map(str, classes), scores, strict=True))
        if decisions.are_probabilities and classes and not unsure
        else None,
        "known_words": None if decisions.known is None else int(decisions.known[row]),
        "words": None if decisions.total is None else int(decisions.total[row]),
    }
