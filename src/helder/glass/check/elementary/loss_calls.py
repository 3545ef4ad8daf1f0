"""Which parameter of a loss takes the probabilities, which the labels, and what the others get."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from helder.glass.check.elementary.calling import Called
from helder.glass.check.elementary.file_code import FileCode, last_name
from helder.glass.check.elementary.loss_data import Batch, Situation, situations
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Outcome, Value

PREDICTED = re.compile(
    r"(?i)^(y_?_?(pred|hat|out|output|prob|p|est|tilde)\w*|ypred|yhat|pred\w*|outputs?\w*|out|prob\w*"
    r"|p|p_?hat|a|o|al|a_?l|a_?\d|a_?(out|last|final)|activations?|output_activations|scores?"
    r"|softmax\w*|guess\w*|h|hyp\w*|salida\w*|final_\w*|voorspel\w*|kans(en)?|sortie\w*|ausgabe\w*|logits?|z\d?)$"
)
TRUE = re.compile(
    r"(?i)^(y|y_?(true|actual|real|train|tr|test|te|val|dev|batch|enc|oh|hot|labels?|targets?)\w*|t|targets?\w*|labels?"
    r"|true\w*|actual|actual_y|expected\w*|truth|ground_?truth|gt|y?_?one_?hot\w*|desired\w*|correct\w*"
    r"|real|doel\w*|etiqu\w*|esperad\w*|cible\w*|soll\w*|klasse\w?|classe|clase)$"
)
# Names of what a loss may want beside these two; zeros switch a penalty off.
SAMPLES = re.compile(r"(?i)^(m|n|n_?samples|num_?samples|batch_?size|n_?examples|size)$")
CLASSES = re.compile(r"(?i)^(k|c|n_?classes|num_?classes|classes|n_?labels|output_(size|dim))$")
SMALL = re.compile(r"(?i)^(e|eps|epsilon|tiny|delta|smooth(ing)?)$")
NOTHING = re.compile(
    r"(?i)^(lambda_?\w*|lambd|lmbda|lam|reg\w*|l1\w*|l2\w*|decay|weight_decay|alpha|beta)$"
)
WEIGHTS = re.compile(r"(?i)^(parameters?|params|model|weights?\w*|w_?\d?|w_\w+|coefs_|theta_?\d?)$")
DATA = re.compile(r"(?i)^(x|xs|x_?(train|batch|data)|inputs?|data|features)$")


def no_weights() -> list[Any]:
    """Weights of nothing but zeros, in the forms in which a penalty may look for them."""
    zeros = np.zeros((2, 2))
    return [
        {f"{name}{layer}": zeros for layer in (1, 2, 3) for name in "Wb"},
        [zeros, zeros],
        zeros,
        {f"{name}{layer}": zeros for layer in (1, 2, 3) for name in "wb"},
        dict.fromkeys((1, 2, 3), zeros),
    ]


@dataclass(frozen=True)
class LossCall:
    """A loss whose arguments are in order.

    Attributes:
        slots: For each positional argument what it gets: `p`, `y`, or a value.
        attributes: Of the instance, what each gets before the call.
    """

    called: Called
    slots: tuple[Any, ...]
    attributes: Mapping[str, Any]

    def __call__(self, batch: Batch, situation: Situation) -> Outcome:
        """What it gives for a batch."""
        data = {
            "p": batch.p,
            "y": batch.y,
            "samples": batch.samples,
            "classes": situation.outputs,
        }
        for name, slot in self.attributes.items():
            self._assign(name, self._value(slot, data))
        arguments = [self._value(slot, data) for slot in self.slots]
        # A penalty or a setting that is not there is nothing, whatever it is.
        return self.called.completed(arguments, lambda name: 0.0)

    def _assign(self, name: str, value: Value) -> None:
        handle = self.called.handle
        if handle:
            self.called.instances.session.assign(f"{handle}.{name}", value)

    def with_weights(self, form: Any) -> LossCall:
        """The call with weights in one form."""

        def filled(slot: Any) -> Any:
            return form if isinstance(slot, str) and slot == "weights" else slot

        attributes = {name: filled(slot) for name, slot in self.attributes.items()}
        return LossCall(self.called, tuple(map(filled, self.slots)), attributes)

    @staticmethod
    def _value(slot: Any, data: Mapping[str, Any]) -> Value:
        return data.get(slot, slot) if isinstance(slot, str) else slot


def loss_calls(called: Called) -> list[LossCall]:
    """The ways in which a loss may be called: its likelier order of arguments first."""
    slots = _slots(called)
    attributes = dict(_attributes(called.definition)) if called.handle else {}
    if slots is None:
        return []
    found = _orders(called, slots, attributes)
    if "weights" not in [s for s in (*slots, *attributes.values()) if isinstance(s, str)]:
        return found
    forms = [[call.with_weights(form) for call in found] for form in no_weights()]
    return next((calls for calls in forms if any(map(_takes_a_batch, calls))), [])


def _takes_a_batch(call: LossCall) -> bool:
    """It gives something, for rows or columns, one-hot or not."""
    return any(call(s.batches[0], s).problem is None for s in situations() if not s.logits)


def _orders(called: Called, slots: list[Any], attributes: Mapping[str, Any]) -> list[LossCall]:
    open_slots = [i for i, slot in enumerate(slots) if isinstance(slot, str) and slot == OPEN]
    given = parts_of([*slots, *attributes.values()])
    missing = [part for part in ("p", "y") if part not in given]
    if len(open_slots) != len(missing) or len(set(given)) < len(given):
        return []
    found = []
    for order in (missing, missing[::-1])[: max(1, len(missing))]:
        filled = list(slots)
        for i, part in zip(open_slots, order, strict=True):
            filled[i] = part
        found.append(LossCall(called, tuple(filled), attributes))
    if not missing:
        swap = {"p": "y", "y": "p"}
        turned = tuple(swap.get(s, s) if isinstance(s, str) else s for s in slots)
        found.append(LossCall(called, turned, attributes))
    return found


OPEN = "?"


def names_order(definition: Definition) -> tuple[str, ...] | None:
    """`("p", "y")` or `("y", "p")`, where the names of the parameters leave no doubt."""
    order = parts_of(role(parameter.name) for parameter in definition.parameters)
    return tuple(order) if sorted(order) == ["p", "y"] else None


def parts_of(slots: Iterable[Any]) -> list[str]:
    """Of what arguments get, the probabilities and the labels, in their order."""
    return [slot for slot in slots if isinstance(slot, str) and slot in ("p", "y")]


def role(name: str) -> Any:
    """What a parameter or attribute of this name takes; `OPEN` where the name tells nothing."""
    for pattern, slot in (
        (TRUE, "y"), (PREDICTED, "p"), (SAMPLES, "samples"), (CLASSES, "classes"), (SMALL, 1e-15),
        (NOTHING, 0.0), (WEIGHTS, "weights"),
    ):  # fmt: skip
        if pattern.match(name):
            return slot
    return OPEN


def _slots(called: Called) -> list[Any] | None:
    """What each positional parameter gets; None where it takes what is no loss's business."""
    fixed = called.guess.fixed
    slots: list[Any] = []
    for parameter in called.definition.parameters:
        if parameter.kind != "positional":
            continue
        if parameter.name in fixed and parameter.default is None:
            slots.append(fixed[parameter.name])
        elif parameter.default is not None:
            break
        elif DATA.match(parameter.name) and len(called.definition.parameters) != 2:
            return None
        else:
            slots.append(role(parameter.name))
    roles = [slot for slot in slots if isinstance(slot, str) and slot in ("p", "y", OPEN)]
    if len(roles) == 2 and (roles[0] == roles[1] or OPEN in roles):
        slots = [OPEN if slot in ("p", "y") else slot for slot in slots]
    return slots


