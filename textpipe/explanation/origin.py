"""Where in a document's original text do the words stand that were found in its cleaned text?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from textpipe.documents import Documents, Int32, Region, Regions
from textpipe.errors import InputError
from textpipe.explanation.origin_by_words import places_by_words
from textpipe.places import same_places
from textpipe.stage import Stage
from textpipe.text_stage import TextStage

Span = tuple[int, int]


@dataclass(frozen=True)
class Origin:
    """A document's original text, and the way back to it from the cleaned text.

    ``text`` is the original: what stood in the document before the first stage (for a mail its subject
    and parts, decoded, with a blank line between them). ``cleaned`` is the text after the last stage
    that writes text; tokens' spans point into it. ``compared`` names the stages that cannot tell what
    became of what: through these, words were compared, and a place may be missing or wrong.
    """

    text: str
    cleaned: str
    compared: tuple[str, ...]
    steps: tuple[Int32, ...]
    """For each stage its places [n, 2], n code points of the text after it."""

    def pieces(self, start: int, end: int) -> list[Span]:
        """The stretches of the original that a stretch of the cleaned text comes from, in order.

        None of them touches another; what was dropped between them belongs to none.

        >>> from textpipe.clean.clean_html import CleanHtml
        >>> origin = origin_of([CleanHtml()], Documents.of(["<p>V<b></b>i<!-- x -->agra &lt;3</p>"]))
        >>> origin.cleaned
        'Viagra <3'
        >>> [origin.text[start:end] for start, end in origin.pieces(0, 6)]
        ['V', 'i', 'agra']
        """
        pieces = [(start, end)]
        for places in reversed(self.steps):
            rows = [places[begin:finish] for begin, finish in pieces]
            pieces = _merged(np.concatenate(rows)) if rows else []
        return pieces

    def spans(self, spans: Sequence[Span]) -> list[Span | None]:
        """From the first to the last code point of each one's pieces; None for what has none."""
        found = [self.pieces(start, end) for start, end in spans]
        return [(pieces[0][0], pieces[-1][1]) if pieces else None for pieces in found]


def origin_of(stages: Sequence[Stage], documents: Documents) -> Origin:
    """The way back from what these stages make of one document's text.

    Those that do not write text are passed over, so that a whole pipeline's stages may be given.
    Raises InputError unless there is one document.
    """
    if len(documents) != 1:
        raise InputError(f"origin_of takes one document, and {len(documents)} were given")
    original = documents.texts()[0]
    steps, compared = [], []
    for stage in stages:
        if "text" not in stage.writes:
            continue
        before, documents = documents, stage.apply(documents)
        places, known = _step(stage, before, documents)
        steps.append(places)
        if not known:
            compared.append(stage.name())
    return Origin(original, documents.texts()[0], tuple(compared), tuple(steps))


def _merged(places: Int32) -> list[Span]:
    """Stretches in order, those that touch made one, and without those of no length."""
    merged: list[Span] = []
    for begin, end in sorted({(int(begin), int(end)) for begin, end in places if begin < end}):
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((begin, end))
    return merged


def _step(stage: Stage, before: Documents, after: Documents) -> tuple[Int32, bool]:
    """The places of one stage's text in the text before it, and whether the stage told all of them."""
    old, new = before.texts()[0], after.texts()[0]
    if old == new:
        return same_places(new), True
    parts: list[Int32] = []
    texts: list[str] = []
    known, at = True, 0
    for region in next(before.documents_regions()) if isinstance(stage, TextStage) else []:
        found, told = _region(stage, region)
        known = known and told
        for text, places in found:
            texts.append(text)
            if parts:
                parts.append(np.full((len(Regions.JOINER), 2), at, np.int32))
            parts.append(places + np.int32(at))
        at += len(region.text) + len(Regions.JOINER)
    if Regions.JOINER.join(texts) == new and parts:
        return np.concatenate(parts), known
    return places_by_words(old, new), False  # it has a way of its own to treat documents


def _region(stage: TextStage, region: Region) -> tuple[list[tuple[str, Int32]], bool]:
    """The texts that the stage makes of a region, each with its places; and whether it told them."""
    cleaned = stage.clean(region)
    texts = [made.text for made in cleaned.regions]
    told = stage.places(region, cleaned)
    if told is None:
        return [(text, places_by_words(region.text, text)) for text in texts], False
    if [places.shape for places in told] != [(len(text), 2) for text in texts]:
        raise TypeError(
            f"{type(stage).__name__}.places must give one array [len(text), 2] for each cleaned "
            f"region, here {[(len(text), 2) for text in texts]}, "
            f"but gave {[places.shape for places in told]}"
        )
    return list(zip(texts, told, strict=True)), True
