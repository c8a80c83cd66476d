"""NLTK's averaged perceptron, whose Penn Treebank tags are turned into universal ones."""

from __future__ import annotations

import itertools

import numpy as np

from textpipe.documents import UPOS, Int64, Tokens, UInt8
from textpipe.errors import ResourceError

RESOURCE = "averaged_perceptron_tagger_eng"

PENN = {
    "CC": "CCONJ",
    "CD": "NUM",
    "DT": "DET",
    "EX": "PRON",
    "FW": "X",
    "IN": "ADP",
    "JJ": "ADJ",
    "JJR": "ADJ",
    "JJS": "ADJ",
    "LS": "X",
    "MD": "AUX",
    "NN": "NOUN",
    "NNS": "NOUN",
    "NNP": "PROPN",
    "NNPS": "PROPN",
    "PDT": "DET",
    "POS": "PART",
    "PRP": "PRON",
    "PRP$": "PRON",
    "RB": "ADV",
    "RBR": "ADV",
    "RBS": "ADV",
    "RP": "ADP",
    "SYM": "SYM",
    "TO": "PART",
    "UH": "INTJ",
    "VB": "VERB",
    "VBD": "VERB",
    "VBG": "VERB",
    "VBN": "VERB",
    "VBP": "VERB",
    "VBZ": "VERB",
    "WDT": "PRON",
    "WP": "PRON",
    "WP$": "PRON",
    "WRB": "ADV",
    "#": "SYM",
    "$": "SYM",
}
"""Penn Treebank -> universal, word by word. Penn does not tell AUX from VERB, nor SCONJ from ADP."""


class NltkTagger:
    """Tags English words as ``nltk.pos_tag`` does, with a tagger of its own."""

    def __init__(self) -> None:
        from nltk.tag.perceptron import PerceptronTagger

        try:
            self._tagger = PerceptronTagger()
        except LookupError as error:
            raise ResourceError(
                f'NLTK\'s tagger needs the data "{RESOURCE}", which is not installed: '
                f"python -c \"import nltk; nltk.download('{RESOURCE}')\""
            ) from error

    def tag(self, words: Tokens, bounds: Int64) -> UInt8:
        """The tag of each word, uint8[n_words], where sentences begin at ``bounds``."""
        forms = words.forms.to_pylist()
        tags: list[int] = []
        for start, end in itertools.pairwise(bounds.tolist()):
            sentence = [forms[code] for code in words.codes[start:end]]
            tagged = self._tagger.tag(sentence)
            tags += [UPOS.index(PENN.get(tag, "PUNCT")) for _, tag in tagged]
        return np.array(tags, np.uint8)
