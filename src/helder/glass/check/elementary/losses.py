"""Is a loss right, over what does it average, and does it bear a probability of zero?"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from helder.glass.check.causes import CANNOT_TELL, CONVENTION, OK
from helder.glass.check.elementary.activations import mixes_operators, named
from helder.glass.check.elementary.calling import Called
from helder.glass.check.elementary.file_code import FileCode
from helder.glass.check.elementary.judgement import (
    Judgement,
    call_text,
    called_name,
    sentences,
    shown,
)
from helder.glass.check.elementary.loss_calls import (
    LossCall,
    call_orders,
    loss_calls,
    names_order,
    negated,
    parts_of,
    role,
)
from helder.glass.check.elementary.loss_data import CLASSES, SAMPLES, Batch, Situation, situations
from helder.glass.check.elementary.loss_formulas import (
    BINARY,
    CROSS_ENTROPY,
    FORMULA,
    IGNORES,
    KINDS,
    LOG_OF_LABEL,
    OTHER_LOSS,
    SECOND,
    SLIPS,
    SQUARED,
    LossSlip,
    Total,
    cross_entropy,
    described,
)
from helder.glass.check.elementary.loss_links import is_unstable, slipped_link
from helder.glass.check.elementary.loss_matching import (
    FAMILIES,
    LOGARITHMIC,
    Asked,
    Match,
    loose,
    squares,
    strict,
    total_of,
)
from helder.glass.check.elementary.slips import FORMULA as ACTIVATION_FORMULA
from helder.glass.check.elementary.slips import PRECEDENCE
from helder.glass.check.elementary.usage import usage
from helder.glass.check.reading.definitions import Definition
from helder.text import say
from helder.typing import Floats

VISIBLE = 1e-3  # one that shifts what is printed
LIKELIHOOD = ("likelihood", "loglik", "score", "gain", "reward")  # the larger the better


def judge(called: Called, code: FileCode) -> Judgement | None:
    """What a loss is found to be; None where it is no function of probabilities and labels."""
    calls, kind = loss_calls(called), called.guess.meaning.kind
    if not calls:
        return None
    asked = Asked()
    unread = _unread_labels(called, asked, calls)
    if unread:
        return unread
    spread = _over_pairs(called, asked, calls, code)
    if spread:
        return spread
    match = strict(asked, calls, kind)
    if match is None or match.factor.times < 0:
        slipped = _slipped(called, asked, calls) or _linked(called, asked, calls)
        if slipped:
            return slipped
    match = match or loose(asked, calls, kind)
    if match is None and kind in LOGARITHMIC and called.guess.meaning.sure:
        match = squares(asked, calls)
        return _of_squares(called, match) if match else _unknown(called, asked, calls)
    return _judged(called, match, asked, code) if match else _unknown(called, asked, calls)


# Right ones.


def _judged(called: Called, match: Match, asked: Asked, code: FileCode) -> Judgement:
    words, plain = described(match.factor, match.situation.samples, match.situation.outputs)
    remarks = [
        say("check_functions.root") if match.factor.root else "",
        words,
        match.situation.layout,
        match.situation.labels,
        say("check_functions.from_logits") if match.situation.logits else "",
        match.plus,
        say("check_functions.epsilon", epsilon=match.epsilon) if match.epsilon else "",
        say("check_functions.constant") if match.factor.plus else "",
    ]
    convention = ", ".join(remark for remark in remarks if remark)
    wrong = _wrong_way_round(called, match, code) or _wrong_sign(called, match, code)
    wrong = wrong or _wrong_factor(called, match, asked) or _wrong_kind(called, match, asked, code)
    if wrong:
        cause, evidence = wrong
        kind = BINARY if cause == SECOND else match.kind
        return Judgement(kind, (cause,), evidence, convention)
    verdict = OK if plain and match.epsilon < VISIBLE else CONVENTION
    weak = dict(_weaknesses(called, match))
    return Judgement(match.kind, tuple(weak), sentences(*weak.values()), convention, verdict)


def _weaknesses(called: Called, match: Match) -> Iterator[tuple[str, str]]:
    """What is fragile in a right one: logarithms of zero, large logits, its arguments."""
    met_zero = _met_zero(called, match)
    if met_zero:
        yield "loss-log-of-zero", met_zero
    if is_unstable(match):
        yield "softmax-unstable", say("check_functions.feels_shift", name=called_name(called.guess))
    batch = match.situation.batches[0]
    if match.call(batch, match.situation).overwritten:
        said = say("check_functions.overwrites_some", name=called_name(called.guess))
        yield "overwrites-argument", said


def _wrong_way_round(called: Called, match: Match, code: FileCode) -> tuple[str, str] | None:
    """It takes the logarithm of what its names, and the file's calls, say are the labels."""
    named = names_order(called.definition)
    order = tuple(parts_of(match.call.slots))
    if match.kind not in LOGARITHMIC or named is None or order == named:
        return None
    if any(given != named for given in call_orders(code, called.definition.name)):
        return None
    names = dict(zip(order, _data_names(called.definition), strict=False))
    said = say(
        "check_functions.log_of_label", name=called_name(called.guess), label=names.get("p", "y")
    )
    return LOG_OF_LABEL, said


