"""Traces and explanations for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from textpipe.documents import UNSURE
from textpipe.explanation.marking import stretches
from textpipe.explanation.ragged_right import RaggedRight
from textpipe.explanation.reasons import Explanation
from textpipe.explanation.saying import (
    about_rests,
    about_scores,
    column,
    flip_sentences,
    made_of,
    percent,
    rounded,
    who_voted,
)
from textpipe.explanation.tracing import Step
from textpipe.printable import printable

MOST_WORDS = 12
LONGEST_WORD = 30
LONGEST_TEXT = 2_000
MOST_MARKED = 20_000
"""Code points that are looked at for those shown: of empty lines, only their number is."""
MOST_TOKENS = 200


def show_trace(steps: Sequence[Step]) -> RenderableType:
    """Each step with the text or tokens after it, and what it changed, dropped and counted."""
    shown: list[RenderableType] = []
    for step in steps:
        shown.append(
            Text.assemble(
                (f"{step.position + 1} ", "dim"),
                (step.name + "  ", "bold"),
                (_options(step), "dim"),
            )
        )
        shown += [RaggedRight(Group(*_step(step)), indent=2), Text()]
    return RaggedRight(Group(*shown))


def _options(step: Step) -> str:
    return " ".join(step.options.partition("(")[2].removesuffix(")").split())


def _step(step: Step) -> list[RenderableType]:
    if step.untrained:
        return [Text("learns from training documents: trace a trained model to see it", "yellow")]
    lines: list[RenderableType] = []
    if step.text is not None:
        lines.append(_cut(step.text))
    if step.tokens is not None:
        tags = step.tags or [""] * len(step.tokens)
        row = Text()
        for word, tag in list(zip(step.tokens, tags, strict=True))[:MOST_TOKENS]:
            row.append(printable(word), "on grey19").append(f"/{tag} " if tag else " ", "cyan")
        lines.append(row)
        rest = len(step.tokens) - MOST_TOKENS
        more = f" ({rest} more are not shown)" if rest > 0 else ""
        noun = "token" if len(step.tokens) == 1 else "tokens"
        lines.append(Text(f"{len(step.tokens)} {noun}{more}", "dim"))
    if step.changed:
        lines.append(_pairs(step.changed))
    if step.dropped:
        lines.append(_listed("dropped", step.dropped, "red"))
    if step.added:
        lines.append(_listed("added", step.added, "green"))
    if step.counts:
        counted = ", ".join(f"{name} {n}" for name, n in step.counts.items())
        lines.append(Text(f"counted: {counted}", "magenta"))
    if step.vector is not None:
        weights = "  ".join(
            f"{printable(column(name))} {rounded(value)}" for name, value in step.vector
        )
        width = step.shape[1] if step.shape else 0
        lines += [Text(weights or "all zero"), Text(f"{width:,} columns", "dim")]
    if step.verdict is not None:
        lines.append(Text.assemble("verdict ", (printable(step.verdict), "bold")))
        if step.verdict != UNSURE:
            lines += [_bar(label, score) for label, score in (step.scores or {}).items()]
    return lines or [Text("nothing changed", "dim")]


def show_explanation(x: Explanation) -> RenderableType:
    """The verdict, what would change it, the words in their places in the text, and who voted."""
    shown: list[RenderableType] = [
        Text.assemble("verdict  ", (printable(_short(x.verdict)), "bold"))
    ]
    if x.why_unsure:
        shown.append(Text(printable(x.why_unsure), "yellow"))
        if x.leaning is not None:
            shown.append(Text.assemble("leans to ", (printable(_short(x.leaning)), "bold")))
    if x.leaning is not None:
        shown += [_bar(label, score) for label, score in x.scores.items()]
    said = [about_scores(x)]
    if x.leaning is not None:
        said += [who_voted(x), *(sentence for sentence in flip_sentences(x) if sentence)]
    shown += [Text(printable(sentence)) for sentence in said if sentence]
    shown += [Text(), _marked(x), Text()]
    if x.words:
        shown += [_words(x), *(Text(said, "dim") for said in about_rests(x)), Text()]
    if x.neighbours:
        shown.append(_neighbours(x))
    return RaggedRight(Group(*shown))


def _words(x: Explanation) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("word", no_wrap=True, max_width=LONGEST_WORD)
    table.add_column("speaks for it", no_wrap=True)
    table.add_column("against it", no_wrap=True)
    pieces = [Text(printable(made_of(word)), "dim") for word in x.words[:MOST_WORDS]]
    if any(pieces):
        table.add_column("made of")
    for word, made in zip(x.words, pieces, strict=False):
        table.add_row(
            Text(printable(word.word)),
            Text(f"{word.supports:.4f}", "green"),
            Text(f"{word.opposes:.4f}", "red"),
            *([made] if any(pieces) else []),
        )
    rest = x.words[MOST_WORDS:]
    for name, words in ((f"{len(rest)} more", rest if rest else []), ("all words", x.words)):
        if words:
            table.add_row(
                Text(name, "dim"),
                Text(f"{sum(word.supports for word in words):.4f}", "dim"),
                Text(f"{sum(word.opposes for word in words):.4f}", "dim"),
            )
    return table


def _neighbours(x: Explanation) -> Table:
    table = Table(
        *("neighbour", "label", "similarity", "evidence", "made of", "begins"),
        box=None,
        pad_edge=False,
    )
    for neighbour in x.neighbours:
        words = ", ".join(f"{printable(word)} {part:.3f}" for word, part in neighbour.words[:5])
        table.add_row(
            Text(printable(neighbour.id)),
            Text(printable(_short(neighbour.label)), "bold"),
            rounded(neighbour.similarity),
            percent(neighbour.share),
            Text(words),
            Text(printable(neighbour.text[:60]), "dim"),
        )
    return table


def _short(value: str | float) -> str:
    """A number of a regression as a person reads it: four significant digits.

    >>> _short(3.3333333333333335), _short(12345.6), _short("ham")
    ('3.333', '1.235e+04', 'ham')
    """
    return value if isinstance(value, str) else f"{value:.4g}"


def _marked(x: Explanation) -> Text:
    """The original with the words that spoke for the verdict in green, those against it in red."""
    shown, read = Text(), 0
    for part in stretches(
        x.original.replace("\r\n", " \n"),
        [(word, word.places) for word in x.words],
        longest=MOST_MARKED,
    ):
        left = LONGEST_TEXT - len(shown)
        if left <= 0:
            break
        if part.empty_lines:
            shown.append(part.shown_instead, "dim")
            read += len(part.text)
            continue
        style = "" if not part.words else "bold green" if part.net >= 0 else "bold red"
        shown.append(printable(part.text[:left]), style)
        read += min(left, len(part.text))
    if len(x.original) > read:
        shown.append(f" … ({len(x.original) - read} characters more)", "dim")
    shown.rstrip()
    return shown


def _cut(text: str) -> Text:
    rest = len(text) - LONGEST_TEXT
    shown = Text(printable(text[:LONGEST_TEXT]))
    return shown.append(f" … ({rest} characters more)", "dim") if rest > 0 else shown


def _pairs(changed: Sequence[tuple[str, str]]) -> Text:
    distinct = list(dict.fromkeys(changed))
    pairs = ", ".join(f"{printable(a)} → {printable(b)}" for a, b in distinct[:MOST_TOKENS])
    return Text(f"changed: {pairs}", "yellow")


def _listed(what: str, words: Sequence[str], style: str) -> Text:
    distinct = list(dict.fromkeys(words))
    more = f", and {len(distinct) - MOST_TOKENS} more" if len(distinct) > MOST_TOKENS else ""
    return Text(f"{what}: {', '.join(map(printable, distinct[:MOST_TOKENS]))}{more}", style)


def _bar(label: str, score: float) -> Text:
    cells = round(30 * min(max(score, 0.0), 1.0))
    return Text.assemble(
        f"{printable(label):12.12} ",
        ("█" * cells, "green"),
        ("░" * (30 - cells), "grey30"),
        f" {rounded(score)}",
    )
