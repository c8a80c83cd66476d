"""MailHeaders: what is odd about headers, and what is not looked at because it gives a collection away."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textpipe.documents import Documents
from textpipe.errors import DefinitionError
from textpipe.mail import documents_of
from textpipe.signs.header_signs import of_authentication
from textpipe.signs.mail_headers import LEFT_OUT, MailHeaders
from textpipe.testing import plain

USUAL = {
    "From": "Ann <ann@x.de>",
    "To": "bob@y.de",
    "Subject": "The lake",
    "Date": "Fri, 20 Nov 2026 10:00:00 +0100",
    "Message-ID": "<1@x.de>",
}


def mail(**changed):
    """A mail with usual headers, but for those changed (None: left out)."""
    headers = USUAL | {name.replace("_", "-"): value for name, value in changed.items()}
    lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
    return ("\n".join(lines) + "\n\nText\n").encode()


def signs(raw, **options):
    options = {"ignore": [], "leave_out": []} | options
    counts = MailHeaders(**options).transform(documents_of([raw])).counts
    found = {name.removeprefix("mail_headers."): int(column[0]) for name, column in counts.items()}
    return {name: n for name, n in found.items() if n and not name.startswith("mail.")}


def test_a_usual_mail_gives_no_sign():
    assert signs(mail()) == {}


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"From": None}, {"from_missing": 1}),
        ({"From": "ann@x.de"}, {"name_missing": 1}),
        ({"From": "Ann <a@x.de>, Bob <b@x.de>"}, {"from_several": 1}),
        ({"From": "HOT OFFER <a@x.de>"}, {"name_in_capitals": 1}),
        ({"From": "=?utf-8?q?J=C3=B6rg_M=C3=BCller?= <a@x.de>"}, {"name_not_ascii": 2}),
        ({"From": "Ann <ann1234@x.de>"}, {"address_ends_in_digits": 1}),
        ({"From": '"ann@x.de" <ann@mail.x.de>'}, {"name_shows_address": 1}),
        (
            {"From": '"service@paypal.com" <a@x.de>'},
            {"name_shows_address": 1, "name_shows_other_address": 1},
        ),
        ({"Reply_To": "a@mail.x.de"}, {}),
        ({"Reply_To": "a@other.de"}, {"reply_to_differs": 1}),
        ({"To": None}, {"to_missing": 1}),
        ({"To": "undisclosed-recipients:;"}, {"undisclosed_recipients": 1}),
        ({"To": "Friends"}, {"undisclosed_recipients": 1}),
        ({"To": "ann@x.de"}, {"to_is_from": 1}),
        ({"To": ", ".join(f"b{i}@y.de" for i in range(6))}, {"many_recipients": 2}),
        ({"Subject": None}, {"subject_missing": 1}),
        ({"Subject": "Re: BUY NOW", "References": "<2@x.de>"}, {"subject_in_capitals": 1}),
        ({"Subject": "Buy now!!"}, {"subject_exclamations": 2}),
        ({"Subject": "Buy      now       x7", }, {"subject_gaps": 2}),
        ({"Subject": "AW: Boot?"}, {"reply_to_nothing": 1, "subject_questions": 1}),
        ({"Subject": "AW: Boot", "In_Reply_To": "<2@x.de>"}, {}),
        ({"Date": None}, {"date_missing": 1}),
        ({"Date": "soon"}, {"date_unreadable": 1}),
        ({"Date": "Fri, 99 Nov 99999999999 99:99:99"}, {"date_unreadable": 1}),
        ({"Received": "from a by b; Fri, 20 Nov 2026 09:00:10 +0000"}, {"received": 1}),
        ({"Received": "from a by b; Fri, 27 Nov 2026 09:00:10 +0000"}, {"received": 1, "date_in_past": 1}),
        ({"Received": "from a by b; Fri, 13 Nov 2026 09:00:10 +0000"}, {"received": 1, "date_in_future": 1}),
        ({"Message_ID": None}, {"message_id_missing": 1}),
        ({"Message_ID": "<1>"}, {"message_id_odd": 1}),
        ({"Content_Transfer_Encoding": "base64"}, {"mime_version_missing": 1}),
        ({"MIME_Version": "1.0 (made by hand)"}, {}),
        ({"MIME_Version": "2"}, {"mime_version_odd": 1}),
        ({"X_Priority": "1 (High)"}, {"high_priority": 1}),
        ({"X_Mailer": "SuperBulk Blaster 2.0"}, {"bulk_mailer": 1}),
        ({"X_Mailer": "Microsoft Outlook Express 6.00"}, {"forged_outlook": 1}),
        ({"X_Mailer": "Microsoft Outlook Express 6.00", "X_MimeOLE": "x"}, {}),
        ({"to": "b@y.de"}, {"repeated_headers": 1}),
        ({"List_Unsubscribe": "<http://x.de>"}, {"list_unsubscribe": 1}),
    ],
    ids=str,
)  # fmt: skip
def test_a_sign_is_counted(changed, found):
    assert signs(mail(**changed)) == found


def test_what_gives_a_collection_away_is_not_looked_at():
    raw = mail(
        List_Unsubscribe="<x>",
        Received="a; Fri, 27 Nov 2026 09:00:10 +0000",
        To=None,
        Reply_To="a@b.de",
    )
    assert signs(raw, ignore=None, leave_out=None) == {}
    assert set(signs(raw)) <= set(LEFT_OUT)
    assert (
        "list_unsubscribe" in signs(raw, leave_out=None, ignore=[])
        or "list_unsubscribe" in LEFT_OUT
    )
    assert signs(raw, ignore=["list-*"], leave_out=["received", "date_in_past"]) == {
        "to_missing": 1,
        "reply_to_differs": 1,
    }


def test_the_docstring_names_every_header_and_sign_that_is_off():
    from textpipe.signs.mail_headers import IGNORED

    told = " ".join((MailHeaders.__doc__ or "").split())
    for name in (*IGNORED, *LEFT_OUT):
        assert f"{name}," in told or f"{name}." in told


RESULTS = "mx.y.de; spf=pass (fine; really) smtp.mailfrom=x.de; dkim=fail; dmarc=temperror"


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([RESULTS], {"spf_pass": 1, "dkim_fail": 1, "dmarc_unclear": 1}),
        (["MX.Y.DE 1; SPF=softfail"], {"spf_fail": 1}),
        (["mx.y.de; none"], {}),
        (["mx.y.de; spf=pass", "mx.y.de; dkim=pass"], {"spf_pass": 1, "dkim_pass": 1}),
        (["forged.de; spf=pass", RESULTS], {}),
        (["mx.y.de; spf=fail", "forged.de; spf=pass", "mx.y.de; spf=pass"], {"spf_fail": 1}),
        (["mx.y.de.evil.com; spf=pass"], {}),
        (['mx.y.de; reason="x; dmarc=pass"; spf=fail'], {"spf_fail": 1}),
        (["mx.y.de; (a (b) ; dmarc=pass) spf=fail"], {"spf_fail": 1}),
        (['mx.y.de; reason="\\"; dmarc=pass"; (\\); dmarc=pass) spf=fail'], {"spf_fail": 1}),
        ([""], {}),
        ([], {}),
    ],
)
def test_only_trusted_results_count(values, found):
    assert of_authentication(values, "mx.y.de") == found


def test_authentication_needs_trust():
    raw = mail(Authentication_Results=RESULTS)
    assert signs(raw) == {}
    assert signs(raw, trust="mx.y.de", leave_out=[]) == {
        "spf_pass": 1,
        "dkim_fail": 1,
        "dmarc_unclear": 1,
    }
    with pytest.raises(DefinitionError, match="trust must be the authserv-id"):
        MailHeaders(trust=" ").check()


def test_words_of_headers_are_a_region_if_asked_for():
    raw = mail(X_Mailer="Super  Bulk", Sender="x@y.de")
    headers = MailHeaders(words=["X-Mailer", "sender", "organization"])
    regions = next(headers.transform(documents_of([raw])).documents_regions())
    assert tuple(regions[-1]) == ("header", "Super Bulk")
    assert [region.kind for region in regions] == ["subject", "plain", "header"]
    before = documents_of([raw])
    assert MailHeaders().apply(before).texts() == before.texts()


def test_what_is_no_mail_has_no_headers():
    documents = Documents.of(["text"])
    assert MailHeaders().apply(documents) is documents
    mixed = Documents.concat([documents, documents_of([mail(From=None)])])
    after = MailHeaders(words=["subject"]).apply(mixed)
    assert after.counts["mail_headers.from_missing"].tolist() == [0, 1]
    assert after.texts() == ["text", "The lake\n\nText\n\n\nThe lake"]


HEADER = st.sampled_from(
    [*USUAL, "Reply-To", "Received", "X-Mailer", "Content-Type", "Authentication-Results"]
)


@settings(max_examples=200)
@given(st.lists(st.tuples(HEADER, st.text('a1@x.de,;:<>()"=?\\ é', max_size=30)), max_size=6))
def test_any_headers_give_counts_whatever_the_batch(pairs):
    raws = ["\n".join(f"{name}: {value}" for name, value in pairs[at:]).encode() for at in range(2)]
    stage = MailHeaders(ignore=[], leave_out=[], words=["subject"], trust="x")
    documents = documents_of([*raws, b""])
    whole = plain(stage.apply(documents))
    assert whole == [plain(stage.apply(one))[0] for one in documents.batches(1)]
    assert all(count > 0 for one in whole for count in one["counts"].values())


@pytest.mark.parametrize(
    "flood", ['"', "<", "(", ",", "a@b.c,", "=?a?q?b?=", " ", ";spf=pass", "!"]
)
def test_floods_of_headers_are_read(flood):
    value = flood * 100_000
    raw = "".join(
        f"{name}: {value}\n" for name in (*USUAL, "Received", "Authentication-Results")
    ).encode()
    assert signs(raw, trust="x")


def test_no_sign_that_is_on_tells_the_mailing_lists_from_other_ham(corpora):
    share = {}
    for part in ("easy-ham-1", "easy-ham-2", "hard-ham-1", "spam-2"):
        folder = corpora("spamassassin") / part
        raws = [path.read_bytes() for path in sorted(folder.iterdir())]
        for name, column in MailHeaders().apply(documents_of(raws)).counts.items():
            share[part, name] = (column > 0).mean()
    names = {name for _, name in share if name.startswith("mail_headers.")}
    assert len(names) > 15
    for name in names:
        easy = [share.get((part, name), 0) for part in ("easy-ham-1", "easy-ham-2")]
        # Of ham over lists and of ham that came otherwise about as many mails have it; but for marks of
        # the subject, which are its words rather than its way.
        assert "subject_" in name or max(easy) - share.get(("hard-ham-1", name), 0) < 0.05
