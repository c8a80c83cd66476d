"""``textpipe predict``: what are these documents?"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, nullcontext
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textpipe.cli import correcting, profiling, reading
from textpipe.cli.parts import Parts, made_by
from textpipe.cli.progress import progress
from textpipe.cli.taken import Taken, batches, defects_of, tell_of_defects, tell_of_failed
from textpipe.cli.terminal import say
from textpipe.printable import json_text, one_line
from textpipe.whole_file import whole_file

if TYPE_CHECKING:
    from textpipe.documents import Decisions, Documents
    from textpipe.run import Failed


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

    With --out, what is done is kept in FILE.parts until all is: a run that was killed goes on from there.

    \b
    textpipe predict spam.tpipe inbox.mbox --json
    echo "You have won" | textpipe predict spam.tpipe
    """
    from textpipe.run import Profile
    from textpipe.run import batches as bounded
    from textpipe.sources.counted import counted

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
    failed: list[Failed] = []
    defects: Counter[str] = Counter()
    parts: Parts | None = None
    lines_are_seen = to is None and sys.stdout.isatty()

    def written(batch: Documents, decisions: Decisions) -> str:
        names = enumerate(batch.ids.to_pylist())
        return "".join(line_of(name, decisions, row) + "\n" for row, name in names)

    def written_and_noted(batch: Documents, decisions: Decisions) -> str:
        defects.update(defects_of(pipeline, batch))
        return written(batch, decisions)

    def decide(given: Iterable[Documents]) -> Iterator[tuple[Documents, Decisions]]:
        return pipeline.decisions(
            given,
            spent,
            set_aside=failed.append,
            judge=parts is None,
            apart=parts is not None and parts.tries.is_deadly,
        )

    with (
        whole_file(to) if to else nullcontext(sys.stdout) as file,
        progress(not lines_are_seen) as bar,
    ):
        records = taken.records(sources, options)
        some_at_a_time = batches(records, pipeline.uses_mails, growing=to is not None)
        read = chain.from_iterable(map(bounded, some_at_a_time))
        to_file = to is not None and (to.is_file() or not to.exists())
        if to is not None and to_file and (digest := made_by(pipeline, as_json)):
            parts = Parts(to.with_name(f"{to.name}.parts"), digest)
            if parts.tries.is_deadly:
                say("earlier runs were killed at the same part: other processes do the work now")
            lines = parts.lines(read, decide, written, failed, partial(defects_of, pipeline))
        else:
            lines = (written_and_noted(*made) for made in decide(read))
        with closing(lines):
            for some in lines:
                file.write(some)
                file.flush()
                bar("predicting", taken.documents, 0)
    if parts:
        if parts.done_before:
            say(f"{counted(parts.done_before, 'document')} were done by an earlier run")
        parts.remove()
    taken.tell("predicted")
    tell_of_defects(parts.defects if parts else defects)
    tell_of_failed([*parts.failed_before, *failed] if parts else failed)
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
