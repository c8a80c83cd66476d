"""A trained pipeline that is taught: documents learned, unlearned and relabelled, without a refit.

The bundle is never changed. What it was taught stands in a journal beside it (see
:class:`~textpipe.corrections.journal.Journal`), one operation after another, and is worked into the
training documents whenever the model is opened (:class:`~textpipe.corrections.corrected.CorrectedModel`).
"""

from textpipe.corrections.corrected import CorrectedModel, journal_beside
from textpipe.corrections.in_force import Correction, in_force, standing
from textpipe.corrections.journal import Journal
from textpipe.corrections.operation import Operation
from textpipe.corrections.refit import corrected_corpus, refit
from textpipe.corrections.steps import Outcome

__all__ = [
    "CorrectedModel",
    "Correction",
    "Journal",
    "Operation",
    "Outcome",
    "corrected_corpus",
    "in_force",
    "journal_beside",
    "refit",
    "standing",
]
