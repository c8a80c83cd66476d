"""From tokens to tokens: what a word is taken to be, and which words count."""
