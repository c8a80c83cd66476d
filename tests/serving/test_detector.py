"""Bytes to verdict: what it says, and that `textpipe predict` says the same."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import textpipe as tp
from textpipe import Count, Detector, KnnClassifier, Pipeline, Tokenize, save
from textpipe.cli import app
from textpipe.errors import BundleError, InputError
from textpipe.serving.verdict import Verdict

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def detector(bundle: Path) -> Iterator[Detector]:
    with Detector.load(bundle) as one:
        yield one


@pytest.fixture(scope="module")
def mail_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of whole mails, trained on the sample."""
    corpus = tp.read(str(ROOT / "data" / "mail"))
    definition = tp.from_toml(ROOT / "pipelines" / "mail_spam_small.toml")
    pipeline = definition.pipeline.fit(corpus.documents, corpus.labels)
    return save(pipeline, tmp_path_factory.mktemp("mail") / "mail.tpipe")


@pytest.fixture(scope="module")
def of_mails(mail_model: Path) -> Iterator[Detector]:
    with Detector.load(mail_model) as one:
        yield one


# -- judging --------------------------------------------------------------------------------------------


def test_a_mail_becomes_a_verdict(detector: Detector, spam: bytes, ham: bytes) -> None:
    verdict = detector.judge(spam)
    assert (verdict.label, verdict.is_spam, verdict.positive) == ("spam", True, "spam")
    assert verdict.score > 0.9
    assert set(verdict.reasons) <= {"claim", "your", "free", "prize", "and", "win", "money"}
    assert verdict.reasons
    assert [near.label for near in verdict.neighbours] == ["spam"]
    assert verdict.model == detector.model
    assert verdict.defects == []
    verdict = detector.judge(ham)
    assert (verdict.label, verdict.is_spam) == ("ham", False)
    assert verdict.score < 0.1
    assert all(weight < 0 for _, weight in verdict.words)


def test_what_resembles_nothing_is_unsure(detector: Detector) -> None:
    verdict = detector.judge(b"Subject: quux\n\nquuux\n")
    assert (verdict.label, verdict.is_spam, verdict.score) == ("unsure", None, 0.5)
    assert verdict.reasons == []
    assert verdict.neighbours == []


def test_what_is_broken_in_the_mail_is_named(detector: Detector) -> None:
    mail = b"Content-Type: text/plain; charset=no-such\n\nfree prize\n"
    assert detector.judge(mail).defects == ["unknown charset: no-such"]


@pytest.mark.parametrize("mail", [b"", b"\0" * 5000, b"no header", b"\n\n\n", b"\xff\xfe\n\n\xff"])
def test_odd_mails_get_a_verdict(detector: Detector, mail: bytes) -> None:
    assert 0 <= detector.judge(mail).score <= 1


def test_another_label_can_be_the_positive_one(bundle: Path, ham: bytes) -> None:
    with Detector.load(bundle, positive="ham") as detector:
        verdict = detector.judge(ham)
    assert (verdict.is_spam, verdict.positive) == (True, "ham")
    assert verdict.score > 0.9


def test_verdicts_go_to_json(detector: Detector, spam: bytes) -> None:
    found = json.loads(json.dumps(detector.judge(spam).as_json()))
    assert (found["label"], found["is_spam"], found["corrections"]) == ("spam", True, 0)


def test_many_at_once_are_the_same_as_one_by_one(mail_model: Path) -> None:
    mails = [path.read_bytes() for path in sorted((ROOT / "data" / "mail").rglob("*.eml"))[::4]]
    with Detector.load(mail_model) as detector:
        assert detector.judge_all(mails) == [detector.judge(mail) for mail in mails]
        assert detector.judge_all([]) == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=400) | st.text(max_size=200).map(lambda one: one.encode("utf-8", "ignore"))
)
def test_of_any_bytes_there_is_a_score_from_0_to_1(of_mails: Detector, mail: bytes) -> None:
    verdict = of_mails.judge(mail)
    assert 0 <= verdict.score <= 1
    assert verdict.label in ("spam", "ham", "unsure")
    assert verdict.threshold == 0.8
    assert (verdict.label == "spam") <= (verdict.score >= 0.8)
    assert len(verdict.reasons) <= 5


def predicted(model: Path, *paths: Path) -> list[tuple[str, float | None]]:
    """What `textpipe predict` says: verdicts, and the probability of spam where there is evidence."""
    arguments = ["predict", str(model), *map(str, paths), "--format", "mail", "--json"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return [(one["verdict"], (one["probabilities"] or {"spam": None})["spam"]) for one in found]


def assert_said(verdicts: list[Verdict], wanted: list[tuple[str, float | None]]) -> None:
    assert [one.label for one in verdicts] == [label for label, _ in wanted]
    pairs = [(one.score, score) for one, (_, score) in zip(verdicts, wanted, strict=True)]
    assert all(ours == theirs for ours, theirs in pairs if theirs is not None)
    assert sum(theirs is not None for _, theirs in pairs) > 20


def test_the_verdicts_are_those_of_predict(mail_model: Path) -> None:
    paths = sorted((ROOT / "data" / "mail").rglob("*.eml"))[::3]
    with Detector.load(mail_model) as detector:
        ours = [detector.judge(path.read_bytes()) for path in paths]
    assert_said(ours, predicted(mail_model, *paths))


# -- models that cannot judge ---------------------------------------------------------------------------


def test_a_model_that_is_not_there_or_broken_is_refused(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(BundleError):
        Detector.load(tmp_path / "none")
    (bundle / "manifest.json").write_text("{}")
    with pytest.raises(BundleError):
        Detector.load(bundle)


def test_a_model_that_says_no_labels_is_refused(tmp_path: Path) -> None:
    pipeline = Pipeline([Tokenize("words"), Count()]).fit(["one", "two"])
    with pytest.raises(InputError, match="says no labels"):
        Detector.load(save(pipeline, tmp_path / "words.tpipe"))


def test_it_must_be_known_what_spam_is(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'phish' is none of them"):
        Detector.load(bundle, positive="phish")
    pipeline = Pipeline([Tokenize("words"), Count(), KnnClassifier(k=1)])
    save(pipeline.fit(["win", "lunch"], ["bad", "good"]), tmp_path / "bad.tpipe")
    with pytest.raises(InputError, match="say which one means spam"):
        Detector.load(tmp_path / "bad.tpipe")


# -- real mails -----------------------------------------------------------------------------------------


def test_real_mails_are_judged_as_predict_does(mail_model: Path) -> None:
    corpora = os.environ.get("TEXTPIPE_CORPORA")
    if corpora is None:
        pytest.skip("TEXTPIPE_CORPORA is not set, so that real mails were not judged")
    folders = [Path(corpora) / "spamassassin", Path(corpora) / "sa-testmails"]
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    paths = [path for path in found if "UPSTREAM" not in path.name][::40]
    assert len(paths) > 100
    with Detector.load(mail_model) as detector:
        ours = detector.judge_all([path.read_bytes() for path in paths])
    assert all(0 <= one.score <= 1 for one in ours)
    assert_said(ours, predicted(mail_model, *paths))
