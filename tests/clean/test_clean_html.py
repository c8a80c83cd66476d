"""CleanHtml: what a reader sees, what is hidden, what is no HTML at all, and hostile mark-up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.clean.clean_html import CleanHtml
from textpipe.documents import Documents, Region
from textpipe.errors import DefinitionError
from textpipe.run.parcel import to_parcel
from textpipe.text_stage import Cleaned


def seen(markup, **options):
    """The visible text of an HTML region."""
    return CleanHtml(**options).clean(Region("html", markup)).regions[0].text


def counts(markup, **options):
    return CleanHtml(**options).clean(Region("html", markup)).counts


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>a</p><p>b</p>", "a\nb"),
        ("Vi<b></b>agra Vi<!-- x -->agra", "Viagra Viagra"),
        ("Donau<wbr>dampf", "Donaudampf"),
        ("one<br>two<br><br>three", "one\ntwo\n\nthree"),
        ("<table><tr><td>a<td>b<tr><td>c<td>d</table>e", "a\tb\nc\td\ne"),
        ("<h1>Title</h1>text<hr>more<ul><li>x<li>y</ul>", "Title\ntext\nmore\nx\ny"),
        ("  a \n\t b<i> c</i> ", "a b c"),
        ("<pre>\nx\n  y\n\n\nz</pre>after  all", "x\n  y\n\n\nz\nafter all"),
        ("a<script>b</script><style>c</style><template>d</template><iframe>e</iframe>f", "af"),
        ("a<object data=x><param name=y>b</object> <applet>c<p>d</applet>", "ab c\nd"),
        ("<head><title>t</title></head><body>b</body>", "b"),
        ("<title>t</title><p>b", "b"),
        ("<noscript>turn it on</noscript>", "turn it on"),
        ("&lt;b&gt; &amp;amp;lt; &euro; &#8364; &#x20AC; &copy", "<b> &amp;lt; € € € ©"),
        ("a&nbsp;b", "a\xa0b"),
        ("<select><option>a<option>b</select>", "a\nb"),
        ('<img src=x alt="a  house"> <input type=submit value=Buy>', "a house Buy"),
        ('Vi<input type=hidden value=x>agra Vi<img src="">agra', "Viagra Viagra"),
        ('a<b title="x>y">z</b>', "az"),
        ("<![CDATA[x]]>y<?php z ?>", "y"),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "漢 kan"),
        ("", ""),
        ("   ", ""),
        ("a\0b", "a\ufffdb"),
        ("a\ud83db", "a\ufffdb"),
        ("&#xfdd0;\ufdd1", "\ufffd\ufffd"),
        ('<?xml version="1.0" encoding="latin-1"?><meta charset=ascii><p>ä€', "ä€"),
    ],
)
def test_the_text_is_what_a_reader_sees(markup, text):
    assert seen(markup) == text
    assert counts(markup)["degraded"] == 0


@pytest.mark.parametrize(
    "text", ["<me@x.de>", "<http://x.de/A/b>", "<mailto:me@x.de>", "a < b", "<3"]
)
def test_what_is_no_tag_stays_in_html_too(text):
    assert seen(f"<p>see {text} <b>here</b></p>") == f"see {text} here"


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        " DISPLAY : None ! important ; display: block",
        "display:/* x */none",
        "d\\69splay:none",
        "display:none; display:nonsense",
        "visibility: hidden",
        "font-size:0",
        "font-size: 0px",
        "font-size:0.0em!important",
        "font: bold 0/0 Arial",
        "opacity: 0",
    ],
)
def test_hidden_text_is_dropped_and_counted(style):
    markup = f'a <span style="{style}">secret <b>word</b></span> b'
    assert seen(markup) == "a b"
    assert counts(markup) == {"hidden_characters": len("secret word"), "degraded": 0}


@pytest.mark.parametrize(
    "style",
    [
        "display:block",
        "font-size:10px",
        "font-size:0.5em",
        "color:none",
        "display:none;display:inline",
    ],
)
def test_other_styles_hide_nothing(style):
    assert seen(f'a <span style="{style}">word</span> b') == "a word b"


def test_hiding_is_inherited_as_css_says():
    assert seen('<p style="visibility:hidden">a<b style="visibility:visible">b</b>') == "b"
    assert seen('<p style="display:none">a<b style="display:block">b</b>') == ""
    assert (
        seen('<p style="font-size:0">a<b style="font-size:12px">b</b><i style="font-size:2em">c')
        == "b"
    )
    assert seen("a<p hidden>b<i>c</i></p>d") == "ad"
    assert seen('<p hidden style="display:block">a') == "a"
    assert seen('Vi<div style="display:none">x</div>agra') == "Viagra"
    assert seen('a<div style="visibility:hidden">x</div>b') == "a\nb"


def test_hidden_text_is_kept_or_set_apart_when_asked():
    markup = "a <i hidden>b  c</i> d <i hidden>e</i>"
    assert seen(markup, hidden="keep") == "a b c d e"
    assert CleanHtml(hidden="apart").clean(Region("html", markup)).regions == [
        Region("plain", "a d"),
        Region("hidden", "b c\ne"),
    ]
    assert counts(markup, hidden="keep") == counts(markup) == counts(markup, hidden="apart")


def test_link_targets_stand_after_their_text():
    markup = (
        'go <a href="http://y.de/a b">here</a>, <a href=http://x.de/>x.de</a>, <a href=#top>up</a>'
        '<a href="mailto:me@x.de">me@x.de</a> <a href="/z"><img alt="pic"></a>'
    )
    assert seen(markup, links=True) == "go here <http://y.de/ab>, x.de, upme@x.de pic </z>"
    assert seen(markup) == "go here, x.de, upme@x.de pic"


@pytest.mark.parametrize(
    "text",
    [
        "if a < b and c > d then",
        "<me@x.de>",
        "<http://x.de/a>",
        "I <3 you",
        "x <- y",
        "List<String> a",
        "vector<b>",
        "a <b and c> d",
        "Dear <title> <name>,",
        "<!-- never closed",
        " two  spaces\r\n\tand a tab\n",
        "AT&T &copy &unknown; &#99999999999;",
        "nul \0 stays",
    ],
)
def test_plain_text_of_unknown_kind_is_left_alone(text):
    assert CleanHtml().of(text) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("<b>Free</b>", "Free"),
        ("Buy <a href=x>here</a>  now", "Buy here now"),
        ("one<br>two", "one\ntwo"),
        ("<!-- x -->a", "a"),
        ("Gratis&nbsp;&euro;5  now", "Gratis\xa0€5  now"),
        ("&lt;#&gt; &amp;amp;", "<#> &amp;"),
    ],
)
def test_text_of_unknown_kind_is_read_as_html_only_if_it_is(text, cleaned):
    assert CleanHtml().of(text) == cleaned


def test_kinds_of_regions():
    mail = [
        Region("subject", "<b>s</b> &amp;"),
        Region("plain", "<b>p</b>"),
        Region("html", "<b>h</b>"),
    ]
    documents = CleanHtml().transform(Documents.of_regions([mail, [Region("", "a&amp;b")]]))
    assert list(documents.documents_regions()) == [
        [*mail[:2], Region("plain", "h")],
        [Region("", "a&b")],
    ]
    assert documents.counts["clean_html.hidden_characters"].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("x <!-- a word", "x a word"),
        ('a <p title="x>y>z</p> word', "a\ny>z\nword"),
        ("text <a href='http://x.de/", "text <a href='http://x.de/"),
        ("<title>a word", "a word"),
        ("<textarea>a word", "a word"),
        ("a </", "a </"),
        ("word <script>code()", "word"),
        ("<plaintext>a <b> c", "a <b> c"),
        ("<p hidden>no</p>a<b>b</b>&amp;&#0065;&#" + "9" * 5000 + ";<!--", "ab&A\ufffd"),
    ],
)
def test_what_is_never_closed_swallows_nothing_and_is_counted(markup, text):
    assert seen(markup) == text
    assert counts(markup)["degraded"] == 1


def test_text_that_looks_like_the_end_mark_is_text():
    assert seen("a<!--end of the text-->b<!--end of the text.-->") == "ab"
    assert counts("a<!--end of the text-->b<!--") == {"hidden_characters": 0, "degraded": 1}


def test_options_are_checked():
    with pytest.raises(DefinitionError, match="max_depth must be at least 1, but is 0"):
        CleanHtml(max_depth=0).check()
    with pytest.raises(DefinitionError, match="hidden"):
        CleanHtml(hidden="away").check()


MARKUPS = ["<p>a<b>ä</b>", "<i hidden>b</i>c", "R&amp;D", "plain é", "", "<p>" * 9]
REGIONS = st.builds(
    Region, st.sampled_from(["subject", "plain", "html", "", "hidden"]), st.sampled_from(MARKUPS)
)


@given(st.lists(st.lists(REGIONS, max_size=3), min_size=1, max_size=8), st.booleans())
def test_documents_without_html_are_passed_over_and_nothing_else_changes(
    documents: list[list[Region]], counted: bool
) -> None:
    batch = Documents.of_regions(documents)
    if counted:
        before = np.arange(len(batch)) + 1
        batch = batch.with_(counts={"clean_html.degraded": before, "other": before})
    stage = CleanHtml(hidden="apart", max_depth=5)
    made = stage.apply(batch)
    all_of_them = stage._apply_to_all(batch)
    zeros = {f"clean_html.{name}": np.zeros(len(batch), np.int64) for name in stage.counted}
    expected = all_of_them.with_(counts={**zeros, **all_of_them.counts})
    touched = {kind for regions in documents for kind, _ in regions} & stage.kinds
    if touched:
        assert to_parcel(made) == to_parcel(expected)
    else:  # regions that do not change may keep their numbers
        assert list(made.documents_regions()) == list(expected.documents_regions())
        assert made.counts.keys() == expected.counts.keys()


def test_a_subclass_that_cleans_anew_is_asked_for_every_region() -> None:
    class Louder(CleanHtml):
        def clean(self, region: Region) -> Cleaned:
            made = super().clean(region)
            return Cleaned([Region(kind, text.upper()) for kind, text in made.regions], made.counts)

    documents = Documents.of_regions(
        [[Region("subject", "a"), Region("html", "<p>b")], [Region("plain", "c")]]
    )
    assert Louder().apply(documents).texts() == ["A\n\nB", "C"]


@pytest.mark.parametrize("element", ["audio", "canvas", "datalist", "template", "video"])
@pytest.mark.parametrize("end", ["</{}>", ""])
def test_what_stands_in_an_element_that_is_not_shown_is_hidden_and_counted(element, end):
    markup = f"<p>a</p><{element}>free <b>prize</b>{end.format(element)}"
    done = CleanHtml(hidden="apart").transform([markup])
    assert [tuple(region) for region in next(done.documents_regions())] == [
        ("", "a"),
        ("hidden", "free prize"),
    ]
    assert done.counts["clean_html.hidden_characters"].tolist() == [10]
