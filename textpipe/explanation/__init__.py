"""Why? Which neighbours, which words, where in the text; and what every stage did to it."""

from textpipe.explanation.explaining import explain
from textpipe.explanation.reasons import Explanation, Flip, Neighbour, Word
from textpipe.explanation.tracing import Step, trace

__all__ = ["Explanation", "Flip", "Neighbour", "Step", "Word", "explain", "trace"]
