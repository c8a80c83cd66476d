import bz2
import gzip
import json
import lzma
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard

import textpipe as tp
from textpipe import load
from textpipe.cli.predict import batches
from textpipe.sources import records


def lines(result):
    return [json.loads(line) for line in result.ok().out.splitlines()]


def test_json_lines_say_what_was_decided(textpipe, model):
    found = lines(textpipe("predict", model, "--json", stdin="Claim a FREE prize!\nqwertz\n\n"))
    assert [sorted(line) for line in found] == [
        sorted(["id", "label", "verdict", "score", "probabilities", "known_words", "words"])
    ] * 3
    first, second, third = found
    assert first["id"] == "stdin:1"
    assert (first["label"], first["verdict"]) == ("spam", "spam")
    assert first["score"] == first["probabilities"]["spam"] > 0.5
    assert sum(first["probabilities"].values()) == pytest.approx(1)
    assert (first["known_words"], first["words"]) == (4, 4)
    assert (second["label"], second["verdict"], second["score"]) == (None, "unsure", None)
    assert second["probabilities"] is third["probabilities"] is None
    assert (second["known_words"], second["words"]) == (0, 1)
    assert (third["verdict"], third["words"]) == ("unsure", 0)


def test_plain_lines_have_id_verdict_and_score(textpipe, model):
    out = textpipe("predict", model, "-", stdin="dinner tomorrow\nqwertz").ok().out
    assert out.splitlines() == ["stdin:1\tham\t0.999", "stdin:2\tunsure\t-"]


def test_it_says_what_the_library_says(textpipe, model, home):
    found = lines(textpipe("predict", model, home / "messages.csv", "--json"))
    texts = [line.partition(",")[2] for line in (home / "messages.csv").read_text().split("\n")]
    decisions = load(model).decide([text.strip('"') for text in texts[1:-1]])
    assert [line["label"] for line in found] == decisions.verdicts().tolist()
    assert [list(line["probabilities"].values()) for line in found] == decisions.scores.tolist()


def test_order_is_kept_over_batches_and_sources(textpipe, model, tmp_path):
    (tmp_path / "a.txt").write_text("".join(f"prize {i}\n" for i in range(1203)))
    (tmp_path / "b.txt").write_text("lunch\n")
    found = lines(textpipe("predict", model, tmp_path / "a.txt", tmp_path / "b.txt", "--json"))
    assert [line["id"] for line in found] == [*(f"a.txt:{i}" for i in range(1, 1204)), "b.txt:1"]
    assert [line["verdict"] for line in found] == ["spam"] * 1203 + ["ham"]


