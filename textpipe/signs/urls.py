"""Addresses -> what is odd about them, and their words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import pyarrow as pa

from textpipe.documents import Documents, Region, Regions
from textpipe.signs.address_finding import addresses_in, in_markup, shown_host
from textpipe.signs.addresses import Address, address_of, ip_kind, mixes_scripts, site_of
from textpipe.signs.counting import with_counts
from textpipe.signs.markup import is_html
from textpipe.stage import Stage

LONG = 150
"""Characters from which on an address is long."""

DEEP = 3
"""Labels before the registrable domain from which on a host is deep."""

_READ = frozenset(("", "plain", "html", "subject", "hidden"))
_SHORTENERS = (
    "adf.ly amzn.to bit.do bit.ly bitly.com bl.ink buff.ly clck.ru cutt.ly db.tt dlvr.it fb.me goo.gl"
    " is.gd j.mp kurzelinks.de lnkd.in ow.ly qr.net rb.gy rebrand.ly s.id short.io shorte.st shorturl.at"
    " snip.ly snipurl.com soo.gd surl.li t.co t.ly t1p.de tiny.cc tiny.one tinyurl.com tr.im u.to urlz.fr"
    " v.gd wp.me x.co"
)
SHORTENERS = frozenset(_SHORTENERS.split())
_SECOND = re.compile(r"https?(?::|%3a)(?:/|%2f|\\)|[=*/](?:www\.)", re.IGNORECASE)
_ESCAPED_LETTER = re.compile(r"%(?:3[0-9]|[46][1-9a-fA-F]|[57][0-9aA])")
_WRITTEN_OUT = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_WORDS_FROM = 300
"""Characters of a path and query of which words are made."""


class Urls(Stage):
    """What is odd about the addresses (URLs) of a document, counted, and their words as a region "url".

    Addresses are found in texts (with a scheme, with ``www.``, or a bare domain with a common suffix) and
    in the attributes of HTML (href, src, action, background, data, and the target of a refresh). Put this
    stage before ``clean_html``, which takes the mark-up away. Regions of kind "plain", "html", "subject",
    "hidden" and of unknown kind are read. Addresses are taken apart as browsers do it.

    Counts of different addresses:
        links: all that lead to a host; domains: different registrable domains (or IP addresses) of them
        ip_hosts: an IP address for a host; odd_ip_hosts: one written as ``0x7f.1`` or ``3232235777``
        user_info: ``http://paypal.com@x.de``; ports: one that is not the scheme's own
        international_hosts: punycode or letters that are not ASCII; mixed_script_hosts: letters of scripts
            that look alike in one label
        escaped_hosts: ``%77ww.x.de``; escaped_letters: letters or digits as ``%41`` after the host
        deep_hosts: at least three labels before the registrable domain
        digits_in_domains: at least three digits in the registrable domain
        long_urls: more than 150 characters; redirectors: with another address inside
        shorteners: of a service that makes addresses short
        data_urls (but for images), javascript_urls, mail_links (mailto)
    Counts of anchors:
        other_domain_shown: those whose text is an address, of another registrable domain than they lead to

    Options:
        words: whether the words of the addresses become a region of kind "url" at the end of the document:
            the registrable domain and the words of path and query (of their first 300 characters), one
            line an address, each different line once. Default true.
        path: whether the words of path and query are among them. Default true.
        mask_numbers: whether words of digits stand there as "0", and words that look like a serial number
            (8 or more letters with digits, or more than 20 letters) as "x0". Default true.

    Reads text, writes text (longer by the region "url"; the rest is unchanged). Time is linear in the
    text. Nothing is looked up in the network. Raises nothing. Sources: the URL standard,
    https://url.spec.whatwg.org/; https://publicsuffix.org/, as bundled with ``publicsuffixlist``.

    Many texts carry addresses that tell where they were collected rather than what they are, such as a
    mailing list's in each footer. Such words are kept: judge them by hand where a corpus has them.

    >>> urls = Urls().transform(["Log in at http://paypal.com@10.0.0.1:8080/login.php?id=4711 now"])
    >>> urls.texts()[0].splitlines()[-1]
    '10.0.0.1 login php id 0'
    >>> sorted(name for name in urls.counts)
    ['urls.domains', 'urls.ip_hosts', 'urls.links', 'urls.ports', 'urls.user_info']
    """

    reads = ("text",)
    writes = ("text",)

    def __init__(self, words: bool = True, path: bool = True, mask_numbers: bool = True) -> None:
        self.words = words
        self.path = path
        self.mask_numbers = mask_numbers

    def apply(self, documents: Documents) -> Documents:
        counted: list[Counter[str]] = []
        joined: list[list[Region]] = []
        for regions in documents.documents_regions():
            addresses, signs = _found_in(regions)
            counted.append(signs)
            if self.words:
                lines = dict.fromkeys(
                    self._line(address) for address in addresses if address.is_web
                )
                joined.append([*regions, Region("url", "\n".join(lines))] if lines else regions)
        if self.words:
            texts, made = Regions.join(joined)
            documents = documents.with_(text=pa.array(texts, pa.large_string()), regions=made)
        return with_counts(documents, self.name(), counted)

    def _line(self, address: Address) -> str:
        """The words of an address."""
        words = [site_of(address.host) or address.host]
        if self.path:
            words += map(self._word, _WORD.findall(address.rest[:_WORDS_FROM]))
        return " ".join(words)

    def _word(self, word: str) -> str:
        if not self.mask_numbers:
            return word
        if word.isdigit():
            return "0"
        numbered = len(word) >= 8 and any(letter.isdigit() for letter in word)
        return "x0" if numbered or len(word) > 20 else word


def _found_in(regions: Iterable[Region]) -> tuple[list[Address], Counter[str]]:
    """The different addresses of a document in their order, and its signs."""
    written: dict[str, None] = {}
    signs: Counter[str] = Counter()
    for kind, text in regions:
        if kind not in _READ:
            continue
        if not is_html(kind, text):
            written |= dict.fromkeys(addresses_in(text))
            continue
        leads_to, links = in_markup(text)
        written |= dict.fromkeys(leads_to)
        for target, shown in links:
            signs["other_domain_shown"] += _leads_elsewhere(target, shown)
    addresses = list(
        dict.fromkeys(found for text in written if (found := address_of(text)) is not None)
    )
    sites = set()
    for address in addresses:
        signs.update(_signs_of(address))
        if address.is_web:
            sites.add(site_of(address.host) or address.host)
    signs["domains"] = len(sites)
    return addresses, signs


def _leads_elsewhere(target: str, shown: str) -> bool:
    """Is an anchor's text an address, of another registrable domain than it leads to?"""
    if "." not in shown or (" " in shown and _WRITTEN_OUT.search(shown) is None):
        return False
    address, host = address_of(target), shown_host(shown)
    if address is None or not address.is_web or not host:
        return False
    site = site_of(host)
    return bool(site) and site != (site_of(address.host) or address.host)


