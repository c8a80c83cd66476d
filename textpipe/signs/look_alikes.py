"""Words that look Latin and are not, or not only."""

from __future__ import annotations

from collections import Counter
from typing import Any

import regex

from textpipe.signs.confusables import (
    SCRIPTS,
    as_latin,
    as_script,
    phonetic_look_alikes,
    script_of,
)
from textpipe.signs.undoing import Undoing

_OTHER = "".join(rf"\p{{Script={name}}}" for name in SCRIPTS)
_PHONETIC = r"\u0250-\u02af\u1d00-\u1d2b\ua720-\ua7ff\uab30-\uab5b"
_FOREIGN = regex.compile(f"[{_OTHER}]")
# A word with such a letter. It starts where no letter stands before, so that a search is linear.
_FOREIGN_WORD = regex.compile(
    rf"(?<![\p{{L}}\p{{M}}])[\p{{Latin}}\p{{M}}]*+[{_OTHER}][\p{{L}}\p{{M}}]*+"
)
_PHONETIC_WORD = regex.compile(
    rf"(?<![\p{{L}}\p{{M}}])[A-Za-z]*+[{_PHONETIC}][A-Za-z{_PHONETIC}]*+(?!\p{{L}})"
)
_LATIN = regex.compile(r"\p{Latin}")


class LookAlikes:
    """What to write for the words of one text; the rule is in UnicodeTricks."""

    def __init__(self, undoing: Undoing) -> None:
        self.undoing = undoing

    def fold(self) -> None:
        """Write each word that mixes scripts, or that looks Latin, as a reader takes it."""
        if _FOREIGN.search(self.undoing.text):
            self._weigh()
            self.undoing.replace(_FOREIGN_WORD, self._foreign)
        self.undoing.replace(_PHONETIC_WORD, self._phonetic)

    def _weigh(self) -> None:
        """How many letters each script has in words of its own, and which script is at home."""
        letters: Counter[str] = Counter()
        at_home = set()
        for word in set(_FOREIGN_WORD.findall(self.undoing.text)):
            scripts = _scripts(word)
            if len(scripts) == 1 and as_latin(word, loosely=False) is None:
                at_home |= scripts
        latin = _LATIN.subn("", _FOREIGN_WORD.sub("", self.undoing.text))[1]
        for word in _FOREIGN_WORD.findall(self.undoing.text):
            scripts = _scripts(word)
            if len(scripts) == 1:
                letters[scripts.pop()] += len(word)
        most = max(letters.values(), default=0)
        self.home = "Latin" if latin >= most else min(s for s in letters if letters[s] == most)
        self.latin = latin > 0
        self.at_home = at_home

    def _foreign(self, match: Any) -> str:
        word = str(match[0])
        scripts = _scripts(word)
        if len(scripts) > 1:
            written = self._unmixed(word)
            if scripts == {"Latin", "Greek"} and (written == word or len(word) < 3):
                return word  # Δt, kΩ, ρg
            return self.undoing.found("mixed_script_words", written)
        script = next(iter(scripts))
        if self.home != "Latin" or not self.latin or script in self.at_home:
            return word
        latin = as_latin(word, loosely=False)
        if latin is None or (script == "Greek" and len(word) == 1):
            return word
        return self.undoing.found("confusable_words", latin)

    def _unmixed(self, word: str) -> str:
        if self.home == "Latin":
            return as_latin(word, loosely=True) or word
        return as_script(word, self.home) or as_latin(word, loosely=False) or word

    def _phonetic(self, match: Any) -> str:
        word = str(match[0])
        table = phonetic_look_alikes()
        plain = sum(letter.isascii() for letter in word)
        if 2 * plain < len(word) or not all(c.isascii() or c in table for c in word):
            return word
        return self.undoing.found("confusable_words", "".join(table.get(c, c) for c in word))


def _scripts(word: str) -> set[str]:
    return {script for script in map(script_of, word) if script}
