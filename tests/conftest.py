"""What tests of the book and of the engines share: a pass of random numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import settings

from helder.core import Network, Parameters
from helder.core.embedding import Embed
from helder.core.fronts import Periodic, Scale
from helder.core.network import shares
from helder.engine import Batch, NumpyEngine, engine_named
from helder.engine.choosing import native_is_here
from helder.engine.streams import fill_mask

# A slow moment of the machine is no defect of what is tested.
settings.register_profile("helder", deadline=None)
settings.load_profile("helder")


def targets_for(loss, rng, rows, outputs):
    """Targets as the loss wants them, (rows, outputs), from none that a rival loss would refuse."""
    match loss.link_name:
        case "softmax":
            return loss.target(rng.integers(outputs, size=rows), outputs)
        case "sigmoid":
            return loss.target(rng.integers(2, size=(rows, outputs)), outputs)
        case "exp":
            return loss.target(rng.integers(5, size=(rows, outputs)), outputs)
        case _:
            return loss.target(rng.normal(size=(rows, outputs)), outputs)


def front_of(name, inputs):
    """The layer in front of this name, for so many inputs; the last of several is no number."""
    numeric = max(inputs - 1, 1)
    made = {
        "scale": lambda: Scale(inputs),
        "periodic": lambda: Periodic(inputs, numeric, 4, 2),
        "embed": lambda: Embed(inputs, ((0, 1), (inputs - 1, inputs)), 3),
    }
    return made[name]()


class Pass:
    """A network with random numbers in every array, and one pass of some rows through it."""

    def __init__(self, architecture, engine=None, *, rows=6, seed=0, training=True, weighted=True):
        rng = np.random.default_rng(seed)
        layers = architecture.layers
        self.parameters = Parameters.zeros(layers, 1, float)
        self.parameters.values[...] = rng.normal(0, 0.7, self.parameters.values.shape)
        self.parameters.statistics[...] = rng.uniform(0.3, 2, self.parameters.statistics.shape)
        network = Network(layers, architecture.loss)
        self.network = network if training else network.for_prediction()
        self.thetas = self.parameters.thetas()
        self.X = rng.normal(size=(rows, architecture.inputs))
        self.y = targets_for(architecture.loss, rng, rows, architecture.outputs)
        self.share = shares(rng.uniform(0.5, 2, rows) if weighted else np.ones(rows))
        batch = Batch(self.X, self.y, self.share)
        recorded = (engine or NumpyEngine()).recorded(self.network, self.parameters, batch)
        for layer, rate, mask in recorded.masks:
            fill_mask(mask, rate, seed, 0, 0, 0, layer)
        self.loss, self.tape = recorded.run, recorded.tape

    def gradients(self):
        """By name: every array that is trained, and the inputs, each beside its gradient."""
        self.loss()
        found = {"x": (self.X, self.tape.pages[0].dx.copy())}
        chain = zip(self.network.layers, self.thetas, self.tape.pages, strict=True)
        for place, (layer, theta, page) in enumerate(chain):
            for name in layer.parameters():
                array = getattr(theta, name)
                gradient = getattr(page, f"d{name}").reshape(array.shape).copy()
                found[f"{place} {type(layer).__name__} {name}"] = array, gradient
        return found


ENGINES = ["numpy", *(["native"] if native_is_here() else [])]


@pytest.fixture(scope="session", params=ENGINES)
def engine(request):
    """Each engine in turn."""
    return engine_named(request.param)


@pytest.fixture(scope="session")
def engines():
    """All engines."""
    return [engine_named(name) for name in ENGINES]


@pytest.fixture(scope="session")
def one_pass():
    return Pass


@pytest.fixture(scope="session")
def targets():
    return targets_for


@pytest.fixture(scope="session")
def front():
    return front_of


@pytest.fixture
def rng():
    return np.random.default_rng(0)
