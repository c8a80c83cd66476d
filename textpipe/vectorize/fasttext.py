"""fastText: vectors for words that training never saw, from their character n-grams."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from textpipe.documents import Documents, Tokens
from textpipe.errors import DefinitionError
from textpipe.vectorize.document_vectors import Float32, Found, tokens_of
from textpipe.vectorize.word2vec import Word2Vec, need_frequent_word, sentences

LONGEST_WORD = 1_000
"""A longer token (a line of base64, say) is no word: its n-grams would fill the memory."""


class Fasttext(Word2Vec):
    """Dense rows: the weighted mean of word vectors that are made of vectors of character n-grams.

    The vectors are gensim's, bit for bit, on the same tokens. A word out of the vocabulary (rare in
    training, or never seen: "freeee", an inflected form) gets the mean of its n-grams' vectors, weighs
    as a word that no training document has, and is known if at least one of its n-grams stood in a word
    of the vocabulary. Else it has no part in the document. N-grams share ``bucket`` places by their
    hash: the fewer places, the more words pass for known. A token of more than 1,000 characters is no
    word.

    Options:
        dimensions: length of the vectors. Default 100.
        window: how many words to the left and to the right are company. Default 5.
        min_count: words must occur this often in the training documents. Default 2.
        epochs: how often the training documents are read. Default 10.
        skip_gram: predict the company from the word, not the word from its company. Default true.
        negative: how many wrong answers are drawn for each right one. Default 5.
        min_n: shortest n-gram, in characters, with a mark before and after the word. Default 3.
        max_n: longest n-gram. Default 6.
        bucket: how many places n-grams share; each takes 4 * dimensions bytes, in memory and on disk.
            Default 50,000: 20 MB (gensim's own default, 2,000,000, is 800 MB).
        seed: start of the random numbers. Default 0.
        workers: threads that train. With more than one the result differs from run to run. Default 1.
        documents: weights of the words in a document: "mean", "idf" or "sif". Default "idf".
        sif_a: the a of a / (a + p) for "sif". Default 0.001.
        remove_component: remove the direction that training documents have most in common.
            Default false.
        normalize: bring rows to Euclidean length 1. Default true.

    Reads tokens; writes a matrix, float64 [n_documents, dimensions].
    Raises InputError where no word occurs ``min_count`` times.

    Bojanowski, Grave, Joulin, Mikolov: Enriching Word Vectors with Subword Information, 2017.

    >>> texts = [["win", "a", "prize"], ["win", "a", "prize"], ["see", "you"], ["see", "you", "soon"]]
    >>> vectors = Fasttext(dimensions=8, bucket=1000).fit(texts)
    >>> vectors.vector("prizes").shape
    (8,)
    """

    def __init__(
        self,
        dimensions: int = 100,
        window: int = 5,
        min_count: int = 2,
        epochs: int = 10,
        skip_gram: bool = True,
        negative: int = 5,
        min_n: int = 3,
        max_n: int = 6,
        bucket: int = 50_000,
        seed: int = 0,
        workers: int = 1,
        documents: Literal["mean", "idf", "sif"] = "idf",
        sif_a: float = 1e-3,
        remove_component: bool = False,
        normalize: bool = True,
    ) -> None:
        super().__init__(
            dimensions=dimensions,
            window=window,
            min_count=min_count,
            epochs=epochs,
            skip_gram=skip_gram,
            negative=negative,
            seed=seed,
            workers=workers,
            documents=documents,
            sif_a=sif_a,
            remove_component=remove_component,
            normalize=normalize,
        )
        self.min_n = min_n
        self.max_n = max_n
        self.bucket = bucket

    def check(self) -> None:
        super().check()
        if not 1 <= self.min_n <= self.max_n:
            raise DefinitionError(
                "fasttext: min_n and max_n must be the shortest and the longest n-gram, such as 3 and 6, "
                f"and {self.min_n} and {self.max_n} were given"
            )
        if not 1 <= self.bucket < 2**31:
            raise DefinitionError(
                f"fasttext: bucket must lie between 1 and 2**31 - 1, and {self.bucket} was given"
            )

    def learn(self, documents: Documents, labels: Any = None) -> None:
        from gensim.models import FastText as Gensim

        tokens = _words_only(tokens_of(documents))
        need_frequent_word(self.name(), tokens, self.min_count)
        vectors = Gensim(
            sentences(tokens),
            vector_size=self.dimensions,
            window=self.window,
            min_count=self.min_count,
            epochs=self.epochs,
            sg=int(self.skip_gram),
            negative=self.negative,
            min_n=self.min_n,
            max_n=self.max_n,
            bucket=self.bucket,
            seed=self.seed,
            workers=self.workers,
        ).wv
        self.words_ = pa.array(vectors.index_to_key, pa.string())
        self.vectors_ = np.ascontiguousarray(vectors.vectors)
        self.ngram_vectors_: Float32 = np.ascontiguousarray(vectors.vectors_ngrams)
        self.ngram_seen_: NDArray[np.bool_] = np.zeros(self.bucket, np.bool_)
        for places in vectors.buckets_word:
            self.ngram_seen_[places] = True
        self.learn_weights(documents)

    def find(self, forms: pa.StringArray) -> Found:
        from gensim.models.fasttext import ft_ngram_hashes

        rows, _ = super().find(forms)
        at = np.flatnonzero(rows < 0)
        words = forms.take(pa.array(at)).to_pylist()
        unknown = sorted(word for word in words if 0 < len(word) <= LONGEST_WORD)
        made: dict[str, int] = {}
        vectors = np.zeros((len(unknown), self.vectors_.shape[1]), np.float32)
        for form in unknown:
            places = ft_ngram_hashes(form, self.min_n, self.max_n, self.bucket)
            if places and self.ngram_seen_[places].any():
                vector = vectors[len(made)]
                for place in places:  # one after the other, as gensim adds them
                    vector += self.ngram_vectors_[place]
                vector /= len(places)
                made[form] = len(self.vectors_) + len(made)
        rows[at] = [made.get(word, -1) for word in words]
        return Found(rows, vectors[: len(made)])


def _words_only(tokens: Tokens) -> Tokens:
    lengths = pc.utf8_length(tokens.forms).to_numpy(zero_copy_only=False)
    word = lengths <= LONGEST_WORD
    return tokens if word.all() else tokens.keep(word[tokens.codes])
