"""What a name or an expression is in a network, by how people call things: weight, label, delta."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from mutations.code import Code, Function
from mutations.pattern import match

GRADIENT = re.compile(
    r"^(d|D|g|∂)_?(W|w|b|B|V|U|K|theta|Theta|weight|bias|kernel|hidden_w|hidden_b|output_w|output_b)"
    r"|grad|nabla|^delta_?(w|W|b|B|weight|bias)(_|\d|$|s|i)|Delta_?[wWbB]|_(d|delta)$|_gw|_gb|^acc_d"
    r"|^(step|change|update|adjust)"
)
WEIGHT = re.compile(
    r"^_?(W|w|V|U)(\d|_|$|s$|h|o|ih|ho|xh|hy|in|out|i$|l$)|weight|wts|theta|Theta|^syn_?\d|^wih|^who|kernel"
)
BIAS = re.compile(r"^_?(b|B)(\d|_|$|s$|h|o|i$|l$)|bias|^c\d?$|intercept")
MOMENT = re.compile(
    r"^(v|m|s|S|V|vel|mom|moment|cache|prev|old|last|best|ema)_?(d|W|w|b|t$|_)|veloc|momentum"
)
LABEL = re.compile(
    r"^(y|Y|t|T|d|yb|Yb|by|ys|Ys|y_?i|gt|lab|label|labels|target|targets|truth|expected|desired|answer|yy)"
    r"(_?(true|train|tr|test|batch|b|mini|enc|oh|onehot|one_hot|encoded|hot|true_enc|actual|data|real|set|i|"
    r"1h|col|k|n|vec|values|mb|shuffled|target|labels?|vector|row|T))*$|^(one_?hot|onehot|oh)"
    r"|_?(true|target|targets|labels?|onehot|one_hot)$|^expected|^desired|^actual"
)
RATE = re.compile(
    r"^(lr|learning_?rate|alpha|eta|rate|step_?size|epsilon|l_?r|learn_rate|gamma|mu|step)$", re.I
)
COUNT = re.compile(
    r"^(m|n|N|M|batch_?size|n_?samples|num_?samples|num_examples|n_?rows|size|count|k|n_train|examples|bs|B)$"
)
DERIVATIVE = re.compile(
    r"deriv|prime|grad|backward|slope|_dz?$|^d_?(?=relu|re_?lu|sig|tanh|leaky|elu|act|log|soft|swish|g$|f$|phi)"
    r"|_?dev$|derv|^der_|dcalc|^d[A-Z]|jac|_der$|delta_?act|diff"
)
KINDS = {
    "leaky": re.compile(r"leaky", re.I),
    "relu": re.compile(r"re_?lu|rectif|ramp", re.I),
    "softmax": re.compile(r"soft_?max", re.I),
    "sigmoid": re.compile(r"sigm|logistic|expit|nonlin|sig($|_)", re.I),
    "tanh": re.compile(r"tan_?h|hyperbolic", re.I),
    "elu": re.compile(r"elu", re.I),
    "one-hot": re.compile(r"one_?hot|to_categorical|encode_labels|binarize|to_classes", re.I),
    "loss": re.compile(
        r"loss|cost|entropy|mse|mean_squared|squared_error|nll|^bce|^ce$|objective|criterion|sse|log_likelihood",
        re.I,
    ),
}
FORWARD = re.compile(
    r"forward|feed_?for|fwd|propagate$|^predict_proba|activations?_of|run_net", re.I
)
BACKWARD = re.compile(r"back|grad|^bwd|step|train|fit|learn|optimi|update|^main", re.I)


def stem(node: ast.AST | None) -> str:
    """The name that tells most: `W1` of `params['W1'].T`, `weights` of `self.weights[i]`."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr="T" | "data"):
            return stem(value)
        case ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=value, slice=index):
            return _key(index) or stem(value)
        case ast.Call(
            func=ast.Attribute(value=value, attr="transpose" | "copy" | "ravel" | "reshape")
        ):
            return stem(value)
        case ast.Starred(value=value):
            return stem(value)
    return ""


