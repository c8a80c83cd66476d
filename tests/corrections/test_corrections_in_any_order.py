"""Any sequence of operations comes to what a plain dictionary says, and to nothing else."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from textpipe import Documents, save
from textpipe.bundle import info
from textpipe.corrections import CorrectedModel

QUERIES = ["claim money", "lunch at noon with Ann", "prize lunch", "zebra", "win, you"]
NEW = ["Win lunch", "money noon", "Ann", "7", "you you you"]
WORDS = ("spam", "ham", "a much longer label")
NUMBERS = (1.5, 4.0, 9.25)


def texts_of(base):
    return st.lists(st.sampled_from([*base, *NEW]), min_size=1, max_size=4)


class Oracle:
    """What the training documents are, as a list of texts and labels: no rows, no journal."""

    def __init__(self, texts, labels):
        self.base = list(zip(texts, labels, strict=True))
        self.learned = {}

    def known(self, text):
        return any(text == other for other, _ in self.pairs())

    def learn(self, text, label):
        if any(text == other for other, _ in self.base):
            if self.known(text):
                self.relabel(text, label)
            else:
                self.base = [(t, label) if t == text else (t, old) for t, old in self.base]
        else:
            self.learned[text] = label

    def relabel(self, text, label):
        if self.known(text):
            self.base = [(t, label if t == text else old) for t, old in self.base]
            if text in self.learned:
                self.learned[text] = label

    def unlearn(self, text):
        self.base = [(t, None if t == text else old) for t, old in self.base]
        self.learned.pop(text, None)

    def pairs(self):
        return [pair for pair in self.base if pair[1] is not None] + list(self.learned.items())

    def copy(self):
        other = Oracle([], [])
        other.base, other.learned = list(self.base), dict(self.learned)
        return other


def machine_of(kind, base, base_labels, labels, trained, bytes_of):
    """A state machine over one kind of model."""

    class Corrections(RuleBasedStateMachine):
        @initialize()
        def begin(self):
            self.folder = tempfile.TemporaryDirectory()
            self.path = save(trained(kind), Path(self.folder.name) / "m.tpipe")
            self.model = CorrectedModel(self.path)
            self.other = CorrectedModel(self.path)
            self.oracle = Oracle(base, base_labels)
            self.states = [self.oracle.copy()]

        def wrote(self):
            """Each operation in the journal is a state that one can go back to."""
            for _ in range(len(self.model.history()) - len(self.states) + 1):
                self.states.append(self.oracle.copy())

        def taught_one_by_one(self, texts, act):
            for text in texts:  # one by one, so that each state is one operation
                act(text)
                self.wrote()

        @rule(texts=texts_of(base), label=st.sampled_from(labels))
        def learn(self, texts, label):
            def act(text):
                known = self.oracle.known(text)
                (outcome,) = self.model.learn([text], [label], new_label=True)
                assert (outcome.happened == "learned") == (not known)
                self.oracle.learn(text, label)

            self.taught_one_by_one(texts, act)

        @rule(texts=texts_of(base))
        def unlearn(self, texts):
            def act(text):
                known = self.oracle.known(text)
                (outcome,) = self.model.unlearn([text])
                assert outcome.happened == ("removed" if known else "not known")
                self.oracle.unlearn(text)

            self.taught_one_by_one(texts, act)

        @rule(texts=texts_of(base), label=st.sampled_from(labels))
        def relabel(self, texts, label):
            def act(text):
                self.model.relabel([text], label, new_label=True)
                self.oracle.relabel(text, label)

            self.taught_one_by_one(texts, act)

        @rule(data=st.data())
        def roll_back(self, data):
            to = data.draw(st.integers(0, len(self.states) - 1))
            self.model.rollback(to)
            self.oracle = self.states[to].copy()
            self.wrote()

        @rule()
        def open_again(self):
            self.model.close()
            self.model = CorrectedModel(self.path)

        @rule()
        def another_process_goes_on(self):
            self.model, self.other = self.other, self.model
            self.model.refresh()

        @invariant()
        def training_documents_are_what_the_oracle_says(self):
            keeper = self.model.pipeline.stages[-1]
            there = np.flatnonzero(keeper.there())
            texts = keeper.excerpts_.to_pylist()
            found = sorted((texts[at], keeper.label_of(at)) for at in there)
            assert found == sorted(self.oracle.pairs())
            assert len(self.model.history()) == len(self.states) - 1

        def teardown(self):
            if not hasattr(self, "model"):
                return
            fresh_path = save(trained(kind), Path(self.folder.name) / "fresh.tpipe")
            fresh = CorrectedModel(fresh_path)
            for text in [*NEW[::-1], *dict.fromkeys(base)]:
                wanted = [label for other, label in self.oracle.pairs() if other == text]
                if not wanted:
                    fresh.unlearn([text])
                elif wanted != [label for other, label in zip(base, base_labels) if other == text]:  # noqa: B905
                    fresh.learn([text], wanted[:1], new_label=True)
            one, other = self.model.pipeline.decide(QUERIES), fresh.pipeline.decide(QUERIES)
            assert one.verdicts().tolist() == other.verdicts().tolist()
            assert one.scores.tobytes() == other.scores.tobytes()
            parts = [
                model.save(Path(self.folder.name) / name, overwrite=True)
                for model, name in ((self.model, "one.tpipe"), (fresh, "other.tpipe"))
            ]
            assert info(parts[0])["files"] == info(parts[1])["files"]
            assert info(parts[0])["states"] == info(parts[1])["states"]
            for model in (self.model, self.other, fresh):
                model.close()
            self.folder.cleanup()

    return Corrections


@pytest.mark.parametrize("kind", ["tf_idf", "dense", "regressor"])
def test_any_sequence_comes_to_its_final_set(kind, trained, bytes_of):
    keeper = trained(kind).stages[-1]
    base = keeper.excerpts_.to_pylist()
    base_labels = [keeper.label_of(at) for at in range(len(base))]
    labels = NUMBERS if kind == "regressor" else WORDS
    machine = machine_of(kind, base, base_labels, labels, trained, bytes_of)
    quick = settings(
        max_examples=6,
        stateful_step_count=8,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],  # shrinking a failure would take minutes
    )
    machine.TestCase.settings = quick
    machine.TestCase("runTest").runTest()


@given(
    st.permutations(range(6)),
    st.lists(st.sampled_from(WORDS), min_size=6, max_size=6),
    st.integers(1, 6),
)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_order_of_what_is_taught_does_not_matter(trained, order, labels, batch):
    texts = [*NEW, "Lunch with Ann at noon"]
    saved = []
    with tempfile.TemporaryDirectory() as folder:
        path = save(trained(), Path(folder) / "m.tpipe")
        for name, places in (("one", range(6)), ("other", order)):
            with CorrectedModel(path, Path(folder) / name) as model:
                places = list(places)
                for start in range(0, len(places), batch):
                    part = places[start : start + batch]
                    documents = Documents.of(
                        [texts[at] for at in part], [f"id {at}" for at in part]
                    )
                    model.learn(documents, [labels[at] for at in part], new_label=True)
                saved.append(info(model.save(Path(folder) / f"{name}.tpipe")))
    for manifest in saved:
        manifest.pop("training")
    assert saved[0]["states"] == saved[1]["states"]
