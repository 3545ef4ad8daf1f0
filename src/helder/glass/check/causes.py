"""Every mistake that a check can name, and the verdict that each deserves.

The words for each stand in `text/en/causes.toml`, and a page for each in `docs/causes/`.
"""

from __future__ import annotations

OK, FRAGILE, CONVENTION, WRONG, CANNOT_TELL = "ok", "fragile", "convention", "wrong", "cannot tell"
NOTE = "note"  # said with a question mark: it was read in the code, not measured

# From the one that matters most: what a function with several causes is called.
VERDICTS = (WRONG, FRAGILE, CONVENTION, CANNOT_TELL, OK)

CAUSES: dict[str, str] = {
    # functions
    "softmax-whole-matrix": WRONG,
    "softmax-axis": WRONG,
    "softmax-unstable": FRAGILE,
    "softmax-alters-logits": WRONG,
    "sigmoid-overflow": FRAGILE,
    "activation-formula": WRONG,
    "derivative-formula": WRONG,
    "derivative-of-another-activation": WRONG,
    "derivative-z-given-a": WRONG,
    "derivative-a-given-z": WRONG,
    "relu-slope-threshold": WRONG,
    "operator-precedence": WRONG,
    "overwrites-argument": FRAGILE,
    "missing-self": WRONG,
    "list-not-array": WRONG,
    "loss-formula": WRONG,
    "loss-log-of-label": WRONG,
    "loss-ignores-labels": WRONG,
    "loss-sign": WRONG,
    "loss-second-term": WRONG,
    "loss-log-of-zero": FRAGILE,
    "loss-broadcast": WRONG,
    "one-hot-width": FRAGILE,
    "labels-shifted": WRONG,
    "labels-as-text": WRONG,
    "argmax-axis": WRONG,
    "threshold-for-classes": WRONG,
    # the whole network
    "zero-init": WRONG,
    "forward-misses-bias": WRONG,
    "layers-not-chained": WRONG,
    "softmax-derivative-twice": WRONG,
    "missing-output-derivative": CONVENTION,
    "missing-hidden-derivative": WRONG,
    "hidden-error-from-raw-error": WRONG,
    "weights-not-transposed": WRONG,
    "weight-gradient-input": WRONG,
    "bias-gradient-scalar": WRONG,
    "bias-gradient-one-row": WRONG,
    "bias-shape-grows": WRONG,
    "gradient-scale": WRONG,
    "gradient-divided-twice": WRONG,
    "gradient-zero": WRONG,
    "gradient-copied": WRONG,
    "gradient-not-accumulated": WRONG,
    "gradient-not-reset": WRONG,
    "backward-order": WRONG,
    "update-before-use": WRONG,
    "update-sign": WRONG,
    "parameter-not-updated": WRONG,
    "optimizer-formula": WRONG,
    "optimizer-bias-correction": CONVENTION,
    "loss-not-the-one-optimised": CONVENTION,
    "hard-coded-size": FRAGILE,
    # read in the code
    "shuffled-apart": NOTE,
    "test-is-train": NOTE,
    "scaled-before-split": NOTE,
    "test-scaled-by-itself": NOTE,
    "one-model-for-all-folds": NOTE,
    "removed-numpy-name": NOTE,
    "python-2": NOTE,
}


def heaviest(verdicts: list[str]) -> str:
    """The verdict that counts where there are several; `cannot tell` where there is none."""
    return min(verdicts, key=VERDICTS.index, default=CANNOT_TELL)
