"""Texts that were bred to break a stage: no crash, no hang, the compiled loops' result is the plain twin's.

    python benchmarks/fuzz.py [TARGET] [--seconds N] [--seed N] [--json FILE]

TARGET is clean_html, html_twins, tokenize, pieces_twins, mask, normalize_unicode or predict; without it each
has its turn. With atheris (pip install atheris) new texts are bred by which branches of textpipe they reach;
without it, pieces that are known to make trouble are joined and changed by chance. Prints how many texts were
tried. What breaks a stage ends the run, and is printed as Python writes it: make a test of it.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from textpipe.errors import TextpipeError, TextpipeWarning
from textpipe.testing.hostile_documents import KINDS, hostile_document

PIECES = (
    *(
        "<b>",
        "</b>",
        "<p>",
        "</p>",
        "<div hidden>",
        "</div>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<!",
        "<?",
    ),
    *(
        "</",
        "<",
        ">",
        '"',
        "'",
        "=",
        "&",
        ";",
        "&amp;",
        "&#65;",
        "&#x1F600;",
        "<script>",
        "</script>",
    ),
    *(
        "<style>",
        "</style>",
        "<title>",
        "</title>",
        "<a href='x'>",
        "</a>",
        "<td>",
        "<tr>",
        "<table>",
    ),
    *(
        "<pre>",
        "<textarea>",
        "<br>",
        "<img alt='a b'>",
        "<input value=x>",
        "<b style='display:none'>",
    ),
    *(
        "<select>",
        "<option>",
        "<font size=0>",
        "<svg>",
        "<ruby>",
        "<rt>",
        "<plaintext>",
        "<noscript>",
    ),
    *(
        "\n",
        "\r\n",
        "\t",
        "\0",
        "\ud800",
        "\udfff",
        "\ufdd0",
        "\ufeff",
        "\u200b",
        "\u202e",
        "\u0301",
        "\u00a0",
    ),
    *(
        "word",
        "Don't",
        "U.S.A.",
        "e.g.",
        "5 €",
        "£1.50",
        "+49 30 23125-012",
        "24.12.2026",
        "18:30",
        "1,000",
    ),
    *(
        "www.x.de/a?b=c",
        "http://x.de",
        "me@x.de",
        "!!!",
        "...",
        ":-)",
        "a1b2",
        "ﬁ",
        "İ",
        "ß",
        "ǅ",
        "我爱",
        "👩\u200d👧",
    ),
)
"""What texts are made of, beside what kinds of hostile documents hold."""


def main() -> None:
    """Breed texts until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", nargs="?", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=20, help="for each target; default 20")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="a second, by chance: does it run?")
    parser.add_argument("--json", type=Path, help="a file to write the numbers of texts to")
    options = parser.parse_args()
    if options.target is None:
        all_targets(options)
        return
    warnings.simplefilter("ignore", TextpipeWarning)
    atheris = None
    if not options.quick and importlib.util.find_spec("atheris"):
        import atheris
    tried = 0

    def tell(work: Callable[[str], None], text: str) -> None:
        nonlocal tried
        tried += 1
        try:
            work(text)
        except TextpipeError:
            pass
        except BaseException:
            print(f"{options.target} is broken by {text!r}", flush=True)
            raise

    if atheris is None:
        work = TARGETS[options.target]()
        seconds = 1 if options.quick else options.seconds
        by_chance(lambda text: tell(work, text), seconds, options.seed)
        print(f"{options.target}: {tried:,} texts, none broke it (by chance)")
        return
    with atheris.instrument_imports(include=["textpipe"], enable_loader_override=False):
        work = TARGETS[options.target]()

    def one(raw: bytes) -> None:
        tell(work, atheris.FuzzedDataProvider(raw).ConsumeUnicode(sys.maxsize))
        if time.monotonic() > ends:
            print(f"{options.target}: {tried:,} texts, none broke it (atheris)")
            sys.stdout.flush()
            os._exit(0)  # libFuzzer takes any other end for a find

    folder = Path(tempfile.mkdtemp())
    write_seeds(folder)
    arguments = [
        sys.argv[0],
        f"-max_total_time={options.seconds + 60}",
        "-timeout=30",
        "-rss_limit_mb=8000",
    ]
    arguments += [
        f"-seed={options.seed}",
        f"-dict={folder / 'words'}",
        f"-artifact_prefix={folder}/",
        "-max_len=4000",
        "-verbosity=0",
    ]
    ends = time.monotonic() + options.seconds
    atheris.Setup([*arguments, str(folder / "texts")], one)
    atheris.Fuzz()


def all_targets(options: argparse.Namespace) -> None:
    """Each target in a process of its own. Raises CalledProcessError where one is broken."""
    figures = {}
    given = ["--seconds", str(options.seconds), "--seed", str(options.seed)]
    given += ["--quick"] if options.quick else []
    for target in TARGETS:
        command = [sys.executable, __file__, target, *given]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        print(said, end="", flush=True)
        figures[target] = int(said.split(": ")[-1].split()[0].replace(",", ""))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), "utf-8")


def write_seeds(folder: Path) -> None:
    """Texts to begin with, and words to put into them, as libFuzzer reads them."""
    (folder / "texts").mkdir()
    for number, kind in enumerate(KINDS):
        text = hostile_document(kind, 300).encode("utf-8", "surrogatepass")
        (folder / "texts" / str(number)).write_bytes(b"\x01" + text)
    words = {piece.encode("utf-8", "surrogatepass") for piece in PIECES}
    lines = ['"' + "".join(f"\\x{byte:02x}" for byte in word) + '"' for word in sorted(words)]
    (folder / "words").write_text("\n".join(lines) + "\n", "ascii")


