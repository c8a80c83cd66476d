"""HtmlTricks: each trick counted, none seen where there is none, floods survived."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.documents import Documents, Region
from textpipe.mail import documents_of
from textpipe.signs.html_tricks import HtmlTricks


def tricks(*markups, kind="html"):
    """What is counted in one document of these regions."""
    documents = Documents.of_regions([[Region(kind, markup) for markup in markups]])
    after = HtmlTricks().transform(documents)
    assert after.texts() == documents.texts()
    return {name.partition(".")[2]: int(column[0]) for name, column in after.counts.items()}


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "<p>Hello <b>B</b>ob &amp; all</p>",
        "<table><tr><td bgcolor=black><font color=white>x</font><td><font color=black>y</font></table>",
        "<body bgcolor=#ffffff text=#333333><a href=x>link</a></body></html></html>",
        "<div style='background:url(x.gif)'><font color=white>on a picture</font></div>",
        "<font color=white>&nbsp; &nbsp;</font>",
        "<ul><li>a<li>b</ul><p>c<p>d",
        "<o:p></o:p> <script",
        "Donau<wbr>dampf",
        "<p>one</p><p>two</p>",
    ],
)
def test_innocent_markup_gives_no_sign(markup):
    assert tricks(markup) == {}


@pytest.mark.parametrize(
    ("markup", "signs"),
    [
        ("<font color=white>abc d</font>", {"same_colour_characters": 4}),
        ("<body bgcolor=red><font color='#FE0000'>ab</font></body>", {"same_colour_characters": 2}),
        ("<p style='color:#eee'>ab</p>", {"low_contrast_characters": 2}),
        (
            "<div style='background:#000'>ab<span style='color:rgb(255,255,255)'>cd</span></div>",
            {"same_colour_characters": 2},
        ),
        ("<span style='font-size: 1px'>abc<b>d</b></span>e", {"tiny_characters": 4}),
        ("<p style='font:bold 0pt Arial'>ab</p>", {"tiny_characters": 2}),
        ("Vi<b></b>agra", {"split_words": 1}),
        ("Vi<!-- x -->ag<!-- y -->ra", {"split_words": 2, "comments": 2}),
        ("Vi<x>agra", {"split_words": 1, "unknown_tags": 1, "broken_tag_percent": 100}),
        ("Vi<p></p>agra", {}),
        ("<b>F</b>ree <i>x</i>", {}),
        ("&#86;&#105;&#x61; &#8364;&#33;", {"letter_references": 3}),
        ("<a href='&#104;ttp://x'>y</a>", {"letter_references": 1}),
        ("a<!-- b", {"comments": 1, "unclosed_comments": 1}),
        ("<i>a</b></i></b>c", {"stray_end_tags": 2, "broken_tag_percent": 50}),
        ("<div><b>a</div>", {"unclosed_tags": 1, "broken_tag_percent": 33}),
        ("<script>x='<b>'</script><body onload=x()>a</body>", {"scripts": 1, "event_handlers": 1}),
        ("<form><input type=password></form>", {"forms": 1, "password_fields": 1}),
        ("<iframe src=x></iframe><object></object>", {"iframes": 1, "embedded_objects": 1}),
        (
            "<meta http-equiv=Refresh content='0;url=x'><base href=x>",
            {"meta_refreshes": 1, "base_tags": 1},
        ),
        ("<table width=0><tr><td>a</table>", {"zero_boxes": 1}),
        ("<div style='height:0px;overflow:hidden'>a</div>", {"zero_boxes": 1}),
        (
            f"{'word ' * 100}<img src=x width=1 height=1>",
            {"images": 1, "tracking_pixels": 1},
        ),
        (
            "<a href=x><img src='data:image/gif;base64,xx'></a>",
            {
                "images": 1,
                "linked_images": 1,
                "data_images": 1,
                "image_percent": 100,
                "image_instead_of_text": 1,
            },
        ),
        (f"{'x' * 100}<img width=100 height=100>", {"images": 1, "image_percent": 50}),
    ],
)
def test_a_trick_is_counted(markup, signs):
    assert tricks(markup) == signs


def test_shares_are_of_the_whole_document():
    assert tricks("<img>", "x" * 100)["image_percent"] == 50
    assert tricks("<b>", "<b></b>") == {"unclosed_tags": 1, "broken_tag_percent": 33}


def test_an_end_tag_does_not_reach_out_of_its_table():
    markup = "<font color=red><table><tr><td>a</font>b</table>c</font>"
    assert tricks(markup) == {"stray_end_tags": 1, "broken_tag_percent": 14}


def test_only_html_is_read():
    assert tricks("Vi<b></b>agra", kind="plain") == {}
    assert tricks("Vi<b></b>agra", kind="") == {"split_words": 1}
    assert tricks("x < y <me@x.de>", kind="") == {}


def test_counts_are_added_to_what_stands_there():
    once = HtmlTricks().transform(["<p>a<!-- --></p>", "b"])
    twice = HtmlTricks().apply(once)
    assert once.counts["html_tricks.comments"].tolist() == [1, 0]
    assert twice.counts["html_tricks.comments"].tolist() == [2, 0]


WORDS = st.lists(st.text("abcXYZ", min_size=2, max_size=6), min_size=1, max_size=8)


@given(WORDS, st.sampled_from(["<b></b>", "<!-- x -->", "<font></font>"]))
def test_each_split_word_counts(words, splitter):
    markup = " ".join(f"{word[:1]}{splitter}{word[1:]}" for word in words)
    assert tricks(markup)["split_words"] == len(words)


@given(st.text("<>/!-=\"' abstyle:#0&;", max_size=80))
def test_any_markup_gives_counts(markup):
    signs = tricks(markup)
    assert all(count > 0 for count in signs.values())
    assert signs.get("broken_tag_percent", 0) <= 100


@pytest.mark.parametrize(
    ("markup", "sign", "count"),
    [
        ("<a " + " ".join(f"x{i}=1" for i in range(100_000)) + ">t</a>", "links", 0),
        ("<b>" * 500_000, "unclosed_tags", 500_000),
        ("<!--" + "x" * 5_000_000 + "-->", "comments", 1),
        ("<!--" * 200_000, "unclosed_comments", 200_000),
        ("<table><tr>" + "<td><font color=white>x" * 50_000, "same_colour_characters", 50_000),
        ("<b>" * 50_000 + "</i>" * 50_000, "stray_end_tags", 50_000),
        ("<table>" * 50_000 + "</table>" * 50_000, "unclosed_tags", 0),
        ("<a b='" + '<c d="' * 200_000, "images", 0),
        ("<" * 500_000, "unknown_tags", 0),
        ("&#" * 300_000 + "0" * 300_000 + "<b></b>", "letter_references", 0),
        ("<p style='" + "color:#fff;" * 100_000 + "'>x", "same_colour_characters", 1),
    ],
    ids=range(11),
)
def test_floods_are_read_in_one_pass(markup, sign, count):
    assert tricks(markup).get(sign, 0) == count


def test_spam_uses_tricks_and_ordinary_ham_does_not(corpora):
    share = {}
    for part in ("easy-ham-2", "spam-2"):
        raws = [path.read_bytes() for path in sorted((corpora("spamassassin") / part).iterdir())]
        counts = HtmlTricks().apply(documents_of(raws)).counts
        for sign in ("same_colour_characters", "split_words", "broken_tag_percent"):
            column = counts.get(f"html_tricks.{sign}")
            share[part, sign] = 0 if column is None else (column > 0).mean()
    assert share["easy-ham-2", "same_colour_characters"] == share["easy-ham-2", "split_words"] == 0
    assert share["easy-ham-2", "broken_tag_percent"] < 0.01
    assert share["spam-2", "same_colour_characters"] > 0.03
    assert share["spam-2", "split_words"] > 0.02
    assert share["spam-2", "broken_tag_percent"] > 0.2
