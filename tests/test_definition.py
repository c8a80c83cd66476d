import tomllib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import textpipe
from textpipe import (
    Bm25,
    CleanHtml,
    Count,
    KnnClassifier,
    Lowercase,
    Pipeline,
    RemoveStopWords,
    TfIdf,
    Tokenize,
    Union,
)
from textpipe.definition import (
    Data,
    Definition,
    Evaluation,
    as_data,
    digest,
    from_data,
    from_toml,
    to_toml,
)
from textpipe.documents import clean_surrogates
from textpipe.errors import DefinitionError, SourceError
from textpipe.stage import Stage

SPAM = """\
name = "spam"
language = "de"

[[stages]]
use = "tokenize"
engine = "words"

[[stages]]
use = "remove_stop_words"
keep = ["not", "no"]
"""


def test_a_definition_becomes_a_pipeline():
    definition = from_toml(SPAM)
    assert (definition.name, definition.pipeline.language) == ("spam", "de")
    tokenize, stop_words = definition.pipeline.stages
    assert isinstance(tokenize, Tokenize)
    assert stop_words.keep == ["not", "no"]
    assert stop_words.list == "snowball"


def test_what_is_written_is_filled_and_each_stage_has_a_table():
    written = to_toml(from_toml(SPAM))
    assert written.startswith('name = "spam"\nlanguage = "de"\n\n[[stages]]\nuse = "tokenize"\n')
    assert 'list = "snowball"' in written
    assert written.count("[[stages]]") == 2
    assert to_toml(from_toml(written)) == written


def test_nothing_is_lost_of_a_whole_definition(tmp_path):
    union = Union(
        [
            [Lowercase(fold=True), Count(n_grams=(1, 2))],
            TfIdf(max_df=0.5, min_df=np.int64(2)),
            [Bm25()],
        ],
        weights=[1, 2, 0.5],
    )
    stages = [CleanHtml(hidden="apart"), Tokenize("words"), RemoveStopWords(keep=["a\n\"]]'"]), union,
              KnnClassifier(power=3)]  # fmt: skip
    definition = Definition(
        Pipeline(stages, "de"), "all of it", "Two lines\n[[stages]]",
        (Data("a.csv", text_column="text"), Data("b/", label="ham")), Evaluation(folds=3, positive="ham"),
    )  # fmt: skip
    path = tmp_path / "all.toml"
    path.write_text(to_toml(definition), "utf-8")
    again = from_toml(path)
    assert to_toml(again) == to_toml(definition)
    assert again.digest == definition.digest == digest(from_data(as_data(definition.pipeline)))
    assert (again.name, again.description) == (definition.name, definition.description)
    assert (again.data, again.evaluation) == (definition.data, definition.evaluation)
    assert again.source_paths() == [tmp_path / "a.csv", tmp_path / "b"]
    branches = again.pipeline.stages[3].branches
    assert [type(branch) for branch in branches] == [list, TfIdf, list]
    assert branches[0][0].fold is True


def test_the_same_options_have_the_same_digest_however_they_are_written():
    def of(*stages):
        return digest(Pipeline([Tokenize("words"), *stages]))

    assert of(KnnClassifier(power=2)) == of(KnnClassifier(power=2.0)) == of(KnnClassifier())
    assert of(Count(n_grams=[1, 2])) == of(Count(n_grams=(1, 2)))
    assert of(Union([Count()], weights=[1])) == of(Union([Count()], weights=[np.float64(1)]))
    assert of(Count(min_df=1)) != of(Count(min_df=1.0))  # one document, and all documents
    assert of(RemoveStopWords(keep=["a"])) != of(RemoveStopWords(keep=["b"]))


@given(
    st.lists(st.text(st.characters(), max_size=8), max_size=4),
    st.floats(0, 1e300),
    st.integers(1, 2**40),
    st.text(max_size=20),
)
def test_any_option_survives(keep, power, k, name):
    pipeline = Pipeline(
        [Tokenize("words"), RemoveStopWords(keep=list(map(clean_surrogates, keep))), Count(),
         KnnClassifier(k=k, power=power)], "en",
    )  # fmt: skip
    written = to_toml(Definition(pipeline, clean_surrogates(name)))
    assert digest(from_toml(written).pipeline) == digest(pipeline)
    assert to_toml(from_toml(written)) == written


def test_an_option_that_no_file_can_hold_is_refused():
    with pytest.raises(DefinitionError, match=r"remove_stop_words has an option .* UTF-8"):
        to_toml(Pipeline([Tokenize("words"), RemoveStopWords(keep=["\ud800"])]))
    with pytest.raises(DefinitionError, match="count has an option that a definition cannot hold"):
        to_toml(Pipeline([Tokenize("words"), Count(min_df=object())]))


def test_a_stage_outside_the_catalogue_cannot_be_written():
    class Mine(Stage):
        pass

    with pytest.raises(
        DefinitionError, match=r'Mine is not in the catalogue, .* entry point mine = "'
    ):
        to_toml(Pipeline([Mine()]))


def test_lists_of_lists_are_no_branches():
    pipeline = Pipeline([Tokenize("words"), RemoveStopWords(keep=[["a", "b"], []])])
    assert as_data(pipeline)["stages"][1]["keep"] == [["a", "b"], []]


