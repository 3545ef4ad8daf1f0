"""The array types of the package, and the one table of what each symbol means.

    x  (B, n_in)    input of a layer             K  networks side by side
    W  (n_in, n_out) weights                     N  rows of the data
    b  (1, n_out)   biases                       B  rows of a batch
    z  (B, n_out)   pre-activation               P  parameters of one network
    a  (B, n_out)   activation                   C  classes
    y  (B, n_out)   target
    p  (B, n_out)   prediction: probabilities, or the mean

The gradient of the loss with respect to `thing` is called `dthing`, always.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.integer[Any]]
Shape = tuple[int, ...]
