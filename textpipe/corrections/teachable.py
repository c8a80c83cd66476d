"""What a model can be taught: texts with a word in them, and labels that are meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from textpipe.classify.decider import Classifier
from textpipe.classify.training_set import TrainingSet
from textpipe.errors import InputError, nearest
from textpipe.printable import one_line, printable

MOST_NAMED = 10
"""So many labels or documents are named in a message."""

_LETTER = re.compile(r"\w")


def has_word(text: str) -> bool:
    """Is there a letter, a digit or a symbol (such as an emoji) in the text?

    >>> [has_word(text) for text in ("", " \\n", "...", "no", "7", "\U0001f4b0")]
    [False, False, False, True, True, True]
    """
    if _LETTER.search(text):
        return True
    return any(unicodedata.category(character).startswith("S") for character in set(text))


def must_have_words(names: Sequence[str]) -> None:
    """Raise InputError if there are documents without any word; these are their ids."""
    if names:
        raise InputError(
            f"{listed(names)}: there is no word in it, so that nothing can be learned from it. Leave it out"
            if len(names) == 1
            else f"{len(names):,} documents have no word in them, so that nothing can be learned from them: "
            f"{listed(names)}. Leave them out"
        )


def must_be_known(keeper: TrainingSet, labels: Sequence[Any], new_label: bool) -> None:
    """Raise InputError for labels that training does not know, unless a ``new_label`` is meant.

    A new one is a line of visible characters. Numbers of a regression are all known.
    """
    if not isinstance(keeper, Classifier):
        return
    known = keeper.classes_.tolist()
    for label in dict.fromkeys(labels):
        if label in known:
            continue
        if isinstance(label, str):
            _must_be_a_line(label)
        if not new_label:
            raise InputError(
                f"{_quoted(label)} is a new label: the model knows {listed(known)}."
                f"{_meant(label, known)} If it is to be another one, say so: new_label=True "
                "(--new-label on the command line)"
            )


def listed(names: Sequence[Any]) -> str:
    """The first names, and how many more there are.

    >>> listed(["ham", "spam"]), listed([str(n) for n in range(12)])
    ('ham, spam', '0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more')
    """
    some = ", ".join(one_line(str(name), 60) for name in names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return f"{some} and {more:,} more" if more > 0 else some


def _must_be_a_line(label: str) -> None:
    if (
        not label
        or label != label.strip()
        or printable(label) != label
        or re.search(r"\s", label.replace(" ", ""))
    ):
        raise InputError(
            f"{_quoted(label)} cannot be a label: a label is a line of visible characters, and has no "
            "space before or behind it"
        )


def _meant(label: Any, known: Sequence[Any]) -> str:
    """A hint for a misspelt label; empty if none is near.

    >>> _meant("SPAM", ["ham", "spam"]), _meant("promo", ["ham", "spam"])
    (' Did you mean "spam"?', '')
    """
    names = [str(name) for name in known]
    same = [name for name in names if name.casefold() == str(label).casefold()]
    return nearest(str(label), same or names) or (f' Did you mean "{same[0]}"?' if same else "")


def _quoted(label: Any) -> str:
    """The label as one would type it, with control characters written out."""
    return one_line(repr(label), 60)
