"""What high dimension does to a pipeline's vectors, and what is odd about the documents behind them."""

from textpipe.diagnosis.diagnosing import diagnose
from textpipe.diagnosis.findings import Conflict, Diagnosis, Hub, Leak, Measure, Suspect
from textpipe.diagnosis.price import Price, price
from textpipe.diagnosis.redundancy import condensed, edited, kept

__all__ = [
    "Conflict",
    "Diagnosis",
    "Hub",
    "Leak",
    "Measure",
    "Price",
    "Suspect",
    "condensed",
    "diagnose",
    "edited",
    "kept",
    "price",
]
