"""Mistakes with data, with names that NumPy no longer has, and with an old Python."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from mutations.code import Code, Edit, together
from mutations.operators import operator
from mutations.pattern import match
from mutations.roles import called, is_label, is_reference, stem

FEATURES = re.compile(r"^(x|X|inputs?|features|data|images)(_|$|s$|t|b)")


def splits(code: Code) -> Iterator[tuple[ast.Assign, str, str, str, str]]:
    """Statements that split rows, with the names of all X, of its two parts, and of y's test."""
    for node in code.all(ast.Assign):
        target = node.targets[0]
        if not isinstance(target, ast.Tuple) or not isinstance(node.value, ast.Call):
            continue
        names = [ast.unparse(t) for t in target.elts]
        if (
            called(node.value) == "train_test_split"
            and len(names) == 4
            and len(node.value.args) >= 2
        ):
            x = node.value.args[0]
            if isinstance(x, ast.Name):
                yield node, x.id, names[0], names[1], names[3]


@operator("scaled-before-split", "mean and deviation of all rows", "none")
def scaled_before(code: Code) -> Iterator[Edit | None]:
    for node, x, _, _, _ in splits(code):
        yield code.insert(node, f"{x} = ({x} - {x}.mean(axis=0)) / {x}.std(axis=0)")


@operator("scaled-before-split", "a scaler of all rows", "none")
def scaler_before(code: Code) -> Iterator[Edit | None]:
    for node, x, _, _, _ in splits(code):
        if "StandardScaler" in code.source:
            yield code.insert(node, f"{x} = StandardScaler().fit_transform({x})")


@operator("test-scaled-by-itself", "its own mean and deviation", "none")
def test_scaled_by_itself(code: Code) -> Iterator[Edit]:
    for node in code.all(ast.Assign):
        target, found = node.targets[0], match(node.value, "(x_ - m_) / s_")
        is_test = re.search("test|val|Xte|te$", stem(target)) and is_reference(target)
        if found and is_test and FEATURES.search(stem(target)):
            x = code.text(found["x_"])
            yield code.put(node.value, f"({x} - {x}.mean(axis=0)) / {x}.std(axis=0)")


@operator("test-scaled-by-itself", "fit_transform of the test", "none")
def test_fitted(code: Code) -> Iterator[Edit]:
    for node in code.all(ast.Call):
        found = match(node, "s_.transform(x_)")
        if found and re.search("test|val|Xte", ast.unparse(found["x_"])):
            yield code.put(node.func, f"{code.text(found['s_'])}.fit_transform")


@operator("test-is-train", "test rows are training rows", "none")
def test_is_train(code: Code) -> Iterator[Edit | None]:
    for node, _, x_train, x_test, y_test in splits(code):
        y_train = ast.unparse(node.targets[0].elts[2])
        yield code.insert(node, f"{x_test}, {y_test} = {x_train}, {y_train}", after=True)


@operator("test-is-train", "the same file twice", "none")
def same_file(code: Code) -> Iterator[Edit]:
    names = [n for n in code.all(ast.Constant) if isinstance(n.value, str)]
    train = [n for n in names if re.search(r"train.*\.(csv|npz|npy|txt|gz|data)$", n.value)]
    test = [n for n in names if re.search(r"test.*\.(csv|npz|npy|txt|gz|data)$", n.value)]
    if len(train) == len(test) == 1:
        yield code.put(test[0], code.text(train[0]))


def shuffles(code: Code) -> Iterator[tuple[ast.Subscript, ast.Subscript]]:
    """Features and labels taken in the same random order: `X[order]` and `y[order]`."""
    for node in code.all(ast.Assign):
        drawn = isinstance(node.value, ast.Call) and called(node.value) == "permutation"
        name = node.targets[0]
        if not drawn or not isinstance(name, ast.Name):
            continue
        taken = [
            n
            for n in code.all(ast.Subscript, inside=code.scope_of(node))
            if name.id in [ast.unparse(i) for i in _indices(n)] and isinstance(n.ctx, ast.Load)
        ]
        labels = [n for n in taken if is_label(n.value)]
        features = [n for n in taken if not is_label(n.value)]
        if len(labels) == len(features) == 1:
            yield features[0], labels[0]


def _indices(node: ast.Subscript) -> list[ast.expr]:
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


@operator("shuffled-apart", "another order for the labels", "none")
def another_order(code: Code) -> Iterator[Edit]:
    for _, labels in shuffles(code):
        for index in _indices(labels):
            if isinstance(index, ast.Name):
                axis = "1" if isinstance(labels.slice, ast.Tuple) else "0"
                text = f"np.random.permutation({code.text(labels.value)}.shape[{axis}])"
                yield code.put(index, text)


@operator("shuffled-apart", "each shuffled on its own", "none")
def each_on_its_own(code: Code) -> Iterator[Edit | None]:
    for function in code.functions:
        names = [a.arg for a in function.args.args if a.arg != "self"]
        features = [n for n in names if FEATURES.search(n)]
        labels = [n for n in names if is_label(ast.Name(n))]
        trains = re.search("^(fit|train|gradient_descent|sgd|model|learn)", function.name, re.I)
        if trains and len(features) == 1 and len(labels) == 1:
            first = function.body[1 if ast.get_docstring(function) else 0 :][:1]
            for statement in first:
                text = f"np.random.shuffle({features[0]})\nnp.random.shuffle({labels[0]})"
                yield code.insert(statement, text)