def _data_names(definition: Definition) -> list[str]:
    return [p.name for p in definition.parameters if parts_of([role(p.name)])]


def _wrong_sign(called: Called, match: Match, code: FileCode) -> tuple[str, str] | None:
    name = called.definition.name
    if match.factor.times > 0 or any(word in name.lower() for word in LIKELIHOOD):
        return None
    if negated(code, name):
        return None
    return "loss-sign", _first(called, match, KINDS[match.kind])


def _wrong_factor(called: Called, match: Match, asked: Asked) -> tuple[str, str] | None:
    """`1 / 2 * m * sum` multiplies by the number of samples in place of dividing."""
    if not mixes_operators(called.definition.node):
        return None
    for situation in situations()[:2]:
        found = asked.factor(match.call, situation, KINDS[match.kind])
        counts = [n * part for n in (SAMPLES, CLASSES) for part in (1, 0.5)]
        if found and found.times > 1 and any(abs(found.times / n - 1) < 1e-4 for n in counts):
            of_batch = replace(match, situation=situation)
            return PRECEDENCE, _first(called, of_batch, KINDS[match.kind])
    return None


def _wrong_kind(
    called: Called, match: Match, asked: Asked, code: FileCode
) -> tuple[str, str] | None:
    """Cross-entropy for yes and no that counts the yes alone."""
    meant = called.guess.meaning.kind
    binary = meant == BINARY or (meant == "loss" and _is_of_yes_and_no(code))
    if not binary or match.kind != CROSS_ENTROPY:
        return None
    for situation in situations():
        yes_and_no = situation.labels == "yes or no" and not situation.logits
        if yes_and_no and asked.factor(match.call, situation, cross_entropy):
            return SECOND, _first(called, replace(match, situation=situation), KINDS[BINARY])
    return None


def _is_of_yes_and_no(code: FileCode) -> bool:
    """The file decides by a threshold of one half, and nowhere between several classes."""
    text = "\n".join(ast.unparse(tree) for _, tree in code.trees)
    several = re.search(
        r"argmax|softmax|one_?hot|\beye\(|to_categorical|get_dummies", text, re.IGNORECASE
    )
    return several is None and re.search(r">=? (0\.5|1 / 2)\b|round\(", text) is not None


def _over_pairs(
    called: Called, asked: Asked, calls: Sequence[LossCall], code: FileCode
) -> Judgement | None:
    """A column against a vector that the function itself makes: each sample with every other."""
    seen = usage(code, called.definition)
    if seen.layout != "rows" or seen.single:
        return None
    column = next(s for s in situations() if s.labels == "yes or no" and s.layout == "rows")
    for call in calls:
        for kind, total in KINDS.items():
            found = asked.factor(call, column, functools.partial(_pairs, total))
            if (
                found
                and found.times > 0
                and not found.plus
                and not asked.factor(call, column, total)
            ):
                match = Match(kind, call, column, found)
                said = sentences(_first(called, match, total), say("check_functions.over_pairs"))
                return Judgement(kind, ("loss-broadcast",), said)
    return None


def _pairs(total: Total, p: Floats, t: Floats) -> float:
    """A total over every pair of a prediction and a label."""
    every_p, every_t = np.broadcast_arrays(p.reshape(-1, 1), t.reshape(1, -1))
    return total(every_p, every_t)


def _first(called: Called, match: Match, total: Total) -> str:
    """What it gives for two samples with round numbers, and the mean, which is right."""
    batch = match.situation.round
    value = total_of(match.call(batch, match.situation))
    return say(
        "check_functions.differs",
        call=_call_text(called, match.call, batch),
        got=shown(float(value if value is not None else np.nan)),
        right=shown(total(batch.of, batch.t) / batch.samples),
    )


def _call_text(called: Called, call: LossCall, batch: Batch) -> str:
    given = {"p": batch.p, "y": batch.y}
    data = [given[part] for part in parts_of(call.slots)]
    return call_text(called.guess, *(data or [batch.p, batch.y]))


