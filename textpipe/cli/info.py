"""``textpipe info``: what is in a model?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textpipe.cli import correcting
from textpipe.cli.reading import ModelPath
from textpipe.cli.terminal import out
from textpipe.printable import json_text, one_line, printable

if TYPE_CHECKING:
    from rich.console import RenderableType


def info(
    model: ModelPath,
    as_json: Annotated[bool, typer.Option("--json", help="The manifest as JSON.")] = False,
    journal: correcting.JournalPath = None,
    without_corrections: correcting.WithoutCorrections = False,
) -> None:
    """What a model is: its definition, what it was trained on, by which versions, its fingerprint.

    The fingerprint is the sha256 of the manifest, and by it of every file: compare it with one that
    you trust. What the model was taught since training stands in its journal and is counted as well.

    \b
    textpipe info spam.tpipe
    """
    from textpipe.bundle import fingerprint
    from textpipe.bundle import info as manifest_of

    manifest = manifest_of(model)
    taught = None if without_corrections else _taught(model, fingerprint(model), journal)
    if as_json:
        more = {"fingerprint": fingerprint(model), "corrections": taught}
        typer.echo(json_text(manifest | more, indent=1))
        return
    console = out()
    console.print(_facts(manifest, fingerprint(model), taught))
    if chosen := _chosen_k(manifest):
        console.print(chosen)
    console.print()
    from rich.text import Text

    console.print(Text(printable(_as_toml(manifest))), soft_wrap=True)


def _chosen_k(manifest: dict[str, Any]) -> str:
    """How many neighbours a model with k = "auto" asks; nothing for others."""
    states = [state for state in manifest.get("states", []) if isinstance(state, dict)]
    found = [state["k_"] for state in states if isinstance(state.get("k_"), int)]
    return f"k = {found[0]}, chosen by leaving training documents out" if found else ""


def _taught(model: Path, fingerprint: str, journal: str | None) -> dict[str, Any] | None:
    """What the journal says about the model; None where it says nothing."""
    from textpipe.corrections import in_force
    from textpipe.corrections.in_force import counts

    with correcting.journal_of(model, journal) as book:
        operations = book.operations(fingerprint)
        if not operations:
            return None
        found = counts(in_force(operations).values())
        return {**found, "operations": len(operations), "journal": str(book)}


def _facts(
    manifest: dict[str, Any], fingerprint: str, taught: dict[str, Any] | None
) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    training = dict(manifest.get("training", {}))
    labels = training.pop("labels", {})
    size = sum(entry["bytes"] for entry in manifest["files"].values())
    facts = {
        "name": manifest.get("name", ""),
        "fingerprint": fingerprint,
        "digest": manifest.get("digest", ""),
        "files": f"{len(manifest['files'])}, together {size:,} bytes",
        **{key: _plain(value) for key, value in training.items()},
        "labels": _plain(labels),
        **({} if taught is None else {"taught since": _plain(taught)}),
        "textpipe": manifest.get("textpipe", ""),
        "libraries": _plain(manifest["libraries"]),
    }
    table = Table.grid(padding=(0, 2))
    for key, value in facts.items():
        table.add_row(Text(one_line(key), "bold"), Text(one_line(str(value), 2000)))
    return table


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {inner}" for key, inner in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _as_toml(manifest: dict[str, Any]) -> str:
    from textpipe.definition import from_data, to_toml
    from textpipe.errors import TextpipeError

    try:
        return to_toml(from_data(manifest["definition"]))
    except (TextpipeError, LookupError, TypeError, AttributeError):  # its stages are not all here
        return json_text(manifest["definition"], indent=1)
