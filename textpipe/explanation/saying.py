"""What an explanation says in sentences, on a page as in a terminal."""

from __future__ import annotations

import re
from collections import Counter

from textpipe.explanation.reasons import CONSTANT, REST, Explanation, Flip, Word

MOST_IN_FLIP = 10
"""How many words of a flip are named."""

MOST_PIECES = 4
"""How many of the pieces behind a word are named."""

NOTHING = 1e-12
"""What is nearer to 0 or 1 than this differs by rounding only."""


def who_voted(x: Explanation) -> str:
    """How many neighbours are of which kind."""
    if not x.neighbours:
        return ""
    n = len(x.neighbours)
    if not x.scores:
        return f"The mean of {n} neighbours, each by the weight of its vote."
    labels = Counter(str(neighbour.label) for neighbour in x.neighbours)
    mine = str(x.leaning)
    votes = sum(one.share for one in x.neighbours if str(one.label) == mine)
    if n == 1:
        return f"Its only neighbour is {next(iter(labels))}."
    who = (
        f"All of its {n} neighbours are"
        if labels[mine] == n
        else f"{labels[mine]} of its {n} neighbours are"
    )
    return f"{who} {mine}; they bring {percent(votes)} of the evidence."


def flip_sentences(x: Explanation) -> list[str]:
    """What would change the verdict, and what would leave none."""
    said = [_without(flip) for flip in (x.flip, x.doubt if doubt_is_shorter(x) else None) if flip]
    if x.tried and x.flip is None:
        said.insert(0, none_found(x))
    return said


def none_found(x: Explanation) -> str:
    """That nothing was found without which it would be another label."""
    return (
        "No small set of words was found without which it would be another label "
        f"({x.tried:,} were tried)."
    )


def doubt_is_shorter(x: Explanation) -> bool:
    """Does less lead to doubt than to another label? Without all of its words, anything is in doubt."""
    return x.doubt is not None and (x.flip is None or len(x.doubt.words) < len(x.flip.words))


def _without(flip: Flip) -> str:
    words = [f'"{word}"' for word in flip.words[:MOST_IN_FLIP]]
    more = len(flip.words) - MOST_IN_FLIP
    if more > 0:
        words.append(f"{more} more")
    listed = " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
    score = flip.scores.get(flip.verdict)
    number = "" if score is None else f" ({rounded(score, 2)})"
    return f"Without {listed} it would be {flip.verdict}{number}. {how_small(flip)}".rstrip()


def how_small(flip: Flip) -> str:
    """Whether fewer words would do."""
    if len(flip.words) == 1:
        return ""
    if flip.proven:
        return "Fewer words do not do it: all were tried."
    if flip.irreducible:
        return "None of them can be left out of this; another set may be smaller."
    return "Fewer of them may do: tries ran out."


def about_scores(x: Explanation) -> str:
    """What the numbers beside the labels are made of, and why the highest is not the verdict."""
    said = []
    best = max(x.scores, key=lambda label: x.scores[label], default=None)
    if best is not None and x.leaning is not None and x.scores[best] > x.scores[str(x.leaning)]:
        said.append(f"The score of {best} is higher, but verdict_from asks for more.")
    if x.prior:
        said.append(f"The votes of its neighbours add up to {x.total_evidence or 0.0:.3g}.")
        prior = sum(x.prior.values())
        if prior:
            said.append(
                f"The prior, the labels' shares of training, has {percent(prior)} of the evidence."
            )
        if is_calibrated(x):
            said.append("The probability is the calibrated evidence.")
    elif x.evidence and x.are_probabilities:
        said.append(
            "The margin is what words and intercept add up to; the probability follows from it."
        )
    if x.total_words is not None:
        said.append(f"{x.known_words} of {x.total_words} words are known from training.")
    return " ".join(said)


def score_is(x: Explanation) -> str:
    """What the scores are called.

    The share of the evidence is a probability only once it is calibrated.
    """
    if not x.are_probabilities:
        return "score"
    return "probability" if is_calibrated(x) or not x.prior else "share"


