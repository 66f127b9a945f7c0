"""The ways in which one place of a module can be broken: what a test that means something must notice."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_COMPARISONS: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_OPERATIONS: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.Mod: ast.Mult,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One break: the file, the line, the text before and after, and the whole mutated source."""

    path: str
    line: int
    before: str
    after: str
    source: str


def mutants(path: str, source: str) -> Iterator[Mutant]:
    """Yield every break of one module."""
    tree = ast.parse(source)
    places = [node for node in ast.walk(tree) if id(node) in _of_code(tree)]
    for index, node in enumerate(places):
        for changed in _changes(node):
            yield _written(path, tree, places, index, changed)


def _of_code(tree: ast.Module) -> set[int]:
    """Name the nodes that do something when the rules run: no docstring, no annotation, nothing for types alone."""
    kept: set[int] = set()
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if _is_silent(node):
            continue
        kept.add(id(node))
        skipped = {id(part) for name in ("annotation", "returns") if (part := getattr(node, name, None)) is not None}
        waiting += [child for child in ast.iter_child_nodes(node) if id(child) not in skipped]
    return kept


def _is_silent(node: ast.AST) -> bool:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return True
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        return True
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """Give what may stand in the place of a node."""
    match node:
        case ast.stmt():
            yield from _statements(node)
        case ast.Constant(value=value):
            yield from _constants(value)
        case ast.expr():
            yield from _expressions(node)
        case _:
            return


def _statements(node: ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()):
            yield ast.Pass()
        case ast.AugAssign():
            yield ast.Assign([node.target], node.value)
        case _:
            return


def _expressions(node: ast.expr) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in _COMPARISONS:
            yield ast.Compare(node.left, [_COMPARISONS[type(operator)]()], node.comparators)
        case ast.BoolOp(op=operator):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), node.values)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.BinOp(op=operator) if type(operator) in _OPERATIONS:
            yield ast.BinOp(node.left, _OPERATIONS[type(operator)](), node.right)
        case ast.IfExp():
            yield ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
        case _:
            return


def _constants(value: object) -> Iterator[ast.AST]:
    match value:
        case bool():
            yield ast.Constant(not value)
        case int() | float():
            yield ast.Constant(value + 1)
        case str() if value:
            yield ast.Constant(f"XX{value}")
        case bytes() if value:
            yield ast.Constant(b"XX" + value)
        case _:
            return


def _written(path: str, tree: ast.Module, places: Sequence[ast.AST], index: int, changed: ast.AST) -> Mutant:
    """Write the module with one node changed."""
    old = places[index]
    ast.copy_location(changed, old)
    swapped = _Swap(old, changed).visit(copy.copy(tree))
    source = ast.unparse(ast.fix_missing_locations(swapped))
    _Swap(changed, old).visit(tree)
    return Mutant(path, getattr(old, "lineno", 1), _short(old), _short(changed), source)


def _short(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:80]


class _Swap(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self._new if node is self._old else super().generic_visit(node)
