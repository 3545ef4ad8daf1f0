"""What people call the functions of a network, and what a name may therefore mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

# From the special to the general: "leaky relu" is looked for before "relu". A word in `whole`
# counts only where nothing but generic words stand beside it, since it is part of many others.
KINDS: dict[str, str] = {
    "log-softmax": "logsoftmax|softmaxlog",
    "logsumexp": "logsumexp|logaddexp",
    "softmax": "softmax|softmaxx|sofmax|zachtemax",
    "softplus": "softplus|smoothrelu",
    "softsign": "softsign",
    "hard sigmoid": "hardsigmoid",
    "hard tanh": "hardtanh",
    "leaky relu": "leakyrelu|relul?eaky|lrelu|leakrelu|prelu|leakyrectifier|leaky",
    "selu": "selu",
    "gelu": "gelu",
    "silu": "swish|silu",
    "mish": "mish",
    "relu": "relu|rectifiedlinear(?:unit)?|linearrectifier|rectifier|rectify|rampfunction",
    "sigmoid": "sigmoide|sigmoid|logistic|logistiek|logistica|logistisch|logsig|expit|sigm",
    "tanh": "tanhyp|tanhip|tanh|hyperbolictangent|tangenshyperbolicus|tangentehiperbolica"
    "|tangentehyperbolique|hyperbolictan|htan|tansig|tgh",
}
WHOLE: dict[str, str] = {
    "elu": "elu|expelu",
    "sigmoid": "sig|sigma|logit",
    "tanh": "th|tan",
    "relu": "ramp",
    "identity": "identity|linear|identiteit|identidad|identitaet|lineair|lineal|lineaire",
    "step": "step|heaviside|binarystep|stap|escalon|sprung",
    "activation": "activation|activate|activations|nonlin|nonlinear|nonlinearity|act|actfn|squash"
    "|transfer|activatie|activacion|aktivierung|phi|g",
}
# Losses are looked for first: `softmax_cross_entropy` is none of the activations.
LOSSES: dict[str, str] = {
    "binary cross-entropy": "binarycrossent(?:ropy|ropie)?|(?:binary)?logloss|logisticloss"
    "|binaryentropy|crossentropybinary|sigmoidcrossentropy|bce(?:loss|cost)?|entropiacruzadabinaria",
    "cross-entropy": "(?:categorical|sparse)*cross_?entropy|crossent|xent(?:ropy)?|softmaxloss"
    "|negative(?:log)?likelihood|loglikelihood|entropiacruzada|entropicruzada|kreuzentropie"
    "|kruisentropie|entropiecroisee|entropiaincrociata|entropy",
    "squared error": "root?mean?squared?error|rootmeansquare|(?:mean|sum)?(?:of)?squared?s?error?s?"
    "|quadraticcost|quadraticloss|squaredloss|l2loss|errocuadratico|errorcuadratico(?:medio)?"
    "|kwadratischefout|erreurquadratique|(?:mittlerer)?quadratischerfehler|leastsquares",
    "absolute error": "meanabsoluteerror|absoluteerror|l1loss|absolutedifference",
}
WHOLE_LOSSES: dict[str, str] = {
    "binary cross-entropy": "bce",
    "cross-entropy": "ce|cce|nll|scce|cel|xe",
    "squared error": "mse|sse|rmse|se|ecm|eqm|mqf",
    "absolute error": "mae|sae",
    "loss": "loss|losses|cost|costs|error|errors|objective|criterion|verlies|perdida|coste|costo"
    "|custo|kosten|fehler|verlust|perte|fout|cout",
}
LOSS_GENERIC = (
    "loss|losses|cost|costs|error|errors|function|func|fn|fun|compute|computes|calculate|calc|get|the"
    "|mean|avg|average|total|categorical|sparse|binary|softmax|sigmoid|multi|multiclass|with|from|of"
    "|logits?|batch|class|train|training|val|my|np|calcular|calcula|calculer|bereken|berechne|forward|call|calculate|do|eval|evaluate|return|c|j|l|e|f|and|reg"
    "|regularized|regularization|l2|value|out|output|network|nn|net|model|one|per|sample|stable"
)
# Names that tell that it is a derivative, and not of what.
NAMELESS_SLOPES = {
    "derivative", "derivatives", "deriv", "derivada", "derivee", "afgeleide", "ableitung", "prime",
    "fprime", "df", "derivate", "derivata",
}  # fmt: skip
OPTIONS = {
    "categorical": "cross-entropy",
    "binary": "binary cross-entropy",
    "sparse": "cross-entropy",
}
ANY = ("activation", "loss")  # kinds that tell no formula
SLOPE = (
    "derivatives?|derivation|derivate|derivada|derivee|derivata|derived?|deriv|derv|deri|der|dev"
    "|primed?|prime|prim|gradients?|gradiente|grads?|gradz|backward(?:s|pass|prop|propagation)?"
    "|backprop(?:agation)?|backpropagate|back|bwd|bprop|slope|diff|differential|dcalc|dx|dz|df|da"
    "|arriere|atras|achteruit|terug|rueckwaerts|ruckwarts|indietro|retro(?:propagar|propagation)?"
    "|afgeleide|ableitung|abgeleitet|helling|pendiente|pente|jacobian|jacobi|delta|dash|d"
)
FORWARD = (
    "forward(?:s|pass|prop|propagation)?|fwd|fprop|feedforward|call|calc|calculate|calculator|compute"
    "|computed|evaluate|eval|activate|activation|activations|act|apply|value|output|out|run|fire"
    "|avant|adelante|vooruit|vorwaerts|vorwarts|avanti|propagar|propagate|bereken|berechne|calcular"
    "|fun|func|function|fn|f|transform|transfer|get|do|of"
)
# Words beside a name that change nothing: `my_sigmoid_activation_v2`.
GENERIC = (
    "activations?|activatie|activacion|aktivierung|functions?|func|funcs|fun|funcion|funktion|functie"
    "|fonction|fn|fct|layers?|units?|neurons?|np|numpy|my|mijn|mi|mein|the|of|calc|calculate"
    "|calculator|compute|computes|apply|get|do|eval|forward|forwardpass|fwd|act|vec|vector|vectorized"
    "|vectorised|matrix|batch|stable|safe|simple|basic|scratch|new|own|op|node|values?|output|out"
    "|hidden|transfer|method|static|impl|v|f|a|z|x|s|self|class|cls|elementwise|scalar|array"
)

# Names that capitals would tear apart.
_ODD_CAPITALS = (
    (re.compile(r"(?i)(?<![a-z]p)(?<!^p)re_?lu"), "_relu_"),
    (re.compile(r"tan_?H|Tan_?H"), "_tanh_"),
)
_SLOPE = re.compile(f"(?:{SLOPE})")
_FORWARD = re.compile(f"(?:{FORWARD})")
_GENERIC = re.compile(f"(?:{GENERIC})")
_KINDS = {kind: re.compile(words) for kind, words in KINDS.items()}
_LOSSES = {kind: re.compile(words) for kind, words in LOSSES.items()}
_WHOLE_LOSSES = {kind: re.compile(f"(?:{words})") for kind, words in WHOLE_LOSSES.items()}
_LOSS_GENERIC = re.compile(f"(?:{LOSS_GENERIC})")
_WHOLE = {kind: re.compile(f"(?:{words})") for kind, words in WHOLE.items()}


class Meaning(NamedTuple):
    """What a name may mean.

    Attributes:
        kind: Which activation: `sigmoid`; `activation` where the name tells no more.
        slope: Its derivative.
        sure: No other word stands in the name, so that it means this and nothing else.
    """

    kind: str
    slope: bool
    sure: bool


def words(name: str) -> list[str]:
    """The words of a name in small letters: `__leakyReLU_deriv2` -> leaky, relu, deriv."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    for capitals, small in _ODD_CAPITALS:
        plain = capitals.sub(small, plain)
    plain = re.sub(r"([a-z])([A-Z])", r"\1_\2", plain)
    plain = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", plain)
    return [word for word in re.split(r"[^a-z]+", plain.lower()) if word]


