"""A crash in the middle of saving costs nothing, and loading runs no code of the bundle's."""

import ast
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import textpipe
from textpipe.bundle import load

OVERWRITE_FOREVER = """
import sys
from textpipe import Count, Pipeline, Tokenize, save
stages = lambda: [Tokenize("words"), Count()]
pipelines = [Pipeline(stages()).fit([word]) for word in ("old", "new")]
save(pipelines[0], sys.argv[1])
print("ready", flush=True)
while True:
    for pipeline in pipelines[::-1]:
        save(pipeline, sys.argv[1], overwrite=True)
"""


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux can exchange two folders in one step"
)
@pytest.mark.parametrize("name", ["a.tpipe", "a.zip"])
def test_a_kill_in_the_middle_of_saving_leaves_the_old_bundle_or_the_new_one(name, tmp_path):
    random = np.random.default_rng(2)
    environment = os.environ | {"PYTHONPATH": str(Path(textpipe.__file__).parents[1])}
    for attempt in range(5):
        path = tmp_path / str(attempt) / name
        process = subprocess.Popen(  # noqa: S603  # our own interpreter
            [sys.executable, "-c", OVERWRITE_FOREVER, path], stdout=subprocess.PIPE, env=environment
        )
        assert process.stdout.readline() == b"ready\n"
        time.sleep(random.uniform(0.0, 0.1))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert load(path).stages[1].features() in (["old"], ["new"])


def test_loading_unpickles_nothing(bundle):
    code = """
import sys
from textpipe import load
load(sys.argv[1]).predict(["a word so that everything is imported"])
seen = []
sys.addaudithook(lambda event, arguments: seen.append(event) if event in (
    "pickle.find_class", "marshal.loads", "os.system", "subprocess.Popen", "socket.connect") else None)
print(load(sys.argv[1]).predict(["a prize"]).tolist(), seen)
"""
    done = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", code, bundle], capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONPATH": str(Path(textpipe.__file__).parents[1])},
    )  # fmt: skip
    assert done.stdout == "['spam'] []\n"


def test_nothing_in_textpipe_imports_what_unpickles():
    package = Path(textpipe.__file__).parent
    forbidden = {"pickle", "joblib", "marshal", "shelve", "dill", "cloudpickle"}
    found = []
    for path in package.rglob("*.py"):
        if path in (
            package / "testing" / "stage_laws.py",  # pickles a stage itself, and reads no file
            package / "run" / "workers.py",  # sends stages to processes that it started
        ):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            else:
                modules = []
            found += [(path, name) for name in modules if name.split(".")[0] in forbidden]
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                assert node.value.value is False, path
    assert found == []
