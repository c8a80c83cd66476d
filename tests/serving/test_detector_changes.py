"""What a detector learns, and what it does when its files change, also while threads use it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import textpipe as tp
from textpipe import Count, Detector, KnnClassifier, Lowercase, Pipeline, Tokenize, save
from textpipe.errors import BundleError, InputError

TOMBOLA = b"Subject: Tombola\n\nwin a prize at the tombola\n"
OTHER = {"spam": ["casino bonus"], "ham": ["win a prize", "free money"], "bulk": ["newsletter"]}


@pytest.fixture
def detector(bundle: Path) -> Iterator[Detector]:
    with Detector.load(bundle) as one:
        yield one


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Another model, to which a prize is ham."""
    pipeline = Pipeline([Tokenize("words"), Lowercase(), Count(), KnnClassifier(k=1)])
    texts = [text for label in OTHER for text in OTHER[label]]
    pipeline = pipeline.fit(texts, [label for label in OTHER for _ in OTHER[label]])
    return save(pipeline, tmp_path / "other.tpipe")


def replace(old: Path, new: Path) -> None:
    """Put another bundle in the place of this one."""
    shutil.rmtree(old)
    shutil.copytree(new, old)


# -- learning -------------------------------------------------------------------------------------------


def test_what_it_learns_counts_and_what_it_unlearns_does_not(detector: Detector) -> None:
    assert detector.judge(TOMBOLA).label == "spam"
    state = detector.state
    assert str(detector.learn(TOMBOLA, "ham", "ann")) == "learned"
    assert (detector.judge(TOMBOLA).label, detector.n_corrections) == ("ham", 1)
    assert detector.judge(TOMBOLA).corrections == 1
    assert detector.state != state
    assert str(detector.learn(TOMBOLA, "ham")) == "already known"
    assert "relabelled" in str(detector.learn(TOMBOLA, "spam"))
    assert detector.judge(TOMBOLA).label == "spam"
    detector.learn(TOMBOLA, "ham")
    detector.unlearn(TOMBOLA)
    assert detector.judge(TOMBOLA).label == "spam"
    assert detector.n_corrections == 0


def test_it_learns_no_label_that_it_does_not_know(detector: Detector) -> None:
    with pytest.raises(InputError):
        detector.learn(TOMBOLA, "tombola")
    assert detector.labels == ["ham", "spam"]
    detector.learn(TOMBOLA, "tombola", new_label=True)
    assert detector.labels == ["ham", "spam", "tombola"]
    assert detector.judge(TOMBOLA).label == "tombola"
    assert detector.judge(TOMBOLA).is_spam is False


def test_without_corrections_it_has_none_and_learns_none(bundle: Path, detector: Detector) -> None:
    detector.learn(TOMBOLA, "ham")
    with Detector.load(bundle, corrections=False) as plain:
        assert plain.judge(TOMBOLA).label == "spam"
        assert plain.n_corrections == 0
        with pytest.raises(InputError, match="without corrections"):
            plain.learn(TOMBOLA, "ham")


def test_what_another_process_teaches_is_taken_over(bundle: Path, detector: Detector) -> None:
    assert not detector.refresh()
    program = (
        "import sys; from textpipe import Detector\n"
        f"Detector.load({str(bundle)!r}).learn(sys.stdin.buffer.read(), 'ham')"
    )
    for mail, label in ((TOMBOLA, "ham"), (b"Subject: quux\n\nquuux prize", "ham")):
        subprocess.run([sys.executable, "-c", program], input=mail, check=True)  # noqa: S603
        assert detector.refresh()
        assert not detector.refresh()
        assert detector.judge(mail).label == label
    assert detector.n_corrections == 2


def test_what_was_learned_is_there_when_it_is_loaded_again(
    bundle: Path, detector: Detector
) -> None:
    detector.learn(TOMBOLA, "ham")
    with Detector.load(bundle) as again:
        assert again.judge(TOMBOLA) == detector.judge(TOMBOLA)
        assert again.state == detector.state


# -- another model in its place -------------------------------------------------------------------------


