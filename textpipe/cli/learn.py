"""``textpipe learn``: more training documents for a model."""

from __future__ import annotations

from textpipe.cli import correcting, reading


def learn(
    model: reading.ModelPath,
    label: correcting.LabelName,
    documents: correcting.Sources = None,
    text: correcting.Texts = None,
    note: correcting.Note = "",
    as_json: correcting.AsJson = False,
    format: reading.Format = None,  # noqa: A002  # the option's name
    text_column: reading.TextColumn = None,
    id_column: reading.IdColumn = None,
    encoding: reading.Encoding = None,
    journal: correcting.JournalPath = None,
) -> None:
    """Teach a model documents and their label, at once and without training it again.

    A document that the model knows is not added again; if its label is another, it is relabelled. It is
    kept in a journal beside the model, which itself stays as it is: textpipe rollback goes back.

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
    example = f'echo "a text" | textpipe learn {model} {label}'
    with correcting.corrected(model, journal) as taught:
        known_as = correcting.label_of(taught, label)
        correcting.write_outcomes(
            taught,
            (
                taught.learn(batch, [known_as] * len(batch), note)
                for batch in correcting.given_documents(documents, text, options, example)
            ),
            as_json,
        )
