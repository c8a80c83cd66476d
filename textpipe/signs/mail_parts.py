"""Mail -> its texts in regions, and what is odd about its parts."""

from __future__ import annotations

import re
from collections import Counter
from typing import Literal

import pyarrow as pa

from textpipe.documents import Documents, Region, Regions, clean_surrogates
from textpipe.mail import Mail, Part
from textpipe.signs.attachment_signs import attachment_signs
from textpipe.signs.counting import with_counts
from textpipe.signs.mailboxes import mailboxes
from textpipe.stage import Stage

_QUOTED = re.compile(r"^ {0,3}(?:[A-Za-z]{1,3})?>[^\n]*+(?:\n|\Z)", re.MULTILINE)
_SIGNATURE = re.compile(r"^-- ?\n", re.MULTILINE)
_NO_LETTER = re.compile(r"[^a-z0-9]+")
_NAMES = 100
"""Names in an archive that become words."""


class MailParts(Stage):
    """A mail's texts, each in a region that says what it is, and counts of what is odd about its parts.

    Regions in their order: "sender" (if asked for), "subject", the texts of the body, "plain" or "html"
    (mark-up as it came), and "attachment" (names of attached files, one a line). Texts of attached mails
    and attached texts are among the texts. A document that is no mail stays as it is.

    Options:
        alternatives: where a mail says the same in plain text and in HTML: "both", "html" (what mail
            programs show) or "plain". What has no alternative is always read. Default "both".
        sender: whether there is a region "sender": "none", "name" (the display name in From) or "both"
            (name and address). Default "none", because in public corpora senders tell the collection: in
            SpamAssassin's, the From of 657 of 2,500 mails in easy-ham-1 and of 7 of 1,896 spam mails has
            one and the same domain, the corpus's own. In your own mailbox "both" is worth a try.
        attachments: whether there is a region "attachment", with the names of attached files and of the
            files in attached archives (the first 100 of each). Default true.
        quoted: whether quoted lines ("> ...") of plain texts are kept. Default true.
        signature: whether what follows a line "-- " in a plain text is kept. Default true.

    Counts:
        parts: those that hold no others; attached_mails; attachments (but for images shown in the text);
            attached_images (shown in the text or not)
        no_text: 1 if no part holds a word; html_only: 1 if there is HTML and no plain text
        alternatives_differ: 1 if plain text and HTML have less than half of their words in common
        base64_texts: plain ASCII that did not need base64
        type_mismatches: attachments whose content is not what the declared type says;
            name_mismatches: ... not what the ending of the name says
        executables: by content or by the ending of the name; executables_in_archives: by name;
            double_extensions (``invoice.pdf.exe``); macro_documents; html_attachments;
            encrypted_archives; archives
        defects: all that is broken; and each kind by its name in :mod:`textpipe.mail`, such as
            ``defect_damaged_base64``

    Reads and writes text; reads ``mails``. Attachments are never opened beyond an archive's list of
    names. Raises nothing. Sources: RFC 2046 (section 5.1.4: alternatives), RFC 3676 (section 4: quotes
    and signatures).

    >>> from textpipe.mail import documents_of
    >>> raw = b"From: Bob <bob@x.de>\\nSubject: Lake\\n\\n> When?\\nAt 7.\\n-- \\nBob"
    >>> parts = MailParts(quoted=False, signature=False, sender="both")
    >>> [tuple(region) for region in next(parts.transform(documents_of([raw])).documents_regions())]
    [('sender', 'Bob bob@x.de'), ('subject', 'Lake'), ('plain', 'At 7.\\n')]
    """

    reads = ("text",)
    writes = ("text",)
    uses_mails = True

    def __init__(
        self,
        alternatives: Literal["both", "html", "plain"] = "both",
        sender: Literal["none", "name", "both"] = "none",
        attachments: bool = True,
        quoted: bool = True,
        signature: bool = True,
    ) -> None:
        self.alternatives = alternatives
        self.sender = sender
        self.attachments = attachments
        self.quoted = quoted
        self.signature = signature

    def apply(self, documents: Documents) -> Documents:
        if documents.mails is None:
            return documents
        made: list[list[Region]] = []
        counted: list[dict[str, int]] = []
        for raw, regions in zip(documents.mails, documents.documents_regions(), strict=True):
            mail = Mail.of(raw.as_py()) if raw.is_valid else None
            made.append(regions if mail is None else self._regions(mail))
            counted.append({} if mail is None else _signs_of(mail))
        texts, joined = Regions.join(made)
        documents = documents.with_(text=pa.array(texts, pa.large_string()), regions=joined)
        return with_counts(documents, self.name(), counted)

    def _regions(self, mail: Mail) -> list[Region]:
        found = []
        if self.sender != "none":
            lines = [
                f"{name} {address}".strip() if self.sender == "both" else name
                for name, address in mailboxes(mail.header("from"))
            ]
            found.append(Region("sender", "\n".join(filter(None, lines))))
        found.append(Region("subject", mail.subject))
        left_out = _other_alternatives(mail.parts, self.alternatives)
        for at, part in enumerate(mail.parts):
            if part.text is None or at in left_out:
                continue
            html = part.media_type == "text/html"
            found.append(Region("html", part.text) if html else self._plain(part.text))
        if self.attachments:
            names = [
                name
                for attached in mail.attachments
                for name in (attached.name, *attached.listing[:_NAMES])
            ]
            found.append(Region("attachment", "\n".join(filter(None, names))))
        return [Region(kind, clean_surrogates(text)) for kind, text in found if text]

    def _plain(self, text: str) -> Region:
        if not self.quoted:
            text = _QUOTED.sub("", text)
        if not self.signature and (found := _SIGNATURE.search(text)) is not None:
            text = text[: found.start()]
        return Region("plain", text)


