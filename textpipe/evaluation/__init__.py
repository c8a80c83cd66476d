"""How good is a pipeline on documents that it has not seen?"""

from textpipe.evaluation.cross_validation import Report, evaluate
from textpipe.evaluation.splits import near_duplicate_groups

__all__ = ["Report", "evaluate", "near_duplicate_groups"]
