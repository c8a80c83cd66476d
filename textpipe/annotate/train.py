"""Train a part-of-speech tagger from treebanks in CoNLL-U, and measure it."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from textpipe.annotate.conllu import TaggedSentence, read_conllu
from textpipe.annotate.crf import SCALE, Crf
from textpipe.annotate.features import DISTANCES, EDGE, PAIRS, SINGLES, traits
from textpipe.annotate.model_folder import refuse_existing, write_model
from textpipe.documents import UPOS, Tokens
from textpipe.errors import InputError

_UD_NAME = re.compile(r"([a-z]{2,3})_[a-z0-9]+-ud-[a-z-]+\.conllu$")

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, and of how many."""


@dataclass(frozen=True)
class TrainedTagger:
    """What :func:`train_tagger` made.

    ``accuracy`` is the share of words of the test files whose tag is right, 0 to 1; None without any.
    """

    folder: Path
    about: dict[str, Any]
    sentences: int
    words: int
    accuracy: float | None


def train_tagger(
    files: Sequence[str | Path],
    out: str | Path,
    *,
    language: str | None = None,
    test: Sequence[str | Path] = (),
    lowercase: int = 5,
    c1: float = 0.1,
    c2: float = 0.05,
    max_iterations: int = 100,
    progress: Progress | None = None,
) -> TrainedTagger:
    """Train a tagger on all sentences of ``files`` and write it to the new folder ``out``.

    The same files and options give the same bytes. The folder is what
    ``TagPartsOfSpeech(model=FOLDER)`` takes. Nothing is held out: ``test`` files are only measured.

    :param language: the code of the language, such as "de"; by default the file names tell, where they
        follow Universal Dependencies (``de_gsd-ud-train.conllu``).
    :param lowercase: each how manieth sentence is learned a second time in lower case, so that the
        tagger also reads chats and text after ``lowercase``; 0 for none.
    :param c1, c2: how strongly weights are drawn to zero (L1, L2); a larger c1 makes a smaller model.
    :param progress: is called as training goes on.
    :raises SourceError: with ``file:line``, if a file is not CoNLL-U; if ``out`` exists.
    :raises InputError: if there is no sentence to learn from; if the language is neither given nor
        told by the file names.

    Lafferty, McCallum, Pereira 2001, "Conditional random fields"; trained with OWL-QN (Andrew, Gao
    2007) by CRFsuite.
    """
    refuse_existing(out)
    language = language or language_of(files)
    sentences = [sentence for path in files for sentence in read_conllu(path)]
    if not sentences:
        raise InputError(
            f"{', '.join(map(str, files)) or 'no file'}: there is no sentence to learn"
        )
    tests = {Path(path): list(read_conllu(path)) for path in test}
    for path, found in tests.items():
        if not found:
            raise InputError(f"{path}: there is no sentence to test the tagger on")
    options = {"lowercase": lowercase, "c1": c1, "c2": c2, "max_iterations": max_iterations}
    crf = _fit(_with_lowercase(sentences, lowercase), c1, c2, max_iterations, progress or _silent)
    scores = {path: accuracy(crf, found) for path, found in tests.items()}
    tested = [sentence for found in tests.values() for sentence in found]
    words = sum(len(sentence.words) for sentence in sentences)
    about = {
        "language": language,
        "trained_on": [_describe(Path(path)) for path in files],
        "sentences": len(sentences),
        "words": words,
        "options": options,
        "tested_on": [_describe(path) | {"accuracy": round(scores[path], 4)} for path in tests],
    }
    about = write_model(out, crf, about)
    overall = accuracy(crf, tested) if tested else None
    return TrainedTagger(Path(out), about, len(sentences), words, overall)


def language_of(files: Sequence[str | Path]) -> str:
    """The language that treebanks are of, by file names as Universal Dependencies gives them.

    Raises InputError if they tell none, or several.

    >>> language_of(["en_ewt-ud-train.conllu", "treebanks/en_gum-ud-dev.conllu"])
    'en'
    """
    names = [Path(path).name for path in files]
    found = [_UD_NAME.match(name) for name in names]
    silent = [name for name, match in zip(names, found, strict=True) if match is None]
    languages = sorted({match[1] for match in found if match is not None})
    if not silent and len(languages) == 1:
        return languages[0]
    if silent or not names:
        what = f"{silent[0]}: the file name does not tell" if silent else "no file name tells"
        reason = f"{what} the language, as en_ewt-ud-train.conllu would"
    else:
        reason = f"{', '.join(names)}: the files are of several languages, {', '.join(languages)}"
    raise InputError(f'{reason}. Give the language as a code such as language="de" (--language de)')


