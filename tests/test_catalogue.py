"""The catalogue, and stages of other people's packages: real distributions, in a process of their own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import textpipe
from textpipe.catalogue import BUILT_IN, name_of, names, stage_class
from textpipe.errors import DefinitionError
from textpipe.stage import Stage


def test_a_stage_is_found_by_name_and_knows_it():
    assert stage_class("tf_idf") is textpipe.TfIdf
    assert name_of(textpipe.TfIdf()) == "tf_idf"
    assert "tf_idf" in names()


def test_an_unknown_name_is_told_with_the_nearest():
    with pytest.raises(DefinitionError, match=r'unknown stage "tfidf". Did you mean "tf_idf"\?'):
        stage_class("tfidf")


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_stage_of_the_catalogue_is_a_public_name(name):
    cls = stage_class(name)
    assert issubclass(cls, Stage)
    assert getattr(textpipe, cls.__name__) is cls
    assert cls.__name__ in dir(textpipe)


ENTRY_POINTS = """\
[textpipe.stages]
spell_out_emoji = emoji_stages:SpellOutEmoji
broken = emoji_stages.missing:Broken
no_stage = emoji_stages:json
count = emoji_stages:SpellOutEmoji
"""
STAGE = """\
from textpipe import FormStage

class SpellOutEmoji(FormStage):
    def __init__(self, word: str = "smile") -> None:
        self.word = word

    def of(self, form):
        return self.word if form == "🙂" else form
"""


@pytest.fixture
def elsewhere(tmp_path):
    """A function that runs code where another package, which brings stages, is installed."""
    package = tmp_path / "emoji_stages"
    package.mkdir()
    (package / "__init__.py").write_text(
        "import json\nfrom emoji_stages.stage import SpellOutEmoji\n"
    )
    (package / "stage.py").write_text(STAGE, "utf-8")
    info = tmp_path / "emoji_stages-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: emoji-stages\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)

    def run(code):
        root = Path(textpipe.__file__).parents[1]
        whole = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(root)!r}]\n{code}"
        done = subprocess.run(  # noqa: S603  # our own interpreter
            [sys.executable, "-c", whole], capture_output=True, text=True, check=False, cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_a_stage_of_another_package(elsewhere):
    found = elsewhere("""
import json, textpipe
from textpipe.catalogue import names, stage_class
from textpipe.testing import check_stage
from emoji_stages import SpellOutEmoji

pipeline = textpipe.Pipeline([textpipe.Tokenize("whitespace"), SpellOutEmoji("grin"), textpipe.Count()])
written = textpipe.to_toml(pipeline)
again = textpipe.from_toml(written).pipeline.fit(["a 🙂"])
textpipe.save(again, "emoji.tpipe")
check_stage(SpellOutEmoji())
print(json.dumps({
    "written": written,
    "words": textpipe.load("emoji.tpipe").stages[-1].features(),
    "listed": names()[-3:],
    "count": stage_class("count").__module__,
}))
""")
    assert 'use = "spell_out_emoji"\nword = "grin"' in found["written"]
    assert found["words"] == ["a", "grin"]
    assert found["listed"] == ["broken", "no_stage", "spell_out_emoji"]
    assert found["count"] == "textpipe.vectorize.count"  # no package takes our names


def test_stages_that_cannot_be_loaded(elsewhere):
    messages = elsewhere("""
import json, textpipe
messages = []
for name in ("broken", "no_stage"):
    try:
        textpipe.from_toml(f'[[stages]]\\nuse = "{name}"')
    except textpipe.TextpipeError as error:
        messages.append(str(error))
print(json.dumps(messages))
""")
    assert messages[0].startswith(
        '<definition>:2: stage 1: stage "broken" comes from emoji_stages.missing'
    )
    assert "which is no subclass of textpipe.Stage" in messages[1]
