import numpy as np
import pytest
from scipy.stats import binomtest

from textpipe import Lowercase, Pipeline, Tokenize
from textpipe.diagnosis.leaks import leaking, leaks
from textpipe.documents import Documents, Region


def tokens(texts):
    return Pipeline([Tokenize("words"), Lowercase()]).run(Documents.of(texts))


def made(n=100):
    """``n`` documents of each label; the first half of "list" has a footer."""
    random = np.random.default_rng(0)
    words = [f"w{i}" for i in range(40)]
    bodies = [" ".join(random.choice(words, 8)) for _ in range(2 * n)]
    footed = [f"{body} majordomo2" if i < n // 2 else body for i, body in enumerate(bodies)]
    return footed, np.array(["list"] * n + ["other"] * n)


def test_a_footer_that_half_of_a_label_has():
    texts, labels = made()
    found = leaks(tokens(texts), Documents.of(texts), labels)
    assert [(leak.word, leak.label, leak.documents, leak.others) for leak in found] == [
        ("majordomo2", "list", 50, 0)
    ]
    assert found[0].coverage == 0.5
    assert "Looks like a number" in found[0].reason
    assert found[0].example.endswith("majordomo2")
    measure = leaking(found)
    assert (measure.value, measure.light) == (0.5, "watch")


def test_the_interval_is_clopper_and_pearsons():
    texts, labels = made(200)
    texts[-1] += " majordomo2"
    (leak,) = leaks(tokens(texts), Documents.of(texts), labels)
    interval = binomtest(100, 101).proportion_ci(0.95, "exact")
    assert (leak.low, leak.high) == pytest.approx((interval.low, interval.high))
    assert leak.precision == 100 / 101
    log_odds = np.log(100.5 / 100.5) - np.log(1.5 / 199.5)
    assert leak.z == pytest.approx(log_odds / np.sqrt(2 / 100.5 + 1 / 1.5 + 1 / 199.5))


def test_a_word_of_few_documents_or_of_both_labels_is_none():
    texts, labels = made()
    few = [f"{text} rare" if i < 10 else text for i, text in enumerate(texts)]
    assert "rare" not in {leak.word for leak in leaks(tokens(few), Documents.of(few), labels)}
    both = [f"{text} all" for text in texts]
    assert "all" not in {leak.word for leak in leaks(tokens(both), Documents.of(both), labels)}
    assert leaks(tokens(texts), Documents.of(texts), np.array(["one"] * len(texts))) == []
    assert leaking([]).light == "good"


def test_what_the_most_frequent_label_has_must_tell_more_than_that_label_does():
    texts = ["common word"] * 90 + ["plain word"] * 10
    texts += ["common word"] * 2 + ["plain word"] * 3
    labels = np.array(["ham"] * 100 + ["spam"] * 5)
    assert (
        leaks(tokens(texts), Documents.of(texts), labels) == []
    )  # 90 of 92: hardly more than 100 of 105


def test_a_kind_of_region_may_give_a_label_away():
    mails = [[Region("subject", "Hi"), Region("html", "a b")] for _ in range(60)]
    mails += [[Region("subject", "Hi"), Region("plain", "a b")] for _ in range(60)]
    documents = Documents.of_regions(mails)
    labels = np.array(["spam"] * 60 + ["ham"] * 60)
    found = leaks(documents, documents, labels)
    assert {(leak.word, leak.kind, leak.label) for leak in found} == {
        ("html", "region", "spam"),
        ("plain", "region", "ham"),
    }
    assert found[0].reason.startswith("A part of the format")
    assert leaking(found).light == "bad"
