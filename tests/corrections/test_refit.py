import numpy as np
import pytest
from sklearn.base import clone

from textpipe import Documents, Pipeline, Region, load, save
from textpipe.corrections import CorrectedModel, corrected_corpus, refit
from textpipe.errors import InputError, TextpipeWarning

TEXTS = [
    "<b>Win</b> a prize",
    "Claim your prize",
    "See you at lunch",
    "Lunch with Ann",
    "See you at lunch",
]
LABELS = ["spam", "spam", "ham", "ham", "spam"]


@pytest.fixture
def taught(bundle):
    """A model of TEXTS, in which documents were learned, unlearned and relabelled."""
    with CorrectedModel(bundle(texts=TEXTS, labels=LABELS)) as model:
        model.learn(
            ["zebra lunch", "prize, prize", "mistake"], ["promo", "spam", "spam"], new_label=True
        )
        model.unlearn(["Claim your prize", "mistake"])
        model.relabel(["See you at lunch"], "ham")
        yield model


def test_the_corpus_is_corrected_in_its_order(taught):
    documents, labels = corrected_corpus(taught, TEXTS, LABELS)
    assert documents.texts()[:4] == [TEXTS[0], TEXTS[2], TEXTS[3], TEXTS[4]]
    assert labels[:4] == ["spam", "ham", "ham", "ham"]
    pairs = dict(zip(documents.texts()[4:], labels[4:], strict=True))
    assert pairs == {"zebra lunch": "promo", "prize, prize": "spam"}
    digests = taught.digests(documents[4:])
    assert digests == sorted(digests)


def test_a_refit_is_training_on_the_corrected_corpus_byte_for_byte(taught, bytes_of):
    again = refit(taught, TEXTS, LABELS)
    documents, labels = corrected_corpus(taught, TEXTS, LABELS)
    scratch = clone(taught.pipeline).fit(documents.texts(), labels)
    # ids are what training calls documents: texts alone have none
    for pipeline in (again, scratch):
        del pipeline.stages[-1].ids_
    assert bytes_of(again) == bytes_of(scratch)
    assert again.predict(["zebra"]).tolist() == ["promo"]
    assert taught.pipeline.predict(["zebra"]).tolist() == ["unsure"]


def test_without_corrections_a_refit_is_the_same_model(bundle, bytes_of):
    path = bundle(texts=TEXTS, labels=LABELS)
    with CorrectedModel(path) as model:
        assert bytes_of(refit(model, TEXTS, LABELS)) == bytes_of(path)


def test_what_was_taught_counts_once_where_the_originals_have_it_too(taught):
    given = [*TEXTS, "zebra lunch", "zebra lunch"]
    documents, labels = corrected_corpus(taught, given, [*LABELS, "ham", "spam"])
    assert documents.texts().count("zebra lunch") == 2
    assert labels[4:6] == ["promo", "promo"]


def test_a_relabelled_document_that_the_originals_lack_is_not_lost(taught):
    with pytest.warns(TextpipeWarning, match="2 of 2 corrections of training documents found no"):
        documents, labels = corrected_corpus(taught, TEXTS[:1], LABELS[:1])
    found = dict(zip(documents.texts(), labels, strict=True))
    assert found["See you at lunch"] == "ham"
    assert len(documents) == 4


def test_corrections_that_find_no_document_are_counted_and_named(bundle):
    with CorrectedModel(bundle(texts=TEXTS, labels=LABELS)) as model:
        model.unlearn(ids=["0"])
        model.relabel(label="ham", ids=["1"])
        model.relabel(Documents.of(["Lunch with Ann"], ["a.eml"]), "spam")
        with pytest.warns(TextpipeWarning) as warned:
            _, labels = corrected_corpus(model, ["Claim your prize", "new"], ["spam", "ham"])
        (message,) = [str(one.message) for one in warned]
        assert message.startswith("2 of 3 corrections of training documents found no such document")
        assert "0 (unlearned)" in message
        assert "a.eml (relabelled spam, added from the journal)" in message
        assert labels == ["ham", "ham", "spam"]
        with pytest.warns(TextpipeWarning, match=r"1 \(relabelled ham, left out\)"):
            assert corrected_corpus(model, TEXTS[:1] + TEXTS[2:], LABELS[:1] + LABELS[2:])


def test_documents_of_somebody_else_are_refused(taught, tmp_path):
    with pytest.raises(InputError) as error:
        refit(taught, ["other", "texts"], ["ham", "spam"])
    assert str(error.value).startswith(
        "the model was trained on none of these 2 documents, so that its 2 corrections of training"
    )
    assert "(unlearned)" in str(error.value)
    learned = save(load(taught.path), tmp_path / "learned.tpipe")
    with CorrectedModel(learned) as model:
        assert corrected_corpus(model, ["other"], ["ham"])[1] == ["ham"]  # nothing was corrected
        model.learn(["zebra"], ["spam"])
        with pytest.warns(
            TextpipeWarning, match="on none of these 1 document: if that is not meant"
        ):
            assert corrected_corpus(model, ["other"], ["ham"])[1] == ["ham", "spam"]


def test_mails_and_texts_stand_together(bundle):
    mails = Documents.of_regions([[Region("subject", "Win"), Region("html", "<p>money</p>")]])
    with CorrectedModel(bundle(texts=TEXTS, labels=LABELS)) as model:
        model.learn(["plain text"], ["ham"])
        model.learn(mails, ["spam"])
        documents, _ = corrected_corpus(model, TEXTS, LABELS)
        regions = dict(zip(documents.texts(), documents.documents_regions(), strict=True))
        assert regions["plain text"] == [Region("", "plain text")]
        assert regions["Win\n\n<p>money</p>"] == [
            Region("subject", "Win"),
            Region("html", "<p>money</p>"),
        ]
        assert refit(model, TEXTS, LABELS).predict(["plain"]).tolist() == ["ham"]


def test_another_definition_is_trained_in_its_place(taught, trained):
    other = Pipeline(clone(trained("hashing")).stages)
    found = refit(taught, TEXTS, LABELS, other)
    assert found is other
    assert len(found.stages[-1].targets_) == 6


def test_labels_of_a_file_are_texts_and_those_of_a_regression_numbers(bundle):
    with CorrectedModel(bundle("regressor", texts=["Ann", "lunch"], labels=[1.0, 2.0])) as model:
        model.learn(["noon"], [0.1])
        _, labels = corrected_corpus(model, ["Ann", "lunch"], ["1", "2"])
        assert labels == ["1", "2", "0.1"]
        again = refit(model, ["Ann", "lunch"], np.array(["1", "2"]))
        assert again.stages[-1].targets_.tolist() == [1.0, 2.0, 0.1]
