"""Synthetic tweets: drawn from a seed, all different, made of the same things as real ones."""

import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from lstm_sentiment_cli.text.normalizer import words as normalized

# One of these is drawn for each tweet, and each of its slots is filled by _SLOTS.
_SHAPES = (
    "{words}",
    "{words}",
    "{words}{end}",
    "{words}{end} {words}",
    "{words}, {words} {smile}",
    "{words}... {words} and {words}",
    "{words} but {words} {long}{end}",
    "{words} &amp; {words} #{tag}",
    "{words} #{tag} #{tag} {emoji}",
    "{words} {emoji}{emoji}{emoji}",
    "{words} {link}",
    "{rare} {words}, so {long} {smile}",
    "@{user} {words}{end}",
    "@{user} {words} {words}",
    "@{user} i {words}",
    "@{user} @{user} {words} {smile}",
    "RT @{user}: {words} {link} #{tag}",
    "i don't {words}, {words}{end}",
    "why can't {words}?! {words}",
    "just {words} and {words} {words}",
    "{shout} {words} {emoji}",
)
_ENDS = (".", "!", "!!", "!!!", "...", "?", "?!", "")
_SMILES = (":)", ":(", ":D", ":-)", ";)", ":P", ":/", ":'(", "<3", "xD", "^_^")
_EMOJI = ("😂", "😍", "😭", "🎉", "👍", "👍🏽", "🙄", "😡", "☕", "🎸", "❤️", "🤷‍♀️")
_SYLLABLES = tuple(consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou")

# Share of words that are spelt differently from the vocabulary. With it a tenth of the chunks
# between spaces are new ones, as in 100,000 tweets of Sentiment140.
_ALTERED = 0.17


def synthetic_tweets(vocabulary: Sequence[str], count: int, *, seed: int) -> list[str]:
    """Return this many different tweets, of about 14 tokens on average.

    The vocabulary is in rank order: the word of rank r is drawn in proportion to 1 / r (Zipf 1949).
    """
    drawn = _Drawn.of(vocabulary, seed)
    found: dict[str, None] = {}
    while len(found) < count:
        found[drawn.chance.choice(_SHAPES).format_map(drawn)] = None
    return list(found)


def synthetic_texts(vocabulary: Sequence[str], count: int, words: int, *, seed: int) -> list[str]:
    """Return texts of exactly this many words of the vocabulary, each one token."""
    drawn = _Drawn.of(vocabulary, seed)
    return [" ".join(drawn.some(words)) for _ in range(count)]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A mapping for `str.format_map`: each time a slot is looked up, it is drawn again."""

    chance: Random
    words: Sequence[str]
    weights: Sequence[float]
    """Sums of 1 / rank, up to each word."""

    @classmethod
    def of(cls, vocabulary: Sequence[str], seed: int) -> "_Drawn":
        # Emoticons, numbers and signs come from the shapes; "dont" would be two tokens.
        single = (word for word in vocabulary if word.isalpha() and normalized(word) == [word])
        words = list(single) or ["word"]
        weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
        return cls(Random(seed), words, weights)  # noqa: S311  no secret

    def __getitem__(self, slot: str) -> str:
        return _SLOTS[slot](self)

    def some(self, count: int) -> list[str]:
        """Draw words, frequent ones more often."""
        return self.chance.choices(self.words, cum_weights=self.weights, k=count)


def _words(drawn: _Drawn) -> str:
    chance = drawn.chance
    return " ".join(
        _altered(word, chance) if chance.random() < _ALTERED else word
        for word in drawn.some(chance.randint(1, 13))
    )


def _altered(word: str, chance: Random) -> str:
    """Return a word as typed in a hurry: "Day", "DAY", "dauy", "day,"."""
    way = chance.random()
    if way < 0.3:
        return word.capitalize()
    if way < 0.4:
        return word.upper()
    if way < 0.57:
        place = chance.randrange(len(word))
        return word[:place] + chance.choice(string.ascii_lowercase) + word[place:]
    return word + chance.choice(",.!")


def _rare(drawn: _Drawn) -> str:
    """Make up a word that no vocabulary has."""
    return "".join(drawn.chance.choices(_SYLLABLES, k=4))


def _user(drawn: _Drawn) -> str:
    return f"{_rare(drawn)}_{drawn.chance.randrange(100)}"


def _link(drawn: _Drawn) -> str:
    return "http://example.com/" + "".join(drawn.chance.choices(string.ascii_letters, k=8))


def _tag(drawn: _Drawn) -> str:
    """Return two words in one: "WorstDay", or "worstday", which the tokeniser must split."""
    first, second = drawn.some(2)
    if drawn.chance.random() < 0.5:
        return first.capitalize() + second.capitalize()
    return first + second


def _long(drawn: _Drawn) -> str:
    (word,) = drawn.some(1)
    return word + word[-1] * drawn.chance.randint(2, 6)


def _shout(drawn: _Drawn) -> str:
    return " ".join(drawn.some(drawn.chance.randint(1, 3))).upper()


_SLOTS: dict[str, Callable[[_Drawn], str]] = {
    "words": _words,
    "rare": _rare,
    "user": _user,
    "link": _link,
    "tag": _tag,
    "long": _long,
    "shout": _shout,
    "end": lambda drawn: drawn.chance.choice(_ENDS),
    "smile": lambda drawn: drawn.chance.choice(_SMILES),
    "emoji": lambda drawn: drawn.chance.choice(_EMOJI),
}
