"""Where in texts and in mark-up addresses stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from textpipe.signs.addresses import LONGEST_HOST, address_of
from textpipe.signs.html_elements import BLOCKS
from textpipe.signs.markup import COMMENT, DECLARATION, attributes_of, decoded, tags_of

_WITH_DOT_OR_COLON = re.compile(r"""(?<![^\s<>"])[^\s<>".:]*+[.:][^\s<>"]*+""")
_BEGINS = re.compile(r"(?<![A-Za-z0-9])(?:https?|ftp):[/\\]{2}", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;|](?=(?:https?|ftp)://)", re.IGNORECASE)
_WWW = re.compile(r"(?<![^\W_])(?<![.@/-])www\d?\.\w", re.IGNORECASE)
_BARE_HOST = re.compile(r"[^\W_](?:[\w-]{0,61}\.[^\W_]){1,8}[\w-]{0,61}")
_SITES = (
    "com net org info biz edu gov mil int io app dev co de at ch li eu uk us ca au ru cn in br fr nl be"
    " it es pl cz dk se no fi ie tv ly me cc ws to xyz top shop site online club link live store icu vip"
)
COMMON_SUFFIXES = frozenset(_SITES.split())
_TRAILING = ".,;:!?'*_»«“”’‘`"
_LEADING = "([{'*_«»„“”‘’`"
_PAIRS = {")": "(", "]": "[", "}": "{"}
_REFRESH = re.compile(r"""url\s*+=\s*+['"]?(.*)""", re.IGNORECASE | re.DOTALL)
_ADDRESS_ATTRIBUTES = ("href", "src", "action", "background", "data", "formaction")
_LONGEST_SHOWN = 2000
"""Characters of an anchor's text that are looked at."""


def addresses_in(text: str) -> Iterator[str]:
    """Addresses in a plain text: with a scheme, with ``www.``, or a bare domain with a common suffix.

    >>> list(addresses_in("See http://a.de/b, (www.c.at) or example.com/x. But not me@x.de, end.The 3.5"))
    ['http://a.de/b', 'www.c.at', 'http://example.com/x']
    """
    for chunk in _WITH_DOT_OR_COLON.finditer(text):
        word = chunk[0]
        if len(word) < 4 or (word.find(".", 0, -1) < 0 and "://" not in word):
            continue
        begins = _BEGINS.search(word) if ":" in word else None
        if begins is not None:
            for part in _BETWEEN.split(word[begins.start() :]):
                yield _trimmed(part)
        elif (www := _WWW.search(word)) is not None:
            yield _trimmed(word[www.start() :])
        elif "://" not in word:
            bare = _trimmed(word.lstrip(_LEADING))
            if _is_bare(bare):
                yield f"http://{bare}"


def _trimmed(address: str) -> str:
    """Without the punctuation of the sentence around it; a bracket stays if it opens inside."""
    end = len(address)
    missing = {close: address.count(close) - address.count(mark) for close, mark in _PAIRS.items()}
    while end:
        last = address[end - 1]
        if missing.get(last, 0) > 0:
            missing[last] -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return address[:end]


def _is_bare(word: str) -> bool:
    """Is this a domain, maybe with a path, rather than a word with a full stop in it?"""
    host = re.split(r"[/?#:]", word[: LONGEST_HOST + 1], maxsplit=1)[0]
    suffix = host.rpartition(".")[2]
    if suffix.lower() not in COMMON_SUFFIXES or (suffix != suffix.lower() and host != host.upper()):
        return False
    return len(host) <= LONGEST_HOST and _BARE_HOST.fullmatch(host) is not None


class Link(NamedTuple):
    """An anchor: where it leads, and the text that it shows."""

    target: str
    shown: str


class InMarkup(NamedTuple):
    """What HTML leads to: addresses in attributes and in text outside of anchors; and its anchors."""

    addresses: list[str]
    links: list[Link]


def in_markup(markup: str) -> InMarkup:
    """The addresses in HTML.

    >>> in_markup("<a href=http://x.de>my<b>bank</b>.de</a> or www.y.de <img src='//z.de/1.gif'>")
    InMarkup(addresses=['http://x.de', '//z.de/1.gif', 'www.y.de'],
             links=[Link(target='http://x.de', shown='mybank.de')])
    """
    found: list[str] = []
    links: list[Link] = []
    outside: list[str] = []
    inside: list[str] = []
    target, at, seen = "", 0, True
    for tag in tags_of(markup):
        if seen and at < tag.begin:
            (inside if target else outside).append(markup[at : tag.begin])
        at, seen = tag.end, tag.closing or tag.name not in ("script", "style")
        if tag.name in (COMMENT, DECLARATION):
            continue
        if tag.name in BLOCKS:
            (inside if target else outside).append("\n")
        if tag.name == "a" and target:
            links.append(Link(target, _shown(inside)))
            target, inside = "", []
        if tag.closing or not tag.inside or tag.inside.isspace():
            continue
        given = attributes_of(tag.inside)
        found += [given[name] for name in _ADDRESS_ATTRIBUTES if given.get(name)]
        if tag.name == "meta" and (refresh := _REFRESH.search(given.get("content", ""))):
            found.append(refresh[1])
        if tag.name == "a" and given.get("href"):
            target = given["href"]
            outside.append(" ")
    if seen:
        (inside if target else outside).append(markup[at:])
    if target:
        links.append(Link(target, _shown(inside)))
    found += addresses_in(decoded("".join(outside)))
    return InMarkup(found, links)


def _shown(pieces: list[str]) -> str:
    text = decoded("".join(pieces)[: 2 * _LONGEST_SHOWN])
    return " ".join(text.split())[:_LONGEST_SHOWN]


def shown_host(text: str) -> str:
    """The host of the first address that a text shows; empty if it shows none."""
    for address in addresses_in(text):
        found = address_of(address)
        if found is not None and found.is_web:
            return found.host
    return ""