def _met_zero(called: Called, match: Match) -> str:
    """What happens at probabilities of 0 and 1, in a sentence; empty where nothing does."""
    if match.kind not in LOGARITHMIC or match.situation.logits:
        return ""
    for batch in match.situation.certain:
        outcome = match.call(batch, match.situation)
        value = total_of(outcome)
        if (value is not None and not np.isfinite(value)) or (
            outcome.problem and outcome.problem.kind in ("ValueError", "ZeroDivisionError")
        ):
            got = outcome.problem.kind if outcome.problem else shown(float(value or np.nan))
            call = _call_text(called, match.call, batch)
            return say("check_functions.met_zero", call=call, got=got)
    return ""


# Wrong ones.


def _slipped(called: Called, asked: Asked, calls: Sequence[LossCall]) -> Judgement | None:
    """A wrong formula that its values are recognised by."""
    meant = called.guess.meaning.kind
    if not called.guess.meaning.sure:
        return None
    text = ast.unparse(called.definition.node)
    makes_classes = re.search(r"one_?hot|\beye\(", text, re.IGNORECASE) is not None
    kinds = sorted(FAMILIES.get(meant, SLIPS), key=lambda kind: kind != meant)
    for kind in [kind for kind in kinds if kind in SLIPS]:
        for call in calls:
            for situation in _telling(asked, call):
                if situation.outputs == 1 and makes_classes:
                    continue
                if not (kind in LOGARITHMIC or asked.adds_up(call, situation)):
                    continue
                for slip in SLIPS[kind]:
                    found = asked.factor(call, situation, slip.total)
                    if found and found.times > 0 and not found.plus and not found.root:
                        return _of_slip(called, Match(kind, call, situation, found), slip)
    return None


def _telling(asked: Asked, call: LossCall) -> Iterator[Situation]:
    """Where slips are told apart: batches, with labels between 0 and 1 where it takes them."""
    for several in (True, False):
        group = [
            s for s in situations() if not s.logits and s.samples > 1 and (s.outputs > 1) == several
        ]
        shares = [s for s in group if s.labels == "shares" and asked.values(call, s) is not None]
        yield from shares or group


def _of_squares(called: Called, match: Match) -> Judgement:
    """One that is named after a logarithm and adds up squares."""
    words, _ = described(match.factor, match.situation.samples, match.situation.outputs)
    said = sentences(
        _first(called, match, KINDS[called.guess.meaning.kind]),
        say("check_functions.computes", kind=SQUARED),
    )
    return Judgement(SQUARED, (OTHER_LOSS,), said, words)


def _linked(called: Called, asked: Asked, calls: Sequence[LossCall]) -> Judgement | None:
    """One that takes logits, whose own softmax or sigmoid is wrong."""
    found = slipped_link(asked, calls, called.guess.meaning.kind)
    if found is None or not called.guess.meaning.sure:
        return None
    match, link = found
    cause = named(link.cause, ACTIVATION_FORMULA, called.guess)
    said = say("check_functions.looks_like", formula=link.text)
    return Judgement(
        match.kind, (cause,), sentences(_first(called, match, KINDS[match.kind]), said)
    )


def _of_slip(called: Called, match: Match, slip: LossSlip) -> Judgement:
    cause = slip.cause
    if cause == PRECEDENCE and not mixes_operators(called.definition.node):
        cause = PRECEDENCE if "sum of" in slip.text else FORMULA
    evidence = _first(called, match, KINDS[match.kind])
    return Judgement(
        match.kind,
        (cause,),
        sentences(evidence, say("check_functions.looks_like", formula=slip.text)),
    )


def _unread_labels(called: Called, asked: Asked, calls: Sequence[LossCall]) -> Judgement | None:
    """Its labels are never looked at: the parameter is not read anywhere."""
    named = names_order(called.definition)
    if named is None or not called.guess.meaning.sure:
        return None
    read = {n.id for n in ast.walk(called.definition.node) if isinstance(n, ast.Name)}
    labels = next(p.name for p in called.definition.parameters if parts_of([role(p.name)]) == ["y"])
    if labels in read or not any(asked.values(calls[0], situation) for situation in situations()):
        return None
    said = say("check_functions.labels_unread", name=called_name(called.guess), labels=labels)
    return Judgement(called.guess.meaning.kind, (IGNORES,), said)


def _unknown(called: Called, asked: Asked, calls: Sequence[LossCall]) -> Judgement | None:
    """It takes probabilities and labels, and gives no loss that we know."""
    if not called.guess.meaning.sure or called.guess.meaning.kind == "loss":
        return None
    if not any(asked.adds_up(call, situations()[0]) for call in calls):
        return None
    said = say("check_functions.no_known_loss", name=called_name(called.guess))
    return Judgement(called.guess.meaning.kind, (), said, "", CANNOT_TELL)
