from textpipe import TagPartsOfSpeech, Tokenize

TREEBANK = """\
# text = The dog sleeps
1	The	the	DET	_	_	0	_	_	_
2	dog	dog	NOUN	_	_	0	_	_	_
3	sleeps	sleep	VERB	_	_	0	_	_	_

# text = A cat eats
1	A	a	DET	_	_	0	_	_	_
2	cat	cat	NOUN	_	_	0	_	_	_
3	eats	eat	VERB	_	_	0	_	_	_

"""


def test_a_tagger_is_trained_and_measured(textpipe, tmp_path):
    (tmp_path / "train.conllu").write_text(TREEBANK * 5)
    out = tmp_path / "tagger"
    result = textpipe(
        *("train-tagger", tmp_path / "train.conllu", "--out", out, "--language", "en"),
        *("--test", tmp_path / "train.conllu"),
    ).ok()
    assert "10 sentences, 30 words, 100.00% of test words right" in result.out
    documents = Tokenize("words").transform(["the cat sleeps"])
    tagged = TagPartsOfSpeech(model=str(out)).transform(documents)
    assert tagged.tokens.tags_of(0) == ["DET", "NOUN", "VERB"]


def test_what_is_no_treebank_is_refused_with_its_line(textpipe, tmp_path):
    (tmp_path / "bad.conllu").write_text("1\tonly\n")
    command = ["train-tagger", tmp_path / "bad.conllu", "--out", tmp_path / "t", "--language", "en"]
    assert "bad.conllu:1" in textpipe(*command).refused()
    assert not (tmp_path / "t").exists()
