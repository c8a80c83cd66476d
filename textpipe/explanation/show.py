"""Traces and explanations for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from textpipe.documents import UNSURE
from textpipe.explanation.explaining import Explanation
from textpipe.explanation.tracing import Step
from textpipe.printable import printable

MOST_WORDS = 12
LONGEST_TEXT = 2_000
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
        shown.append(Padding(Group(*_step(step)), (0, 0, 1, 2)))
    return Group(*shown)


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
        weights = "  ".join(f"{printable(name)} {value:.3f}" for name, value in step.vector)
        width = step.shape[1] if step.shape else 0
        lines += [Text(weights or "all zero"), Text(f"{width} columns", "dim")]
    if step.verdict is not None:
        lines.append(Text.assemble("verdict ", (printable(step.verdict), "bold")))
        if step.verdict != UNSURE:
            lines += [_bar(label, score) for label, score in (step.scores or {}).items()]
    return lines or [Text("nothing changed", "dim")]


def show_explanation(explanation: Explanation) -> RenderableType:
    """The verdict, the neighbours that voted, and the words in their places in the text."""
    known, total = explanation.known_words, explanation.total_words
    shown: list[RenderableType] = [
        Text.assemble("verdict  ", (printable(str(explanation.verdict)), "bold"))
    ]
    if explanation.verdict == UNSURE:
        shown.append(Text("There is no evidence: training knew none of these words.", "yellow"))
    else:
        shown += [_bar(label, score) for label, score in explanation.scores.items()]
    if total is not None:
        shown.append(Text(f"{known} of {total} words are known", "dim"))
    shown += [Text(), _marked(explanation), Text()]
    if explanation.words:
        table = Table("word", "speaks for it", "against it", box=None, pad_edge=False)
        for word in explanation.words[:MOST_WORDS]:
            table.add_row(
                Text(printable(word.word)),
                Text(f"{word.supports:.4f}", "green"),
                Text(f"{word.opposes:.4f}", "red"),
            )
        shown += [table, Text()]
    if explanation.neighbours:
        table = Table(
            "neighbour",
            "label",
            "similarity",
            "vote",
            "made of",
            "begins",
            box=None,
            pad_edge=False,
        )
        for neighbour in explanation.neighbours:
            words = ", ".join(f"{printable(word)} {part:.3f}" for word, part in neighbour.words[:5])
            table.add_row(
                Text(printable(neighbour.id)),
                Text(printable(str(neighbour.label)), "bold"),
                f"{neighbour.similarity:.3f}",
                f"{neighbour.share:.1%}",
                Text(words),
                Text(printable(neighbour.text[:60]), "dim"),
            )
        shown.append(table)
    return Group(*shown)


def _marked(explanation: Explanation) -> Text:
    """The text with the words that spoke for the verdict in green, those against it in red."""
    text = explanation.text[:LONGEST_TEXT]
    styles = [""] * len(text)
    for word in reversed(explanation.words):
        style = "bold green" if word.supports >= word.opposes else "bold red"
        for start, end in word.spans:
            styles[start:end] = [style] * (min(end, len(text)) - min(start, len(text)))
    shown = Text()
    for letter, style in zip(text, styles, strict=True):
        shown.append(printable(letter), style)
    if len(explanation.text) > LONGEST_TEXT:
        shown.append(f" … ({len(explanation.text) - LONGEST_TEXT} characters more)", "dim")
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
        f" {score:.3f}",
    )
