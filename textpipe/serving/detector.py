"""From the bytes of a mail to a verdict, with what the model was taught since training."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textpipe.bundle import fingerprint
from textpipe.serving.opened import Opened
from textpipe.serving.verdict import Verdict

if TYPE_CHECKING:
    from textpipe.corrections import Outcome
    from textpipe.documents import Documents
    from textpipe.explanation import Explanation

Stamp = tuple[tuple[int, int, int] | None, ...]
"""By which files that were changed are known: inode, size and time of change; None where there is none."""


class Detector:
    """A model on disk with its corrections, ready to judge mails.

    ``path`` is a bundle. ``journal`` holds its corrections: a path or an address of a database, by
    default ``MODEL.journal.sqlite`` beside it; ``corrections=False`` leaves them out. ``positive`` is the
    label that ``Verdict.score`` is about, by default "spam".

    Any number of threads may use one detector. One at a time is inside, whether it judges, learns or
    refreshes, so that each verdict is of one state of the model; to use more cores, run more processes,
    which see each other's corrections after ``refresh``. While a model that was replaced on disk is
    being loaded, the one before goes on judging.

    Raises BundleError and SourceError for files that cannot be read, InputError for a model that knows
    no labels, or of which it is not known which label is positive.

    >>> import tempfile
    >>> from textpipe import Count, KnnClassifier, Pipeline, Tokenize, save
    >>> pipe = Pipeline([Tokenize("words"), Count(), KnnClassifier(k=1)])
    >>> pipe = pipe.fit(["win a prize", "see you at lunch"], ["spam", "ham"])
    >>> detector = Detector.load(save(pipe, Path(tempfile.mkdtemp()) / "spam.tpipe"))
    >>> verdict = detector.judge(b"Subject: Win\\n\\na prize")
    >>> verdict.label, round(verdict.score, 2), verdict.reasons
    ('spam', 1.0, ['a', 'prize'])
    >>> str(detector.learn(b"Subject: Tombola\\n\\nyou win a prize", "ham"))
    'learned'
    >>> detector.judge(b"Subject: Tombola\\n\\nyou win a prize").label
    'ham'
    """

    def __init__(
        self,
        path: str | Path,
        journal: str | Path | None = None,
        positive: str | None = None,
        corrections: bool = True,
    ) -> None:
        self.path = Path(path)
        self.journal = _beside(self.path) if journal is None else journal
        self.corrections = corrections
        self.wanted = positive
        self._lock = threading.RLock()
        self._loading = threading.Lock()
        self._seen = self._stamp()
        self._failed: Stamp | None = None
        self._opened = self._loaded()

    @classmethod
    def load(
        cls,
        path: str | Path,
        journal: str | Path | None = None,
        positive: str | None = None,
        corrections: bool = True,
    ) -> Detector:
        """The detector of the model at ``path``; see the class."""
        return cls(path, journal, positive, corrections)

    # -- what it is -----------------------------------------------------------------------------------

    @property
    def model(self) -> str:
        """The fingerprint of the model that judges now."""
        return self._opened.fingerprint

    @property
    def positive(self) -> str:
        """The positive label, as text."""
        return self._opened.positive

    @property
    def labels(self) -> list[str]:
        """The labels that the model may say, sorted; "unsure" comes on top of them."""
        with self._lock:
            return [str(label) for label in self._opened.pipeline.classes_]

    @property
    def n_corrections(self) -> int:
        """How many documents are learned, unlearned or relabelled since training."""
        with self._lock:
            return self._opened.n_corrections()

    @property
    def state(self) -> str:
        """What verdicts depend on: the model, and up to which operation it was corrected."""
        with self._lock:
            corrected = self._opened.corrected
            through = corrected.note()["through"] if corrected else 0
            return f"{self._opened.fingerprint}:{through}"

    # -- judging --------------------------------------------------------------------------------------

    def judge(self, raw: bytes) -> Verdict:
        """What this mail is. What a stage raises on it is raised."""
        return self.judge_all([raw])[0]

    def judge_all(self, raws: Sequence[bytes]) -> list[Verdict]:
        """What these mails are: the same as one after another, in less time."""
        if not raws:
            return []
        documents, defects = documents_of(raws)
        with self._lock:
            return self._opened.verdicts(documents, defects)

    def explain(self, raw: bytes, tries: int = 0) -> Explanation:
        """All that speaks for the verdict on this mail; see :func:`textpipe.explanation.explain`."""
        from textpipe.explanation import explain

        documents, _ = documents_of([raw])
        with self._lock:
            return explain(self._opened.pipeline, documents, tries)

    # -- learning -------------------------------------------------------------------------------------

    def learn(
        self, raw: bytes, label: str, source: str = "", *, new_label: bool = False
    ) -> Outcome:
        """Teach the model this mail, as ``textpipe learn`` does: kept in the journal when this returns.

        ``source`` is kept with it: who says so, or why. A mail that is known is not added again; if its
        label is another, it is relabelled. ``str(outcome)`` says what happened. Raises InputError for a
        label that the model does not know, unless ``new_label``; for a mail without any word; and where
        the model keeps no training documents. Raises SourceError where the journal cannot be written.
        """
        documents, _ = documents_of([raw])
        self.refresh()
        with self._lock:
            taught = self._opened.taught()
            known_as = self._opened.label_called(label)
            (outcome,) = taught.learn(documents, [known_as], source, new_label=new_label)
            return outcome

    def unlearn(self, raw: bytes, source: str = "") -> Outcome:
        """Take this mail out of what the model knows, all copies of it; kept in the journal."""
        documents, _ = documents_of([raw])
        self.refresh()
        with self._lock:
            (outcome,) = self._opened.taught().unlearn(documents, source=source)
            return outcome

    # -- the files change -----------------------------------------------------------------------------

    def refresh(self) -> bool:
        """Take over what changed on disk: another model in its place, or corrections by others.

        Returns whether anything did. It costs a few system calls where nothing changed (a question to
        the database, where the journal is in one). Raises BundleError where the new model cannot be
        loaded: the one before then stays, and what is on disk is not tried again until it changes.
        """
        with self._loading:
            opened = self._opened
            stamp = self._stamp()
            if stamp == self._seen and not self._is_database():
                return False
            if stamp != self._failed and (loaded := self._another(opened, stamp)):
                with self._lock:
                    self._opened, self._seen = loaded, stamp
                    opened.close()
                return True
            with self._lock:
                changed = opened.refresh()
                self._seen = stamp
                return changed

    def _another(self, opened: Opened, stamp: Stamp) -> Opened | None:
        """Another model than the one that is open, if there is one; that it is of no use is remembered."""
        try:
            return self._loaded() if fingerprint(self.path) != opened.fingerprint else None
        except Exception:
            self._failed = stamp
            raise

    def _loaded(self) -> Opened:
        """What is on disk now."""
        return Opened(self.path, self.journal, self.wanted, self.corrections)

    def _is_database(self) -> bool:
        return self.corrections and "://" in str(self.journal)

    def _stamp(self) -> Stamp:
        """What the files look like; SQLite writes beside its file first."""
        files = [self.path]
        with contextlib.suppress(OSError):  # no folder, or one that is just being replaced
            files = sorted(self.path.iterdir())
        if self.corrections and not self._is_database():
            journal = Path(self.journal)
            files += [journal, journal.with_name(f"{journal.name}-wal")]
        return tuple(map(_stamp, files))

    def close(self) -> None:
        """Let go of the journal. The detector goes on judging."""
        with self._lock:
            self._opened.close()

    def __enter__(self) -> Detector:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def documents_of(raws: Sequence[bytes]) -> tuple[Documents, list[list[str]]]:
    """The mails as one batch, called by a digest of their bytes, and what is broken in each.

    >>> documents, defects = documents_of([b"Subject: Hello\\n\\nBye"])
    >>> documents.texts(), defects
    (['Hello\\n\\nBye'], [[]])
    """
    from textpipe.sources.corpus import gather
    from textpipe.sources.mail import mail_record

    names = ["mail:" + hashlib.sha256(raw).hexdigest()[:16] for raw in raws]
    records = [mail_record(raw, name, name, None) for raw, name in zip(raws, names, strict=True)]
    return gather(records).documents, [list(record.defects or ()) for record in records]


def _beside(path: Path) -> Path:
    """Where corrections are kept by default; as ``journal_beside``, without loading a database."""
    return path.with_name(f"{path.name}.journal.sqlite")


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
