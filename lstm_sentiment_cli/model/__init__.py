"""The model folder: all that is needed after training."""
