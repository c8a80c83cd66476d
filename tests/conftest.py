"""What tests share: where the real corpora lie, and one of them, read once."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("any_pace", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any_pace")  # no test depends on how busy the machine is


@pytest.fixture(autouse=True, scope="session")
def cache_of_its_own(tmp_path_factory):
    """Commands keep nothing in the user's own folder, and find nothing there."""
    before = os.environ.get("TEXTPIPE_CACHE")
    os.environ["TEXTPIPE_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    del os.environ["TEXTPIPE_CACHE"]
    if before is not None:
        os.environ["TEXTPIPE_CACHE"] = before


@pytest.fixture(scope="session")
def corpora():
    """A function: the path of a corpus, or a skip that names it."""

    def path_of(name):
        root = os.environ.get("TEXTPIPE_CORPORA")
        if not root:
            pytest.skip(f"TEXTPIPE_CORPORA is not set, so that {name} was not tested")
        path = Path(root) / name
        if not path.exists() or not any(path.iterdir()):
            pytest.skip(f"{path} is not there or empty, so that {name} was not tested")
        return path

    return path_of


@pytest.fixture(scope="session")
def sms_spam(corpora):
    """Texts and labels (ham, spam) of the SMS Spam Collection, 5,574 of them."""
    lines = (corpora("sms-spam") / "SMSSpamCollection").read_text("utf-8").split("\n")
    pairs = [line.split("\t", 1) for line in lines if line]
    return [text for _, text in pairs], [label for label, _ in pairs]
