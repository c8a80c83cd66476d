import json

from textpipe import from_toml
from textpipe.bundle import fingerprint, load


def test_a_model_says_what_it_is(textpipe, model, home):
    out = textpipe("info", model).ok().out
    assert fingerprint(model) in out
    assert from_toml(home / "spam.toml").digest in out
    assert "ham 4, spam 4" in out
    assert "scikit-learn" in out


def test_the_definition_can_be_cut_out_and_used(textpipe, model, home):
    out = textpipe("info", model).ok().out
    text = out[out.index('language = "en"') :]
    assert from_toml(text).digest == from_toml(home / "spam.toml").digest
    assert '[[stages]]\nuse = "tokenize"' in text


def test_json_is_the_manifest_with_its_fingerprint(textpipe, model):
    found = json.loads(textpipe("info", model, "--json").ok().out)
    assert found["fingerprint"] == fingerprint(model)
    assert found["format"] == "textpipe-bundle"


def test_damage_is_told(textpipe, tmp_path):
    (tmp_path / "manifest.json").write_text("{")
    assert "damaged" in textpipe("info", tmp_path).refused()


def test_a_model_with_stages_that_are_not_here_is_still_described(textpipe, model, tmp_path):
    manifest = json.loads((model / "manifest.json").read_text())
    manifest["definition"]["stages"][0]["use"] = "of_another_package"
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    assert '"use": "of_another_package"' in textpipe("info", tmp_path).ok().out


def test_the_number_of_neighbours_that_was_chosen_is_told(textpipe, home, tmp_path):
    auto = tmp_path / "auto.toml"
    text = (home / "spam.toml").read_text("utf-8").replace("k = 3", 'k = "auto"')
    auto.write_text(text, encoding="utf-8")
    textpipe("fit", auto, "--data", home / "messages.csv", "--out", tmp_path / "m").ok()
    chosen = load(tmp_path / "m").stages[-1].k_
    assert (
        f"k = {chosen}, chosen by leaving training documents out"
        in textpipe("info", tmp_path / "m").ok().out
    )
