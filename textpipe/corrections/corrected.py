"""A model with what it was taught since it was trained."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from textpipe.bundle import fingerprint, info, load, save
from textpipe.corrections.in_force import Correction, Corrections, counts, in_force, work_in
from textpipe.corrections.journal import Journal
from textpipe.corrections.operation import Label, Operation
from textpipe.corrections.rows import TaughtRows, checked_labels, digests
from textpipe.corrections.steps import (
    LabelsNow,
    Named,
    Outcome,
    Step,
    learning,
    relabelling,
    unlearning,
)
from textpipe.corrections.stored import restored, stored
from textpipe.corrections.teachable import has_word, must_have_words
from textpipe.documents import Documents, clean_surrogates
from textpipe.errors import InputError
from textpipe.labels import labels_of


class CorrectedModel:
    """The pipeline in a bundle, with the corrections that its journal holds worked in.

    ``pipeline`` decides, explains and finds similar documents as any other. ``learn``, ``unlearn`` and
    ``relabel`` change its training documents and nothing else: until :func:`refit`, words that the
    vectorizer does not know stay unknown, and it weighs words as it learned in training. The bundle is
    never changed; :meth:`save` writes another one. ``journal`` is a path or an address of a database;
    by default ``MODEL.journal.sqlite`` beside the bundle. Documents are the same if their texts are,
    as the classifier gets them: after cleaning.

    Raises BundleError and SourceError for files that cannot be read, InputError for a model that keeps
    no training documents.

    >>> import tempfile
    >>> from textpipe import Count, KnnClassifier, Pipeline, Tokenize
    >>> pipe = Pipeline([Tokenize("words"), Count(), KnnClassifier(k=1)])
    >>> pipe = pipe.fit(["win a prize", "see you at lunch"], ["spam", "ham"])
    >>> path = save(pipe, Path(tempfile.mkdtemp()) / "spam.tpipe")
    >>> with CorrectedModel(path) as model:
    ...     [str(outcome) for outcome in model.learn(["you win at lunch"], ["spam"])]
    ['learned']
    >>> with CorrectedModel(path) as model:
    ...     model.pipeline.predict(["you win lunch"]).tolist(), model.counts()
    (['spam'], {'learned': 1, 'unlearned': 0, 'relabelled': 0})
    """

    def __init__(self, path: str | Path, journal: str | Path | Journal | None = None) -> None:
        self.path = Path(path)
        self.fingerprint = fingerprint(self.path)
        where = journal_beside(self.path) if journal is None else journal
        self.journal = where if isinstance(where, Journal) else Journal(where)
        self.pipeline = load(self.path, expect=self.fingerprint)
        self._rows = TaughtRows(self.pipeline)
        self._corrections: Corrections = {}
        self._seen = 0
        self.refresh()

    # -- what it was taught -----------------------------------------------------------------------

    def learn(
        self,
        documents: Any,
        labels: Any,
        source: str = "",
        *,
        new_label: bool = False,
        skip_empty: bool = False,
    ) -> list[Outcome]:
        """Add documents (anything that ``Documents.of`` takes) with their labels.

        One that is known already is not added again; where its label is another, it is relabelled.
        ``source`` is kept with the operations: who taught this, or why. Raises InputError, before
        anything is written, where labels are missing or are none that the model can have; for a label
        that it does not know, unless ``new_label``; and for documents without any word, unless
        ``skip_empty``, which leaves them out.
        """
        given = Documents.of(documents)
        wanted = checked_labels(self._rows.keeper, labels_of(labels, len(given)), new_label)
        named = self._named(given)
        if not skip_empty:
            must_have_words([one.id for one in named if one.empty])
        return self._write(lambda now: learning(named, wanted, now), source)

    def unlearn(
        self, documents: Any = None, *, ids: Sequence[str] | None = None, source: str = ""
    ) -> list[Outcome]:
        """Take documents out, all copies of them: by what is in them, or by their ids in training."""
        find = self._finder(documents, ids)
        return self._write(lambda now: unlearning(find(), now), source)

    def relabel(
        self,
        documents: Any = None,
        label: Any = None,
        *,
        ids: Sequence[str] | None = None,
        source: str = "",
        new_label: bool = False,
    ) -> list[Outcome]:
        """Give documents of training, all copies of them, another label. Unknown ones stay unknown.

        The label is one that the model knows, unless ``new_label``.
        """
        if label is None:
            raise InputError('relabel needs a label: relabel(documents, "spam")')
        (wanted,) = checked_labels(self._rows.keeper, labels_of([label], 1), new_label)
        find = self._finder(documents, ids)
        return self._write(lambda now: relabelling(find(), wanted, now), source)

    def rollback(self, to: int, source: str = "") -> None:
        """Go back to how it was after operation number ``to`` (0: as trained).

        That is an operation too, so that it can be undone by another rollback.
        """
        with self.journal.writing(self.fingerprint) as book:
            operations = book.operations()
            last = len(operations)
            if not (isinstance(to, int) and 0 <= to <= last):
                raise InputError(
                    f"rollback goes back to operation 0 (as trained) to {last}, and {to!r} was given"
                )
            if to < last:
                book.append([Operation("rollback", to=to, source=clean_surrogates(source))])
        self.refresh()

    def refresh(self) -> int:
        """Take over what other processes have taught since; returns how many operations there were."""
        new = self.journal.operations(self.fingerprint, self._seen)
        self._take_over(new)
        self._bring()
        return len(new)

    def history(self) -> list[Operation]:
        """All operations in order, those that a rollback has undone as well (see ``standing``)."""
        return self.journal.operations(self.fingerprint)

    def corrections(self) -> Corrections:
        """By digest, what differs from training."""
        return dict(self._corrections)

    def counts(self) -> dict[str, int]:
        """How many documents are learned, unlearned and relabelled, compared with training."""
        return counts(self._corrections.values())

    # -- another model ------------------------------------------------------------------------------

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write a bundle with the corrections in it; its journal begins anew.

        The training documents stand in training's order, then those that were learned by digest.
        """
        manifest = info(self.path)
        return save(
            self._rows.pipeline_in_order(),
            path,
            name=str(manifest.get("name", "")),
            training={**manifest.get("training", {}), "corrections": self.note()},
            overwrite=overwrite,
        )

    def note(self) -> dict[str, Any]:
        """What a manifest says about corrections: of which models, how many, up to which operation."""
        before = info(self.path).get("training", {}).get("corrections", {})
        models = [*before.get("models", []), self.fingerprint]
        return {"models": models, **self.counts(), "through": self._seen}

    def taught(self) -> tuple[Documents, list[Label], list[str]]:
        """The documents that were taught and are kept, by digest; their labels; their digests."""
        kept = {
            digest: one
            for digest, one in sorted(self._corrections.items())
            if one.label is not None and one.document
        }
        labels = [one.label for one in kept.values() if one.label is not None]
        return self._fetch(list(kept.values())), labels, list(kept)

    def digests(self, documents: Documents) -> list[str]:
        """The digests of documents, after this model's own cleaning."""
        return digests(self._cleaned(documents))

    def trained_on(self, digest: str) -> bool:
        """Was a document of this digest among those of training?"""
        return bool(self._rows.trained(digest))

    # -- inside ---------------------------------------------------------------------------------------

    def _cleaned(self, documents: Documents) -> Documents:
        before = self.pipeline.stages[:-1]
        texts = [at for at, stage in enumerate(before, 1) if "text" in stage.writes]
        return self.pipeline[: max(texts)].run(documents) if texts else documents

    def _named(self, documents: Documents) -> list[Named]:
        cleaned = self._cleaned(documents)
        empty = (not has_word(text) for text in cleaned.texts())
        names = documents.ids.to_pylist()
        rows = zip(digests(cleaned), names, stored(documents), empty, strict=True)
        return [Named(*row) for row in rows]

    def _finder(self, documents: Any, ids: Sequence[str] | None) -> Callable[[], list[Named]]:
        if (documents is None) == (ids is None):
            raise InputError("give documents, or ids=[...], and not both")
        if documents is not None:
            named = self._named(Documents.of(documents))
            return lambda: named
        if isinstance(ids, str):
            raise InputError(f"ids must be a list, and one text was given: ids=[{ids!r}]")

        def by_id() -> list[Named]:
            self._bring()
            return [
                Named(digest, str(name))
                for name in ids or ()
                for digest in self._rows.digests_called(str(name)) or [""]
            ]

        return by_id

    def _write(self, steps: Callable[[LabelsNow], Iterable[Step]], source: str) -> list[Outcome]:
        """Decide, in one transaction, what the steps do; write it down; then do it."""
        with self.journal.writing(self.fingerprint) as book:
            self._take_over(book.operations(self._seen))
            now: dict[str, tuple[Label, ...]] = {}
            done: list[Step] = []
            for step in steps(lambda digest: now.get(digest, self._labels(digest))):
                now[step.one.digest] = () if step.label is None else (step.label,)
                done.append(step)
            note = clean_surrogates(source)
            new = book.append([step.operation(note) for step in done if step.kind is not None])
        self._take_over(new)
        self._bring()
        return [step.outcome() for step in done]

    def _labels(self, digest: str) -> tuple[Label, ...]:
        if not digest:
            return ()
        if digest in self._corrections:
            label = self._corrections[digest].label
            return () if label is None else (label,)
        return self._rows.trained(digest)

    def _take_over(self, operations: list[Operation]) -> None:
        if any(operation.kind == "rollback" for operation in operations):
            earlier = self.journal.operations(self.fingerprint)
            self._corrections = in_force(earlier)
            self._seen = earlier[-1].sequence
            return
        for operation in operations:
            work_in(self._corrections, operation)
            self._seen = operation.sequence

    def _bring(self) -> None:
        self._rows.bring_to(self._corrections, self._fetch)

    def _fetch(self, corrections: Sequence[Correction]) -> Documents:
        kept = self.journal.documents(self.fingerprint, [one.document for one in corrections])
        return restored(
            [kept[one.document] for one in corrections], [one.id for one in corrections]
        )

    def close(self) -> None:
        """Let go of the journal."""
        self.journal.close()

    def __enter__(self) -> CorrectedModel:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def journal_beside(path: str | Path) -> Path:
    """Where the journal of a bundle lies if nothing else is said.

    >>> journal_beside("models/spam.tpipe").name
    'spam.tpipe.journal.sqlite'
    """
    path = Path(path)
    return path.with_name(f"{path.name}.journal.sqlite")
