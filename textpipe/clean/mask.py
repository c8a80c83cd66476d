"""Addresses, numbers, sums, dates -> one word for each kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from textpipe.clean.mask_patterns import KINDS, Kind
from textpipe.documents import Int32, Region, clean_surrogates
from textpipe.errors import DefinitionError
from textpipe.places import Places, places_through, told, without_surrogates
from textpipe.text_stage import Cleaned, TextStage


class Mask(TextStage):
    """Text in which each address, number, sum or date is a word that stands for its kind.

    A classifier rarely sees the same telephone number twice, but that there is one says much. The
    words are of lower-case letters only, so every tokenizer keeps them whole, and they are spelt so
    that the English and German stemmers leave them as they are.

    Options:
        urls: ``http://x.de/a``, ``www.x.de``, ``x.com/a`` become ``xxurl``. Default true.
        mail_addresses: ``me@x.de`` becomes ``xxmail``. Default true.
        dates: ``24.12.2026``, ``2026-12-24``, ``12/24/2026``, ``24. Dezember``, ``December 24th``,
            and times of day, ``18:30``, ``6 pm``, ``18 Uhr``, become ``xxcal``. Default true.
        phone_numbers: ``+49 30 23125-012``, ``0800 123456``, ``(555) 555-0100`` become ``xxtel``.
            Default true.
        money: ``$5``, ``£1.50``, ``1.234,56 €``, ``EUR 5``, ``5 Euro`` become ``xxcash``. Default true.
        numbers: what numbers are left, ``1,000``, ``3.5``, ``2nd``, become ``xxnum``, but not those
            that are part of a word (``3kg``, ``B2B``). Default true.
        repeated_punctuation: two or more of ``!`` and ``?`` become ``xxbang``. Default true.
        prefix: what the words begin with; lower-case ASCII letters. Default "xx".

    Reads text, writes text. Counts each kind by the name of its option.

    Raises DefinitionError if ``prefix`` is not of lower-case letters a to z.

    Kinds are masked in the order above, so an address is not taken apart into numbers. Beside a mask
    there is always white space (it is put there where there was none), so that every tokenizer keeps
    it whole. Engine: RE2, so time is linear.

    >>> Mask().of("Win £1000cash!!! Call 0800 123456 before 24.12.2026, see www.x.de/a.")
    'Win xxcash cash xxbang Call xxtel before xxcal , see xxurl .'
    """

    def __init__(
        self,
        urls: bool = True,
        mail_addresses: bool = True,
        dates: bool = True,
        phone_numbers: bool = True,
        money: bool = True,
        numbers: bool = True,
        repeated_punctuation: bool = True,
        prefix: str = "xx",
    ) -> None:
        self.urls = urls
        self.mail_addresses = mail_addresses
        self.dates = dates
        self.phone_numbers = phone_numbers
        self.money = money
        self.numbers = numbers
        self.repeated_punctuation = repeated_punctuation
        self.prefix = prefix

    def check(self) -> None:
        super().check()
        if not (self.prefix.isascii() and self.prefix.isalpha() and self.prefix.islower()):
            raise DefinitionError(
                f"mask: prefix must be lower-case letters a to z, but is {self.prefix!r}. "
                'Leave it out for the default, "xx": other characters would be cut off by tokenizers.'
            )

    def of(self, text: str) -> str:
        return self.clean(Region("", text)).regions[0].text

    def clean(self, region: Region) -> Cleaned:
        text, counts = clean_surrogates(region.text), {}
        for name, kind in KINDS.items():
            if not getattr(self, name):
                continue
            counts[name] = 0
            if kind.sign.search(text):
                text, counts[name] = _mask(text, kind, self._expression(name), self.prefix)
        return Cleaned([Region(region.kind, text)], counts)

    def places(self, region: Region, cleaned: Cleaned) -> list[Int32] | None:
        text, places = without_surrogates(region.text)
        for name, kind in KINDS.items():
            if getattr(self, name) and kind.sign.search(text):
                text, made = _mask_with_places(text, kind, self._expression(name), self.prefix)
                places = places_through(made, places)
        return told(cleaned, text, places)

    def _expression(self, name: str) -> Any:
        if not hasattr(self, "_expressions"):
            self._expressions: dict[str, Any] = {}
        if name not in self._expressions:
            import re2

            self._expressions[name] = re2.compile(KINDS[name].expression)
        return self._expressions[name]


def _mask(text: str, kind: Kind, expression: Any, prefix: str) -> tuple[str, int]:
    """The text with this kind masked, and how many there were."""
    pieces, at, count = [], 0, 0
    for begin, end, written in _masks(text, kind, expression, prefix):
        pieces += [text[at:begin], written]
        at = end
        count += 1
    return "".join([*pieces, text[at:]]), count


def _masks(text: str, kind: Kind, expression: Any, prefix: str) -> Iterator[tuple[int, int, str]]:
    """Begin and end of each stretch that is masked, and what is written for it, with room around."""
    at, room_after = 0, False
    for match in expression.finditer(text):
        begin = match.start()
        part = kind.part(match[0])
        end = begin + len(part)
        before, after = text[begin - 1 : begin], text[end : end + 1]
        if not part or (before and before in kind.never_beside):
            continue
        if after and after in kind.never_beside:
            continue
        if (not kind.word_before and _in_word(before)) or (not kind.word_after and _in_word(after)):
            continue
        there_is_room = before.isspace() or not before or (begin == at and room_after)
        room_after = bool(after) and not after.isspace()
        word = prefix + kind.token
        yield begin, end, f"{'' if there_is_room else ' '}{word}{' ' if room_after else ''}"
        at = end


def _mask_with_places(text: str, kind: Kind, expression: Any, prefix: str) -> tuple[str, Int32]:
    """The text with this kind masked, and its places."""
    pieces, places, at = [], Places(), 0
    for begin, end, written in _masks(text, kind, expression, prefix):
        pieces += [text[at:begin], written]
        places.keep(at, begin)
        places.put(begin, begin, written.startswith(" "))
        places.put(begin, end, len(written.strip()))
        places.put(end, end, written.endswith(" "))
        at = end
    places.keep(at, len(text))
    return "".join([*pieces, text[at:]]), places.array()


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"
