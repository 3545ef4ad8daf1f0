"""What a person chooses about the network and its training; a slip shows at once."""

from __future__ import annotations

from dataclasses import dataclass

from helder.core import Architecture
from helder.core.checking import check_count, check_number
from helder.errors import ArgumentError
from helder.learn import Settings
from helder.model.recipes import NETWORK, TRAINING, Adjusted, Plain, recipe_with
from helder.model.scores import check_metric
from helder.model.trying import Tries, check_tries
from helder.model.tuning import seconds_for


@dataclass(frozen=True)
class Choices:
    """What a person chooses in place of the recipe; what is None is left to it.

    Args:
        hidden: Units of each hidden layer; () is the linear model.
        activation: Of every hidden layer.
        epochs: At most; the rows that choose the epoch may end training before that.
        learning_rate: The size of a step.
        batch_size: Rows per update.
        metric: What to report as the score, and what chooses the epoch; None for the usual score,
            and for the loss.
        seed: Where every draw comes from.
        tries: Hyperparameters by name, and the values to try of each, every combination of them.
        time_limit: How many seconds reading, training and scoring may take; None for no limit.
        tune: Whether to try candidates around the recipe in that time, and keep the best few.

    Raises:
        ArgumentError: Something that cannot be chosen.
    """

    hidden: tuple[int, ...] | None = None
    activation: str | None = None
    epochs: int | None = None
    learning_rate: float | None = None
    batch_size: int | None = None
    metric: str | None = None
    seed: int = 0
    tries: Tries = ()
    time_limit: float | None = None
    tune: bool = False

    def __post_init__(self) -> None:
        # A slip shows before a file is read, not after.
        own = self.over(Plain.name)
        Architecture(**{"inputs": 1, "hidden": Plain.hidden, "outputs": 2, **own.network})
        Settings(**own.training)
        check_count("seed", self.seed, least=0)
        if self.metric is not None:
            check_metric(self.metric)
        check_tries(self.tries)
        if self.time_limit is not None:
            check_number("time_limit", self.time_limit, above=0)
        if self.tune and self.tries:
            raise ArgumentError("--tune chooses what to try by itself", got=self.tries)
        if self.hidden == () and any(name == "dropout" for name, _ in self.tries):
            raise ArgumentError("without a hidden layer there is no dropout to try", got=self.tries)

    @property
    def seconds(self) -> float | None:
        """How many seconds there are."""
        return seconds_for(self.time_limit, tune=self.tune)

    def over(self, recipe: str) -> Adjusted:
        """The recipe of this name, with what is chosen in its place."""
        names = (*NETWORK, *TRAINING)
        return recipe_with(recipe, {name: getattr(self, name, None) for name in names})
