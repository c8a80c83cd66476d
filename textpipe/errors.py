"""Every exception of textpipe, as one tree.

::

    TextpipeError
    ├── DefinitionError      a pipeline or a definition file that cannot work (also a ValueError)
    ├── InputError           documents or labels that cannot be read as such (also a ValueError)
    ├── SourceError          a file, folder or stream that cannot be read at all
    ├── ResourceError        a model, word list or library that is not installed
    ├── ProcessError         a process that was killed while it worked on a document
    ├── BundleError          a trained pipeline on disk that is damaged or not ours
    └── NotTrainedError      asked for a result before ``fit`` (also scikit-learn's NotFittedError, and
                             for that reason in stage.py: this file imports nothing)

    TextpipeWarning          something that works but probably not as meant (a UserWarning)

Each message says what, where, what was given, and what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class TextpipeError(Exception):
    """Whatever textpipe raises on purpose.

    ``stage`` is the position, counted from 0, of the stage that it is about, where there is one;
    a definition file uses it to name the line.
    """

    stage: int | None = None


class DefinitionError(TextpipeError, ValueError):
    """A pipeline that cannot work: an unknown stage, a wrong option, an order that does not fit."""

    def __init__(self, message: str, stage: int | None = None) -> None:
        super().__init__(message)
        self.stage = stage


class InputError(TextpipeError, ValueError):
    """Documents or labels that were given in memory and cannot be read as such."""


class SourceError(TextpipeError):
    """A file, folder or stream that cannot be read at all. (A bad row in it is set aside, not raised.)"""


class ResourceError(TextpipeError):
    """A model, a word list or an optional library that this machine does not have."""


class ProcessError(TextpipeError):
    """A process that was killed while it worked on a document: by the system, or by a crash."""


class BundleError(TextpipeError):
    """A trained pipeline on disk that is damaged, incomplete, or was not written by textpipe."""


class TextpipeWarning(UserWarning):
    """Something that works, but probably not as it was meant."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint for a misspelt name, ready to be appended to a message; empty if nothing is near.

    >>> nearest("lowercas", ["lowercase", "stem"])
    ' Did you mean "lowercase"?'
    >>> nearest("xyz", ["lowercase", "stem"])
    ''
    """
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f' Did you mean "{found[0]}"?' if found else ""
