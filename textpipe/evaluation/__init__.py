"""How good is a pipeline on documents that it has not seen?"""

from textpipe.evaluation.cross_validation import evaluate
from textpipe.evaluation.judgement import Report
from textpipe.evaluation.numbers import NumberReport, evaluate_numbers
from textpipe.evaluation.splits import near_duplicate_groups
from textpipe.evaluation.thresholds import Threshold, choose_threshold, recall_at_fpr

__all__ = [
    "NumberReport",
    "Report",
    "Threshold",
    "choose_threshold",
    "evaluate",
    "evaluate_numbers",
    "near_duplicate_groups",
    "recall_at_fpr",
]
