"""What an estimator lets a person see of its networks: one row, and whether gradients are right."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from helder.estimators.targets import Classes, Target
from helder.glass.agreement import GradientCheck
from helder.glass.gradients import check
from helder.learn import MultilayerPerceptron, Rows
from helder.model.trace import LEARNING_RATE, Trace, trace
from helder.table import TablePlan
from helder.typing import Floats


class SeeThrough:
    """Methods of a fitted estimator that look into its networks."""

    net_: MultilayerPerceptron
    plan_: TablePlan
    _target: Target
    _called: tuple[str, ...]

    def trace(
        self,
        row: Any,
        target: Any = None,
        *,
        member: int = 1,
        learning_rate: float = LEARNING_RATE,
    ) -> Trace:
        """One row through one network in prediction: every number, forward and back again.

        Args:
            row: X of one row, as `predict` takes it: a frame or an array of shape (1, columns).
            target: The y of the row, such as "good", 7.5, or one value for each output; without
                it there is no loss and no way back.
            member: Which of the networks, from 1.
            learning_rate: Of the update by plain gradient descent.

        Returns:
            The trace: `trace.layers[i]["z"]` and the like, read from one recorded tape.

        Raises:
            NotFittedError: It has not been fitted.
            ShapeError: X has not one row.
            ArgumentError: There is no such member or class, or the rate cannot be used.
            DataError: A cell does not fit its column.

        Example:
            model.trace(frame.head(1), "good").layers[0]["W"]
        """
        inputs = self._inputs(row)  # (1, n_in)
        y = None if target is None else self._target.encode(np.asarray([target]))  # (1, n_out)
        names = (
            map(str, self._target.classes) if isinstance(self._target, Classes) else self._called
        )
        outputs = tuple(names)
        return trace(
            self.net_,
            inputs,
            y,
            member=member,
            learning_rate=learning_rate,
            inputs=self.plan_.input_names,
            # One class alone has a second output beside it, without a name.
            outputs=outputs if len(outputs) == self.net_.network.outputs else (),
        )

    def check_gradients(self, X: Any, y: Any, *, member: int = 1) -> GradientCheck:
        """Holds backpropagation in one network against differences of the loss, on a few rows.

        Args:
            X, y: Rows as `fit` takes them.
            member: Which of the networks, from 1.

        Returns:
            Every number that was looked at, and the verdict: see `helder.glass.gradients.check`.

        Raises:
            NotFittedError: It has not been fitted.
            ArgumentError: There is no such member, or y has what no row of `fit` had.

        Example:
            print(model.check_gradients(X, y))
        """
        check_is_fitted(self)
        rows = self._encoded(X, y, None)
        return check(self.net_, rows.X, rows.y, member=member)

    def _inputs(self, X: Any) -> Floats:
        """The inputs of rows, (N, inputs)."""
        raise NotImplementedError

    def _encoded(self, X: Any, y: Any, sample_weight: Any) -> Rows:
        """Rows and their targets as the networks take them."""
        raise NotImplementedError
