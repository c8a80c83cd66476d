import numpy as np
import pytest
from scipy import sparse

from textpipe import (
    Count,
    KnnClassifier,
    Lowercase,
    Pipeline,
    PretrainedVectors,
    StretchByLabel,
    TextShape,
    TfIdf,
    Tokenize,
    Union,
    WeighByLabel,
)
from textpipe.documents import Documents
from textpipe.errors import DefinitionError, TextpipeError
from textpipe.stage import NotTrainedError

WORDS = [["Win", "win", "prize"], ["lunch", "Lunch"], ["prize"]]


def test_branches_stand_side_by_side_and_do_not_see_each_other():
    union = Union([[Lowercase(), Count()], Count()], normalize=False).fit(WORDS)
    matrix = union.apply(Documents.of(WORDS)).matrix
    assert matrix.values.toarray().tolist() == [
        [0, 1, 2, 0, 1, 0, 1, 1],
        [2, 0, 0, 1, 0, 1, 0, 0],
        [0, 1, 0, 0, 0, 0, 1, 0],
    ]
    assert list(matrix.features) == [
        *("lowercase:lunch", "lowercase:prize", "lowercase:win"),
        *("count:Lunch", "count:Win", "count:lunch", "count:prize", "count:win"),
    ]


def test_names_stay_as_they_are_where_no_two_are_the_same():
    union = Union([Count(), TextShape()]).fit(WORDS)
    names = list(union.apply(Documents.of(WORDS)).matrix.features)
    assert names[:2] == ["Lunch", "Win"]
    assert len(set(names)) == len(names)


def test_the_similarity_is_the_weighted_mean_of_the_branches():
    one, other = [[Lowercase(), Count()], [TfIdf()]]
    both = Union([one, other], weights=[2, 1]).fit(WORDS).transform(WORDS)

    def cosines(values):
        values = np.asarray(values.todense())
        lengths = np.linalg.norm(values, axis=1)
        return values @ values.T / np.outer(lengths, lengths)

    parts = [cosines(Union([branch]).fit(WORDS).transform(WORDS)) for branch in (one, other)]
    np.testing.assert_allclose(cosines(both), (4 * parts[0] + 1 * parts[1]) / 5)


def test_the_branch_that_knows_most_words_says_how_many():
    union = Union([Count(min_df=2), [Lowercase(), Count()]]).fit(WORDS)
    matrix = union.apply(Documents.of([["WIN", "prize", "zzz"], []])).matrix
    assert (matrix.known.tolist(), matrix.total.tolist()) == ([2, 0], [3, 0])


def test_dense_branches_stay_dense_and_no_documents_are_fine():
    union = Union([TextShape()])
    rows = union.fit_transform(["a text", "ANOTHER!"])
    assert not sparse.issparse(rows)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1)
    assert union.transform([]).shape == (0, rows.shape[1])


def test_it_reads_what_its_branches_read_and_do_not_write():
    assert Union([Count(), TextShape()]).reads == ("tokens", "text")
    assert Union([[Tokenize("words"), Count()], TextShape()]).reads == ("text",)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"branches": []}, "must name at least one vectorizer"),
        ({"branches": [Lowercase()]}, "branch 1 must end in a vectorizer"),
        ({"branches": [Count(), []]}, "branch 2 must end in a vectorizer"),
        ({"branches": [[Count(), KnnClassifier()]]}, "branch 1 must end in a vectorizer"),
        ({"branches": ["count"]}, "branch 1 holds 'count', which is no stage"),
        (
            {"branches": [Count()], "weights": [1, 2]},
            "one number for each of 1 branches, and 2 were",
        ),
        ({"branches": [[Count(), Lowercase()]]}, "branch 1: stage 2, lowercase, works on words"),
        ({"branches": [Count(min_df=-1)]}, "count: min_df must be"),
        ({"branches": [Count()], "weights": "heavy"}, "weights must be a list, each a number"),
    ],
)
def test_branches_that_cannot_work(options, message):
    with pytest.raises(DefinitionError, match=message):
        Pipeline([Tokenize("words"), Union(**options)]).check()


def test_it_must_be_trained_where_a_branch_learns():
    with pytest.raises(NotTrainedError):
        Union([Count()]).transform(WORDS)
    with pytest.raises(NotTrainedError, match="its stage union needs to learn"):
        Pipeline([Tokenize("words"), Union([Count()])]).transform(["a"])


def test_a_weight_below_zero_is_refused():
    with pytest.raises(DefinitionError, match="weights must be 0 or more"):
        Union([Count(), TfIdf()], weights=[1.0, -1.0]).check()


def test_what_a_branch_needs_is_looked_up_before_data_are_read():
    missing = Pipeline(
        [Tokenize("words"), Union([Count(), [Lowercase(), PretrainedVectors("/no/such")]])]
    )
    with pytest.raises(TextpipeError, match="/no/such"):
        missing.rehearse()


def test_it_sees_labels_and_cross_fits_where_a_branch_does():
    for branch, sees, fits in (
        ([TfIdf()], False, False),
        ([TfIdf(), WeighByLabel()], True, False),
        ([TfIdf(), StretchByLabel()], True, True),
    ):
        union = Union([[Lowercase(), Count()], branch])
        assert (union.sees_labels, union.cross_fits) == (sees, fits)


def test_where_no_branch_cross_fits_training_rows_are_as_any_other():
    union = Union([[Lowercase(), Count()], [TfIdf(), WeighByLabel()]])
    documents = Documents.of(WORDS)
    union.learn(documents, np.array(["spam", "ham", "spam"]))
    one, other = (made(documents).matrix.values for made in (union.apply, union.apply_in_training))
    assert one.toarray().tobytes() == other.toarray().tobytes()
