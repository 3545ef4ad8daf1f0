"""Fits prepared rows in the way that they were prepared for: held out once, or in folds."""

from __future__ import annotations

from helder.learn.watch import Listener
from helder.model.fitted import Fitted
from helder.model.fitting import Choices, fit_once
from helder.model.folding import fit_folds
from helder.model.preparing import Prepared


def fit(prepared: Prepared, choices: Choices, listener: Listener | None = None) -> Fitted:
    """Trains the network and the linear model, and scores both.

    Args:
        prepared: The rows.
        choices: The network and its training.
        listener: Called with the record of every epoch; a text that it returns ends training.

    Raises:
        ArgumentError: A choice that cannot be used.
        HelderError: There is no network to keep, as its first epoch ran off to infinity.
    """
    if prepared.folds:
        return fit_folds(prepared, choices, listener)
    return fit_once(prepared, choices, listener)
