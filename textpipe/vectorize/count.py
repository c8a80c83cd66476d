"""How often each word occurs in each document."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from textpipe.documents import Documents, Int32, Int64, Matrix, Tokens
from textpipe.documents.mapped import MappedTokens
from textpipe.documents.sorting import sorted_positions
from textpipe.errors import DefinitionError, InputError
from textpipe.grams import word_n_grams
from textpipe.stage import Stage, Vectorizer
from textpipe.vectorize.counted_grams import Grams, grams_of
from textpipe.vectorize.counting import (
    Counted,
    bags_of,
    count_columns,
    count_words,
    frequencies_of_forms,
    totals,
)
from textpipe.vectorize.covered import each_a_word, words_with_known
from textpipe.vectorize.joined_names import LateNames
from textpipe.vectorize.lookup import Lookup


class Learned(NamedTuple):
    """What was found out while learning: ``of`` what ``n_grams`` were ``counted``, and to which word of the
    vocabulary each of their forms belongs."""

    of: Counted | None
    n_grams: tuple[int, int]
    vocabulary: pa.StringArray
    counted: Counted
    columns: Int32
    grams: Grams | None

    def are(self, of: Counted | None, n_grams: tuple[int, int], vocabulary: Any) -> bool:
        """Is it about these, and nothing has been changed since?"""
        same = self.of is of and self.vocabulary is vocabulary
        return same and tuple(self.n_grams) == tuple(n_grams)


class Count(Vectorizer):
    """A sparse matrix of how often each word of the vocabulary occurs in each document.

    On the same tokens it is scikit-learn's ``CountVectorizer``, column for column. The vocabulary is
    what ``fit`` saw, cut by document frequency, in the order of code points; other words count for
    ``total`` but not for ``known``.

    Options:
        min_df: leave out words that fewer documents have; a whole number of documents, or a share
            below 1.0. Default 1.
        max_df: leave out words that more documents have; a number of documents or a share up to 1.0.
            Default 1.0, all of them.
        max_features: keep this many words, the most frequent ones first, among equals the first by
            code point. Default: no limit.
        n_grams: shortest and longest run of words that counts as one. Default [1, 1], single words.
        binary: 1 where a word occurs, however often. Default false.

    Reads tokens; writes a matrix, float64 CSR [n_documents, n_words].
    Raises InputError where no word is left, and says what cut them.

    >>> counts = Count().fit([["free", "prize"], ["free", "free", "lunch"]])
    >>> counts.transform([["free", "free", "dinner"]]).toarray()
    array([[2., 0., 0.]])
    """

    in_threads = True
    by_itself = True

    def __init__(
        self,
        min_df: int | float = 1,
        max_df: int | float = 1.0,
        max_features: int | None = None,
        n_grams: tuple[int, int] = (1, 1),
        binary: bool = False,
    ) -> None:
        self.min_df = min_df
        self.max_df = max_df
        self.max_features = max_features
        self.n_grams = n_grams
        self.binary = binary

    def check(self) -> None:
        super().check()
        for option in ("min_df", "max_df"):
            value = getattr(self, option)
            if value < 0 or (isinstance(value, float) and value > 1):
                raise DefinitionError(
                    f"{self.name()}: {option} must be a share from 0.0 to 1.0 or a whole number of "
                    f"documents, and {value!r} was given"
                )
        if self.max_features is not None and self.max_features < 1:
            raise DefinitionError(
                f"{self.name()}: max_features must be at least 1, and {self.max_features} was given"
            )
        if not 1 <= self.n_grams[0] <= self.n_grams[1]:
            raise DefinitionError(
                f"{self.name()}: n_grams must be the shortest and the longest run of words, such as "
                f"[1, 2], and {list(self.n_grams)} was given"
            )

    def learn(self, documents: Documents, labels: Any = None) -> None:
        grams = self._grams(documents)
        if grams is not None:
            counted: Counted = grams.bags
        else:
            counted = self.counted(documents) if documents.bags is None else documents.bags
        frequency = frequencies_of_forms(counted, self._cores)
        n = len(counted)
        low, high = (
            limit * n if isinstance(limit, float | np.floating) else limit
            for limit in (self.min_df, self.max_df)
        )
        if high < low:
            raise InputError(
                f"{self.name()}: max_df={self.max_df} lets a word stand in at most {high:g} of {n} "
                f"documents and min_df={self.min_df} asks for {low:g}: lower min_df or raise max_df"
            )
        kept = np.flatnonzero((frequency >= low) & (frequency <= high) & (frequency > 0))
        if not len(kept):
            raise InputError(self._nothing_left(counted, frequency))
        kept = in_order(counted.forms, kept) if grams is None else grams.in_order(kept)
        if self.max_features is not None and len(kept) > self.max_features:
            often = frequency if self.binary else totals(counted)
            most = np.argsort(-often[kept], kind="stable")[: self.max_features]
            kept = kept[np.sort(most)]
        self.__dict__.pop("_lookup", None)
        self.__dict__.pop("_features", None)
        self.vocabulary_ = (
            counted.forms.take(pa.array(kept)) if grams is None else grams.spelled(kept)
        )
        self.document_frequencies_: Int64 = frequency[kept]
        self.n_documents_ = n
        columns = np.full(len(frequency), -1, np.int32)
        columns[kept] = np.arange(len(kept))
        of: Counted | None = documents.tokens if documents.bags is None else documents.bags
        self._learned = Learned(of, self.n_grams, self.vocabulary_, counted, columns, grams)

    def vectorize(self, documents: Documents) -> Matrix:
        counted, columns, grams = self.found(documents)
        counts = count_columns(counted, columns, len(self.vocabulary_), self._cores)
        known, total = words_with_known(counted, columns >= 0, documents.words, counts, grams)
        return self._matrix(counts, known, total)

    def vectorize_words(self, words: Tokens, columns: Int32) -> Matrix:
        return self._matrix(*count_words(words, columns, len(self.vocabulary_)))

    def columns_of(self, forms: pa.StringArray) -> Int32:
        if not hasattr(self, "_lookup"):
            self._lookup = Lookup(self.vocabulary_)
        return self._lookup.columns(forms)

    def _matrix(self, counts: Any, known: Int64, total: Int64) -> Matrix:
        names = LateNames(len(self.vocabulary_), self.features)
        return Matrix(self.weigh(counts), names, known, total)

    def weigh(self, counts: Any) -> Any:
        """What the counts (float64 CSR, its own copy) become; a plain count leaves them alone."""
        if self.binary:
            counts.data[:] = 1.0
        return counts

    @property
    def counts_words(self) -> bool:  # type: ignore[override]  # it depends on an option
        kinds = itertools.takewhile(lambda kind: kind is not Count, type(self).__mro__)
        ours = all(kind.__module__.startswith("textpipe.") for kind in kinds)
        return ours and tuple(self.n_grams) == (1, 1)  # a subclass may look at more than words

    def gathers(self, before: Sequence[Stage]) -> bool:
        cuts = [i for i, s in enumerate(before) if s.reads == ("text",) and "tokens" in s.writes]
        after = before[cuts[-1] + 1 :] if cuts else before
        each_a_word = all(stage.in_place for stage in after if "tokens" in stage.writes)
        return each_a_word and self.counts_words

    def gather(self, documents: Documents) -> Documents:
        assert documents.tokens is not None, "checked by the pipeline"  # noqa: S101  # for mypy
        return documents.with_(words=None, tokens=None, bags=bags_of(documents.tokens))

    def counted(self, documents: Documents) -> Tokens:
        """The tokens that are counted: the documents' own, or their n-grams."""
        assert documents.tokens is not None, "checked by the pipeline"  # noqa: S101  # for mypy
        low, high = self.n_grams
        return (
            documents.tokens if (low, high) == (1, 1) else word_n_grams(documents.tokens, low, high)
        )

    def _grams(self, documents: Documents) -> Grams | None:
        """The n-grams to learn from, unless they are single words, or read alike."""
        if documents.bags is not None or tuple(self.n_grams) == (1, 1):
            return None
        tokens, words = documents.tokens, documents.words
        assert tokens is not None, "checked by the pipeline"  # noqa: S101  # for mypy
        if not (tokens.is_plain or type(tokens) is MappedTokens) or not (
            words is None or each_a_word(tokens, words)
        ):
            return None
        return grams_of(tokens, *self.n_grams, self._cores)

    def features(self) -> list[str]:
        """The words, by column."""
        if not hasattr(self, "_features"):
            self._features: list[str] = self.vocabulary_.to_pylist()
        return self._features

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:
        """The words, by column, as scikit-learn asks for them."""
        return np.array(self.features(), object)

    def found(self, documents: Documents) -> tuple[Counted, Int32, Grams | None]:
        """What is counted, and the column of each form; -1 if training did not know it; and the n-grams.

        Those that were just learned from are not looked up again, but this is said once only.
        """
        learned: Learned | None = self.__dict__.pop("_learned", None)
        of: Counted | None = documents.tokens if documents.bags is None else documents.bags
        if learned is not None and learned.are(of, self.n_grams, self.vocabulary_):
            return learned.counted, learned.columns, learned.grams
        counted = self.counted(documents) if documents.bags is None else documents.bags
        return counted, self.columns_of(counted.forms), None

    def _nothing_left(self, counted: Counted, frequency: Int64) -> str:
        if not counted.rows[-1]:
            return (
                f"{self.name()}: none of the {len(counted)} training documents has a word left: look "
                "with textpipe trace which stage before it drops them"
            )
        return (
            f"{self.name()}: min_df={self.min_df} and max_df={self.max_df} leave none of "
            f"{len(counted.forms)} words of {len(counted)} documents (the most frequent word stands in "
            f"{frequency.max()} of them): lower min_df or raise max_df"
        )


def in_order(forms: pa.StringArray, which: Int64) -> Int64:
    """These forms in the order of code points, which is that of their UTF-8."""
    return which[sorted_positions(forms.take(pa.array(which)))]
