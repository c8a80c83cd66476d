"""How batches of documents go through stages: here, in threads, or in other processes.

Whatever does the work, the results are the same bytes, and come in the order of the documents.
"""

from textpipe.run.batching import batches
from textpipe.run.chain import Observer, Work
from textpipe.run.profile import Profile, Spent
from textpipe.run.spreading import spread, threaded

__all__ = ["Observer", "Profile", "Spent", "Work", "batches", "spread", "threaded"]
