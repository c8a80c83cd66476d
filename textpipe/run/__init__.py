"""How batches of documents go through stages: here, in threads, or in other processes.

Whatever does the work, the results are the same bytes, and come in the order of the documents.
"""

from textpipe.run.batching import batches
from textpipe.run.chain import Chain, Done, Failed, Observer, Work
from textpipe.run.memory import Memory
from textpipe.run.profile import Profile, Spent
from textpipe.run.runner import Runner, SetAside
from textpipe.run.spreading import all_cores_for, jobs, threaded, through
from textpipe.run.store import LIMIT, Store

__all__ = [
    "LIMIT",
    "Chain",
    "Done",
    "Failed",
    "Memory",
    "Observer",
    "Profile",
    "Runner",
    "SetAside",
    "Spent",
    "Store",
    "Work",
    "all_cores_for",
    "batches",
    "jobs",
    "threaded",
    "through",
]
