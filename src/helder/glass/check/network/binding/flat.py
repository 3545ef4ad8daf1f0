"""Parameters in one flat vector, `theta`: where in it the weights of each layer lie."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from helder.glass.check.network.binding.calls import Context, filled, flattened, parameter_roles
from helder.glass.check.network.binding.constructing import Wish, constructions
from helder.glass.check.network.binding.listing import ways_of
from helder.glass.check.network.binding.parameters import Slots
from helder.glass.check.network.binding.roots import FunctionsRoot
from helder.glass.check.network.roles import MAKING, means, role
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Outcome, Session, Value

Places = tuple[NDArray[np.int64], ...]  # for each array where its numbers stand in the vector
LEAST = 6  # numbers in a vector of parameters


class FlatRoot:
    """Functions that hand a vector on to each other, as a place of the arrays within it."""

    def __init__(self, inner: FunctionsRoot, name: str, places: Places) -> None:
        self.session, self.inner, self.name, self.places = inner.session, inner, name, places

    def fresh(self) -> FlatRoot:
        return FlatRoot(self.inner.fresh(), self.name, self.places)

    @property
    def vector(self) -> Value:
        """The parameters as the person has them."""
        return np.asarray(self.inner.values[self.name])

    def state(self) -> dict[str, Value]:
        within = taken_apart(self.vector, self.places, self.name)
        return {p: v for p, v in self.inner.state().items() if p != self.name} | within

    def assign(self, path: str, value: Value) -> None:
        vector = self.vector.copy()
        for at, place in enumerate(self.places):
            if path == f"{self.name}[{at}]":
                vector[place] = value
        self.inner.values[self.name] = vector

    def set_up(self, roles: dict[str, Any]) -> None:
        self.inner.set_up(roles)

    def call(self, definition: Definition, context: Context) -> Outcome:
        context.roles["parameters"] = self.vector
        outcome = self.inner.call(definition, context)
        size = sum(place.size for place in self.places)
        for value in flattened(outcome.value).values():
            if isinstance(value, np.ndarray) and value.size == size:  # theta, or its gradient
                context.names |= taken_apart(value.ravel(), self.places, f"d {self.name}")
        return outcome


def taken_apart(vector: Value, places: Places, name: str) -> dict[str, Value]:
    """The arrays within a vector, as its elements."""
    return {f"{name}[{at}]": vector[place] for at, place in enumerate(places)}


def flat_roots(
    root: FunctionsRoot, functions: Sequence[Definition], wish: Wish
) -> Iterator[tuple[FlatRoot, Slots, bool]]:
    """The ways to see a vector that functions take as the weights and biases of layers.

    Beside each, whether its numbers are those that a function of the file begins with.
    """
    takers = {d: name for d in functions if (name := vector_of(d, "Y")) is not None}
    if not takers:
        return
    named = next(iter(takers.values()))
    made = {len(vector): vector for vector in made_vectors(root, functions, wish)}
    lengths = [*made, *kept_lengths(root.session)]
    found: set[bytes] = set()
    for places in (*unpacked(root, functions, wish, lengths), *guessed(takers, wish)):
        key = b"|".join(place.tobytes() for place in places)
        if key not in found:
            found.add(key)
            size = sum(place.size for place in places)
            vector = made.get(size, np.zeros(size))
            flat = FlatRoot(root.holding({named: vector}), named, places)
            paths = [f"{named}[{at}]" for at in range(len(places))]
            for slots in ways_of(places, paths):
                yield flat, slots, size in made


def vector_of(definition: Definition, beside: str | None = None) -> str | None:
    """The parameter of a function that may be the vector, where it takes rows beside it."""
    roles = parameter_roles(definition.parameters, Context({}))
    if beside is not None and beside not in roles.values():
        return None
    return next((name for name, what in roles.items() if what == "parameters"), None)


def unpacked(
    root: FunctionsRoot, functions: Sequence[Definition], wish: Wish, known: Sequence[int]
) -> Iterator[Places]:
    """What the file's own functions take a vector apart to: places, where places were given."""
    sizes = sizes_of(wish)
    roles = {"n_in": sizes[0], "n_hidden": sizes[1], "n_out": sizes[2], "sizes": sizes}
    lengths = [*known, all_numbers(sizes)]
    found = [*unpacked_by(root, functions, roles, lengths)]
    if not found:  # the sizes may be names of the file
        root.set_up(roles)
        found = [*unpacked_by(root, functions, roles, lengths)]
    yield from found


