"""Damaged and forged bundles are refused with a sentence."""

import json
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest

from textpipe import Count, KnnClassifier, Pipeline, TfIdf, Tokenize
from textpipe.bundle import MANIFEST, fingerprint, info, load, save
from textpipe.bundle.manifest import sha256
from textpipe.errors import BundleError, TextpipeWarning


def test_one_flipped_bit_anywhere_is_found(bundle):
    random = np.random.default_rng(0)
    for path in sorted(bundle.iterdir()):
        good = path.read_bytes()
        for at in random.integers(0, len(good), 25):
            bad = bytearray(good)
            bad[at] ^= 1 << random.integers(0, 8)
            path.write_bytes(bad)
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", TextpipeWarning)  # of another library version
                    changed = load(bundle)
            except BundleError:
                continue
            assert path.name == MANIFEST, f"{path.name} was changed at {at}"
            assert isinstance(changed, Pipeline)  # a version or a name may change: see fingerprint
        path.write_bytes(good)
    load(bundle)


def test_a_changed_manifest_has_another_fingerprint(bundle):
    before = fingerprint(bundle)
    path = bundle / MANIFEST
    path.write_bytes(path.read_bytes().replace(b'"name": ""', b'"name": "x"'))
    load(bundle)
    with pytest.raises(BundleError, match="not the bundle that was expected"):
        load(bundle, expect=before)


def test_a_file_that_is_cut_off_missing_or_too_much(bundle):
    path = sorted(bundle.glob("*.npy"))[0]
    good = path.read_bytes()
    path.write_bytes(good[:-1])
    with pytest.raises(BundleError, match=f"{path.name} has {len(good) - 1} bytes"):
        load(bundle)
    path.unlink()
    with pytest.raises(BundleError, match=f"{path.name} is missing"):
        load(bundle)
    path.write_bytes(good)
    (bundle / "notes.txt").write_text("hello")
    with pytest.raises(BundleError, match=r"holds notes\.txt, which is not in its manifest"):
        load(bundle)


def test_links_are_refused(bundle, tmp_path):
    path = sorted(bundle.glob("*.npy"))[0]
    path.rename(tmp_path / "elsewhere.npy")
    path.symlink_to(tmp_path / "elsewhere.npy")
    with pytest.raises(BundleError, match=f"{path.name} is missing or is no plain file"):
        load(bundle)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "there is no such bundle"),
        (lambda path: path.mkdir(), "is no bundle: it has no manifest.json"),
        (lambda path: path.write_text("hello"), "is no bundle|no manifest"),
        (lambda path: zipfile.ZipFile(path, "w").close(), "it has no manifest.json"),
    ],
)
def test_what_is_no_bundle(make, message, tmp_path):
    make(tmp_path / "a")
    for function in (load, info, fingerprint):
        with pytest.raises(BundleError, match=message):
            function(tmp_path / "a")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b'"schema": 1', b'"schema": 2', "has format version 2, and this textpipe .* reads version 1"),
        (b'"format": "textpipe-bundle"', b'"format": "tarball"', "is no textpipe bundle"),
        (b'"schema": 1', b'"schema": 1, "schema": 1', "a key stands twice"),
        (b'"trained": true', b'"trained": NaN', "NaN is no JSON"),
        (b'"trained": true', b'"trained": -Infinity', "Infinity is no JSON"),
        (b'"trained": true', b'"trained": "yes"', "trained is missing or malformed"),
        (b'"trained": true', b'"trained": ' + b"[" * 100_000, "is damaged"),
        (b'"use": "count"', b'"use": "os.system"', 'unknown stage "os.system"'),
        (b'"binary": false', b'"binary": 7', "count: binary must be true or false"),
        (b'"n_documents_": 6', b'"__class__": 6', "cannot have learned '__class__'"),
        (b'"n_documents_": 6', b'"vectorize": 6', "cannot have learned 'vectorize'"),
        (b'"$array": "0000.npy"', b'"$array": "/etc/passwd"', "uses '/etc/passwd' but does not list it"),
        (b'"bytes": ', b'"bites": ', "files is malformed"),
        (b'"libraries": {', b'"libraries": {"nltk": [], ', "a key stands twice|libraries is missing"),
        (b'"0000.npy": {', b'"../0000.npy": {', "is missing or is no plain file|not in its manifest"),
    ],
)  # fmt: skip
def test_a_forged_manifest_is_refused(old, new, message, tmp_path, texts):
    path = save(Pipeline([Tokenize("words"), Count()]).fit(texts), tmp_path / "a")
    manifest = path / MANIFEST
    assert old in manifest.read_bytes()
    manifest.write_bytes(manifest.read_bytes().replace(old, new, 1))
    with pytest.raises(BundleError, match=message):
        load(path)


