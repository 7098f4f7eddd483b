"""What happens to a share of the rows: which ones, their texts decide, so the same in every run."""

import hashlib
import zlib

from lstm_sentiment_cli.text.patterns import EMOTICON


def is_taken(text: str, share: float) -> bool:
    """Return whether a row is among the share of a file that is taken, wherever it stands."""
    if share >= 1:
        return True
    # Not crc32, not even a salted one: for texts of one length that is the same number with some
    # bits turned over, and the rows taken would be those that lose their emoticons.
    digest = hashlib.blake2b(text.encode(), digest_size=8, person=b"share")
    return int.from_bytes(digest.digest()) < share * 2**64


def without_emoticons(text: str, share: float) -> str:
    """Return the text, without emoticons if it is among the share that loses them."""
    return strip_emoticons(text) if share and zlib.crc32(text.encode()) < share * 2**32 else text


def strip_emoticons(text: str) -> str:
    """Remove emoticons and the spaces they leave: "good :) film :D" → "good film"."""
    kept, end = [], 0
    for match in EMOTICON.finditer(text):
        kept.append(text[end : match.start()].strip())
        end = match.end()
    return " ".join(filter(None, [*kept, text[end:].strip()])) if kept else text