def by_chance(one: Callable[[str], None], seconds: float, seed: int) -> None:
    """Texts of pieces, each changed a few times, for so many seconds."""
    chance = random.Random(seed)  # noqa: S311  # no secret
    kinds = list(KINDS)
    one("")  # loops are compiled by now
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        text = "".join(chance.choices(PIECES, k=chance.randint(0, 40)))
        if chance.random() < 0.3:
            text += hostile_document(chance.choice(kinds), chance.randint(20, 400))
        for _ in range(chance.randint(0, 5)):
            at = chance.randint(0, len(text))
            many = chance.randint(0, 5)
            new = chance.choice(["", chr(chance.randrange(0x110000)), chance.choice(PIECES)])
            text = text[:at] + new * chance.choice([1, 1, 20]) + text[at + many :]
        one(text)


def clean_html() -> Callable[[str], None]:
    """Text comes out; as HTML, and as a text of unknown kind."""
    from textpipe.clean.clean_html import CleanHtml
    from textpipe.documents import Region

    stages = [
        CleanHtml(hidden="apart", links=True, max_depth=20),
        CleanHtml(hidden="keep", alt=False),
    ]

    def work(text: str) -> None:
        for stage in stages:
            for kind in ("html", ""):
                region = Region(kind, text)
                cleaned = stage.clean(region)
                for made in cleaned.regions:
                    made.text.encode("utf-8", "surrogatepass")

    return work


def html_twins() -> Callable[[str], None]:
    """What the compiled loop reads is what the parser reads."""
    from textpipe.clean.clean_html import CleanHtml
    from textpipe.clean.html_or_plain import keep_addresses
    from textpipe.clean.html_quick import read_quickly
    from textpipe.clean.html_text import TextWriter, without_marks
    from textpipe.documents import clean_surrogates

    stage = CleanHtml()

    def work(text: str) -> None:
        quick = read_quickly([text], True, 1000)[0]
        if quick is not None:
            read = stage._read(
                "", keep_addresses(without_marks(clean_surrogates(text))), TextWriter
            )
            assert read.regions[0].text == quick, (read.regions[0].text, quick)

    return work


def tokenize() -> Callable[[str], None]:
    """Every token stands where it says, in order, and is not empty."""
    from textpipe.documents import Documents
    from textpipe.tokenize.tokenize import Tokenize

    engines = ("spacy", "nltk_treebank", "nltk_tweet", "words", "sklearn", "whitespace")
    stages = [Tokenize(engine) for engine in engines]

    def work(text: str) -> None:
        documents = Documents.of([text])
        read = documents.texts()[0]
        for stage in stages:
            tokens = stage.apply(documents).tokens
            assert tokens is not None
            before = 0
            for form, (start, end) in zip(tokens.of(0), tokens.spans(0), strict=True):
                assert before <= start < end <= len(read), (stage.engine, form, start, end)
                exact = stage.engine != "nltk_treebank" or form not in ("``", "''")
                assert not exact or read[start:end] == form, (stage.engine, form, read[start:end])
                before = end

    return work


def pieces_twins() -> Callable[[str], None]:
    """The compiled loops find the pieces that the regular expressions find."""
    from textpipe.documents import Documents
    from textpipe.tokenize import pieces

    kinds = [pieces.STRETCHES, pieces.WORDS, pieces.WORDS_AND_SYMBOLS, pieces.SKLEARN_WORDS]

    def work(text: str) -> None:
        given = Documents.of([text, "", text[::-1]]).text
        for kind in kinds:
            ours, theirs = (pieces.pieces_of(given, kind, much) for much in (True, False))
            assert ours.to_lists() == theirs.to_lists(), kind
            assert ours.spans(0) == theirs.spans(0), kind

    return work


def mask() -> Callable[[str], None]:
    """Text comes out, and what was masked is not masked again."""
    from textpipe.clean.mask import Mask
    from textpipe.documents import Region

    stage = Mask()

    def work(text: str) -> None:
        region = Region("", text)
        cleaned = stage.clean(region)
        places = stage.places(region, cleaned)
        assert places is not None
        assert [len(place) for place in places] == [len(made.text) for made in cleaned.regions]

    return work


def normalize_unicode() -> Callable[[str], None]:
    """Text comes out, and each of its characters comes from somewhere."""
    from textpipe.clean.normalize_unicode import NormalizeUnicode
    from textpipe.documents import Region

    stages = [NormalizeUnicode(form=form) for form in ("NFC", "NFKC")]

    def work(text: str) -> None:
        for stage in stages:
            region = Region("", text)
            cleaned = stage.clean(region)
            places = stage.places(region, cleaned)
            assert places is not None
            assert [len(place) for place in places] == [len(made.text) for made in cleaned.regions]

    return work


def predict() -> Callable[[str], None]:
    """The whole of pipelines/spam.toml: a decision, the same for the text alone and beside another."""
    import textpipe as tp

    definition = tp.from_toml(Path(__file__).parent.parent / "pipelines" / "spam.toml")
    corpus = tp.read([str(source) for source in definition.source_paths()])
    pipeline = definition.pipeline.fit(corpus.documents[::4], corpus.labels[::4])

    def work(text: str) -> None:
        alone, beside = pipeline.decide([text]), pipeline.decide(["win a prize", text])
        assert alone.scores[0].tobytes() == beside.scores[1].tobytes()

    return work


TARGETS: dict[str, Callable[[], Callable[[str], None]]] = {
    made.__name__: made
    for made in (clean_html, html_twins, tokenize, pieces_twins, mask, normalize_unicode, predict)
}

if __name__ == "__main__":
    main()
