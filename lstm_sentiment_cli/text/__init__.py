"""Text to token ids, and back to the characters they came from."""
