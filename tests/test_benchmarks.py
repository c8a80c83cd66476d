"""The benchmarks run, on a small sample, and find results that are equal. Nobody judges times here."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "benchmarks"
NAMES = sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))
OF_ACCURACY = {
    "accuracy",
    "high_dimensions",
    "hostile",
    "import_time",
    "ladder",
    "stages",
    "tagger",
}
"""These take minutes, or compare nothing; what they call is tested elsewhere."""


@pytest.mark.parametrize("name", [name for name in NAMES if name not in OF_ACCURACY])
def test_a_benchmark_runs_on_a_sample(name: str, tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    done = subprocess.run(  # noqa: S603  # ours
        [sys.executable, str(FOLDER / f"{name}.py"), "--quick", "--json", str(figures)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "TEXTPIPE_CACHE": str(tmp_path / "cache")},
    )
    if "TEXTPIPE_CORPORA is not set" in done.stderr:
        pytest.skip(f"TEXTPIPE_CORPORA is not set, so that benchmarks/{name}.py was not tested")
    if missing := re.search(r"No module named '(\w+)'", done.stderr):
        pytest.skip(f"{missing[1]} is not installed, so that benchmarks/{name}.py was not tested")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(figures.read_text("utf-8"))
