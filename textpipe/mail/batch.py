"""From the bytes of mails to a batch of documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa

from textpipe.documents import Documents
from textpipe.mail.mail import Mail


def documents_of(raws: Iterable[bytes], ids: Sequence[str] | None = None) -> Documents:
    """Mails as documents: their texts in regions, and their bytes in ``mails`` for the stages that look
    at them. ``counts["mail.defects"]`` says how much is broken on the way to the texts.

    Raises InputError if there are not as many ``ids`` as mails.

    >>> documents = documents_of([b"Subject: Hi\\n\\nBob"], ["a"])
    >>> documents.texts(), documents.mails.to_pylist()
    (['Hi\\n\\nBob'], [b'Subject: Hi\\n\\nBob'])
    """
    mails = [Mail.of(raw) for raw in raws]
    documents = Documents.of_regions([mail.regions for mail in mails], ids)
    return documents.with_(
        counts={"mail.defects": np.array([len(mail.text_defects) for mail in mails], np.int64)},
        mails=pa.array([mail.raw for mail in mails], pa.large_binary()),
    )
