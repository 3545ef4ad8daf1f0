"""A file's source as text and tree together: find a node, change its text, leave the rest alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

LOOSE = (ast.BinOp, ast.Compare, ast.IfExp, ast.UnaryOp, ast.BoolOp, ast.Lambda)
TIGHT = (ast.BinOp, ast.UnaryOp, ast.Attribute, ast.Compare)
Function = ast.FunctionDef


@dataclass(frozen=True)
class Edit:
    """Spans of the text, each with what stands there afterwards.

    Attributes:
        line: That of the first.
        option: Whether only an option that is not the default runs into it.
    """

    line: int
    spans: tuple[tuple[int, int, str], ...]
    option: bool = False

    def __add__(self, other: Edit) -> Edit:
        line, spans = min(self.line, other.line), (*self.spans, *other.spans)
        return Edit(line, spans, self.option or other.option)


def together(edits: list[Edit]) -> Edit:
    """All of them at once."""
    whole = edits[0]
    for edit in edits[1:]:
        whole += edit
    return whole


class Code:
    """A Python file: its text, its tree, who stands in whom, and where."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tree = ast.parse(source)
        self.parent: dict[ast.AST, ast.AST] = {
            child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)
        }
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._lines = source.splitlines(keepends=True)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node that has a place, in the order of the text."""
        placed = [node for node in ast.walk(self.tree) if hasattr(node, "lineno")]
        return sorted(placed, key=lambda node: (node.lineno, node.col_offset))

    def all(self, *kinds: type, inside: ast.AST | None = None) -> list:
        """Nodes of some kinds, in the order of the text."""
        within = None if inside is None else set(ast.walk(inside))
        return [n for n in self.nodes if isinstance(n, kinds) and (within is None or n in within)]

    @cached_property
    def functions(self) -> list[Function]:
        return self.all(ast.FunctionDef)

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """All that it stands in, the nearest first."""
        while node in self.parent:
            node = self.parent[node]
            yield node

    def function_of(self, node: ast.AST) -> Function | None:
        return next((n for n in self.above(node) if isinstance(n, ast.FunctionDef)), None)

    def class_of(self, node: ast.AST) -> ast.ClassDef | None:
        return next((n for n in self.above(node) if isinstance(n, ast.ClassDef)), None)

    def statement_of(self, node: ast.AST) -> ast.stmt:
        return next(n for n in (node, *self.above(node)) if isinstance(n, ast.stmt))

    def block_of(self, statement: ast.stmt) -> list[ast.stmt]:
        """The statements that it stands among."""
        parent = self.parent[statement]
        for _, value in ast.iter_fields(parent):
            if isinstance(value, list) and statement in value:
                return value
        return [statement]

    def scope_of(self, node: ast.AST) -> ast.AST:
        return self.function_of(node) or self.tree

    def offset(self, line: int, column: int) -> int:
        """Where in the text; the tree counts columns in bytes."""
        text = self._lines[line - 1]
        return self._starts[line - 1] + len(text.encode()[:column].decode())

    def span(self, node: ast.AST) -> tuple[int, int]:
        return (
            self.offset(node.lineno, node.col_offset),
            self.offset(node.end_lineno, node.end_col_offset),
        )

    def text(self, node: ast.AST) -> str:
        start, end = self.span(node)
        return self.source[start:end]

    def put(self, node: ast.AST, text: str) -> Edit:
        """Another text for a node, in parentheses where it needs them."""
        if isinstance(node, ast.expr):
            new = ast.parse(f"f({text.strip()})", mode="eval").body.args[0]
            outer = self.parent[node]
            needs = isinstance(outer, TIGHT) or (
                isinstance(outer, ast.Call | ast.Subscript)
                and node is getattr(outer, "func", getattr(outer, "value", None))
            )
            if isinstance(new, LOOSE) and needs and not self._in_parentheses(node):
                text = f"({text})"
        return Edit(node.lineno, ((*self.span(node), text),))

    def _in_parentheses(self, node: ast.AST) -> bool:
        """Its own pair, not that of a call that it is the argument of."""
        outer, (start, end) = self.parent[node], self.span(node)
        before, after = self.source[:start].rstrip(), self.source[end:].lstrip()
        return not isinstance(outer, ast.Call) and before[-1:] == "(" and after[:1] == ")"

    def lines_of(self, statement: ast.stmt) -> tuple[int, int] | None:
        """The span of its whole lines, with what stands before and after; None where it shares."""
        start = self._starts[statement.lineno - 1]
        end = self._starts[statement.end_lineno]
        mine = self.source[start:end]
        others = [s for s in self.block_of(statement) if s is not statement]
        if any(
            o.lineno <= statement.end_lineno and o.end_lineno >= statement.lineno for o in others
        ):
            return None
        if mine[: statement.col_offset].strip():
            return None
        return start, end

    def delete(self, statement: ast.stmt) -> Edit | None:
        """Without the statement; `pass` where it stands alone."""
        span = self.lines_of(statement)
        if span is None:
            return None
        alone = len(self.block_of(statement)) == 1
        text = " " * statement.col_offset + "pass\n" if alone else ""
        return Edit(statement.lineno, ((*span, text),))

    def insert(self, statement: ast.stmt, text: str, *, after: bool = False) -> Edit | None:
        """Lines before a statement or after it, at its indentation."""
        span = self.lines_of(statement)
        if span is None:
            return None
        indent = self._lines[statement.lineno - 1][: statement.col_offset]
        lines = "".join(f"{indent}{line}\n" for line in text.splitlines())
        if after and not self.source[: span[1]].endswith("\n"):
            lines = "\n" + lines
        at = span[1] if after else span[0]
        return Edit(statement.lineno, ((at, at, lines),))

    def move_before(self, statements: list[ast.stmt], place: ast.stmt) -> Edit | None:
        """Statements from further down to before another of the same block."""
        spans = [self.lines_of(s) for s in statements]
        start = self.lines_of(place)
        if start is None or None in spans:
            return None
        moved = "".join(self.source[a:b] for a, b in spans)
        if not moved.endswith("\n"):
            moved += "\n"
        gone = tuple((a, b, "") for a, b in spans)
        return Edit(place.lineno, ((start[0], start[0], moved), *gone))

    def apply(self, edit: Edit) -> str:
        """The text after an edit."""
        text = self.source
        for start, end, new in sorted(edit.spans, reverse=True):
            text = text[:start] + new + text[end:]
        return text
