import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from textpipe import FormStage
from textpipe.catalogue import BUILT_IN, stage_class
from textpipe.cli.stages import first_sentence, phase_of, snippet
from textpipe.options import defaults


def test_every_stage_is_listed_in_the_order_of_a_texts_way(textpipe):
    out = textpipe("stages").ok().out
    listed = [line.split()[0] for line in out.splitlines() if line.strip() and line[0] != " "]
    shown = [name for name in listed if name in BUILT_IN]
    assert sorted({*shown}) == sorted(BUILT_IN)
    assert shown.index("clean_html") < shown.index("stem") < shown.index("tf_idf")
    phases = [name for name in listed if name in ("clean", "tokenize", "normalize", "classify")]
    assert phases[0] == "clean"
    assert phases[-1] == "classify"


def test_one_stage_is_described_with_options_and_an_example(textpipe):
    out = textpipe("stages", "stem").ok().out
    assert out.startswith("stem  tokens → tokens\n\nCut each word to its stem")
    assert "Options:" in out
    assert '"snowball", "nltk_snowball"' in out
    assert '[[stages]]\nuse = "stem"\nalgorithm = "snowball"\n' in out


def test_an_unknown_stage_is_refused_with_the_nearest(textpipe):
    assert 'Did you mean "stem"?' in textpipe("stages", "stemm").refused()


@pytest.mark.parametrize("name", BUILT_IN)
def test_snippets_are_toml_that_the_stage_takes(name):
    cls = stage_class(name)
    text = snippet(name, cls)
    if "must be given" in text:
        text = text.replace("= ...", "= 0")
        tomllib.loads(text)
        return
    (table,) = tomllib.loads(text)["stages"]
    assert table.pop("use") == name
    assert set(table) == {
        option for option, default in defaults(cls).items() if default is not None
    }
    cls(**table).check()


def test_a_stage_of_another_package_has_a_place():
    class Shout(FormStage):
        """Each word in capitals. It is loud."""

    assert phase_of(Shout) == "others"
    assert phase_of(stage_class("stem")) == "normalize"
    assert first_sentence(Shout) == "Each word in capitals."


def test_stages_of_other_packages_are_listed_even_if_one_is_broken(tmp_path):
    (tmp_path / "shouting.py").write_text(
        "from textpipe import FormStage\n\n\nclass Shout(FormStage):\n"
        '    """Each word in [bold]capitals."""\n\n'
        "    def of(self, form):\n        return form.upper()\n"
    )
    meta = tmp_path / "shouting-1.0.dist-info"
    meta.mkdir()
    (meta / "METADATA").write_text("Metadata-Version: 2.1\nName: shouting\nVersion: 1.0\n")
    (meta / "entry_points.txt").write_text(
        "[textpipe.stages]\nshout = shouting:Shout\nwhisper = shouting.gone:Whisper\n"
    )
    root = Path(__file__).parents[2]
    result = subprocess.run(
        [sys.executable, "-m", "textpipe", "stages"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(root)])},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )
    others = result.stdout[result.stdout.index("\nothers") :].splitlines()
    assert others[2].split() == [
        "shout",
        "Each",
        "word",
        "in",
        "[bold]capitals.",
        *["tokens", "→", "tokens"],
    ]
    assert others[3].startswith("whisper")
    assert "cannot be used" in others[3]
