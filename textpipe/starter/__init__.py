"""What ``textpipe new`` copies: a definition, its data and a few lines about them."""
