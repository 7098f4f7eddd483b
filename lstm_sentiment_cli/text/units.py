"""What people see as one thing in a text: the tokens of a word, or of a run of emoji, together."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from lstm_sentiment_cli.text.normalizer import decode_entities, decode_with_offsets
from lstm_sentiment_cli.text.patterns import EMOJI
from lstm_sentiment_cli.text.tokenizer import CHARACTERS_PER_TOKEN, EMPTY, Token, Tokenizer

_EMOJI_RUN = re.compile(f"(?:{EMOJI.pattern})+")
# "n't", however its apostrophe is written, or without one.
_NEGATION = re.compile("n['\u2019\u02bc`]?t", re.IGNORECASE)
_JOINERS = "\u200c\u200d"


class Unit(NamedTuple):
    """Neighbouring tokens, and the characters of the original text they are seen as."""

    start: int
    end: int
    ids: tuple[int, ...]


def units(tokenizer: Tokenizer, text: str) -> list[Unit]:
    """Return the units of what the model reads: "i don't 😂😂😂" → i, don't, 😂😂😂.

    They stand in the order of the text and do not overlap; their ids, one after another, are
    those of `Tokenizer.encode`. A text without tokens has none.
    """
    decoded, offsets = decode_with_offsets(text[: tokenizer.max_tokens * CHARACTERS_PER_TOKEN])
    runs = {offsets[run.start()]: offsets[run.end()] for run in _EMOJI_RUN.finditer(decoded)}
    found: list[Unit] = []
    for token in tokenizer.tokens(text):
        if token.id == EMPTY:
            continue
        # A run holds emoji that are no tokens: the third of one kind and those behind it.
        end = _behind_marks(text, max(_end(token, offsets), runs.get(token.start, 0)))
        if found and _seen_as_one(text, found[-1], token):
            last = found.pop()
            found.append(Unit(last.start, max(last.end, end), (*last.ids, token.id)))
        else:
            found.append(Unit(token.start, end, (token.id,)))
    return found


def _end(token: Token, offsets: Sequence[int]) -> int:
    """Return where a token ends; one that is the first half of an entity ends with the entity."""
    if token.end > token.start:
        return token.end
    return offsets[bisect_right(offsets, token.start)]


def _behind_marks(text: str, end: int) -> int:
    while end < len(text) and _is_mark(text[end]):
        end += 1
    return end


def _is_mark(character: str) -> bool:
    """Return whether a character stands on or joins others: an accent, an Indic vowel sign."""
    return character in _JOINERS or unicodedata.category(character)[0] == "M"


def _seen_as_one(text: str, last: Unit, token: Token) -> bool:
    """Return whether a token is seen as a part of the unit before it."""
    if token.start < last.end:  # the words that an emoji, or a shortened hashtag, is read as
        return True
    if token.start > last.end:
        return False
    inside_a_word = _is_mark(text[last.end - 1]) and text[last.start].isalpha()
    raw = decode_entities(text[token.start : token.end])
    opens_a_hashtag = text[last.start : last.end] == "#"
    return inside_a_word or opens_a_hashtag or _NEGATION.fullmatch(raw) is not None
