"""Why? Which neighbours, which words, where in the text; and what every stage did to it."""

from textpipe.explanation.explaining import Explanation, Neighbour, Word, explain
from textpipe.explanation.tracing import Step, trace

__all__ = ["Explanation", "Neighbour", "Step", "Word", "explain", "trace"]
