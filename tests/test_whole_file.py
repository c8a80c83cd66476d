import os
import time
from pathlib import Path

import pytest

from textpipe.whole_file import UNFINISHED, whole_file

OLD, NEW = (f".a.txt.{UNFINISHED}{name}" for name in ("abcdefgh", "abcdefgi"))
OTHERS = ".a.txt.personal"


def test_what_was_there_stays_until_the_new_is_done(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with whole_file(path) as file:
        file.write("néw\n")
        assert path.read_text() == "old"
    assert path.read_bytes() == "néw\n".encode()


def test_what_fails_leaves_nothing_behind(tmp_path):
    path = tmp_path / "deep" / "a.txt"
    with pytest.raises(TypeError), whole_file(path) as file:
        file.writelines(["half", 1])
    assert list(path.parent.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="nobody can tell there whether a file is in use")
def test_what_a_killed_process_has_left_goes_with_the_next_one(tmp_path):
    path = tmp_path / "a.txt"
    for name in (OLD, NEW, OTHERS):
        (tmp_path / name).write_text("half")
    os.utime(tmp_path / NEW, 2 * (time.time() + 100,))
    for name in (OLD, OTHERS):
        os.utime(tmp_path / name, (0, 0))
    with whole_file(path) as file:
        mine = [work for work in tmp_path.glob(f"{OLD[:-8]}????????") if work.stat().st_size == 0]
        os.utime(mine[0], (0, 0))
        with whole_file(path) as other:
            other.write("other")
        file.write("done")
    assert path.read_text() == "done"
    left = sorted(work.name for work in tmp_path.glob(".*"))
    assert left == [OTHERS, NEW]


def test_a_file_that_cannot_be_written_is_an_os_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"), whole_file(tmp_path / "file" / "a.txt"):
        pass


@pytest.mark.skipif(os.name == "nt", reason="Windows needs a privilege to make links")
def test_a_link_stays_and_a_device_is_written_to(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "nowhere").symlink_to(os.devnull)
    for name in ("link", "nowhere"):
        with whole_file(tmp_path / name) as file:
            file.write("new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"
    assert not Path(os.devnull).is_file()
    assert len(list(tmp_path.iterdir())) == 3
