"""Writes an architecture down in a form that JSON can hold, and reads it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from helder.core.activations import Activation
from helder.core.architecture import Architecture, Hidden
from helder.core.fronts import FRONTS
from helder.core.losses import Loss, loss_named, settings
from helder.errors import pick

LATER = {"parametrisation": "standard", "front": []}  # what the first descriptions did not have


def to_dict(architecture: Architecture) -> dict[str, Any]:
    """The description; formulas of a person's own appear by their name."""
    described = {
        "inputs": architecture.inputs,
        "hidden": [layer_to_dict(layer) for layer in architecture.hidden_layers],
        "outputs": architecture.outputs,
        "loss": {"name": architecture.loss.name, **settings(architecture.loss)},
        "l1": architecture.l1,
        "l2": architecture.l2,
        "initialiser": architecture.initialiser,
    }
    later = {
        "parametrisation": architecture.parametrisation,
        "front": [front_to_dict(layer) for layer in architecture.front],
    }
    return described | {name: value for name, value in later.items() if value != LATER[name]}


def from_dict(described: Mapping[str, Any], own: Mapping[str, Activation | Loss]) -> Architecture:
    """The architecture that `to_dict` described, with formulas of a person's own by name."""
    described = LATER | dict(described)
    hidden = [
        Hidden(**{**layer, "activation": own.get(layer["activation"], layer["activation"])})
        for layer in described["hidden"]
    ]
    chosen = dict(described["loss"])
    name = chosen.pop("name")
    # Every loss of the book is a dataclass, which the protocol of losses does not ask for.
    loss = own.get(name) or replace(loss_named(name), **chosen)  # type: ignore[type-var]
    names = ("inputs", "outputs", "l1", "l2", "initialiser", "parametrisation")
    front = [
        pick(layer.get("name"), FRONTS, "layer in front")(
            **{key: value for key, value in layer.items() if key != "name"}
        )
        for layer in described["front"]
    ]
    # A file's values have any type; Architecture checks each.
    rest = {key: described[key] for key in names}
    return Architecture(hidden=tuple(hidden), output=loss, front=front, **rest)  # type: ignore[arg-type]


def front_to_dict(layer: Any) -> dict[str, Any]:
    """A layer in front as a dict."""
    (name,) = [known for known, kind in FRONTS.items() if type(layer) is kind]
    return {"name": name, **asdict(layer)}


def layer_to_dict(layer: Hidden) -> dict[str, Any]:
    """A filled-in hidden layer as a dict, its activation by name."""
    assert isinstance(layer.activation, Activation)
    values = {field.name: getattr(layer, field.name) for field in fields(layer)}
    if not values["parametric"]:
        del values["parametric"]  # the first descriptions did not have it
    return values | {"activation": layer.activation.name}
