"""Weights that all start equal, as it is read in the code: so all units of a layer stay the same.

It is said only where no weights are drawn or loaded anywhere in the file, and there are several
layers: one alone has no hidden units.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from helder.glass.check.elementary.file_code import FileCode, last_name
from helder.glass.check.reading.definitions import Definition

WEIGHT = re.compile(
    r"^_*([wW]\d*|[wW]_?(\d|[a-zA-Z]{1,2}\d?)_?|[wW]_[a-zA-Z]{1,3}\d?|[wW]_(hidden|output|input)\w*"
    r"|\w*[wW]eights?\w*|[wW]ts?|kernel|[tT]heta_?\d*|syn_?\d|coefs?_?\w*"
    r"|(gewicht|poids|pes[oi]s?)\w*)$"
)
NO_WEIGHT = re.compile(
    r"(?i)grad|delta|nabla|vel|mom|cache|prev|old|best|copy|acc|sum|decay|update|class_?weight"
    r"|sample_?weight"
)
# What is multiplied with weights, or made for something else.
DATA = re.compile(
    r"(?i)^_?(x\w?|x_\w+|data\w*|inputs?\w*|y\w?|y_\w+|t|targets?|labels?|one_?hot\w*|noise|masks?|drop"
    r"|keep|images?|points?|a\d?|a_\w+|acts?|activations?|h\d?|hidden\w*|out\w*|probs?|p|z\d?|d[a-z]?\d?"
    r"|d_?\w+|delta\w*|err\w*|grad\w*|g\d?|e|r|err|l\d|layer_?\d|cols?|conf\w*|cm)$"
)
EQUAL = {"zeros", "ones", "full"}
DRAWS = re.compile(
    r"^(rand|randn|random|random_sample|normal|uniform|standard_normal|gauss|truncated_normal)$"
)
ELSEWHERE = re.compile(r"(?i)load|init|xavier|glorot|^he|kaiming|draw")
BIAS = re.compile(r"(?i)^_*(b|bias(es)?|biais|sesgos?|bies)_?\w{0,3}$")
MAKER = re.compile(r"(?i)init\w*weight|weight\w*init|rand\w*weight|make_?weight|create_?weight")
LAYER = re.compile(r"(?i)layer|dense|linear|affine|fully|connect|couche|capa|laag|schicht|strato")
NEURON = re.compile(r"(?i)neuron|unit|node")
BETWEEN = ("uniform", "normal", "gauss")  # of two numbers: one number
PRODUCTS = ("dot", "matmul", "einsum")
LOOPS = (ast.For, ast.While, ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)


@dataclass(frozen=True)
class Setting:
    """What something is set to.

    Attributes:
        name: The last name of what is set.
        value: What it is set to, without the class that it is wrapped in.
        owner: The function; None at the top level.
        repeated: It happens for several layers.
    """

    name: str
    value: ast.expr
    owner: Definition | None
    repeated: bool


def equal_starts(code: FileCode) -> Iterator[tuple[Definition | None, str, ast.Call]]:
    """The functions that make only equal weights, each with the first name and the call."""
    factors = frozenset(multiplied(code))
    everything = list(all_settings(code))
    settings = [s for s in everything if is_weight(s.name, factors)]
    become = {n.id for s in settings for n in ast.walk(s.value) if isinstance(n, ast.Name)}
    if any(is_drawn(draw) or draw[0] in become for draw in draws(code)) or any(
        is_from_elsewhere(setting.value, code) for setting in settings
    ):
        return
    equal = [(s, s.value) for s in settings if isinstance(s.value, ast.Call) and is_equal(s)]
    beside = {(s.owner, s.name) for s in everything if s.name in factors and is_equal(s)}
    owners = dict.fromkeys(setting.owner for setting, _ in equal)
    for owner in owners:
        own = [(setting, call) for setting, call in equal if setting.owner is owner]
        matrices = [call for setting, call in own if is_matrix(call, setting)]
        names = {setting.name for setting, _ in own} | {n for o, n in beside if o is owner}
        several = len(names) > 1
        if matrices and (several or any(setting.repeated for setting, _ in own)):
            yield owner, own[0][0].name, matrices[0]


# What is set.


def all_settings(code: FileCode) -> Iterator[Setting]:
    """Everything that is set to a value anywhere, returned by what makes weights, or paired."""
    for definition in code.definitions:
        if definition.kind != "class":
            again = makes_one_of_several(definition, code)
            yield from settings_in(definition.node, definition, again)
            if MAKER.search(definition.name):
                yield from results(definition, again)
    for node in code.top.body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            yield from settings_in(node, None, again=False)


def settings_in(tree: ast.AST, owner: Definition | None, again: bool) -> Iterator[Setting]:
    within = {id(inner) for n in ast.walk(tree) if isinstance(n, LOOPS) for inner in ast.walk(n)}
    for node in ast.walk(tree):
        repeated = again or id(node) in within
        for name, value in set_by(node):
            if isinstance(value, ast.ListComp):
                yield Setting(name, unwrapped(value.elt), owner, True)
            else:
                yield Setting(name, unwrapped(value), owner, repeated)
        beside = node.elts if isinstance(node, ast.Tuple) else getattr(node, "args", None)
        for first, second in itertools.pairwise(beside if isinstance(beside, list) else ()):
            if is_layer(first, second):
                yield Setting("weights", first, owner, repeated)


def results(definition: Definition, again: bool) -> Iterator[Setting]:
    """What a function that is named after weights gives."""
    for node in ast.walk(definition.node):
        if isinstance(node, ast.Return) and node.value is not None:
            yield Setting("weights", node.value, definition, again)


def set_by(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """What a statement, an append or a dict sets: names with values."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from pairs(target, node.value)
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        yield key(node.target), node.value
    elif isinstance(node, ast.Call) and last_name(node.func) == "append" and node.args:
        owner = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        yield last_name(owner), node.args[0]
    elif isinstance(node, ast.Dict):
        for name, value in zip(node.keys, node.values, strict=True):
            if isinstance(name, ast.Constant) and not isinstance(value, ast.Name):
                yield str(name.value), value


def pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, of in zip(target.elts, value.elts, strict=False):
            yield key(one), of
    elif isinstance(target, ast.Tuple):
        yield from ((key(one), value) for one in target.elts)
    elif not (isinstance(value, ast.List) and not value.elts):
        yield key(target), value


def key(target: ast.expr) -> str:
    """The name that is set: of `params["W" + str(l)]` W."""
    if isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Constant):
        texts = [n.value for n in ast.walk(target.slice) if isinstance(n, ast.Constant)]
        text = next((t for t in texts if isinstance(t, str)), "")
        return text or last_name(target)
    return last_name(target)


def unwrapped(value: ast.expr) -> ast.expr:
    """`np.zeros((a, b))` of `Parameter(np.zeros((a, b)))`."""
    wraps = isinstance(value, ast.Call) and last_name(value.func) not in EQUAL
    inner = value.args[0] if wraps and isinstance(value, ast.Call) and value.args else None
    return inner if isinstance(inner, ast.Call) and last_name(inner.func) in EQUAL else value


# Of what kind it is.


def multiplied(code: FileCode) -> Iterator[str]:
    """The last names of what stands in a product of matrices."""
    for node in code.nodes():
        sides: list[ast.expr] = []
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            sides = [node.left, node.right]
        elif isinstance(node, ast.Call) and last_name(node.func) in PRODUCTS:
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            sides = [*node.args, *([owner] if owner is not None else [])]
        for side in sides:
            turned = isinstance(side, ast.Attribute) and side.attr == "T"
            yield last_name(side.value if turned and isinstance(side, ast.Attribute) else side)


def is_weight(name: str, factors: frozenset[str]) -> bool:
    if not name or NO_WEIGHT.search(name):
        return False
    return bool(WEIGHT.match(name)) or (name in factors and not DATA.match(name))


