"""From text to tokens: where each word of a text begins and ends."""