def test_rows_without_a_label_are_predicted_too(textpipe, model, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("label,text\n,prize\nham,lunch\n")
    found = lines(textpipe("predict", model, table, "--json"))
    assert [line["label"] for line in found] == ["spam", "ham"]


def test_folders_with_and_without_labels_may_be_mixed(textpipe, model, tmp_path):
    (tmp_path / "spam").mkdir()
    (tmp_path / "spam" / "a.txt").write_text("lunch")
    (tmp_path / "b.txt").write_text("prize")
    assert len(lines(textpipe("predict", model, tmp_path, "--json"))) == 2


def test_what_is_set_aside_is_counted_on_standard_error(textpipe, model, tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text('{"text": "prize"}\n' + "broken\n" * 7 + '{"text": "lunch"}\n')
    result = textpipe("predict", model, path, "--json")
    assert len(lines(result)) == 2
    assert "7 set aside, 2 predicted:" in result.err
    assert f"{path}:2: no valid JSON" in result.err
    assert f"{path}:6" in result.err
    assert f"{path}:7" not in result.err
    assert "and 2 more" in result.err


def test_out_is_written_whole_or_not_at_all(textpipe, model, tmp_path):
    (tmp_path / "a.txt").write_text("prize\nlunch\n")
    out = tmp_path / "new" / "out.jsonl"
    assert textpipe("predict", model, tmp_path / "a.txt", "--json", "--out", out).ok().out == ""
    assert [json.loads(line)["label"] for line in out.read_text().splitlines()] == ["spam", "ham"]
    before = out.read_text()
    textpipe("predict", model, tmp_path / "a.txt", tmp_path / "none", "--out", out).refused()
    assert out.read_text() == before
    assert [path.name for path in out.parent.iterdir()] == ["out.jsonl"]


def test_a_regression_says_numbers(textpipe, tmp_path):
    definition = tmp_path / "stars.toml"
    definition.write_text(
        '[[stages]]\nuse = "tokenize"\n[[stages]]\nuse = "count"\n'
        '[[stages]]\nuse = "knn_regressor"\nk = 1\n'
    )
    table = tmp_path / "stars.csv"
    table.write_text("label,text\n5,very good\n1.5,bad\n")
    model = tmp_path / "stars.tpipe"
    textpipe("fit", definition, "--data", table, "--out", model).ok()
    found = lines(textpipe("predict", model, "--json", stdin="good\nbad\nqwertz\n"))
    assert [line["label"] for line in found] == [5.0, 1.5, None]
    assert [line["verdict"] for line in found] == [5.0, 1.5, "unsure"]
    assert {line["score"] for line in found} == {line["probabilities"] for line in found} == {None}
    plain = textpipe("predict", model, stdin="good\n").ok().out
    assert plain == "stdin:1\t5\t-\n"


def test_scores_that_are_no_probabilities_are_not_called_so(textpipe, home, tmp_path):
    definition = tmp_path / "svc.toml"
    text = (home / "spam.toml").read_text()
    definition.write_text(text.replace('"knn_classifier"\nk = 3', '"linear_svc"'))
    model = tmp_path / "svc.tpipe"
    textpipe("fit", definition, "--data", home / "messages.csv", "--out", model).ok()
    (line,) = lines(textpipe("predict", model, "--json", stdin="claim a free prize\n"))
    assert line["label"] == "spam"
    assert line["probabilities"] is None
    assert isinstance(line["score"], float)


def test_hostile_ids_and_labels_stay_in_their_line(textpipe, home, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text(
        'label,text,id\n"[red]\x1b[2J\u202eham",lunch,"a\tb\nc\x1b]0;x\x07"\nspam,prize,2\n'
    )
    model = tmp_path / "m.tpipe"
    textpipe("fit", home / "spam.toml", "--data", table, "--out", model).ok()
    command = ["predict", model, table, "--id-column", "id"]
    plain = textpipe(*command).ok().out
    assert plain.splitlines()[0] == "a b c␛]0;x␇\t[red]␛[2J<202E>ham\t1.000"
    out = textpipe(*command, "--json").ok().out
    assert not {"\x1b", "\u202e", "\x07"} & set(out)
    first = json.loads(out.splitlines()[0])
    assert first["id"] == "a\tb\nc\x1b]0;x\x07"
    assert first["label"] == "[red]\x1b[2J\u202eham"


def test_any_bytes_on_standard_input_are_predicted(textpipe, model):
    raw = b"\xff\xfe prize\n\x00\x1b[31m\nGr\xfc\xdfe\n" + b"prize " * 20_000 + b"\n"
    found = lines(textpipe("predict", model, "-", "--format", "lines", "--json", stdin=raw))
    assert found
    assert found[-1]["verdict"] in ("spam", "unsure")


def test_a_model_that_decides_nothing_is_refused(textpipe, tmp_path):
    definition = tmp_path / "vectors.toml"
    definition.write_text('[[stages]]\nuse = "tokenize"\n[[stages]]\nuse = "tf_idf"\n')
    (tmp_path / "a.txt").write_text("one two\n")
    textpipe("fit", definition, "--data", tmp_path / "a.txt", "--out", tmp_path / "m").ok()
    message = textpipe("predict", tmp_path / "m", tmp_path / "a.txt").refused()
    assert "decides nothing" in message
    assert "knn_classifier" in message


def test_what_is_no_model_is_refused(textpipe, home, tmp_path):
    assert "no bundle" in textpipe("predict", home / "messages.csv", "-", stdin="x").refused()
    assert "no such bundle" in textpipe("predict", tmp_path / "none", "-", stdin="x").refused()


def test_batches_bound_what_is_held(home, tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("a\n" * 1001)
    assert [len(batch) for batch in batches(records(path))] == [500, 500, 1]
    monkeypatch.setattr("textpipe.cli.taken.AT_A_TIME", 100)
    monkeypatch.setattr("textpipe.cli.taken.MOST_AT_A_TIME", 300)
    found = batches(records(path), growing=True)
    assert [len(batch) for batch in found] == [100, 200, 300, 300, 101]
    monkeypatch.setattr("textpipe.cli.taken.MOST_CHARACTERS", 250)
    found = batches(records(path), growing=True)
    assert [len(batch) for batch in found] == [100, 200, 251, 251, 199]


def test_a_reader_that_goes_away_is_no_error(model, tmp_path):
    path = tmp_path / "many.txt"
    path.write_text("prize\n" * 20_000)
    command = [sys.executable, "-m", "textpipe", "predict", str(model), str(path), "--json"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as process:  # noqa: S603  # our own command
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 1


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
def test_standard_input_may_be_compressed(textpipe, model, home, pack):
    raw = (home / "messages.csv").read_bytes()
    command = ["predict", model, "-", "--format", "csv", "--json"]
    assert lines(textpipe(*command, stdin=pack(raw))) == lines(textpipe(*command, stdin=raw))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_one_line(model, tmp_path):
    path = tmp_path / "many.txt"
    path.write_text("prize\n" * 2_000)
    command = [sys.executable, "-m", "textpipe", "predict", str(model), str(path), "--json"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)  # noqa: S603  # our own command
    assert done.returncode == 2
    assert done.stderr == b"error: No space left on device\n"


@pytest.mark.parametrize("to_file", [False, True])
def test_it_says_how_many_documents_could_not_be_read_as_others_are(textpipe, tmp_path, to_file):
    pipeline = tp.Pipeline([tp.CleanHtml(), tp.Tokenize(), tp.Count(), tp.KnnClassifier(k=1)])
    model = tp.save(pipeline.fit(["prize", "lunch"], ["spam", "ham"]), tmp_path / "m.tpipe")
    table = tmp_path / "t.jsonl"
    deep, long = "<div>" * 2000 + "prize</div>", "x" * 2000 + " prize"
    rows = [{"text": text} for text in (deep, "prize", long, deep)]
    table.write_text("".join(json.dumps(row) + "\n" for row in rows))
    more = ["--out", tmp_path / "out.tsv"] if to_file else []
    said = textpipe("predict", model, table, *more).ok().err
    assert "2 documents with clean_html.degraded: see textpipe stages clean_html\n" in said
    assert "1 document with tokenize.long_chunks: see textpipe stages tokenize\n" in said
    assert "with" not in textpipe("predict", model, "-", stdin="prize\n").ok().err
