"""Urls: where addresses are found, what is odd about them, and the words that they give."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.documents import Documents, Region
from textpipe.mail import documents_of
from textpipe.signs.address_finding import addresses_in, in_markup
from textpipe.signs.addresses import address_of, ip_kind, mixes_scripts, site_of
from textpipe.signs.urls import Urls


def signs(text, kind="plain"):
    """What is counted, but for how many links and domains there are."""
    counts = Urls().transform(Documents.of_regions([[Region(kind, text)]])).counts
    found = {name.partition(".")[2]: int(column[0]) for name, column in counts.items()}
    return {name: n for name, n in found.items() if name not in ("links", "domains")}


def words(text, kind="plain", **options):
    documents = Documents.of_regions([[Region(kind, text)]])
    regions = next(Urls(**options).transform(documents).documents_regions())
    return [text.split("\n") for kind, text in regions if kind == "url"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("No address. At all... 3.5 e.g. me@x.de, a:b end.The file.py", []),
        ("http://x.de/a?b=c#d.", ["http://x.de/a?b=c#d"]),
        ("(see www.x.de), <http://y.de/a_(b)>!", ["www.x.de", "http://y.de/a_(b)"]),
        ("http://a.de,http://b.de;HTTPS://C.de", ["http://a.de", "http://b.de", "HTTPS://C.de"]),
        ("go:http://a.de/?u=http://b.de", ["http://a.de/?u=http://b.de"]),
        ("x.com X.COM/a, x.Com größe.de", ["http://x.com", "http://X.COM/a", "http://größe.de"]),
        ("„beispiel.de“ »www.x.at«", ["http://beispiel.de", "www.x.at"]),
        ("gopher://x.de http:/x.de", []),
    ],
)
def test_addresses_are_found_in_texts(text, found):
    assert list(addresses_in(text)) == found


def test_addresses_are_found_in_markup():
    markup = (
        "<base href=http://a.de><body background='//b.de/x'><script>'www.no.de'</script>"
        "<a HREF='http://c.de/?a&amp;b'>www.<b>shown</b>.de</a><form action=d/e><!-- www.no.de -->"
        "<meta http-equiv=refresh content='0; URL=http://f.de'>www.<i>g</i>.de<p>www.h<p>.de"
    )
    addresses, links = in_markup(markup)
    assert addresses == [
        "http://a.de", "//b.de/x", "http://c.de/?a&b", "d/e", "http://f.de", "www.g.de", "www.h",
    ]  # fmt: skip
    assert [tuple(link) for link in links] == [("http://c.de/?a&b", "www.shown.de")]


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("http://x.de", "x.de"),
        ("HTTP:x.de", "x.de"),
        (" ht\ntp:\\\\x.de\\a", "x.de"),
        ("///x.de", "x.de"),
        ("http://paypal.com@x.de", "x.de"),
        ("http://paypal.com:80@x.de:99/", "x.de"),
        ("http://%78.de/", "x.de"),
        ("http://ｘ。de./", "x.de"),
        ("http://x.de\xa0UK", "x.de"),
        ("http://[::1]:80/", "[::1]"),
        ("http://[::1]/", "[::1]"),
        ("http:///", None),
        ("x.de", None),
        ("/a/b", None),
        ("", None),
    ],
)
def test_the_host_is_where_a_browser_goes(text, host):
    found = address_of(text)
    assert (None if found is None else found.host) == host


@pytest.mark.parametrize(
    ("address", "sign"),
    [
        ("http://10.0.0.1/", {"ip_hosts": 1}),
        ("http://167772161/", {"ip_hosts": 1, "odd_ip_hosts": 1}),
        ("http://0x0a.1/", {"ip_hosts": 1, "odd_ip_hosts": 1}),
        ("http://paypal.com@x.de/", {"user_info": 1}),
        ("http://x.de:8080/", {"ports": 1}),
        ("http://x.de:80/ https://x.de:443 http://x.de:", {}),
        ("http://xn--mnchen-3ya.de/", {"international_hosts": 1}),
        ("http://münchen.de/", {"international_hosts": 1}),
        ("http://p\u0430ypal.com/", {"international_hosts": 1, "mixed_script_hosts": 1}),
        ("http://%77ww.x.de/", {"escaped_hosts": 1}),
        ("http://x.de/%61b%20c", {"escaped_letters": 1}),
        ("http://x.de/b%20c", {}),
        ("http://printer.local/", {}),
        ("http://a.b.c.x.co.uk/", {"deep_hosts": 1}),
        ("http://www.shop.x.co.uk/", {}),
        ("http://win123.com/", {"digits_in_domains": 1}),
        (f"http://x.de/{'a' * 150}", {"long_urls": 1}),
        ("http://x.de/go?u=http%3A%2F%2Fy.de http://x.de/*www.y.de", {"redirectors": 2}),
        ("http://bit.ly/2abc", {"shorteners": 1}),
    ],
)
def test_a_sign_is_counted(address, sign):
    assert signs(f"see {address} now") == sign


@pytest.mark.parametrize(
    ("markup", "sign"),
    [
        ("<a href=http://x.de>paypal.com</a>", {"other_domain_shown": 1}),
        (
            "<a href=http://x.de>Log in at https://www.pay<b>pal</b>.com/ now</a>",
            {"other_domain_shown": 1},
        ),
        ("<a href=http://click.paypal.com/x>www.paypal.com</a>", {}),
        ("<a href=http://x.de>See Paypal.com: news</a>", {}),
        ("<a href=x.html>paypal.com</a>", {}),
        (
            "<a href='JavaScript:go()'>a</a><a href=mailto:a@b.de>b</a>",
            {"javascript_urls": 1, "mail_links": 1},
        ),
        ("<a href='data:text/html,x'>a</a><img src='data:image/gif;base64,x'>", {"data_urls": 1}),
    ],
)
def test_a_sign_of_markup_is_counted(markup, sign):
    assert signs(markup, "html") == sign


def test_links_and_domains_are_counted_once():
    text = "http://a.x.de/1 http://b.x.de/2 http://a.x.de/1 http://10.0.0.1"
    counts = Urls().transform([text]).counts
    assert {name: int(column[0]) for name, column in counts.items()} == {
        "urls.links": 3,
        "urls.domains": 2,
        "urls.ip_hosts": 1,
    }


def test_the_words_of_addresses_are_a_region():
    text = "http://www.x.co.uk/shop/buy-now.php?id=4711&s=a1b2c3d4e5 http://X.co.uk:80/shop"
    assert words(text) == [["x.co.uk shop buy now php id 0 s x0", "x.co.uk shop"]]
    assert words(text, mask_numbers=False)[0][0].endswith("id 4711 s a1b2c3d4e5")
    assert words(text, path=False) == [["x.co.uk"]]
    assert words(text, words=False) == []
    assert words("nothing") == []


def test_texts_keep_what_they_were():
    texts = ["see http://x.de/a", "nothing", ""]
    after = Urls().transform(texts)
    assert after.texts() == ["see http://x.de/a\n\nx.de a", "nothing", ""]
    assert Urls(words=False).transform(texts).texts() == texts


def test_regions_that_hold_no_addresses_are_not_read():
    for kind in ("sender", "header", "attachment", "url"):
        assert words("http://x.de", kind) == ([["http://x.de"]] if kind == "url" else [])


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("www.example.co.uk", "example.co.uk"),
        ("example.de", "example.de"),
        ("user.github.io", "user.github.io"),
        ("github.io", "github.io"),
        ("de", ""),
        ("a.b.nothing", ""),
        (".".join(["a"] * 1000) + ".com", "a.com"),
    ],
)
def test_the_registrable_domain(host, site):
    assert site_of(host) == site


def test_labels_that_mix_scripts():
    assert not mixes_scripts("москва.example.com")
    assert not mixes_scripts("日本abc.jp")
    assert not mixes_scripts("xn--99999999.de")
    assert mixes_scripts("g\u03bfogle.com")  # the Greek omicron


@given(st.integers(0, 2**32 - 1))
def test_an_address_of_four_bytes_in_any_disguise_is_one(number):
    parts = number.to_bytes(4, "big")
    assert ip_kind(".".join(map(str, parts))) == "plain"
    assert ip_kind(hex(number)) == ip_kind(".".join(map(hex, parts))) == "odd"
    assert ip_kind(f"{parts[0]}.0{int.from_bytes(parts[1:], 'big'):o}") == "odd"


HOSTS = st.from_regex(r"[a-z][a-z0-9]{0,8}(\.[a-z][a-z0-9]{0,8}){1,3}", fullmatch=True)
RESTS = st.from_regex(r"(/[a-z0-9]{0,5}){0,3}(\?[a-z=&]{0,8})?", fullmatch=True)


@given(HOSTS, st.sampled_from(["", ":8080"]), RESTS)
def test_sound_addresses_are_read_as_by_the_standard_library(host, port, rest):
    text = f"https://{host}{port}{rest}"
    known, found = urlsplit(text), address_of(text)
    assert (found.scheme, found.host, found.port) == ("https", known.hostname, port[1:])
    assert found.rest == rest
    assert list(addresses_in(f"at {text}, now")) == [text.rstrip("?")]


@given(
    st.text("htp:/w.@[]%0x1 <a href=>\"',deKо\n", max_size=60),
    st.sampled_from(["plain", "html", ""]),
)
def test_any_text_gives_a_result(text, kind):
    documents = Documents.of_regions([[Region(kind, text)]])
    after = Urls().transform(documents)
    assert after.texts()[0].startswith(documents.texts()[0])
    assert all((column >= 0).all() for column in after.counts.values())


@pytest.mark.parametrize(
    "text",
    [
        "http://" * 100_000,
        "http://a.de," * 50_000,
        "www." * 200_000,
        "a." * 300_000,
        "http://a.de/" + "(" * 300_000,
        "http://" + "@" * 300_000 + "x.de",
        "http://" + "%41" * 100_000 + ".de/",
        "http://" + "xn--a." * 100_000 + "de",
        "<a href=http://x.de>" * 50_000,
        "<a href=http://x.de>" + "a.com " * 100_000,
        "<meta content='url" + " " * 500_000 + "'>",
        "." * 500_000,
    ],
    ids=range(12),
)
def test_floods_are_read_in_one_pass(text):
    for kind in ("plain", "html"):
        documents = Documents.of_regions([[Region(kind, text)]])
        assert Urls().transform(documents).texts()[0].startswith(text)


def test_spam_hides_hosts_and_ham_does_not(corpora):
    share = {}
    for part in ("easy-ham-2", "spam-2"):
        raws = [path.read_bytes() for path in sorted((corpora("spamassassin") / part).iterdir())]
        counts = Urls().apply(documents_of(raws)).counts
        for sign in ("ip_hosts", "user_info"):
            share[part, sign] = (counts[f"urls.{sign}"] > 0).mean()
    assert max(share["easy-ham-2", "ip_hosts"], share["easy-ham-2", "user_info"]) < 0.005
    assert share["spam-2", "ip_hosts"] > 0.2
    assert share["spam-2", "user_info"] > 0.02
