"""Matrix -> decisions: what a document is, or that there is no telling."""
