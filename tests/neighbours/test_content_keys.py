"""A key says what is in a row, and nothing else."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from textpipe.neighbours import content_keys
from textpipe.neighbours.keys import BLOCK

values = st.sampled_from([0.0, 0.0, -0.0, 1.0, 0.5, -0.5])
matrices = arrays(float, st.tuples(st.integers(0, 8), st.integers(0, 5)), elements=values)


def test_rows_have_the_same_key_where_content_and_label_are_the_same():
    rows = np.array([[0.1 + 0.2, 0.4], [0.3, 0.4], [0.4, 0.3], [0.3, 0.4], [0.0, 0.0]])
    found = content_keys(rows, np.array(["a", "a", "a", "b", "a"])).tolist()
    assert found[0] == found[1]  # they differ in rounding only
    assert len(set(found)) == 4


def test_keys_favour_no_label():
    rows = np.random.default_rng(0).random((2000, 3))
    one, other = (content_keys(rows, np.full(2000, label)) for label in ("ham", "spam"))
    assert 850 < (one < other).sum() < 1150


def test_any_label_has_a_key():
    labels = np.array(["\udcff", "", "ä", 3, 2.5, None], dtype=object)
    assert len(set(content_keys(np.zeros((6, 2)), labels).tolist())) == 6


@settings(max_examples=60, deadline=None)
@given(rows=matrices, random=st.randoms(use_true_random=False))
def test_neither_order_nor_format_nor_company_matters(rows, random):
    n = len(rows)
    labels = np.arange(n) % 2
    expected = content_keys(rows, labels)
    order = np.array(random.sample(range(n), n), np.int64)
    for of in (np.asarray, sparse.csr_matrix, sparse.csr_array, sparse.csc_matrix):
        assert content_keys(of(rows[order]), labels[order]).tolist() == expected[order].tolist()
    contents = [(tuple(row), label) for row, label in zip(rows.tolist(), labels, strict=True)]
    assert len(set(expected.tolist())) == len(set(contents))


def test_zeros_that_are_written_out_do_not_matter():
    written = sparse.csr_matrix((np.array([0.0, 2.0]), np.array([0, 1]), np.array([0, 2])))
    tidy = sparse.csr_matrix(np.array([[0.0, 2.0]]))
    assert content_keys(written, np.zeros(1)) == content_keys(tidy, np.zeros(1))


def test_more_rows_than_are_hashed_at_once():
    rows = np.random.default_rng(0).random((BLOCK // 20, 50)).round(1)
    labels = np.zeros(len(rows))
    expected = np.concatenate([content_keys(rows[i : i + 1], labels[:1]) for i in range(len(rows))])
    assert content_keys(rows, labels).tolist() == expected.tolist()
    assert content_keys(sparse.csr_matrix(rows), labels).tolist() == expected.tolist()
