"""``textpipe unlearn``: documents that a model shall forget."""

from __future__ import annotations

import itertools

from textpipe.cli import correcting, reading


def unlearn(
    model: reading.ModelPath,
    documents: correcting.Sources = None,
    text: correcting.Texts = None,
    name: correcting.Ids = None,
    note: correcting.Note = "",
    as_json: correcting.AsJson = False,
    format: reading.Format = None,  # noqa: A002  # the option's name
    text_column: reading.TextColumn = None,
    id_column: reading.IdColumn = None,
    encoding: reading.Encoding = None,
    journal: correcting.JournalPath = None,
) -> None:
    """Take documents, all copies of them, out of a model: by what is in them, or by --id.

    They vote no more at once; words that only they had stay known until textpipe refit. The journal
    keeps what was taught before, so that textpipe rollback can bring it back.

    \b
    textpipe unlearn spam.tpipe private.eml
    textpipe unlearn spam.tpipe --id messages.csv:12
    """
    options = {
        "format": format,
        "text_column": text_column,
        "id_column": id_column,
        "encoding": encoding,
        "label_column": "",
    }
    command = f"textpipe unlearn {model}"
    with correcting.corrected(model, journal) as taught:
        by_id = iter([taught.unlearn(ids=name, source=note)] if name else [])
        by_content = (
            taught.unlearn(batch, source=note)
            for batch in correcting.given_documents(taught, documents, text, options, command)
        )
        asked = documents or text or not name
        correcting.write_outcomes(
            taught, itertools.chain(by_id, by_content if asked else ()), as_json
        )