def test_a_model_that_was_replaced_is_taken_over(
    bundle: Path, other: Path, detector: Detector
) -> None:
    before = detector.model
    assert detector.judge(TOMBOLA).label == "spam"
    replace(bundle, other)
    assert detector.refresh()
    assert detector.model != before
    assert detector.labels == ["bulk", "ham", "spam"]
    assert detector.judge(TOMBOLA).label == "ham"
    assert not detector.refresh()


def test_corrections_of_the_model_before_are_none_of_the_new_one(
    bundle: Path, other: Path, detector: Detector
) -> None:
    detector.learn(b"Subject: casino\n\ncasino bonus", "ham")
    replace(bundle, other)
    assert detector.refresh()
    assert detector.judge(b"Subject: casino\n\ncasino bonus").label == "spam"
    assert detector.n_corrections == 0


def test_a_model_that_cannot_be_loaded_replaces_none(
    bundle: Path, other: Path, detector: Detector
) -> None:
    before = detector.judge(TOMBOLA)
    shutil.rmtree(bundle)
    with pytest.raises(BundleError):
        detector.refresh()
    assert not detector.refresh()  # it is told once of each state of the files
    assert detector.judge(TOMBOLA) == before
    shutil.copytree(other, bundle)
    whole = (bundle / "manifest.json").read_text()
    (bundle / "manifest.json").write_text(whole[:-20])
    with pytest.raises(BundleError):
        detector.refresh()
    (bundle / "manifest.json").write_text(whole)
    victim = max(bundle.glob("*.npy"), key=lambda path: path.stat().st_size)
    content = victim.read_bytes()
    victim.write_bytes(content[:-1] + bytes([content[-1] ^ 255]))
    with pytest.raises(BundleError):
        detector.refresh()
    assert detector.judge(TOMBOLA) == before
    victim.write_bytes(content)
    assert detector.refresh()
    assert detector.judge(TOMBOLA).label == "ham"


def test_a_model_without_the_positive_label_replaces_none(
    bundle: Path, other: Path, tmp_path: Path
) -> None:
    with Detector.load(other, positive="bulk") as detector:
        save(tp.load(bundle), tmp_path / "new.tpipe")
        replace(other, tmp_path / "new.tpipe")
        with pytest.raises(InputError):
            detector.refresh()
        assert detector.judge(b"Subject: newsletter\n\n").label == "bulk"


# -- threads --------------------------------------------------------------------------------------------


def test_threads_see_one_state_or_the_next(
    bundle: Path, other: Path, detector: Detector, tmp_path: Path
) -> None:
    """Two judge, while one teaches and takes back, and then another model comes."""
    mail, done = TOMBOLA, threading.Event()
    known = {(detector.model, 0): detector.judge(mail).score}
    with Detector.load(other) as second:
        known[second.model, 0] = second.judge(mail).score
    (tmp_path / "copy").mkdir()
    shutil.copytree(bundle, tmp_path / "copy" / bundle.name)
    with Detector.load(tmp_path / "copy" / bundle.name) as taught:
        taught.learn(mail, "ham")
        known[detector.model, 1] = taught.judge(mail).score

    def judge() -> set[tuple[str, int, float]]:
        seen = set()
        while not done.is_set():
            for verdict in detector.judge_all([mail, mail]):
                seen.add((verdict.model, verdict.corrections, verdict.score))
        return seen

    def teach() -> None:
        try:
            for _ in range(8):
                detector.learn(mail, "ham")
                detector.unlearn(mail)
            shutil.rmtree(bundle)
            shutil.copytree(other, bundle)
            detector.refresh()
        finally:
            done.set()

    with ThreadPoolExecutor(3) as pool:
        judging = [pool.submit(judge) for _ in range(2)]
        pool.submit(teach).result()
        seen = set.union(*(one.result() for one in judging))
    assert {(model, number): score for model, number, score in seen}.items() <= known.items()
    assert len({(model, number) for model, number, _ in seen}) == len(seen)
    assert detector.judge(mail).label == "ham"
