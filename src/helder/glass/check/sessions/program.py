"""Loads what sifting kept, statement by statement: one that fails stops no other."""

from __future__ import annotations
import __future__

import ast
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helder.glass.check.reading.hoisting import hoisted
from helder.glass.check.reading.sifting import Sifted, sift
from helder.glass.check.session import Problem
from helder.glass.check.sessions.importing import Importer, built_ins
from helder.glass.check.sessions.leniency import parsed
from helder.glass.check.sessions.problems import described

Work = Callable[[Callable[[], Any]], Any]
Caught = type[BaseException] | tuple[type[BaseException], ...]

FLAGS = __future__.annotations.compiler_flag  # annotations are never evaluated


@dataclass(frozen=True)
class Text:
    """A module's code: `name` is empty for the person's file itself, `file` is its path."""

    name: str
    file: str
    text: str
    is_package: bool = False


@dataclass
class Program:
    """What is loaded.

    Attributes:
        modules: By name; the person's file under the empty name.
        trees: The syntax tree of each.
        problems: What could not be loaded: the name that it would have defined, and why.
        left_out: By module, the lines of statements that were not run.
        files: By the name of a file in a traceback: the module that it is.
        homes: The names under which classes know the modules that they stand in.
        endless: Statements that took too long, and are not run again.
        importer: What its imports go through.
    """

    importer: Importer
    modules: dict[str, types.ModuleType] = field(default_factory=dict)
    trees: dict[str, ast.Module] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)
    left_out: dict[str, tuple[int, ...]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    homes: set[str] = field(default_factory=set)
    endless: set[ast.stmt] = field(default_factory=set)

    def named(self, name: str, module: str = "") -> Any:
        """What a name means in a module; in the person's file, else in those beside it.

        Raises:
            NameError: There is no such name, or no such module.
        """
        if module and module not in self.modules:
            raise NameError(f"there is no module {module} beside the file")
        places = [self.modules[module], *([] if module else self.modules.values())]
        for place in places:
            if name in vars(place):
                return vars(place)[name]
        raise NameError(f"the file has no name {name}")


def file_of(module: types.ModuleType) -> str:
    return str(vars(module)["__file__"])


@dataclass(frozen=True)
class Loading:
    """How a program is loaded.

    Attributes:
        within: Does a piece of work in limited time.
        starting: Called before each statement with its module and line, and whether it imports.
        unhurried: Does the work of importing what is not the person's.
        skipped: Statements, by module and line, that ended this process before.
        as_is: Whether the files run whole, as Python would run them.
        caught: The exceptions that a statement may end with.
    """

    within: Work
    starting: Callable[[str, int, bool], None]
    unhurried: Work
    skipped: tuple[tuple[str, int], ...] = ()
    as_is: bool = False
    caught: Caught = BaseException


def load(texts: list[Text], files: set[str], how: Loading) -> Program:
    """Loads modules in their order, the person's file last.

    Args:
        texts: The modules.
        files: Filled with the names of the files, for the alarm.
        how: The limits.
    """
    importer = Importer({}, all_real=how.as_is, unhurried=how.unhurried)
    program = Program(importer)
    names = built_ins(importer)
    for text in texts:
        files.add(text.file)
        program.files[text.file] = text.name
        module = made(text, names, as_is=how.as_is)
        program.modules[text.name] = module
        program.homes.add(module.__name__)
        if text.name:
            attach(importer.modules, text.name, module)
        parse = ast.parse if how.as_is else parsed
        tree = program.trees[text.name] = hoisted(parse(text.text))
        sifted = Sifted(tuple(tree.body), ()) if how.as_is else sift(hoisted(parse(text.text)))
        program.left_out[text.name] = sifted.left_out
        Statements(program, text.name, how).run(sifted.body)
    return program


def made(text: Text, names: dict[str, Any], *, as_is: bool) -> types.ModuleType:
    """An empty module whose code sees these built-in names."""
    main = "__main__" if as_is else Path(text.file).stem.replace(".", "_")
    module = types.ModuleType(text.name or main)
    about: dict[str, Any] = {"__file__": text.file, "__builtins__": names}
    if text.is_package:
        about["__path__"] = []
    vars(module).update(about)
    return module


def attach(modules: dict[str, types.ModuleType], name: str, module: types.ModuleType) -> None:
    """Puts a module where imports find it, and into the package that holds it."""
    modules[name] = module
    package, _, last = name.rpartition(".")
    if package:
        if package not in modules:
            attach(modules, package, types.ModuleType(package))
        setattr(modules[package], last, module)


class Statements:
    """Runs statements of a module one after the other."""

    def __init__(self, program: Program, name: str, how: Loading) -> None:
        self.program, self.name, self.how = program, name, how
        self.module = program.modules[name]

    def run(self, body: tuple[ast.stmt, ...]) -> None:
        if self.module.__name__ not in sys.stdlib_module_names:  # where dataclasses look for it
            sys.modules.setdefault(self.module.__name__, self.module)
        for node in body:
            times = self.how.skipped.count((self.name, node.lineno))
            if times:
                why = "it ended the process or was at work too long, and was left out"
                self.note(node, Problem("TimeLimit", why, node.lineno, self.name))
                if times > 1 or not undecorated(node):
                    continue
            imports = isinstance(node, ast.Import | ast.ImportFrom)
            self.how.starting(self.name, node.lineno, imports)
            problem = self.tried(node)
            if problem is not None:
                self.note(node, problem)
                if undecorated(node):
                    self.tried(node)

    def tried(self, node: ast.stmt) -> Problem | None:
        """Runs a statement; why it failed, if so."""
        try:
            code = compile(
                ast.Module([node], []), file_of(self.module), "exec", FLAGS, dont_inherit=True
            )
            self.how.within(lambda: exec(code, vars(self.module)))  # noqa: S102  what we are for
        except self.how.caught as problem:
            return described(problem, self.program.files)
        return None

    def note(self, node: ast.stmt, problem: Problem) -> None:
        prefix = f"{self.name}:" if self.name else ""
        for name in defined_names(node):
            self.program.problems[f"{prefix}{name}"] = problem


DECORATED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def undecorated(node: ast.stmt) -> bool:
    """Takes a definition's decorators away, as it may do without; False where it has none."""
    if not isinstance(node, DECORATED) or not node.decorator_list:
        return False
    node.decorator_list = []
    return True


def defined_names(node: ast.stmt) -> list[str]:
    """What a statement defines; its line where that is no name."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return [alias.asname or alias.name for alias in names]
        case ast.Assign(targets=targets):
            found = [ast.unparse(target) for target in targets]
            return [text[:60] for text in found]
    return [f"line {node.lineno}"]
