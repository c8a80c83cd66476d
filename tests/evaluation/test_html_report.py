from html.parser import HTMLParser

import numpy as np
import pytest

from textpipe import Definition, KnnClassifier, Pipeline, TfIdf, Tokenize
from textpipe.documents import Decisions
from textpipe.evaluation import Report, evaluate
from textpipe.evaluation.report import as_html, histograms_of, scores_of, write_report

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7 * 7 }}\x1b[31m\u202e"


class Page(HTMLParser):
    """The elements, the attributes and the text of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text = set(), set(), ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}

    def handle_data(self, data):
        self.text += data


def report_of(n_labels, classifier=None, words="zxy"):
    texts, labels = [], []
    for i in range(n_labels):
        own = f"{chr(97 + i // 26)}{chr(97 + i % 26)}"
        for j in range(4):
            texts.append(f"{own * 2} {own * 3} {words[j % len(words)]} {'q' * (j + 1)}")
            labels.append(f"label {own}")
    pipeline = Pipeline([Tokenize("words"), TfIdf(), classifier or KnnClassifier(k=3)])
    return evaluate(pipeline, texts, labels, folds=2)


def made(labels, verdicts, texts, scores, ids=None, probabilities=True):
    """A report as if an evaluation had found this."""
    classes = np.unique(labels)
    unsure = np.array([verdict == "unsure" for verdict in verdicts])
    values = np.array([c if u else v for c, v, u in zip(labels, verdicts, unsure, strict=True)])
    decisions = Decisions(classes, values, np.array(scores, float), unsure, probabilities)
    return Report(
        *(np.array(labels), decisions.verdicts(), decisions),
        *(ids or [str(i) for i in range(len(labels))], texts, np.arange(len(labels)) % 2),
        *("grouped", np.arange(len(labels)), None),
    )


@pytest.mark.parametrize("n_labels", [2, 3, 50])
def test_the_page_shows_all_there_is(n_labels):
    report = report_of(n_labels)
    page = Page(as_html(report))
    classes, table = report.confusion()
    assert len(classes) == n_labels
    for words in [*classes, "unsure", "accuracy", "tf_idf", f"{int(table[0, 0])}"]:
        assert words in page.text


def test_it_is_written_with_its_definition_and_data(tmp_path):
    report = report_of(2)
    pipeline = Pipeline([Tokenize("words"), TfIdf(), KnnClassifier(k=3)])
    definition = Definition(pipeline, name="My name", description="What it is for")
    path = write_report(
        report, tmp_path / "r.html", definition=definition, summary="8 documents: <two> labels"
    )
    page = Page(path.read_text(encoding="utf-8"))
    for words in ("My name", "What it is for", "8 documents: <two> labels", 'use = "tf_idf"'):
        assert words in page.text
    assert definition.digest in page.text


def test_nothing_is_loaded_and_nothing_runs():
    page = as_html(report_of(2))
    assert "default-src 'none'; style-src 'unsafe-inline'" in page
    assert not {"script", "link", "img", "iframe", "object", "form", "a"} & Page(page).tags
    assert "http" not in page.replace("http-equiv", "")


def test_hostile_texts_are_shown_as_text():
    report = made(
        [EVIL, EVIL, "b", "b"], ["b", "b", "unsure", EVIL], [EVIL] * 4, [[0.5, 0.5]] * 4, [EVIL] * 4
    )
    definition = Definition(Pipeline([Tokenize()]), name=EVIL, description=EVIL)
    html = as_html(report, definition=definition, summary=EVIL)
    page = Page(html)
    assert not {"script", "img"} & page.tags
    assert not {name for name in page.attributes if name.startswith("on")}
    assert "{{ 7 * 7 }}" in page.text
    assert not {"\x1b", "\u202e"} & set(html)
    assert "␛[31m<202E>" in page.text


def test_mistakes_stand_the_surest_first():
    report = made(
        ["a", "a", "b", "b"],
        ["b", "a", "a", "unsure"],
        ["two-text", "right", "one-text", "three-text"],
        [[0.2, 0.8], [0.9, 0.1], [0.95, 0.05], [0.5, 0.5]],
    )
    text = Page(as_html(report)).text
    assert text.index("one-text") < text.index("two-text") < text.index("three-text")
    assert "right" not in text[text.index("Mistakes") : text.index("Where the time went")].replace(
        "label may be", ""
    )
    assert "0.95" in text


def test_scores_come_with_their_spread_over_the_folds():
    report = made(["a", "a", "b", "b"], ["a", "a", "a", "b"], ["x"] * 4, [[0.9, 0.1]] * 4)
    accuracy = scores_of(report)[0]
    assert (accuracy.name, accuracy.value, accuracy.low, accuracy.high) == (
        *("accuracy", 0.75, 0.5, 1.0),
    )


def test_histograms_count_the_documents_of_each_label():
    scores = [[1.0, 0.0], [0.0, 1.0], [0.52, 0.48], [0.5, 0.5]]
    report = made(["a", "b", "a", "b"], ["a", "b", "a", "unsure"], ["x"] * 4, scores)
    axis, ends, (a, b) = histograms_of(report)
    assert (axis, ends) == ("score of b", (0.0, 1.0))
    assert [i for i, n in enumerate(a.counts) if n] == [0, 9]
    assert (b.documents, [i for i, n in enumerate(b.counts) if n]) == (1, [19])


def test_scores_that_are_no_probabilities_have_their_own_axis():
    scores = [[-3.0, 3.0], [2.0, -2.0]]
    report = made(["a", "b"], ["b", "a"], ["x", "y"], scores, probabilities=False)
    assert histograms_of(report)[1] == (-2.0, 3.0)
    assert "to 3" in " ".join(Page(as_html(report)).text.split()).replace("\n", " ")


def test_a_perfect_result_has_no_mistakes():
    report = made(["a", "a", "b", "b"], ["a", "a", "b", "b"], ["x"] * 4, [[1.0, 0.0]] * 4)
    assert "None." in Page(as_html(report)).text
