import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import skew

from textpipe.diagnosis.hubness import bad_hubness, hubness, occurrences, skewness, worst_hubs
from textpipe.diagnosis.vectors import neighbours


def test_a_hub_serves_all_and_misleads_those_of_another_label():
    positions = np.array([[1], [2], [1], [1], [-1]])
    labels = np.array(list("abbaa"))
    assert occurrences(positions, 5).tolist() == [0, 3, 1, 0, 0]
    hubs = worst_hubs(positions, labels, list("vwxyz"), ["text"] * 5)
    assert [(hub.id, hub.serves, hub.misleads) for hub in hubs] == [("w", 3, 2)]
    without = worst_hubs(positions, None, list("vwxyz"), ["text"] * 5)
    assert [(hub.id, hub.serves, hub.misleads) for hub in without] == [
        ("w", 3, None),
        ("x", 1, None),
    ]
    measure = bad_hubness(positions, labels)
    assert measure.value == 0.5
    assert measure.figures["by_chance"] == pytest.approx(1 - 0.6**2 - 0.4**2)
    assert measure.light == "bad"


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40))
def test_skewness_is_scipys(values):
    counts = np.array(values)
    expected = 0.0 if len(set(values)) == 1 else skew(counts)
    assert skewness(counts) == pytest.approx(expected)


def test_hubs_come_with_the_dimension():
    """As Radovanović et al. show: normally distributed points, Euclidean distance."""
    random = np.random.default_rng(0)
    found = []
    for dimensions in (2, 10, 100):
        rows = random.normal(size=(1000, dimensions))
        near = neighbours(rows, 5, "euclidean", np.arange(1000))
        counts = occurrences(near.positions, 1000)
        assert counts.sum() == 5000
        found.append(hubness(counts, counts, 5))
    assert found[0].value < 0.5 < found[1].value < 2 < found[2].value
    assert found[2].figures["never_a_neighbour"] > found[1].figures["never_a_neighbour"]
    assert found[0].light == "good"
    assert found[2].light != "good"


def test_one_label_or_no_neighbours_say_nothing():
    assert bad_hubness(np.array([[1], [0]]), np.array(["a", "a"])).light == "unknown"
    assert bad_hubness(np.array([[-1], [-1]]), np.array(["a", "b"])).value is None