@operator("one-model-for-all-folds", "the model made before the loop", "none")
def one_model(code: Code) -> Iterator[Edit | None]:
    for loop in code.all(ast.For):
        if not re.search(r"\.split\(|fold", ast.unparse(loop.iter)):
            continue
        classes = {c.name for c in code.all(ast.ClassDef)}
        for statement in loop.body:
            value = getattr(statement, "value", None)
            if isinstance(statement, ast.Assign) and called(value) in classes:
                gone = code.delete(statement)
                placed = code.insert(loop, code.text(statement))
                if gone and placed:
                    yield placed + gone


@operator("one-model-for-all-folds", "folds around the training", "none")
def folds_around_training(code: Code) -> Iterator[Edit | None]:
    """`net.fit(X, y)` in a loop over folds, the network made before it."""
    if re.search(r"\bm = \w+(\.\w+)*\.shape\[1\]", code.source):
        return  # samples are columns
    starts = [f for f in code.functions if f.name == "__init__" and "rand" in code.text(f)]
    classes = {c.name for c in map(code.class_of, starts) if c}  # no training that starts anew
    for statement in code.all(ast.Expr, ast.Assign):
        call = statement.value
        trains = isinstance(call, ast.Call) and re.fullmatch("fit|train|entrenar", called(call))
        if not (trains and isinstance(call.func, ast.Attribute) and len(call.args) >= 2):
            continue
        owner, rows = ast.unparse(call.func.value), call.args[:2]
        block = code.block_of(statement)
        before = [s for s in block[: block.index(statement)] if isinstance(s, ast.Assign)]
        made = any(
            ast.unparse(s.targets[0]) == owner and called(s.value) in classes for s in before
        )
        if made and all(isinstance(part, ast.Name) for part in rows):
            gone = code.delete(statement)
            placed = code.insert(statement, _in_folds(statement, *(part.id for part in rows)))
            if gone and placed:
                yield placed + gone


def _in_folds(statement: ast.stmt, x: str, y: str) -> str:
    """The statement for the rows of each fold but one."""
    text = ast.unparse(statement)
    text = re.sub(rf"\({x}, {y}\b", f"({x}[rows], {y}[rows]", text, count=1)
    splits = f"for rows, held_out in KFold(5).split({x}):"
    return f"from sklearn.model_selection import KFold\n{splits}\n    {text}"


@operator("labels-as-text", "decimals as a file was read", "none")
def labels_stay_decimals(code: Code) -> Iterator[Edit]:
    """`labels = table[:, -1].astype(int)` without its end, where they are places in a matrix."""
    for node in code.all(ast.Call):
        found = match(node, "x_.astype(int)")
        if not found or not isinstance(found["x_"], ast.Subscript):
            continue
        table, scope = stem(found["x_"]), code.scope_of(node)
        read = {
            ast.unparse(n.targets[0])
            for n in code.all(ast.Assign, inside=scope)
            if called(n.value) in ("loadtxt", "genfromtxt")
        }
        outer = code.statement_of(node)
        targets = [part for t in getattr(outer, "targets", ()) for part in getattr(t, "elts", [t])]
        placed = {
            ast.unparse(match(n, "np.eye(k_)[y_]")["y_"])
            for n in code.all(ast.Subscript, inside=scope)
            if match(n, "np.eye(k_)[y_]")
        }
        if table in read and placed & {ast.unparse(target) for target in targets}:
            yield code.put(node, code.text(found["x_"]))


@operator("removed-numpy-name", "np.float and np.int", "none")
def old_types(code: Code) -> Iterator[Edit]:
    for node in code.all(ast.Call):
        found = match(node, "x_.astype(t_)", "np.zeros(x_, dtype=t_)", "np.array(x_, dtype=t_)")
        if found and isinstance(found["t_"], ast.Name) and found["t_"].id in ("float", "int"):
            yield code.put(found["t_"], f"np.{found['t_'].id}")


@operator("removed-numpy-name", "np.asfarray", "none")
def old_function(code: Code) -> Iterator[Edit]:
    for node in code.all(ast.Call):
        if match(node, "np.array(x_)", "np.asarray(x_)", "np.asarray(x_, dtype=float)"):
            yield code.put(node, f"np.asfarray({code.text(node.args[0])})")


@operator("python-2", "print without parentheses", "none")
def print_statement(code: Code) -> Iterator[Edit]:
    edits = []
    for node in code.all(ast.Expr):
        call = node.value
        plain = called(call) == "print" and call.args and not call.keywords
        if plain and not any(isinstance(n, ast.JoinedStr | ast.Starred) for n in ast.walk(call)):
            start, end = code.span(call)
            inner = code.source[code.span(call.func)[1] : end]
            if inner.startswith("(") and inner.endswith(")") and "\n" not in inner:
                edits.append(Edit(node.lineno, ((start, end, f"print {inner[1:-1]}"),)))
    if edits:
        yield together(edits)
