"""The fewest words without which the verdict would be another, found by deciding anew without them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from textpipe.documents import UNSURE
from textpipe.explanation.reasons import Flip, Word
from textpipe.explanation.without import Outcome, Removed, Without

TRIES = 2_000
"""How many documents with words taken out are decided at most."""

MOST_PAIRS = 1_500
"""If there are more pairs of words (of 56 words, there are), only the likeliest 250 are tried."""

BATCH = 250
"""How many pairs are decided before it is looked whether one was enough."""

LONGEST = 30
"""A verdict that stands without this many words hangs on no few of them."""

BREADTH = 30
"""How many words are tried for each next place in a greedy search."""

Goal = Callable[[Outcome], bool]


@dataclass(frozen=True)
class Flips:
    """The smallest sets of words found, and how many decisions that took; see ``Explanation``."""

    flip: Flip | None = None
    doubt: Flip | None = None
    tried: int = 0


def flips(without: Without, words: Sequence[Word]) -> Flips:
    """Which words to take out for another label (``flip``), and for no label (``doubt``).

    Every single word is tried (of very many, the likeliest), then pairs (all of them where there are up
    to 55 words), then larger sets by a greedy search, from which each word that is not needed is put
    back. So a single word is the smallest set there is, two are if all words were tried, three if all
    pairs were.
    ``words`` are the words behind the verdict: what speaks for it most is tried first.
    """
    before = without.before
    search = _Search(without, words)
    flip = search.smallest(lambda after: after.verdict not in (before.verdict, UNSURE))
    doubt = None
    if before.verdict != UNSURE:
        doubt = search.smallest(lambda after: after.verdict == UNSURE)
    return Flips(flip, doubt, without.tried)


class _Search:
    """Tries sets of words, the likeliest first. What was tried once is not decided again."""

    def __init__(self, without: Without, words: Sequence[Word]) -> None:
        self.without = without
        net = without.weights(words)
        likely = sorted(range(len(net)), key=lambda i: (-net[i], without.forms[i]))
        self.likely = likely[: max(1, without.left // 2)]
        single = without.decide([frozenset([i]) for i in self.likely])
        self.all_singles = len(single) == len(net)
        self.likely = [i for i in self.likely if frozenset([i]) in single]
        lowest = sorted(self.likely, key=lambda i: single[frozenset([i])].height)
        self.orders = [self.likely, lowest]
        self.mixed = list(dict.fromkeys(itertools.chain(*zip(*self.orders, strict=True))))
        self.all_pairs = False

    def smallest(self, goal: Goal) -> Flip | None:
        """The smallest set found that reaches the goal."""
        found = self._best(goal, [frozenset([i]) for i in self.likely])
        found = found or self._best(goal, self._pairs(goal))
        found = found or self._greedy(goal)
        if found is None:
            return None
        rank = {word: at for at, word in enumerate(self.likely)}
        after = self.without.decide([found])[found]
        tried = [True, self.all_singles, self.all_singles and self.all_pairs]
        return Flip(
            [self.without.forms[i] for i in sorted(found, key=rank.__getitem__)],
            after.verdict,
            after.scores,
            proven=len(found) <= len(tried) and tried[len(found) - 1],
            irreducible=self._is_irreducible(goal, found),
        )

    def _best(self, goal: Goal, sets: Iterable[Removed]) -> Removed | None:
        """The set, of those that were decided, that reaches the goal most clearly."""
        decided = self.without.decided
        reached = [removed for removed in sets if removed in decided and goal(decided[removed])]
        return min(reached, key=lambda removed: decided[removed].height, default=None)

    def _pairs(self, goal: Goal) -> list[Removed]:
        """The pairs that were tried, the likeliest first: until one of a batch reaches the goal."""
        n_pairs = math.comb(len(self.mixed), 2)
        words = self.mixed if n_pairs <= MOST_PAIRS else self.mixed[:BATCH]
        place = {word: at for at, word in enumerate(words)}
        pairs = sorted(
            itertools.combinations(words, 2), key=lambda pair: place[pair[0]] + place[pair[1]]
        )
        sets = [frozenset(pair) for pair in pairs[: n_pairs if n_pairs <= MOST_PAIRS else BATCH]]
        for start in range(0, len(sets), BATCH):
            if self._best(goal, self.without.decide(sets[start : start + BATCH])):
                break
        tried = [pair for pair in sets if pair in self.without.decided]
        self.all_pairs = self.all_singles and len(tried) == n_pairs
        return tried

    def _greedy(self, goal: Goal) -> Removed | None:
        """A set of three words or more: by what speaks for the verdict, or by one word after another."""
        found = []
        for order in self.orders:
            longest = min(LONGEST, len(order))
            prefixes = [frozenset(order[:n]) for n in range(3, longest + 1)]
            tried = self.without.decide(prefixes)
            reached = [removed for removed in prefixes if removed in tried and goal(tried[removed])]
            if reached:
                found.append(self._needed(goal, reached[0]))
        most = min(map(len, found), default=LONGEST + 1) - 1
        one_by_one = self._one_by_one(goal, most)
        if one_by_one is not None:
            found.append(self._needed(goal, one_by_one))
        return min(found, key=len, default=None)

    def _one_by_one(self, goal: Goal, most: int) -> Removed | None:
        """Take out, again and again, the word that lowers the verdict most; at most ``most`` words."""
        removed: Removed = frozenset()
        while len(removed) < most:
            next_words = [word for word in self.mixed if word not in removed][:BREADTH]
            tried = self.without.decide([removed | {word} for word in next_words])
            if not tried:
                return None
            removed = min(tried, key=lambda one: (not goal(tried[one]), tried[one].height))
            if goal(tried[removed]):
                return removed
        return None

    def _needed(self, goal: Goal, removed: Removed) -> Removed:
        """The set without the words that need not be in it, as far as there are tries left."""
        while len(removed) > 1:
            smaller = self._best(goal, self.without.decide(_smaller(removed)))
            if smaller is None:
                return removed
            removed = smaller
        return removed

    def _is_irreducible(self, goal: Goal, removed: Removed) -> bool:
        tried = self.without.decide(_smaller(removed))
        return len(tried) == len(removed) and not any(map(goal, tried.values()))


def _smaller(removed: Removed) -> list[Removed]:
    """The set without each of its words in turn; a single word has nothing smaller but the whole text."""
    return [removed - {word} for word in sorted(removed)]
