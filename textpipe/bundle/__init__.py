"""A trained pipeline on disk: a directory of arrays with a manifest, and no pickle anywhere.

::

    spam.tpipe/
      manifest.json       format, versions, the filled definition, sha256 and size of every other file
      0000.npy ...        arrays; loaded memory-mapped
      0003.arrow ...      words; memory-mapped as well

Nothing is loaded before its sha256 is the one in the manifest. That finds damage, not forgery: whoever
can rewrite a file can rewrite the manifest, so compare :func:`fingerprint` with one from a source that
you trust (``load(path, expect=...)``). A bundle is written beside its place and then renamed, so that it
is there whole or not at all. As one file for transport it is an uncompressed zip (``model.zip``).
"""

from textpipe.bundle.manifest import (
    FORMAT,
    LARGEST_MANIFEST,
    LIBRARIES,
    MANIFEST,
    SCHEMA,
    WORDS_DEPEND_ON,
    fingerprint,
    info,
)
from textpipe.bundle.reading import load
from textpipe.bundle.writing import save

__all__ = [
    "FORMAT",
    "LARGEST_MANIFEST",
    "LIBRARIES",
    "MANIFEST",
    "SCHEMA",
    "WORDS_DEPEND_ON",
    "fingerprint",
    "info",
    "load",
    "save",
]
