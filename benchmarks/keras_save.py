"""Save the network of a model folder as Keras does, for keras_predict.py to load.

python benchmarks/keras_save.py MODEL_FOLDER OUTPUT.keras
"""

import sys
from pathlib import Path

from lstm_sentiment_cli.training.backend import require_tensorflow

require_tensorflow()

from lstm_sentiment_cli.model.folder import load_artifact  # noqa: E402
from lstm_sentiment_cli.training.export import from_graph  # noqa: E402
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters  # noqa: E402
from lstm_sentiment_cli.training.network import build, write_weights  # noqa: E402

artifact = load_artifact(Path(sys.argv[1]))
knobs = Hyperparameters().replaced(artifact.manifest.hyperparameters)
model = build(knobs, len(artifact.tokenizer.vocabulary), len(artifact.manifest.labels))
write_weights(model, from_graph(artifact.graph))
model.save(sys.argv[2])
