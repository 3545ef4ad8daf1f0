"""An adapter: eight lines that say how somebody's network is used, in their own names."""

from __future__ import annotations

from collections.abc import Sequence

from helder.glass.check.definitions import Definition
from helder.glass.check.network import roles
from helder.glass.check.sources import Sources

TEMPLATE = """\
from {module} import *

def make():  # a network with {inputs} inputs, {hidden} hidden units and {outputs} outputs
    return {made}
def parameters(net):  # its own arrays, in the order W1, b1, W2, b2
    return {listed}
def forward(net, X):  # X is (rows, {inputs}); gives (rows, {outputs})
    return {forward}
def step(net, X, Y, learning_rate):  # one update on all rows; Y is one-hot, (rows, {outputs})
    {step}
"""


def adapter_for(definitions: Sequence[Definition], sources: Sources) -> str:
    """The adapter to paste into a file of its own beside the person's, their names filled in."""
    module = sources.main.path.stem
    classes = [d for d in definitions if d.kind == "class"]
    owner = next((c for c in classes if methods(c, definitions, roles.FORWARD)), None)
    if owner is not None:
        return of_class(owner, definitions, module)
    functions = [d for d in definitions if d.kind == "function"]
    return of_functions(functions, module)


def methods(owner: Definition, definitions: Sequence[Definition], pattern: str) -> list[Definition]:
    """The methods of a class whose names mean this."""
    return [d for d in definitions if d.owner == owner.path and roles.means(pattern, d.name)]


def of_class(owner: Definition, definitions: Sequence[Definition], module: str) -> str:
    forward = methods(owner, definitions, roles.FORWARD)[0]
    steps = methods(owner, definitions, roles.TRAIN) or methods(owner, definitions, roles.BACKWARD)
    step = steps[0] if steps else forward
    return TEMPLATE.format(
        module=module,
        inputs=4,
        hidden=5,
        outputs=3,
        made=called(owner.path, owner),
        listed="[net.W1, net.b1, net.W2, net.b2]",
        forward=called(f"net.{forward.name}", forward),
        step=called(f"net.{step.name}", step),
    )


def of_functions(functions: Sequence[Definition], module: str) -> str:
    def first(pattern: str) -> Definition | None:
        return next((d for d in functions if roles.means(pattern, d.name)), None)

    maker, forward, step = (
        first(pattern) for pattern in (roles.MAKING, roles.FORWARD, roles.TRAIN)
    )
    return TEMPLATE.format(
        module=f"{module}",
        inputs=4,
        hidden=5,
        outputs=3,
        made=called(maker.path, maker) if maker else "...",
        listed="[net['W1'], net['b1'], net['W2'], net['b2']]",
        forward=called(forward.path, forward) if forward else "...",
        step=called(step.path, step) if step else "...",
    )


def called(name: str, definition: Definition) -> str:
    """A call of a function, its parameters as we can fill them."""
    filled = {
        "X": "X", "Y": "Y", "rate": "learning_rate", "epochs": "1", "parameters": "net",
        "batch": "len(X)", "rows": "len(X)", "output": "forward(net, X)",
    }  # fmt: skip
    sizes = {"n_in": "4", "n_hidden": "5", "n_out": "3", "sizes": "[4, 5, 3]"}
    arguments = []
    for parameter in definition.parameters:
        if parameter.kind in ("args", "kwargs"):
            continue
        what = roles.role(parameter.name)
        size = roles.size_role(parameter.name)
        value = sizes.get(size or "") if definition.kind == "class" else None
        value = value or filled.get(what or "") or sizes.get(size or "")
        if value is None and parameter.default is not None:
            continue
        arguments.append(f"{parameter.name}={value or '...'}")
    return f"{name}({', '.join(arguments)})"
