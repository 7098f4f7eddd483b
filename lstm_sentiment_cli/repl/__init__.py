"""Type a sentence, see its probabilities."""