def _signs_of(address: Address) -> list[str]:
    """The names of the signs that an address gives."""
    scheme, user_info, host, written, _, rest = address
    if not host:
        image = scheme == "data" and rest[:6].lower() == "image/"
        names = {"javascript": "javascript_urls", "mailto": "mail_links", "data": "data_urls"}
        return [names[scheme]] if scheme in names and not image else []
    ip, site = ip_kind(host), site_of(host)
    name = site.partition(".")[0]
    there = {
        "links": True,
        "ip_hosts": bool(ip),
        "odd_ip_hosts": ip == "odd",
        "user_info": bool(user_info),
        "ports": address.has_odd_port,
        "international_hosts": not host.isascii() or "xn--" in host,
        "mixed_script_hosts": mixes_scripts(host),
        "escaped_hosts": "%" in written,
        "escaped_letters": _ESCAPED_LETTER.search(rest) is not None,
        "deep_hosts": not ip and host.count(".") - site.count(".") >= DEEP,
        "digits_in_domains": not ip and sum(letter.isdigit() for letter in name) >= 3,
        "long_urls": len(written) + len(rest) > LONG,
        "redirectors": _SECOND.search(rest) is not None,
        "shorteners": site in SHORTENERS or host in SHORTENERS,
    }
    return [name for name, found in there.items() if found]
