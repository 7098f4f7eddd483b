"""Hyperparameters chosen on cross-validation; Keras Tuner proposes, we measure."""
