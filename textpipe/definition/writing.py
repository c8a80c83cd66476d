"""From a pipeline or a definition to TOML."""

from __future__ import annotations

from typing import Any

from textpipe.definition.canonical import as_data, filled
from textpipe.definition.definition import Definition, Evaluation
from textpipe.pipeline import Pipeline


def to_toml(pipeline: Pipeline | Definition) -> str:
    """The definition as TOML, filled: every default is written out.

    >>> from textpipe import Tokenize
    >>> print(to_toml(Pipeline([Tokenize("words")])))
    language = "en"
    <BLANKLINE>
    [[stages]]
    use = "tokenize"
    engine = "words"
    <BLANKLINE>
    """
    if isinstance(pipeline, Pipeline):
        return _dumped(as_data(pipeline))
    whole: dict[str, Any] = {"name": pipeline.name}
    if pipeline.description:
        whole["description"] = pipeline.description
    whole |= as_data(pipeline.pipeline)
    if pipeline.data:
        whole["data"] = [filled(vars(data)) for data in pipeline.data]
    if pipeline.evaluation != Evaluation():
        whole["evaluate"] = filled(vars(pipeline.evaluation))
    return _dumped(whole)


def _dumped(whole: dict[str, Any]) -> str:
    """TOML, with a table of its own for each stage, however short it is."""
    import tomli_w

    written = [
        tomli_w.dumps({key: value for key, value in whole.items() if isinstance(value, str | int)})
    ]
    for key, value in whole.items():
        if isinstance(value, list):
            written += [f"[{tomli_w.dumps({key: table})}".replace("]", "]]", 1) for table in value]
        elif isinstance(value, dict):
            written.append(tomli_w.dumps({key: value}))
    return "\n".join(written)
