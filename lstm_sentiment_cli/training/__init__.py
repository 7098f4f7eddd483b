"""From labelled examples to a model, with TensorFlow and Keras."""
