"""Addresses (URLs) taken apart as a browser would, however they are written."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Any, NamedTuple
from urllib.parse import unquote

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}):")
_AUTHORITY_END = re.compile(r"[/\\?#]")
_NEVER_IN_HOSTS = re.compile(r"[\s&;,'\"<>(){}|^`\x00-\x1f\x7f]")
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]{0,16}|[0-9]{1,16}")
_WEB = {"http": "80", "https": "443", "ftp": "21"}

LONGEST_HOST = 253
"""Characters that a host name may have (RFC 1035); of a longer one the end is looked at."""

_DOMAIN_LABELS = 8
_DOTS = str.maketrans("。．｡", "...")
_SCRIPTS_THAT_LOOK_ALIKE = frozenset(
    ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")
)


class Address(NamedTuple):
    """An address.

    scheme     in lower case; ``http`` where none is written
    user_info  what stands before an @ in front of the host
    host       in lower case, decoded; empty where the scheme has none (mailto, data, javascript)
    written    the host as it is written
    port       as it is written
    rest       what follows: path, query and fragment
    """

    scheme: str
    user_info: str
    host: str
    written: str
    port: str
    rest: str

    @property
    def is_web(self) -> bool:
        """Does it lead to a host?"""
        return bool(self.host)

    @property
    def has_odd_port(self) -> bool:
        """Is a port given that is not the scheme's own?"""
        return self.port not in ("", _WEB[self.scheme])


def address_of(text: str) -> Address | None:
    """The address that a text is, as browsers read it; None for a relative one.

    Tabs and line ends inside are passed over, backslashes are slashes (https://url.spec.whatwg.org/,
    section 4.4).

    >>> address_of("HTTP:\\\\\\\\paypal.com@%77ww.Example.DE:8080/a?b")
    Address(scheme='http', user_info='paypal.com', host='www.example.de', written='%77ww.Example.DE',
            port='8080', rest='/a?b')
    >>> address_of("www.example.de").host, address_of("mailto:a@b.de").scheme, address_of("img/a.png")
    ('www.example.de', 'mailto', None)
    """
    text = text.strip("".join(map(chr, range(33))))
    if "\n" in text or "\t" in text or "\r" in text:
        text = text.replace("\n", "").replace("\t", "").replace("\r", "")
    found = _SCHEME.match(text)
    if found is not None and "." not in found[1]:
        scheme, rest = found[1].lower(), text[found.end() :]
        if scheme not in _WEB:
            return Address(scheme, "", "", "", "", rest)
        rest = rest.lstrip("/\\")
    elif text[:2] in ("//", "\\\\", "/\\", "\\/"):
        scheme, rest = "http", text.lstrip("/\\")
    elif text[:4].lower() == "www.":
        scheme, rest = "http", text
    else:
        return None
    end = _AUTHORITY_END.search(rest)
    authority, rest = (rest, "") if end is None else (rest[: end.start()], rest[end.start() :])
    user_info, _, place = authority.rpartition("@")
    written, port = place, ""
    head, colon, tail = place.rpartition(":")
    if colon and not place.endswith("]") and (not tail or tail.isdigit()):
        written, port = head, tail.lstrip("0")
    host = _host(written)
    is_host = any(map(str.isalnum, host)) or host == "[::]"
    return Address(scheme, user_info, host, written, port, rest) if is_host else None


def _host(written: str) -> str:
    """A host name in lower case without escapes and wide letters."""
    host = written[-3 * LONGEST_HOST :]
    if "%" in host:
        host = unquote(host, errors="replace")
    if not host.isascii():
        host = unicodedata.normalize("NFKC", host.translate(_DOTS))
    end = _NEVER_IN_HOSTS.search(host)
    host = host if end is None else host[: end.start()]
    host = host if host.startswith("[") else host.partition(":")[0]
    return host.lower()[-LONGEST_HOST:].strip(".")


def ip_kind(host: str) -> str:
    """``plain`` for an IP address as it is mostly written, ``odd`` for one in disguise, else empty.

    >>> [ip_kind(host) for host in ("10.0.0.1", "[::1]", "3232235777", "0x7f.1", "010.0.0.1", "1.de")]
    ['plain', 'plain', 'odd', 'odd', 'odd', '']
    """
    if host.startswith("["):
        return "plain" if host.endswith("]") else ""
    parts = host.split(".", 4)
    if len(parts) > 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        return ""
    decimal = all(part.isdigit() and (part == "0" or part[0] != "0") for part in parts)
    return (
        "plain" if decimal and len(parts) == 4 and all(int(part) < 256 for part in parts) else "odd"
    )


@functools.cache
def _suffix_list() -> Any:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(accept_unknown=False)


def site_of(host: str) -> str:
    """The registrable domain: what someone had to register, by the Public Suffix List.

    An IP address is its own. Empty where the list does not know the suffix.

    >>> site_of("www.shop.example.co.uk"), site_of("10.0.0.1"), site_of("printer.local"), site_of("uk")
    ('example.co.uk', '10.0.0.1', '', '')
    """
    if ip_kind(host):
        return host
    host = ".".join(host.rsplit(".", _DOMAIN_LABELS)[-_DOMAIN_LABELS:])
    known = _suffix_list()
    site = known.privatesuffix(host)
    if site is None and "." in host and known.publicsuffix(host) is not None:
        return host  # a suffix under which others register names, which also is a site: github.io
    return site or ""


def mixes_scripts(host: str) -> bool:
    """Do letters of scripts that look alike stand in one label of a host name?

    >>> mixes_scripts("p\\u0430ypal.com"), mixes_scripts("xn--pypal-4ve.com"), mixes_scripts("größe.de")
    (True, True, False)
    """
    if host.isascii() and "xn--" not in host:
        return False
    return any(len(_scripts(_readable(label))) > 1 for label in host.split("."))


def _readable(label: str) -> str:
    if not label.startswith("xn--") or len(label) > 63:
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):  # no punycode
        return label


def _scripts(label: str) -> set[str]:
    names = {unicodedata.name(letter, "").partition(" ")[0] for letter in label if letter.isalpha()}
    return names & _SCRIPTS_THAT_LOOK_ALIKE
