"""``textpipe learn``: more training documents for a model."""

from __future__ import annotations

import shlex

from textpipe.cli import correcting, reading


def learn(
    model: reading.ModelPath,
    label: correcting.LabelName,
    documents: correcting.Sources = None,
    text: correcting.Texts = None,
    new_label: correcting.NewLabel = False,
    note: correcting.Note = "",
    as_json: correcting.AsJson = False,
    format: reading.Format = None,  # noqa: A002  # the option's name
    text_column: reading.TextColumn = None,
    id_column: reading.IdColumn = None,
    encoding: reading.Encoding = None,
    journal: correcting.JournalPath = None,
) -> None:
    """Teach a model documents and their label, at once and without training it again.

    A document that the model knows is not added again; if its label is another, it is relabelled. One
    without any word is left out. What is taught is kept in a journal beside the model, which itself stays
    as it is: textpipe rollback goes back.

    \b
    textpipe learn spam.tpipe spam missed.eml
    textpipe learn spam.tpipe ham --text "Have you won the tender?"
    """
    options = {
        "format": format,
        "text_column": text_column,
        "id_column": id_column,
        "encoding": encoding,
        "label_column": "",
    }
    command = f"textpipe learn {model} {shlex.quote(label)}"
    with correcting.corrected(model, journal) as taught:
        known_as = correcting.label_of(taught, label)
        given = correcting.given_documents(taught, documents, text, options, command)
        outcomes = (
            taught.learn(
                batch,
                [known_as] * len(batch),
                note,
                new_label=new_label,
                skip_empty=not correcting.is_typed(batch),
            )
            for batch in given
        )
        correcting.write_outcomes(taught, outcomes, as_json)
