"""The bytes of mails, as documents carry them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

import textpipe as tp
from textpipe import read
from textpipe.corrections.stored import restored, stored
from textpipe.documents import Documents
from textpipe.pipeline import Pipeline
from textpipe.run.batching import bytes_of
from textpipe.run.parcel import from_parcel, to_parcel
from textpipe.stage import Stage
from textpipe.vectorize.count import Count

MAIL = b"Subject: Hi\r\n\r\nSee you\xff"


class CountReceived(Stage):
    """Counts the "Received" lines, to see that the bytes arrive."""

    reads = ("text",)
    writes = ("text",)
    uses_mails = True

    def apply(self, documents: Documents) -> Documents:
        texts = [
            text if mail is None else f"{text} {mail.count(b'Subject:')}"
            for text, mail in zip(documents.texts(), mails(documents), strict=True)
        ]
        return documents.with_(text=pa.array(texts, pa.large_string()))


def mails(documents: Documents) -> list[bytes | None]:
    if documents.mails is None:
        return [None] * len(documents)
    return documents.mails.to_pylist()  # type: ignore[no-any-return]  # untyped library


def both(tmp_path: Path) -> Documents:
    (tmp_path / "a.eml").write_bytes(MAIL)
    (tmp_path / "b.txt").write_text("no mail")
    return read(tmp_path).documents


def test_a_source_keeps_the_bytes_of_mails_and_of_nothing_else(tmp_path: Path) -> None:
    documents = both(tmp_path)

    assert mails(documents) == [MAIL, None]
    assert mails(documents[1:]) == [None]
    assert mails(documents.take([1, 0])) == [None, MAIL]


def test_joined_with_documents_that_are_no_mails(tmp_path: Path) -> None:
    joined = Documents.concat([Documents.of(["x"]), both(tmp_path).with_(regions=None)])

    assert mails(joined) == [None, MAIL, None]


def test_in_a_parcel(tmp_path: Path) -> None:
    documents = both(tmp_path)

    assert mails(from_parcel(to_parcel(documents))) == [MAIL, None]
    assert mails(from_parcel(to_parcel(documents[1:]))) == [None]


def test_in_the_journal(tmp_path: Path) -> None:
    documents = both(tmp_path)

    again = restored(stored(documents), ["a", "b"])

    assert mails(again) == [MAIL, None]
    assert again.texts() == documents.texts()


def test_they_count_for_the_size_of_a_batch(tmp_path: Path) -> None:
    documents = both(tmp_path)

    with_mails, without = bytes_of(documents), bytes_of(documents.with_(mails=None))

    assert (with_mails - without).tolist() == [len(MAIL), 0]


def test_a_stage_that_asks_for_them_gets_them_and_then_they_go(tmp_path: Path) -> None:
    documents = both(tmp_path)

    done = Pipeline([CountReceived()]).run(documents)

    assert done.texts() == ["Hi\n\nSee you\u00ff 1", "no mail"]
    assert Pipeline([CountReceived()]).uses_mails
    assert not Pipeline([Count()]).uses_mails


def mails_and_labels(tmp_path: Path) -> tuple[Documents, list[str]]:
    """Mails that the words of their subjects do not tell apart, but their case does."""
    for at in range(12):
        subject = "WIN NOW" if at % 2 else "win now"
        (tmp_path / f"{at:02}.eml").write_bytes(f"Subject: {subject}\n\nwin now".encode())
    return read(tmp_path).documents, ["ham", "spam"] * 6


def signs_behind_a_learner() -> Pipeline:
    """The last stage that looks at mails lies in a union, behind stages that learn."""
    return Pipeline(
        [
            tp.Tokenize("words"),
            tp.LengthFilter(2),
            tp.Union([[tp.MailHeaders(), tp.Signs()], [tp.Lowercase(), tp.Count()]]),
            tp.KnnClassifier(k=1),
        ]
    )


def test_stages_behind_others_get_them(tmp_path: Path) -> None:
    documents, labels = mails_and_labels(tmp_path)
    pipeline = signs_behind_a_learner().fit(documents, labels)
    assert pipeline.predict(documents).tolist() == labels


def test_they_are_there_for_who_goes_on_later(tmp_path: Path) -> None:
    documents, labels = mails_and_labels(tmp_path)
    pipeline = signs_behind_a_learner().fit(documents, labels)
    before = pipeline[:2].run(documents)
    after = pipeline.run(before, done=2)
    assert pipeline.decide(after, done=3).answers().tolist() == labels
    again = signs_behind_a_learner().learn(before, labels, done=2)
    assert again.predict(documents).tolist() == labels
    report = tp.evaluate(signs_behind_a_learner(), documents, labels, split="stratified")
    assert report.scores["accuracy"] == 1.0
