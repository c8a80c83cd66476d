"""``textpipe sort``: a mailbox filed by verdict."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textpipe.cli import correcting, reading
from textpipe.cli.filter import AsUnsure
from textpipe.cli.progress import progress
from textpipe.cli.terminal import out, say, tell
from textpipe.printable import one_line, printable
from textpipe.serving.pipe_filter import LIMIT

if TYPE_CHECKING:
    from rich.table import Table

    from textpipe.serving.maildir import Maildir
    from textpipe.serving.mbox import Mbox
    from textpipe.serving.sorting import Filed

SHOWN = 20
"""Mails that are shown of each kind; a report has all of them."""


def sort(
    model: reading.ModelPath,
    mailbox: Annotated[
        Path, typer.Argument(metavar="MAILDIR|MBOX", help="A Maildir, or a file in mbox format.")
    ],
    apply: Annotated[
        bool,
        typer.Option(
            "--apply", help="File the mails. By default it is only said where they would go."
        ),
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report",
            metavar="FILE",
            help="Append what went where and why, as JSON lines. With the report of an earlier run, mails "
            "that the same model has judged are not judged again.",
        ),
    ] = None,
    spam_folder: Annotated[
        str, typer.Option("--spam-folder", metavar="NAME", help="Where spam goes.")
    ] = "Spam",
    unsure_folder: Annotated[
        str, typer.Option("--unsure-folder", metavar="NAME", help="Where unsure mails go.")
    ] = "Unsure",
    unsure_as: Annotated[
        AsUnsure, typer.Option("--unsure-as", help="File unsure mails as something else.")
    ] = "unsure",
    limit: Annotated[
        int,
        typer.Option("--limit", metavar="BYTES", min=1, help="A larger mail stays where it is."),
    ] = LIMIT,
    positive: Annotated[
        str | None,
        typer.Option(
            "--positive", metavar="LABEL", help='The label that means spam, if it is not "spam".'
        ),
    ] = None,
    journal: correcting.JournalPath = None,
    without_corrections: correcting.WithoutCorrections = False,
) -> None:
    """Sort the mails of a mailbox into spam, unsure and the rest. No mail is ever deleted.

    It only says where each mail would go, unless --apply is given. In a Maildir, spam is then moved to
    the folder .Spam and unsure mails to .Unsure, with their names and flags; the rest stays. An mbox file
    stays as it is: copies of its mails are written to MBOX.sorted/ham.mbox, spam.mbox and unsure.mbox.

    A run that was ended at any moment is ended well by running it again.

    \b
    textpipe sort spam.tpipe ~/Maildir
    textpipe sort spam.tpipe ~/Maildir --apply --report sorted.jsonl
    """
    from textpipe.serving.detector import Detector
    from textpipe.serving.mailboxes import locked, open_mailbox
    from textpipe.serving.sorting import Sorter

    box = open_mailbox(mailbox, {"spam": spam_folder, "unsure": unsure_folder})
    with (
        locked(mailbox),
        Detector.load(model, journal, positive, not without_corrections) as detector,
    ):
        if n := detector.n_corrections:
            say(f"with {correcting.counted_corrections(n)}")
        sorter = Sorter(detector, box, apply, report, unsure_as, limit)
        tally = Tally(box)
        with progress() as bar:
            total = sum(1 for _ in box.letters())
            for filed in sorter:
                tally.add(filed)
                bar("sorting", tally.mails, total)
    if sorter.ended:
        say(f"{sorter.ended:,} moves that an earlier run had begun were ended")
    if tally.again:
        say(f"{tally.again:,} mails had been judged by an earlier run")
    tally.tell(apply)
    if report:
        say(f"{report}: what went where and why")


class Tally:
    """What is shown of a mailbox that was sorted."""

    def __init__(self, box: Maildir | Mbox) -> None:
        self.box = box
        self.mails = self.again = 0
        self.kinds: Counter[tuple[str, str | None]] = Counter()
        self.set_aside: Counter[str] = Counter()
        self.shown: dict[str, list[Filed]] = {"spam": [], "unsure": []}

    def add(self, filed: Filed) -> None:
        """Count one more mail."""
        self.mails += 1
        self.again += filed.again
        if filed.why_not:
            self.set_aside[filed.why_not] += 1
            return
        self.kinds[filed.kind, filed.to] += 1
        if len(self.shown.get(filed.kind, [None] * SHOWN)) < SHOWN:
            self.shown[filed.kind].append(filed)

    def tell(self, applied: bool) -> None:
        """The table, and how many went where."""
        if any(self.shown.values()):
            out().print(self._table())
        for (kind, to), count in sorted(self.kinds.items(), key=lambda pair: pair[0][0]):
            goes = "went" if applied else "would go"
            where = "stay" if to is None else f"{goes} to {to}"
            tell(f"{count:,} {kind}: {where}")
        rest = self.box.target("")
        left = f"with the rest in {rest}" if rest else "left where they are"
        for why, count in self.set_aside.most_common():
            tell(f"{count:,} set aside, {left}: {why}")
        if not self.mails:
            tell("there are no mails in it")
        elif not applied and any(to for _, to in self.kinds):
            say("nothing was moved or written: give --apply to do it")

    def _table(self) -> Table:
        from rich.table import Table

        table = Table(box=None, pad_edge=False)
        for name in ("VERDICT", "SCORE", "SUBJECT", "BECAUSE OF", "MAIL"):
            table.add_column(name, overflow="fold" if name == "MAIL" else "ellipsis")
        for kind, mails in self.shown.items():
            for filed in mails:
                words = ", ".join(one["word"] for one in filed.about["reasons"])
                table.add_row(
                    kind,
                    f"{filed.about['score']:.3f}",
                    *(
                        _cell(text, width)
                        for text, width in (
                            (filed.about["subject"], 36),
                            (words, 36),
                            (filed.name, 40),
                        )
                    ),
                )
            rest = sum(count for (name, _), count in self.kinds.items() if name == kind) - len(
                mails
            )
            if rest:
                table.add_row(kind, "", f"and {rest:,} more", "", "")
        return table


def _cell(text: str, width: int) -> str:
    from rich.markup import escape

    return escape(printable(one_line(text, width)))
