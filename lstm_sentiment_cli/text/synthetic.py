"""Synthetic tweets: drawn from a seed, all different, made of the same things as real ones."""

import string
from collections.abc import Sequence
from itertools import accumulate
from random import Random

from lstm_sentiment_cli.text.normalizer import words as normalized

# One of these is drawn for each tweet, and each of its slots is filled by a method of _Drawn.
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
    drawn = _Drawn(vocabulary, seed)
    found: dict[str, None] = {}
    while len(found) < count:
        found[drawn.chance.choice(_SHAPES).format_map(drawn)] = None
    return list(found)


def synthetic_texts(vocabulary: Sequence[str], count: int, words: int, *, seed: int) -> list[str]:
    """Return texts of exactly this many words of the vocabulary, each one token."""
    drawn = _Drawn(vocabulary, seed)
    return [" ".join(drawn.some(words)) for _ in range(count)]


class _Drawn:
    """A mapping for `str.format_map`: each look-up of a slot calls the method of its name."""

    def __init__(self, vocabulary: Sequence[str], seed: int) -> None:
        # Emoticons, numbers and signs come from the shapes; "dont" would be two tokens.
        single = [word for word in vocabulary if word.isalpha() and normalized(word) == [word]]
        self.vocabulary = single or ["word"]
        self.weights = list(accumulate(1 / rank for rank in range(1, len(self.vocabulary) + 1)))
        self.chance = Random(seed)  # noqa: S311  no secret

    def __getitem__(self, slot: str) -> str:
        return str(getattr(self, slot)())

    def some(self, count: int) -> list[str]:
        """Draw words, frequent ones more often."""
        return self.chance.choices(self.vocabulary, cum_weights=self.weights, k=count)

    def words(self) -> str:
        return " ".join(
            _altered(word, self.chance) if self.chance.random() < _ALTERED else word
            for word in self.some(self.chance.randint(1, 13))
        )

    def rare(self) -> str:
        """Make up a word that no vocabulary has."""
        return "".join(self.chance.choices(_SYLLABLES, k=4))

    def user(self) -> str:
        return f"{self.rare()}_{self.chance.randrange(100)}"

    def link(self) -> str:
        return "http://example.com/" + "".join(self.chance.choices(string.ascii_letters, k=8))

    def tag(self) -> str:
        """Return two words in one: "WorstDay", or "worstday", which the tokeniser must split."""
        first, second = self.some(2)
        if self.chance.random() < 0.5:
            return first.capitalize() + second.capitalize()
        return first + second

    def long(self) -> str:
        (word,) = self.some(1)
        return word + word[-1] * self.chance.randint(2, 6)

    def shout(self) -> str:
        return " ".join(self.some(self.chance.randint(1, 3))).upper()

    def end(self) -> str:
        return self.chance.choice(_ENDS)

    def smile(self) -> str:
        return self.chance.choice(_SMILES)

    def emoji(self) -> str:
        return self.chance.choice(_EMOJI)


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
