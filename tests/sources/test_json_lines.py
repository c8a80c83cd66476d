import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.errors import SourceError
from textpipe.sources import Corpus, read


def corpus(tmp_path: Path, content: str | bytes, **options: object) -> Corpus:
    path = tmp_path / "a.jsonl"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(path, **options)  # type: ignore[arg-type]


def test_one_object_a_line(tmp_path: Path) -> None:
    found = corpus(
        tmp_path, '{"text": "Hello", "label": "ham"}\n{"label": "spam", "text": "W\\nN"}'
    )
    assert found.documents.texts() == ["Hello", "W\nN"]
    assert found.labels is not None
    assert found.labels.tolist() == ["ham", "spam"]
    assert found.documents.ids.to_pylist() == ["a.jsonl:1", "a.jsonl:2"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "no valid JSON"),
        ("[1, 2]", "no JSON object"),
        ('"text"', "no JSON object"),
        ('{"text": null, "label": "x"}', "no text"),
        ('{"label": "x"}', "no text"),
        ('{"text": ["a"], "label": "x"}', "neither text nor number but list"),
        ('{"text": true, "label": "x"}', "neither text nor number but bool"),
        ('{"text": "a"}', "no label"),
        ('{"text": "a", "label": " "}', "no label"),
        ('{"text": "a", "label": {}}', "the label is no text"),
        ('{"text": "a", "text": "b", "label": "x"}', "the key 'text' stands there twice"),
        ('{"text": NaN, "label": "x"}', "no valid JSON: NaN"),
        ("[" * 100_000, "no valid JSON"),
        ('{"text": "a", "label": "x"} {}', "no valid JSON"),
    ],
)
def test_a_bad_line_is_set_aside(tmp_path: Path, line: str, reason: str) -> None:
    good = '{"text": "good", "label": "y"}\n'
    found = corpus(tmp_path, good + line + "\n" + good)
    assert found.documents.texts() == ["good", "good"]
    assert len(found.skipped) == 1
    assert reason in found.skipped[0].reason
    assert found.skipped[0].place.endswith("a.jsonl:2")


def test_numbers_are_taken_as_they_are_written(tmp_path: Path) -> None:
    content = '{"text": 1.50, "label": 0}\n{"text": 1e400, "label": 1}\n'
    content += f'{{"text": {"9" * 5000}, "label": true}}\n'
    found = corpus(tmp_path, content)
    assert found.documents.texts() == ["1.50", "1e400", "9" * 5000]
    assert found.labels is not None
    assert found.labels.tolist() == ["0", "1", "true"]


def test_lone_surrogates_and_nul(tmp_path: Path) -> None:
    found = corpus(tmp_path, '{"text": "a\\ud83db\\u0000", "label": "\\udc00"}\n')
    assert found.documents.texts() == ["a\ufffdb\0"]


def test_a_line_of_megabytes(tmp_path: Path) -> None:
    assert (
        len(corpus(tmp_path, json.dumps({"text": "x" * 5_000_000})).documents.texts()[0])
        == 5_000_000
    )


def test_a_key_that_comes_later_only(tmp_path: Path) -> None:
    content = '{"text": "a"}\n{"text": "b", "kind": "x"}\n'
    found = corpus(tmp_path, content, label_column="kind")
    assert found.documents.texts() == ["b"]
    assert found.skipped[0].reason == "no label"


def test_a_key_that_never_comes_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no object has the key 'txt'. Did you mean \"text\""):
        corpus(tmp_path, '{"text": "a"}\n{"text": "b"}\n', text_column="txt")


def test_numbers_for_keys_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="Give names, not numbers"):
        corpus(tmp_path, '{"text": "a"}\n', text_column=1)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))), st.booleans())
def test_what_the_json_module_writes_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], ascii_only: bool
) -> None:
    path = tmp_path_factory.mktemp("json") / "a.ndjson"
    lines = [json.dumps({"text": text}, ensure_ascii=ascii_only) + "\n" for text in texts]
    path.write_bytes("".join(lines).encode())
    assert read(path).documents.texts() == texts
