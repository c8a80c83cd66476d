"""The tagger of an installed spaCy pipeline, on our tokens."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from textpipe.documents import UPOS, Int64, Tokens, UInt8
from textpipe.errors import ResourceError

_NEEDLESS = ("parser", "ner", "lemmatizer", "trainable_lemmatizer", "senter", "textcat")
_BATCH = 256  # sentences; fixed, so that a batch of documents does not change a matrix product


class SpacyTagger:
    """Tags words by a spaCy pipeline that sets ``token.pos``: a tagger or a morphologizer."""

    def __init__(self, model: str) -> None:
        self._nlp = _load(model)

    def tag(self, words: Tokens, bounds: Int64) -> UInt8:
        """The tag of each word, uint8[n_words], where sentences begin at ``bounds``."""
        known = {tag: index for index, tag in enumerate(UPOS)}
        with self._nlp.memory_zone():  # words that it has not known before are forgotten
            tagged = self._nlp.pipe(self.sentences(words, bounds), batch_size=_BATCH)
            return np.array([known.get(token.pos_, 0) for doc in tagged for token in doc], np.uint8)

    def sentences(self, words: Tokens, bounds: Int64) -> Iterator[Any]:
        """Each sentence as a spaCy document of our words, a space between those that stand apart."""
        from spacy.tokens import Doc

        forms = words.forms.to_pylist()
        apart = np.append(words.starts[1:] != words.ends[:-1], False)
        for start, end in itertools.pairwise(bounds.tolist()):
            yield Doc(
                self._nlp.vocab,
                words=[forms[code] for code in words.codes[start:end]],
                spaces=apart[start:end].tolist(),
            )


def _load(model: str) -> Any:
    import spacy

    try:
        nlp = spacy.load(model, exclude=list(_NEEDLESS))
    except Exception as error:  # spaCy raises OSError, ValueError and its parts' own
        raise ResourceError(
            f'the spaCy pipeline "{model}" cannot be loaded: {error}. '
            f"Install it with: python -m spacy download {model}"
        ) from error
    if not any(name in nlp.pipe_names for name in ("tagger", "morphologizer", "attribute_ruler")):
        raise ResourceError(
            f'the spaCy pipeline "{model}" tags no parts of speech: it has '
            f"{', '.join(nlp.pipe_names) or 'no components'} and needs a tagger with an "
            "attribute_ruler, or a morphologizer"
        )
    return nlp