CUT = '[[stages]]\nuse = "tokenize"\n'


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('[[stages]]\nuse = "lowercas"', 2, 'stage 1: unknown stage "lowercas". Did you mean "lowercase"?'),
        ('[[stages]]\n# a\nuse="tokenize"\n engin = "x"', 4, 'tokenize has no option "engin". Did you'),
        ('[[stages]]\nuse = "tokenize"\n\n[[stages]]\nuse = "stem"\n"algorithm" = 3', 6,
         "stage 2: stem: algorithm must be"),
        ('[[stages]]\nengine = "wrds"\nuse = "tokenize"', 2, 'Did you mean "words"?'),
        (CUT + '[[stages]]\nuse = "replace"', 4, 'replace needs the option "pattern"'),
        ('[[stages]]\nuse = "lowercase"', 2, "stage 1, lowercase, reads tokens"),
        (CUT + '[[stages]]\nuse = "count"\n[[stages]]\nuse = "stem"', 6,
         "stage 3, stem, works on words"),
        (CUT + '[[stages]]\nuse = "knn_classifier"\nk = 0', 5, "k must be at least 1"),
        ('[[stages]]\nengine = "words"', 1, 'a stage needs its name: use = "..."'),
        ('name = "x"\n[[stages\n', 2, "is no valid TOML"),
        ('name = "x', 1, "is no valid TOML"),
        ("", 1, "has no stages"),
        ('name = "x"\nstages = []', 1, "has no stages"),
        ('name = "x"\nstages = "tokenize"', 2, "stages must be tables"),
        ('name = "x"\nnmae = "y"\n[[stages]]\nuse = "tokenize"', 2, 'no option "nmae". Did you mean "name"'),
        ('name = "x"\n\n[stage]\nuse = "tokenize"', 3, 'no option "stage". Did you mean "stages"'),
        ("language = 3", 1, "language must be a text, and 3 was given"),
        ('description = """\n[[stages]]\nuse = "x"\n"""\n[[stages]]\nuse = "stemm"', 6, "unknown stage"),
        ("x = " + "[" * 5000, 1, "is nested too deeply"),
        (CUT + '[[data]]\npath = "a"\n[[data]]\nlabel = "b"', 5, r"\[data\] needs path"),
        (CUT + '[[data]]\npth = "a"', 3, r'\[data\] has no option "pth"'),
        (CUT + '[evaluate]\nsplit = "x"', 3, r"\[evaluate\]: split must be"),
        (CUT + '[[stages]]\nuse = "union"\n[[stages.branches]]\nuse = "count"\n'
         '[[stages.branches]]\nuse = "cuont"', 8, 'unknown stage "cuont". Did you mean "count"'),
        (CUT + '[[stages]]\nuse = "union"\n[[stages.branches]]\nuse = "count"\n'
         "mindf = 1", 7, 'count has no option "mindf"'),
        (CUT + '[[stages]]\nuse = "knn_classifier"\npower = nan', 5, "power must be a number"),
    ],
)  # fmt: skip
def test_a_complaint_begins_with_file_and_line(text, line, message, tmp_path):
    path = tmp_path / "spam.toml"
    path.write_text(text)
    with pytest.raises(DefinitionError, match=message) as caught:
        from_toml(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    with pytest.raises(DefinitionError) as caught:
        from_toml(text)
    assert str(caught.value).startswith(f"<definition>:{line}: ")


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(SourceError, match=r"nowhere\.toml: cannot be read: No such file"):
        from_toml(tmp_path / "nowhere.toml")
    with pytest.raises(SourceError, match="cannot be read"):
        from_toml(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b'\nname = "caf\xe9"')
    with pytest.raises(DefinitionError, match=r"latin\.toml:2: is not UTF-8"):
        from_toml(str(tmp_path / "latin.toml"))


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path):
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SPAM.replace("\n", "\r\n").encode())
    assert from_toml(path).digest == from_toml(SPAM).digest


def test_what_is_written_is_toml_that_others_can_read():
    data = tomllib.loads(to_toml(from_toml(SPAM)))
    assert [stage["use"] for stage in data["stages"]] == ["tokenize", "remove_stop_words"]


def test_files_are_found_beside_the_definition(tmp_path, monkeypatch):
    (tmp_path / "v.vec").write_text("a 1 0\nb 0 1\n")
    (tmp_path / "d.toml").write_text(
        '[[stages]]\nuse = "tokenize"\n\n[[stages]]\nuse = "pretrained_vectors"\npath = "v.vec"\n'
    )
    monkeypatch.chdir("/")
    found = textpipe.from_toml(tmp_path / "d.toml")
    assert found.pipeline.stages[1].path == str(tmp_path / "v.vec")
    assert found.lines == (2, 5)
    found.pipeline.rehearse()


@pytest.mark.parametrize("number", ["1" * 5000, "0x" + "f" * 5000, str(2**63)])
def test_numbers_that_nobody_means_are_refused_with_their_line(number):
    text = f'[[stages]]\nuse = "tokenize"\n\n[[stages]]\nuse = "knn_classifier"\nk = {number}\n'
    with pytest.raises(textpipe.TextpipeError, match=r"^<definition>:\d+: .*number"):
        textpipe.from_toml(text)


def test_the_evaluation_is_one_table():
    text = '[[stages]]\nuse = "tokenize"\n\n[[evaluate]]\nfolds = 3\n\n[[evaluate]]\nfolds = 4\n'
    with pytest.raises(textpipe.TextpipeError, match=r"^<definition>:4: \[evaluate\] is one table"):
        textpipe.from_toml(text)