def is_equal(setting: Setting) -> bool:
    """`np.zeros(...)`, and no bias."""
    call = setting.value
    return isinstance(call, ast.Call) and last_name(call.func) in EQUAL and bool(call.args)


def is_matrix(call: ast.Call, setting: Setting) -> bool:
    """A matrix of one number that is no row or column; a row of weights in a neuron."""
    shape = call.args[0]
    if isinstance(shape, ast.Tuple | ast.List) and len(shape.elts) == 2:
        ones = (isinstance(size, ast.Constant) and size.value == 1 for size in shape.elts)
        return not any(ones)
    if isinstance(shape, ast.BinOp) and isinstance(shape.op, ast.Mult):
        return True  # a matrix in one row
    if setting.name == "weights" and isinstance(shape, ast.Name):
        return True  # of a pair, whose shapes were compared
    owner = setting.owner.owner if setting.owner is not None else ""
    return setting.repeated and NEURON.search(owner) is not None


def is_layer(first: ast.expr, second: ast.expr) -> bool:
    """`(np.zeros((a, b)), np.zeros(b))`: weights and a bias."""
    if not (isinstance(first, ast.Call) and isinstance(second, ast.Call)):
        return False
    if not all(last_name(call.func) in EQUAL and call.args for call in (first, second)):
        return False
    shape, sizes = first.args[0], second.args[0]
    if isinstance(shape, ast.Tuple) and len(shape.elts) == 2:
        return ast.unparse(sizes) in [ast.unparse(size) for size in shape.elts]
    return isinstance(sizes, ast.Subscript) and ast.unparse(sizes.value) == ast.unparse(shape)


def makes_one_of_several(definition: Definition, code: FileCode) -> bool:
    """A layer or a neuron, or a function that makes weights, of which the file makes several."""
    if definition.owner:
        name = definition.owner.rpartition(":")[2].rpartition(".")[2]
        several = LAYER.search(name) or NEURON.search(name)
    else:
        name = definition.name
        several = MAKER.search(name) or LAYER.search(name)
    calls = [*code.calls.get(name, ()), *code.calls.get(definition.name, ())]
    inside = any(
        call is inner
        for node in code.nodes()
        if isinstance(node, LOOPS)
        for inner in ast.walk(node)
        for call in calls
    )
    return several is not None and (inside or len({ast.unparse(call) for call in calls}) > 1)


# Draws.


def draws(code: FileCode) -> Iterator[tuple[str, ast.Call]]:
    """Every draw of random numbers, with the name of what it is set to."""
    seen: set[int] = set()
    for node in code.nodes():
        if isinstance(node, ast.Compare):
            seen |= {id(inner) for inner in ast.walk(node)}  # a mask
        for name, value in set_by(node):
            for inner in ast.walk(value):
                if is_draw(inner) and id(inner) not in seen:
                    seen.add(id(inner))
                    yield name, inner  # type: ignore[misc]  # `is_draw` has seen that it is a call
    for node in code.nodes():
        if is_draw(node) and id(node) not in seen:
            yield "", node  # type: ignore[misc]


def is_draw(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and DRAWS.match(last_name(node.func)) is not None


def is_drawn(draw: tuple[str, ast.Call]) -> bool:
    """Whether these may be weights: not what is called as data are, nor a number or one row."""
    name, call = draw
    if name and (DATA.match(name) or BIAS.match(name)):
        return False
    if not name or WEIGHT.match(name):
        return True
    sizes = [k.value for k in call.keywords if k.arg == "size"] or call.args
    one_number = not sizes or (len(sizes) == 2 and last_name(call.func) in BETWEEN)
    one_row = len(sizes) == 1 and isinstance(sizes[0], ast.Constant | ast.Name)
    return not (one_number or one_row)


def is_from_elsewhere(value: ast.AST, code: FileCode) -> bool:
    """Numbers are loaded for it, or it is made by what is not the file's own."""
    own = {definition.name for definition in code.definitions}
    names = {last_name(n.func) for n in ast.walk(value) if isinstance(n, ast.Call)} - own
    return any(ELSEWHERE.search(name) for name in names)
