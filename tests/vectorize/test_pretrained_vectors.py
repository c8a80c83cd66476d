"""PretrainedVectors: word vectors that someone else trained."""

import gzip
import pickle
import warnings

import numpy as np
import pytest
from gensim.models import KeyedVectors
from hypothesis import given
from hypothesis import strategies as st

from textpipe.documents import Documents, Tokens
from textpipe.errors import DefinitionError, InputError, SourceError, TextpipeWarning
from textpipe.vectorize.pretrained_vectors import PretrainedVectors, read_vectors

WORDS = ["free", "lunch", "straße", "US", "us", "\u2028"]
VECTORS = np.arange(18, dtype=np.float32).reshape(6, 3) / 7
GLOVE = b"free 1 0.5\nlunch -2 1e-3\n"


def keyed(words=WORDS, vectors=VECTORS):
    made = KeyedVectors(vectors.shape[1])
    made.add_vectors(words, vectors)
    return made


@pytest.fixture
def file(tmp_path):
    def write(content, name="vectors.txt"):
        path = tmp_path / name
        path.write_bytes(content)
        return str(path)

    return write


def documents_of(lists):
    tokens = Tokens.of_lists(lists)
    return Documents.of([""] * len(lists)).with_(words=tokens, tokens=tokens)


@pytest.mark.parametrize(
    ("content", "looks_like"),
    [
        (GLOVE, "glove"),
        (b"2 2\n" + GLOVE, "word2vec_text"),
        (b"2 2\r\n" + GLOVE.replace(b"\n", b" \r\n"), "word2vec_text"),
        (b"2 2\nfree " + np.float32([1, 0.5]).tobytes() + b"lunch " + np.float32([-2, 1e-3]).tobytes(),
         "word2vec_binary"),
        (b"2 2\nfree " + np.float32([1, 0.5]).tobytes() + b"\nlunch " + np.float32([-2, 1e-3]).tobytes()
         + b"\n", "word2vec_binary"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("zipped", [False, True])
def test_the_formats(file, content, looks_like, zipped):
    path = file(gzip.compress(content) if zipped else content)
    for kind in ("auto", looks_like):
        words, vectors = read_vectors(path, kind)
        assert words == ["free", "lunch"]
        assert vectors.dtype == np.float32
        assert vectors.tolist() == np.float32([[1, 0.5], [-2, 1e-3]]).tolist()


def test_weights_are_learned_from_training_documents(file):
    stage = PretrainedVectors(file(GLOVE), normalize=False)
    stage.fit([["free", "lunch"], ["free"], ["free", "box"]])
    free, lunch = 1 + np.log(4 / 4), 1 + np.log(4 / 2)
    row = stage.transform([["free", "lunch", "box"]])[0]
    expected = (free * np.array([1, 0.5]) + lunch * np.array([-2, 1e-3])) / (free + lunch)
    assert np.allclose(row, expected)
    assert stage.frequency_.tolist() == [3 / 5, 1 / 5]


def test_known_total_and_zero_rows(file):
    stage = PretrainedVectors(file(GLOVE)).fit([["free"]])
    matrix = stage.vectorize(documents_of([["free", "box"], ["box"], []]))
    assert matrix.known.tolist() == [1, 0, 0]
    assert matrix.total.tolist() == [2, 1, 0]
    assert matrix.values.any(axis=1).tolist() == [True, False, False]


def test_lower_case_is_the_second_choice(file):
    path = file(b"us 1 0\nUS 0 1\nfree 1 1\n")
    stage = PretrainedVectors(path, normalize=False).fit([["us", "Free", "FREE"]])
    assert stage.transform([["US"], ["Us"], ["FREE"]]).tolist() == [[0, 1], [1, 0], [1, 1]]
    assert stage.frequency_.tolist() == [1 / 3, 0, 2 / 3]
    exact = PretrainedVectors(path, lowercase=False).fit([["us"]])
    assert exact.vectorize(documents_of([["US", "Us", "FREE"]])).known.tolist() == [1]


def test_limit_takes_the_first_words(file):
    assert read_vectors(file(GLOVE), "glove", 1)[0] == ["free"]
    assert read_vectors(file(b"2 2\n" + GLOVE), "auto", 1)[0] == ["free"]


def test_of_a_word_twice_the_first_counts(file):
    words, vectors = read_vectors(file(b"a 1 2\nb 3 4\na 5 6\n"), "auto")
    assert (words, vectors.tolist()) == (["a", "b"], [[1, 2], [3, 4]])


def test_words_with_blanks(file):
    words, vectors = read_vectors(file(b"a 1 2\n. . . 3 4\nb c@d.e 5 6\n"), "glove")
    assert words == ["a", ". . .", "b c@d.e"]
    assert vectors.tolist() == [[1, 2], [3, 4], [5, 6]]
    assert read_vectors(file(b". . 1 2\na 3 4\n"), "glove")[0] == [". .", "a"]


def test_words_that_are_not_utf8_are_left_out_with_a_warning(file):
    path = file(b"a 1 2\nstra\xdfe 3 4\n\xe4 5 6\n")
    with pytest.warns(TextpipeWarning, match=r"2 words are not UTF-8 .*vectors.txt:2"):
        assert read_vectors(path, "auto")[0] == ["a"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a 1 2\nb 3\n", r":2: a word and 2 numbers were expected, as in the first line, and 1 "),
        (b"a 1 2\nb 3 4 5\n", r":2: a word and 2 numbers were expected, .* and 3 numbers"),
        (b"2 2\na 1 2\nb 3\n", r":3: a word and 2 numbers were expected, as in the header"),
        (b"a 1 2\nb 3 x\n", r":2: these are not all numbers"),
        (b"a 1 2\nb 3 nan\n", r":2: the vector of 'b' holds NaN or infinity"),
        (b"3 2\na 1 2\nb 3 4\n", r"promises 3 words, and the file ends after 2"),
        (b"", "no word vector in it"),
        (b"\n\n", "no word vector in it"),
        (b"0 5\n", "no word vector in it"),
        (b"2 0\na 1\n", r":1: a header such as"),
        (b"1 99999999\na 1\n", r":1: a header such as"),
        (
            b"3 2\na \0\0\x80\x3f\0\0\x80\x3fb \0\0",
            r"promises 3 words, and the file ends,.* after 1",
        ),
        (b"1 2\nb c \0\0\x80\x3f\0\0\x80\x3f", "something is left after the 1 words"),
        (b"1 2\na \0\0\xc0\x7f\0\0\x80\x3f", "word 1: the vector of 'a' holds NaN"),
        (b"x" * 10_000_001, r":1: a line of more than"),
        (gzip.compress(GLOVE * 100, mtime=0)[:-10], "cannot be read: Compressed file ended"),
        (b"\x1f\x8b\x08" + b"\0" * 7 + b"\xff" * 50, "cannot be read"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_the_line(file, content, message):
    with pytest.raises(SourceError, match=message) as caught:
        PretrainedVectors(file(content)).fit([["a"]])
    assert "vectors.txt" in str(caught.value)


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(SourceError, match="No such file"):
        PretrainedVectors(str(tmp_path / "none")).fit([["a"]])
    with pytest.raises(SourceError, match="Is a directory"):
        PretrainedVectors(str(tmp_path)).fit([["a"]])


class Evil:
    def __reduce__(self):
        return (exec, ("raise SystemExit('a pickle was run')",))


@pytest.mark.parametrize("kind", ["auto", "word2vec_binary", "word2vec_text"])
def test_a_pickle_is_never_run(file, kind):
    with pytest.raises(SourceError, match="pickle" if kind == "auto" else ":1: a header"):
        PretrainedVectors(file(pickle.dumps(Evil())), kind).fit([["a"]])


def test_a_file_that_gensim_saved_is_refused_with_the_way_out(tmp_path):
    path = str(tmp_path / "vectors.kv")
    keyed().save(path)
    with pytest.raises(SourceError, match=r"is a pickle.*from_gensim"):
        PretrainedVectors(path).fit([["a"]])


def test_vectors_that_gensim_holds(tmp_path):
    path = str(tmp_path / "vectors.bin")
    stage = PretrainedVectors.from_gensim(keyed(), path).fit([["free"]])
    assert stage.words_.to_pylist() == WORDS
    assert stage.vectors_.tobytes() == VECTORS.tobytes()
    with pytest.raises(InputError, match=r"white space in a word, and 'new york'"):
        PretrainedVectors.from_gensim(keyed(["new york"], VECTORS[:1]), path)


@pytest.mark.parametrize(("binary", "header"), [(True, True), (False, True), (False, False)])
def test_oracle_gensim(tmp_path, binary, header):
    path = str(tmp_path / "vectors")
    generator = np.random.default_rng(0)
    words = [f"wörd{i}" for i in range(5000)]  # more than one block
    vectors = generator.normal(size=(5000, 7)).astype(np.float32)
    keyed(words, vectors).save_word2vec_format(path, binary=binary, write_header=header)
    theirs = KeyedVectors.load_word2vec_format(path, binary=binary, no_header=not header)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ours = read_vectors(path, "auto")
    assert ours[0] == theirs.index_to_key == words
    assert ours[1].tobytes() == theirs.vectors.tobytes()


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda tail: b"2 2\na 1 2\n" + tail))
def test_any_file_gives_vectors_or_a_clear_error(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "file"
    path.write_bytes(content)
    for kind in ("auto", "glove", "word2vec_text", "word2vec_binary"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TextpipeWarning)
            try:
                words, vectors = read_vectors(str(path), kind)
            except SourceError as error:
                message = str(error)
            else:
                message = str(path)
                assert len(words) == len(set(words)) == len(vectors) > 0
                assert np.isfinite(vectors).all()
        assert str(path) in message


def test_the_trained_stage_needs_the_file_no_more(file, tmp_path):
    path = file(GLOVE)
    stage = PretrainedVectors(path).fit([["free"]])
    before = stage.transform([["free", "lunch"]])
    (tmp_path / "vectors.txt").unlink()
    assert (stage.transform([["free", "lunch"]]) == before).all()


def test_batches_do_not_matter(file):
    stage = PretrainedVectors(file(GLOVE)).fit([["free", "lunch"], ["free"]])
    documents = documents_of(
        [["free", "lunch", "Free"], ["lunch"], [], ["box", "LUNCH", "free"]] * 4
    )
    whole = stage.vectorize(documents).values.tobytes()
    for size in (1, 7):
        parts = [stage.vectorize(part).values.tobytes() for part in documents.batches(size)]
        assert b"".join(parts) == whole


def test_options_out_of_range(file):
    with pytest.raises(DefinitionError, match="limit must be at least 1"):
        PretrainedVectors(file(GLOVE), limit=0).fit([["a"]])
    with pytest.raises(DefinitionError, match='format must be "auto", "glove"'):
        PretrainedVectors(file(GLOVE), "gensim").fit([["a"]])
