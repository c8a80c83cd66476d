"""Words that carry where they come from."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from textpipe.documents import Documents, Region
from textpipe.normalize.mark_regions import KINDS, MarkRegions
from textpipe.tokenize.tokenize import Tokenize


def read(*documents: list[tuple[str, str]]) -> Documents:
    regions = [[Region(*region) for region in document] for document in documents]
    result: Documents = Tokenize().transform(Documents.of_regions(regions))
    return result


def words(documents: Documents) -> list[list[str]]:
    assert documents.tokens is not None
    return documents.tokens.to_lists()


def test_words_of_the_subject_carry_its_name_and_those_of_the_body_none() -> None:
    marked = MarkRegions().transform(read([("subject", "free beer"), ("plain", "free tea")]))

    assert words(marked) == [["subject:free", "subject:beer", "free", "tea"]]


def test_each_document_has_its_own_regions() -> None:
    documents = read([("plain", "a")], [("subject", "a")], [("hidden", "b"), ("plain", "b a")])

    assert words(MarkRegions().transform(documents)) == [
        ["a"],
        ["subject:a"],
        ["hidden:b", "b", "a"],
    ]


def test_only_the_kinds_that_are_asked_for_are_marked() -> None:
    documents = read([("subject", "a"), ("url", "b")])

    assert words(MarkRegions(kinds=["url"]).transform(documents)) == [["a", "url:b"]]


def test_the_plain_word_may_stay_beside_the_marked_one() -> None:
    documents = read([("subject", "free"), ("plain", "tea")], [("subject", "tea")])

    marked = MarkRegions(also_plain=True).transform(documents)

    assert words(marked) == [["subject:free", "free", "tea"], ["subject:tea", "tea"]]
    assert marked.tokens is not None
    assert marked.tokens.spans(0) == [(0, 4), (0, 4), (6, 9)]


def test_a_word_that_looks_marked_already_is_the_same_word() -> None:
    documents = Documents.of_regions([[Region("subject", "a"), Region("plain", "subject:a")]])
    cut = Tokenize(engine="whitespace").transform(documents)

    marked = MarkRegions().transform(cut)

    assert words(marked) == [["subject:a", "subject:a"]]
    assert len(set(marked.tokens.codes.tolist())) == 1


def test_documents_without_regions_stay_as_they_are() -> None:
    documents = Tokenize().transform(["free"])

    assert MarkRegions().transform(documents) is documents


@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from([*KINDS, "plain"]), st.text("ab ", max_size=6)), max_size=4
        ),
        max_size=4,
    ),
    st.booleans(),
)
def test_marks_say_in_which_region_a_token_begins(
    documents: list[list[tuple[str, str]]], also_plain: bool
) -> None:
    before = read(*documents)
    after = MarkRegions(also_plain=also_plain).transform(before)

    assert before.tokens is not None
    assert before.regions is not None
    assert after.tokens is not None
    for row in range(len(before)):
        kind_at: dict[int, str] = {}
        regions = before.regions
        for i in range(regions.rows[row], regions.rows[row + 1]):
            kind = regions.kinds[regions.codes[i]]
            kind_at |= dict.fromkeys(range(regions.starts[i], regions.ends[i]), kind)
        expected = []
        for (start, end), word in zip(before.tokens.spans(row), before.tokens.of(row), strict=True):
            marked = kind_at[start] in KINDS
            expected.append((f"{kind_at[start]}:{word}" if marked else word, (start, end)))
            expected += [(word, (start, end))] * (marked and also_plain)
        assert list(zip(after.tokens.of(row), after.tokens.spans(row), strict=True)) == expected
