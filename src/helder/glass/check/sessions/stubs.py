"""What stands in for a module that is not loaded: names can be taken from it, and little more."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from typing import Any

from helder.glass.check.reading.course_helpers import helpers_of

# Modules that only show or log: to call them does nothing, and the function goes on.
QUIET = (
    *("matplotlib", "mpl_toolkits", "pylab", "seaborn", "plotly", "bokeh", "graphviz", "pprint"),
    *("tqdm", "rich", "IPython", "ipywidgets", "logging", "wandb", "tensorboard", "tensorboardX"),
    *("colorama", "termcolor", "tabulate", "prettytable", "icecream", "loguru", "progressbar"),
)
MEASURES = "sklearn.metrics"  # of what a network gives: they do nothing to it


class MissingModuleError(ImportError):
    """The person's code calls what belongs to a module that is not loaded here."""


class StandIn:
    """A name of a module that is not loaded: `sklearn.metrics.accuracy_score`.

    To take names from it, to be a base class and to be asked for in `isinstance` all work; to call
    it, or to use it as a value, says which module is missing.
    """

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)

    def __repr__(self) -> str:
        return f"<stand-in for {self._name}>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return type(self)(f"{self._name}.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        """Settings of a module that is not there are not kept."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise self.missing()

    def __iter__(self) -> Iterator[Any]:
        raise self.missing()

    def __enter__(self) -> Any:
        raise self.missing()

    def __exit__(self, *problem: object) -> None:
        """Nothing was entered."""

    def __getitem__(self, key: Any) -> Any:
        return type(self)(f"{self._name}[...]")

    def __setitem__(self, key: Any, value: Any) -> None:
        """As for attributes."""

    def __or__(self, other: Any) -> Any:
        return self

    __ror__ = __or__

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[Any, ...]:
        return ()  # a class made from it is a class without it

    def __instancecheck__(self, value: Any) -> bool:
        return False

    def __subclasscheck__(self, value: Any) -> bool:
        return False

    def __copy__(self) -> StandIn:
        return self

    def __deepcopy__(self, memo: Any) -> StandIn:
        return self

    def missing(self) -> MissingModuleError:
        module = self._name.partition(".")[0]
        return MissingModuleError(f"{self._name} is called, and {module} is not loaded here")


class Quiet(StandIn):
    """A name of a module that only shows: all that is done with it does nothing."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        last = self._name.rpartition(".")[2]
        if last == "trange":
            return range(*args)
        if last == "tqdm" and args:
            return Shown(args[0])
        return Quiet(f"{self._name}()")

    def __iter__(self) -> Iterator[Any]:
        yield Quiet(f"{self._name}[0]")  # figure, axes = plt.subplots()
        yield Quiet(f"{self._name}[1]")

    def __enter__(self) -> Any:
        return self


class Measured(Quiet):
    """What a measure gives that is only told: a sum with it is one too, and it holds no number."""

    def _with(self, *other: Any) -> Measured:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = _with
    __rtruediv__ = __pow__ = __neg__ = __pos__ = __abs__ = __round__ = _with

    def _never(self, other: Any) -> bool:
        return False

    __lt__ = __le__ = __gt__ = __ge__ = _never

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return Measured(f"{self._name}()")

    def __format__(self, form: str) -> str:
        return repr(self)


class Shown(Quiet):
    """Values that are gone through under a bar of progress; the bar itself is not there."""

    def __init__(self, values: Any) -> None:
        super().__init__("tqdm.tqdm()")
        object.__setattr__(self, "_values", values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class StandInModule(types.ModuleType):
    """A module that is not loaded, as `import` gives it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        vars(self).update(given := helpers_of(name))
        self.__all__ = list(given)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return stand_in(f"{self.__name__}.{name}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return stand_in(self.__name__)(*args, **kwargs)  # as of `import tqdm`, and then tqdm(...)


def stand_in(name: str) -> StandIn:
    """What stands in for a name with its module: `matplotlib.pyplot.plot`."""
    if name.startswith(f"{MEASURES}."):
        return Measured(name)
    kind: Callable[[str], StandIn] = Quiet if name.partition(".")[0] in QUIET else StandIn
    return kind(name)
