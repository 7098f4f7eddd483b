"""Text that came from outside, made harmless for a terminal."""

import re

# C0 and DEL, C1 (a terminal reads U+009B as ESC [), the bidirectional embeddings, overrides and
# isolates (they reorder what stands beside them), line and paragraph separators, and lone
# surrogates (no encoding can print them).
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SPACES = {"\t": " ", "\n": " ", "\r": " ", "\u2028": " ", "\u2029": " "}


def visible(text: str) -> str:
    r"""Return text as one line a terminal cannot act on: "a\nb\x1b[31m" → "a b\ufffd[31m"."""
    return _UNSAFE.sub(lambda match: _SPACES.get(match[0], "\ufffd"), text)
