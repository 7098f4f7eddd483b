"""From texts to probabilities, without TensorFlow."""
