"""``python -m textpipe`` is the command ``textpipe``.

``textpipe filter`` is started anew for each mail of a mailbox, so it does not load the other commands.
"""

from __future__ import annotations

import sys

_HELP = {"-h", "--help"}


def main() -> None:
    """Run the command line."""
    if sys.argv[1:2] == ["filter"] and not _HELP & set(sys.argv):
        from textpipe.serving import pipe_filter

        pipe_filter.main(sys.argv[2:])
    from textpipe.cli import main as commands

    commands()


if __name__ == "__main__":
    main()
