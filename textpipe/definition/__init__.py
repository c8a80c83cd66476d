"""A pipeline as a TOML file, and back, without loss.

::

    name = "spam"
    language = "en"

    [[stages]]
    use = "tokenize"

    [[stages]]
    use = "count"

    [[data]]                      # for ``textpipe run``: paths are relative to this file
    path = "messages.csv"

A definition names stages of the catalogue and nothing else: no code, no templates, no import paths.
Every complaint begins with ``file:line:``.
"""

from textpipe.definition.canonical import as_data, digest
from textpipe.definition.definition import Data, Definition, Evaluation
from textpipe.definition.reading import from_data, from_toml
from textpipe.definition.writing import to_toml

__all__ = [
    "Data",
    "Definition",
    "Evaluation",
    "as_data",
    "digest",
    "from_data",
    "from_toml",
    "to_toml",
]