def _other_alternatives(parts: list[Part], wanted: str) -> set[int]:
    """The texts that another one stands for, if ``wanted`` ("html" or "plain") is there."""
    if wanted == "both":
        return set()
    branches: dict[tuple[int, int], list[int]] = {}
    """The texts in each branch of each multipart/alternative."""
    for at, part in enumerate(parts):
        branch = at
        while part.text is not None and parts[branch].above >= 0:
            above = parts[branch].above
            if parts[above].media_type == "multipart/alternative":
                branches.setdefault((above, branch), []).append(at)
            branch = above

    def is_wanted(texts: list[int]) -> bool:
        return any((parts[at].media_type == "text/html") == (wanted == "html") for at in texts)

    served = {above for (above, _), texts in branches.items() if is_wanted(texts)}
    return {
        at
        for (above, _), texts in branches.items()
        if above in served and not is_wanted(texts)
        for at in texts
    }


def _signs_of(mail: Mail) -> dict[str, int]:
    """What is odd about the parts of a mail."""
    signs: Counter[str] = Counter()
    kinds = set()
    for part in mail.parts:
        leaf = not part.media_type.startswith("multipart/")
        signs["parts"] += leaf
        signs["attached_mails"] += part.media_type in ("message/rfc822", "message/global")
        if part.text is None:
            continue
        if any(letter.isalnum() for letter in part.text):
            kinds.add(part.media_type == "text/html")
        signs["base64_texts"] += part.transfer_encoding == "base64" and part.text.isascii()
    signs["no_text"] = int(not kinds)
    signs["html_only"] = int(kinds == {True})
    signs["alternatives_differ"] = int(bool(mail.alternatives_differ))
    for attached in mail.attachments:
        signs.update(attachment_signs(attached))
    defects = mail.defects
    signs["defects"] = len(defects)
    signs.update(f"defect_{_sign_name(defect)}" for defect in defects)
    return signs


def _sign_name(defect: str) -> str:
    """A defect's kind as the name of a sign."""
    kind = defect.partition(":")[0].lower()
    return _NO_LETTER.sub("_", kind).strip("_")[:60]
