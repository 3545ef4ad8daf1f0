"""Mistakes in the step that changes the parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from mutations.code import Code, Edit, together
from mutations.network import Network
from mutations.operators import operator
from mutations.pattern import match
from mutations.steps import Update


def turned_round(code: Code, update: Update) -> Edit:
    """The same update with the other sign."""
    sign = "+" if update.sign == "-" else "-"
    node = update.statement
    if update.binop is None:
        start, end = code.span(node.target)[1], code.span(node.value)[0]
    else:
        start, end = code.span(update.binop.left)[1], code.span(update.binop.right)[0]
    at = start + code.source[start:end].index(update.sign)
    return Edit(node.lineno, ((at, at + 1, sign),))


@operator("update-sign", "all", "none")
def all_turned_round(code: Code) -> Iterator[Edit]:
    for updates in _by_scope(code):
        yield together([turned_round(code, u) for u in updates])


@operator("update-sign", "one", "none")
def one_turned_round(code: Code) -> Iterator[Edit]:
    for updates in _by_scope(code):
        for update in updates if len(updates) > 1 else []:
            yield turned_round(code, update)


def _by_scope(code: Code) -> list[list[Update]]:
    """The updates of each function, or class where it updates in several branches."""
    found: dict[ast.AST, list[Update]] = {}
    for update in Network(code).updates:
        found.setdefault(code.block_of(update.statement)[0], []).append(update)
    return list(found.values())


@operator("parameter-not-updated", "one left out", "none")
def one_left_out(code: Code) -> Iterator[Edit | None]:
    for updates in _by_scope(code):
        for update in updates if len(updates) > 1 else []:
            target = ast.unparse(update.target)
            made = getattr(update.statement, "value", None)
            pairs = isinstance(made, ast.ListComp) and target in ast.unparse(
                made.generators[0].iter
            )
            if update.binop is None or pairs or target == ast.unparse(update.binop.left):
                yield code.delete(update.statement)
            elif update.alone and isinstance(update.statement.value, ast.BinOp):
                yield code.put(update.binop, code.text(update.binop.left))


@operator("parameter-not-updated", "no biases in the loop", "none")
def biases_passed_over(code: Code) -> Iterator[Edit | None]:
    keys = {n.value for n in code.all(ast.Constant) if isinstance(n.value, str)}
    named = {k for k in keys if k in ("b1", "b", "db1")} and not keys & {"beta", "bias"}
    for updates in _by_scope(code):
        loop = code.parent[updates[0].statement]
        if not named or len(updates) != 1 or not isinstance(loop, ast.For):
            continue
        if match(loop.iter, "range(n_)", "range(m_, n_)"):
            continue
        index = getattr(updates[0].target, "slice", None)
        key = next((n for n in ast.walk(loop.target) if isinstance(n, ast.Name)), None)
        if key is not None and isinstance(index, ast.Name) and index.id == key.id:
            yield code.insert(loop.body[0], f'if {key.id}.startswith("b"):\n    continue')


@operator("parameter-not-updated", "all but the last of the loop", "none")
def last_of_pairs_passed_over(code: Code) -> Iterator[Edit]:
    for updates in _by_scope(code):
        loop = code.parent[updates[0].statement]
        found = isinstance(loop, ast.For) and match(loop.iter, "zip(a_, b_)")
        if (
            found
            and len(updates) == 1
            and updates[0].in_place
            and isinstance(found["a_"], ast.Name)
        ):
            yield code.put(found["a_"], f"{found['a_'].id}[:-1]")


@operator("parameter-not-updated", "the loop too short", "none")
def loop_too_short(code: Code) -> Iterator[Edit]:
    updates = {u.statement for u in Network(code).updates if u.alone}
    for loop in code.all(ast.For):
        found = match(loop.iter, "range(b_)", "range(a_, b_)")
        if found and updates & set(loop.body) and not _makes_deltas(code, loop):
            yield code.put(found["b_"], _one_less(code.text(found["b_"])))


def _makes_deltas(code: Code, loop: ast.For) -> bool:
    """A loop that also goes backward: one turn less would be another mistake."""
    return any(
        p.node in set(ast.walk(loop)) for found in Network(code).passes for p in found.propagations
    )


def _one_less(text: str) -> str:
    return text.removesuffix("+ 1").rstrip() if text.endswith("+ 1") else f"{text} - 1"


def reads(node: ast.AST) -> set[str]:
    """Names and attributes that a statement reads."""
    return {
        ast.unparse(n)
        for n in ast.walk(node)
        if isinstance(n, ast.Name | ast.Attribute | ast.Subscript) and isinstance(n.ctx, ast.Load)
    }


def writes(node: ast.stmt) -> set[str]:
    """Names, attributes and elements that it gives values to."""
    targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
    found = set()
    for target in targets:
        for part in target.elts if isinstance(target, ast.Tuple) else [target]:
            if part is not None:
                found.add(ast.unparse(part))
    return found


@operator("update-before-use", "moved before the delta below", "none")
def moved_up(code: Code) -> Iterator[Edit | None]:
    network = Network(code)
    for found in network.passes:
        for product in found.propagations:
            use = code.statement_of(product.node)
            block = code.block_of(use)
            for update in network.updates:
                later = update.statement in block and block.index(update.statement) > block.index(
                    use
                )
                if later and ast.unparse(update.target) == _weight_name(product.other):
                    between = block[block.index(use) : block.index(update.statement)]
                    needed = _needed(between, update.statement)
                    if needed is not None and use not in needed:
                        yield code.move_before([*needed, update.statement], use)


def _weight_name(node: ast.expr) -> str:
    """`self.W2` of `self.W2.T`."""
    found = match(node, "x_.T", "x_.transpose()", "np.transpose(x_)")
    return ast.unparse(found["x_"] if found else node)


def _needed(between: list[ast.stmt], update: ast.stmt) -> list[ast.stmt] | None:
    """The statements that an update rests on; None where something else stands in between."""
    wanted, needed = reads(update), []
    for statement in reversed(between):
        if not isinstance(statement, ast.Assign | ast.AugAssign):
            return None if writes_within(statement) & wanted else needed
        if writes(statement) & wanted:
            needed.insert(0, statement)
            wanted |= reads(statement)
    return needed


def writes_within(node: ast.AST) -> set[str]:
    return {
        w for n in ast.walk(node) if isinstance(n, ast.Assign | ast.AugAssign) for w in writes(n)
    }
