"""The laws that every stage keeps, to be run on a stage of your own.

A stage of one's own, and everything that textpipe expects of it, in five lines:

>>> from textpipe.stage import FormStage
>>> class Reverse(FormStage):
...     def of(self, form):
...         return form[::-1]
>>> check_stage(Reverse())

A stage that breaks a law is told which, and by what:

>>> class Forgetful(FormStage):
...     def of_forms(self, forms):
...         return [f"{form}{position}" for position, form in enumerate(forms)]
>>> check_stage(Forgetful())
Traceback (most recent call last):
    ...
AssertionError: Forgetful: batches matter. ...

With pytest, each law is a test of its own::

    import pytest, textpipe.testing

    @pytest.mark.parametrize("law", textpipe.testing.laws())
    def test_law(law):
        law(MyStage(option="value"))

Each law takes the stage, untrained, and optionally documents (whatever ``Documents.of`` takes) that suit
it better than the ``EXAMPLES``. What stands before the stage in a pipeline is put there by the law.
A law raises AssertionError with a sentence; it never changes the stage that it is given.
"""

from __future__ import annotations

from typing import Any

from textpipe.stage import Stage
from textpipe.testing.examples import EXAMPLES, HOSTILE
from textpipe.testing.plain import plain
from textpipe.testing.stage_laws import ALL, Law

__all__ = ["EXAMPLES", "HOSTILE", "check_stage", "laws", "plain"]


def laws() -> list[Law]:
    """Every law, in the order of how much it tells."""
    return list(ALL)


def check_stage(stage: Stage, documents: Any = None) -> None:
    """Raise AssertionError, with a sentence, at the first law that the stage breaks."""
    for law in ALL:
        law(stage, documents)
