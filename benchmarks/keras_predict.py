"""The other side of the start-up benchmark: the same network, loaded and asked by Keras alone.

python benchmarks/keras_predict.py MODEL.keras ID [ID ...]
"""

import sys

import keras
import numpy as np

model = keras.saving.load_model(sys.argv[1], compile=False)
print(model.predict(np.array([sys.argv[2:]], np.int32), verbose=0)[0])
