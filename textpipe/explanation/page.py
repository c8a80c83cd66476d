"""An explanation as one page that loads nothing and runs nothing."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from importlib import resources
from typing import TYPE_CHECKING, Any

from textpipe.explanation.marking import Stretch, stretches
from textpipe.explanation.reasons import Explanation, Flip, Neighbour, Spans, Word
from textpipe.explanation.saying import (
    MOST_IN_FLIP,
    about_scores,
    about_words,
    doubt_is_shorter,
    how_small,
    is_calibrated,
    made_of,
    none_found,
    percent,
    rounded,
    score_is,
    who_voted,
)
from textpipe.printable import printable

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_LABELS = 12
MOST_WORDS = 20
MOST_NEIGHBOURS = 30
MOST_STRETCHES = 6_000
"""Pieces of text of which each is marked on its own; the text ends there."""
LONGEST_GAP = 700
"""Characters without any word behind the verdict that are shown; of a longer gap, both ends."""
IN_TIP = 4
TAB_STOPS = 20
"""How many words, the weightiest, are reached by the tabulator key."""


def as_html(explanation: Explanation) -> str:
    """The page. Everything of the text is escaped; its policy allows one style sheet and nothing else."""
    style = resources.files("textpipe.explanation").joinpath("page.css").read_text("utf-8")
    source = resources.files("textpipe.explanation").joinpath("page.html.j2").read_text("utf-8")
    from markupsafe import Markup

    page = _environment().from_string(source)
    return page.render(
        style=Markup(style),  # noqa: S704  # our own file
        digest=_digest(style),
        **_content(explanation),
    ).lstrip()


def _content(x: Explanation) -> dict[str, Any]:
    leaning = None if x.leaning is None else _short(x.leaning)
    shared = Counter(word for neighbour in x.neighbours for word, _ in neighbour.words)
    words = x.words
    is_few = x.flip is not None and len(x.flip.words) <= MOST_IN_FLIP
    inside = x.flip.places if x.flip is not None and is_few else []
    places = [(word, word.places) for word in x.words]
    spans = [(word, word.spans) for word in x.words]
    changed = x.original != x.text
    named = [word for word in x.words if word.places or word.spans] or x.words
    return {
        "x": x,
        "verdict": _short(x.verdict),
        "leaning": leaning,
        "sure": _sure(x),
        "who": who_voted(x),
        "strongest": [word.word for word in sorted(named, key=_net)[-3:][::-1] if word.net > 0],
        "weakest": [word.word for word in sorted(named, key=_net)[:2] if word.net < 0],
        "flip": _flip(x.flip),
        "is_few": is_few,
        "doubt": _flip(x.doubt) if doubt_is_shorter(x) else None,
        "none_found": none_found(x) if x.tried and x.flip is None else "",
        "scores": _scores(x),
        "score_is": score_is(x),
        "is_calibrated": is_calibrated(x),
        "more_scores": max(0, len(x.scores) - MOST_LABELS),
        "about_scores": about_scores(x),
        "original": _marked(x.original, places, inside, shared),
        "cleaned": _marked(x.text, spans, [], shared) if changed else None,
        "about_words": about_words(x),
        "words": _words(words, shared),
        "more_words": _summed(words[MOST_WORDS:]) if len(words) > MOST_WORDS else None,
        "all_words": _summed(words),
        "neighbours": [_card(one, x) for one in x.neighbours[:MOST_NEIGHBOURS]],
    }


def _sure(x: Explanation) -> dict[str, str] | None:
    if x.leaning is None or str(x.leaning) not in x.scores:
        return None
    score = x.scores[str(x.leaning)]
    if x.are_probabilities:
        return {"number": percent(score), "what": f"{score_is(x)} of {x.leaning}"}
    return {"number": f"{score:+.2f}", "what": f"{score_is(x)} of {x.leaning}"}


def _scores(x: Explanation) -> list[dict[str, Any]]:
    labels = sorted(x.scores, key=lambda label: -x.scores[label])[:MOST_LABELS]
    most = 1.0 if x.are_probabilities else max(map(abs, x.scores.values()), default=1.0) or 1.0
    rows = []
    for label in labels:
        evidence, prior = x.evidence.get(label, 0.0), x.prior.get(label, 0.0)
        rows.append(
            {
                "label": label,
                "mine": label == str(x.leaning),
                "score": rounded(x.scores[label]),
                "width": _width(x.scores[label] / most, 200),
                "evidence": rounded(evidence),
                "votes": rounded(abs(evidence - prior)),  # 0 or more, but for rounding
                "prior": rounded(prior),
            }
        )
    return rows


def _marked(
    text: str, words: list[tuple[Word, Spans]], inside: Spans, shared: Counter[str]
) -> list[dict[str, Any]]:
    parts = stretches(text.replace("\r\n", " \n"), words, inside)
    highest = max((abs(part.net) for part in parts), default=0.0) or 1.0
    stops = _tab_stops(parts)
    shown = []
    for at, part in enumerate(parts[:MOST_STRETCHES]):
        if not part.words:
            shown += _gap(part)
            continue
        shown.append(
            {
                "text": part.text,
                "inside": part.inside,
                "side": "for" if part.net >= 0 else "against",
                "strength": min(5, 1 + int(5 * (abs(part.net) / highest) ** 0.7)),
                "tab": "0" if at in stops else "-1",
                "tips": [_tip(word, shared) for word in part.words[:IN_TIP]],
                "more": max(0, len(part.words) - IN_TIP),
            }
        )
    rest = sum(len(part.text) for part in parts[MOST_STRETCHES:])
    return shown + ([_plain(f" … ({rest:,} characters more)", cut=True)] if rest else [])


def _gap(part: Stretch) -> list[dict[str, Any]]:
    if part.empty_lines:
        return [_plain(part.shown_instead, cut=True)]
    left_out = len(part.text) - LONGEST_GAP
    if left_out <= 0:
        return [_plain(part.text, inside=part.inside)]
    half = LONGEST_GAP // 2
    return [
        _plain(part.text[:half]),
        _plain(f" … ({left_out:,} characters without such words) … ", cut=True),
        _plain(part.text[-half:]),
    ]


def _plain(text: str, inside: bool = False, cut: bool = False) -> dict[str, Any]:
    return {"text": text, "inside": inside, "cut": cut, "tips": []}


def _tab_stops(parts: list[Stretch]) -> set[int]:
    """The first stretch of each of the weightiest words."""
    first: dict[str, int] = {}
    for at, part in enumerate(parts[:MOST_STRETCHES]):
        for word in part.words[:1]:
            first.setdefault(word.word, at)
    return set(sorted(first.values(), key=lambda at: -abs(parts[at].net))[:TAB_STOPS])


def _tip(word: Word, shared: Counter[str]) -> dict[str, str]:
    many = shared[word.word]
    return {
        "word": word.word,
        "supports": _signed(word.supports),
        "opposes": _signed(-word.opposes),
        "made_of": made_of(word),
        "shared": f"in {many} {'neighbour' if many == 1 else 'neighbours'}" if many else "",
    }


def _words(words: list[Word], shared: Counter[str]) -> list[dict[str, Any]]:
    most = max((abs(word.supports) + abs(word.opposes) for word in words), default=0.0) or 1.0
    rows = []
    for word in words[:MOST_WORDS]:
        right = max(word.supports, 0.0) + max(-word.opposes, 0.0)
        left = max(-word.supports, 0.0) + max(word.opposes, 0.0)
        rows.append(
            {
                "word": word.word,
                "supports": _signed(word.supports),
                "opposes": _signed(-word.opposes),
                "right": _width(right / most, 100),
                "left": _width(left / most, 100),
                "left_at": f"{100 - 100 * min(left / most, 1.0):.1f}",
                "shared": shared[word.word] or "",
                "times": len(word.spans) or "",
                "made_of": made_of(word),
            }
        )
    return rows


def _summed(words: list[Word]) -> dict[str, Any]:
    return {
        "many": len(words),
        "supports": _signed(sum(word.supports for word in words)),
        "opposes": _signed(-sum(word.opposes for word in words)),
    }


def _card(neighbour: Neighbour, x: Explanation) -> dict[str, Any]:
    rest = sum(part for _, part in neighbour.words[5:])
    return {
        "id": neighbour.id,
        "label": _short(neighbour.label),
        "same": str(neighbour.label) == str(x.leaning) or not x.scores,
        "similarity": rounded(neighbour.similarity),
        "width": _width(neighbour.similarity, 200),
        "vote": f"{neighbour.vote:.3g}",
        "share": percent(neighbour.share),
        "words": [(word, f"{part:.3f}") for word, part in neighbour.words[:5]],
        "more": f"{len(neighbour.words) - 5} more {rest:.3f}" if len(neighbour.words) > 5 else "",
        "text": neighbour.text,
    }


def _flip(flip: Flip | None) -> dict[str, Any] | None:
    if flip is None:
        return None
    score = flip.scores.get(flip.verdict)
    return {
        "words": flip.words[:MOST_IN_FLIP],
        "more": max(0, len(flip.words) - MOST_IN_FLIP),
        "verdict": flip.verdict,
        "score": "" if score is None else rounded(score, 2),
        "how": how_small(flip),
    }


def _net(word: Word) -> float:
    return word.net


def _short(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"


def _signed(value: float) -> str:
    """Four decimals with a sign; nothing for nothing.

    >>> _signed(0.25), _signed(-0.5), _signed(-0.00001), _signed(0.0)
    ('+0.2500', '−0.5000', '0.0000', '')
    """
    if not value:
        return ""
    return f"{value:+.4f}".replace("-", "−") if abs(value) >= 0.00005 else "0.0000"


def _width(share: float, whole: int) -> str:
    return f"{whole * min(share, 1.0):.1f}" if share > 0 else ""


def _digest(style: str) -> str:
    """The style sheet's hash, as a Content-Security-Policy names it (CSP level 3, section 2.3.1)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


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
    environment.filters["thousands"] = "{:,}".format
    environment.filters["side"] = lambda number: "minus" if number.startswith("−") else "plus"
    return environment
