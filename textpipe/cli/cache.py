"""``textpipe cache``: what is kept from run to run."""

from __future__ import annotations

from typing import Annotated

import typer

from textpipe.cli import profiling
from textpipe.cli.terminal import tell


def cache(
    folder: profiling.CacheFolder = None,
    clear: Annotated[bool, typer.Option("--clear", help="Remove all of it.")] = False,
) -> None:
    """Where results of stages are kept, and how much of them.

    evaluate, fit and run keep what the stages before the vectorizer made of documents: cleaned texts and
    tokens. Change the last stage, and the first ones come from there. A result is found by a digest of
    the documents, of the stages with all their options, and of the libraries' versions, so that nothing
    stale is used. What was not used for the longest time goes when there are more than 2 GB.

    The texts of documents are in it; only your own user can read it.

    \b
    textpipe cache
    textpipe cache --clear
    """
    from textpipe.cli.fit import in_units
    from textpipe.run import LIMIT, Store
    from textpipe.sources.counted import counted

    place = profiling.cache_folder(folder)
    store = Store(str(place))
    if clear:
        n = len(store)
        store.clear()
        tell(f"{place}: {counted(n, 'result')} removed")
    else:
        size = f"{in_units(store.size())} of {in_units(LIMIT)} at most"
        tell(f"{place}: {counted(len(store), 'result')}, {size}")
