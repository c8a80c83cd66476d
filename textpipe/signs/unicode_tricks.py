"""Characters that show a reader another text than they spell: undone and counted."""

from __future__ import annotations

from typing import Any

import regex

from textpipe.documents import Int32, Region
from textpipe.errors import DefinitionError
from textpipe.places import told
from textpipe.signs.invisible import has_business
from textpipe.signs.look_alikes import LookAlikes
from textpipe.signs.styled import FULL_WIDTH, STYLED, WIDE_WRITING, plain
from textpipe.signs.undoing import Undoing
from textpipe.text_stage import Cleaned, TextStage

# What no step of this stage looks at: Latin to Extended-B, general punctuation that is seen, currency,
# Hiragana, Katakana, Han, Hangul.
_SUSPECT = regex.compile(
    r"[^\0-\xac\xae-\u024f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u3001-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
)
_RIGHT_TO_LEFT = regex.compile(r"[\p{bc=R}\p{bc=AL}]")
_BIDI_CONTROLS = regex.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_OVERRIDES = regex.compile("[\u202d\u202e]")
_BACKWARDS = regex.compile("\u202e([^\u202a-\u202e\u2066-\u2069\n\r\u2029]*+)\u202c?")
_CLUSTER = regex.compile(r"\X")
# A flag such as Scotland's is a black flag with tag characters; it stays.
_TAGS = regex.compile(
    "(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}+\U000e007f)"
    "|[\U000e0001\U000e0020-\U000e007f]"
)
_BLANKS = regex.compile("(?<![\u2801-\u28ff])\u2800(?![\u2801-\u28ff])|[\u3164\uffa0]")
_IGNORABLE = regex.compile(r"\p{Default_Ignorable_Code_Point}")
_STRIKES = regex.compile("[\u0334-\u0338\u20d2-\u20d3\u20dd-\u20e0\u20e4-\u20e6\u20ea\u20eb]")
_DIACRITICS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f"
_MARKS = regex.compile(f"[{_DIACRITICS}]")
# A letter first: the overlays of symbols (≠) and keycaps stay.
_MARKED_WORD = regex.compile(r"(?<![\p{L}\p{M}])\p{L}[\p{L}\p{M}]*+")


class UnicodeTricks(TextStage):
    r"""Text as a reader sees it, without characters that hide, turn around, imitate or cover letters.

    Options:
        invisible: characters without a width go (Unicode's Default_Ignorable_Code_Point), but joiners and
            the like after a letter of a script that is written with them (Arabic, Indic, Thai, Khmer,
            Mongolian ...), joiners in emoji, variation selectors after an emoji, a symbol, a digit or an
            ideograph, and the tags of a flag. Blank letters (Hangul fillers, the empty Braille
            cell) become a space. Default true.
        bidi: controls of writing direction go, and what stood between an override to the left and its
            end is turned round, as it is shown. Where the text has letters that are written from right
            to left, only overrides go. Default true.
        marks: strokes through letters go; and in a word in which more than ``most_marks`` diacritical
            marks stand on one letter, all of its marks. Default true.
        most_marks: as many marks may stand on a letter. Default 2 (Vietnamese; 3 in phonetics).
        styled: mathematical and full-width letters and digits become plain ones; so do circled, squared
            and raised letters and small capitals where two stand side by side. Full-width ones stay
            in a text with Chinese, Japanese or Korean letters. Default true.
        look_alikes: words that mix scripts, and words of another script that look Latin, become what they
            look like; see below. Default true.

    Reads text, writes text. Counts ``zero_width_characters``, ``soft_hyphens``, ``variation_selectors``,
    ``tag_characters``, ``blank_letters``, ``bidi_controls``, ``backward_stretches``, ``stacked_marks``,
    ``struck_letters``, ``styled_letters``, ``mixed_script_words`` and ``confusable_words``. Raises
    DefinitionError if most_marks is not between 0 and 30.

    A word is a run of letters and marks, and the text is one region. A word *mixes scripts* if it has
    letters of two or more of Latin, Cyrillic, Greek, Armenian, Cherokee, Coptic, Lisu, Georgian, Deseret,
    Osage, Tifinagh and Canadian syllabics. It is counted, and becomes a word of the script that has
    most letters in the text's words of one script (Latin if none has more), or else of Latin, if each of
    its other letters looks like a letter of that script; if not, it stays. (Latin with Greek is not
    counted where it stays, and stays if it has two letters: Δt, kΩ, ρg.) A word of one such script but
    Latin is *confusable* if each of its letters looks like a Latin one. It becomes Latin, and is
    counted, if Latin has most letters in the text and no word of the same script is other than
    confusable; a single Greek letter never does. Latin words with phonetic letters among ASCII ones
    (ɡoogle) are confusable too. So Russian, Greek and Japanese text stays as it is.

    Source: Unicode Technical Standard 39, sections 4 (confusables) and 5 (mixed scripts), with the table
    of the package confusable_homoglyphs; Unicode Standard Annexes 9 (direction), 31 (joiners).

    >>> UnicodeTricks().of("раураl: V\u200bi\xada\u034fgra \u202e!won\u202c 𝓕𝓻𝓮𝓮 c̶a̶s̶h̶")
    'paypal: Viagra now! Free cash'
    >>> UnicodeTricks().of("Москва, Αθήνα, 東京, می\u200cخواهم, Größe")
    'Москва, Αθήνα, 東京, می\u200cخواهم, Größe'
    """

    def __init__(
        self,
        invisible: bool = True,
        bidi: bool = True,
        marks: bool = True,
        most_marks: int = 2,
        styled: bool = True,
        look_alikes: bool = True,
    ) -> None:
        self.invisible = invisible
        self.bidi = bidi
        self.marks = marks
        self.most_marks = most_marks
        self.styled = styled
        self.look_alikes = look_alikes

    def check(self) -> None:
        super().check()
        if not 0 <= self.most_marks <= 30:
            raise DefinitionError(
                f"unicode_tricks: most_marks must be between 0 and 30, and {self.most_marks} was given"
            )

    def of(self, text: str) -> str:
        return self.clean(Region("", text)).regions[0].text

    def clean(self, region: Region) -> Cleaned:
        undoing = self._undone(region.text)
        return Cleaned([Region(region.kind, undoing.text)], undoing.counts)

    def places(self, region: Region, cleaned: Cleaned) -> list[Int32] | None:
        undoing = self._undone(region.text, with_places=True)
        assert undoing.places is not None, "asked for"  # noqa: S101  # for mypy
        return told(cleaned, undoing.text, undoing.places)

    def _undone(self, text: str, with_places: bool = False) -> Undoing:
        undoing = Undoing(text, with_places)
        if text.isascii() or not _SUSPECT.search(text):
            return undoing
        if self.bidi:
            _turn_round(undoing)
        if self.invisible:
            _show(undoing)
        if self.marks:
            _unmark(undoing, self.most_marks)
        if self.styled:
            undoing.replace(STYLED, lambda match: _plainly(undoing, match))
            if not WIDE_WRITING.search(undoing.text):
                undoing.replace(FULL_WIDTH, lambda match: _plainly(undoing, match))
        if self.look_alikes:
            LookAlikes(undoing).fold()
        return undoing