def is_calibrated(x: Explanation) -> bool:
    """Do the neighbours' scores differ from the evidence?"""
    return bool(x.prior) and any(
        abs(x.scores[label] - share) > 1e-9 for label, share in x.evidence.items()
    )


def about_words(x: Explanation) -> str:
    """What the words' numbers add up to."""
    if x.prior:
        said = (
            f"What each word brings to the votes for {x.leaning}, and to those for other labels, in "
            "shares of all evidence."
        )
    elif x.evidence:
        said = f"What each word brings to the margin of {x.leaning}, which is their sum."
    else:
        said = "What each word brings to the votes, in shares of all of them."
    if any(word.parts for word in x.words):
        said += (
            " It is made of the columns that stand on the word: runs of letters (␣ is where a word begins "
            "or ends), and its part of runs of words."
        )
    return " ".join([said, *about_rests(x)])


def about_rests(x: Explanation) -> list[str]:
    """What the rows are that are no words of the text."""
    names = {word.word for word in x.words if not word.spans}
    said = []
    if CONSTANT in names:
        said.append(
            f"{CONSTANT} is what a stage gives to every document, whatever its words are: the intercept "
            "of a learned direction, or a mean that is taken off."
        )
    if REST in names:
        said.append(f"{REST} is what no single word brings.")
    return said


def rounded(value: float, digits: int = 3, whole: float = 1.0) -> str:
    """A share or score as people read it: what is not 0 or the whole does not read like it.

    >>> rounded(0.25), rounded(0.0), rounded(0.0001), rounded(0.99996), rounded(1.0), rounded(-1.5)
    ('0.250', '0.000', '<0.001', '>0.999', '1.000', '-1.500')
    """
    least = 10.0**-digits
    if abs(value) < NOTHING:
        return f"{0:.{digits}f}"
    if abs(value) < least / 2:
        return f"<{least:.{digits}f}" if value > 0 else f">-{least:.{digits}f}"
    if whole - least / 2 <= value < whole - NOTHING:
        return f">{whole - least:.{digits}f}"
    return f"{value:.{digits}f}"


def percent(share: float) -> str:
    """A share in percent, likewise.

    >>> percent(0.5), percent(0.0001), percent(0.9999), percent(1.0)
    ('50.0%', '<0.1%', '>99.9%', '100.0%')
    """
    return rounded(100 * share, 1, 100.0) + "%"


def made_of(word: Word) -> str:
    """The weightiest pieces behind a word, each with what it brings; nothing if that is the word itself.

    >>> made_of(Word("removed", 0.3, 0.1, [], parts=[("remo", 0.3, 0.0), (" rem", 0.0, 0.1)]))
    'remo 0.300, ␣rem −0.100'
    """
    named = [f"{visible(name)} {_short(plus - minus)}" for name, plus, minus in word.parts]
    return ", ".join(named[:MOST_PIECES]) + (" …" if len(named) > MOST_PIECES else "")


def visible(piece: str) -> str:
    """A piece of a word with spaces at its ends written out: there, the word begins or ends."""
    before, after = len(piece) - len(piece.lstrip(" ")), len(piece) - len(piece.rstrip(" "))
    inner = piece.strip(" ")
    return "\u2423" * before + inner + "\u2423" * after if inner else "\u2423" * len(piece)


def column(name: str) -> str:
    """A column's name with spaces at its ends written out; a branch's name may stand before it.

    >>> column("character_n_grams: pho"), column("won a"), column("ree ")
    ('character_n_grams:␣pho', 'won a', 'ree␣')
    """
    branch, piece = re.fullmatch(r"((?:\w+:)*)(.*)", name, re.DOTALL).groups()  # type: ignore[union-attr]
    return branch + visible(piece)


def _short(value: float) -> str:
    return f"{value:.3f}".replace("-", "−") if abs(value) >= 0.0005 else "0.000"
