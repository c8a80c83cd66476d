"""Tokens or text -> matrix: what a document looks like in numbers."""