def _turn_round(undoing: Undoing) -> None:
    def turned(match: Any) -> str:
        undoing.found("bidi_controls", "", len(match[0]) - len(match[1]))
        if _RIGHT_TO_LEFT.search(match[1]):
            return str(match[1])
        return undoing.found("backward_stretches", "".join(_CLUSTER.findall(match[1])[::-1]))

    if not _BIDI_CONTROLS.search(undoing.text):
        return
    right_to_left = _RIGHT_TO_LEFT.search(undoing.text)
    undoing.replace(_BACKWARDS, turned)
    undoing.replace(
        _OVERRIDES if right_to_left else _BIDI_CONTROLS,
        lambda match: undoing.found("bidi_controls", ""),
    )


def _show(undoing: Undoing) -> None:
    def tagged(match: Any) -> str:
        return match[1] or undoing.found("tag_characters", "")

    def shown(match: Any) -> str:
        mark = match[0]
        if has_business(mark, match.string, match.start()):
            return str(mark)
        if mark == "\xad":
            return undoing.found("soft_hyphens", "")
        if "\ufe00" <= mark <= "\ufe0f" or mark >= "\U000e0100":
            return undoing.found("variation_selectors", "")
        if mark == "\ufeff" and match.start() == 0:
            return ""  # the byte order mark of a file
        return undoing.found("zero_width_characters", "")

    undoing.replace(_TAGS, tagged)
    undoing.replace(_BLANKS, lambda match: undoing.found("blank_letters", " "))
    undoing.replace(_IGNORABLE, shown)


def _unmark(undoing: Undoing, most: int) -> None:
    if not _MARKS.search(undoing.text):
        return
    pile = regex.compile(f"[{_DIACRITICS}]{{{most + 1}}}")

    def unmarked(match: Any) -> str:
        word = str(match[0])
        if pile.search(word):
            bare = _MARKS.sub("", word)
            return undoing.found("stacked_marks", bare, len(word) - len(bare))
        bare = _STRIKES.sub("", word)
        return (
            undoing.found("struck_letters", bare, len(word) - len(bare)) if bare != word else word
        )

    undoing.replace(_MARKED_WORD, unmarked)


def _plainly(undoing: Undoing, match: Any) -> str:
    written = plain(match[0])
    return undoing.found("styled_letters", written, sum(map(str.isalnum, written)))
