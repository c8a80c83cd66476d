"""Where in HTML the text stands that a reader sees.

The parser does not tell. So a copy of the mark-up is read by the same parser, in which each character
of text is another one: a private-use character that says where it stands. It is mark-up to no parser.
Where the text comes back as it is without them, the private-use characters tell its places, whatever
the parser did to it. Where it does not, part of the text stays as it is in the copy (half of it, half of
that, and so on); that part is then looked for between its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from textpipe.clean.html_or_plain import NO_TAG
from textpipe.clean.html_tags import ATTRIBUTE, DROPPED_IF_UNCLOSED, NAME, Reading, decode
from textpipe.clean.html_text import MARK_REFERENCES, MARKS, TextWriter
from textpipe.documents import Int32, Int64
from textpipe.places import places_through, substitute, without_surrogates

Read = Callable[[str, Callable[..., TextWriter]], list[str]]
"""What reads mark-up with a writer, and gives the texts of the regions that come out."""

FIRST, N_SIGNS = 0xF0000, 65_534
"""The private-use characters of plane 15. For longer texts more copies are read, as for more digits."""

MOST_READ = 10_000_000
"""Characters of copies that are read of one text before what is left of it is looked for instead."""

FEW = 10
"""Fewer characters that cannot be marked are looked for between their neighbours at once."""

_ENTITY = r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]{1,31})"
_SPACES_AND_CONTROLS = "\0- \x7f-\x9f\ufdd0-\ufdef" + "".join(
    chr((plane << 16) + 0xFFFE) + chr((plane << 16) + 0xFFFF) for plane in range(17)
)
_UNSAFE = re.compile(f"[{_SPACES_AND_CONTROLS}]")
_IN_TEXT = re.compile(f"({_ENTITY};?)|[^<&{_SPACES_AND_CONTROLS}]")
_IN_ATTRIBUTE = re.compile(rf"({_ENTITY};)|[^<&\s\"'{_SPACES_AND_CONTROLS}]")
_IN_RAW_TEXT = re.compile(f"()[^<{_SPACES_AND_CONTROLS}]")
_WITH_TEXT = {"img": ("alt",), "area": ("alt",), "input": ("alt", "value"), "a": ("href",)}
_WORD_OR_CHARACTER = re.compile(r"\w+|.", re.DOTALL)
_SPACE = re.compile(r"[ \t\n\r\f]")


class Stretch(NamedTuple):
    """A stretch of the mark-up that may be shown, and what is a character there."""

    begin: int
    end: int
    characters: re.Pattern[str]


class Character(NamedTuple):
    """A character of the text: where it stands in the mark-up (an entity is long) and what it is."""

    begin: int
    end: int
    text: str


def html_places(markup: str, texts: Sequence[str], read: Read) -> list[Int32] | None:
    """The places of the ``texts`` that ``read`` gives for ``markup``; None if they were not found."""
    markup, places = without_surrogates(markup)
    for pattern, by in ((MARKS, "\ufffd"), (MARK_REFERENCES, "&#65533"), (NO_TAG, "&lt;")):
        markup, made = substitute(pattern, by, markup)
        places = places_through(made, places)
    markup = markup.replace("\0", "\ufffd")
    return [
        places_through(found, places) for found in _Copies(markup, list(texts), read).places() or []
    ] or None


class _Copies:
    """Marked copies of one text, and what was read from them."""

    def __init__(self, markup: str, texts: list[str], read: Read) -> None:
        self.markup = markup
        self.texts = texts
        self.links: list[list[bool]] = []
        self.right = read(markup, partial(_LinkKeeper, self.links)) == texts
        self.read = read
        self.n_read = 0

    def places(self) -> list[Int32] | None:
        if not self.right:
            return None
        finder = _TextFinder(self.markup)
        finder.run()
        stretches = [found for found in map(self._characters, finder.found()) if found]
        characters = [character for stretch in stretches for character in stretch]
        signs = self._signs(characters)
        if signs is None and (readable := self._readable(stretches)):
            signs = self._signs(readable)
        if signs is None:
            return None
        shown = self._shown(finder.found())
        return [
            _completed(text, places, shown, self.markup)
            for text, places in zip(self.texts, signs, strict=True)
        ]

    def _characters(self, stretch: Stretch) -> list[Character]:
        characters = []
        for match in stretch.characters.finditer(self.markup, stretch.begin, stretch.end):
            text = decode(match[0]) if match[1] else match[0]
            # A link's target loses white space, and an image's alternative is trimmed.
            space = stretch.characters is _IN_ATTRIBUTE and text.isspace()
            if match[1] and text == match[0]:  # an unknown entity is text after the "&"
                rest = range(match.start() + 1, match.end())
                characters += [Character(at, at + 1, self.markup[at]) for at in rest]
            elif not space and not _UNSAFE.search(text):
                characters.append(Character(*match.span(), text))
        return characters

    def _readable(self, stretches: list[list[Character]]) -> list[Character]:
        """The characters of those stretches which the parser takes for text, as we do."""
        characters = [character for stretch in stretches for character in stretch]
        if not characters or self._signs(characters) is not None:
            return characters
        if self.n_read > MOST_READ or len(characters) < FEW:
            return []
        if len(stretches) == 1:
            half = len(characters) // 2
            stretches = [characters[:half], characters[half:]]
        half = len(stretches) // 2
        return self._readable(stretches[:half]) + self._readable(stretches[half:])

    def _signs(self, characters: list[Character]) -> list[Int32] | None:
        """The places of the texts' code points, -1 where no sign stands; from marked copies.

        None if the marked copies do not give these texts.
        """
        read = self._read_copy(characters, 1)
        numbers = [_numbers(text) for text in read]
        scale = N_SIGNS
        while scale < len(characters):
            more = [_numbers(text) for text in self._read_copy(characters, scale)]
            if list(map(_without_signs, more)) != list(map(_without_signs, numbers)):
                return None
            for low, high in zip(numbers, more, strict=True):
                low[low >= 0] += scale * high[low >= 0]
            scale *= N_SIGNS
        if len(read) != len(self.texts):
            return None
        found = []
        for text, wanted, at in zip(read, self.texts, numbers, strict=True):
            if at.max(initial=-1) >= len(characters):
                return None
            of = [None if number < 0 else characters[number] for number in at.tolist()]
            spelt = [one.text if one else sign for one, sign in zip(of, text, strict=True)]
            if "".join(spelt) != wanted:
                return None
            rows = [one[:2] if one else (-1, -1) for one in of]
            lengths = list(map(len, spelt))
            found.append(np.repeat(np.array(rows, np.int32).reshape(-1, 2), lengths, axis=0))
        return found

    def _read_copy(self, characters: list[Character], scale: int) -> list[str]:
        self.n_read += len(self.markup)
        pieces, at = [], 0
        for number, (begin, end, _) in enumerate(characters):
            pieces += [self.markup[at:begin], chr(FIRST + number // scale % N_SIGNS)]
            at = end
        pieces.append(self.markup[at:])
        return self.read("".join(pieces), partial(_LinkRepeater, iter(self.links)))

    def _shown(self, stretches: Sequence[Stretch]) -> str:
        """The mark-up with everything that is no text struck out."""
        pieces, at = [], 0
        for begin, end, _ in stretches:
            pieces += ["\0" * (begin - at), self.markup[begin:end]]
            at = end
        return "".join([*pieces, "\0" * (len(self.markup) - at)])


def _completed(text: str, places: Int32, shown: str, markup: str) -> Int32:
    """The places, and where none is known what is found between its neighbours."""
    unknown = np.concatenate(([False], places[:, 0] < 0, [False]))
    for begin, end in np.flatnonzero(np.diff(unknown)).reshape(-1, 2).tolist():
        before = int(places[begin - 1, 1]) if begin else 0
        after = max(before, int(places[end, 0]) if end < len(text) else len(markup))
        found: list[tuple[int, int]] = []
        for word in _WORD_OR_CHARACTER.findall(text[begin:end]):
            found += _look_for(word, shown, markup, found[-1][1] if found else before, after)
        places[begin:end] = found
    return places


def _look_for(word: str, shown: str, markup: str, begin: int, end: int) -> list[tuple[int, int]]:
    """The first place of each of a word's code points from ``begin`` to ``end``; an empty one if none.

    First in what is text for us, then in what the parser may have taken for text; then, as a tag may
    stand in the word, letter by letter.
    """
    if word in " \t\n\r\f":
        space = _SPACE.search(shown, begin, end)
        return [space.span()] if space else [(begin, begin)]
    at = shown.find(word, begin, end)
    if at < 0 and len(word) > 1:
        at = markup.find(word, begin, end)
    if at >= 0:
        return [(at + i, at + i + 1) for i in range(len(word))]
    places: list[tuple[int, int]] = []
    for letter in word if len(word) > 1 else "":
        places += _look_for(letter, shown, markup, places[-1][1] if places else begin, end)
    return places or [(begin, begin)]


def _numbers(text: str) -> Int64:
    """The number of each sign; -1 of what is none."""
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.int64) - FIRST
    return np.where((codes >= 0) & (codes < N_SIGNS), codes, -1)


def _without_signs(numbers: Int64) -> list[bool]:
    return (numbers < 0).tolist()  # type: ignore[no-any-return]


class _TextFinder(Reading):
    """Finds the stretches of mark-up that are text, and the attributes that may be shown."""

    def __init__(self, markup: str) -> None:
        super().__init__(markup, _Nobody())
        self._found: list[Stretch] = []

    def found(self) -> list[Stretch]:
        """What was found, in order."""
        return sorted(self._found, key=lambda stretch: stretch.begin)

    def tell(self, begin: int, end: int) -> None:
        self._found.append(Stretch(begin, end, _IN_TEXT))

    def read_raw(self, tag: str, begin: int) -> int:
        after = super().read_raw(tag, begin)
        if tag not in DROPPED_IF_UNCLOSED:
            decoded = tag in ("textarea", "title")
            self._found.append(Stretch(begin, after, _IN_TEXT if decoded else _IN_RAW_TEXT))
        return after

    def read_tag(self, here: int, after: int) -> int:
        name = NAME.match(self.markup, here + 1, after)
        names = _WITH_TEXT.get(name[0].lower(), ()) if name else ()
        for match in (
            ATTRIBUTE.finditer(self.markup, name.end(), after - 1) if name and names else ()
        ):
            if match[2] and match[1].lower() in names:
                self._found.append(Stretch(*match.span(2), _IN_ATTRIBUTE))
        goes_on = super().read_tag(here, after)
        if name and name[0].lower() == "plaintext":
            self._found.append(Stretch(after, goes_on, _IN_RAW_TEXT))
        return goes_on


class _Nobody:
    def start(self, tag: str, attributes: Mapping[str, str], /) -> None: ...
    def end(self, tag: str, /) -> None: ...
    def data(self, text: str, /) -> None: ...


class _LinkKeeper(TextWriter):
    """A writer that keeps in mind which links it showed."""

    def __init__(self, links: list[list[bool]], *options: Any) -> None:
        super().__init__(*options)
        self._shown: list[bool] = []
        links.append(self._shown)

    def tells_more(self, target: str, pieces: list[str]) -> bool:
        self._shown.append(super().tells_more(target, pieces))
        return self._shown[-1]


class _LinkRepeater(TextWriter):
    """A writer that shows the same links again, though it cannot read them."""

    def __init__(self, links: Iterator[list[bool]], *options: Any) -> None:
        super().__init__(*options)
        self._shown = iter(next(links, []))

    def tells_more(self, target: str, pieces: list[str]) -> bool:
        return next(self._shown, False)
