"""HTML -> the text that a reader would see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from textpipe.clean.html_or_plain import (
    ENTITY,
    decode_entities,
    decode_entity,
    keep_addresses,
    looks_like_html,
)
from textpipe.clean.html_places import html_places
from textpipe.clean.html_quick import read_quickly, rules_hold, worth_compiling
from textpipe.clean.html_tags import read_tags
from textpipe.clean.html_text import TextWriter, TooDeepError, without_marks
from textpipe.documents import Int32, Region, clean_surrogates
from textpipe.errors import DefinitionError
from textpipe.places import same_places, substitute, told
from textpipe.text_stage import Cleaned, TextStage


class CleanHtml(TextStage):
    """Text without mark-up: what a reader would see, block by block.

    Block elements, ``<br>`` and table rows begin a new line, table cells are divided by a tab, inline
    elements divide nothing (``Vi<b></b>agra`` is one word). White space collapses as in a browser,
    except in ``<pre>``, ``<textarea>``, ``<listing>`` and ``<xmp>``. Entities are decoded once; a
    no-break space stays one. ``<noscript>`` is read, as mail readers run no scripts, and so is what stands
    in ``<object>`` and ``<applet>`` for who cannot show these. Gone are comments, script, style, title,
    iframe, noframes, noembed and rp, with all inside. The small text over ruby (``<rt>``) is a word of its
    own.

    Hidden is what has ``hidden``, ``display: none``, ``visibility: hidden``, ``opacity: 0`` or a font
    size of zero on itself or on an element around it, as far as CSS lets it inherit; and what stands in
    template, audio, video, canvas and datalist. Style sheets, colours and box sizes are not evaluated.

    Which texts are read as HTML: regions of kind "html" always; of kind "plain", "subject" and
    "hidden" never; texts of unknown kind only if they hold tags of elements that exist. Other texts
    of unknown kind stay as they are, but for whole entities (``&amp;``, ``&#8364;``). Addresses in
    angle brackets, such as ``<me@x.de>``, are kept as text. An "html" region becomes "plain".

    Options:
        hidden: "drop" leaves hidden text out, "keep" leaves it in, "apart" makes it a region of its
            own of kind "hidden", after the visible one. Default "drop".
        links: whether the target of a link stands after its text, ``here <http://x.de>``, unless the
            text is the target. Default false.
        alt: whether an image's alternative text and the labels of buttons count. Default true.
        max_depth: how many elements may be open at a time. Default 1000.

    Reads text, writes text. Counts ``hidden_characters`` (of hidden text, after white space has
    collapsed) and ``degraded``: 1 for a region that is nested more deeply than ``max_depth``, or
    whose end lies in a comment, tag, attribute, script, style or title that is never closed. Such a
    region is read by a simpler reader which loses no text but that of an unclosed script or style.
    Time is linear in the text, whatever the text is.

    Raises DefinitionError if ``max_depth`` is below 1.

    The reading is that of BeautifulSoup with lxml (whose parser is used, without building a tree).
    Source: the HTML standard, https://html.spec.whatwg.org/, section 15 (rendering).

    >>> print(CleanHtml().of("<p>Hi &amp; bye,<p>buy <b>che</b>ap<br>pills<i hidden> at noon</i>!"))
    Hi & bye,
    buy cheap
    pills!
    >>> CleanHtml().of("if a < b and c > d: mail <me@x.de>")
    'if a < b and c > d: mail <me@x.de>'
    """

    kinds = frozenset(("", "html"))
    counted = ("hidden_characters", "degraded")
    defects = ("degraded",)

    def __init__(
        self,
        hidden: Literal["drop", "keep", "apart"] = "drop",
        links: bool = False,
        alt: bool = True,
        max_depth: int = 1000,
    ) -> None:
        self.hidden = hidden
        self.links = links
        self.alt = alt
        self.max_depth = max_depth

    @property
    def in_threads(self) -> bool:  # type: ignore[override]  # it depends on an option
        """Only where most texts are read by the compiled loop: the parser keeps Python busy."""
        return not self.links

    def check(self) -> None:
        super().check()
        if self.max_depth < 1:
            raise DefinitionError(
                f"clean_html: max_depth must be at least 1, but is {self.max_depth}. "
                "Leave it out for the default, 1000."
            )

    def of(self, text: str) -> str:
        return self.clean(Region("", text)).regions[0].text

    def clean(self, region: Region) -> Cleaned:
        return self.clean_all([region])[0]

    def clean_all(self, regions: list[Region]) -> list[Cleaned]:
        are_html = [
            kind == "html" or (kind == "" and looks_like_html(text)) for kind, text in regions
        ]
        quick = iter(
            self._read_quickly(
                [region.text for region, html in zip(regions, are_html, strict=True) if html]
            )
        )
        return [
            self._of_html(region, next(quick)) if html else _of_others(region)
            for region, html in zip(regions, are_html, strict=True)
        ]

    def _read_quickly(self, markups: list[str]) -> list[str | None]:
        """The texts in which nothing is hidden or out of the way, as the parser would have read them."""
        if self.links or not markups or not rules_hold():
            return [None] * len(markups)
        if not worth_compiling(sum(map(len, markups))):
            return [None] * len(markups)
        return read_quickly(markups, self.alt, self.max_depth)

    def _of_html(self, region: Region, quick: str | None) -> Cleaned:
        kind = "plain" if region.kind == "html" else region.kind
        if quick is not None:
            return Cleaned([Region(kind, quick)], _NOTHING)
        markup = keep_addresses(without_marks(clean_surrogates(region.text)))
        return self._read(kind, markup, TextWriter)

    def places(self, region: Region, cleaned: Cleaned) -> list[Int32] | None:
        kind, text = region
        if kind not in ("", "html"):
            return [same_places(text)]
        if kind == "" and not looks_like_html(text):
            return told(cleaned, *substitute(ENTITY, decode_entity, text))
        return html_places(
            text,
            [made.text for made in cleaned.regions],
            lambda markup, writer: [made.text for made in self._read("", markup, writer).regions],
        )

    def _read(self, kind: str, markup: str, new_writer: Callable[..., TextWriter]) -> Cleaned:
        """The visible text as a region of this kind, and the hidden text."""
        from lxml import etree  # type: ignore[import-untyped]  # it ships no types

        last = "end of the text"
        while last in markup:
            last += "."
        writer = new_writer(self.hidden, self.links, self.alt, self.max_depth, last)
        parser = etree.HTMLParser(target=writer, recover=True, huge_tree=True)
        try:
            # Fed as BeautifulSoup feeds it; the comment comes back as one only if all before it is
            # closed. Where there are tags enough to nest too deeply it is fed in parts: the parser
            # stops only between them, and each end tag costs it as much as elements are open.
            step = len(markup) + 1 if markup.count("<") < self.max_depth else 1 << 14
            for at in range(0, len(markup), step):
                parser.feed(markup[at : at + step])
            parser.feed(f"<!--{last}-->")
            seen, unseen = parser.close()
        except (TooDeepError, etree.LxmlError):
            writer.complete = False
        degraded = not writer.complete
        if degraded:
            writer = new_writer(self.hidden, self.links, self.alt, len(markup))
            read_tags(markup, writer)
            seen, unseen = writer.close()
        regions = [Region(kind, seen)]
        if unseen and self.hidden == "apart":
            regions.append(Region("hidden", unseen))
        return Cleaned(regions, {"hidden_characters": len(unseen), "degraded": int(degraded)})


_NOTHING = {"hidden_characters": 0, "degraded": 0}


def _of_others(region: Region) -> Cleaned:
    """What is no HTML: of unknown kind, whole entities are decoded in it."""
    text = decode_entities(region.text) if region.kind == "" else region.text
    same = text == region.text
    return Cleaned([region if same else Region("", text)], _NOTHING)