def _key(index: ast.AST) -> str:
    """The words of a dictionary's key: `W` of `'W' + str(l)` and of `f'W{l}'`."""
    if isinstance(index, ast.Constant):
        return index.value if isinstance(index.value, str) else ""
    words = [n.value for n in ast.walk(index) if isinstance(n, ast.Constant)]
    words = [word for word in words if isinstance(word, str) and word]
    return words[0] if words and isinstance(index, ast.BinOp | ast.JoinedStr | ast.Call) else ""


def _path(node: ast.AST) -> str:
    return ast.unparse(node)


def is_gradient(node: ast.AST) -> bool:
    """By its own name, or that of the dictionary or list it stands in."""
    words = re.split(r"\W+", _path(node))
    return any(GRADIENT.search(word) for word in words if word and word != "self")


def is_moment(node: ast.AST) -> bool:
    return any(MOMENT.search(w) for w in re.split(r"\W+", _path(node)) if w and w != "self")


def is_weight(node: ast.AST) -> bool:
    return _is_parameter(node) and bool(WEIGHT.search(stem(node))) and not is_bias(node)


def is_bias(node: ast.AST) -> bool:
    return _is_parameter(node) and bool(BIAS.search(stem(node)))


def _is_parameter(node: ast.AST) -> bool:
    simple = isinstance(node, ast.Name | ast.Attribute | ast.Subscript) or (
        isinstance(node, ast.Call) and bool(stem(node))
    )
    return simple and not is_gradient(node) and not is_moment(node)


def is_label(node: ast.AST) -> bool:
    return bool(LABEL.search(stem(node))) and not re.search("hat|pred|prob", stem(node))


def is_count(node: ast.AST) -> bool:
    """How many rows: `m`, `X.shape[0]`, `len(X)`, `y.size`."""
    if isinstance(node, ast.Name | ast.Attribute):
        return bool(COUNT.search(stem(node)))
    return match(node, "x_.shape[i_]", "len(x_)", "float(x_)", "np.size(x_)") is not None


def is_reference(node: ast.AST) -> bool:
    """A name, an attribute or an element: something that was stored."""
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript)


def matmuls(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr, ast.expr]]:
    """Every product of matrices inside: the node, its left and its right."""
    for part in ast.walk(node):
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.MatMult):
            yield part, part.left, part.right
        elif isinstance(part, ast.Call):
            found = match(
                part, "np.dot(a_, b_)", "np.matmul(a_, b_)", "np.outer(a_, b_)", "a_.dot(b_)"
            ) or match(part, "np.einsum(s_, a_, b_)")
            if found:
                yield part, found["a_"], found["b_"]


def factors(node: ast.AST) -> list[ast.expr]:
    """`a * b * c` as its three parts; `np.multiply` is seen through."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return factors(node.left) + factors(node.right)
    found = match(node, "np.multiply(a_, b_)")
    if found:
        return factors(found["a_"]) + factors(found["b_"])
    return [node]


def called(node: ast.AST) -> str:
    """The last name of what is called."""
    return stem(node.func) if isinstance(node, ast.Call) else ""


def name_of(code: Code, function: Function) -> str:
    """Its name, with its class where that says what it computes: `ReLU.forward`."""
    owner = code.class_of(function)
    return f"{owner.name}.{function.name}" if owner else function.name


def kind_of(code: Code, function: Function) -> str:
    """`relu`, `relu derivative`, `softmax`, `loss`, ..., by name alone; empty if no name fits."""
    owner, name = code.class_of(function), function.name
    derivative = bool(DERIVATIVE.search(name))
    for text in (name, owner.name if owner else ""):
        for kind, pattern in KINDS.items():
            if pattern.search(text) and not (text != name and name.startswith("__")):
                return f"{kind} derivative" if derivative else kind
    return ""
