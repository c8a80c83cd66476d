"""Mail -> what is odd about its headers."""

from __future__ import annotations

import pyarrow as pa

from textpipe.documents import Documents, Region, Regions, clean_surrogates
from textpipe.errors import DefinitionError
from textpipe.mail import Mail
from textpipe.signs.counting import with_counts
from textpipe.signs.header_signs import FAMILIES, Headers, of_authentication
from textpipe.stage import Stage

_IGNORED = (
    "list-* x-list-* sender x-sender precedence mailing-list x-mailing-list x-beenthere x-mailman* x-loop"
    " errors-to delivered-to x-delivered-to x-apparently-to x-egroups-* x-yahoo-* return-path delivery-date"
    " x-original-date x-authentication-warning x-spam* x-status status x-keywords x-mailscanner*"
    " x-virus-* x-sieve x-bulkmail x-unsubscription-info x-acceptable-languages x-url x-info old-subject"
)
IGNORED = tuple(_IGNORED.split())
"""Headers that tell by which way a mail came into a collection."""

_LEFT_OUT = "received list_unsubscribe to_missing date_in_past reply_to_differs reply_to_nothing"
LEFT_OUT = tuple(_LEFT_OUT.split())
"""Signs that tell a collection rather than what is wanted."""


class MailHeaders(Stage):
    """How often the headers of a mail have what filters look at; and, if asked for, their words.

    The text stays as it is, but for a region "header" where ``words`` are asked for. A document that is
    no mail has no headers. Nothing is looked up in the network, and no signature is computed.

    In public corpora headers give the class away: ham came over mailing lists, spam did not, and such a
    classifier fails on any other mail. So two things are off unless you ask for them.

    Options:
        ignore: names of headers that are not seen at all; one that ends with * is a beginning. Default:
            list-*, x-list-*, sender, x-sender, precedence, mailing-list, x-mailing-list, x-beenthere,
            x-mailman*, x-loop, errors-to, delivered-to, x-delivered-to, x-apparently-to, x-egroups-*,
            x-yahoo-*, return-path, delivery-date, x-original-date, x-authentication-warning, x-spam*,
            x-status, status, x-keywords, x-mailscanner*, x-virus-*, x-sieve, x-bulkmail,
            x-unsubscription-info, x-acceptable-languages, x-url, x-info, old-subject.
        leave_out: signs that are not counted. Default: received, list_unsubscribe, to_missing,
            date_in_past, reply_to_differs, reply_to_nothing. For your own mail give ``ignore = []`` and
            ``leave_out = []``. Why these, measured on SpamAssassin's corpus, in per cent of the mails in
            easy-ham-1, easy-ham-2, hard-ham-1, spam-1, spam-2: list_unsubscribe 63, 60, 22, 8, 8;
            to_missing 6, 1, 0, 0, 1; date_in_past 7, 16, 7, 22, 20; reply_to_differs 20, 18, 8, 5, 16;
            reply_to_nothing 4, 10, 2, 5, 3.
        words: names of headers whose values become a region of kind "header", one a line, such as
            ``["x-mailer", "user-agent"]``; none that is ignored. Default: none. (In SpamAssassin's corpus
            User-Agent stands in 13 to 29 % of easy ham and in 0.1 % of spam: another leak.)
        trust: the authserv-id of your own mail system. Of the Authentication-Results at the top that
            carry it, the results are counted. Default: none is believed.

    Counts:
        from_missing, from_several, name_missing; name_in_capitals; name_not_ascii (words)
        name_shows_address: the display name holds an address; name_shows_other_address: of another
            registrable domain than the sender's
        address_ends_in_digits: at least three of them before the @
        reply_to_differs: no address in Reply-To is of the registrable domain of From
        to_missing, undisclosed_recipients; to_is_from; many_recipients: in To and Cc, beyond the fourth
        subject_missing, subject_in_capitals; subject_exclamations, subject_questions (marks);
            subject_gaps: runs of five or more spaces
        reply_to_nothing: "Re:" without In-Reply-To and References
        date_missing, date_unreadable; date_in_future, date_in_past: a day or more after or before the
            mail was received last
        message_id_missing, message_id_odd; mime_version_missing (where MIME is used), mime_version_odd
        high_priority; bulk_mailer: sent by a program that calls itself one for mass mail;
            forged_outlook: the mail claims to be Outlook's and lacks what Outlook writes (X-MimeOLE)
        repeated_headers: those that must stand once and don't
        received (how many), list_unsubscribe: both only if you take them off the lists above
        spf_pass, spf_fail, spf_unclear, and the same of dkim and dmarc: only with ``trust``

    Reads and writes text; reads ``mails``. Raises DefinitionError if ``trust`` is empty. Sources: RFC 5322,
    RFC 8601 (Authentication-Results); what SpamAssassin's header rules look at.

    >>> from textpipe.mail import documents_of
    >>> raw = b"From: Your Bank <x@spam.com>\\nReply-To: y@other.org\\nSubject: Re: HURRY UP!!\\n\\nHi"
    >>> headers = MailHeaders(leave_out=["to_missing", "date_missing"]).transform(documents_of([raw]))
    >>> [name for name in sorted(headers.counts) if name != "mail.defects"]
    ['mail_headers.message_id_missing', 'mail_headers.reply_to_differs', 'mail_headers.reply_to_nothing',
     'mail_headers.subject_exclamations', 'mail_headers.subject_in_capitals']
    """

    reads = ("text",)
    writes = ("text",)
    uses_mails = True

    def __init__(
        self,
        ignore: list[str] | None = None,
        leave_out: list[str] | None = None,
        words: list[str] | None = None,
        trust: str | None = None,
    ) -> None:
        self.ignore = ignore
        self.leave_out = leave_out
        self.words = words
        self.trust = trust

    def check(self) -> None:
        super().check()
        if self.trust is not None and not self.trust.strip():
            raise DefinitionError(
                "mail_headers: trust must be the authserv-id of your mail system, and is empty. "
                "Leave it out to believe no Authentication-Results."
            )

    def apply(self, documents: Documents) -> Documents:
        if documents.mails is None:
            return documents
        made: list[list[Region]] = []
        counted: list[dict[str, int]] = []
        for raw, regions in zip(documents.mails, documents.documents_regions(), strict=True):
            headers = self._seen(Mail.of(raw.as_py())) if raw.is_valid else None
            made.append(regions if headers is None else [*regions, *self._region(headers)])
            counted.append({} if headers is None else self._signs(headers))
        if self.words:
            texts, joined = Regions.join(made)
            documents = documents.with_(text=pa.array(texts, pa.large_string()), regions=joined)
        return with_counts(documents, self.name(), counted)

    def _seen(self, mail: Mail) -> Headers:
        """The headers that are not ignored."""
        ignored = [name.lower() for name in (IGNORED if self.ignore is None else self.ignore)]
        whole = {name for name in ignored if not name.endswith("*")}
        begins = tuple(name[:-1] for name in ignored if name.endswith("*"))
        seen: Headers = {}
        for name, value in mail.headers:
            if name not in whole and not (begins and name.startswith(begins)):
                seen.setdefault(name, []).append(value)
        return seen

    def _signs(self, headers: Headers) -> dict[str, int]:
        left_out = LEFT_OUT if self.leave_out is None else self.leave_out
        signs: dict[str, int] = {}
        for family in FAMILIES:
            signs |= family(headers)
        if self.trust is not None:
            signs |= of_authentication(headers.get("authentication-results", []), self.trust)
        return {name: int(count) for name, count in signs.items() if name not in left_out}

    def _region(self, headers: Headers) -> list[Region]:
        """The values of the headers whose words are wanted, one a line."""
        lines = [
            " ".join(clean_surrogates(value).split())
            for name in self.words or ()
            for value in headers.get(name.lower(), ())
        ]
        text = "\n".join(line for line in lines if line)
        return [Region("header", text)] if text else []