def _attributes(definition: Definition) -> Iterator[tuple[str, Any]]:
    """The attributes of self that the method reads and whose names tell what they are."""
    needs_data = sum(p.default is None for p in definition.parameters) < 2
    seen = set()
    for node in ast.walk(definition.node):
        if not (isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)):
            continue
        if not (isinstance(node.value, ast.Name) and node.value.id == "self") or node.attr in seen:
            continue
        seen.add(node.attr)
        slot = role(node.attr)
        if parts_of([slot]):
            if needs_data:
                yield node.attr, slot
        elif slot != OPEN:
            yield node.attr, slot


def negated(code: FileCode, name: str) -> bool:
    """Somewhere the file takes a minus before a call of this function."""
    for node in code.nodes():
        operand = None
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            operand = node.operand
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
            operand = node.right
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
            operand = node.right if ast.unparse(node.left).startswith("-") else None
        if isinstance(operand, ast.Call) and last_name(operand.func) == name:
            return True
    return False


def call_orders(code: FileCode, name: str) -> set[tuple[str, ...]]:
    """In which orders the file hands labels and probabilities to this function."""
    orders = (
        tuple(parts_of(role(last_name(argument)) for argument in call.args))
        for call in code.calls.get(name, ())
    )
    return {order for order in orders if sorted(order) == ["p", "y"]}
