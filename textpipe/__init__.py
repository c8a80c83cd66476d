"""textpipe: from raw text to a decision that you can explain.

The public names are below; each is loaded when it is first used, so that ``import textpipe`` costs
next to nothing.

>>> import textpipe
>>> pipe = textpipe.Pipeline([textpipe.Tokenize(), textpipe.Lowercase()])
>>> pipe.run(["Hello World!"]).tokens.to_lists()
[['hello', 'world', '!']]
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from textpipe.bundle import load as load
    from textpipe.bundle import save as save
    from textpipe.corrections import CorrectedModel as CorrectedModel
    from textpipe.definition import Definition as Definition
    from textpipe.definition import from_toml as from_toml
    from textpipe.definition import to_toml as to_toml
    from textpipe.diagnosis import diagnose as diagnose
    from textpipe.documents import Documents as Documents
    from textpipe.errors import TextpipeError as TextpipeError
    from textpipe.evaluation import evaluate as evaluate
    from textpipe.explanation import explain as explain
    from textpipe.mail import Mail as Mail
    from textpipe.pipeline import Pipeline as Pipeline
    from textpipe.serving.detector import Detector as Detector
    from textpipe.sources import read as read

_HOME = {
    "CorrectedModel": "textpipe.corrections",
    "Definition": "textpipe.definition",
    "diagnose": "textpipe.diagnosis",
    "digest": "textpipe.definition",
    "Detector": "textpipe.serving.detector",
    "Documents": "textpipe.documents",
    "FormStage": "textpipe.stage",
    "Mail": "textpipe.mail",
    "Pipeline": "textpipe.pipeline",
    "Region": "textpipe.documents",
    "Stage": "textpipe.stage",
    "TextStage": "textpipe.text_stage",
    "TextpipeError": "textpipe.errors",
    "TokenStage": "textpipe.stage",
    "Vectorizer": "textpipe.stage",
    "evaluate": "textpipe.evaluation",
    "explain": "textpipe.explanation",
    "form_stage": "textpipe.stage",
    "from_toml": "textpipe.definition",
    "load": "textpipe.bundle",
    "read": "textpipe.sources",
    "save": "textpipe.bundle",
    "to_toml": "textpipe.definition",
}


def __getattr__(name: str) -> Any:
    """Load a public name from where it lives: the names above, and every stage of the catalogue."""
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    from textpipe.catalogue import BUILT_IN

    for address in BUILT_IN.values():
        module, _, cls = address.partition(":")
        if cls == name:
            return getattr(importlib.import_module(module), name)
    raise AttributeError(f"module 'textpipe' has no attribute {name!r}")


def __dir__() -> list[str]:
    from textpipe.catalogue import BUILT_IN

    return sorted([*_HOME, *(address.partition(":")[2] for address in BUILT_IN.values())])
