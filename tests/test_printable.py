import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from textpipe.printable import json_text, one_line, printable

ANY = st.text(st.characters(codec=None, exclude_categories=()))


def test_control_characters_are_written_out():
    assert printable("a\x1b[31m\x00\x7f\x9b\r\n\tb") == "a␛[31m␀␡<009B>␍\n\tb"
    assert (
        printable("abc\u202ecba\u2066\ufeff\u00ad\ud800") == "abc<202E>cba<2066><FEFF><00AD><D800>"
    )
    assert printable("Grüße, 東京 🎾 e\u0301") == "Grüße, 東京 🎾 e\u0301"


def test_a_long_text_is_one_short_line():
    assert one_line("a\n\n b\t\tc\u2028d") == "a b c d"
    assert one_line("word " * 10_000, 20) == "word word word word…"
    assert one_line("") == ""


@given(ANY)
def test_nothing_hidden_is_left(text):
    kinds = {unicodedata.category(letter) for letter in printable(text) if letter not in "\n\t"}
    assert not kinds & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(printable(text)) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200b")


@given(ANY)
def test_one_line_is_one_line(text):
    line = one_line(text, 30)
    assert len(line) <= 30
    assert len(line.splitlines()) <= 1


@given(st.dictionaries(ANY, ANY | st.integers() | st.none() | st.lists(ANY)))
def test_json_means_the_same_and_hides_nothing(value):
    text = json_text(value)
    assert json.loads(text) == json.loads(json.dumps(value))
    assert printable(text) == text
    text.encode("utf-8")
