"""``python -m textpipe`` is the command ``textpipe``."""

from textpipe.cli import main

if __name__ == "__main__":
    main()
