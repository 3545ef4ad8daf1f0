"""A multilayer perceptron: an architecture, its numbers, and what one does with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from helder.core.architecture import Architecture
from helder.core.checking import check_count
from helder.core.network import Network, shares
from helder.core.parameters import Gradients, Parameters
from helder.core.tape import Tape
from helder.core.targets import numbers
from helder.engine import Optimizer, Rows, engine_named, quiet
from helder.engine.rows import check_finite
from helder.engine.streams import fill_mask
from helder.errors import ArgumentError, ShapeError
from helder.learn.history import History, MembersHistory
from helder.learn.members import Member, members_of
from helder.learn.predictor import Predictor, mean
from helder.learn.schedules import Schedule
from helder.learn.settings import Settings
from helder.learn.training import train
from helder.learn.watch import Listener
from helder.learn.weights import ClassWeight, row_weights
from helder.typing import Array, Floats, Integers

DTYPES = ("float32", "float64", "f4", "f8", "float")


class MultilayerPerceptron:
    """A network of dense layers, with its weights.

    Args:
        architecture: The description of the network.
        seed: Where first weights, shuffles and dropout masks come from.
        dtype: The type of the numbers, float32 or float64.
        engine: What computes: "numpy", "native", or "auto" for the native one where it is there.
        parameters: Numbers that are there already; None to draw first ones.
        members: How many networks to train side by side, or what sets each of them apart; they
            predict with their mean.

    Attributes:
        weights: W of every layer, each (n_in, n_out); writing to them changes the network.
        biases: b of every layer, each (1, n_out).

    Example:
        net = MultilayerPerceptron(Architecture(inputs=6, hidden=(3, 2), outputs=3), seed=0)
        history = net.train(X, y, learning_rate=0.01, epochs=200)
        net.predict(X)
    """

    def __init__(
        self,
        architecture: Architecture,
        *,
        seed: int = 0,
        dtype: npt.DTypeLike = np.float32,
        engine: str = "auto",
        parameters: Parameters | None = None,
        members: int | Sequence[Member] = 1,
    ) -> None:
        if not isinstance(architecture, Architecture):
            raise ArgumentError(
                "a network is made from its architecture",
                got=architecture,
                accepted="Architecture(inputs=6, hidden=(3, 2), outputs=3)",
            )
        if str(getattr(dtype, "__name__", dtype)) not in DTYPES:
            raise ArgumentError("no such dtype", got=str(dtype), accepted="float32, float64")
        self.architecture, self.seed, self.dtype = architecture, seed, np.dtype(dtype)
        self.engine = engine_named(engine)
        self.network = Network(architecture.layers, architecture.loss)
        if parameters is not None:
            there = len(parameters.values)
            members = there if isinstance(members, int) else members
            if len(members_of(members)) != there:
                raise ArgumentError(
                    "every network is a member", got=members, accepted=f"{there} of them"
                )
        self.members = members_of(members)
        if parameters is None:
            first = [member.first(k, seed) for k, member in enumerate(self.members)]
            parameters = Parameters.initial(self.network.layers, first, self.dtype)
        self.parameters = parameters

    @property
    def weights(self) -> list[Floats]:
        """W of every layer, each (n_in, n_out), as views: writing to them changes the network."""
        return self.parameters.weights()

    @property
    def biases(self) -> list[Floats]:
        """b of every layer, each (1, n_out), as views."""
        return self.parameters.biases()

    def member(self, k: int, architecture: Architecture | None = None) -> MultilayerPerceptron:
        """Network k alone, with a copy of its weights.

        Args:
            k: Its number, from 0.
            architecture: One that differs in nothing but dropout and penalties; None for this one.
        """
        mine = self.parameters
        check_count("k", k, most=len(mine.values) - 1, least=0)
        shape = architecture or self.architecture
        alone = Parameters(
            shape.layers, mine.values[k : k + 1].copy(), mine.statistics[k : k + 1].copy()
        )
        return MultilayerPerceptron(
            shape,
            seed=self.seed,
            dtype=self.dtype,
            engine=self.engine.name,
            parameters=alone,
            members=[self.members[k]],
        )

    def forward(self, X: npt.ArrayLike) -> Tape:
        """One pass as in training: dropout draws its masks, a batch is normalised by itself.

        The masks are always those of the first batch, so that two looks show the same.

        The network stays as it is; its running statistics are written by `train` alone.

        Args:
            X: Inputs, (B, n_in).

        Returns:
            The tape; `activations, zs = tape`, where `activations[0]` is X and `activations[-1]`
            the prediction.

        Raises:
            ShapeError: X has another number of columns than the network has inputs.
            ArgumentError: X holds text.
        """
        X = self._inputs(X)
        tape = self.network.tape(len(X), self.dtype, input_gradient=True)
        for layer, rate, mask in tape.masks:
            fill_mask(mask, rate, self.seed, 0, 0, 0, layer)
        # A pass writes the running statistics; one that is only looked at writes a copy of them.
        mine = self.parameters
        looking = Parameters(mine.layers, mine.values, mine.statistics.copy())
        with quiet():
            return self.network.forward(X, looking.thetas(), tape)

    def backpropagation(
        self, tape: Tape | list[Floats], *rest: Any, sample_weight: npt.ArrayLike | None = None
    ) -> Gradients:
        """The gradient of the mean loss, as `backpropagation(tape, y)`.

        `backpropagation(activations, zs, y)` works too, where two lists hold all that is needed:
        in a network without dropout and normalisation.

        Returns:
            Gradients with `.weights[i]` (n_in, n_out) and `.biases[i]` (1, n_out).

        Raises:
            ArgumentError: The lists do not suffice, or y does not fit.
        """
        if len(rest) != (1 if isinstance(tape, Tape) else 2):
            raise ArgumentError(
                "backpropagation needs what the forward pass kept, and the targets",
                accepted="backpropagation(tape, y) or backpropagation(activations, zs, y)",
            )
        if not isinstance(tape, Tape):
            tape = self.network.tape_of(tape, rest[0], self.dtype)
        self._check_tape(tape)
        y = self._targets(rest[-1], tape.rows)
        share = shares(self._weights(tape.rows, sample_weight, None, y))
        with quiet():
            self.network.backward(y, share, self.parameters.thetas(), tape)
        return Gradients(self.network.layers, tape.gradients.flat.copy())  # the tape's are reused

    def loss(
        self, tape: Tape, y: npt.ArrayLike, *, sample_weight: npt.ArrayLike | None = None
    ) -> float:
        """The mean loss of the rows on a tape, with the penalties of L1 and L2."""
        self._check_tape(tape)
        y = self._targets(y, tape.rows)
        share = shares(self._weights(tape.rows, sample_weight, None, y))
        return float(self.network.value(y, share, self.parameters.thetas(), tape))

    def train(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        learning_rate: float = Settings.learning_rate,
        epochs: int = Settings.epochs,
        batch_size: int | None = Settings.batch_size,
        optimizer: str | Optimizer = Settings.optimizer,
        schedule: str | Schedule = Settings.schedule,
        clip_norm: float | None = Settings.clip_norm,
        sample_weight: npt.ArrayLike | None = None,
        class_weight: ClassWeight | None = None,
        X_val: npt.ArrayLike | None = None,
        y_val: npt.ArrayLike | None = None,
        sample_weight_val: npt.ArrayLike | None = None,
        patience: int = Settings.patience,
        listener: Listener | None = None,
        look_inside: bool = False,
    ) -> History:
        """Trains the network, going on from the weights that it has.

        Args:
            X: Inputs, (N, n_in).
            y: Class numbers (N,), one-hot rows (N, C), or numbers (N,) or (N, n_out).
            learning_rate: The size of a step, before the schedule.
            epochs: How often to go through the rows, at most.
            batch_size: Rows per update; None for all rows at once.
            optimizer: "sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw", "lbfgs", or an
                optimizer such as `Momentum(0.95)`. L-BFGS takes all rows at once and finds its
                own steps: of the above and below it uses `epochs` alone.
            schedule: "constant", "step", "cosine", "warm_up", "one_cycle", or a function of the
                progress.
            clip_norm: The longest gradient; None for no limit.
            sample_weight: What each row counts, (N,).
            class_weight: What each class number counts, or "balanced".
            X_val, y_val, sample_weight_val: Rows that choose the epoch: training stops when their
                loss has got no better for `patience` epochs, and the best weights are kept.
            patience: See X_val.
            listener: Called with the record of every epoch; a text that it returns ends training.
            look_inside: Whether each record says how the layers fare, as `helder.diagnose` reads.

        Returns:
            The history: `history.losses`, `history.best`, `history.stopped`.

        Raises:
            ShapeError: X or y does not fit the network.
            ArgumentError: A value that cannot be used.
        """
        settings = Settings(
            learning_rate,
            epochs,
            batch_size,
            optimizer,
            schedule,
            clip_norm,
            patience,
            self.seed,
            look_inside=look_inside,
        )
        rows = self._rows(X, y, sample_weight, class_weight)
        if (X_val is None) != (y_val is None):
            raise ArgumentError("rows that choose the epoch need both", accepted="X_val and y_val")
        held_out = None
        if X_val is not None and y_val is not None:
            held_out = self._rows(X_val, y_val, sample_weight_val, None)
        histories = train(
            self.network,
            self.parameters,
            rows,
            settings,
            held_out,
            listener,
            members=self.members,
            engine=self.engine,
        )
        return histories[0] if len(histories) == 1 else MembersHistory.of(histories)

    def predict_proba(self, X: npt.ArrayLike) -> Floats:
        """Probabilities, (N, n_out): of each class, or of yes for each output of a sigmoid.

        Raises:
            ArgumentError: The network predicts numbers, not probabilities.
        """
        if self.network.loss.link_name not in ("softmax", "sigmoid"):
            raise ArgumentError(
                "this network predicts numbers, not probabilities",
                got=self.network.loss.name,
                accepted="an output of softmax or sigmoid",
                hint="use predict(X)",
            )
        return self._predicted(X)

    def predict(self, X: npt.ArrayLike) -> Array:
        """The prediction for every row.

        Returns:
            Softmax: class numbers, (N,). Sigmoid: 0 or 1, (N,), or (N, n_out) for several
            outputs. Otherwise numbers, (N,), or (N, n_out) for several outputs.
        """
        p = self._predicted(X)  # (N, n_out)
        if self.network.loss.link_name == "softmax":
            return np.argmax(p, axis=1)  # (N,)
        if self.network.loss.link_name == "sigmoid":
            p = (p > 0.5).astype(np.int64)
        return p[:, 0] if p.shape[1] == 1 else p

    def predictor(self) -> Predictor:
        """What predicts one row at a time, everything made ready for it.

        Raises:
            ArgumentError: The loss has a link that the engine cannot run.

        Example:
            predictor = net.predictor()
            p = predictor(row)  # (n_out,), where the row is (n_in,)
        """
        return Predictor(self.engine, self.network, self.parameters)

    def _predicted(self, X: npt.ArrayLike) -> Floats:
        X = self._inputs(X)
        with self.engine.alone():
            X = X.astype(self.dtype, copy=False)
            check_finite("X", X)
            return mean(
                self.engine.predictions(self.network, self.parameters, X, k)
                for k in range(len(self.parameters.values))
            )  # (N, n_out)

    def _check_tape(self, tape: Tape) -> None:
        if not isinstance(tape, Tape) or tape.layers != self.network.layers:
            raise ArgumentError(
                "this is no tape of this network",
                got=type(tape).__name__,
                accepted="what net.forward(X) returned",
            )

    def _inputs(self, X: npt.ArrayLike) -> Array:
        X = numbers(X, "X")
        if X.ndim != 2 or X.shape[1] != self.architecture.inputs:
            raise ShapeError(
                f"X does not fit a network with {self.architecture.inputs} inputs",
                got=X.shape,
                accepted=f"(rows, {self.architecture.inputs})",
            )
        return X

    def _targets(self, y: npt.ArrayLike, rows: int) -> Floats:
        y = self.network.loss.target(y, self.architecture.outputs).astype(self.dtype)
        if len(y) != rows:
            raise ShapeError("X and y have different numbers of rows", got=(rows, len(y)))
        return y  # (N, n_out)

    def _rows(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None,
        class_weight: ClassWeight | None,
    ) -> Rows:
        X = self._inputs(X).astype(self.dtype)
        y = self._targets(y, len(X))
        if not len(X):
            raise ShapeError("there are no rows to learn from", got=X.shape)
        for what, values in (("X", X), ("y", y)):
            check_finite(what, values)
        return Rows(X, y, self._weights(len(X), sample_weight, class_weight, y))

    def _weights(
        self,
        rows: int,
        sample_weight: npt.ArrayLike | None,
        class_weight: ClassWeight | None,
        y: Floats,
    ) -> Floats:
        labels: Integers | None = None
        if self.network.loss.link_name == "softmax":
            labels = np.argmax(y, axis=1)
        elif self.network.loss.link_name == "sigmoid" and self.architecture.outputs == 1:
            labels = np.round(y[:, 0]).astype(np.int64)
        return row_weights(rows, sample_weight, class_weight, labels).astype(self.dtype)

    def __repr__(self) -> str:
        return f"MultilayerPerceptron(layer_sizes={self.architecture.layer_sizes})"
