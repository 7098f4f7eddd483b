"""From labelled examples to a model: the only folder that knows TensorFlow."""