def accuracy(crf: Crf, sentences: Sequence[TaggedSentence]) -> float:
    """The share of words that get their gold tag, 0 to 1."""
    tokens = Tokens.of_lists([sentence.words for sentence in sentences])
    gold = [UPOS.index(tag) for sentence in sentences for tag in sentence.tags]
    found = crf.tag(tokens, tokens.rows)
    return float(np.mean(found == np.array(gold)))


def _silent(doing: str, done: int, of: int) -> None:
    pass


def _describe(path: Path) -> dict[str, str]:
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def _with_lowercase(sentences: list[TaggedSentence], every: int) -> list[TaggedSentence]:
    chosen = sentences[::every] if every > 0 else []
    lowered = [TaggedSentence([w.lower() for w in words], tags) for words, tags in chosen]
    return sentences + lowered


def _fit(
    sentences: list[TaggedSentence], c1: float, c2: float, max_iterations: int, progress: Progress
) -> Crf:
    import pycrfsuite

    class Trainer(pycrfsuite.Trainer):  # type: ignore[misc]  # untyped base
        def message(self, message: str) -> None:
            """Tell the caller which iteration begins; CRFsuite says it in words."""
            if message.startswith("***** Iteration #"):
                at = int(message.split("#")[1].split()[0])
                progress("learning", min(at, max_iterations), max_iterations)

    numbers: dict[str, int] = {}
    trainer = Trainer(
        "lbfgs", {"c1": c1, "c2": c2, "max_iterations": max_iterations}, verbose=False
    )
    seen: dict[str, dict[str, str]] = {}
    for done, (words, tags) in enumerate(sentences):
        if done % 1000 == 0:
            progress("looking at sentences", done, len(sentences))
        items = [
            [str(numbers.setdefault(name, len(numbers))) for name in names]
            for names in _features(words, seen)
        ]
        trainer.append(items, tags)
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "crfsuite")
        trainer.train(file)
        with_weights = pycrfsuite.Tagger()
        with_weights.open(file)
        info = with_weights.info()
        with_weights.close()
    return _of_crfsuite(list(numbers), info)


def _features(words: list[str], seen: dict[str, dict[str, str]]) -> Iterator[list[str]]:
    """The names of the features of each word of a sentence; ``seen`` remembers traits of forms."""
    reach = max(abs(distance) for distance in DISTANCES)
    padded = [EDGE] * reach + words + [EDGE] * reach
    found = [seen[form] if form in seen else seen.setdefault(form, traits(form)) for form in padded]
    for at in range(reach, reach + len(words)):
        names = []
        for single in SINGLES:
            value = found[at + single.distance].get(single.trait)
            if value is not None:
                names.append(single.name(value))
        for pair in PAIRS:
            left = found[at + pair.left.distance].get(pair.left.trait)
            right = found[at + pair.right.distance].get(pair.right.trait)
            if left is not None and right is not None:
                names.append(pair.name(left, right))
        yield names


def _of_crfsuite(names: list[str], info: Any) -> Crf:
    """The model of CRFsuite in whole numbers; features whose weights are all zero are left out."""
    limit = np.iinfo(np.int16).max
    rows: dict[str, Any] = {}
    for (number, tag), weight in info.state_features.items():
        step = min(max(round(weight * SCALE), -limit), limit)
        if step:
            row = rows.setdefault(names[int(number)], np.zeros(len(UPOS), np.int16))
            row[UPOS.index(tag)] = step
    kept = sorted(rows)
    transitions = np.zeros((len(UPOS), len(UPOS)), np.int32)
    for (before, after), weight in info.transitions.items():
        transitions[UPOS.index(before), UPOS.index(after)] = round(weight * SCALE)
    seen = np.array([tag in info.labels for tag in UPOS])
    weights = np.array([rows[name] for name in kept], np.int16).reshape(-1, len(UPOS))
    return Crf(kept, weights, transitions, seen)
