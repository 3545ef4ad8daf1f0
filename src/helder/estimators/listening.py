"""What is told during a fit: a line for every epoch, and scikit-learn's callbacks."""

from __future__ import annotations

import functools
from collections.abc import Callable
from time import monotonic
from typing import Any

from helder.learn import Epoch
from helder.learn.watch import Listener

__all__ = ["CallbackSupportMixin", "Progress", "Told", "with_callbacks"]

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:  # scikit-learn before 1.9 has none

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Stands in for scikit-learn's."""

    def with_callbacks(method: Callable[..., Any]) -> Callable[..., Any]:
        """The method, called through as many functions as scikit-learn's."""

        @functools.wraps(method)
        def called(*given: Any, **named: Any) -> Any:
            return method(*given, **named)

        return called


STOPPED = "a callback"  # why a training stopped that a callback ended


class Progress:
    """Prints a line for every epoch: its losses, and how long the rest takes at most.

    Args:
        epochs: How many there will be, if nothing ends training before; None where nobody knows.
    """

    def __init__(self, epochs: int | None) -> None:
        self.epochs, self.done, self.began = epochs, 0, monotonic()

    def __call__(self, record: Epoch) -> None:
        self.done += 1
        parts = [f"epoch {record.epoch}", f"loss {record.loss:.4f}"]
        if record.val_loss is not None:
            parts.append(f"held out {record.val_loss:.4f}")
        if self.epochs is not None:
            left = (monotonic() - self.began) / self.done * max(self.epochs - self.done, 0)
            parts.append(f"at most {left:.0f} s left")
        print("  ".join(parts), flush=True)


class Callbacks:
    """Tells scikit-learn's callbacks of a fit and of its epochs; one that says so ends training.

    Only the end of the fit has a fitted estimator to show: after an epoch there are several
    networks, of which nobody knows yet which weights will be kept.

    Args:
        estimator: Whose callbacks they are.
        X, y: What it is fitted to.
        epochs: How many there will be at most; None where nobody knows.
    """

    def __init__(self, estimator: Any, X: Any, y: Any, epochs: int | None) -> None:
        self.what = {"estimator": estimator, "X": X, "y": y}
        self.whole = estimator._init_callback_context(max_subtasks=epochs)
        self.whole.call_on_fit_task_begin(**self.what)

    def __call__(self, record: Epoch) -> str | None:
        epoch = self.whole.subcontext(task_name="epoch")
        epoch.call_on_fit_task_begin(**self.what)
        return STOPPED if epoch.call_on_fit_task_end(**self.what) else None

    def end(self) -> None:
        """Says that the estimator is fitted."""
        self.whole.call_on_fit_task_end(**self.what, reconstruction_attributes={})


class Told:
    """Everybody who is told of a fit, as one listener.

    Args:
        estimator: What is fitted: its `verbose`, and its callbacks.
        X, y: What it is fitted to.
        epochs: How many there will be at most; None where nobody knows.
    """

    def __init__(self, estimator: Any, X: Any, y: Any, epochs: int | None) -> None:
        self.progress = Progress(epochs) if estimator.verbose else None
        self.callbacks: Callbacks | None = None
        if getattr(estimator, "_skl_callbacks", None):
            self.callbacks = Callbacks(estimator, X, y, epochs)

    def __call__(self, record: Epoch) -> str | None:
        if self.progress is not None:
            self.progress(record)
        return None if self.callbacks is None else self.callbacks(record)

    def end(self) -> None:
        """Says that the estimator is fitted."""
        if self.callbacks is not None:
            self.callbacks.end()

    @property
    def listener(self) -> Listener | None:
        """Itself, or None where there is nobody to tell."""
        return self if self.progress is not None or self.callbacks is not None else None
