"""NLTK's tagger, with data that is trained here on a few invented sentences."""

import json
from pathlib import Path

import pytest

from textpipe.annotate.nltk_tagger import PENN, RESOURCE
from textpipe.annotate.tag_parts_of_speech import TagPartsOfSpeech
from textpipe.documents import UPOS
from textpipe.errors import DefinitionError, ResourceError

SENTENCES = [
    [("Anna", "NNP"), ("can", "MD"), ("swim", "VB"), (".", ".")],
    [("The", "DT"), ("dog", "NN"), ("swims", "VBZ"), (",", ","), ("too", "RB"), ("!", ".")],
    [("Dogs", "NNS"), ("can", "MD"), ("bark", "VB")],
]


@pytest.fixture
def nltk_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for NLTK's data, the only one that NLTK looks into."""
    import nltk

    monkeypatch.setattr(nltk.data, "path", [str(tmp_path)])
    return tmp_path


def test_penn_tags_become_universal_ones(nltk_data: Path) -> None:
    from nltk.tag.perceptron import PerceptronTagger

    tagger = PerceptronTagger(load=False)
    tagger.train(SENTENCES, nr_iter=8)
    folder = nltk_data / "taggers" / RESOURCE
    folder.mkdir(parents=True)
    # NLTK's own save_to_json refuses folders outside of its data path, so the three parts are written here.
    parts = {"weights": tagger.model.weights, "tagdict": tagger.tagdict}
    for name, part in [*parts.items(), ("classes", sorted(tagger.classes))]:
        (folder / f"{RESOURCE}.{name}.json").write_text(json.dumps(part))
    words = [[word for word, _ in sentence] for sentence in SENTENCES]
    tagged = TagPartsOfSpeech("nltk").fit_transform([*words, []]).tokens
    assert tagged.tags_of(0) == ["PROPN", "AUX", "VERB", "PUNCT"]
    assert tagged.tags_of(1) == ["DET", "NOUN", "VERB", "PUNCT", "ADV", "PUNCT"]
    assert tagged.tags_of(2) == ["NOUN", "AUX", "VERB"]
    assert tagged.tags_of(3) == []


def test_missing_data_is_named_with_the_remedy(nltk_data: Path) -> None:
    with pytest.raises(ResourceError, match=rf"nltk\.download\('{RESOURCE}'\)"):
        TagPartsOfSpeech("nltk").transform([["Hi"]])


def test_other_languages_and_models_are_refused() -> None:
    with pytest.raises(ResourceError, match='knows English, and the language is "de"'):
        TagPartsOfSpeech("nltk", language="de").transform([["Hallo"]])
    with pytest.raises(DefinitionError, match='engine "nltk" takes no model'):
        TagPartsOfSpeech("nltk", model="any").check()


def test_every_penn_tag_has_a_universal_one() -> None:
    assert set(PENN.values()) <= set(UPOS)
