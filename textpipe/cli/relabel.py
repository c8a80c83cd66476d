"""``textpipe relabel``: documents of training that have another label."""

from __future__ import annotations

import itertools
import shlex

from textpipe.cli import correcting, reading


def relabel(
    model: reading.ModelPath,
    label: correcting.LabelName,
    documents: correcting.Sources = None,
    text: correcting.Texts = None,
    name: correcting.Ids = None,
    new_label: correcting.NewLabel = False,
    note: correcting.Note = "",
    as_json: correcting.AsJson = False,
    format: reading.Format = None,  # noqa: A002  # the option's name
    text_column: reading.TextColumn = None,
    id_column: reading.IdColumn = None,
    encoding: reading.Encoding = None,
    journal: correcting.JournalPath = None,
) -> None:
    """Give documents that a model was trained on another label: by what is in them, or by --id.

    A document that the model does not know stays unknown; textpipe learn adds it.

    \b
    textpipe relabel spam.tpipe ham newsletter.eml
    textpipe relabel spam.tpipe ham --id messages.csv:12
    """
    options = {
        "format": format,
        "text_column": text_column,
        "id_column": id_column,
        "encoding": encoding,
        "label_column": "",
    }
    command = f"textpipe relabel {model} {shlex.quote(label)}"
    with correcting.corrected(model, journal) as taught:
        known_as = correcting.label_of(taught, label)
        by_id = iter(
            [taught.relabel(label=known_as, ids=name, source=note, new_label=new_label)]
            if name
            else []
        )
        by_content = (
            taught.relabel(batch, known_as, source=note, new_label=new_label)
            for batch in correcting.given_documents(taught, documents, text, options, command)
        )
        asked = documents or text or not name
        correcting.write_outcomes(
            taught, itertools.chain(by_id, by_content if asked else ()), as_json
        )