def replace_file(bundle, content, suffix="npy"):
    """Put other content in a file, with the right size and sha256, as who forges a bundle would."""
    path = sorted(bundle.glob(f"*.{suffix}"))[0]
    path.write_bytes(content)
    manifest = json.loads((bundle / MANIFEST).read_bytes())
    manifest["files"][path.name] = {"bytes": len(content), "sha256": sha256(path)}
    (bundle / MANIFEST).write_text(json.dumps(manifest))


def npy(header, data=b""):
    header = header.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + data


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not an array",
        b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x07pickled\x94.",
        npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", b"\x80\x04K\x01."),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }", bytes(8)),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", bytes(8)),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 0), }", bytes(8)),
        npy("{'descr': __import__('os').abort(), 'fortran_order': False, 'shape': (1,), }"),
        b"\x93NUMPY\x09\x00" + bytes(20),
        b"PK\x05\x06" + bytes(18),
    ],
)
def test_a_forged_array_is_refused(bundle, content):
    replace_file(bundle, content)
    with pytest.raises(BundleError):
        load(bundle)


def test_forged_words_are_refused(bundle):
    path = sorted(bundle.glob("*.arrow"))[0]
    good = path.read_bytes()
    for content in (b"", b"ARROW1\0\0", good[:-50], good.replace(b"ARROW1", b"ARROW2")):
        replace_file(bundle, content, "arrow")
        with pytest.raises(BundleError):
            load(bundle)


def test_forged_rows_that_point_beyond_the_columns_are_refused(tmp_path, trained):
    pipeline = trained(TfIdf(), KnnClassifier())
    pipeline.stages[-1].rows_.indices[0] = 10_000
    with pytest.raises(BundleError, match="do not fit together"):
        load(save(pipeline, tmp_path / "a"))


def zipped(path, entries):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content, compression in entries:
            archive.writestr(name, content, compression)
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda entries: [*entries, ("../evil", b"x", 0)],
            "'../evil', which is not in its manifest",
        ),
        (lambda entries: [*entries, ("/etc/evil", b"x", 0)], "evil', which is not in its manifest"),
        (lambda entries: [*entries, ("0000.npy/../evil", b"x", 0)], "which is not in its manifest"),
        (lambda entries: [*entries, entries[0]], "holds a file twice"),
        (lambda entries: [(MANIFEST, bytes(10**8), 8), *entries], "holds a file twice"),
        (lambda entries: [(n, c, 8) for n, c, _ in entries], "compressed or too large"),
        (
            lambda entries: [(n, c, 0 if n == MANIFEST else 8) for n, c, _ in entries],
            "not in its man",
        ),
        (lambda entries: entries[1:], "is missing"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_a_forged_zip_is_refused(change, message, bundle, tmp_path):
    files = sorted(bundle.iterdir())
    entries = [(path.name, path.read_bytes(), 0) for path in files]
    load(zipped(tmp_path / "good.zip", entries))
    with pytest.raises(BundleError, match=message):
        load(zipped(tmp_path / "bad.zip", change(entries)))
    assert not (tmp_path / "evil").exists()
    assert not Path("/etc/evil").exists()


def test_a_damaged_zip_is_refused(tmp_path, trained):
    path = save(trained(), tmp_path / "a.zip")
    good = path.read_bytes()
    random = np.random.default_rng(1)
    for at in [*random.integers(0, len(good), 40), *range(len(good) - 60, len(good), 3)]:
        bad = bytearray(good)
        bad[at] ^= 255
        path.write_bytes(bad)
        for function in (load, info, fingerprint):
            try:
                function(path)
            except BundleError:
                continue
    path.write_bytes(good[: len(good) // 2])
    with pytest.raises(BundleError):
        load(path)
