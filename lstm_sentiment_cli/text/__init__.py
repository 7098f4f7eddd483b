"""Text to token ids, and back to the characters they came from."""

# Per text, in any model. It stands here because help texts name it: they need no tokeniser.
MOST_TOKENS = 10_000
