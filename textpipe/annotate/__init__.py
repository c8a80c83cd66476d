"""Tokens -> tokens + what they are: parts of speech."""