def squashed(name: str) -> str:
    """A name without what is between its words."""
    return "".join(words(name))


def meaning(name: str) -> Meaning | None:
    """What a function of this name may compute; None where the name tells nothing."""
    parts = words(name)
    return (
        _found(parts, _LOSSES, _WHOLE_LOSSES, _LOSS_GENERIC)
        or _found(parts, _KINDS, {}, _GENERIC)
        or _found(parts, {}, _WHOLE, _GENERIC)
        or (Meaning("activation", True, True) if "".join(parts) in NAMELESS_SLOPES else None)
    )


Patterns = Mapping[str, re.Pattern[str]]


def _found(
    parts: Sequence[str], within: Patterns, whole: Patterns, generic: re.Pattern[str]
) -> Meaning | None:
    """The first kind whose word stands anywhere in the name, or is one of its words."""
    joined = "".join(parts)
    for kind, pattern in within.items():
        found = pattern.search(joined)
        if found:
            return _beside(kind, joined[: found.start()], joined[found.end() :], generic)
    for kind, pattern in whole.items():
        for i, part in enumerate(parts):
            if pattern.fullmatch(part):
                return _beside(kind, "".join(parts[:i]), "".join(parts[i + 1 :]), generic)
            if re.fullmatch(f"d{pattern.pattern}", part) and kind != "activation":
                return Meaning(kind, True, False)
    return None


def option(text: str) -> Meaning | None:
    """What an option of this text may ask for: `categorical` is a loss only where one chooses."""
    short = OPTIONS.get("".join(words(text)))
    return Meaning(short, False, True) if short else meaning(text)


def role(name: str) -> str | None:
    """What a method of this name does in a class that is an activation: forward or slope."""
    whole = squashed(name)
    if _made_of(whole, _SLOPE, _FORWARD, _GENERIC) and not _made_of(whole, _FORWARD, _GENERIC):
        return "slope"
    if _made_of(whole, _FORWARD, _GENERIC):
        return "forward"
    return None


def says_slope(name: str) -> bool:
    """A flag or an option of this name asks for the derivative."""
    whole = squashed(name)
    return (
        len(whole) > 1
        and re.search("deri|derv|prime|grad|backw|backprop|slope|afgeleid|ableit|^is_?d", whole)
        is not None
    )


def _beside(kind: str, before: str, after: str, generic: re.Pattern[str]) -> Meaning:
    """What the words before and after a kind make of it."""
    if _made_of(before, generic) and _made_of(after, generic):
        return Meaning(kind, False, True)
    if _made_of(before, _SLOPE, generic) and _made_of(after, _SLOPE, generic):
        return Meaning(kind, True, True)
    return Meaning(kind, says_slope(before) or says_slope(after), False)


def _made_of(text: str, *patterns: re.Pattern[str]) -> bool:
    joined = "|".join(pattern.pattern for pattern in patterns)
    return re.fullmatch(f"(?:{joined})*", text) is not None