def unpacked_by(
    root: FunctionsRoot,
    functions: Sequence[Definition],
    roles: dict[str, Any],
    lengths: Sequence[int],
) -> Iterator[Places]:
    """The same with these sizes, where a vector has one of these lengths."""
    for definition in functions:
        taken = set(parameter_roles(definition.parameters, Context({})).values())
        if not definition.parameters or not definition.returns or taken & {"X", "Y"}:
            continue
        name = vector_of(definition) or definition.parameters[0].name
        for length in dict.fromkeys(lengths):
            names = {**root.extras, name: np.arange(1.0 * length)}
            arguments = filled(definition, Context(dict(roles), names))
            if isinstance(arguments, str):
                break
            outcome = root.session.call(definition.path, *arguments.positional, **arguments.named)
            places = places_in(outcome.value, length)
            if places is not None:
                yield places
                break


def sizes_of(wish: Wish) -> list[int]:
    """Of three layers; hidden units are not as many as the inputs with a column of ones."""
    return [wish.inputs, wish.hidden[-1], wish.outputs]


def all_numbers(sizes: Sequence[int]) -> int:
    """How many numbers layers of these sizes have, biases too."""
    return sum((a + 1) * b for a, b in pairwise(sizes))


def made_vectors(
    root: FunctionsRoot, functions: Sequence[Definition], wish: Wish
) -> Iterator[Value]:
    """The vectors that functions of the file make to begin with."""
    for definition in functions:
        for sizes in constructions(definition, root.session, wish):
            if not means(MAKING, definition.name):
                break
            arguments = {name: root.extras.get(name, value) for name, value in sizes.items()}
            value = root.session.call(definition.path, **arguments).value
            if is_vector(value):
                yield value
                break


def kept_lengths(session: Session) -> Iterator[int]:
    """The lengths of vectors among the file's names."""
    for path, value in session.state("").items():
        if is_vector(value) and role(path) == "parameters":
            yield len(value)


def is_vector(value: Value) -> bool:
    """Whether this may be all parameters in a row."""
    return isinstance(value, np.ndarray) and value.ndim == 1 and len(value) >= LEAST


def places_in(value: Value, length: int) -> Places | None:
    """The arrays that a function took a vector of places apart to, if each is in one of them."""
    arrays = [v for v in flattened(value).values() if isinstance(v, np.ndarray) and v.size]
    if len(arrays) < 2 or sum(a.size for a in arrays) != length:
        return None
    if not np.array_equal(np.sort(np.concatenate([a.ravel() for a in arrays])), np.arange(length)):
        return None
    return tuple(a.astype(np.int64) for a in arrays)


def guessed(takers: dict[Definition, str], wish: Wish) -> Iterator[Places]:
    """The usual places, where a function takes the vector apart in its own lines."""
    written = [text for definition, name in takers.items() for text in pieces(definition, name)]
    if not written:
        return
    n, h, k = sizes_of(wish)
    by_columns = any(re.search(r"['\"][FA]['\"]", text) for text in written)
    if any(re.search(r"\+ ?1\b|\b1 ?\+", shape_in(text)) for text in written):
        yield in_turn([(h, n + 1), (k, h + 1)], "F" if by_columns else "C")
        yield in_turn([(n + 1, h), (h + 1, k)], "F" if by_columns else "C")
        return
    for W1, W2 in (((n, h), (h, k)), ((h, n), (k, h))):
        yield in_turn([W1, (h,), W2, (k,)])
        yield in_turn([W1, W2, (h,), (k,)])
        yield in_turn([W1, W2])


def pieces(definition: Definition, name: str) -> list[str]:
    """Where a function gives pieces of a vector a shape, as it is written."""
    return [
        ast.unparse(node)
        for node in ast.walk(definition.node)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith("reshape")
        and f"{name}[" in ast.unparse(node)
    ]


def shape_in(text: str) -> str:
    """The shape that a piece gets: what stands behind the vector."""
    return text.rpartition("]")[2]


def in_turn(shapes: Sequence[tuple[int, ...]], order: str = "C") -> Places:
    """The places of arrays that lie behind each other."""
    found: list[NDArray[np.int64]] = []
    start = 0
    for shape in shapes:
        size = int(np.prod(shape))
        lying = np.arange(start, start + size)
        found.append(lying.reshape(shape) if order == "C" else lying.reshape(shape[::-1]).T)
        start += size
    return tuple(found)
