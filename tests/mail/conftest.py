import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def corpora() -> Path:
    """Where the real corpora are unpacked."""
    folder = os.environ.get("TEXTPIPE_CORPORA")
    if not folder:
        pytest.skip("TEXTPIPE_CORPORA is not set: the real corpora were not read")
    return Path(folder)
