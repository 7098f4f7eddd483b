"""The other side of the start-up benchmark: the same network, loaded and asked by Keras alone.

python benchmarks/keras_predict.py MODEL.keras ID [ID ...]
"""

import sys

import numpy as np
from keras_load import load

print(load(sys.argv[1]).predict(np.array([sys.argv[2:]], np.int32), verbose=0)[0])
